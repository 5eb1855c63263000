"""What a parcel costs by each service, and how many business days it takes.

A rate card prices one service in one currency by zones; a zone is a set of (country, postcode
prefix) reached from one warehouse or from any ("" = any), with its transit days and its weight
breaks. For a destination each service uses its most particular zone: own warehouse before any,
named country before the rest of the world ("*"), longer postcode prefix before shorter.

The table is compiled once per (warehouse, country, postcode prefix): all breaks of all services
are merged into one sorted list, and the answer of every interval is built beforehand: a look-up is
two dictionary reads and one bisection. Worked: breaks 500 g -> 4.00 and 2 000 g -> 6.50 give
501 g -> 6.50. Above the last break a zone either adds `per_extra_kg` for each started kilogram
(2 000 g -> 6.50, +1.50/kg: 3 200 g -> 6.50 + 2 x 1.50 = 9.50) or does not offer the service.

Volumetric weight in grams is length x width x height in mm3 over the service's divisor in cm3/kg
(mm3/1000 is cm3, times 1000 g/kg: the two thousands cancel); the heavier of the two counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

ANY_COUNTRY: Final = "*"
ANY_WAREHOUSE: Final = ""
Dims = tuple[int, int, int]


class RateOption(NamedTuple):
    """One service for one parcel: the price in `currency`, transit in business days."""

    service_code: str
    cost: Decimal
    currency: str
    transit_lo: int
    transit_hi: int


@dataclass(frozen=True, slots=True)
class ZonePrice:
    """The prices of one service into one zone; `breaks` are (max g, amount), ascending."""

    service_code: str
    currency: str
    transit_lo: int
    transit_hi: int
    breaks: tuple[tuple[int, Decimal], ...]
    per_extra_kg: Decimal | None = None
    volume_divisor: int = 0

    def amount(self, weight_g: int) -> Decimal | None:
        """Return the price of a billable weight in grams, or None when the zone ends below it."""
        index = bisect_left(self.breaks, weight_g, key=lambda item: item[0])
        if index < len(self.breaks):
            return self.breaks[index][1]
        if self.per_extra_kg is None or not self.breaks:
            return None
        top_g, top_amount = self.breaks[-1]
        extra_kg = -(-(weight_g - top_g) // 1000)
        return top_amount + extra_kg * self.per_extra_kg

    def option(self, weight_g: int) -> RateOption | None:
        """Return the offer for a billable weight in grams, or None."""
        amount = self.amount(weight_g)
        if amount is None:
            return None
        return RateOption(
            self.service_code, amount, self.currency, self.transit_lo, self.transit_hi
        )


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a zone price applies: a warehouse ("" = any), a country ("*" = rest), a prefix."""

    warehouse_code: str
    country: str
    postcode_prefix: str = ""


@dataclass(slots=True)
class _Lane:
    """One (warehouse, country, prefix), ready to answer."""

    prices: tuple[ZonePrice, ...]
    cuts: list[int]
    answers: list[tuple[RateOption, ...]]
    least_divisor: int

    def by_weight(self, weight_g: int) -> tuple[RateOption, ...]:
        index = bisect_left(self.cuts, weight_g)
        if index < len(self.answers):
            return self.answers[index]
        return tuple(o for p in self.prices if (o := p.option(weight_g)) is not None)

    def by_size(self, weight_g: int, volume_mm3: int) -> tuple[RateOption, ...]:
        if not self.least_divisor or volume_mm3 <= weight_g * self.least_divisor:
            return self.by_weight(weight_g)
        offers = (p.option(billable_g(weight_g, volume_mm3, p.volume_divisor)) for p in self.prices)
        return tuple(offer for offer in offers if offer is not None)


