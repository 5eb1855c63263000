"""Try rules without touching a parcel: explain one order, or run a version over the last orders."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import audit, jobs
from core.actors import Actor
from core.errors import NotFound, gettext_noop
from fulfillment.domain.conditions import Value
from fulfillment.domain.insert_rules import Decision, Rule, decide
from fulfillment.models import PackRule, RuleTrial
from fulfillment.services import parcel_facts
from fulfillment.services.inserts import most_inserts
from fulfillment.services.parcel_facts import Subject
from inventory.models import Sku, Warehouse
from orders.models import Order, Shipment

BATCH = 200
MOST_SHOWN = 200


class NoSuchOrder(NotFound):
    """No order of this number, or none that a parcel could be packed for."""

    code = "NO_SUCH_ORDER"
    text = gettext_noop("There is no order %(number)s here. Check its number.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says to an order: its decision (None: no match) and the values it saw."""

    rule: PackRule
    decision: Decision | None
    seen: dict[str, Value]


def explain(order_id: int, *, with_version: int | None = None, at: dt.datetime) -> list[Answer]:
    """Return what each live rule would do to an order packed now, in the order of asking.

    `with_version` puts that version in place of the live one of its code. Writes nothing.

    Raises:
        NoSuchOrder: there is no such order.
    """
    rows = _rows_with(with_version)
    rules = parcel_facts.rules_of(rows)
    subjects = _subjects([order_id])
    if not subjects:
        raise NoSuchOrder(number=order_id)
    [facts] = parcel_facts.parcels_of(subjects, rules, at=at)
    made = {one.rule.rule_id: one for one in decide(rules, facts, most_inserts())}
    return [
        Answer(row, made.get(row.pk), rule.condition.matched_values(facts.values))
        for row, rule in zip(rows, rules, strict=True)
    ]


@transaction.atomic
def start(rule_id: int, orders_qty: int, *, actor: Actor, at: dt.datetime) -> RuleTrial:
    """Queue a dry run of a version over the last orders; a job fills its result."""
    trial = RuleTrial.objects.create(
        rule_id=rule_id, orders_qty=orders_qty, started_at=at, started_by=actor.key
    )
    jobs.enqueue(
        "fulfillment.try_rule",
        key=f"rule-trial:{trial.pk}",
        args={"trial_id": trial.pk},
        queue="interactive",
        started_by=actor.key,
        title=f"Try rule {trial.rule}",
    )
    audit.record(
        actor=actor,
        action="fulfillment.rule_tried",
        target=f"pack_rule:{rule_id}",
        after={"orders": orders_qty},
        at=at,
    )
    return trial


def run(trial_id: int, *, at: dt.datetime, progress: Callable[[int, int], object]) -> RuleTrial:
    """Fill a dry run: each of the last orders with the rules as they are, and with the version.

    A version that is live already is compared with its absence. Repeatable; a done one stays.
    """
    trial = RuleTrial.objects.select_related("rule").get(pk=trial_id)
    if trial.state == "done":
        return trial
    live = list(PackRule.objects.live())
    before = [row for row in live if row.pk != trial.rule_id]
    after = _rows_with(trial.rule_id)
    tally = _Tally(after)
    newest = Order.objects.exclude(status__in=("draft", "cancelled")).order_by("-placed_at", "-pk")
    ids = list(newest.values_list("pk", flat=True)[: trial.orders_qty])
    rules = (parcel_facts.rules_of(before), parcel_facts.rules_of(after))
    for begin in range(0, len(ids), BATCH):
        _compare(ids[begin : begin + BATCH], rules, trial.rule_id, tally, at)
        progress(min(begin + BATCH, len(ids)), len(ids))
    RuleTrial.objects.filter(pk=trial_id, state="running").update(
        state="done", result=tally.as_json(), done_at=at
    )
    return RuleTrial.objects.get(pk=trial_id)


