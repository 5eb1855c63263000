"""What leaving units cost: cost layers are consumed first in, first out.

Layers of 5 at 2.00 and 10 at 2.60; 7 units leave: 5 at 2.00 and 2 at 2.60, so 15.20 for the
move and 2.171429 a unit. A layer without a cost gives units "not yet costed": the move has no
unit cost, and what is known stays in its consumptions.

A layer may carry a landed amount beside its unit cost (freight that came later). Leaving units
take their part of it, down to the millionth; the last unit takes what is left, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

STEP = Decimal("0.000001")


class LayersRunOut(Exception):
    """Cost layers hold fewer units than are on hand: the books have drifted; never expected."""


@dataclass(slots=True)
class Layer:
    """Units left in one layer at one unit cost; None: not yet costed. `landed`: of all of them."""

    layer_id: int
    remaining_qty: int
    unit_cost: Decimal | None
    landed: Decimal = Decimal(0)

    def take(self, qty: int) -> Decimal:
        """Take units out; return the part of the landed amount that goes with them."""
        part = self.landed
        if qty < self.remaining_qty:
            part = (part * qty / self.remaining_qty).quantize(STEP, rounding=ROUND_DOWN)
        self.remaining_qty -= qty
        self.landed -= part
        return part


@dataclass(frozen=True, slots=True)
class Consumption:
    """Units one outgoing move takes from one layer."""

    out: int
    layer_id: int
    qty: int
    unit_cost: Decimal | None
    landed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Out:
    """Units that leave: `out` names the move, `key` the stock they leave (warehouse, SKU)."""

    out: int
    key: tuple[int, int]
    qty: int


def consume_fifo(
    outs: Sequence[Out], layers: Mapping[tuple[int, int], Sequence[Layer]]
) -> list[Consumption]:
    """Take every out from the layers of its stock, oldest first; `layers` is used up.

    Layers must come oldest first.

    Raises:
        LayersRunOut: fewer units are left in the layers than leave.
    """
    heads = dict.fromkeys(layers, 0)
    taken = []
    for out in outs:
        rest = out.qty
        queue = layers.get(out.key, ())
        while rest:
            head = heads.get(out.key, 0)
            if head == len(queue):
                raise LayersRunOut(out.key)
            layer = queue[head]
            qty = min(rest, layer.remaining_qty)
            rest -= qty
            if qty:
                part = layer.take(qty)
                taken.append(Consumption(out.out, layer.layer_id, qty, layer.unit_cost, part))
            if not layer.remaining_qty:
                heads[out.key] = head + 1
    return taken


def unit_costs(consumptions: Sequence[Consumption]) -> dict[int, Decimal | None]:
    """Return the average unit cost of every out; None when a part of it is not yet costed."""
    qty: dict[int, int] = {}
    amount: dict[int, Decimal | None] = {}
    for taken in consumptions:
        qty[taken.out] = qty.get(taken.out, 0) + taken.qty
        known = amount.get(taken.out, Decimal(0))
        if known is None or taken.unit_cost is None:
            amount[taken.out] = None
        else:
            amount[taken.out] = known + taken.qty * taken.unit_cost + taken.landed
    return {
        out: None if total is None else (total / qty[out]).quantize(STEP, rounding=ROUND_HALF_UP)
        for out, total in amount.items()
    }
