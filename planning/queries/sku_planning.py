"""One SKU as planning sees it, warehouse by warehouse: what decides when and how much (A-11)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Min, Sum

from inventory.models import StockLevel, Warehouse
from planning.domain.velocity import FURTHEST_DAYS, SPANS, Velocity, velocities
from planning.models import (
    CoverStatus,
    DemandHistory,
    Proposal,
    SeriesOutlook,
    StockoutSpan,
)


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """One warehouse that holds, sells or plans the SKU. `cover` is the newest review's finding.

    `first_on` is the first day with known demand; without one there is no velocity. `outlook_id`
    is its line of the forecast board.
    """

    warehouse: Warehouse
    level: StockLevel | None
    cover: CoverStatus | None
    proposal: Proposal | None
    velocities: tuple[Velocity, ...]
    first_on: dt.date | None
    outlook_id: int | None = None

    @property
    def recommended_qty(self) -> int | None:
        """Return the units to get: of the waiting proposal, else of the review; None: unknown."""
        if self.proposal is not None:
            return self.proposal.qty
        return self.cover.recommended_qty if self.cover is not None else None


def places_of(
    sku_id: int, warehouses: Sequence[Warehouse], *, today: dt.date
) -> list[PlannedPlace]:
    """Return the SKU at each of the warehouses that know it, in their order. 7 queries.

    Velocity counts whole UTC days before `today`.
    """
    ids = [place.pk for place in warehouses]
    mine = {"sku_id": sku_id, "warehouse_id__in": ids}
    levels = {row.warehouse_id: row for row in StockLevel.objects.with_atp().filter(**mine)}
    covers = {row.warehouse_id: row for row in CoverStatus.objects.filter(**mine)}
    waiting = Proposal.objects.waiting().filter(**mine).select_related("supplier")
    proposals = {row.warehouse_id: row for row in waiting}
    outlooks = dict(SeriesOutlook.objects.filter(**mine).values_list("warehouse_id", "pk"))
    sold, first = _sold(mine, today), _first_days(mine)
    out = _out_days(mine, today)
    return [
        PlannedPlace(
            warehouse=place,
            level=levels.get(place.pk),
            cover=covers.get(place.pk),
            proposal=proposals.get(place.pk),
            velocities=_velocities(sold[place.pk], out[place.pk], first.get(place.pk), today),
            first_on=first.get(place.pk),
            outlook_id=outlooks.get(place.pk),
        )
        for place in warehouses
        if place.pk in {*levels, *covers, *proposals, *first}
    ]


def _velocities(
    sold: dict[dt.date, int], out: set[dt.date], first_on: dt.date | None, today: dt.date
) -> tuple[Velocity, ...]:
    if first_on is None:
        return tuple(Velocity(span, 0, 0) for span in SPANS)
    last_on = today - dt.timedelta(days=1)
    return tuple(velocities(sold, out, first_on=first_on, last_on=last_on))


def _sold(mine: dict[str, object], today: dt.date) -> dict[int, dict[dt.date, int]]:
    """Return units asked for by warehouse and day, without what was taken back or one-off."""
    rows = DemandHistory.objects.filter(
        **mine, on__gte=today - dt.timedelta(days=FURTHEST_DAYS), on__lt=today
    )
    sums = rows.values("warehouse_id", "on").annotate(
        units=Sum("qty") - Sum("netted_qty") - Sum("project_qty")
    )
    found: dict[int, dict[dt.date, int]] = defaultdict(dict)
    for row in sums.order_by():
        found[row["warehouse_id"]][row["on"]] = row["units"]
    return found


def _first_days(mine: dict[str, object]) -> dict[int, dt.date]:
    rows = DemandHistory.objects.filter(**mine).values("warehouse_id").annotate(first=Min("on"))
    return {row["warehouse_id"]: row["first"] for row in rows.order_by()}


def _out_days(mine: dict[str, object], today: dt.date) -> dict[int, set[dt.date]]:
    oldest = today - dt.timedelta(days=FURTHEST_DAYS)
    spans = StockoutSpan.objects.filter(**mine, until_on__gte=oldest).order_by("pk")
    found: dict[int, set[dt.date]] = defaultdict(set)
    for span in spans:
        day = max(span.from_on, oldest)
        while day <= min(span.until_on, today):
            found[span.warehouse_id].add(day)
            day += dt.timedelta(days=1)
    return found
