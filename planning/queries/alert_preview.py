"""Would this rule have fired last month, and how often: judged again on the days that were.

Reads only; a fixed number of statements for each kind. Days are whole UTC days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from inventory.models import StockMove
from inventory.models.stock import Condition
from planning.domain import alert_history as past
from planning.domain.alert_history import Firings, Ints
from planning.domain.alert_rules import NOISY_A_DAY, Kind, Rule
from planning.models import Alert, DemandHistory, Forecast, ForecastOutcome, ForecastRun
from planning.queries import alert_facts, alert_ground
from planning.queries.alert_ground import Ground, Pair
from planning.queries.forecasts import effective
from suppliers.models import Asn

#: Days looked back: "last month".
DAYS = 30
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done: firings, whether they are too many, how they were found.

    `is_replayed` False: counted from the alerts that were raised, as the past can't be judged.
    """

    fired: Firings
    is_noisy: bool
    is_replayed: bool


def preview(rule: Rule, *, now: dt.datetime) -> Preview:
    """Return what a rule would have done in the last 30 days, in the goods it covers."""
    if not past.is_replayed(rule.kind):
        rows = Alert.objects.filter(kind=rule.kind, raised_at__gt=now - DAYS * DAY)
        if rule.warehouse_id is not None:
            rows = rows.filter(warehouse_id=rule.warehouse_id)
        if rule.category:
            rows = rows.filter(sku__product__category=rule.category)
        fired = Firings(rows.count(), 0, DAYS)
    else:
        fired = _REPLAYS[rule.kind](rule, now.astimezone(dt.UTC).date(), alert_ground.read(now))
    return Preview(fired, fired.a_day > NOISY_A_DAY, past.is_replayed(rule.kind))


