"""How many units to order for a need, as the supplier sells them."""

from __future__ import annotations


def round_up(need_qty: int, *, moq_qty: int = 1, multiple_qty: int = 1) -> int:
    """Return the least units that cover the need, the least order, and fill whole packs.

    The least order comes first, then the pack: 130 units at least and packs of 40 make 160.
    No need stays 0: nobody buys a least order for nothing.

    Raises:
        ValueError: a negative need, or a least order or pack below 1.
    """
    if need_qty < 0 or moq_qty < 1 or multiple_qty < 1:
        raise ValueError(f"need {need_qty}, least order {moq_qty}, pack {multiple_qty}")
    if need_qty == 0:
        return 0
    packs = -(-max(need_qty, moq_qty) // multiple_qty)
    return packs * multiple_qty
