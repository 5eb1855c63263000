"""What parcels that did not arrive cost us, and what stands on the page of a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import quantize
from core.permissions import Principal
from core.services import rates
from inventory.queries.departed_costs import departed_costs
from orders.models import ShipmentLine
from returns.models import CarrierClaim, DeliveryCase, ReturnRequest
from shipping.models import Label

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CostOfQuality:
    """Costs of a period in the base currency: goods and labels sent again, refunds, what came back.

    `net` = goods + labels + refunds - recovered. The first order's revenue stays counted once.
    """

    case_count: int
    reship_count: int
    goods: Decimal
    labels: Decimal
    refunds: Decimal
    recovered: Decimal
    currency: str

    @property
    def net(self) -> Decimal:
        """Return what the period's cases cost in all."""
        return self.goods + self.labels + self.refunds - self.recovered


def cost_of_quality(since: dt.datetime, until: dt.datetime) -> CostOfQuality:
    """Return what cases noticed from `since` up to but not at `until` cost. Seven queries at most.

    Amounts of other currencies count at the rate of the day `until` ends on.

    Raises:
        RateUnknown: a currency has no rate on that day.
    """
    cases = list(
        DeliveryCase.objects.filter(noticed_at__gte=since, noticed_at__lt=until)
        .select_related("order", "reship")
        .order_by("pk")
    )
    again = [case.reship for case in cases if case.reship is not None]
    goods = _goods([order.pk for order in again])
    labels = list(
        Label.objects.filter(
            parcel__order_key__in=[order.key for order in again],
            request__state="purchased",
            cost_amount__isnull=False,
        ).values_list("cost_amount", "currency")
    )
    refunds = [(case.refund_amount, case.order.currency) for case in cases if case.refund_amount]
    claims = CarrierClaim.objects.filter(case__in=cases, state="paid")
    paid = list(claims.values_list("paid_amount", "currency"))
    base = rates.base_currency()
    known = {currency or base for _amount, currency in [*goods, *labels, *refunds, *paid]}
    values = rates.rates_on({*known, base}, until.date())

    def total(amounts: Iterable[tuple[Decimal | None, str]]) -> Decimal:
        parts = ((amount or ZERO) * values[currency or base] for amount, currency in amounts)
        return quantize(sum(parts, ZERO), base)

    return CostOfQuality(
        case_count=len(cases),
        reship_count=len(again),
        goods=total(goods),
        labels=total(labels),
        refunds=total(refunds),
        recovered=total(paid),
        currency=base,
    )


def _goods(order_ids: list[int]) -> list[tuple[Decimal | None, str]]:
    rows = ShipmentLine.objects.filter(shipment__order_id__in=order_ids).order_by("pk")
    left = departed_costs([row.key for row in rows])
    return [
        (None if cost.amount is None else cost.amount + cost.variance_amount, cost.currency)
        for costs in left.values()
        for cost in costs
    ]


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return the claims on carriers for a return's order, and whether one may be opened."""
    if rma.order_id is None:
        return None
    claims = CarrierClaim.objects.visible_to(principal).filter(order_id=rma.order_id)
    found = list(claims.order_by("-pk")[:5])
    broken = rma.lines.filter(reason__fault="carrier", reason__parent__code="DAMAGED").exists()
    if not found and not broken:
        return None
    is_claimed = any(claim.kind == "DAMAGED" and claim.state != "withdrawn" for claim in found)
    return {"claims": found, "may_open": broken and not is_claimed, "today": now.date()}
