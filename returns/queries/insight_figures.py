"""The figures of insight: rate, recovery, cost, time to the money, and who comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from core.permissions import Principal
from core.services import rates
from inventory.models import LayerConsumption
from orders.models import Order, ShipmentLine
from returns.domain.insight import Share, percentile
from returns.models import Inspection, Refund, ReturnLabel, ReturnLine, ReturnMatch, ReturnRequest
from returns.queries.insight_backs import COUNTED_KINDS, LEFT_OUT, Period
from shipping.models import Label

#: A return belongs to the delivery it follows within so many days.
COHORT = dt.timedelta(days=60)
#: Whoever orders again within so many days of asking came back.
REPEAT = dt.timedelta(days=90)
RESOLD = ("restock",)
WASTED = ("scrap", "donate")


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period. Amounts are in base currency; shares carry both their numbers.

    `rate`: units asked back within 60 days of delivery, of units delivered in the period;
    `rate_orders` the same of orders. `recovery`: accepted units put back on the shelf as new, of
    those inspected, by what customers had paid. `cost_amount` is labels and wasted goods at their
    costs, `returns` the number of returns it is for. `repeat` and `repeat_others`: customers who
    ordered again within 90 days of a return, and of a delivery without one.
    """

    rate: Share
    rate_orders: Share
    recovery: Share
    cost_amount: Decimal
    returns: int
    refund_days_p50: float | None
    refund_days_p90: float | None
    repeat: Share
    repeat_others: Share

    @property
    def cost_per_return(self) -> Decimal | None:
        """Return the cost of one return; None without returns."""
        return self.cost_amount / self.returns if self.returns else None


def read_figures(principal: Principal, period: Period) -> Figures:
    """Return the figures of a period; a dozen statements, whatever the number of returns.

    Source: return rate by order cohort, value resold as new of value returned, request to refund
    at P50 and P90, as the design's table of measures defines them.
    """
    asked = _asked(principal, period)
    days = _refund_days(asked)
    rate, rate_orders = _rates(principal, period)
    return Figures(
        rate=rate,
        rate_orders=rate_orders,
        recovery=_recovery(asked),
        cost_amount=_costs(asked, period.until.date()),
        returns=asked.count(),
        refund_days_p50=percentile(days, 0.5),
        refund_days_p90=percentile(days, 0.9),
        repeat=_repeat(asked),
        repeat_others=_repeat_others(principal, period),
    )


def matched_history(principal: Principal) -> dict[str, int]:
    """Return the imported returns by what became of the search for their order."""
    rows = ReturnMatch.objects.visible_to(principal).values_list("outcome")
    return dict(rows.annotate(count=Count("pk")).order_by("outcome"))


def weekly(principal: Principal, period: Period) -> list[tuple[dt.date, int, int]]:
    """Return (Monday, units asked back, units delivered) for each week of the period, in UTC."""
    back = _by_week(_counted_lines(principal, period).values_list("request__requested_at", "qty"))
    sent = _by_week(
        _delivered(principal, period).values_list("shipment__delivered_at", "shipped_qty")
    )
    weeks = []
    monday = _monday(period.since)
    while monday < period.until.date():
        weeks.append((monday, back.get(monday, 0), sent.get(monday, 0)))
        monday += dt.timedelta(weeks=1)
    return weeks


def _by_week(rows: QuerySet[Any, tuple[Any, int]]) -> dict[dt.date, int]:
    found: dict[dt.date, int] = {}
    for at, qty in rows.iterator(chunk_size=2_000):
        found[_monday(at)] = found.get(_monday(at), 0) + qty
    return found


def _monday(at: dt.datetime) -> dt.date:
    day = at.astimezone(dt.UTC).date()
    return day - dt.timedelta(days=day.weekday())


def _asked(principal: Principal, period: Period) -> QuerySet[ReturnRequest]:
    rows = (
        ReturnRequest.objects.visible_to(principal)
        .filter(
            kind__in=COUNTED_KINDS,
            requested_at__gte=period.since,
            requested_at__lt=period.until,
        )
        .exclude(status__in=LEFT_OUT)
    )
    return rows.filter(channel__code=period.channel) if period.channel else rows


def _counted_lines(principal: Principal, period: Period) -> QuerySet[ReturnLine]:
    return ReturnLine.objects.filter(
        request__in=_asked(principal, period), kind="expected", state__in=("open", "closed")
    )


def _delivered(principal: Principal, period: Period) -> QuerySet[ShipmentLine]:
    orders = Order.objects.visible_to(principal)
    if period.channel:
        orders = orders.filter(channel__code=period.channel)
    return ShipmentLine.objects.filter(
        shipment__delivered_at__gte=period.since,
        shipment__delivered_at__lt=period.until,
        shipment__order__in=orders,
    )


