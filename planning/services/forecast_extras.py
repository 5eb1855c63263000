"""Terms of a forecast beside its history: locked methods, likeness, repeat customers, events.

They are put on in this order, so that each speaks of what the former left: a method or a likeness
sets the level, repeats replace those the level holds, events multiply the weeks they cover.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from inventory.models import Sku
from planning.domain import forecast_terms as rules
from planning.domain import methods
from planning.domain.series import Panel
from planning.models import DemandAnalogue, DemandEvent, MethodLock
from planning.queries import repurchase

Pair = tuple[int, int]
Key = tuple[int, int, int]
Floats = NDArray[np.float64]
LONG_KNOWN = 26  # weeks from which a SKU may stand for its category


@dataclass(frozen=True)
class Extras:
    """What is known beside the history at a moment, for the weeks from `monday` on."""

    as_of: dt.datetime
    monday: dt.date
    weeks: int
    locks: Sequence[MethodLock]
    analogues: Sequence[DemandAnalogue]
    events: Sequence[DemandEvent]
    categories: Mapping[int, str]
    repurchase_run: int | None

    def fingerprint(self) -> tuple[Any, ...]:
        """Return what of it decides the numbers."""
        return (
            tuple((one.sku_id, one.warehouse_id, one.method) for one in self.locks),
            tuple(
                (one.sku_id, one.warehouse_id, one.like_sku_id, str(one.multiplier))
                for one in self.analogues
            ),
            tuple(
                (
                    *(one.sku_id, one.category, one.warehouse_id, one.channel_id),
                    *(one.from_on.isoformat(), one.until_on.isoformat(), str(one.factor)),
                )
                for one in self.events
            ),
            tuple(sorted(self.categories.items())),
            self.repurchase_run,
        )


def read_extras(*, as_of: dt.datetime, monday: dt.date, weeks: int) -> Extras:
    """Return what was known at `as_of` about the weeks from `monday` on; five statements."""
    events = DemandEvent.objects.filter(
        factor__isnull=False,
        created_at__lte=as_of,
        from_on__lt=monday + dt.timedelta(weeks=weeks),
        until_on__gte=monday,
    )
    skus = Sku.objects.filter(product__isnull=False).exclude(product__category="").order_by("pk")
    run = repurchase.latest_run(as_of)
    locks = _then(MethodLock.objects.order_by("pk"), as_of)
    analogues = _then(DemandAnalogue.objects.select_related("like_sku").order_by("pk"), as_of)
    return Extras(
        as_of=as_of,
        monday=monday,
        weeks=weeks,
        locks=list(locks),
        analogues=list(analogues),
        events=list(events.order_by("from_on", "pk")),
        categories=dict(skus.values_list("pk", "product__category")),
        repurchase_run=None if run is None else run.pk,
    )


def _then(rows: QuerySet[Any], as_of: dt.datetime) -> QuerySet[Any]:
    """Keep the rows that were entered and not withdrawn at a moment."""
    still = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=as_of)
    return rows.filter(still, created_at__lte=as_of)


@dataclass
class Table:
    """Expected units by week [N, W] of each SKU x warehouse x channel, and what made them so.

    `terms` and `own_weight` (of young SKUs, whose likeness speaks for the rest) are by pair.
    """

    keys: list[Key]
    weekly: Floats
    ages: Mapping[Pair, int]
    terms: dict[Pair, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    own_weight: dict[Pair, float] = field(default_factory=dict)
    typical: dict[Pair, float] = field(default_factory=dict)

    def rows(self) -> dict[Pair, list[int]]:
        """Return the rows of each pair."""
        found: dict[Pair, list[int]] = defaultdict(list)
        for row, key in enumerate(self.keys):
            found[key[:2]].append(row)
        return found


def put_on(table: Table, extras: Extras, panel: Panel, ratios: Floats) -> None:
    """Put every term on the table.

    `panel` holds the series of its keys, `ratios` [W] the season of the weeks.
    """
    _lock(table, extras, panel, ratios)
    _liken(table, extras)
    _repeat(table, extras)
    _eventful(table, extras)


def _lock(table: Table, extras: Extras, panel: Panel, ratios: Floats) -> None:
    rows = table.rows()
    for lock in extras.locks:
        pair = lock.sku_id, lock.warehouse_id
        if pair not in rows or lock.method not in methods.OWN_METHODS:
            continue
        series = methods.known(panel.qty[rows[pair]])
        paths = methods.level_paths(series, (len(panel.periods),))
        level = paths[methods.OWN_METHODS.index(lock.method), 0]
        before = float(table.weekly[rows[pair]].sum())
        table.weekly[rows[pair]] = level[:, None] * ratios[None, :]
        table.typical[pair] = float(level.sum())
        added = float(table.weekly[rows[pair]].sum()) - before
        table.terms[pair]["lock"] = {
            "method": lock.method,
            "reason": lock.reason,
            "added": round(added, 4),
        }


def _liken(table: Table, extras: Extras) -> None:
    """Give new SKUs the level of their like, less and less as they sell themselves."""
    rows = table.rows()
    asked: dict[Pair, DemandAnalogue | None] = {
        pair: None for pair in rows if table.ages.get(pair, 0) < rules.NEW_BELOW
    }
    asked |= {(one.sku_id, one.warehouse_id): one for one in extras.analogues}
    base = table.weekly.copy()
    middles = _Middles(rows, base, table, extras)
    for pair, wish in sorted(asked.items(), key=lambda one: one[0]):
        age = table.ages.get(pair, 0)
        if age >= rules.NEW_BELOW or (wish is None and "lock" in table.terms[pair]):
            continue
        likeness = 1.0 if wish is None else float(wish.multiplier)
        if wish is not None and wish.like_sku_id is not None:
            prior = {
                table.keys[row][2]: base[row] * likeness
                for row in rows.get((wish.like_sku_id, pair[1]), ())
            }
        else:
            prior = {at: one * likeness for at, one in middles.of(pair).items()}
        if prior:
            _mix(table, rows.get(pair, []), pair, prior, wish, age)


@dataclass
class _Middles:
    """The middle of the categories at each warehouse, worked out when first asked for."""

    rows: Mapping[Pair, list[int]]
    base: Floats
    table: Table
    extras: Extras
    known: dict[tuple[str, int], dict[int, Floats]] = field(default_factory=dict)

    def of(self, pair: Pair) -> dict[int, Floats]:
        """Return by channel the weeks of the middle SKU of the category; empty: too few."""
        place = self.extras.categories.get(pair[0], ""), pair[1]
        if not place[0]:
            return {}
        if place not in self.known:
            self.known[place] = self._work_out(*place)
        return self.known[place]

    def _work_out(self, category: str, warehouse_id: int) -> dict[int, Floats]:
        members = [
            pair
            for pair in self.rows
            if pair[1] == warehouse_id
            and self.extras.categories.get(pair[0]) == category
            and self.table.ages.get(pair, 0) >= LONG_KNOWN
        ]
        if len(members) < rules.FEWEST_LIKE:
            return {}
        totals = np.array([self.base[self.rows[pair]].sum(axis=0) for pair in members])
        whole = float(totals.sum())
        if whole <= 0:
            return {}
        middle = float(np.median(totals.sum(axis=1)))
        parts: dict[int, Floats] = defaultdict(lambda: np.zeros(self.base.shape[1]))
        for pair in members:
            for row in self.rows[pair]:
                parts[self.table.keys[row][2]] += self.base[row] * (middle / whole)
        return dict(parts)


def _mix(
    table: Table,
    rows: list[int],
    pair: Pair,
    prior: Mapping[int, Floats],
    wish: DemandAnalogue | None,
    age: int,
) -> None:
    before = float(table.weekly[rows].sum())
    own = before / table.weekly.shape[1]
    like = float(sum(one.sum() for one in prior.values())) / table.weekly.shape[1]
    level, weight = rules.launch_level(own, like, age)
    if own > 0:
        table.weekly[rows] *= level / own
    elif like > 0:
        at = {table.keys[row][2]: row for row in rows}
        for channel_id, units in sorted(prior.items()):
            if channel_id in at:
                table.weekly[at[channel_id]] = units * (level / like)
            else:
                table.keys.append((*pair, channel_id))
                table.weekly = np.vstack([table.weekly, units * (level / like)])
    table.own_weight[pair] = weight
    table.typical[pair] = level
    code = wish.like_sku.code if wish is not None and wish.like_sku is not None else ""
    table.terms[pair]["analogue"] = {
        "like": code,
        "multiplier": 1.0 if wish is None else float(wish.multiplier),
        "is_entered": wish is not None,
        "weeks": age,
        "own_week": round(own, 4),
        "like_week": round(like, 4),
        "week": round(level, 4),
        "added": round(level * table.weekly.shape[1] - before, 4),
    }


def _repeat(table: Table, extras: Extras) -> None:
    """Replace the repeats that history holds by those the customers' models expect."""
    if extras.repurchase_run is None:
        return
    mondays = [extras.monday + dt.timedelta(weeks=week) for week in range(extras.weeks)]
    sums: dict[int, Floats] = defaultdict(lambda: np.zeros(extras.weeks))
    by_sku: dict[int, list[int]] = defaultdict(list)
    for row, key in enumerate(table.keys):
        sums[key[0]] += table.weekly[row]
        by_sku[key[0]].append(row)
    asked = {
        (sku_id, monday): float(units[week])
        for sku_id, units in sums.items()
        for week, monday in enumerate(mondays)
    }
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for (sku_id, monday), one in repurchase.components(asked, extras.as_of).items():
        found[sku_id][(monday - extras.monday).days // rules.DAYS] = one
    for sku_id, weeks in found.items():
        factors = np.ones(extras.weeks)
        for week, one in weeks.items():
            if one.forecast > 0:
                factors[week] = one.total / one.forecast
        _name_repeats(table, by_sku[sku_id], weeks, sums[sku_id])
        table.weekly[by_sku[sku_id]] *= factors[None, :]


def _name_repeats(table: Table, rows: list[int], weeks: Mapping[int, Any], whole: Floats) -> None:
    """Say for each warehouse of a SKU its part of the repeats, before they are put on."""
    pairs: dict[Pair, Floats] = defaultdict(lambda: np.zeros(len(whole)))
    for row in rows:
        pairs[table.keys[row][:2]] += table.weekly[row]
    for pair, units in pairs.items():
        part = {week: units[week] / whole[week] if whole[week] > 0 else 0.0 for week in weeks}
        table.terms[pair]["repurchase"] = {
            "weeks": len(weeks),
            "implied": round(sum(one.implied * part[week] for week, one in weeks.items()), 4),
            "expected": round(sum(one.expected * part[week] for week, one in weeks.items()), 4),
            "counted": round(sum(one.repeat * part[week] for week, one in weeks.items()), 4),
            "added": round(
                sum((one.total - one.forecast) * part[week] for week, one in weeks.items()), 4
            ),
            "is_capped": any(one.capped for one in weeks.values()),
        }


def _eventful(table: Table, extras: Extras) -> None:
    """Multiply the weeks that events cover; two events on a day multiply each other."""
    for event in extras.events:
        if event.factor is None:
            continue
        factors = rules.week_factors(
            event.from_on, event.until_on, float(event.factor), extras.monday, extras.weeks
        )
        added: dict[Pair, float] = defaultdict(float)
        for row, key in enumerate(table.keys):
            if _covers(event, key, extras.categories):
                more = table.weekly[row] * (factors - 1.0)
                table.weekly[row] += more
                added[key[:2]] += float(more.sum())
        for pair, units in added.items():
            table.terms[pair].setdefault("events", []).append(
                {
                    "id": event.pk,
                    "name": event.name,
                    "kind": event.kind,
                    "factor": float(event.factor),
                    "from_on": event.from_on.isoformat(),
                    "until_on": event.until_on.isoformat(),
                    "added": round(units, 4),
                }
            )


def _covers(event: DemandEvent, key: Key, categories: Mapping[int, str]) -> bool:
    return (
        event.sku_id in (None, key[0])
        and event.category in ("", categories.get(key[0], ""))
        and event.warehouse_id in (None, key[1])
        and event.channel_id in (None, key[2])
    )
