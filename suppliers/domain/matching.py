"""Three-way match: an invoice line against the price ordered and the units received (X25)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MATCHED, PRICE_OVER, QTY_OVER = "matched", "price_over", "qty_over"
HUNDREDTH = Decimal("0.01")
MOST_PCT = Decimal(9_999_999)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One invoice line: units and price invoiced; price ordered; units received, not invoiced."""

    qty: int
    unit_price: Decimal
    order_price: Decimal
    open_qty: int


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """`over_pct`: by how much the line exceeds the received cost; negative when below."""

    result: str
    over_pct: Decimal
    expected: Decimal


def judge(line: LineFacts, tolerance_pct: Decimal) -> LineVerdict:
    """Compare an invoice line with what it may cost: the received units at the ordered price.

    Units beyond those received are more than received, whatever they cost; a price above the
    order's by more than the tolerance is too high. At the tolerance exactly a line still matches.
    """
    units = min(line.qty, line.open_qty)
    expected = units * line.order_price
    invoiced = line.qty * line.unit_price
    over = _over(invoiced, expected)
    if over <= tolerance_pct:
        return LineVerdict(MATCHED, over, expected)
    price_over = _over(line.unit_price, line.order_price) > tolerance_pct
    return LineVerdict(PRICE_OVER if price_over else QTY_OVER, over, expected)


def _over(invoiced: Decimal, expected: Decimal) -> Decimal:
    if not expected:
        return MOST_PCT if invoiced else Decimal(0)
    pct = (invoiced - expected) / expected * 100
    return min(MOST_PCT, pct.quantize(HUNDREDTH, rounding=ROUND_HALF_UP))
