"""Four kinds of goods and how each is planned; the kind is proposed from what was sold.

Source: behaviours B-51 to B-54 for the kinds and the 10 % bound; the other numbers are house
defaults of those rows, and a person may change any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError, gettext_noop

Kind = Literal["consumable", "upgrade", "durable", "seasonal"]
Sourcing = Literal["stock", "stock_with_companions", "make_to_order", "staged"]
Metric = Literal["cycle_accuracy", "cross_sell_share", "first_conversion", "season_error"]

KINDS: Final[tuple[Kind, ...]] = ("consumable", "upgrade", "durable", "seasonal")
#: Bounds of the proposal.
CYCLE_DAYS: Final = (30, 90)
DURABLE_SHARE: Final = 0.10
UPGRADE_SHARE: Final = 0.20
SEASON_RATIO: Final = 2.0
LEAST_BUYERS: Final = 30
LEAST_MONTHS: Final = 12
#: Gaps spread less than this share of their median come at a fixed pace.
STEADY_SPREAD: Final = 0.6


class PolicyUnknown(DomainError):
    """A category policy has a kind or a number that planning doesn't know."""

    code = "CATEGORY_POLICY_UNKNOWN"
    text = gettext_noop("%(field)s of the category policy can't be %(value)s. Use %(allowed)s.")


@dataclass(frozen=True, slots=True)
class Policy:
    """How the goods of one kind are planned.

    `service_share` is the probability that a cycle ends without a stock-out, `batches` the
    call-offs of one season, `prepare_days` how long before the season they are asked for.
    `companions`: related goods are proposed with it. `external_data`: search trends and the event
    index count. `metric` is the figure the kind is judged by.
    """

    kind: Kind
    sourcing: Sourcing
    service_share: float
    metric: Metric
    batches: int = 1
    prepare_days: int = 0
    companions: bool = False
    external_data: bool = False


DEFAULTS: Final[Mapping[Kind, Policy]] = {
    "consumable": Policy("consumable", "stock", 0.97, "cycle_accuracy"),
    "upgrade": Policy(
        "upgrade", "stock_with_companions", 0.95, "cross_sell_share", companions=True
    ),
    "durable": Policy("durable", "make_to_order", 0.85, "first_conversion"),
    "seasonal": Policy(
        "seasonal", "staged", 0.95, "season_error", batches=3, prepare_days=90, external_data=True
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What twelve months say about one product or category.

    `buyers` first bought it long enough ago to have come back, `repeat_share` of them did within
    12 months. `gap_days` and `gap_spread` are median and interquartile range of the days between
    purchases, None without any. `cross_share` = buyers who then bought a related product;
    `season_ratio` = strongest quarter / mean quarter; `months` of history.
    """

    months: int
    buyers: int
    repeat_share: float
    gap_days: float | None = None
    gap_spread: float | None = None
    cross_share: float = 0.0
    season_ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed kind, None when too little is known; `reasons` = (fact, value, bound)."""

    kind: Kind | None
    reasons: tuple[tuple[str, float, float], ...]


def propose(facts: Facts) -> Proposal:
    """Return the kind that the facts speak for; a person decides.

    Season first, since a strong quarter also hides repeat purchases; then the pace of repeats,
    then related goods, then the lack of repeats. Nothing clear proposes nothing.
    """
    if facts.months < LEAST_MONTHS:
        return Proposal(None, (("months", facts.months, LEAST_MONTHS),))
    if facts.season_ratio >= SEASON_RATIO:
        return Proposal("seasonal", (("season_ratio", facts.season_ratio, SEASON_RATIO),))
    if facts.buyers < LEAST_BUYERS:
        return Proposal(None, (("buyers", facts.buyers, LEAST_BUYERS),))
    return _by_repeats(facts)


def _by_repeats(facts: Facts) -> Proposal:
    """Judge what enough buyers did after their first purchase."""
    comes_back = facts.repeat_share >= DURABLE_SHARE
    gap = facts.gap_days
    if comes_back and gap is not None and CYCLE_DAYS[0] <= gap <= CYCLE_DAYS[1]:
        spread = (facts.gap_spread or 0.0) / gap
        if spread <= STEADY_SPREAD:
            paces = (("gap_days", gap, float(CYCLE_DAYS[1])), ("spread", spread, STEADY_SPREAD))
            return Proposal("consumable", paces)
    if facts.cross_share >= UPGRADE_SHARE:
        return Proposal("upgrade", (("cross_share", facts.cross_share, UPGRADE_SHARE),))
    if not comes_back:
        return Proposal("durable", (("repeat_share", facts.repeat_share, DURABLE_SHARE),))
    return Proposal(None, ())


def season_ratio(monthly: NDArray[np.float64]) -> float:
    """Return the strongest calendar quarter over the mean one, of the newest 12 months [T].

    1 when fewer months are known or nothing was sold.
    """
    if len(monthly) < LEAST_MONTHS or not monthly[-LEAST_MONTHS:].sum():
        return 1.0
    year = monthly[-LEAST_MONTHS:]
    twice = np.concatenate([year, year])
    quarters = np.convolve(twice, np.ones(3), "valid")[:LEAST_MONTHS]
    return float(quarters.max() / (year.sum() / 4))


def effective(
    sku_policy: Policy | None, category_policy: Policy | None, default: Kind = "consumable"
) -> tuple[Policy, str]:
    """Return the policy in force and whose it is: "sku", "category" or "default"."""
    if sku_policy is not None:
        return sku_policy, "sku"
    if category_policy is not None:
        return category_policy, "category"
    return DEFAULTS[default], "default"


def check_policy(policy: Policy) -> Policy:
    """Return the policy if planning can act on it.

    Raises:
        PolicyUnknown: naming the field, its value and what is allowed.
    """
    rules: Sequence[tuple[str, object, bool, str]] = (
        ("kind", policy.kind, policy.kind in KINDS, ", ".join(KINDS)),
        ("service_share", policy.service_share, 0.5 <= policy.service_share < 1, "0.5 to 0.999"),
        ("batches", policy.batches, 1 <= policy.batches <= 12, "1 to 12"),
        ("prepare_days", policy.prepare_days, 0 <= policy.prepare_days <= 365, "0 to 365"),
    )
    for name, value, is_fine, allowed in rules:
        if not is_fine:
            raise PolicyUnknown(field=name, value=str(value), allowed=allowed)
    return policy
