"""What the stock is worth, how old it is, and what of it expires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    Sum,
    Value,
    When,
)

from core.permissions import Principal
from core.services import rates
from inventory.models import BinStock, CostLayer

#: Upper ends of the ages of stock, in days; the last is open.
AGES: Final = (30, 90, 180, 365)
#: Upper ends of the days left, the first is what is over.
LIVES: Final = (0, 30, 60, 90, 180)
CENT: Final = Decimal("0.01")
_NO_COST: Final = ExpressionWrapper(Q(unit_cost__isnull=True), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Age:
    """Stock between two ages in days (`until` None: and older), in the base currency.

    `uncosted_qty` of its units have no cost yet, or a currency without a rate.
    """

    after: int
    until: int | None
    qty: int
    amount: Decimal
    uncosted_qty: int


def stock_ages(principal: Principal, *, as_of: dt.datetime) -> list[Age]:
    """Return the units left of receipts by their age, with what they cost. Two statements."""
    open_layers = CostLayer.objects.visible_to(principal).filter(
        remaining_qty__gt=0, received_at__lte=as_of
    )
    cost = Sum(
        F("remaining_qty") * F("unit_cost") + F("landed_amount"),
        output_field=DecimalField(max_digits=24, decimal_places=6),
    )
    rows = list(
        open_layers.annotate(age=_age_case(as_of), unknown=_NO_COST)
        .order_by()
        .values_list("age", "currency", "unknown")
        .annotate(units=Sum("remaining_qty"), cost=cost)
    )
    known = _rates({currency for _age, currency, unknown, *_more in rows if not unknown}, as_of)
    edges = [0, *AGES, None]
    found = []
    for place in range(len(AGES) + 1):
        units, uncosted, amount = 0, 0, Decimal(0)
        for age, currency, unknown, qty, part in rows:
            if int(age) != place:
                continue
            units += qty
            if unknown or currency not in known:
                uncosted += qty
            else:
                amount += part * known[currency]
        ends = edges[place] or 0, edges[place + 1]
        found.append(Age(ends[0], ends[1], units, amount.quantize(CENT), uncosted))
    return found


def _age_case(as_of: dt.datetime) -> Case:
    whens = [
        When(received_at__gt=as_of - dt.timedelta(days=days), then=Value(str(place)))
        for place, days in enumerate(AGES)
    ]
    return Case(*whens, default=Value(str(len(AGES))), output_field=CharField())


def _rates(currencies: set[str], as_of: dt.datetime) -> dict[str, Decimal]:
    """Return the rates that are known; a currency without one is left out."""
    base = rates.base_currency()
    found = {base: Decimal(1)}
    for currency in sorted(currencies - {base, ""}):
        try:
            found[currency] = rates.rate_on(currency, as_of.astimezone(dt.UTC).date())
        except rates.RateUnknown:
            continue
    return found


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """Units of one lot at one warehouse that expire on a day."""

    sku: str
    lot: str
    warehouse: str
    qty: int
    expires_on: dt.date


def expiring(principal: Principal, *, today: dt.date) -> list[ExpiringLot]:
    """Return the units on shelves that expire within half a year or did, the first first."""
    until = today + dt.timedelta(days=LIVES[-1])
    rows = (
        BinStock.objects.visible_to(principal)
        .filter(qty__gt=0, lot__expires_on__lte=until)
        .order_by("lot__expires_on", "sku__code", "lot__code", "bin__warehouse__code")
        .values_list("sku__code", "lot__code", "bin__warehouse__code", "lot__expires_on")
        .annotate(units=Sum("qty"))
    )
    return [ExpiringLot(sku, lot, place, units, on) for sku, lot, place, on, units in rows]


def by_life(lots: Sequence[ExpiringLot], *, today: dt.date) -> list[tuple[int, int]]:
    """Return units by the days left: (upper end, units); upper end 0 = expired already."""
    found = dict.fromkeys(LIVES, 0)
    for lot in lots:
        left = (lot.expires_on - today).days
        end = 0 if left < 0 else next(one for one in LIVES[1:] if left <= one)
        found[end] += lot.qty
    return list(found.items())
