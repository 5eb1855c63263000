"""What a wave would be before it is released: which bins, which tours, how long.

Nothing here locks or writes. Bins are chosen as the release would choose them now, so the estimate
holds as long as nobody else takes the units first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Min

from core import settings_store
from core.setting_names import SettingSpec
from fulfillment.domain import walk_settings, wave_tours
from fulfillment.domain.batching import Capacity, Load
from fulfillment.domain.walk_time import Estimate, Pace
from fulfillment.domain.wave_tours import PlannedTour, TourOrder
from fulfillment.models import Cart
from fulfillment.services import walks
from inventory.domain.allocation import plan_takes
from inventory.domain.demand import PickWant
from inventory.models import Bin, Sku
from inventory.queries.bins import read_slots
from orders.models import ShipmentLine

TO_TOURS = frozenset({"batch", "cluster"})
"""Methods whose orders are put on tours; with any other the wave is one walk."""

SEARCH_S = 8.0
"""Seconds a wave of more than twice `MOST_UNLIMITED` orders is searched, savings included."""

MOST_UNLIMITED = 100
"""Orders up to which a plan is searched long; the kicks fall with the number of orders."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a wave is walked, and what one tour carries; None leaves it to carts and settings."""

    name: str = "single"
    tour_items: int | None = None
    tour_totes: int | None = None
    tour_weight_g: int | None = None

    @classmethod
    def of(cls, criteria: dict[str, object]) -> Method:
        """Read the method from a wave's criteria; a wave without one is a single walk."""
        limits = [criteria.get(name) for name in ("tour_items", "tour_totes", "tour_weight_g")]
        return cls(
            str(criteria.get("method", "single")),
            *(int(str(limit)) if limit else None for limit in limits),
        )

    def criteria(self) -> dict[str, str]:
        """Return what a wave keeps of the method."""
        limits = {
            "tour_items": self.tour_items,
            "tour_totes": self.tour_totes,
            "tour_weight_g": self.tour_weight_g,
        }
        return {"method": self.name} | {
            name: str(limit) for name, limit in limits.items() if limit is not None
        }


