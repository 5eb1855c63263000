"""How much of buying travels fast because stock ran out (A-33)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.permissions import Principal
from planning.models import StockoutSpan
from suppliers.models import PurchaseLine, PurchaseOrder

MONTHS: Final = 12
FAST: Final = ("air", "express")


@dataclass(frozen=True, slots=True)
class Month:
    """Lines sent to suppliers in one month, by value in the base currency.

    `fast` went by air or express, `forced` of it while the SKU was out of stock where it goes.
    """

    first_on: dt.date
    lines: int
    fast_lines: int
    forced_lines: int
    amount: Decimal
    fast_amount: Decimal
    forced_amount: Decimal

    @property
    def fast_share(self) -> float | None:
        """Return what went fast as a share of everything, by value."""
        return float(self.fast_amount / self.amount) if self.amount else None

    @property
    def forced_share(self) -> float | None:
        """Return what went fast because stock was out as a share of everything, by value."""
        return float(self.forced_amount / self.amount) if self.amount else None


def expedited(principal: Principal, *, today: dt.date) -> list[Month]:
    """Return the last 12 months with purchases, the oldest first. Two statements.

    Cancelled orders are left out; an order counts in the month it was sent.
    """
    first = _back(today.replace(day=1), MONTHS - 1)
    sent = (
        PurchaseOrder.objects.visible_to(principal)
        .filter(sent_at__gte=dt.datetime.combine(first, dt.time(), dt.UTC))
        .exclude(state="cancelled")
    )
    rows = list(
        PurchaseLine.objects.filter(order__in=sent)
        .order_by("order__sent_at", "pk")
        .values_list(
            "sku_id",
            "order__warehouse_id",
            "order__sent_at",
            "order__mode",
            "order__fx_rate",
            "qty",
            "unit_price",
        )
    )
    out = _spans({(row[0], row[1]) for row in rows if row[3] in FAST}, first)
    months: dict[dt.date, list[tuple[Decimal, bool, bool]]] = defaultdict(list)
    for sku_id, place, sent_at, mode, rate, qty, price in rows:
        if sent_at is None:  # the filter above keeps the sent ones
            continue
        day = sent_at.astimezone(dt.UTC).date()
        is_fast = mode in FAST
        is_forced = is_fast and any(
            begins <= day <= ends for begins, ends in out.get((sku_id, place), ())
        )
        value = qty * price * (rate or Decimal(1))
        months[day.replace(day=1)].append((value, is_fast, is_forced))
    return [_month(on, months[on]) for on in sorted(months)]


def _month(on: dt.date, lines: list[tuple[Decimal, bool, bool]]) -> Month:
    cent = Decimal("0.01")
    return Month(
        on,
        len(lines),
        sum(fast for _value, fast, _forced in lines),
        sum(forced for _value, _fast, forced in lines),
        sum((value for value, _fast, _forced in lines), Decimal(0)).quantize(cent),
        sum((value for value, fast, _forced in lines if fast), Decimal(0)).quantize(cent),
        sum((value for value, _fast, forced in lines if forced), Decimal(0)).quantize(cent),
    )


def _spans(
    pairs: set[tuple[int, int]], first: dt.date
) -> dict[tuple[int, int], list[tuple[dt.date, dt.date]]]:
    found: dict[tuple[int, int], list[tuple[dt.date, dt.date]]] = defaultdict(list)
    rows = StockoutSpan.objects.filter(
        sku_id__in={sku_id for sku_id, _place in pairs}, until_on__gte=first
    )
    for row in rows.order_by("pk"):
        found[row.sku_id, row.warehouse_id].append((row.from_on, row.until_on))
    return dict(found)


def _back(first: dt.date, months: int) -> dt.date:
    place = first.year * 12 + first.month - 1 - months
    return first.replace(year=place // 12, month=place % 12 + 1)
