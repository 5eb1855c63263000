"""Search over everything: each app answers for its own objects, listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.permissions import Principal
from core.wiring import resolve, wired

MIN_LENGTH = 2
PER_KIND = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One object found: its kind (a rail word), code, a line about it, and its page."""

    kind: str
    title: str
    text: str
    url: str
    glyph: str = "search"
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one app under one heading."""

    heading: str
    hits: Sequence[Hit]


def search(principal: Principal, text: str, limit: int = PER_KIND) -> list[Group]:
    """Return what the principal may see of what `text` finds, grouped; empty when too short.

    Searchers are `f(principal, text, limit) -> Group`; each costs a constant number of queries.
    """
    words = text.strip()
    if len(words) < MIN_LENGTH:
        return []
    found = [resolve(dotted)(principal, words, limit) for dotted in wired("SEARCHERS")]
    return [group for group in found if group.hits]


def exact(groups: Sequence[Group]) -> Hit | None:
    """Return the one object whose code was typed or scanned whole, if there is exactly one."""
    hits = [hit for group in groups for hit in group.hits if hit.is_exact]
    return hits[0] if len(hits) == 1 else None
