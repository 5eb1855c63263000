"""What the router is told and what it answers: frozen values without behaviour of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from orders.domain.life_rules import LifeTerms
from orders.domain.promise import DispatchCalendar, Promise

ZERO = Decimal(0)
Coverage = Literal["all", "available"]


class RateOffer(Protocol):
    """One service's price and transit for one parcel, as `shipping` answers it."""

    @property
    def service_code(self) -> str:
        """Return the service's code."""
        ...

    @property
    def cost(self) -> Decimal:
        """Return the price in `currency`."""
        ...

    @property
    def currency(self) -> str:
        """Return the ISO code of the price."""
        ...

    @property
    def transit_lo(self) -> int:
        """Return the fewest working days."""
        ...

    @property
    def transit_hi(self) -> int:
        """Return the most working days."""
        ...


class Rates(Protocol):
    """Prices and transit by warehouse, destination and weight (`shipping.domain.rating`)."""

    def options(
        self, warehouse_code: str, country: str, postcode: str, weight_g: int, dims: None = None
    ) -> Sequence[RateOffer]:
        """Return every service's offer for a parcel of `weight_g` grams."""
        ...


class Stock(Protocol):
    """What a warehouse can still promise."""

    @property
    def prices(self) -> Mapping[tuple[int, int], Decimal]:
        """Return the worth of a unit by (warehouse id, SKU id); what is missing is worth 0."""
        ...

    def atp(self, warehouse_id: int, sku_id: int) -> int:
        """Return the units that can be promised, whatever their lot."""
        ...

    def usable(self, warehouse_id: int, sku_id: int, on: dt.date) -> int:
        """Return the units of good lots still usable on a day."""
        ...

    def load(self, warehouse_id: int, day: dt.date) -> int:
        """Return the shipments a warehouse already has to hand over on a day."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """One carrier service: its mode and the hour until which it takes parcels of the day."""

    code: str
    mode: str = "ground"
    cutoff: dt.time | None = None


@dataclass(frozen=True)
class Site:
    """One warehouse as the router sees it. Costs are in the network's currency."""

    id: int
    code: str
    country: str
    calendar: DispatchCalendar
    is_active: bool = True
    lat: float | None = None
    lon: float | None = None
    priority: int = 5
    handling_cost: Decimal = ZERO
    daily_capacity: int | None = None


@dataclass(frozen=True, slots=True)
class DestinationRuleFact:
    """A statement about a destination; `channel_code` None holds for all channels."""

    kind: str
    warehouse_id: int
    country: str
    postcode_prefix: str = ""
    channel_code: str | None = None


@dataclass(frozen=True, slots=True)
class DutyFact:
    """Duty and import tax as a share of value; nothing at or under `free_under_amount`."""

    rate: Decimal
    free_under_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Weights:
    """One preset: what each term counts. Amounts are money, `duty`, `freight`, `stock` factors."""

    preset: str
    freight: Decimal = Decimal(1)
    duty: Decimal = Decimal(1)
    stock: Decimal = Decimal(1)
    split_amount: Decimal = Decimal(3)
    late_day_amount: Decimal = Decimal(5)
    day_amount: Decimal = ZERO
    rank_amount: Decimal = Decimal("0.50")
    km_amount: Decimal = ZERO
    promise_first: bool = False
    is_ranked: bool = False
    cost_cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChannelFact:
    """What a channel allows. `ranks` empty means every warehouse, all of rank 0."""

    code: str
    ranks: Mapping[int, int] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()
    allow_split: bool = True
    max_parcels: int = 2
    min_life_days: int = 30
    country_only: bool = False
    handling_days: int | None = None


class Want(NamedTuple):
    """Units of one SKU an order needs, summed over its lines. `value` is for all of them.

    `life` None asks for the channel's days at delivery.
    """

    sku_id: int
    qty: int
    weight_g: int
    value: Decimal = ZERO
    is_lot_tracked: bool = False
    is_hazardous: bool = False
    life: LifeTerms | None = None


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """One order to route at `as_of` (aware UTC).

    `promised_by` is a day promised by the channel, None when the router's own answer becomes the
    promise. `value_amount` is in the network's currency. `service_code` limits the services.
    """

    order_key: str
    country: str
    postcode: str
    wants: tuple[Want, ...]
    channel: ChannelFact
    weights: Weights
    as_of: dt.datetime
    value_amount: Decimal = ZERO
    promised_by: dt.date | None = None
    service_code: str = ""
    has_customs_data: bool = True
    coverage: Coverage = "all"
    only_warehouses: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The parts of a candidate's score, each in money after the preset's weights."""

    freight: Decimal = ZERO
    duty: Decimal = ZERO
    split: Decimal = ZERO
    late: Decimal = ZERO
    days: Decimal = ZERO
    stock: Decimal = ZERO
    channel: Decimal = ZERO
    distance: Decimal = ZERO

    def total(self) -> Decimal:
        """Return the score: the sum of all terms."""
        return (
            self.freight
            + self.duty
            + self.split
            + self.late
            + self.days
            + self.stock
            + self.channel
            + self.distance
        )


@dataclass(frozen=True, slots=True)
class Leg:
    """One parcel's worth of a plan: units by SKU from one warehouse by one service.

    `usable_until`: the last day on which the units of each lot-tracked SKU must be usable.
    """

    warehouse_id: int
    warehouse_code: str
    service_code: str
    takes: tuple[tuple[int, int], ...]
    promise: Promise
    freight_amount: Decimal
    duty_amount: Decimal
    days_late: int
    distance_km: int | None
    usable_until: Mapping[int, dt.date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One set of warehouses that was looked at: the filter that removed it, or its terms."""

    warehouses: tuple[str, ...]
    filter: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    terms: Terms | None = None
    score: Decimal | None = None
    cost: Decimal | None = None
    arrives_by: dt.date | None = None
    services: tuple[str, ...] = ()
    distance_km: int | None = None


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """The router's answer: legs, or the blocker's code; always every candidate."""

    preset: str
    legs: tuple[Leg, ...] = ()
    blocker: str = ""
    score: Decimal = ZERO
    cost: Decimal = ZERO
    terms: Terms = field(default_factory=Terms)
    candidates: tuple[Candidate, ...] = ()
    short: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        """Say whether every unit has a warehouse."""
        return bool(self.legs) and not self.short

    @property
    def arrives_from(self) -> dt.date:
        """Return the first day on which everything can be there: that of the slowest parcel."""
        return max(leg.promise.arrives_from for leg in self.legs)

    @property
    def arrives_by(self) -> dt.date:
        """Return the day by which the last parcel arrives."""
        return max(leg.promise.arrives_by for leg in self.legs)
