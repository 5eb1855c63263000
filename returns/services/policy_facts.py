"""What the return policy is told about an order, its customer and the lines to come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum

from core import settings_store
from core.services import rates
from core.services.rates import RateUnknown
from inventory.models import Warehouse, WarehouseHoliday
from orders.domain.promise import WorkCalendar
from orders.models import Order, OrderLine, ShipmentLine
from orders.models.orders import LineKind
from orders.services.errors import OrderNotFound
from orders.services.refunding import units_value
from returns.domain.abuse import RECENT_DAYS, AbuseFacts, risk_score
from returns.domain.policy import LineFacts, RequestFacts
from returns.domain.policy_defaults import EU
from returns.domain.policy_settings import ASSUMED_DELIVERY_DAYS
from returns.models import DeliveryCase, ReturnLine, ReturnReason

NOT_COUNTED = ("rejected", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class LineWant:
    """Units of one order line that shall come back; reason and outcome "" = not chosen yet."""

    order_line_id: int
    qty: int
    reason_code: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to the rulebook. `apart_from` is the request whose own lines do not count."""

    order_id: int
    wants: tuple[LineWant, ...]
    method: str
    at: dt.datetime
    apart_from: int | None = None


@dataclass(frozen=True, slots=True)
class _History:
    return_count: int = 0
    kept_count: int = 0
    score: int = 0


def facts_of(asking: Asking) -> RequestFacts:
    """Return what is known, in at most nine queries.

    Days are those of the warehouse that shipped most lately. A parcel whose carrier says nothing
    counts as delivered some days after its hand-over (`returns.assumed_delivery_days`).

    Raises:
        OrderNotFound: no such order, or a line is not of it.
    """
    order = Order.objects.filter(pk=asking.order_id).select_related("channel", "customer").first()
    if order is None:
        raise OrderNotFound
    lines = list(OrderLine.objects.filter(order=order).select_related("sku__product"))
    sent = list(
        ShipmentLine.objects.filter(shipment__order=order)
        .exclude(shipment__status="cancelled")
        .select_related("shipment__warehouse")
        .order_by("shipment__shipped_at", "pk")
    )
    site = sent[-1].shipment.warehouse if sent else None
    zone = ZoneInfo(site.timezone if site else "UTC")
    known = {line.pk: line for line in lines}
    if any(want.order_line_id not in known for want in asking.wants):
        raise OrderNotFound
    travel = _Travel(order, lines, sent, asking.at, zone)
    history = _history(order, asking)
    customer = order.customer
    return RequestFacts(
        today=asking.at.astimezone(zone).date(),
        order_on=order.placed_at.astimezone(zone).date(),
        currency=order.currency,
        lines=_lines(order, lines, asking.wants, travel),
        rate=_rate(order),
        channel=order.channel.code,
        country=order.ship_country,
        warehouse=site.code if site else "",
        is_cross_border=site is not None and is_over_customs(order.ship_country, site.country),
        segment=customer.segment if customer else "",
        customer_tags=tuple(str(tag) for tag in customer.tags) if customer else (),
        order_count=customer.order_count if customer else 1,
        return_count=history.return_count,
        kept_count=history.kept_count,
        risk_score=history.score,
        discount_percent=_discount_percent(order),
        is_full_return=_is_full(lines, asking.wants),
        method=asking.method,
        calendar=_calendar(site),
    )


def is_over_customs(country: str, other: str) -> bool:
    """Say whether goods between two countries pass a customs border; the EU is one territory."""
    if not country or not other or country == other:
        return False
    return not (country in EU and other in EU)


def _discount_percent(order: Order) -> Decimal:
    if not order.items_amount:
        return Decimal(0)
    return (order.discount_amount * 100 / order.items_amount).quantize(Decimal("0.01"))


def _is_full(lines: Sequence[OrderLine], wants: Sequence[LineWant]) -> bool:
    asked = {want.order_line_id: want.qty for want in wants}
    goods = [
        line
        for line in lines
        if line.kind in {LineKind.GOODS, LineKind.COMPONENT, LineKind.SUBSTITUTE}
    ]
    open_qty = {line.pk: line.qty - line.cancelled_qty - line.substituted_qty for line in goods}
    return all(asked.get(pk, 0) >= qty for pk, qty in open_qty.items() if qty > 0)


def _rate(order: Order) -> Decimal | None:
    try:
        return rates.rate_on(order.currency, order.placed_at.date())
    except RateUnknown:
        return None


def _calendar(site: Warehouse | None) -> WorkCalendar:
    if site is None:
        return WorkCalendar()
    closed = WarehouseHoliday.objects.filter(warehouse=site).values_list("on", flat=True)
    return WorkCalendar(site.workdays, frozenset(closed))


