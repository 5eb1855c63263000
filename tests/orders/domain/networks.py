"""Small networks for the tests of the router."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from orders.domain.presets import PresetAmounts, build_presets
from orders.domain.promise import DispatchCalendar, WorkCalendar
from orders.domain.route_facts import ChannelFact, RouteRequest, Site, Want
from orders.domain.route_network import RouteNetwork

#: A Wednesday, before any cut-off of the sites below.
NOW = dt.datetime(2025, 1, 22, 9, 0, tzinfo=dt.UTC)
PRESETS = build_presets(PresetAmounts())


class Offer(NamedTuple):
    service_code: str
    cost: Decimal
    currency: str = "USD"
    transit_lo: int = 2
    transit_hi: int = 3


class Card:
    """Rates: {(site, country): [(service, base, per kg, lo, hi)]}; country "*" for any."""

    def __init__(self, lanes: Mapping[tuple[str, str], Sequence[tuple[str, str, str, int, int]]]):
        self.lanes = lanes

    def options(
        self, warehouse_code: str, country: str, postcode: str, weight_g: int, dims: None = None
    ) -> list[Offer]:
        lane = self.lanes.get((warehouse_code, country)) or self.lanes.get((warehouse_code, "*"))
        kilos = -(-weight_g // 1000)
        return [
            Offer(service, Decimal(base) + Decimal(per_kg) * kilos, "USD", lo, hi)
            for service, base, per_kg, lo, hi in lane or ()
        ]


class Shelves:
    """Stock: {(warehouse id, sku id): units or [(last usable day, units), ...]}."""

    def __init__(
        self,
        units: Mapping[tuple[int, int], Any],
        loads: Mapping[tuple[int, dt.date], int] | None = None,
        prices: Mapping[tuple[int, int], Decimal] | None = None,
    ) -> None:
        self.units, self.loads, self.prices = units, loads or {}, prices or {}

    def load(self, warehouse_id: int, day: dt.date) -> int:
        return self.loads.get((warehouse_id, day), 0)

    def atp(self, warehouse_id: int, sku_id: int) -> int:
        found = self.units.get((warehouse_id, sku_id), 0)
        return found if isinstance(found, int) else sum(qty for _day, qty in found)

    def usable(self, warehouse_id: int, sku_id: int, on: dt.date) -> int:
        found = self.units.get((warehouse_id, sku_id), [])
        return found if isinstance(found, int) else sum(qty for day, qty in found if day >= on)


def site(number: int, code: str, country: str = "US", **more: Any) -> Site:
    calendar = DispatchCalendar("UTC", dt.time(14), 0, WorkCalendar())
    return Site(id=number, code=code, country=country, **{"calendar": calendar, **more})


def card(**prices: str) -> Card:
    """One ground service per site; `LA="6.00"` is its price whatever the weight."""
    return Card({(code, "*"): [("GROUND", price, "0", 2, 3)] for code, price in prices.items()})


def network(sites: Sequence[Site], rates: Card, **more: Any) -> RouteNetwork:
    return RouteNetwork(sites=sites, rates=rates, **more)


def want(sku_id: int = 1, qty: int = 1, weight_g: int = 500, **more: Any) -> Want:
    return Want(sku_id, qty, weight_g, **more)


def ask(*wants: Want, preset: str = "balanced", **more: Any) -> RouteRequest:
    defaults: dict[str, Any] = {
        "order_key": "order:1",
        "country": "US",
        "postcode": "90001",
        "wants": wants or (want(),),
        "channel": ChannelFact("shop"),
        "weights": PRESETS[preset],
        "as_of": NOW,
        "value_amount": Decimal(100),
    }
    return RouteRequest(**{**defaults, **more})
