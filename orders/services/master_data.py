"""Master data as the router needs it, read once and kept for some seconds in this process.

Warehouses, services, rates, rules and channels change a few times a day and are needed for every
order; SKUs and kits are looked up by code as orders name them. A change by staff is seen after at
most `SECONDS`; what is not in the cache is always looked up, so a new SKU is known at once.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from core import settings_store
from core.errors import InputRefused, gettext_noop
from inventory.domain.kits import Part, explode
from inventory.models import BomLine, Sku, Warehouse, WarehouseHoliday
from orders.domain import defaults
from orders.domain.life_rules import LifeRuleFact, LifeRules, rules_of
from orders.domain.presets import PresetAmounts, build_presets
from orders.domain.promise import DispatchCalendar, WorkCalendar
from orders.domain.route_facts import (
    ChannelFact,
    DestinationRuleFact,
    DutyFact,
    ServiceFact,
    Site,
    Weights,
)
from orders.domain.route_network import RouteNetwork, SplitLimits
from orders.domain.routing import RULE_VERSION
from orders.models import (
    CarrierHoliday,
    Channel,
    ChannelWarehouse,
    DestinationRule,
    DutyRate,
    LifeRule,
    StockPrice,
    TransitStat,
)
from shipping import queries as shipping_queries
from shipping.models import CarrierService

#: How long master data may be old. Tests set 0.
SECONDS = 5.0
#: The same for the facts of a SKU: weight, customs data, tracking.
SKU_SECONDS = 60.0
MOST_SKUS = 50_000
#: With at most so many SKUs all are read at once, which is cheaper than one look-up an order.
FEW_SKUS = 20_000
#: What a kit nests at most, so the look-ups of its definition are bounded.
KIT_LEVELS = 3


class UnknownChannel(InputRefused):
    """No active channel has this code."""

    code = "UNKNOWN_CHANNEL"
    text = gettext_noop("There is no active channel %(channel)s. Create it, then send again.")


class SkuFact(NamedTuple):
    """What an order needs to know of a SKU. Weight in grams, the default weight when unknown."""

    id: int
    code: str
    name: str
    kind: str
    weight_g: int
    is_lot_tracked: bool
    is_hazardous: bool
    has_customs_data: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One channel with its policies, as orders copy them."""

    id: int
    code: str
    currency: str
    language: str
    preset: str
    partial_policy: str
    commit_partial: bool
    wait_days: int
    priority: int
    fact: ChannelFact

    @property
    def country_only(self) -> bool:
        """Say whether the channel needs neither street nor customs data."""
        return self.fact.country_only


@dataclass(slots=True)
class MasterData:
    """Everything but SKUs, read at one moment."""

    network: RouteNetwork
    channels: Mapping[str, ChannelInfo]
    presets: Mapping[str, Weights]
    default_weight_g: int
    stock_hold: dt.timedelta
    by_lifecycle: bool
    high_priority: int
    has_prices: bool
    has_capacities: bool
    life_rules: LifeRules = field(default_factory=LifeRules)
    _kits: dict[int, list[Part]] = field(default_factory=dict)

    def channel(self, code: str) -> ChannelInfo:
        """Return an active channel.

        Raises:
            UnknownChannel: there is none of this code.
        """
        found = self.channels.get(code)
        if found is None:
            raise UnknownChannel(channel=code)
        return found

    def channel_by_id(self, channel_id: int) -> ChannelInfo:
        """Return a channel by its id, active or not.

        Raises:
            UnknownChannel: there is none.
        """
        for info in self.channels.values():
            if info.id == channel_id:
                return info
        row = Channel.objects.prefetch_related("warehouses").filter(pk=channel_id).first()
        if row is None:
            raise UnknownChannel(channel=channel_id)
        return _channel_info(row)

    def kits(self, kit_ids: Iterable[int]) -> dict[int, list[Part]]:
        """Return the goods of virtual kits, exploded; at most three statements for new ones.

        Raises:
            KitCycle, KitTooDeep, KitUndefined: a definition can't be exploded.
        """
        wanted = sorted(set(kit_ids))
        missing = [kit_id for kit_id in wanted if kit_id not in self._kits]
        if missing:
            boms = _read_boms(missing)
            for kit_id in missing:
                self._kits[kit_id] = explode(kit_id, boms)
        return {kit_id: self._kits[kit_id] for kit_id in wanted}


@dataclass(slots=True)
class _Cache:
    name: str = ""
    read_at: float = float("-inf")
    data: MasterData | None = None
    day: dt.date | None = None
    sku_read_at: float = float("-inf")
    by_code: dict[str, SkuFact] = field(default_factory=dict)
    by_id: dict[int, SkuFact] = field(default_factory=dict)


_cache = _Cache()
_lock = threading.Lock()


def forget() -> None:
    """Drop what is kept, so that the next order sees a change at once."""
    global _cache  # noqa: PLW0603  # one cache per process is the point
    _cache = _Cache()


