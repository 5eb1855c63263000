"""What alerts about goods and demand are judged on, read for all SKUs at once.

Each function is a fixed number of statements. Days are whole UTC days; pairs are
(SKU id, warehouse id).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest

from fulfillment.models import CartonExtra, PackRule
from inventory.models import BinStock, CostLayer
from planning.domain.alert_goods import InboundFacts, LotFacts
from planning.models import DemandHistory, Forecast, ForecastOutcome, ForecastRun, Proposal
from planning.queries.forecasts import effective
from suppliers.models import AsnLine, PurchaseLine
from suppliers.queries.arrivals import OPEN_UNITS

Pair = tuple[int, int]
DAY = dt.timedelta(days=1)
#: B-46 looks at so many complete days.
PACE_DAYS = 7
#: Weeks over which a forecast is held against what was sold.
MISS_WEEKS = 4
#: Days of returns that are looked at, and those before for comparison.
RETURN_DAYS, BEFORE_DAYS = 28, 84
#: Days whose parcels give the rate of an insert.
INSERT_DAYS = 14
#: States of purchase orders whose goods the supplier owes.
OWED = ("sent", "confirmed", "partly_received")


def lots_until(last: dt.date) -> dict[Pair, list[LotFacts]]:
    """Return the lots with sellable units that must leave by `last`: by `ship_by`, else expiry."""
    rows = (
        BinStock.objects.sellable()
        .present()
        .annotate(last_on=Coalesce("lot__ship_by", "lot__expires_on"))
        .filter(last_on__lte=last)
        .values_list("sku_id", "bin__warehouse_id", "lot_id", "lot__code", "last_on")
        .annotate(units=Sum("qty"))
        .order_by("sku_id", "bin__warehouse_id", "last_on", "lot_id")
    )
    found: dict[Pair, list[LotFacts]] = defaultdict(list)
    for sku, place, lot, code, last_on, units in rows:
        found[sku, place].append(LotFacts(lot, code, units, last_on))
    return found


def late_goods(today: dt.date) -> list[InboundFacts]:
    """Return announced arrivals and orders whose day has passed, worth what is still to come.

    Goods that an announced arrival brings are its own, not the order's. Two statements.
    """
    return [*_late_arrivals(today), *_late_orders(today)]


def _late_arrivals(today: dt.date) -> Iterable[InboundFacts]:
    rows = (
        AsnLine.objects.filter(asn__state="announced", asn__is_unplanned=False)
        .annotate(
            left=OPEN_UNITS, day=Coalesce("asn__expected_on", "asn__purchase_order__expected_on")
        )
        .filter(left__gt=0, day__lt=today)
        .order_by("asn_id", "pk")
        .values_list(
            "asn_id",
            "asn__number",
            "asn__supplier__name",
            "asn__warehouse_id",
            "asn__purchase_order_id",
            "day",
            "left",
            "purchase_line__unit_price",
            "purchase_line__order__fx_rate",
        )
    )
    return _summed(rows, lambda row: {"asn_id": row[0], "purchase_order_id": row[4]})


def _late_orders(today: dt.date) -> Iterable[InboundFacts]:
    rows = (
        PurchaseLine.objects.filter(order__state__in=OWED, order__due_on__lt=today)
        .annotate(left=F("qty") - F("short_qty") - Greatest("shipped_qty", "received_qty"))
        .filter(left__gt=0)
        .order_by("order_id", "pk")
        .values_list(
            "order_id",
            "order__number",
            "order__supplier__name",
            "order__warehouse_id",
            "order_id",
            "order__due_on",
            "left",
            "unit_price",
            "order__fx_rate",
        )
    )
    return _summed(rows, lambda row: {"purchase_order_id": row[0]})


def _summed(rows: Iterable[Any], named: Any) -> Iterable[InboundFacts]:
    """Add the lines of each document up; a line without a price or a rate adds no money."""
    documents: dict[int, list[Any]] = {}
    for row in rows:
        documents.setdefault(row[0], []).append(row)
    for lines in documents.values():
        _, number, supplier, place, _, day, *_ = lines[0]
        worth = sum(
            (line[6] * (line[7] or Decimal(0)) * (line[8] or Decimal(0)) for line in lines),
            Decimal(0),
        )
        yield InboundFacts(
            number=number,
            supplier=supplier,
            warehouse_id=place,
            due_on=day,
            units=sum(line[6] for line in lines),
            amount=worth.quantize(Decimal("0.0001")),
            **named(lines[0]),
        )


@dataclass(frozen=True, slots=True)
class Sold:
    """Units sold and planned of one pair over the same days."""

    sold: int
    planned: float


def pace_of(today: dt.date) -> dict[Pair, Sold]:
    """Return units sold and planned over the last 7 complete days, by a plan made before them.

    Orders taken back and projects are left out, as in the plan; overrides of people count. No
    plan that old: nothing to compare with.
    """
    first = today - PACE_DAYS * DAY
    run = ForecastRun.objects.filter(from_on__lte=first).order_by("-from_on", "-pk").first()
    if run is None:
        return {}
    rows = Forecast.objects.filter(run=run, channel=None).select_related("run").order_by("pk")
    sold = demand_by_pair(first, today - DAY)
    return {
        pair: Sold(sold.get(pair, 0), _planned(weekly, run.from_on, first))
        for pair, weekly in effective(list(rows), today=today).items()
    }


def _planned(weekly: list[float], from_on: dt.date, first: dt.date) -> float:
    """Return what a plan says for the 7 days from `first`; its last week goes on beyond it."""
    total = 0.0
    for day in range(PACE_DAYS):
        week = ((first - from_on).days + day) // 7
        total += weekly[min(week, len(weekly) - 1)] / 7 if weekly else 0.0
    return total


def demand_by_pair(first: dt.date, last: dt.date) -> dict[Pair, int]:
    """Return the units to expect again that were asked for on these days, both whole."""
    rows = (
        DemandHistory.objects.filter(on__gte=first, on__lte=last)
        .values_list("sku_id", "warehouse_id")
        .annotate(units=Sum(F("qty") - F("netted_qty") - F("project_qty")))
        .order_by("sku_id", "warehouse_id")
    )
    return {(sku, place): units for sku, place, units in rows}


def misses(today: dt.date) -> dict[Pair, tuple[float, float, int]]:
    """Return forecast, sold and number of the last known weeks, at the lag of the lead time."""
    monday = today - today.weekday() * DAY
    rows = (
        ForecastOutcome.objects.filter(
            week_on__gte=monday - dt.timedelta(weeks=MISS_WEEKS), week_on__lt=monday
        )
        .values_list("sku_id", "warehouse_id")
        .annotate(said=Sum("forecast_qty"), sold=Sum("actual_qty"), weeks=Count("pk"))
        .order_by("sku_id", "warehouse_id")
    )
    return {(sku, place): (said, sold, weeks) for sku, place, said, sold, weeks in rows}


def last_asked() -> dict[Pair, dt.date]:
    """Return the last day on which each pair was asked for."""
    rows = (
        DemandHistory.objects.filter(qty__gt=0)
        .values_list("sku_id", "warehouse_id")
        .annotate(last=Max("on"))
        .order_by("sku_id", "warehouse_id")
    )
    return {(sku, place): last for sku, place, last in rows}


def oldest_stock() -> dict[Pair, dt.date]:
    """Return the day on which the oldest units that are left came."""
    rows = (
        CostLayer.objects.filter(remaining_qty__gt=0)
        .values_list("sku_id", "warehouse_id")
        .annotate(oldest=Min("received_at"))
        .order_by("sku_id", "warehouse_id")
    )
    return {(sku, place): oldest.astimezone(dt.UTC).date() for sku, place, oldest in rows}


def returns_of(today: dt.date) -> dict[Pair, tuple[int, int, float | None]]:
    """Return units returned and sold in the last 28 days, and the percent of the 84 before."""
    first, before = today - RETURN_DAYS * DAY, today - (RETURN_DAYS + BEFORE_DAYS) * DAY
    recent, older = Q(on__gte=first), Q(on__lt=first)
    rows = (
        DemandHistory.objects.filter(on__gte=before, on__lt=today)
        .values_list("sku_id", "warehouse_id")
        .annotate(
            back=Sum("returned_qty", filter=recent),
            out=Sum("qty", filter=recent),
            old_back=Sum("returned_qty", filter=older),
            old_out=Sum("qty", filter=older),
        )
        .filter(back__gt=0)
        .order_by("sku_id", "warehouse_id")
    )
    return {
        (sku, place): (back, out or 0, (old_back or 0) / old_out * 100 if old_out else None)
        for sku, place, back, out, old_back, old_out in rows
    }


def inserts_in_use() -> dict[int, str]:
    """Return the SKUs that live rules put into parcels, with the codes of their campaigns."""
    rows = (
        PackRule.objects.live()
        .filter(effect="add_insert")
        .filter(Q(campaign__isnull=True) | Q(campaign__state="active"))
        .order_by("sku_id", "code")
        .values_list("sku_id", "campaign__code", "code")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for sku, campaign, code in rows:
        name = campaign or code
        if name not in found[sku]:
            found[sku].append(name)
    return {sku: ", ".join(names) for sku, names in found.items()}


def insert_rates(sku_ids: Collection[int], now: dt.datetime) -> dict[Pair, float]:
    """Return units a day that parcels of the last 14 days took of each insert."""
    rows = (
        CartonExtra.objects.filter(
            sku_id__in=sku_ids, state="added", added_at__gte=now - INSERT_DAYS * DAY
        )
        .values_list("sku_id", "carton__shipment__warehouse_id")
        .annotate(units=Sum("qty"))
        .order_by("sku_id", "carton__shipment__warehouse_id")
    )
    return {(sku, place): units / INSERT_DAYS for sku, place, units in rows}


def air_options(pairs: Collection[Pair]) -> dict[Pair, Mapping[str, Any]]:
    """Return the air option of the proposals that wait for these pairs, as data of the page."""
    rows = Proposal.objects.waiting().filter(sku_id__in={sku for sku, _ in pairs})
    found: dict[Pair, Mapping[str, Any]] = {}
    for sku, place, terms, pk in rows.order_by("pk").values_list(
        "sku_id", "warehouse_id", "terms", "pk"
    ):
        for option in terms.get("options", ()):
            if option.get("mode") == "air" and (sku, place) in pairs:
                keys = ("qty", "cost", "bring", "days")
                found[sku, place] = {
                    "proposal": pk,
                    **{key: option[key] for key in keys if option.get(key) is not None},
                }
    return found
