"""Routing alone: orders a second over four warehouses, and a wave re-planned to the optimum."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from orders.domain.presets import PresetAmounts, build_presets
from orders.domain.promise import DispatchCalendar, WorkCalendar
from orders.domain.route_facts import ChannelFact, RouteRequest, Site, Want
from orders.domain.route_network import RouteNetwork
from orders.domain.routing import plan_order
from orders.domain.wave_plan import WaveLine, WaveOrder, plan_one_by_one, plan_wave

ORDERS = 6_000
WAVE = 300
SKUS = 200
SITES = ("LAX", "EWR", "DFW", "ORD")
LINE_SHARES = (0.62, 0.20, 0.10, 0.05, 0.03)
AS_OF = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)
SPLIT = 3.0


class Offer(NamedTuple):
    """One service of a lane."""

    service_code: str
    cost: Decimal
    currency: str = "USD"
    transit_lo: int = 2
    transit_hi: int = 4


class Card:
    """Zone by state digit of the postcode: nearer sites are cheaper and faster."""

    def options(
        self, warehouse_code: str, country: str, postcode: str, weight_g: int, dims: None = None
    ) -> list[Offer]:
        """Return the ground offer of a lane, as `shipping.domain.rating` would."""
        zone = abs(SITES.index(warehouse_code) * 2 - int(postcode[0])) % 7
        kilos = -(-weight_g // 1000)
        cost = Decimal("6.20") + Decimal("0.50") * zone + Decimal("0.49") * kilos
        return [Offer("GROUND", cost, transit_lo=1 + zone // 2, transit_hi=2 + zone)]


@dataclass
class Shelves:
    """Plenty of every SKU in most warehouses, so that splitting is sometimes needed."""

    units: dict[tuple[int, int], int]
    prices: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)

    def load(self, warehouse_id: int, day: dt.date) -> int:
        """Return no load: capacity is not measured here."""
        return 0

    def atp(self, warehouse_id: int, sku_id: int) -> int:
        """Return the units that can be promised."""
        return self.units.get((warehouse_id, sku_id), 0)

    def usable(self, warehouse_id: int, sku_id: int, on: dt.date) -> int:
        """Return the same: no lots here."""
        return self.atp(warehouse_id, sku_id)


@dataclass(slots=True)
class RoutingFigures:
    """Orders routed a second of CPU; a wave's seconds, and how much dearer one by one is."""

    orders_per_s: float
    wave_orders: int
    wave_s: float
    wave_is_proven: bool
    one_by_one_dearer_pct: float

    def as_json(self) -> dict[str, float]:
        """Return the figures by name."""
        return asdict(self)


def measure(seed: int = 7) -> RoutingFigures:
    """Route `ORDERS` orders one by one, then re-plan `WAVE` of them together."""
    rng = np.random.default_rng(seed)
    network, shelves = _world(rng)
    requests = [_request(rng, number) for number in range(ORDERS)]
    started = time.process_time()
    for request in requests:
        plan_order(request, network, shelves)
    rate = ORDERS / (time.process_time() - started)
    orders, stock = _wave(rng)
    started = time.perf_counter()
    together = plan_wave(orders, stock, split_amount=SPLIT)
    seconds = time.perf_counter() - started
    alone = plan_one_by_one(orders, stock, split_amount=SPLIT)
    dearer = 100 * (alone.cost / together.cost - 1)
    return RoutingFigures(round(rate), WAVE, round(seconds, 2), together.is_exact, round(dearer, 2))


def _world(rng: np.random.Generator) -> tuple[RouteNetwork, Shelves]:
    calendar = DispatchCalendar("UTC", dt.time(14), 0, WorkCalendar())
    sites = [
        Site(number, code, "US", calendar, handling_cost=Decimal("1.90"))
        for number, code in enumerate(SITES, 1)
    ]
    units = {
        (site.id, sku): int(rng.integers(0, 60)) if rng.random() < 0.8 else 0
        for site in sites
        for sku in range(SKUS)
    }
    return RouteNetwork(sites=sites, rates=Card()), Shelves(units)


def _request(rng: np.random.Generator, number: int) -> RouteRequest:
    count = int(rng.choice(np.arange(1, 6), p=LINE_SHARES))
    skus = rng.choice(SKUS, size=count, replace=False)
    return RouteRequest(
        order_key=f"order:{number}",
        country="US",
        postcode=f"{int(rng.integers(0, 10))}0210",
        wants=tuple(Want(int(sku), int(rng.integers(1, 4)), 300) for sku in skus),
        channel=ChannelFact("bench"),
        weights=PRESETS["balanced"],
        as_of=AS_OF,
        value_amount=Decimal(60),
    )


def _wave(rng: np.random.Generator) -> tuple[list[WaveOrder], dict[tuple[int, int], int]]:
    demand = dict.fromkeys(range(60), 0)
    orders = []
    for key in range(WAVE):
        count = int(rng.choice(np.arange(1, 6), p=LINE_SHARES))
        skus = rng.choice(60, size=count, replace=False)
        lines = tuple(WaveLine(int(sku), int(rng.integers(1, 4))) for sku in skus)
        for line in lines:
            demand[line.sku_id] += line.qty
        parcels = {site: round(float(rng.uniform(6, 14)), 2) for site in range(1, 5)}
        orders.append(WaveOrder(key, parcels, lines))
    stock = {
        (site, sku): int(np.ceil(units * 1.05 * share))
        for sku, units in demand.items()
        for site, share in enumerate(rng.dirichlet([1.0] * 4), 1)
    }
    return orders, stock


PRESETS = build_presets(PresetAmounts())
