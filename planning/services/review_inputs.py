"""Everything a review looks at, one case per SKU and warehouse, read in bulk.

Demand is float, stock whole units, money of the comparison plain numbers of the base currency.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.services import rates
from inventory.models import Sku, Warehouse
from orders.models import OrderLine
from orders.models.orders import OrderStatus
from planning.domain.alert_bands import Band, FlatLimits
from planning.domain.policies import PolicyFor
from planning.domain.position import Picture
from planning.domain.review import Policy, Row, Terms
from planning.domain.review_demand import sales_limits
from planning.domain.risk import lowered_confidence
from planning.domain.safety_stock import LeadTime
from planning.models import ForecastRun
from planning.queries import policies, review_demand, review_stock, review_terms, risk_state
from planning.queries.review_demand import Demand, Outlook
from planning.queries.review_stock import SALES_DAYS, Level, Pair, Stock
from planning.queries.review_terms import Defaults, Offer
from planning.queries.risk_state import RiskState
from planning.services.regions import read_regions

#: Code, kind, weight, list price and cost of a SKU as they are stored.
_Raw = tuple[str, str, int | None, Decimal | None, Decimal | None]
#: Margin of a unit as a share of its cost where no list price is known.
MARGIN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Goods:
    """What a review needs to know of a SKU."""

    code: str
    kind: str
    weight_g: int | None
    price: float | None
    cost: float | None

    @property
    def is_given(self) -> bool:
        """Say whether it goes to customers without a price: a sample or an insert."""
        return self.price == 0 or self.kind == Sku.Kind.INSERT


@dataclass(frozen=True, slots=True)
class Case:
    """One SKU at one warehouse: the row of the domain's review, and what else decides.

    `unit_cost`, `price` and `margin` are in the base currency, None = nobody has said. `value` is
    what the stock stands for.
    """

    pair: Pair
    row: Row
    offer: Offer | None
    goods: Goods
    demand: Demand | None
    daily_var: float
    unit_cost: float | None
    margin: float
    value: Decimal
    leaving_qty: int
    delay_days: int
    is_forecast: bool

    @property
    def lost_per_unit(self) -> float:
        """Return what a customer who goes away takes along: the price, else the cost, of a unit."""
        return self.goods.price or self.unit_cost or 0.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """All cases of a review in the order of their pairs, and what they share."""

    run: ForecastRun | None
    cases: list[Case]
    known: Defaults
    risk: RiskState
    countries: Mapping[int, str]
    codes: Mapping[int, str] = field(default_factory=dict)
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def digest(self) -> bytes:
        """Return one word for everything that was read."""
        hidden = hashlib.sha256()
        shared = (self.run and self.run.pk, self.known, self.risk, sorted(self.rates.items()))
        hidden.update(repr(shared).encode())
        for case in self.cases:
            hidden.update(repr(case).encode())
        return hidden.digest()


def read(as_of: dt.datetime, sku_ids: Collection[int] | None = None) -> Inputs:
    """Return the cases of SKUs at warehouses that are in use; None: all. About 35 statements."""
    known = review_terms.read_defaults()
    risk = risk_state.state(as_of)
    outlook = review_demand.read(as_of, sku_ids)
    stock = review_stock.read(as_of, sku_ids)
    places = _places()
    goods, currencies = _goods(sku_ids)
    pairs = _pairs(outlook, stock, goods, places)
    offers = review_terms.offers(
        as_of, known, sku_ids=sku_ids, interrupted=risk.interrupted_supplier_ids
    )
    found = {*currencies.values(), *(offer.currency for offer in offers.values())}
    found |= {one for rows in stock.values.values() for one in rows}
    worth = _rates(found - {""}, as_of.date())
    maker = _Maker(
        known=known,
        risk=risk,
        outlook=outlook,
        stock=stock,
        offers=offers,
        policies=policies.policies_for(pairs, as_of.date()),
        worth=worth,
        goods=_based(goods, currencies, worth),
        backlog=_backlog(sku_ids),
    )
    return Inputs(
        run=outlook.run,
        cases=maker.cases(pairs),
        known=known,
        risk=risk,
        countries={pk: country for pk, (_code, country) in places.items()},
        codes={pk: code for pk, (code, _country) in places.items()},
        rates=worth,
    )


def _places() -> dict[int, tuple[str, str]]:
    """Return code and country of the warehouses that hold stock to sell."""
    rows = Warehouse.objects.filter(is_active=True).exclude(kind__in=("transit", "returns"))
    found = rows.order_by("pk").values_list("pk", "code", "country")
    return {pk: (code, country) for pk, code, country in found}


def _goods(
    sku_ids: Collection[int] | None,
) -> tuple[dict[int, _Raw], dict[int, str]]:
    rows = Sku.objects.filter(archived=False, kind__in=review_stock.STOCKED)
    if sku_ids is not None:
        rows = rows.filter(pk__in=sku_ids)
    found, currencies = {}, {}
    for pk, code, kind, weight, price, cost, currency in rows.order_by("pk").values_list(
        "pk", "code", "kind", "weight_g", "list_price", "default_cost", "currency"
    ):
        found[pk] = (code, kind, weight, price, cost)
        currencies[pk] = currency
    return found, currencies


def _based(
    goods: Mapping[int, _Raw],
    currencies: Mapping[int, str],
    worth: Mapping[str, Decimal],
) -> dict[int, Goods]:
    """Return the SKUs with their money in the base currency; without a rate it is not known."""
    found = {}
    for pk, (code, kind, weight, price, cost) in goods.items():
        currency = currencies[pk]
        rate = worth.get(currency) if currency else Decimal(1)
        found[pk] = Goods(code, kind, weight, _times(price, rate), _times(cost, rate))
    return found


def _times(amount: Decimal | None, rate: Decimal | None) -> float | None:
    return None if amount is None or rate is None else float(amount * rate)


def _rates(currencies: Iterable[str], on: dt.date) -> dict[str, Decimal]:
    """Return the rates that are known; money in a currency without one counts as unknown."""
    found = {rates.base_currency(): Decimal(1)}
    for currency in sorted(currencies):
        try:
            found[currency] = rates.rate_on(currency, on)
        except rates.RateUnknown:
            continue
    return found


def _pairs(
    outlook: Outlook, stock: Stock, goods: Mapping[int, Any], places: Mapping[int, Any]
) -> list[Pair]:
    """Return the pairs that have stock, a forecast or goods on order."""
    found = {*stock.levels, *outlook.demand, *stock.arrivals}
    return sorted(pair for pair in found if pair[0] in goods and pair[1] in places)


def _backlog(sku_ids: Collection[int] | None) -> dict[Pair, int]:
    """Return the units that customers wait for, at the warehouse that should serve them."""
    rows = OrderLine.objects.filter(backorder_qty__gt=0, order__status=OrderStatus.CONFIRMED)
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    waiting = list(
        rows.filter(sku__isnull=False)
        .order_by("pk")
        .values_list(
            "sku_id",
            "backorder_qty",
            "order__channel_id",
            "order__ship_country",
            "order__ship_postcode",
        )
    )
    found: dict[Pair, int] = defaultdict(int)
    regions = read_regions() if waiting else None
    for sku_id, units, channel_id, country, postcode in waiting:
        place = regions.of(channel_id, country, postcode) if regions else None
        if place is not None and sku_id is not None:
            found[sku_id, place] += units
    return found


@dataclass(frozen=True)
class _Maker:
    """Puts the cases together out of what was read."""

    known: Defaults
    risk: RiskState
    outlook: Outlook
    stock: Stock
    offers: Mapping[int, Offer]
    policies: Mapping[Pair, PolicyFor]
    worth: Mapping[str, Decimal]
    goods: Mapping[int, Goods]
    backlog: Mapping[Pair, int]

    def cases(self, pairs: list[Pair]) -> list[Case]:
        """Return one case per pair."""
        terms = {pair: self._terms(pair) for pair in pairs}
        spans = {
            pair: terms[pair][0].regular.mean_days + self.policies[pair].review_days
            for pair in pairs
        }
        rates = self.outlook.rates(spans)
        return [self._case(pair, terms[pair], spans[pair], rates) for pair in pairs]

    def _terms(self, pair: Pair) -> tuple[Terms, float | None, int]:
        """Return the domain's terms of a pair, the cost of a unit, and the days of a delay."""
        sku_id, warehouse_id = pair
        goods, offer = self.goods[sku_id], self.offers.get(sku_id)
        cost = self._cost(pair, offer)
        margin = self._margin(goods, cost)
        if offer is None:
            lead = LeadTime(float(self.known.regular_days), 0.0)
            return Terms(lead, lead, margin=margin), cost, 0
        slow, fast = offer.slow, offer.fast
        late = {
            way.mode: self.risk.delay_days(
                supplier_id=offer.supplier_id,
                country=offer.country,
                mode=way.mode,
                warehouse_id=warehouse_id,
            )
            for way in (slow, fast)
        }
        premium = self.known.freight(fast.mode, goods.weight_g) - self.known.freight(
            slow.mode, goods.weight_g
        )
        terms = Terms(
            regular=_later(slow.lead, late[slow.mode]),
            fastest=_later(fast.lead, late[fast.mode]),
            moq_qty=offer.moq_qty,
            pack_qty=offer.pack_qty,
            premium=max(0.0, premium),
            margin=margin,
        )
        return terms, cost, late[slow.mode]

    def _cost(self, pair: Pair, offer: Offer | None) -> float | None:
        """Return what a unit costs in the base currency: the list, else the stock, else the SKU."""
        if offer is not None and offer.breaks and offer.currency in self.worth:
            return offer.breaks[0].unit_price * float(self.worth[offer.currency])
        value, units = self._value(pair)
        return float(value) / units if units and value > 0 else self.goods[pair[0]].cost

    def _value(self, pair: Pair) -> tuple[Decimal, int]:
        """Return what the costed units stand for in the base currency, and how many they are."""
        value, units = Decimal(0), 0
        for currency, (count, amount) in self.stock.values.get(pair, {}).items():
            rate = self.worth.get(currency) if currency else Decimal(1)
            if rate is not None:
                value, units = value + amount * rate, units + count
        return value, units

    @staticmethod
    def _margin(goods: Goods, cost: float | None) -> float:
        """Return what a lost unit loses; 1 where no money is known, so that units still count."""
        if goods.price is not None and cost is not None and goods.price > cost:
            return goods.price - cost
        return MARGIN_SHARE * (cost or goods.price or 2.0)

    def _case(
        self,
        pair: Pair,
        found: tuple[Terms, float | None, int],
        span: float,
        rates: Mapping[Pair, float],
    ) -> Case:
        terms, cost, delay = found
        goods, level = self.goods[pair[0]], self.stock.levels.get(pair, Level())
        demand, sales = self.outlook.demand.get(pair), self.stock.sales.get(pair, 0)
        policy = self.policies[pair]
        daily = demand.daily if demand else sales / SALES_DAYS
        # Without a forecast sales count as they were: their variance is their mean.
        daily_var = demand.daily_var if demand else daily
        daily_var *= self.risk.safety_factor(*pair)
        limits = None if demand else self._limits(policy, daily, terms)
        row = Row(
            key=f"{pair[0]}/{pair[1]}",
            picture=Picture(
                on_hand=level.on_hand,
                held=level.unsellable,
                reserved=level.reserved,
                buffer=level.buffer,
                backordered=self.backlog.get(pair, 0),
                arrivals=tuple(self.stock.arrivals.get(pair, ())),
            ),
            daily=daily,
            forecast_var=daily_var * span,
            terms=terms,
            policy=self._policy(pair, policy),
            turnover_days=level.on_hand * SALES_DAYS / sales if sales > 0 else None,
            level_daily=rates.get(pair, daily),
            stock_limits=limits,
        )
        return Case(
            pair=pair,
            row=row,
            offer=self.offers.get(pair[0]),
            goods=goods,
            demand=demand,
            daily_var=daily_var,
            unit_cost=cost,
            margin=terms.margin,
            value=self._value(pair)[0],
            leaving_qty=self.stock.leaving.get(pair, 0),
            delay_days=delay,
            is_forecast=demand is not None,
        )

    @staticmethod
    def _limits(policy: PolicyFor, daily: float, terms: Terms) -> tuple[int, int] | None:
        """Return the stock limits without a forecast: a person's, else those of the sales."""
        least = getattr(policy, "min_qty", None)
        most = getattr(policy, "max_qty", None)
        if least is not None and most is not None:
            return int(least), int(most)
        if daily <= 0:
            return None
        return sales_limits(daily, terms.regular.mean_days, policy.review_days)

    def _policy(self, pair: Pair, policy: PolicyFor) -> Policy:
        careful = self.risk.caution(policy.service_level, policy.buffer_share)
        return Policy(
            service_level=policy.service_level,
            review_days=float(policy.review_days),
            limits=FlatLimits(float(policy.red_days), float(policy.yellow_days)),
            is_conservative=self.risk.is_conservative,
            is_paused=pair in self.risk.paused,
            is_stopped=policy.is_stopped,
            is_auto=policy.is_auto,
            buffer_share=careful.least_buffer_share,
            forced_band=Band(policy.forced_band) if policy.forced_band else None,
        )


def confidence_of(case: Case, risk: RiskState) -> float | None:
    """Return the confidence 0-100 of a case's forecast, less while risks are high."""
    if case.demand is None:
        return None
    return lowered_confidence(case.demand.confidence, risk.index)


def _later(lead: LeadTime, days: int) -> LeadTime:
    return LeadTime(lead.mean_days + days, lead.var_days, lead.own_n) if days else lead