def _cohort(principal: Principal, period: Period) -> QuerySet[ReturnLine]:
    """Return the lines asked back of what was delivered in the period, whenever that was asked."""
    delivered = _delivered(principal, period)
    first = (
        ShipmentLine.objects.filter(order_line=OuterRef("order_line"))
        .order_by()
        .values("order_line")
        .annotate(at=Min("shipment__delivered_at"))
        .values("at")
    )
    return (
        ReturnLine.objects.filter(
            Exists(delivered.filter(order_line=OuterRef("order_line"))),
            request__kind__in=COUNTED_KINDS,
            kind="expected",
            state__in=("open", "closed"),
        )
        .exclude(request__status__in=LEFT_OUT)
        .annotate(delivered_at=first)
        .filter(request__requested_at__lte=F("delivered_at") + COHORT)
    )


def _rates(principal: Principal, period: Period) -> tuple[Share, Share]:
    """Return the rate by units and by orders."""
    whole = _delivered(principal, period).aggregate(
        units=Sum("shipped_qty", default=0), orders=Count("shipment__order_id", distinct=True)
    )
    part = _cohort(principal, period).aggregate(
        units=Sum("qty", default=0), orders=Count("request__order_id", distinct=True)
    )
    return Share(part["units"], whole["units"]), Share(part["orders"], whole["orders"])


def _recovery(asked: QuerySet[ReturnRequest]) -> Share:
    """Return the value resold as new of the value inspected; second looks are not counted twice."""
    rows = Inspection.objects.filter(
        units__line__request__in=asked, units__parent__isnull=True, units__line__qty__gt=0
    )
    value = F("qty") * F("units__line__value_amount") / F("units__line__qty")
    found = rows.aggregate(
        whole=Sum(value, default=Decimal(0)),
        part=Sum(value, filter=Q(disposition__in=RESOLD), default=Decimal(0)),
    )
    return Share(found["part"], found["whole"])


def _costs(asked: QuerySet[ReturnRequest], on: dt.date) -> Decimal:
    parcels = ReturnLabel.objects.filter(request__in=asked, parcel__isnull=False)
    labels = Label.objects.filter(
        parcel_id__in=parcels.values("parcel_id"), request__state="purchased"
    )
    paid = list(
        labels.values_list("currency").annotate(total=Sum("cost_amount")).order_by("currency")
    )
    keys = Inspection.objects.filter(
        units__line__request__in=asked, disposition__in=WASTED
    ).exclude(stock_key="")
    wasted = LayerConsumption.objects.filter(move__event__event_key__in=keys.values("stock_key"))
    paid += list(
        wasted.values_list("layer__currency")
        .annotate(total=Sum(F("qty") * F("unit_cost")))
        .order_by("layer__currency")
    )
    known = rates.known_rates({currency for currency, _total in paid}, on)
    return sum(
        (total * known[currency] for currency, total in paid if total and currency in known),
        Decimal(0),
    )


def _refund_days(asked: QuerySet[ReturnRequest]) -> list[float]:
    rows = (
        Refund.objects.filter(request__in=asked, paid_at__isnull=False)
        .values("request")
        .annotate(first=Min("paid_at"), asked=Min("request__requested_at"))
        .order_by("request")
    )
    return [(row["first"] - row["asked"]).total_seconds() / 86_400 for row in rows]


def _again(after: str) -> QuerySet[Order]:
    """Return orders of the outer row's customer within the days after a moment of that row."""
    return Order.objects.filter(
        customer=OuterRef("customer"),
        placed_at__gt=OuterRef(after),
        placed_at__lte=OuterRef(after) + REPEAT,
        replaces__isnull=True,
    ).exclude(status="cancelled")


def _repeat(asked: QuerySet[ReturnRequest]) -> Share:
    return _came_back(asked.filter(customer__isnull=False), "requested_at")


def _repeat_others(principal: Principal, period: Period) -> Share:
    orders = Order.objects.filter(
        pk__in=_delivered(principal, period).values("shipment__order_id"),
        customer__isnull=False,
        returns__isnull=True,
    )
    return _came_back(orders, "placed_at")


def _came_back(rows: QuerySet[Any], after: str) -> Share:
    """Return the customers of rows, and those of them who ordered again after one."""
    found = rows.annotate(again=Exists(_again(after))).aggregate(
        part=Count("customer", distinct=True, filter=Q(again=True)),
        whole=Count("customer", distinct=True),
    )
    return Share(found["part"], found["whole"])