def billable_g(weight_g: int, volume_mm3: int, divisor: int) -> int:
    """Return the heavier of true and volumetric weight in grams; divisor 0 = true weight only.

    240 x 180 x 120 mm at 5 000 cm3/kg: 5 184 000 / 5 000 = 1 037 g.
    """
    if not divisor:
        return weight_g
    return max(weight_g, -(-volume_mm3 // divisor))


@dataclass(slots=True)
class RateTable:
    """All rate cards valid on one day, compiled for look-up. Immutable to its readers.

    `flat` is the one offer for destinations that no card covers; `default_weight_g` counts for a
    SKU without weight.
    """

    prices: Mapping[Destination, Sequence[ZonePrice]] = field(default_factory=dict)
    flat: RateOption | None = None
    default_weight_g: int = 500
    _lanes: dict[tuple[str, str, str], _Lane | None] = field(default_factory=dict)
    _prefixes: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def options(
        self,
        warehouse_code: str,
        country: str,
        postcode: str,
        weight_g: int,
        dims: Dims | None = None,
    ) -> tuple[RateOption, ...]:
        """Return every service's offer, ordered by service code; the flat offer when there is none.

        `weight_g` is the true weight in grams, `dims` (length, width, height) in mm. Empty only
        when no card covers the parcel and there is no flat service.
        """
        lane = self._lane(warehouse_code, country, postcode)
        if lane is not None:
            if dims is None:
                offers = lane.by_weight(weight_g)
            else:
                offers = lane.by_size(weight_g, dims[0] * dims[1] * dims[2])
            if offers:
                return offers
        return (self.flat,) if self.flat is not None else ()

    def is_flat(self, warehouse_code: str, country: str, postcode: str, weight_g: int) -> bool:
        """Say whether only the flat offer is left for this parcel."""
        lane = self._lane(warehouse_code, country, postcode)
        return lane is None or not lane.by_weight(weight_g)

    def _lane(self, warehouse_code: str, country: str, postcode: str) -> _Lane | None:
        place = (warehouse_code, country)
        prefixes = self._prefixes.get(place)
        if prefixes is None:
            prefixes = self._prefixes[place] = self._list_prefixes(warehouse_code, country)
        matched = ""
        if prefixes:
            plain = plain_postcode(postcode)
            matched = next((p for p in prefixes if plain.startswith(p)), "")
        key = (warehouse_code, country, matched)
        if key in self._lanes:
            return self._lanes[key]
        lane = self._lanes[key] = self._compile(warehouse_code, country, matched)
        return lane

    def _list_prefixes(self, warehouse_code: str, country: str) -> tuple[str, ...]:
        found = {
            d.postcode_prefix
            for d in self.prices
            if d.country == country and d.warehouse_code in {warehouse_code, ANY_WAREHOUSE}
        }
        return tuple(sorted(found - {""}, key=lambda prefix: (-len(prefix), prefix)))

    def _compile(self, warehouse_code: str, country: str, prefix: str) -> _Lane | None:
        chosen: dict[str, ZonePrice] = {}
        for destination in _from_general_to_particular(warehouse_code, country, prefix):
            for price in self.prices.get(destination, ()):
                chosen[price.service_code] = price
        if not chosen:
            return None
        prices = tuple(chosen[code] for code in sorted(chosen))
        cuts = sorted({cut for price in prices for cut, _amount in price.breaks})
        answers = [tuple(o for p in prices if (o := p.option(cut)) is not None) for cut in cuts]
        divisors = [price.volume_divisor for price in prices if price.volume_divisor]
        return _Lane(prices, cuts, answers, min(divisors, default=0))


def plain_postcode(postcode: str) -> str:
    """Return a postcode in capitals without blanks and dashes, as prefixes are stored."""
    return postcode.upper().replace(" ", "").replace("-", "")


def _from_general_to_particular(
    warehouse_code: str, country: str, prefix: str
) -> list[Destination]:
    """List the destinations that may price a parcel; a later one wins over an earlier one."""
    places = [(ANY_COUNTRY, "")]
    places += [(country, prefix[:length]) for length in range(len(prefix) + 1)]
    warehouses = [ANY_WAREHOUSE, warehouse_code] if warehouse_code else [ANY_WAREHOUSE]
    # Nearness of the warehouse outranks nearness of the place: a card made for one warehouse
    # is what that warehouse pays.
    return [Destination(w, c, p) for w in warehouses for c, p in places]
