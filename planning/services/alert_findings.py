"""Find what holds now, for every kind of alert that a rule watches. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from core import settings_store
from planning.domain import alert_covers, alert_goods
from planning.domain.alert_covers import CoverFacts
from planning.domain.alert_rules import Finding, Kind, Rule, RuleBook
from planning.domain.alert_settings import OVERSTOCK_AMOUNT
from planning.models import AlertRule
from planning.queries import alert_facts, alert_ground
from planning.queries.alert_ground import Ground, Pair

Found = Iterator[Finding | None]


def rule_of(row: AlertRule) -> Rule:
    """Return a stored rule as the judges use it."""
    return Rule(
        id=row.pk,
        kind=Kind(row.kind),
        notice=row.notice_limit,
        warn=row.warn_limit,
        critical=row.critical_limit,
        least_band=row.least_band,
        least_units=row.least_units,
        least_amount=row.least_amount,
        warehouse_id=row.warehouse_id,
        category=row.category,
        high_amount=cast(Decimal, settings_store.get(OVERSTOCK_AMOUNT)),
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """What one look is about: the moment, the rules in force, the stock."""

    now: dt.datetime
    book: RuleBook
    ground: Ground

    @property
    def today(self) -> dt.date:
        """Return the UTC day."""
        return self.now.astimezone(dt.UTC).date()

    def rule(self, kind: Kind, pair: Pair) -> Rule | None:
        """Return the rule that answers for a pair."""
        sku = self.ground.skus.get(pair[0])
        return self.book.rule_for(kind, pair[1], sku.category if sku else "")

    def furthest(self, kind: Kind) -> int:
        """Return the largest limit of a kind in whole days."""
        limits = [limit for rule in self.book.of(kind) for limit in (rule.warn, rule.critical)]
        return max((int(limit) for limit in limits if limit is not None), default=0)


def find(kinds: Iterable[Kind], rules: list[Rule], *, now: dt.datetime) -> dict[str, Finding]:
    """Return by dedupe key what holds now; the statements don't grow with the rows."""
    scene = Scene(now, RuleBook(rules), alert_ground.read(now))
    found: dict[str, Finding] = {}
    for kind in kinds:
        if kind not in scene.book.kinds():
            continue
        for finding in _FINDERS[kind](scene):
            if finding is not None:
                found[finding.dedupe_key] = finding
    return found


def _covers(
    kind: Kind, judge: Callable[[CoverFacts, Rule], Finding | None]
) -> Callable[[Scene], Found]:
    def look(scene: Scene) -> Found:
        for pair, facts in scene.ground.covers.items():
            rule = scene.rule(kind, pair)
            if rule is not None and scene.ground.is_for_sale(pair[0]):
                yield judge(alert_covers.recolor(facts), rule)

    return look


def _order_due(scene: Scene) -> Found:
    def judge(facts: CoverFacts, rule: Rule) -> Finding | None:
        return alert_covers.judge_order_due(facts, rule, scene.today)

    return _covers(Kind.ORDER_DUE, judge)(scene)


def _expiry(scene: Scene) -> Found:
    last = scene.today + dt.timedelta(days=scene.furthest(Kind.EXPIRY))
    for pair, lots in alert_facts.lots_until(last).items():
        rule = scene.rule(Kind.EXPIRY, pair)
        if rule is None or pair[0] not in scene.ground.skus:
            continue
        place = scene.ground.place(pair)
        left = alert_goods.unsold(lots, place.daily, scene.today)
        for lot in lots:
            yield alert_goods.judge_expiry(place, lot, left[lot.lot_id], rule, scene.today)


def _late(scene: Scene) -> Found:
    for facts in alert_facts.late_goods(scene.today):
        rule = scene.book.rule_for(Kind.LATE_INBOUND, facts.warehouse_id)
        if rule is not None:
            yield alert_goods.judge_late(facts, rule, scene.today)


def _pace(scene: Scene) -> Found:
    ahead = {
        pair: sold
        for pair, sold in alert_facts.pace_of(scene.today).items()
        if sold.sold > sold.planned and scene.ground.is_for_sale(pair[0])
    }
    air = alert_facts.air_options(set(ahead)) if ahead else {}
    for pair, sold in ahead.items():
        rule = scene.rule(Kind.DEMAND_PACE, pair)
        if rule is not None:
            place = scene.ground.place(pair)
            yield alert_goods.judge_pace(place, sold.sold, sold.planned, rule, air.get(pair))


def _miss(scene: Scene) -> Found:
    for pair, (said, sold, weeks) in alert_facts.misses(scene.today).items():
        rule = scene.rule(Kind.FORECAST_MISS, pair)
        if rule is not None and weeks >= alert_facts.MISS_WEEKS:
            yield alert_goods.judge_miss(scene.ground.place(pair), said, sold, weeks, rule)


def _dead(scene: Scene) -> Found:
    asked, came = alert_facts.last_asked(), alert_facts.oldest_stock()
    for pair, (on_hand, _) in scene.ground.levels.items():
        rule = scene.rule(Kind.DEAD_STOCK, pair)
        if rule is None or pair not in came or not scene.ground.is_for_sale(pair[0]):
            continue
        last = asked.get(pair)
        since = came[pair] if last is None else max(last, came[pair])
        idle = (scene.today - since).days
        place = scene.ground.place(pair)
        yield alert_goods.judge_dead(place, on_hand, idle, rule, was_sold=last is not None)


def _returns(scene: Scene) -> Found:
    for pair, (back, sold, before) in alert_facts.returns_of(scene.today).items():
        rule = scene.rule(Kind.RETURNS_SPIKE, pair)
        if rule is not None and pair[0] in scene.ground.skus:
            yield alert_goods.judge_returns(scene.ground.place(pair), back, sold, before, rule)


def _inserts(scene: Scene) -> Found:
    names = alert_facts.inserts_in_use()
    rates = alert_facts.insert_rates(names, scene.now) if names else {}
    units = alert_ground.units_here(scene.ground, set(names))
    for pair in sorted({*rates, *units}):
        rule = scene.rule(Kind.INSERT_STOCK, pair)
        if rule is not None and pair[0] in scene.ground.skus:
            known = scene.ground.place(pair)
            place = alert_goods.Place(
                known.sku_id, known.warehouse_id, known.category, daily=rates.get(pair, 0.0)
            )
            yield alert_goods.judge_inserts(place, units.get(pair, 0), names[pair[0]], rule)


_FINDERS: dict[Kind, Callable[[Scene], Found]] = {
    Kind.LOW_COVER: _covers(Kind.LOW_COVER, alert_covers.judge_low_cover),
    Kind.ORDER_DUE: _order_due,
    Kind.OVERSTOCK: _covers(Kind.OVERSTOCK, alert_covers.judge_overstock),
    Kind.EXPIRY: _expiry,
    Kind.LATE_INBOUND: _late,
    Kind.DEMAND_PACE: _pace,
    Kind.FORECAST_MISS: _miss,
    Kind.DEAD_STOCK: _dead,
    Kind.RETURNS_SPIKE: _returns,
    Kind.INSERT_STOCK: _inserts,
}
