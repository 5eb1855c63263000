"""A packing plan as it is stored and shown: JSON in, JSON out, and what the screen says of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fulfillment.domain.cartons.choosing import Catalogue, Load, Looked, Plan
from fulfillment.domain.cartons.drawing import Drawing, draw
from fulfillment.domain.cartons.facts import Dims, Placement, Unit
from fulfillment.domain.cartons.stowing import steps

#: Rises when the rules or the shape of the stored plan change; older plans are made again.
RULE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: put `qty` units of a SKU in, each turned to `size` (x, y, upright)."""

    number: int
    sku_code: str
    qty: int
    size: Dims
    is_upright: bool


@dataclass(frozen=True, slots=True)
class ParcelPlan:
    """One proposed parcel. `box_code` "" is the unit's own packaging.

    `cheaper` are the boxes that cost less and were ruled out, with the verdict that did it.
    """

    box_code: str
    inner: Dims
    total: Decimal
    box_cost: Decimal
    billable_g: int
    gross_g: int
    fill_percent: Decimal
    cheaper: tuple[Looked, ...]
    placements: tuple[Placement, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return what goes in, in order, like units together."""
        return tuple(
            Step(
                number,
                group[0].unit.key,
                len(group),
                group[0].size,
                group[0].size[2] == max(group[0].size),
            )
            for number, group in enumerate(steps(self.placements), 1)
        )

    @property
    def drawing(self) -> Drawing:
        """Return the box with its units, numbered as the steps."""
        return draw(self.inner, steps(self.placements))

    @property
    def is_settled(self) -> bool:
        """Say whether every cheaper box is proved too small; else a longer look may find one."""
        return all(one.verdict != "NOT_FOUND" for one in self.cheaper)

    @property
    def contents(self) -> tuple[tuple[str, int], ...]:
        """Return (SKU code, units), by code."""
        return tuple(sorted(Counter(one.unit.key for one in self.placements).items()))


@dataclass(frozen=True, slots=True)
class PlanView:
    """A stored plan. `unmeasured` SKUs have no size and are packed by eye."""

    parcels: tuple[ParcelPlan, ...]
    oversize: tuple[str, ...]
    unmeasured: tuple[str, ...]
    currency: str
    box_count: int

    @property
    def is_settled(self) -> bool:
        """Say whether no parcel could be cheaper."""
        return all(parcel.is_settled for parcel in self.parcels)


def write(
    plan: Plan, *, unmeasured: Iterable[str], currency: str, box_count: int
) -> dict[str, Any]:
    """Return a plan as JSON; units lose what makes two of a SKU differ."""
    return {
        "version": RULE_VERSION,
        "currency": currency,
        "box_count": box_count,
        "unmeasured": sorted(set(unmeasured)),
        "oversize": sorted({_sku(unit) for unit in plan.oversize}),
        "parcels": [_parcel(load) for load in plan.loads],
    }


def read(body: dict[str, Any]) -> PlanView:
    """Return what `write` stored."""
    return PlanView(
        parcels=tuple(_read_parcel(row) for row in body["parcels"]),
        oversize=tuple(body["oversize"]),
        unmeasured=tuple(body["unmeasured"]),
        currency=str(body["currency"]),
        box_count=int(body["box_count"]),
    )


def inputs_key(units: Sequence[Unit], catalogue: Catalogue, prices: Sequence[object]) -> str:
    """Return the SHA-256 of everything a plan depends on.

    `prices` stands for the freight, which is a function: what was asked of it and what it said.
    """
    facts = [
        RULE_VERSION,
        sorted([_sku(unit), *_facts(unit)] for unit in units),
        [
            [box.code, box.inner, box.outer, box.max_weight_g, box.tare_g, str(box.cost)]
            for box in catalogue.boxes
        ],
        [catalogue.tariff.divisor_cm3_per_kg, str(catalogue.tariff.void_fill_per_litre)],
        [str(price) for price in prices],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _facts(unit: Unit) -> list[object]:
    flags = [unit.this_side_up, unit.no_stack, unit.fragile, unit.own_box]
    return [unit.size, unit.weight_g, unit.hazard, *flags]


def _sku(unit: Unit) -> str:
    return unit.key.rpartition("#")[0] or unit.key


def _parcel(load: Load) -> dict[str, Any]:
    box = load.box
    return {
        "box": box.code if box else "",
        "inner": list(box.inner if box else load.placements[0].size),
        "total": str(load.total.quantize(Decimal("0.01"))),
        "box_cost": str(box.cost if box else 0),
        "billable_g": load.billable_g,
        "gross_g": load.gross_g,
        "fill_percent": str(load.fill_percent),
        "cheaper": [[one.code, str(one.total), one.verdict] for one in load.looked],
        "units": [[_sku(one.unit), *one.at, *one.size] for one in load.placements],
    }


def _read_parcel(row: dict[str, Any]) -> ParcelPlan:
    length, width, height = row["inner"]
    return ParcelPlan(
        box_code=row["box"],
        inner=(length, width, height),
        total=Decimal(row["total"]),
        box_cost=Decimal(row["box_cost"]),
        billable_g=row["billable_g"],
        gross_g=row["gross_g"],
        fill_percent=Decimal(row["fill_percent"]),
        cheaper=tuple(Looked(code, Decimal(total), why) for code, total, why in row["cheaper"]),
        placements=tuple(
            Placement(Unit(sku, (a, b, c), 0), (x, y, z), (a, b, c))
            for sku, x, y, z, a, b, c in row["units"]
        ),
    )