@dataclass(frozen=True, slots=True)
class Stop:
    """Units of one shipment in one bin."""

    shipment_id: int
    bin_id: int
    sku_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class WavePlan:
    """Tours with the estimate of their walk and work.

    `unplaced` counts bins that stand nowhere in the layout, `short_qty` the units no bin has free
    now; `problem` says why a declared layout can't be used. `measured` is False where the floor
    gives no length at all.
    """

    tours: list[PlannedTour]
    estimate: Estimate
    seconds: int
    measured: bool
    unplaced: int = 0
    short_qty: int = 0
    problem: str = ""
    stops: list[Stop] = field(default_factory=list)

    @property
    def walk_m(self) -> int:
        """The whole walk in meters, rounded."""
        return round(self.estimate.length_m)

    @property
    def saved_m(self) -> int:
        """What the walk saves against the S-shape in meters, rounded."""
        return round(self.estimate.saved_m)

    @property
    def minutes(self) -> int:
        """The time of one picker for all tours in minutes, rounded up."""
        return -(-self.seconds // 60)


def plan_wave(warehouse_id: int, shipment_ids: Collection[int], method: Method) -> WavePlan:
    """Return the tours that releasing these planned shipments would give. At most eight queries."""
    stops, short_qty = likely_stops(warehouse_id, shipment_ids)
    return plan_stops(warehouse_id, stops, method, short_qty=short_qty)


def likely_stops(warehouse_id: int, shipment_ids: Collection[int]) -> tuple[list[Stop], int]:
    """Return the bins the shipments' units would be taken from now, and the units none has.

    Two queries. As `inventory.services.picking.plan_bins` chooses, but unlocked and without looking
    at promises that other orders have on lots.
    """
    lines = {
        line.key: line
        for line in ShipmentLine.objects.filter(
            shipment_id__in=shipment_ids, reserved_qty__gt=0
        ).order_by("shipment_id", "pk")
    }
    wants: dict[int, list[PickWant]] = {}
    for key, line in lines.items():
        want = PickWant(key, warehouse_id, line.sku_id, line.reserved_qty)
        wants.setdefault(line.sku_id, []).append(want)
    slots = read_slots({(warehouse_id, sku_id) for sku_id in wants})
    stops = [
        Stop(lines[take.want.owner_key].shipment_id, take.slot.bin_id, take.want.sku_id, take.qty)
        for sku_id, mine in wants.items()
        for take in plan_takes(mine, slots.get((warehouse_id, sku_id), ()), None)
    ]
    asked = sum(line.reserved_qty for line in lines.values())
    return stops, asked - sum(stop.qty for stop in stops)


def plan_stops(
    warehouse_id: int, stops: Sequence[Stop], method: Method, *, short_qty: int = 0, seed: int = 1
) -> WavePlan:
    """Put the stops of a wave on tours and estimate them. At most six queries."""
    floor = walks.map_of(warehouse_id, {stop.bin_id for stop in stops})
    if method.name in TO_TOURS:
        orders = _orders(stops)
        capacity = _capacity(warehouse_id, method)
        tours = wave_tours.plan(
            orders,
            floor,
            capacity,
            kicks=kicks_for(len(orders)),
            more=time_for(len(orders)),
            seed=seed,
        )
    elif stops:
        keys = tuple(sorted({stop.shipment_id for stop in stops}))
        tours = [PlannedTour(keys, floor.tour([stop.bin_id for stop in stops]))]
    else:
        tours = []
    walked = [one.tour for one in tours]
    estimate = Estimate(
        tours=len(tours),
        lines=len(stops),
        units=sum(stop.qty for stop in stops),
        length_mm=sum(tour.length_mm or 0 for tour in walked),
        s_shape_mm=sum(tour.s_shape_mm or 0 for tour in walked),
    )
    ground = floor.ground
    unplaced = {s.bin_id for s in stops if ground is not None and not ground.has(s.bin_id)}
    return WavePlan(
        tours,
        estimate,
        estimate.seconds(pace()),
        any(tour.length_mm is not None for tour in walked),
        len(unplaced),
        short_qty,
        floor.problem,
        list(stops),
    )


def kicks_for(order_count: int) -> int:
    """Return how long a plan is searched: the more orders, the less, so that nobody waits."""
    if order_count > 2 * MOST_UNLIMITED:
        return 0
    return 40 if order_count <= MOST_UNLIMITED else 10


def time_for(order_count: int) -> Callable[[float], bool]:
    """Return who says whether a share of the search's time is left; smaller waves have kicks only.

    So a plan of up to twice `MOST_UNLIMITED` orders comes out the same each time.
    """
    if order_count <= 2 * MOST_UNLIMITED:
        return lambda _share: False
    begun = time.monotonic()
    return lambda share: time.monotonic() - begun < SEARCH_S * share


def pace() -> Pace:
    """Return how fast people walk and work here, from the settings."""
    return Pace(
        walk_m_per_s=_decimal(walk_settings.WALK_SPEED),
        line_s=_decimal(walk_settings.LINE_SECONDS),
        unit_s=_decimal(walk_settings.UNIT_SECONDS),
        tour_s=_decimal(walk_settings.TOUR_SECONDS),
    )


def _decimal(spec: SettingSpec) -> Decimal:
    return Decimal(str(settings_store.get(spec.name)))


def _whole(spec: SettingSpec) -> int:
    return int(str(settings_store.get(spec.name)))


def _capacity(warehouse_id: int, method: Method) -> Capacity:
    """Return what a tour carries: the wave's own limits, else its carts', else the settings'."""
    weight = method.tour_weight_g or _whole(walk_settings.TOUR_WEIGHT_G)
    if method.name == "batch":
        items = method.tour_items or _whole(walk_settings.TOUR_ITEMS)
        return Capacity(items, method.tour_totes, weight)
    carts = Cart.objects.filter(warehouse_id=warehouse_id, is_active=True)
    slots = carts.aggregate(least=Min("slot_count"))["least"]
    totes = method.tour_totes or slots or _whole(walk_settings.TOUR_TOTES)
    return Capacity(method.tour_items, totes, weight)


def _orders(stops: Iterable[Stop]) -> list[TourOrder]:
    """Return the stops by shipment, with window, zone and load. Three queries."""
    mine: dict[int, list[Stop]] = {}
    for stop in stops:
        mine.setdefault(stop.shipment_id, []).append(stop)
    cutoffs = dict(
        ShipmentLine.objects.filter(shipment_id__in=mine).values_list(
            "shipment_id", "shipment__cutoff_at"
        )
    )
    skus = {stop.sku_id for group in mine.values() for stop in group}
    weights = dict(Sku.objects.filter(pk__in=skus).values_list("pk", "weight_g"))
    bins = {stop.bin_id for group in mine.values() for stop in group}
    zones = dict(Bin.objects.filter(pk__in=bins).values_list("pk", "zone_id"))
    return [
        TourOrder(
            shipment_id,
            tuple(stop.bin_id for stop in group),
            Load(
                items=sum(stop.qty for stop in group),
                weight_g=sum(stop.qty * (weights.get(stop.sku_id) or 0) for stop in group),
            ),
            cutoffs.get(shipment_id),
            min(zones.get(stop.bin_id) or 0 for stop in group),
        )
        for shipment_id, group in sorted(mine.items())
    ]
