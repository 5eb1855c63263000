"""Where the aisles of a warehouse run and where its bins lie: declared once, read by every walk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.models import Bin, BinPlace, FloorLayout

BATCH = 500


class UnknownBinCode(InputRefused):
    """A place was given for a bin the warehouse does not have."""

    code = "UNKNOWN_BIN_CODE"
    text = gettext_noop("The warehouse has no bin %(bin)s. Correct the code, or create the bin.")


class NowhereGiven(InputRefused):
    """A place with neither aisle and place nor a point."""

    code = "BIN_PLACE_NOWHERE"
    text = gettext_noop("Bin %(bin)s needs an aisle and a place from 1, or x and y in mm.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutDraft:
    """How a warehouse is walked; see `FloorLayout` for the axes. Lengths in mm."""

    kind: str = "single_block"
    aisle_count: int = 1
    places: int = 1
    aisle_pitch_mm: int = 5000
    place_pitch_mm: int = 1000
    front_gap_mm: int = 500
    depot_x_mm: int = 0
    depot_y_mm: int = 0
    walkways: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """Where one bin lies: aisle and place, or a point in mm, or both."""

    aisle: int | None = None
    place: int | None = None
    x_mm: int | None = None
    y_mm: int | None = None
    level: int = 1

    @property
    def is_somewhere(self) -> bool:
        """Whether the draft names a place that can exist."""
        if self.aisle is None and self.place is None:
            return self.x_mm is not None and self.y_mm is not None
        return (self.aisle or 0) >= 1 and (self.place or 0) >= 1


@transaction.atomic
def save_layout(
    warehouse_id: int, draft: LayoutDraft, *, actor: Actor, at: dt.datetime
) -> FloorLayout:
    """Create or replace the layout of a warehouse. Safe to repeat."""
    values = asdict(draft) | {"walkways": [list(way) for way in draft.walkways]}
    layout, _ = FloorLayout.objects.update_or_create(warehouse_id=warehouse_id, defaults=values)
    audit.record(
        actor=actor,
        action="inventory.layout_saved",
        target=f"warehouse:{warehouse_id}",
        at=at,
        after={name: value for name, value in values.items() if name != "walkways"},
    )
    return layout


@transaction.atomic
def save_places(
    warehouse_id: int, drafts: Mapping[str, PlaceDraft], *, actor: Actor, at: dt.datetime
) -> int:
    """Say where bins lie, by bin code; return how many. Safe to repeat.

    Raises:
        UnknownBinCode: the warehouse has no such bin; NowhereGiven: a draft names no place.
    """
    bins = dict(Bin.objects.filter(warehouse_id=warehouse_id).values_list("code", "pk"))
    for code, draft in drafts.items():
        if code not in bins:
            raise UnknownBinCode(bin=code)
        if not draft.is_somewhere:
            raise NowhereGiven(bin=code)
    rows = [BinPlace(bin_id=bins[code], **asdict(draft)) for code, draft in drafts.items()]
    BinPlace.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["bin"],
        update_fields=["aisle", "place", "x_mm", "y_mm", "level"],
    )
    audit.record(
        actor=actor,
        action="inventory.bins_placed",
        target=f"warehouse:{warehouse_id}",
        at=at,
        after={"bins": len(rows)},
    )
    return len(rows)
