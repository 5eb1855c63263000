"""Which box: the cheapest that holds everything, else several parcels.

Boxes are looked at by rising cost of the whole parcel (box, freight by billable weight, void fill),
not by volume; cheaper boxes that ordered filling gave up on are searched in depth before the first
success is taken. Units that need their own packaging, and hazard classes, travel apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from fulfillment.domain.cartons import fitting
from fulfillment.domain.cartons.facts import Box, Dims, Effort, Placement, Tariff, Unit
from fulfillment.domain.cartons.turns import can_stand


@dataclass(frozen=True, slots=True)
class Looked:
    """A box that was looked at for one group of units: what the parcel would cost, and why not."""

    code: str
    total: Decimal
    verdict: str


@dataclass(frozen=True, slots=True)
class Load:
    """One parcel: its box (None = the unit's own packaging), what lies where, what it costs."""

    box: Box | None
    placements: tuple[Placement, ...]
    billable_g: int
    total: Decimal
    looked: tuple[Looked, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Return what is in it."""
        return tuple(one.unit for one in self.placements)

    @property
    def net_g(self) -> int:
        """Return the weight of the contents."""
        return sum(unit.weight_g for unit in self.units)

    @property
    def gross_g(self) -> int:
        """Return contents and box together."""
        return self.net_g + (self.box.tare_g if self.box else 0)

    @property
    def units_mm3(self) -> int:
        """Return the room the units take."""
        return sum(unit.volume_mm3 for unit in self.units)

    @property
    def fill_percent(self) -> Decimal:
        """Return the share of the room that is filled, to a tenth of a percent."""
        room = self.box.room_mm3 if self.box else self.units_mm3
        return (Decimal(100 * self.units_mm3) / room).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Plan:
    """The parcels of an order, and the units that no box of the catalogue holds."""

    loads: tuple[Load, ...]
    oversize: tuple[Unit, ...] = ()

    @property
    def total(self) -> Decimal:
        """Return what all parcels cost."""
        return sum((load.total for load in self.loads), Decimal(0))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The boxes to choose from, what parcels cost, and how hard to look."""

    boxes: tuple[Box, ...]
    tariff: Tariff = field(default_factory=Tariff)
    effort: Effort = field(default_factory=Effort)

    def ranked(self, units: Sequence[Unit]) -> list[tuple[Decimal, Box]]:
        """Return the boxes by what a parcel of these units would cost in each."""
        net_g = sum(unit.weight_g for unit in units)
        volume = sum(unit.volume_mm3 for unit in units)
        priced = [(self.tariff.total(box, net_g, volume), box) for box in self.boxes]
        return sorted(priced, key=lambda pair: (pair[0], pair[1].outer_mm3, pair[1].code))


def choose(units: Sequence[Unit], catalogue: Catalogue) -> Plan:
    """Return the parcels for `units`: one box where one holds all that may travel together.

    Raises:
        PackingUnproved: a packing found breaks a rule; never expected.
    """
    loads = [_own_packaging(unit, catalogue.tariff) for unit in units if unit.own_box]
    oversize: list[Unit] = []
    boxed = [unit for unit in units if not unit.own_box]
    for hazard in sorted({unit.hazard for unit in boxed}):
        group = [unit for unit in boxed if unit.hazard == hazard]
        holdable = [unit for unit in group if _some_box_holds(unit, catalogue.boxes)]
        oversize += [unit for unit in group if unit not in holdable]
        if holdable:
            loads += _parcels(holdable, catalogue)
    return Plan(tuple(loads), tuple(oversize))


def one_box(units: Sequence[Unit], catalogue: Catalogue) -> Load | None:
    """Return the cheapest parcel that holds all of `units`, None when no box was found.

    Raises:
        PackingUnproved: as `choose`.
    """
    looked: list[Looked] = []
    waiting: list[tuple[Decimal, Box]] = []
    chosen: tuple[Decimal, Box, fitting.Fit] | None = None
    for total, box in catalogue.ranked(units):
        found = fitting.quick(units, box, catalogue.effort)
        if found.fits:
            chosen = (total, box, found)
            break
        looked.append(Looked(box.code, total, found.verdict))
        if found.verdict == "NOT_FOUND":
            waiting.append((total, box))
    for total, box in waiting:
        found = fitting.deep(units, box, catalogue.effort)
        if found.fits:
            chosen = (total, box, found)
            break
        looked = [
            Looked(one.code, one.total, found.verdict) if one.code == box.code else one
            for one in looked
        ]
    if chosen is None:
        return None
    total, box, found = chosen
    cheaper = tuple(one for one in looked if one.code != box.code and one.total <= total)
    return _load(box, found.placements, total, catalogue.tariff, cheaper)


def _parcels(units: Sequence[Unit], catalogue: Catalogue) -> list[Load]:
    single = one_box(units, catalogue)
    if single is not None:
        return [single]
    loads = _split(list(units), catalogue)
    while len(loads) > 1:
        fewer = _without_least_full(loads, catalogue)
        if fewer is None:
            break
        loads = fewer
    return loads


def _split(units: list[Unit], catalogue: Catalogue) -> list[Load]:
    """Fill the largest box with what it takes, again until nothing is left; then shrink each."""
    boxes = sorted(catalogue.boxes, key=lambda box: (-box.room_mm3, box.code))
    loads = []
    left = sorted(units, key=lambda unit: (-unit.volume_mm3, unit.key))
    while left:
        box = next(box for box in boxes if any(_holds(box, unit) for unit in left))
        placements = fitting.most([unit for unit in left if _holds(box, unit)], box)
        taken = {one.unit.key for one in placements}
        part = [unit for unit in left if unit.key in taken]
        left = [unit for unit in left if unit.key not in taken]
        loads.append(one_box(part, catalogue) or _found(box, placements, catalogue.tariff))
    return loads


def _without_least_full(loads: Sequence[Load], catalogue: Catalogue) -> list[Load] | None:
    """Return the parcels with the least full one emptied into the others, None if it can't be."""
    least = min(loads, key=lambda load: (load.units_mm3, load.total))
    others = [load for load in loads if load is not least]
    for unit in sorted(least.units, key=lambda unit: (-unit.volume_mm3, unit.key)):
        for index, load in enumerate(others):
            grown = one_box([*load.units, unit], catalogue)
            if grown is not None:
                others[index] = grown
                break
        else:
            return None
    before = sum((load.total for load in loads), Decimal(0))
    after = sum((load.total for load in others), Decimal(0))
    return others if after <= before else None


def _holds(box: Box, unit: Unit) -> bool:
    return unit.weight_g <= box.max_weight_g and can_stand(unit, box.inner)


def _some_box_holds(unit: Unit, boxes: Sequence[Box]) -> bool:
    return any(_holds(box, unit) for box in boxes)


def _found(box: Box, placements: Sequence[Placement], tariff: Tariff) -> Load:
    units = [one.unit for one in placements]
    total = tariff.total(
        box, sum(unit.weight_g for unit in units), sum(unit.volume_mm3 for unit in units)
    )
    fitting.proved(units, box, placements)
    return _load(box, tuple(placements), total, tariff, ())


def _load(
    box: Box,
    placements: tuple[Placement, ...],
    total: Decimal,
    tariff: Tariff,
    looked: tuple[Looked, ...],
) -> Load:
    net_g = sum(one.unit.weight_g for one in placements)
    billable_g = tariff.billable_g(net_g + box.tare_g, box.outer_mm3)
    return Load(box, placements, billable_g, total, looked)


def _own_packaging(unit: Unit, tariff: Tariff) -> Load:
    origin: Dims = (0, 0, 0)
    billable_g = tariff.billable_g(unit.weight_g, unit.volume_mm3)
    return Load(None, (Placement(unit, origin, unit.size),), billable_g, tariff.freight(billable_g))
