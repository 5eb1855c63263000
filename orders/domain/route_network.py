"""The network that orders are routed over, with look-ups compiled once and shared by all orders.

A network holds master data as of one moment: sites, rates, rules, duties, calendars. It is built
by the services, kept for some seconds, and gives the same answer for the same question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, NamedTuple

from orders.domain import geo
from orders.domain.promise import HandOver, NoOpenDay, Promise, WorkCalendar, hand_over, promise
from orders.domain.route_facts import (
    DestinationRuleFact,
    DutyFact,
    Rates,
    ServiceFact,
    Site,
)

#: Site, the service's cut-off, and the channel's own handling days.
_LeavingKey = tuple[int, dt.time | None, int | None]

#: Countries between which goods move without customs.
CUSTOMS_UNION: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
_ONE_DAY: Final = dt.timedelta(days=1)
_MANY: Final = 20_000


class RuleSet(NamedTuple):
    """The destination rules that hold for one address, by warehouse id."""

    only: frozenset[int]
    prefer: frozenset[int]
    never: frozenset[int]


NO_RULES: Final = RuleSet(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class SplitLimits:
    """X03: extra freight as a share of the order's value."""

    freight_ratio: Decimal = Decimal("0.15")


@dataclass(slots=True)
class RouteNetwork:
    """Sites, rates and rules. `exchange` maps a currency to its worth in `currency`.

    `transit` holds measured (lo, hi) days by (warehouse id, service, country).
    """

    sites: Sequence[Site]
    rates: Rates
    currency: str = "USD"
    version: str = "1"
    services: Mapping[str, ServiceFact] = field(default_factory=dict)
    rules: Sequence[DestinationRuleFact] = ()
    duties: Mapping[tuple[str, str], DutyFact] = field(default_factory=dict)
    exchange: Mapping[str, Decimal] = field(default_factory=dict)
    transit: Mapping[tuple[int, str, str], tuple[int, int]] = field(default_factory=dict)
    carrier_workdays: str = "1111100"
    holidays: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)
    limits: SplitLimits = field(default_factory=SplitLimits)
    _by_id: dict[int, Site] = field(default_factory=dict)
    _leaving: dict[_LeavingKey, tuple[dt.datetime, dt.datetime, HandOver | None]] = field(
        default_factory=dict
    )
    _arrivals: dict[tuple[HandOver, str, int, int], Promise | None] = field(default_factory=dict)
    _rules: dict[tuple[str, str, str], RuleSet] = field(default_factory=dict)
    _carriers: dict[str, WorkCalendar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sites = tuple(sorted(self.sites, key=lambda site: site.code))
        self._by_id = {site.id: site for site in self.sites}

    def site(self, warehouse_id: int) -> Site:
        """Return a site by its id.

        Raises:
            KeyError: no such warehouse.
        """
        return self._by_id[warehouse_id]

    def to_cost(self, amount: Decimal, currency: str) -> Decimal:
        """Return an amount in the network's currency; an unknown currency counts at par."""
        if currency == self.currency or not currency:
            return amount
        return amount * self.exchange.get(currency, Decimal(1))

    def is_at_par(self, currency: str) -> bool:
        """Say whether a currency is compared one to one because nobody entered its rate."""
        return bool(currency) and currency != self.currency and currency not in self.exchange

    def leaving(
        self,
        site: Site,
        cutoff: dt.time | None,
        as_of: dt.datetime,
        handling_days: int | None = None,
    ) -> HandOver | None:
        """Return the hand-over for an order known at `as_of`, None when the site stays closed.

        `handling_days` are the channel's own working days; None takes the site's. The answer is
        the same between two cut-offs, so it is kept for that span.
        """
        key = (site.id, cutoff, handling_days)
        kept = self._leaving.get(key)
        if kept is not None and kept[0] < as_of <= kept[1]:
            return kept[2]
        calendar = site.calendar
        if handling_days is not None:
            calendar = replace(calendar, processing_days=handling_days)
        day = as_of.astimezone(calendar.zone).date()
        upper = calendar.cutoff_at(day, cutoff)
        if as_of > upper:
            day += _ONE_DAY
            upper = calendar.cutoff_at(day, cutoff)
        lower = calendar.cutoff_at(day - _ONE_DAY, cutoff)
        try:
            found: HandOver | None = hand_over(calendar, as_of=as_of, service_cutoff=cutoff)
        except NoOpenDay:
            found = None
        self._leaving[key] = (lower, upper, found)
        return found

    def arrival(self, leaving: HandOver, country: str, lo: int, hi: int) -> Promise | None:
        """Return the arrival range of a parcel, None when the carrier stays closed."""
        key = (leaving, country, lo, hi)
        if key in self._arrivals:
            return self._arrivals[key]
        try:
            found: Promise | None = promise(
                leaving, transit_lo=lo, transit_hi=hi, carrier=self._carrier(country)
            )
        except NoOpenDay:
            found = None
        if len(self._arrivals) > _MANY:
            self._arrivals.clear()
        self._arrivals[key] = found
        return found

    def _carrier(self, country: str) -> WorkCalendar:
        if country not in self._carriers:
            self._carriers[country] = WorkCalendar(
                self.carrier_workdays, self.holidays.get(country, frozenset())
            )
        return self._carriers[country]

    def is_foreign(self, origin: str, country: str) -> bool:
        """Say whether goods from `origin` pass customs on their way to `country`."""
        if origin == country or not origin or not country:
            return False
        return not (origin in CUSTOMS_UNION and country in CUSTOMS_UNION)

    def duty(self, origin: str, country: str) -> DutyFact | None:
        """Return the duty on a lane, or None when nobody priced it."""
        found = self.duties.get((origin, country))
        return found if found is not None else self.duties.get(("", country))

    def rules_for(self, channel: str, country: str, postcode: str) -> RuleSet:
        """Return the rules for an address: a channel's own before general, longer prefix first."""
        if not self.rules:
            return NO_RULES
        key = (channel, country, postcode)
        if key not in self._rules:
            if len(self._rules) > _MANY:
                self._rules.clear()
            plain = postcode.upper().replace(" ", "").replace("-", "")
            matching = [
                rule
                for rule in self.rules
                if rule.country == country
                and rule.channel_code in {None, channel}
                and plain.startswith(rule.postcode_prefix)
            ]
            self._rules[key] = RuleSet(
                _most_particular(matching, "only"),
                _most_particular(matching, "prefer"),
                frozenset(r.warehouse_id for r in matching if r.kind == "never"),
            )
        return self._rules[key]

    def distance(self, site: Site, country: str, postcode: str) -> int | None:
        """Return the km from a site to a destination, None when either place is unknown."""
        if site.lat is None or site.lon is None:
            return None
        start = postcode[:1] if country == "US" else ""
        return geo.distance_to(site.lat, site.lon, country, start)

    def transit_of(
        self, site: Site, service: str, country: str, card: tuple[int, int]
    ) -> tuple[int, int]:
        """Return transit days on a lane: as measured, else as the rate card says."""
        return self.transit.get((site.id, service, country), card)


def _most_particular(rules: Iterable[DestinationRuleFact], kind: str) -> frozenset[int]:
    ranked = [
        ((rule.channel_code is not None, len(rule.postcode_prefix)), rule.warehouse_id)
        for rule in rules
        if rule.kind == kind
    ]
    if not ranked:
        return frozenset()
    best = max(rank for rank, _id in ranked)
    return frozenset(warehouse_id for rank, warehouse_id in ranked if rank == best)