class _Travel:
    """When the units of each line left and arrived, in days of the warehouse's zone."""

    def __init__(
        self,
        order: Order,
        lines: Sequence[OrderLine],
        sent: Sequence[ShipmentLine],
        at: dt.datetime,
        zone: ZoneInfo,
    ) -> None:
        self.order, self.at, self.zone = order, at, zone
        self.assumed = dt.timedelta(days=int(str(settings_store.get(ASSUMED_DELIVERY_DAYS))))
        positions = {line.pk: line.kit_position for line in lines}
        self.by_line: dict[int, list[ShipmentLine]] = {}
        self.by_kit: dict[int, list[ShipmentLine]] = {}
        for row in sent:
            self.by_line.setdefault(row.order_line_id, []).append(row)
            kit = positions.get(row.order_line_id)
            if kit is not None:
                self.by_kit.setdefault(kit, []).append(row)

    def of(self, line: OrderLine) -> tuple[dt.date | None, dt.date | None]:
        """Return the last hand-over and the last delivery of a line's units."""
        if self.order.is_history:
            day = self._day(self.order.placed_at)
            return day, day
        is_kit = line.kind == LineKind.KIT
        rows = self.by_kit.get(line.position, []) if is_kit else self.by_line.get(line.pk, [])
        left = [row.shipment.shipped_at for row in rows if row.shipment.shipped_at]
        came = [moment for row in rows if (moment := self._arrival(row))]
        return (
            self._day(max(left)) if left else None,
            self._day(max(came)) if came else None,
        )

    def _arrival(self, row: ShipmentLine) -> dt.datetime | None:
        shipment = row.shipment
        if shipment.delivered_at or shipment.shipped_at is None:
            return shipment.delivered_at
        assumed = shipment.shipped_at + self.assumed
        return assumed if assumed <= self.at else None

    def _day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()


def _lines(
    order: Order, lines: Sequence[OrderLine], wants: Sequence[LineWant], travel: _Travel
) -> tuple[LineFacts, ...]:
    reasons = _reasons(want.reason_code for want in wants)
    known = {line.pk: line for line in lines}
    facts = []
    for want in wants:
        line = known[want.order_line_id]
        shipped_on, delivered_on = travel.of(line)
        sku = line.sku
        product = sku.product if sku else None
        reason = reasons.get(want.reason_code)
        facts.append(
            LineFacts(
                order_line_id=line.pk,
                qty=want.qty,
                sku=line.sku_code,
                product=product.code if product else "",
                category=product.category if product else "",
                brand=product.brand if product else "",
                sku_kind=sku.kind if sku else "goods",
                shelf_life_days=(sku.shelf_life_days or 0) if sku else 0,
                unit_value=_unit_value(order, lines, line),
                shipped_on=shipped_on,
                delivered_on=delivered_on,
                reason=want.reason_code,
                reason_group=_group(reason),
                fault=reason.fault if reason else "",
                outcome=want.outcome,
            )
        )
    return tuple(facts)


def _unit_value(order: Order, lines: Sequence[OrderLine], line: OrderLine) -> Decimal:
    if line.kind == LineKind.KIT:
        whole = line.unit_price * line.qty - line.discount_amount + line.tax_amount
        return Decimal(whole / line.qty)
    return units_value(lines, {line.position: 1}, order.currency)


def _reasons(codes: Iterable[str]) -> dict[str, ReturnReason]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = ReturnReason.objects.filter(code__in=wanted).select_related("parent")
    return {row.code: row for row in rows}


def _group(reason: ReturnReason | None) -> str:
    if reason is None:
        return ""
    return reason.parent.code if reason.parent else reason.code


def _history(order: Order, asking: Asking) -> _History:
    """Return what the customer's earlier orders and returns say. Two queries; none for a guest."""
    if order.customer_id is None:
        return _History()
    since = asking.at - dt.timedelta(days=RECENT_DAYS)
    bought = OrderLine.objects.filter(
        order__customer_id=order.customer_id,
        order__placed_at__lte=asking.at,
        kind__in=(LineKind.GOODS, LineKind.KIT),
    ).exclude(order__status="cancelled")
    units = Sum(F("qty") - F("cancelled_qty"))
    recent = Sum(F("qty") - F("cancelled_qty"), filter=Q(order__placed_at__gt=since), default=0)
    sums = bought.aggregate(ever=units, recent=recent)
    back = ReturnLine.objects.filter(
        request__customer_id=order.customer_id,
        request__kind="return",
        request__requested_at__lte=asking.at,
    ).exclude(request__status__in=NOT_COUNTED)
    if asking.apart_from is not None:
        back = back.exclude(request_id=asking.apart_from)
    expected = Q(kind="expected")
    told = back.aggregate(
        ever=Sum("qty", filter=expected, default=0),
        recent=Sum("qty", filter=expected & Q(request__requested_at__gt=since), default=0),
        requests=Count("request", distinct=True),
        kept=Sum("qty", filter=Q(resolution="returnless"), default=0),
        odd=Count("request", filter=~expected, distinct=True),
    )
    facts = AbuseFacts(
        bought_qty=sums["ever"] or 0,
        returned_qty=told["ever"],
        recent_bought_qty=sums["recent"],
        recent_returned_qty=told["recent"],
        mismatch_count=told["odd"],
        missing_count=_missing(order.customer_id, asking.at),
    )
    return _History(told["requests"], told["kept"], risk_score(facts))


def _missing(customer_id: int, at: dt.datetime) -> int:
    """Count the parcels the customer reported as not received although the carrier delivered."""
    rows = DeliveryCase.objects.filter(
        order__customer_id=customer_id, kind=DeliveryCase.Kind.NOT_RECEIVED, noticed_at__lte=at
    )
    return rows.count()