def _rows_with(version_id: int | None) -> list[PackRule]:
    rows = list(PackRule.objects.live())
    if version_id is None or any(row.pk == version_id for row in rows):
        return rows
    row = PackRule.objects.select_related("sku", "alternate_sku", "campaign").get(pk=version_id)
    kept = [other for other in rows if other.code != row.code]
    return sorted([*kept, row], key=lambda one: (one.priority, one.code, one.pk))


def _subjects(order_ids: Sequence[int]) -> list[Subject]:
    rows = Shipment.objects.filter(order_id__in=order_ids).exclude(status="cancelled")
    # The last one written wins: the first shipment carries the inserts.
    houses = dict(rows.order_by("-pk").values_list("order_id", "warehouse_id"))
    usual = Warehouse.objects.filter(is_active=True).order_by("priority", "code").first()
    known = set(Order.objects.filter(pk__in=order_ids).values_list("pk", flat=True))
    return [
        Subject(order_id, houses.get(order_id, usual.pk if usual else 0))
        for order_id in order_ids
        if order_id in known and (order_id in houses or usual)
    ]


def _compare(
    ids: Sequence[int],
    rules: tuple[list[Rule], list[Rule]],
    rule_id: int,
    tally: _Tally,
    at: dt.datetime,
) -> None:
    subjects = _subjects(ids)
    numbers = dict(Order.objects.filter(pk__in=ids).values_list("pk", "number"))
    both = [parcel_facts.parcels_of(subjects, some, at=at) for some in rules]
    most = most_inserts()
    for subject, old_facts, new_facts in zip(subjects, *both, strict=True):
        old = decide(rules[0], old_facts, most)
        new = decide(rules[1], new_facts, most)
        tally.add(subject.order_id, numbers[subject.order_id], old, new, rule_id)


class _Tally:
    """The difference a version makes, parcel by parcel."""

    def __init__(self, rows: Sequence[PackRule]) -> None:
        skus = {row.sku_id for row in PackRule.objects.live()} | {row.sku_id for row in rows}
        skus |= {row.alternate_sku_id or 0 for row in rows}
        self.skus = Sku.objects.in_bulk(skus)
        self.parcels = self.changed = self.matched = 0
        self.costs = [Decimal(0), Decimal(0)]
        self.reasons: Counter[str] = Counter()
        self.gains: Counter[str] = Counter()
        self.losses: Counter[str] = Counter()
        self.rows: list[dict[str, Any]] = []

    def add(
        self,
        order_id: int,
        number: str,
        old: Sequence[Decision],
        new: Sequence[Decision],
        rule_id: int,
    ) -> None:
        """Count one parcel with its decisions before and after."""
        self.parcels += 1
        before, after = self._units(old, 0), self._units(new, 1)
        for one in new:
            if one.rule.rule_id == rule_id:
                self.matched += 1
                self.reasons[one.reason] += 1
        gains, losses = after - before, before - after
        if not gains and not losses:
            return
        self.changed += 1
        self.gains.update(gains)
        self.losses.update(losses)
        if len(self.rows) < MOST_SHOWN:
            row = {"order": order_id, "number": number, "gains": gains, "losses": losses}
            self.rows.append(row)

    def _units(self, decisions: Sequence[Decision], side: int) -> Counter[str]:
        units: Counter[str] = Counter()
        for one in decisions:
            if one.outcome == "skip":
                continue
            sku = self.skus[one.sku_id]
            units[sku.code] += one.rule.qty
            self.costs[side] += (sku.default_cost or Decimal(0)) * one.rule.qty
        return units

    def as_json(self) -> dict[str, Any]:
        """Return the result as it is stored; costs are the SKUs' default costs."""
        each = [
            str((cost / max(1, self.parcels)).quantize(Decimal("0.0001"))) for cost in self.costs
        ]
        return {
            "parcels": self.parcels,
            "changed": self.changed,
            "matched": self.matched,
            "reasons": dict(self.reasons),
            "gains": dict(self.gains),
            "losses": dict(self.losses),
            "cost_before": each[0],
            "cost_after": each[1],
            "rows": self.rows,
        }
