"""What one parcel from one warehouse costs and when it arrives; terms of a whole plan.

For a site and a weight the services are ranked by what the preset makes of them: freight, days
late and days on the way. Weight, not the set of SKUs, decides the price, so each (site, weight)
is priced once an order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from orders.domain.life_rules import LifeTerms
from orders.domain.promise import Promise
from orders.domain.route_facts import (
    ZERO,
    Leg,
    RateOffer,
    RouteRequest,
    ServiceFact,
    Site,
    Stock,
    Terms,
    Want,
)
from orders.domain.route_network import RouteNetwork

_GROUND = ServiceFact("")


class Parcel(NamedTuple):
    """One service for one parcel: `freight` is handling and rate, `score` its weighted sum."""

    score: Decimal
    arrives_by: dt.date
    service_code: str
    freight: Decimal
    days_late: int
    promise: Promise


class Pricer:
    """Prices parcels of one order. Amounts are in the network's currency."""

    def __init__(self, request: RouteRequest, network: RouteNetwork, stock: Stock) -> None:
        self.request, self.network, self.prices = request, network, stock.prices
        self.weight_g = sum(want.qty * want.weight_g for want in request.wants)
        self.is_hazardous = any(want.is_hazardous for want in request.wants)
        self._today = request.as_of.date()
        self._offers: dict[tuple[int, int], list[Parcel]] = {}
        self._closed: set[int] = set()
        self._values = {want.sku_id: (want.value, want.qty) for want in request.wants}
        self._at_par: set[str] = set()

    def offers(self, site: Site, weight_g: int) -> list[Parcel]:
        """Return the services for a parcel of this weight, the preset's best first."""
        key = (site.id, weight_g)
        found = self._offers.get(key)
        if found is None:
            found = self._offers[key] = self._price(site, weight_g)
        return found

    def _price(self, site: Site, weight_g: int) -> list[Parcel]:
        request, network = self.request, self.network
        offers = network.rates.options(site.code, request.country, request.postcode, weight_g)
        found = [parcel for o in offers if (parcel := self._parcel(site, o)) is not None]
        cap = request.weights.cost_cap
        if cap is not None and len(found) > 1:
            most = min(parcel.freight for parcel in found) * cap
            found = [parcel for parcel in found if parcel.freight <= most]
        if request.weights.promise_first:
            found.sort(key=lambda p: (p.days_late > 0, *p[:3]))
        elif len(found) > 1:
            found.sort(key=_by_score)
        return found

    def _parcel(self, site: Site, offer: RateOffer) -> Parcel | None:
        request, network, weights = self.request, self.network, self.request.weights
        code = offer.service_code
        if request.service_code and code != request.service_code:
            return None
        service = network.services.get(code, _GROUND)
        if self.is_hazardous and service.mode in {"air", "express"}:
            return None
        leaving = network.leaving(
            site, service.cutoff, request.as_of, request.channel.handling_days
        )
        if leaving is None:
            self._closed.add(site.id)
            return None
        lo, hi = offer.transit_lo, offer.transit_hi
        if network.transit:
            lo, hi = network.transit_of(site, code, request.country, (lo, hi))
        promise = network.arrival(leaving, request.country, lo, hi)
        if promise is None:
            return None
        freight = site.handling_cost + self._cost(offer)
        arrives_by = promise.arrives_by
        late = 0
        if request.promised_by is not None and arrives_by > request.promised_by:
            late = (arrives_by - request.promised_by).days
        score = freight * weights.freight
        if late:
            score += weights.late_day_amount * late
        if weights.day_amount:
            score += weights.day_amount * (arrives_by - self._today).days
        return Parcel(score, arrives_by, code, freight, late, promise)

    def _cost(self, offer: RateOffer) -> Decimal:
        if offer.currency == self.network.currency:
            return offer.cost
        if self.network.is_at_par(offer.currency):
            self._at_par.add(offer.currency)
        return self.network.to_cost(offer.cost, offer.currency)

    def notes(self) -> tuple[str, ...]:
        """Return what people should know about the figures: currencies taken at par."""
        return tuple(f"AT_PAR:{currency}" for currency in sorted(self._at_par))

    def why_none(self, site: Site) -> str:
        """Name the filter of a site without offers."""
        return "CLOSED" if site.id in self._closed else "NO_SERVICE"

    @property
    def least_freight(self) -> Decimal:
        """Return the freight of everything in one parcel from the cheapest priced site."""
        amounts = [
            min(parcel.freight for parcel in found)
            for (_site, weight_g), found in self._offers.items()
            if weight_g == self.weight_g and found
        ]
        return min(amounts, default=ZERO)

    def least_of(self, sites: Sequence[Site], parcels: int) -> Decimal:
        """Return a bound below any plan of that many parcels: light freight and split amounts."""
        lightest = min(want.weight_g for want in self.request.wants)
        # Days count once an order, so only freight may be multiplied by the parcels.
        least = min(
            (parcel.freight for site in sites for parcel in self.offers(site, lightest)),
            default=ZERO,
        )
        weights = self.request.weights
        return least * weights.freight * parcels + weights.split_amount * (parcels - 1)

    def rough(self, site: Site) -> Decimal:
        """Return what a site would cost alone, to keep the six best of many."""
        stock = sum((self._price_of(site, want) * want.qty for want in self.request.wants), ZERO)
        return self.offers(site, self.weight_g)[0].score + stock

    def marginal(self, site: Site, weight_g: int, want: Want) -> Decimal:
        """Return what adding all units of a want to a parcel of `weight_g` costs."""
        after = self.offers(site, weight_g + want.qty * want.weight_g)
        before = self.offers(site, weight_g)[0].score if weight_g else ZERO
        weights = self.request.weights
        if not after:
            return Decimal(10**9)
        added = after[0].score - before + weights.stock * want.qty * self._price_of(site, want)
        return added + weights.duty * self._duty(site, want.value)

    def leg(self, site: Site, parcel: Parcel, takes: Mapping[int, int]) -> Leg:
        """Return the leg of a plan for a priced parcel."""
        request, network = self.request, self.network
        value = sum((self._value(sku_id, qty) for sku_id, qty in takes.items()), ZERO)
        return Leg(
            site.id,
            site.code,
            parcel.service_code,
            tuple(takes.items()),
            parcel.promise,
            parcel.freight,
            self._duty(site, value),
            parcel.days_late,
            network.distance(site, request.country, request.postcode),
            {
                want.sku_id: self.needed_until(want, parcel)
                for want in request.wants
                if want.is_lot_tracked and want.sku_id in takes
            },
        )

    def needed_until(self, want: Want, parcel: Parcel) -> dt.date:
        """Return the last day on which units that travel with the parcel must be usable (X13)."""
        life = want.life or LifeTerms(self.request.channel.min_life_days)
        return life.needed_until(parcel.arrives_by, parcel.promise.hand_over.day)

    def _value(self, sku_id: int, qty: int) -> Decimal:
        value, whole = self._values[sku_id]
        return value if qty == whole else value * qty / whole

    def _price_of(self, site: Site, want: Want) -> Decimal:
        return self.prices.get((site.id, want.sku_id), ZERO)

    def _duty(self, site: Site, value: Decimal) -> Decimal:
        request, network = self.request, self.network
        if request.channel.country_only or not network.duties:
            return ZERO
        if not network.is_foreign(site.country, request.country):
            return ZERO
        duty = network.duty(site.country, request.country)
        if duty is None or value <= duty.free_under_amount:
            return ZERO
        return value * duty.rate

    def terms(self, legs: Sequence[Leg]) -> Terms:
        """Return the weighted terms of a plan; days and lateness count once, by the slowest leg."""
        weights, channel = self.request.weights, self.request.channel
        freight = sum((leg.freight_amount for leg in legs), ZERO) * weights.freight
        duty = sum((leg.duty_amount for leg in legs), ZERO) * weights.duty
        late = max(leg.days_late for leg in legs)
        days = (max(leg.promise.arrives_by for leg in legs) - self._today).days
        stock = ZERO
        if self.prices:
            stock = weights.stock * sum(
                (
                    self.prices.get((leg.warehouse_id, sku_id), ZERO) * qty
                    for leg in legs
                    for sku_id, qty in leg.takes
                ),
                ZERO,
            )
        rank = sum(channel.ranks.get(leg.warehouse_id, 0) for leg in legs)
        km = sum(leg.distance_km or 0 for leg in legs)
        return Terms(
            freight,
            duty,
            weights.split_amount * (len(legs) - 1),
            weights.late_day_amount * late,
            weights.day_amount * days,
            stock,
            weights.rank_amount * rank,
            weights.km_amount * km,
        )


def _by_score(parcel: Parcel) -> tuple[Decimal, dt.date, str]:
    return parcel[:3]
