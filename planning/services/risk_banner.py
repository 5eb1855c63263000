"""The banner of the conservative mode: written when the mode is evaluated, read by every page.

It lives in the cache that all processes share, so a page asks the database nothing. The job that
evaluates every 5 minutes writes it anew; it ends by itself when nobody does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.cache import cache

if TYPE_CHECKING:
    from core.permissions import Principal

KEY: Final = "planning:mode"
SECONDS: Final = 20 * 60


@dataclass(frozen=True, slots=True)
class ModeBanner:
    """What the banner says: since when planning is careful, the index, and the first cause."""

    since: dt.datetime | None
    index: float
    cause: str


def publish(banner: ModeBanner | None) -> None:
    """Show the banner on every page of planning and buying, or take it away (None)."""
    if banner is None:
        cache.delete(KEY)
    else:
        cache.set(KEY, (banner.since, banner.index, banner.cause), SECONDS)


def shown(principal: Principal) -> ModeBanner | None:
    """Return the banner for a principal who may see planning or buying, or None in calm."""
    if not principal.may_any(("planning.view", "suppliers.view")):
        return None
    found = cache.get(KEY)
    return ModeBanner(*found) if found else None
