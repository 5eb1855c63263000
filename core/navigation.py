"""Which entries of the rail (`core/rail.py`) a principal sees, and where they lead.

An entry appears only when its URL exists and the principal holds one of its capabilities. Counts
come from `config.wiring.NAV_COUNTS` (entry key -> dotted path of `f(principal) -> int | None`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from django.core.cache import cache as store
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from core.capabilities import EVERYTHING
from core.permissions import SIGNED_IN, Principal
from core.rail import Entry
from core.wiring import resolve, wired

COUNT_SECONDS = 20


@dataclass
class Link:
    """One entry as one principal sees it on one page."""

    key: str
    text: str | Promise
    glyph: str
    url: str
    is_current: bool = False
    is_open: bool = False
    hot: bool = False
    count: int | None = None
    children: list[Link] = field(default_factory=list)


@cache
def target(url_names: tuple[str, ...]) -> str:
    """Return the path of the first URL name that exists, or an empty text."""
    for name in url_names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def allowed(entry: Entry, principal: Principal) -> bool:
    """Say whether the principal may open the entry's place."""
    if SIGNED_IN in entry.capabilities:
        return not principal.is_anonymous
    known = [name for name in entry.capabilities if name in EVERYTHING]
    return principal.may_any(known)


def _counter(key: str) -> Callable[[Principal], int | None] | None:
    dotted = wired("NAV_COUNTS").get(key)
    return resolve(dotted) if dotted else None


def count_of(key: str, principal: Principal) -> int | None:
    """Return the number beside an entry, at most 20 seconds old, or None where nothing counts."""
    counter = _counter(key)
    if counter is None:
        return None
    return store.get_or_set(_count_name(key, principal), lambda: counter(principal), COUNT_SECONDS)


def forget_count(key: str, principal: Principal) -> None:
    """Count afresh at the next page, after an act of this principal that changes the number."""
    store.delete(_count_name(key, principal))


def _count_name(key: str, principal: Principal) -> str:
    return f"nav:{key}:{principal.actor.key}"


def _link(entry: Entry, principal: Principal, path: str) -> Link | None:
    url = target(entry.url_names)
    if not url or not allowed(entry, principal):
        return None
    children = [link for sub in entry.children if (link := _link(sub, principal, path))]
    below = any(child.is_current or child.is_open for child in children)
    here = path == url if url == "/" else path.startswith(url)
    return Link(
        key=entry.key,
        text=entry.text,
        glyph=entry.glyph,
        url=url,
        is_current=here and not below,
        is_open=here or below,
        hot=entry.hot,
        count=count_of(entry.key, principal),
        children=children,
    )


def links(entries: tuple[Entry, ...], principal: Principal, path: str) -> list[Link]:
    """Return the entries that the principal sees, with the one of `path` marked."""
    return [link for entry in entries if (link := _link(entry, principal, path))]
