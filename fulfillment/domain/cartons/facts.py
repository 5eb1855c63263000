"""What packing knows: units, boxes, where a unit lies, what a parcel costs.

Lengths in whole millimetres, weights in whole grams. A box has its length along x, width along y,
height along z, with the origin in one lower corner of the room inside its padding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

Dims = tuple[int, int, int]

#: A unit rests on at least this share of its base, in percent.
SUPPORT_PERCENT = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit to pack. `key` is the caller's; units of one SKU differ in it.

    `this_side_up` keeps the height vertical, `no_stack` keeps the space above free, only fragile
    units lie above a `fragile` one, `own_box` travels in its own packaging, and units of different
    `hazard` classes ("" = none) never share a box.
    """

    key: str
    size: Dims
    weight_g: int
    this_side_up: bool = False
    no_stack: bool = False
    fragile: bool = False
    own_box: bool = False
    hazard: str = ""

    @property
    def volume_mm3(self) -> int:
        """Return the room the unit takes."""
        return self.size[0] * self.size[1] * self.size[2]

    @property
    def kind(self) -> tuple[Dims, int, bool, bool, bool]:
        """Return what makes two units interchangeable in a box."""
        return (self.size, self.weight_g, self.this_side_up, self.no_stack, self.fragile)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the catalogue. `inner` is the room left inside the padding.

    `max_weight_g` is what its contents may weigh, `tare_g` its own weight, `cost` what one costs.
    """

    code: str
    inner: Dims
    outer: Dims
    max_weight_g: int
    tare_g: int = 0
    cost: Decimal = Decimal(0)

    @property
    def room_mm3(self) -> int:
        """Return the volume inside the padding."""
        return self.inner[0] * self.inner[1] * self.inner[2]

    @property
    def outer_mm3(self) -> int:
        """Return the volume a carrier measures."""
        return self.outer[0] * self.outer[1] * self.outer[2]


@dataclass(frozen=True, slots=True)
class Placement:
    """One unit in a box: its lower corner nearest the origin, and its turned size."""

    unit: Unit
    at: Dims
    size: Dims

    @property
    def end(self) -> Dims:
        """Return the corner opposite to `at`."""
        x, y, z = self.at
        return (x + self.size[0], y + self.size[1], z + self.size[2])


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a parcel costs beside its box.

    `freight` prices a billable weight in grams; the billable weight is the larger of true weight
    and outer volume over `divisor_cm3_per_kg` (0 = true weight only). `void_fill_per_litre` is paid
    for the room that stays empty. All amounts are in the currency of the box costs.
    """

    freight: Callable[[int], Decimal] = field(default=lambda _billable_g: Decimal(0))
    divisor_cm3_per_kg: int = 5000
    void_fill_per_litre: Decimal = Decimal(0)

    def billable_g(self, gross_g: int, outer_mm3: int) -> int:
        """Return what the carrier bills, in grams, volumes rounded up."""
        if not self.divisor_cm3_per_kg:
            return gross_g
        return max(gross_g, -(-outer_mm3 // self.divisor_cm3_per_kg))

    def total(self, box: Box, net_g: int, units_mm3: int) -> Decimal:
        """Return box, freight and void fill for units of this weight and volume in `box`."""
        billable = self.billable_g(net_g + box.tare_g, box.outer_mm3)
        void_litres = Decimal(max(box.room_mm3 - units_mm3, 0)) / 1_000_000
        return box.cost + self.freight(billable) + void_litres * self.void_fill_per_litre


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look. Counted in tries, not in time, so that equal input gives equal boxes.

    `tries` random orders follow the nine sorted ones. A cheaper box that they gave up on gets, for
    up to `restart_units` units, `restarts` rounds of changed orders and turns, then, for up to
    `search_units`, a depth-first search of `nodes` places: together about 200 ms. `exact_seconds`
    is what one box may cost the optional exact solver for up to `exact_units` (0 = not asked).
    Before all of it, boxes are disproved for up to `pair_units` by up to `pair_nodes` choices.
    """

    tries: int = 30
    seed: int = 1
    restart_units: int = 10
    restarts: int = 3_000
    search_units: int = 7
    nodes: int = 4_000
    pair_units: int = 12
    pair_nodes: int = 20_000
    exact_units: int = 10
    exact_seconds: float = 0.0
