"""Which warehouses serve an order: hard filters, then the least total cost, all terms in money.

1. Filters remove warehouses, each with a code that people see: not allowed for the channel,
   closed, refused by a destination rule, no service, full, out of stock, too short a lot life.
2. Every set of one to three of the rest is a candidate. Its score is freight (handling + rate) +
   duty + split amount per extra parcel + days late x value of a day + days x value of a day +
   stock price + channel rank + distance, each weighted by the preset.
3. The least score wins; ties go to lower cost, fewer days, shorter way, warehouse code. So the
   same question on the same snapshot has the same answer.

A set of k + 1 warehouses is not looked at once the cheapest imaginable one costs more than the
best found: freight of k + 1 lightest parcels + k split amounts.

Worked: two SKUs, A has one, B the other, freight 6 + 7, split amount 3, value 100: no warehouse
has both, the pair costs 16, its extra freight over the cheapest single parcel (6) is 7 <= 15.

Source: Xu, Allgor & Graves, M&SOM 11(2), 2009 (split fulfillment); Acimovic & Graves, M&SOM 17(1),
2015 (opportunity price of stock). Exact over the sets it looks at; inside a set units go to the
cheapest marginal warehouse, which can miss the optimum when rates are far from linear in weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

from orders.domain.route_facts import (
    ZERO,
    Candidate,
    Leg,
    RoutePlan,
    RouteRequest,
    Site,
    Stock,
    Terms,
    Want,
)
from orders.domain.route_network import NO_RULES, RouteNetwork
from orders.domain.route_pricing import Parcel, Pricer

#: Version of the rules, stored with each decision.
RULE_VERSION: Final = "2026.1"
MAX_SITES: Final = 6
MAX_LEGS: Final = 3
FAR_KM: Final = 1_000_000

Takes = dict[int, int]


def plan_order(request: RouteRequest, network: RouteNetwork, stock: Stock) -> RoutePlan:
    """Return the cheapest way to serve an order, with every candidate and what removed it.

    With coverage "all" a plan has legs for every unit or none and a blocker; with "available" it
    covers as many units as the limits allow and lists the rest in `short`.
    """
    return _Planner(request, network, stock).plan()


class _Option:
    """A candidate that passed all filters, with what it is compared by."""

    __slots__ = ("cost", "key", "legs", "score", "short", "terms", "units")

    def __init__(self, legs: list[Leg], terms: Terms, short: tuple[tuple[int, int], ...]) -> None:
        self.legs, self.terms, self.short = legs, terms, short
        self.score = terms.total()
        self.cost = sum((leg.freight_amount + leg.duty_amount for leg in legs), ZERO)
        self.units = sum(qty for leg in legs for _sku, qty in leg.takes)
        self.key: tuple[Any, ...] = ()


def _key_of(option: _Option) -> tuple[Any, ...]:
    return option.key


class _Planner:
    """One run of the router. Holds the memo of prices for this order only."""

    def __init__(self, request: RouteRequest, network: RouteNetwork, stock: Stock) -> None:
        self.request, self.network, self.stock = request, network, stock
        self.pricer = Pricer(request, network, stock)
        self.candidates: list[Candidate] = []
        self.options: list[_Option] = []
        self.lacking: set[str] = set()
        if network.rules:
            self.rules = network.rules_for(request.channel.code, request.country, request.postcode)
        else:
            self.rules = NO_RULES

    def plan(self) -> RoutePlan:
        request = self.request
        open_sites = [site for site in self.network.sites if self._passes(site)]
        for site in open_sites:
            self._single(site)
        if len(request.wants) > 1 or request.wants[0].qty > 1:
            self._splits(open_sites)
        if request.weights.cost_cap is not None and len(self.options) > 1:
            self._cap_cost(request.weights.cost_cap)
        best = min(self.options, key=_key_of, default=None)
        if best is None and request.coverage == "available":
            best = self._partial(open_sites)
        if best is None:
            return self._blocked(open_sites)
        return self._answer(best)

    def _passes(self, site: Site) -> bool:
        code, detail = self._filter_of(site)
        if code:
            self.lacking.add(code)
            self.candidates.append(Candidate((site.code,), code, detail))
        return not code

    def _filter_of(self, site: Site) -> tuple[str, dict[str, object]]:
        channel = self.request.channel
        only = self.request.only_warehouses
        if site.id in channel.refused or (channel.ranks and site.id not in channel.ranks):
            return "NOT_ALLOWED", {"channel": channel.code}
        if only is not None and site.id not in only:
            return "NOT_ASKED", {}
        if not site.is_active:
            return "INACTIVE", {}
        destination = self._destination_filter(site)
        if destination:
            return destination, {"country": self.request.country}
        return self._carrier_filter(site)

    def _destination_filter(self, site: Site) -> str:
        rules = self.rules
        if site.id in rules.never:
            return "DEST_NEVER"
        if rules.only and site.id not in rules.only:
            return "DEST_ONLY"
        return self._customs_filter(site)

    def _customs_filter(self, site: Site) -> str:
        """Apply X05: past a preferred warehouse only with priced duty and complete data."""
        request, prefer = self.request, self.rules.prefer
        if not prefer or site.id in prefer or request.channel.country_only:
            return ""
        if not self.network.is_foreign(site.country, request.country):
            return ""
        if self.network.duty(site.country, request.country) is None:
            return "DUTY_NOT_PRICED"
        return "" if request.has_customs_data else "CUSTOMS_DATA_MISSING"

    def _carrier_filter(self, site: Site) -> tuple[str, dict[str, object]]:
        parcels = self.pricer.offers(site, self.pricer.weight_g)
        if not parcels:
            return self.pricer.why_none(site), {"weight_g": self.pricer.weight_g}
        if site.daily_capacity is not None:
            day = parcels[0].promise.hand_over.day
            load = self.stock.load(site.id, day)
            if load >= site.daily_capacity:
                detail = {"day": day.isoformat(), "load": load, "limit": site.daily_capacity}
                return "CAPACITY_FULL", detail
        return "", {}

    def _single(self, site: Site) -> None:
        """Look at one warehouse for everything; the fast path of an order with one line."""
        wants = self.request.wants
        missing = [
            (want.sku_id, want.qty - have)
            for want in wants
            if (have := self.stock.atp(site.id, want.sku_id)) < want.qty
        ]
        if missing:
            self._remove((site,), "OUT_OF_STOCK", {"missing": missing})
            return
        parcel = self._usable_parcel(site, wants, self.pricer.weight_g)
        if parcel is None:
            self._remove((site,), "LOT_LIFE", {"min_days": self._min_life_days()})
            return
        takes = {want.sku_id: want.qty for want in wants}
        self._accept((site,), [self.pricer.leg(site, parcel, takes)])

    def _usable_parcel(self, site: Site, wants: Sequence[Want], weight_g: int) -> Parcel | None:
        """Return the best service that brings every lot with enough life left."""
        tracked = [want for want in wants if want.is_lot_tracked]
        offers = self.pricer.offers(site, weight_g)
        if not tracked:
            return offers[0]
        needed_until = self.pricer.needed_until
        for parcel in offers:
            if all(
                self.stock.usable(site.id, want.sku_id, needed_until(want, parcel)) >= want.qty
                for want in tracked
            ):
                return parcel
        return None

    def _min_life_days(self) -> int:
        """Return the most days at delivery any of the wants asks for, to explain a refusal."""
        channel = self.request.channel.min_life_days
        tracked = [want for want in self.request.wants if want.is_lot_tracked]
        return max(
            (want.life.min_days if want.life else channel for want in tracked), default=channel
        )

    def _accept(
        self, sites: Sequence[Site], legs: list[Leg], short: tuple[tuple[int, int], ...] = ()
    ) -> None:
        option = _Option(legs, self.pricer.terms(legs), short)
        option.key = self._key(option)
        self.options.append(option)
        self.candidates.append(
            Candidate(
                tuple(site.code for site in sites),
                terms=option.terms,
                score=option.score,
                cost=option.cost,
                arrives_by=max(leg.promise.arrives_by for leg in legs),
                services=tuple(leg.service_code for leg in legs),
                distance_km=max((leg.distance_km or 0 for leg in legs), default=None),
            )
        )

    def _key(self, option: _Option) -> tuple[Any, ...]:
        weights, prefer = self.request.weights, self.rules.prefer
        legs = option.legs
        beside = sum(leg.warehouse_id not in prefer for leg in legs) if prefer else 0
        late = max(leg.days_late for leg in legs)
        arrives_by = max(leg.promise.arrives_by for leg in legs)
        way = sum(FAR_KM if leg.distance_km is None else leg.distance_km for leg in legs)
        codes = tuple(leg.warehouse_code for leg in legs)
        misses = weights.promise_first and late > 0
        tail = (option.cost, arrives_by, way, codes)
        if weights.is_ranked:
            ranks = self.request.channel.ranks
            rank = sum(ranks.get(leg.warehouse_id, 0) for leg in legs)
            return (-option.units, beside, late > 0, len(legs), rank, *tail)
        return (-option.units, beside, misses, option.score, *tail)

    def _remove(self, sites: Sequence[Site], code: str, detail: dict[str, object]) -> None:
        self.lacking.add(code)
        self.candidates.append(Candidate(tuple(site.code for site in sites), code, detail))

    def _cap_cost(self, cap: Decimal) -> None:
        """Remove options whose freight is above the cap; the cheapest one always stays."""
        freight = {id(o): sum((leg.freight_amount for leg in o.legs), ZERO) for o in self.options}
        most = min(freight.values()) * cap
        for option in [o for o in self.options if freight[id(o)] > most]:
            self.options.remove(option)
            codes = tuple(leg.warehouse_code for leg in option.legs)
            self.candidates = [c for c in self.candidates if c.warehouses != codes or c.filter]
            detail = {"freight": str(freight[id(option)]), "limit": str(most)}
            self.candidates.append(Candidate(codes, "OVER_COST_CAP", detail))

    def _splits(self, open_sites: list[Site]) -> None:
        channel = self.request.channel
        most = min(channel.max_parcels, MAX_LEGS, len(open_sites), self._units_wanted())
        if not channel.allow_split or most < 2:
            return
        sites = self._nearest_six(open_sites)
        on_time = any(option.legs[0].days_late == 0 for option in self.options)
        for size in range(2, most + 1):
            best = min(
                (option.score for option in self.options if self._is_clean(option)), default=None
            )
            if best is not None and self.pricer.least_of(sites, size) >= best:
                return
            for subset in combinations(sites, size):
                self._split(subset, on_time=on_time)

    def _is_clean(self, option: _Option) -> bool:
        """Say whether nothing ranks before an option's score, so that score alone can beat it."""
        late = self.request.weights.promise_first and any(leg.days_late for leg in option.legs)
        prefer = self.rules.prefer
        return not late and (not prefer or all(leg.warehouse_id in prefer for leg in option.legs))

    def _units_wanted(self) -> int:
        return sum(want.qty for want in self.request.wants)

    def _nearest_six(self, sites: list[Site]) -> list[Site]:
        if len(sites) <= MAX_SITES:
            return sites
        ranked = sorted(sites, key=lambda site: (self.pricer.rough(site), site.code))
        return sorted(ranked[:MAX_SITES], key=lambda site: site.code)

    def _split(self, subset: tuple[Site, ...], *, on_time: bool) -> None:
        takes = self._assign(subset)
        if takes is None:
            return
        legs = self._legs(subset, takes)
        if legs is None:
            self._remove(subset, "LOT_LIFE", {"min_days": self._min_life_days()})
            return
        extra = sum((leg.freight_amount for leg in legs), ZERO) - self.pricer.least_freight
        limit = self.request.value_amount * self.network.limits.freight_ratio
        saves_promise = (
            self.request.promised_by is not None
            and not on_time
            and all(leg.days_late == 0 for leg in legs)
        )
        if extra > limit and not saves_promise:
            detail: dict[str, object] = {"extra": str(extra), "limit": str(limit)}
            self._remove(subset, "SPLIT_TOO_DEAR", detail)
            return
        self._accept(subset, legs)

    def _assign(self, subset: tuple[Site, ...], *, partly: bool = False) -> list[Takes] | None:
        """Give each want to its cheapest marginal warehouse of the set; None if not all used."""
        takes: list[Takes] = [{} for _site in subset]
        weights = [0] * len(subset)
        wants = sorted(self.request.wants, key=lambda w: (-w.weight_g * w.qty, w.sku_id))
        for want in wants:
            have = [self._have(site, want) for site in subset]
            if sum(have) < want.qty and not partly:
                return None
            left = want.qty
            order = sorted(
                range(len(subset)),
                key=lambda n: (
                    have[n] < want.qty,
                    self.pricer.marginal(subset[n], weights[n], want),
                    subset[n].code,
                ),
            )
            for n in order:
                qty = min(left, have[n])
                if qty:
                    takes[n][want.sku_id] = qty
                    weights[n] += qty * want.weight_g
                    left -= qty
        return takes if all(takes) else None

    def _have(self, site: Site, want: Want) -> int:
        atp = max(0, self.stock.atp(site.id, want.sku_id))
        if not want.is_lot_tracked or not atp:
            return atp
        parcel = self.pricer.offers(site, self.pricer.weight_g)[0]
        on = self.pricer.needed_until(want, parcel)
        return max(0, min(atp, self.stock.usable(site.id, want.sku_id, on)))

    def _legs(self, subset: tuple[Site, ...], takes: list[Takes]) -> list[Leg] | None:
        legs = []
        by_sku = {want.sku_id: want for want in self.request.wants}
        for site, taken in zip(subset, takes, strict=True):
            wants = [by_sku[sku_id]._replace(qty=qty) for sku_id, qty in taken.items()]
            weight_g = sum(want.qty * want.weight_g for want in wants)
            parcel = self._usable_parcel(site, wants, weight_g)
            if parcel is None:
                return None
            legs.append(self.pricer.leg(site, parcel, taken))
        return legs

    def _partial(self, open_sites: list[Site]) -> _Option | None:
        """Return the option that covers most units, then the cheapest of those."""
        channel = self.request.channel
        most = min(channel.max_parcels, MAX_LEGS) if channel.allow_split else 1
        sites = self._nearest_six(open_sites)
        for size in range(1, min(most, len(sites)) + 1):
            for subset in combinations(sites, size):
                takes = self._assign(subset, partly=True)
                legs = None if takes is None else self._legs(subset, takes)
                if legs is not None:
                    self._accept(subset, legs, self._short_of(legs))
        return min(self.options, key=_key_of, default=None)

    def _short_of(self, legs: Sequence[Leg]) -> tuple[tuple[int, int], ...]:
        left = {want.sku_id: want.qty for want in self.request.wants}
        for leg in legs:
            for sku_id, qty in leg.takes:
                left[sku_id] -= qty
        return tuple((sku_id, qty) for sku_id, qty in left.items() if qty)

    def _answer(self, best: _Option) -> RoutePlan:
        return RoutePlan(
            self.request.weights.preset,
            tuple(best.legs),
            "OUT_OF_STOCK" if best.short else "",
            best.score,
            best.cost,
            best.terms,
            tuple(self.candidates),
            best.short,
            self.pricer.notes(),
        )

    def _blocked(self, open_sites: list[Site]) -> RoutePlan:
        short = tuple(
            (want.sku_id, missing)
            for want in self.request.wants
            if (missing := want.qty - self._network_stock(open_sites, want)) > 0
        )
        return RoutePlan(
            self.request.weights.preset,
            blocker=self._blocker(open_sites, short),
            candidates=tuple(self.candidates),
            short=short or tuple((want.sku_id, want.qty) for want in self.request.wants),
            notes=self.pricer.notes(),
        )

    def _network_stock(self, sites: Sequence[Site], want: Want) -> int:
        return sum(max(0, self.stock.atp(site.id, want.sku_id)) for site in sites)

    def _blocker(self, open_sites: list[Site], short: tuple[tuple[int, int], ...]) -> str:
        """Name the one thing that stands in the way, the most particular first."""
        rules, lacking = self.rules, self.lacking
        if short and rules.only and self._others_have_it(rules.only):
            return "DEST_RESTRICTED_OOS"
        if open_sites:
            return self._stock_blocker(short)
        for code in ("CAPACITY_FULL", "NO_SERVICE", "CLOSED", "CUSTOMS_DATA_MISSING"):
            if code in lacking:
                return code
        for code in ("DUTY_NOT_PRICED", "DEST_ONLY", "DEST_NEVER", "INACTIVE"):
            if code in lacking:
                return code
        return "NO_WAREHOUSE"

    def _stock_blocker(self, short: tuple[tuple[int, int], ...]) -> str:
        if short:
            # Stock past a preferred warehouse, out of reach only for want of customs data.
            if "CUSTOMS_DATA_MISSING" in self.lacking and self._others_have_it(self.rules.prefer):
                return "CUSTOMS_DATA_MISSING"
            return "OUT_OF_STOCK"
        if "SPLIT_TOO_DEAR" in self.lacking:
            return "SPLIT_TOO_DEAR"
        if "LOT_LIFE" in self.lacking:
            return "LOT_LIFE"
        return "SPLIT_NOT_ALLOWED"

    def _others_have_it(self, chosen: frozenset[int]) -> bool:
        others = [site for site in self.network.sites if site.id not in chosen and site.is_active]
        return all(
            any(self.stock.atp(site.id, want.sku_id) >= want.qty for site in others)
            for want in self.request.wants
        )


def why_not(plan: RoutePlan, warehouse_code: str) -> Candidate | None:
    """Return the candidate that says why one warehouse alone was not chosen, None if unknown.

    A removed candidate has its filter; one that passed has terms to compare with the plan's.
    """
    return next((c for c in plan.candidates if c.warehouses == (warehouse_code,)), None)


def term_differences(plan: RoutePlan, other: Candidate) -> list[tuple[str, Decimal]]:
    """List the terms by which a candidate costs more (+) or less (-) than the plan, largest first.

    Empty when a filter removed the candidate.
    """
    if other.terms is None:
        return []
    found = [
        (name, getattr(other.terms, name) - getattr(plan.terms, name))
        for name in Terms.__dataclass_fields__
    ]
    return sorted(
        ((name, amount) for name, amount in found if amount),
        key=lambda item: (-abs(item[1]), item[0]),
    )