def _pairs(rule: Rule, ground: Ground, pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs that the rule is for."""
    return [
        pair
        for pair in pairs
        if pair[0] in ground.skus and rule.covers(pair[1], ground.skus[pair[0]].category)
    ]


def _moves(pairs: Sequence[Pair], today: dt.date) -> tuple[Ints, Ints]:
    """Return good units that came and left on each of the last days, by pair: [N, 31] each."""
    places = {pair: number for number, pair in enumerate(pairs)}
    first = today - DAYS * DAY
    start = dt.datetime.combine(first, dt.time(), dt.UTC)
    found = []
    for side, condition in (
        ("to_warehouse_id", "condition_to"),
        ("from_warehouse_id", "condition_from"),
    ):
        units = np.zeros((len(pairs), DAYS + 1), dtype=np.int64)
        rows = (
            StockMove.objects.filter(
                event__at__gte=start, **{f"{side}__isnull": False, condition: Condition.GOOD}
            )
            .annotate(day=TruncDate("event__at", tzinfo=dt.UTC))
            .values_list("sku_id", side, "day")
            .annotate(units=Sum("qty"))
            .order_by("sku_id", side, "day")
        )
        for sku, place, day, qty in rows:
            number = places.get((sku, place))
            if number is not None and day <= today:
                units[number, (day - first).days] = qty
        found.append(units)
    return found[0], found[1]


def _by_stock(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    pairs = [
        pair for pair in _pairs(rule, ground, list(ground.covers)) if ground.is_for_sale(pair[0])
    ]
    facts = [ground.covers[pair] for pair in pairs]
    came, left = _moves(pairs, today)
    units, since = past.stock_of([one.now_qty for one in facts], came, left)
    if rule.kind == Kind.LOW_COVER:
        return past.count(past.cover_severity(facts, rule, units, since))
    return past.count(past.overstock_severity(facts, rule, units))


def _expiry(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    limit = int(rule.warn if rule.warn is not None else rule.critical or 0)
    lots = alert_facts.lots_until(today + limit * DAY)
    began = [
        limit - (lot.last_on - today).days
        for pair in _pairs(rule, ground, list(lots))
        for lot in lots[pair]
    ]
    return past.began_within(began, DAYS)


def _late(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    limit = int(rule.warn if rule.warn is not None else rule.critical or 0)
    due = today - limit * DAY
    rows = (
        Asn.objects.exclude(state="cancelled")
        .filter(is_unplanned=False)
        .annotate(day=Coalesce("expected_on", "purchase_order__expected_on"))
        .filter(day__gt=due - DAYS * DAY, day__lte=due)
    )
    if rule.warehouse_id is not None:
        rows = rows.filter(warehouse_id=rule.warehouse_id)
    found = rows.filter(Q(arrived_at__isnull=False) | Q(closed_at__isnull=True))
    began = [
        (due - day).days
        for day, arrived in found.order_by("pk").values_list("day", "arrived_at")
        if arrived is None or (arrived.astimezone(dt.UTC).date() - day).days >= limit
    ]
    return past.began_within(began, DAYS)


def _demand(pairs: Sequence[Pair], first: dt.date, last: dt.date, field: str) -> past.Floats:
    """Return units of each day by pair, from `first` to `last`: [N, days]."""
    places = {pair: number for number, pair in enumerate(pairs)}
    daily = np.zeros((len(pairs), (last - first).days + 1))
    value = F("qty") - F("netted_qty") - F("project_qty") if field == "qty" else F(field)
    rows = (
        DemandHistory.objects.filter(on__gte=first, on__lte=last)
        .values_list("sku_id", "warehouse_id", "on")
        .annotate(units=Sum(value))
        .order_by("sku_id", "warehouse_id", "on")
    )
    for sku, place, day, units in rows:
        if (number := places.get((sku, place))) is not None:
            daily[number, (day - first).days] = units
    return daily


def _pace(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    """Hold each 7 days of the month against the plan that was newest before it."""
    span = alert_facts.PACE_DAYS
    first, last = today - (DAYS + span) * DAY, today - DAY
    run = ForecastRun.objects.filter(from_on__lte=first).order_by("-from_on", "-pk").first()
    run = run or ForecastRun.objects.order_by("from_on", "pk").first()
    if run is None:
        return Firings(0, 0, DAYS)
    rows = Forecast.objects.filter(run=run, channel=None).select_related("run").order_by("pk")
    plan = effective(list(rows), today=today)
    pairs = _pairs(rule, ground, list(plan))
    sold = past.rolling(_demand(pairs, first, last, "qty"), span)[:, span - 1 :]
    weeks = [plan[pair] for pair in pairs]
    planned = np.array(
        [
            [
                weekly[min(max((first - run.from_on).days + day, 0) // 7, len(weekly) - 1)]
                for day in range(span - 1, (last - first).days + 1)
            ]
            for weekly in weeks
        ]
    ).reshape(sold.shape)
    ratio = np.divide(sold, planned, out=np.full(sold.shape, np.nan), where=planned > 0)
    severity = past.limit_severity(rule, np.round((ratio - 1) * 100, 6), sold)
    return past.count(severity)


def _miss(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    """Judge each week of the month by the four known weeks until then."""
    monday = today - today.weekday() * DAY
    weeks = DAYS // 7 + alert_facts.MISS_WEEKS + 1
    first = monday - weeks * 7 * DAY
    rows = ForecastOutcome.objects.filter(week_on__gte=first, week_on__lt=monday)
    sums: dict[Pair, past.Floats] = {}
    for sku, place, week, said, sold in rows.order_by("pk").values_list(
        "sku_id", "warehouse_id", "week_on", "forecast_qty", "actual_qty"
    ):
        row = sums.setdefault((sku, place), np.zeros((2, weeks)))
        row[:, (week - first).days // 7] = said, sold
    pairs = _pairs(rule, ground, list(sums))
    if not pairs:
        return Firings(0, 0, DAYS)
    both = np.array([sums[pair] for pair in pairs])
    span = alert_facts.MISS_WEEKS
    forecast = past.rolling(both[:, 0], span)[:, span - 1 :]
    actual = past.rolling(both[:, 1], span)[:, span - 1 :]
    off = np.abs(actual - forecast)
    unknown = np.where(actual > 0, 1.0, np.nan)
    share = np.divide(off, forecast, out=unknown, where=forecast > 0) * 100
    found = past.count(past.limit_severity(rule, np.round(share, 6), off))
    return Firings(found.calls, found.suggestions, DAYS)


def _dead(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    limit = int(rule.warn if rule.warn is not None else rule.critical or 0)
    asked, came = alert_facts.last_asked(), alert_facts.oldest_stock()
    began = []
    for pair in _pairs(rule, ground, list(came)):
        on_hand = ground.levels.get(pair, (0, 0))[0]
        if on_hand >= max(1, rule.least_units) and ground.is_for_sale(pair[0]):
            since = max(came[pair], asked.get(pair, came[pair]))
            began.append((today - since).days - limit)
    return past.began_within(began, DAYS)


def _returns(rule: Rule, today: dt.date, ground: Ground) -> Firings:
    span = alert_facts.RETURN_DAYS
    first, last = today - (DAYS + span) * DAY, today - DAY
    rows = DemandHistory.objects.filter(on__gte=first, returned_qty__gt=0)
    back_pairs = sorted(set(rows.values_list("sku_id", "warehouse_id").order_by()))
    pairs = _pairs(rule, ground, back_pairs)
    back = past.rolling(_demand(pairs, first, last, "returned_qty"), span)[:, span - 1 :]
    sold = past.rolling(_demand(pairs, first, last, "qty"), span)[:, span - 1 :]
    share = np.divide(back, sold, out=np.full(back.shape, np.nan), where=sold > 0) * 100
    return past.count(past.limit_severity(rule, np.round(share, 6), back))


_REPLAYS: dict[Kind, Callable[[Rule, dt.date, Ground], Firings]] = {
    Kind.LOW_COVER: _by_stock,
    Kind.OVERSTOCK: _by_stock,
    Kind.EXPIRY: _expiry,
    Kind.LATE_INBOUND: _late,
    Kind.DEMAND_PACE: _pace,
    Kind.FORECAST_MISS: _miss,
    Kind.DEAD_STOCK: _dead,
    Kind.RETURNS_SPIKE: _returns,
}
