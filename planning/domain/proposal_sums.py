"""The arithmetic of one proposal as a list of steps that a person can add up on paper.

Steps are in whole units. Demand is rounded to units and the rest up to the target level is called
safety stock, so that every sum on the page is the sum of the figures above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Any


class Sign(StrEnum):
    """What a step does: begins or adds, takes off, states the sum so far, or replaces it."""

    ADD = "add"
    TAKE = "take"
    SUM = "sum"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Step:
    """One line: its sign, its code, its units, and the figures behind it."""

    sign: Sign
    code: str
    qty: int
    data: Mapping[str, Any] = field(default_factory=dict)


#: Goods on order by the term that holds them, the surest first.
ON_ORDER = ("in_transit", "approved", "pending", "draft")


def steps_of(terms: Mapping[str, Any]) -> list[Step]:
    """Return the arithmetic of a proposal's terms; nothing when they hold no target level.

    `SUM` steps equal the signed steps above them. A need below 0 is shown as it is and ordered
    as 0. Terms that are missing count as 0. Where stock limits rule, the level is the most (or,
    above the least, the least); where nothing is bought by itself only the extra units count.
    """
    if terms.get("level") is None:
        return []
    found = [*_target(terms), *_extras(terms), *_stock(terms)]
    found.append(Step(Sign.SUM, "NEED", balance(found)))
    return [*found, _rounding(terms, max(0, found[-1].qty))]


def _target(terms: Mapping[str, Any]) -> list[Step]:
    """Return what stock should reach before the extra units."""
    level = ceil(round(float(terms["level"]), 6))
    wanted = terms.get("wanted")
    base = level if wanted is None else ceil(round(float(wanted), 6)) - _units(terms, "extra")
    if terms.get("max_qty") is not None:
        code = "MOST" if base == _units(terms, "max_qty") else "LEAST"
        return [Step(Sign.ADD, code, base, _pick(terms, "min_qty", "max_qty"))]
    if base != level:
        return [Step(Sign.ADD, "BY_HAND", base)] if base else []
    mean = min(round(float(terms.get("mean") or 0)), level)
    return [
        Step(Sign.ADD, "DEMAND", mean, _pick(terms, "daily", "lead_days", "review_days")),
        Step(Sign.ADD, "SAFETY", level - mean, _pick(terms, "service_level", "safety_days")),
        Step(Sign.SUM, "TARGET", level),
    ]


def balance(steps: list[Step]) -> int:
    """Return the sum of the added and taken units of the steps."""
    signs = {Sign.ADD: 1, Sign.TAKE: -1}
    return sum(signs.get(step.sign, 0) * step.qty for step in steps)


def _pick(terms: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: terms.get(name) for name in names}


def _units(terms: Mapping[str, Any], name: str) -> int:
    return round(float(terms.get(name) or 0))


def _extras(terms: Mapping[str, Any]) -> list[Step]:
    """Return what partners and seasons ask for, row by row, and the rest of it in one step."""
    rows = [
        Step(Sign.ADD, str(row.get("why") or "EXTRA"), round(float(row.get("qty") or 0)), row)
        for row in terms.get("extra_rows") or ()
    ]
    rest = _units(terms, "extra") - sum(row.qty for row in rows)
    return [*rows, *([Step(Sign.ADD, "EXTRA", rest)] if rest else [])]


def _stock(terms: Mapping[str, Any]) -> list[Step]:
    data = _pick(terms, "on_hand", "held", "reserved", "backordered")
    found = [Step(Sign.TAKE, "USABLE", _units(terms, "usable"), data)]
    coming = [(name, _units(terms, name)) for name in ON_ORDER]
    return [*found, *(Step(Sign.TAKE, name.upper(), units) for name, units in coming if units)]


def _rounding(terms: Mapping[str, Any], need: int) -> Step:
    """Return the step from the need to the units: packs, least order, price break or budget."""
    qty = _units(terms, "qty")
    data = _pick(terms, "moq", "pack")
    if qty == need:
        code = "AS_NEEDED"
    elif qty < need:
        code = "CUT" if qty else "WAITS"
    else:
        code = "PRICE_BREAK" if terms.get("decision") == "PRICE_BREAK" else "ROUNDED"
    return Step(Sign.ROUND, code, qty, data)
