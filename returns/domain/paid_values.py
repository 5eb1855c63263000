"""What was paid for each line of an order and for some of its units: exact to the last cent.

Pure. A line's value is its price after its own discount with its own tax, plus its share of what
the order as a whole was discounted and taxed. All values together are what the goods cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import money

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One line of an order as it was billed; amounts are for the whole line.

    `kit_position` is set for a component, whose price is its `price_share` of the kit's line, and
    `stands_in_for` names the line whose price a substitute carries on.
    """

    id: int
    position: int
    kind: str
    qty: int
    unit_price: Decimal
    discount_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    kit_position: int | None = None
    price_share: Decimal | None = None
    stands_in_for: int | None = None
    substituted_qty: int = 0

    @property
    def net(self) -> Decimal:
        """Return the goods' price after the line's discount, without tax."""
        return self.unit_price * self.qty - self.discount_amount


def line_values(
    lines: Sequence[PaidLine], *, goods_amount: Decimal, tax_amount: Decimal, currency: str
) -> dict[int, Decimal]:
    """Return by line id what was paid for the line's units, tax included.

    `goods_amount` is what all billed lines cost after every discount, `tax_amount` the order's
    tax. The values of all lines but kits sum to goods plus tax exactly: a kit's value stands on
    its components, an ordered line's on its substitutes for the units these replace.
    """
    billed = [line for line in lines if line.kind not in {"component", "substitute"}]
    if not billed:
        return {}
    goods = _spread(goods_amount, [max(line.net, ZERO) for line in billed], currency)
    own_tax = sum((line.tax_amount for line in billed), ZERO)
    taxed = [line.tax_amount for line in billed] if own_tax else goods
    tax = _spread(tax_amount, taxed, currency)
    values = {line.id: part + share for line, part, share in zip(billed, goods, tax, strict=True)}
    for line in billed:
        if line.kind == "kit":
            _hand_down(line, lines, values, currency)
    for line in lines:
        if line.substituted_qty:
            _share_with_substitutes(line, lines, values, currency)
    return values


def _spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    total = money.quantize(total, currency)
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    return money.apportion(total, weights, currency)


def _hand_down(
    kit: PaidLine, lines: Sequence[PaidLine], values: dict[int, Decimal], currency: str
) -> None:
    parts = [one for one in lines if one.kind == "component" and one.kit_position == kit.position]
    if not parts:
        return
    shares = [part.price_share or ZERO for part in parts]
    for part, value in zip(parts, _spread(values[kit.id], shares, currency), strict=True):
        values[part.id] = value
    values[kit.id] = ZERO


def _share_with_substitutes(
    line: PaidLine, lines: Sequence[PaidLine], values: dict[int, Decimal], currency: str
) -> None:
    others = [one for one in lines if one.stands_in_for == line.id]
    if not others or line.id not in values:
        return
    replaced, kept = _spread(
        values[line.id],
        [Decimal(line.substituted_qty), Decimal(line.qty - line.substituted_qty)],
        currency,
    )
    weights = [Decimal(one.qty) for one in others]
    for one, value in zip(others, _spread(replaced, weights, currency), strict=True):
        values[one.id] = value
    values[line.id] = kept


def value_of_units(
    total: Decimal,
    *,
    units: int,
    taken: Sequence[tuple[int, Decimal]],
    qty: int,
    currency: str,
) -> Decimal:
    """Return what `qty` more units of a line cost, whose `units` cost `total` together.

    `taken` are the (units, value) of those that went back before. The last units take the rest,
    so however a line comes back, the values sum to what was paid for it.

    Raises:
        ValueError: more units than are left, or none.
    """
    left = units - sum(count for count, _value in taken)
    if not 1 <= qty <= left:
        raise ValueError(f"{qty} of {left} units")
    rest = total - sum((value for _count, value in taken), ZERO)
    if qty == left:
        return max(rest, ZERO)
    return min(money.quantize(total * qty / units, currency), max(rest, ZERO))
