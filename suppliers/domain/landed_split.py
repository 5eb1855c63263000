"""By what the cost of bringing goods here is spread over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

VALUE, WEIGHT, VOLUME, QTY = "value", "weight", "volume", "qty"


@dataclass(frozen=True, slots=True)
class Goods:
    """Units that arrived together: their value in the base currency, weight and volume of one.

    None: nobody entered it.
    """

    sku: str
    qty: int
    value: Decimal | None
    unit_weight_g: int | None
    unit_volume_mm3: int | None


def measure(goods: Goods, basis: str) -> Decimal | None:
    """Return what counts of the goods under a basis; None when it is not known."""
    match basis:
        case "value":
            return goods.value
        case "weight":
            return _times(goods.qty, goods.unit_weight_g)
        case "volume":
            return _times(goods.qty, goods.unit_volume_mm3)
        case _:
            return Decimal(goods.qty)


def unmeasured(goods: Sequence[Goods], basis: str) -> list[str]:
    """Return the SKUs, by code, of which the basis is not known."""
    return sorted({one.sku for one in goods if measure(one, basis) is None})


def _times(qty: int, measured: int | None) -> Decimal | None:
    return None if measured is None else Decimal(qty * measured)
