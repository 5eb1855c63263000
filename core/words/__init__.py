"""The words of every state, once.

Chips, filters, exports, mails and the enums of the API read this list, so that a state has the
same word everywhere. English is the source text; the Simplified Chinese words stand in the
message catalogue under the same context.
"""

from __future__ import annotations

from django.utils.functional import Promise

from core.words import floor, planning, policies, refunding, returning, selling, supply, system
from core.words.state_word import StateWord

__all__ = ["WORDS", "StateWord", "choices", "codes", "word"]

#: Every kind of object that has states, with its states in the order it passes through them.
WORDS: dict[str, dict[str, StateWord]] = {
    kind: {entry.code: entry for entry in states}
    for area in (selling, floor, supply, planning, policies, refunding, returning, system)
    for kind, states in area.STATES.items()
}


def word(kind: str, state: str) -> StateWord:
    """Return the word of a state; a state outside the list keeps its own code, read as words."""
    known = WORDS.get(kind, {}).get(state)
    if known is not None:
        return known
    return StateWord(state, state.replace("_", " ").capitalize(), "idle", "ring-dashed")


def choices(kind: str, *states: str) -> list[tuple[str, str | Promise]]:
    """Return (code, word) pairs of a kind, all of them or the named ones in the given order."""
    words = WORDS[kind]
    return [(code, words[code].text) for code in (states or tuple(words))]


def codes(kind: str) -> tuple[str, ...]:
    """Return every state code of a kind, in the order an object passes through them."""
    return tuple(WORDS[kind])