def _own_cache() -> _Cache:
    name = str(connection.settings_dict["NAME"])
    if _cache.name != name:
        forget()
        _cache.name = name
    return _cache


def current(as_of: dt.datetime) -> MasterData:
    """Return master data at most `SECONDS` old, with the rate cards of `as_of`'s day."""
    cache = _own_cache()
    day = as_of.date()
    if cache.data is None or cache.day != day or time.monotonic() - cache.read_at > SECONDS:
        with _lock:
            cache.data, cache.day, cache.read_at = _read(day), day, time.monotonic()
    return cache.data


def skus_by_code(codes: Iterable[str], default_weight_g: int) -> dict[str, SkuFact]:
    """Return the SKUs of these codes; unknown codes are missing. One statement for new ones."""
    cache = _fresh_skus(default_weight_g)
    wanted = set(codes)
    missing = wanted - cache.by_code.keys()
    if missing:
        _keep(cache, Sku.objects.filter(code__in=sorted(missing)), default_weight_g)
    return {code: cache.by_code[code] for code in wanted if code in cache.by_code}


def skus_by_id(ids: Iterable[int], default_weight_g: int) -> dict[int, SkuFact]:
    """Return the SKUs of these ids; one statement for those not kept."""
    cache = _fresh_skus(default_weight_g)
    wanted = set(ids)
    missing = wanted - cache.by_id.keys()
    if missing:
        _keep(cache, Sku.objects.filter(pk__in=sorted(missing)), default_weight_g)
    return {sku_id: cache.by_id[sku_id] for sku_id in wanted if sku_id in cache.by_id}


def _fresh_skus(default_weight_g: int) -> _Cache:
    cache = _own_cache()
    limit = min(SKU_SECONDS, SECONDS * SKU_SECONDS)
    if time.monotonic() - cache.sku_read_at > limit or len(cache.by_code) > MOST_SKUS:
        cache.by_code, cache.by_id = {}, {}
        cache.sku_read_at = time.monotonic()
        _keep(cache, Sku.objects.order_by("pk")[:FEW_SKUS], default_weight_g)
    return cache


def _keep(cache: _Cache, rows: QuerySet[Sku], default_weight_g: int) -> None:
    for row in rows.values_list(*_SKU_FIELDS):
        pk, code, name, kind, weight_g, lot_tracked, hazard, battery, archived, *customs = row
        fact = SkuFact(
            pk,
            code,
            name,
            kind,
            weight_g or default_weight_g,
            lot_tracked,
            bool(hazard or battery),
            bool(weight_g and all(customs)),
            archived,
        )
        cache.by_code[code] = fact
        cache.by_id[pk] = fact


_SKU_FIELDS = (
    "pk",
    "code",
    "name",
    "kind",
    "weight_g",
    "lot_tracked",
    "hazard",
    "battery",
    "archived",
    "hs_code",
    "origin_country",
    "customs_text",
)


def _read_boms(kit_ids: list[int]) -> dict[int, list[Part]]:
    boms: dict[int, list[Part]] = {}
    level = kit_ids
    for _depth in range(KIT_LEVELS + 1):
        rows = BomLine.objects.filter(bom__kit_id__in=level, bom__is_current=True)
        found = rows.order_by("bom_id", "pk").values_list(
            "bom__kit_id", "component_id", "qty", "price_share", "component__kind"
        )
        level = []
        for kit_id, component_id, qty, share, kind in found:
            boms.setdefault(kit_id, []).append(Part(component_id, qty, share))
            if kind == Sku.Kind.VIRTUAL_KIT and component_id not in boms:
                level.append(component_id)
        if not level:
            break
    return boms


def _read(day: dt.date) -> MasterData:
    channels = {
        row.code: _channel_info(row)
        for row in Channel.objects.filter(is_active=True)
        .prefetch_related("warehouses")
        .order_by("pk")
    }
    sites = _read_sites()
    rates = shipping_queries.rate_snapshot(day)
    network = RouteNetwork(
        sites=sites,
        rates=rates,
        currency=str(settings_store.get(defaults.COST_CURRENCY.name)),
        version=RULE_VERSION,
        services={
            row.code: ServiceFact(row.code, row.mode, row.cutoff_time)
            for row in CarrierService.objects.order_by("pk")
        },
        rules=_read_rules(),
        duties={
            (row.origin_country, row.country): DutyFact(row.rate, row.free_under_amount)
            for row in DutyRate.objects.order_by("pk")
        },
        exchange=exchange_rates(),
        transit=_read_transit(),
        carrier_workdays=str(settings_store.get(defaults.CARRIER_WORKDAYS.name)),
        holidays=_read_carrier_holidays(),
        limits=SplitLimits(_decimal(defaults.SPLIT_FREIGHT_PCT.name) / 100),
    )
    hours = settings_store.get(defaults.STOCK_HOLD_HOURS.name)
    return MasterData(
        network=network,
        channels=channels,
        presets=build_presets(_preset_amounts()),
        default_weight_g=rates.default_weight_g,
        stock_hold=dt.timedelta(hours=int(str(hours))),
        by_lifecycle=bool(settings_store.get(defaults.LIFECYCLE_PRESETS.name)),
        high_priority=int(str(settings_store.get(defaults.HIGH_PRIORITY.name))),
        has_prices=StockPrice.objects.exists(),
        has_capacities=any(site.daily_capacity is not None for site in sites),
        life_rules=_read_life_rules(),
    )


