"""How long a lot must live on at delivery, by customer, SKU, channel and country (X13).

The most specific rule counts: one that names the customer before one that names the SKU, then the
channel, then the country. So a rule for a customer beats one for a SKU in a channel and country.

Without a rule the channel's own figure holds, and picking stops some days before expiry (45 by
default): a lot must outlive both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple


class LifeRuleFact(NamedTuple):
    """One rule; 0 and "" mean any. `min_days` at delivery."""

    customer_id: int
    sku_id: int
    channel_id: int
    country: str
    min_days: int


class LifeTerms(NamedTuple):
    """What a want asks of a lot: days left at delivery and days left when it is handed over."""

    min_days: int
    stop_days: int = 0

    def needed_until(self, arrives_by: dt.date, leaves_on: dt.date) -> dt.date:
        """Return the last day on which the units must still be usable."""
        return max(
            arrives_by + dt.timedelta(days=self.min_days),
            leaves_on + dt.timedelta(days=self.stop_days),
        )


@dataclass(frozen=True, slots=True)
class LifeRules:
    """All rules by (customer, SKU, channel, country), and the days picking stops without one."""

    days: Mapping[tuple[int, int, int, str], int] = field(default_factory=dict)
    stop_days: int = 0

    def terms(
        self, *, sku_id: int, channel_id: int, country: str, customer_id: int | None, default: int
    ) -> LifeTerms:
        """Return what an order asks of a SKU's lots; `default` days when no rule fits."""
        if self.days:
            for customer, sku, channel, place in product(
                (customer_id or 0, 0), (sku_id, 0), (channel_id, 0), (country, "")
            ):
                found = self.days.get((customer, sku, channel, place))
                if found is not None:
                    return LifeTerms(found)
        return LifeTerms(default, self.stop_days)


def rules_of(rows: Iterable[LifeRuleFact], *, stop_days: int) -> LifeRules:
    """Return the rules, ready to be looked up."""
    return LifeRules(
        {(row.customer_id, row.sku_id, row.channel_id, row.country): row.min_days for row in rows},
        stop_days,
    )
