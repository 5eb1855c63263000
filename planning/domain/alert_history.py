"""How often a rule would have fired: severities day by day, counted where they begin.

Arrays are [N, T]: a row for each SKU-warehouse, a column for each day, the newest last. Stock of
past days is today's less what came and plus what left since; rates and lead times are today's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.domain.alert_covers import FIXED_REASONS, CoverFacts
from planning.domain.alert_rules import KINDS, Kind, Rule, Severity, Side

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Firings:
    """Alerts that call somebody, mere suggestions, and the days that were looked at."""

    calls: int
    suggestions: int
    days: int

    @property
    def a_day(self) -> float:
        """Return calls a day."""
        return self.calls / self.days if self.days else 0.0


def count(severity: Ints) -> Firings:
    """Return how often a severity began or got worse; what stood on the first day began before."""
    if severity.size == 0:
        return Firings(0, 0, max(0, severity.shape[-1] - 1))
    rose = severity[:, 1:] > severity[:, :-1]
    now = severity[:, 1:]
    calls = int((rose & (now >= Severity.HIGH)).sum())
    ideas = int((rose & (now == Severity.NOTICE)).sum())
    return Firings(calls, ideas, severity.shape[1] - 1)


def stock_of(now: Sequence[int], came: Ints, left: Ints) -> tuple[Ints, Ints]:
    """Return units at the end of each day, and units that left after it.

    `came` and `left` are the units of each day, the newest last.
    """
    since = _after(left)
    units = np.asarray(now, dtype=np.int64)[:, None] - _after(came) + since
    return units, since


def _after(daily: Ints) -> Ints:
    """Return for each day the sum over the days behind it."""
    total = daily[:, ::-1].cumsum(axis=1)[:, ::-1]
    return total - daily


def cover_severity(facts: Sequence[CoverFacts], rule: Rule, units: Ints, since: Ints) -> Ints:
    """Return the severity of low cover on each day, arrivals that were under way left out."""
    daily = np.array([one.daily for one in facts])[:, None]
    asked = daily > 0
    rate = np.where(asked, daily, 1.0)
    stock = np.maximum(units, 0) / rate
    more = since / rate
    near = _column([one.near_days for one in facts]) + more
    position = _column([one.position_days for one in facts]) + more
    red = (stock < _column([one.flat_red for one in facts])) | (
        near < _column([one.lead_red for one in facts])
    )
    yellow = (stock <= _column([one.flat_yellow for one in facts])) | (
        position < _column([one.lead_yellow for one in facts])
    )
    found = np.where(red, Severity.CRITICAL, 0)
    if rule.least_band == "yellow":
        found = np.where(~red & yellow, Severity.HIGH, found)
    fixed = np.array([one.reason in FIXED_REASONS for one in facts])[:, None]
    return np.where(asked & ~fixed, found, 0).astype(np.int64)


def overstock_severity(facts: Sequence[CoverFacts], rule: Rule, units: Ints) -> Ints:
    """Return the severity of too much stock on each day, by days of cover."""
    daily = np.array([one.daily for one in facts])[:, None]
    days = np.where(daily > 0, np.maximum(units, 0) / np.where(daily > 0, daily, 1.0), 0.0)
    lead = _column([one.regular_days for one in facts])
    value = _column([float(one.unit_value) for one in facts])
    warn = _limit(rule.warn)
    clear = (days > warn + lead) | (days >= _limit(rule.critical))
    over = np.maximum(0.0, units - daily * (warn if np.isfinite(warn) else _limit(rule.critical)))
    high = clear & (over * value >= float(rule.high_amount))
    found = np.where(clear | (days > _limit(rule.notice)), Severity.NOTICE, 0)
    return np.where(high, Severity.HIGH, found).astype(np.int64)


def limit_severity(rule: Rule, values: Floats, units: Floats | None = None) -> Ints:
    """Return the severity of a value on each day by a rule's limits; NaN is none.

    `units` below the rule's least units fire nothing.
    """
    found = np.zeros(values.shape, dtype=np.int64)
    side = KINDS[rule.kind].side
    for limit, severity in (
        (rule.notice, Severity.NOTICE),
        (rule.warn, Severity.HIGH),
        (rule.critical, Severity.CRITICAL),
    ):
        if limit is None:
            continue
        number = float(limit)
        with np.errstate(invalid="ignore"):
            passed = values <= number if side == Side.UP_TO else values >= number
        found = np.where(passed, severity, found)
    if units is not None:
        found = np.where(units >= rule.least_units, found, 0)
    return found


def rolling(daily: Floats, days: int) -> Floats:
    """Return the sum of each day and the `days - 1` before it; the first ones are shorter."""
    total = daily.cumsum(axis=1)
    total[:, days:] = total[:, days:] - total[:, :-days].copy()
    return total


def began_within(offsets: Sequence[int], days: int) -> Firings:
    """Return how many conditions began within the last days; an offset is days before today."""
    return Firings(sum(0 <= offset < days for offset in offsets), 0, days)


def is_replayed(kind: Kind) -> bool:
    """Tell whether a kind is judged again on past days; others count the alerts they raised."""
    return kind not in {Kind.ORDER_DUE, Kind.INSERT_STOCK}


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.inf if one is None else one for one in values], dtype=np.float64)[:, None]


def _limit(limit: object) -> float:
    return np.inf if limit is None else float(str(limit))
