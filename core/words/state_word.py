"""One state in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class StateWord:
    """One state: its code, its word, the kind of its chip and the glyph before the word.

    `kind`: idle (not begun), step (progress ring), info (moving), ok (finished), warn (needs a
    person), danger (broken), hold (held on purpose), over (ended or void), critical (solid).
    """

    code: str
    text: str | Promise
    kind: str
    glyph: str
