"""What the sales of a category say about its kind: repeats, pace, companions, season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.domain.categories import Facts, season_ratio

#: A buyer is watched so long after the first purchase. Source: B-53, "over 12 months".
WATCHED_DAYS: Final = 365

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sales:
    """Purchases [M]: numbers of customer and category, the day of each (days from an epoch)."""

    names: Sequence[str]
    customer: Ints
    category: Ints
    day: Ints


def facts_of(
    sales: Sales, cut_day: int, monthly: Mapping[str, NDArray[np.float64]]
) -> dict[str, Facts]:
    """Return the facts of each category in `monthly` (units of complete months, oldest first).

    Buyers first bought 365 days or more before `cut_day`; each is watched for 365 days. The
    companion is the other category that most of them bought later within that time.
    """
    days = pd.DataFrame(
        {"customer": sales.customer, "category": sales.category, "day": sales.day}
    ).drop_duplicates()
    days = days[days["day"] <= cut_day].sort_values(["category", "customer", "day"])
    first = days.groupby(["category", "customer"], sort=True)["day"].transform("min")
    days = days.assign(first=first)
    watched = days[days["first"] <= cut_day - WATCHED_DAYS]
    number = {name: place for place, name in enumerate(sales.names)}
    return {
        name: _one(number.get(name, -1), watched, days, units) for name, units in monthly.items()
    }


def _one(
    place: int, watched: pd.DataFrame, days: pd.DataFrame, units: NDArray[np.float64]
) -> Facts:
    """Return the facts of one category."""
    own = watched[watched["category"] == place]
    starts = own.drop_duplicates("customer").set_index("customer")["first"]
    again = own[(own["day"] > own["first"]) & (own["day"] <= own["first"] + WATCHED_DAYS)]
    gaps = own.groupby("customer")["day"].diff().dropna().to_numpy()
    buyers = len(starts)
    return Facts(
        months=len(units),
        buyers=buyers,
        repeat_share=again["customer"].nunique() / buyers if buyers else 0.0,
        gap_days=float(np.median(gaps)) if len(gaps) else None,
        gap_spread=float(np.subtract(*np.percentile(gaps, [75, 25]))) if len(gaps) else None,
        cross_share=_companion(place, starts, days),
        season_ratio=season_ratio(units),
    )


def _companion(place: int, starts: pd.Series[int], days: pd.DataFrame) -> float:
    """Return the share of buyers who later bought the likeliest other category."""
    if starts.empty:
        return 0.0
    others = days[(days["category"] != place) & days["customer"].isin(starts.index)]
    since = others["customer"].map(starts)
    later = others[(others["day"] > since) & (others["day"] <= since + WATCHED_DAYS)]
    if later.empty:
        return 0.0
    return float(later.groupby("category")["customer"].nunique().max() / len(starts))