def _read_life_rules() -> LifeRules:
    rows = LifeRule.objects.order_by("pk").values_list(
        "customer_id", "sku_id", "channel_id", "country", "min_days"
    )
    facts = [
        LifeRuleFact(customer or 0, sku or 0, channel or 0, country.upper(), days)
        for customer, sku, channel, country, days in rows
    ]
    stop_days = settings_store.get(defaults.LOT_PICKING_STOP_DAYS.name)
    return rules_of(facts, stop_days=int(str(stop_days)))


def _decimal(name: str) -> Decimal:
    return Decimal(str(settings_store.get(name)))


def _preset_amounts() -> PresetAmounts:
    return PresetAmounts(
        split=_decimal(defaults.SPLIT_AMOUNT.name),
        late_day=_decimal(defaults.LATE_DAY_AMOUNT.name),
        balanced_day=_decimal(defaults.BALANCED_DAY_AMOUNT.name),
        fastest_day=_decimal(defaults.FASTEST_DAY_AMOUNT.name),
        fastest_cap=_decimal(defaults.FASTEST_COST_CAP.name),
        km=_decimal(defaults.NEAREST_KM_AMOUNT.name),
        rank=_decimal(defaults.CHANNEL_RANK_AMOUNT.name),
    )


def exchange_rates() -> dict[str, Decimal]:
    """Return what one unit of a currency is worth in the cost currency, by its code.

    Reads `EUR=1.09` words of a setting; one that can't be read leaves its currency at par, which is
    shown.
    """
    rates = {}
    words = settings_store.get(defaults.EXCHANGE_RATES.name)
    for word in words if isinstance(words, tuple) else ():
        currency, _, rate = word.partition("=")
        try:
            value = Decimal(rate)
        except InvalidOperation:
            continue
        if value.is_finite() and value > 0:
            rates[currency.upper()] = value
    return rates


def _channel_info(row: Channel) -> ChannelInfo:
    links: list[ChannelWarehouse] = sorted(row.warehouses.all(), key=lambda one: one.pk)
    fact = ChannelFact(
        row.code,
        {link.warehouse_id: link.rank for link in links if link.is_allowed},
        frozenset(link.warehouse_id for link in links if not link.is_allowed),
        row.splits,
        row.max_parcels,
        row.min_life_days,
        row.country_only,
        row.handling_days,
    )
    return ChannelInfo(
        row.pk,
        row.code,
        row.currency,
        row.language,
        row.routing_preset,
        row.partial_policy,
        row.commit_partial,
        row.wait_days,
        row.priority,
        fact,
    )


def _read_sites() -> list[Site]:
    closed: dict[int, set[dt.date]] = {}
    for warehouse_id, on in WarehouseHoliday.objects.values_list("warehouse_id", "on").order_by():
        closed.setdefault(warehouse_id, set()).add(on)
    kinds = (Warehouse.Kind.OWN, Warehouse.Kind.THIRD_PARTY)
    return [
        Site(
            id=row.pk,
            code=row.code,
            country=row.country,
            calendar=DispatchCalendar(
                row.timezone,
                row.cutoff_time,
                row.processing_days,
                WorkCalendar(row.workdays, frozenset(closed.get(row.pk, ()))),
            ),
            is_active=row.is_active,
            lat=None if row.lat is None else float(row.lat),
            lon=None if row.lon is None else float(row.lon),
            priority=row.priority,
            handling_cost=row.handling_cost,
            daily_capacity=row.daily_capacity,
        )
        for row in Warehouse.objects.filter(kind__in=kinds).order_by("code", "pk")
    ]


def _read_rules() -> list[DestinationRuleFact]:
    rows = DestinationRule.objects.order_by("priority", "pk").values_list(
        "kind", "warehouse_id", "country", "postcode_prefix", "channel__code"
    )
    return [
        DestinationRuleFact(kind, warehouse_id, country, prefix.upper(), channel)
        for kind, warehouse_id, country, prefix, channel in rows
    ]


def _read_transit() -> dict[tuple[int, str, str], tuple[int, int]]:
    least = settings_store.get(defaults.TRANSIT_MIN_SAMPLES.name)
    rows = TransitStat.objects.filter(sample_count__gte=least).order_by("pk")
    return {
        (row.warehouse_id, row.service_code, row.country): (row.lo_days, row.hi_days)
        for row in rows
    }


def _read_carrier_holidays() -> dict[str, frozenset[dt.date]]:
    found: dict[str, set[dt.date]] = {}
    for country, on in CarrierHoliday.objects.values_list("country", "on").order_by():
        found.setdefault(country, set()).add(on)
    return {country: frozenset(days) for country, days in found.items()}
