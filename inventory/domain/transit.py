"""Units that left at one cost and arrive at the same: cost follows goods through virtual bins.

A transfer ships 5 units from a layer at 2.00 and 3 at 2.60. Six arrive first: 5 at 2.00 and 1 at
2.60; the last two at 2.60. So the layers of the destination hold what those of the source lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from inventory.domain.costing import STEP


@dataclass(frozen=True, slots=True)
class Chunk:
    """Units at one unit cost; None: not yet costed."""

    qty: int
    unit_cost: Decimal | None
    currency: str = ""


def landed_chunks(
    qty: int, unit_cost: Decimal | None, landed: Decimal, currency: str
) -> list[Chunk]:
    """Return consumed units with their landed amount made part of their unit costs, exactly."""
    if unit_cost is None or not landed:
        return [Chunk(qty, unit_cost, currency)]
    return split_cost(qty * unit_cost + landed, qty, currency)


def skip_chunks(chunks: Sequence[Chunk], qty: int) -> list[Chunk]:
    """Return what is left of the chunks after the first `qty` units."""
    left = []
    for chunk in chunks:
        gone = min(qty, chunk.qty)
        qty -= gone
        if gone < chunk.qty:
            left.append(replace(chunk, qty=chunk.qty - gone))
    return left


def take_chunks(chunks: Sequence[Chunk], qty: int) -> list[Chunk]:
    """Return the first `qty` units of the chunks.

    Raises:
        ValueError: the chunks hold fewer units.
    """
    taken = []
    for chunk in chunks:
        units = min(qty, chunk.qty)
        qty -= units
        if units:
            taken.append(replace(chunk, qty=units))
    if qty:
        raise ValueError("fewer units than are to be taken")
    return taken


def merge_chunks(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks with neighbours of the same cost made one."""
    merged: list[Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        if last and (last.unit_cost, last.currency) == (chunk.unit_cost, chunk.currency):
            merged[-1] = replace(last, qty=last.qty + chunk.qty)
        else:
            merged.append(chunk)
    return merged


def worth(chunks: Sequence[Chunk]) -> tuple[Decimal | None, str]:
    """Return what the chunks cost together and in which currency.

    None when a part is not yet costed or two currencies meet: nobody guesses a rate here.
    """
    currencies = {chunk.currency for chunk in chunks}
    costs = [chunk.unit_cost for chunk in chunks]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs) or len(currencies) != 1:
        return None, ""
    total = sum((cost * chunk.qty for cost, chunk in zip(known, chunks, strict=True)), Decimal(0))
    return total, currencies.pop()


def split_cost(total: Decimal | None, qty: int, currency: str = "") -> list[Chunk]:
    """Spread a total over `qty` units in steps of a millionth, so that nothing is lost.

    10.00 over 3 units: one at 3.333334 and two at 3.333333.
    """
    if total is None:
        return [Chunk(qty, None)]
    least = (total / qty).quantize(STEP, rounding=ROUND_DOWN)
    more = int((total - least * qty) / STEP)
    chunks = [Chunk(more, least + STEP, currency), Chunk(qty - more, least, currency)]
    return [chunk for chunk in chunks if chunk.qty]
