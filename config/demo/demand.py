"""What the demo's customers ordered: 18 months with seasons, a weekly rhythm and a few spikes.

Deterministic for its seed and its last day. Popularity follows Zipf; textiles sell in winter, tea
around the spring and autumn festivals, and two campaign days stand out, so that a forecast has
something to find.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from config.demo.catalog import DemoSku
from config.demo.people import DemoCustomer

CHANNEL_SHARES = (("web-eu", 0.42), ("web-us", 0.33), ("market-de", 0.15), ("web-cn", 0.10))
WEEKDAY_FACTORS = (1.05, 1.0, 0.97, 0.98, 1.05, 0.95, 1.0)
LINE_COUNT_SHARES = (0.55, 0.25, 0.12, 0.05, 0.03)
CAMPAIGN_DAYS = frozenset({(11, 11), (6, 18)})
CAMPAIGN_FACTOR = 3.2


@dataclass(frozen=True, slots=True)
class DemoLine:
    """Units of one SKU at the price paid."""

    sku: DemoSku
    qty: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """One order as a channel would tell it. `placed_at` is aware, in UTC."""

    external_id: str
    channel: str
    placed_at: dt.datetime
    customer: DemoCustomer
    lines: tuple[DemoLine, ...]


def history(
    *,
    catalog: Sequence[DemoSku],
    buyers: Sequence[DemoCustomer],
    last_day: dt.date,
    order_count: int,
    seed: int = 13,
) -> Iterator[DemoOrder]:
    """Yield about `order_count` orders of the 18 months up to `last_day`, oldest first."""
    rng = random.Random(seed)
    days = [last_day - dt.timedelta(days=back) for back in range(548, -1, -1)]
    weights = [_day_weight(day) * (1 + 0.0006 * since) for since, day in enumerate(days)]
    scale = order_count / sum(weights)
    popularity = list(accumulate(1 / rank**1.05 for rank in range(1, len(catalog) + 1)))
    number = 0
    for day, weight in zip(days, weights, strict=True):
        for _ in range(_round_half(weight * scale, rng)):
            number += 1
            buyer = buyers[min(int(rng.expovariate(3.0) * len(buyers)), len(buyers) - 1)]
            yield DemoOrder(
                external_id=f"H{number:06d}",
                channel=channel_of(buyer, rng),
                placed_at=_moment(day, rng),
                customer=buyer,
                lines=basket(catalog, popularity, day, rng),
            )


def channel_of(buyer: DemoCustomer, rng: random.Random) -> str:
    """Return the channel a buyer of this country orders from."""
    if buyer.country == "CN":
        return "web-cn"
    if buyer.country in {"US", "CA", "AU"}:
        return "web-us"
    return "market-de" if buyer.country == "DE" and rng.random() < 0.4 else "web-eu"


def basket(
    catalog: Sequence[DemoSku],
    popularity: Sequence[float],
    day: dt.date,
    rng: random.Random,
) -> tuple[DemoLine, ...]:
    """Return the lines of one order: distinct SKUs, in season more likely."""
    count = rng.choices(range(1, 6), weights=LINE_COUNT_SHARES)[0]
    chosen: dict[str, DemoLine] = {}
    while len(chosen) < count:
        sku = rng.choices(catalog, cum_weights=popularity)[0]
        if rng.random() < season(sku.category, day):
            qty = 1 + (rng.random() < 0.25) + (rng.random() < 0.05)
            chosen.setdefault(sku.code, DemoLine(sku, qty, sku.list_price))
    return tuple(chosen.values())


def season(category: str, day: dt.date) -> float:
    """Return how likely a look becomes a purchase on `day`, between 0 and 1."""
    winter = 0.5 + 0.5 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365)
    return {
        "Textiles": 0.25 + 0.75 * winter,
        "Tea": 0.55 + 0.45 * abs(math.cos(2 * math.pi * (day.timetuple().tm_yday - 30) / 365)),
        "Home": 0.4 + 0.4 * winter,
    }.get(category, 0.7)


def _day_weight(day: dt.date) -> float:
    campaign = CAMPAIGN_FACTOR if (day.month, day.day) in CAMPAIGN_DAYS else 1.0
    return WEEKDAY_FACTORS[day.weekday()] * campaign


def _round_half(value: float, rng: random.Random) -> int:
    whole = int(value)
    return whole + (rng.random() < value - whole)


def _moment(day: dt.date, rng: random.Random) -> dt.datetime:
    second = int(rng.triangular(0, 86_399, 68_000))
    return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=second)
