"""What an entry and a section of the rail are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from core.permissions import SIGNED_IN


@dataclass(frozen=True)
class Entry:
    """One place of the back office: where it is, who sees it, how it is drawn.

    `url_names`: the first that exists is the target. `hot`: its count needs a person (amber).
    """

    key: str
    text: str | Promise
    glyph: str
    url_names: tuple[str, ...]
    capabilities: tuple[str, ...] = (SIGNED_IN,)
    hot: bool = False
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """Entries under one heading; the first section has none."""

    text: str | Promise
    entries: tuple[Entry, ...]
