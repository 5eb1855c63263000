"""Waves by rule: what a rule would take now, and its release by hand or by the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from fulfillment import queries
from fulfillment.models import WaveRule
from fulfillment.services import rounds, wave_plans, waves
from fulfillment.services.errors import NothingToRelease
from fulfillment.services.wave_plans import Method
from fulfillment.services.waves import WaveOrder, WaveOutcome
from inventory.models import Bin
from orders.models import Shipment

LOOKED_AT = 4
"""How many times its most shipments a rule with a zone looks at."""


class OtherZone(InputRefused):
    """The zone stands in another warehouse than the rule."""

    code = "WAVE_RULE_OTHER_ZONE"
    text = gettext_noop("Zone %(zone)s is not in this warehouse. Choose a zone of the warehouse.")


class RuleKnown(StateConflict):
    """A warehouse has one rule of a name."""

    code = "WAVE_RULE_KNOWN"
    text = gettext_noop("%(name)s exists in this warehouse. Change that rule, or take a new name.")


class LeastAboveMost(InputRefused):
    """The rule would never find enough."""

    code = "WAVE_RULE_LEAST_ABOVE_MOST"
    text = gettext_noop("The least shipments, %(least)s, are more than the most, %(most)s.")


class RuleIdle(StateConflict):
    """The rule finds fewer shipments than it releases at least."""

    code = "WAVE_RULE_IDLE"
    text = gettext_noop(
        "%(name)s finds %(count)s ready shipments and releases from %(least)s."
        " Wait for more, or choose shipments by hand."
    )


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What one run of all automatic rules released: waves, shipments, rounds."""

    waves: int = 0
    shipments: int = 0
    rounds: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the figures for a job's result."""
        return {"waves": self.waves, "shipments": self.shipments, "rounds": self.rounds}


@transaction.atomic
def save_rule(rule: WaveRule, *, actor: Actor, at: dt.datetime) -> WaveRule:
    """Write a new or changed rule and its audit entry.

    Raises:
        OtherZone: the zone stands elsewhere; RuleKnown: the name is taken; LeastAboveMost.
    """
    zone = rule.zone
    if zone is not None and zone.warehouse_id != rule.warehouse_id:
        raise OtherZone(zone=zone.code)
    if rule.min_orders > rule.max_orders:
        raise LeastAboveMost(least=rule.min_orders, most=rule.max_orders)
    same = WaveRule.objects.filter(warehouse_id=rule.warehouse_id, name=rule.name)
    if same.exclude(pk=rule.pk).exists():
        raise RuleKnown(name=rule.name)
    is_new = rule.pk is None
    rule.save()
    audit.record(
        actor=actor,
        action="fulfillment.wave_rule_added" if is_new else "fulfillment.wave_rule_changed",
        target=f"wave_rule:{rule.pk}",
        after={"name": rule.name, "method": rule.method, "automatic": rule.is_automatic},
        at=at,
    )
    return rule


def matches(rule: WaveRule, *, at: dt.datetime) -> list[int]:
    """Return the ids of the shipments the rule takes now, the most urgent first.

    One query, and three more for a rule with a zone.
    """
    rows = queries.ready_among(Shipment.objects.filter(warehouse_id=rule.warehouse_id))
    if rule.service_code:
        rows = rows.filter(service_code=rule.service_code)
    if rule.window_minutes is not None:
        rows = rows.filter(cutoff_at__lte=at + dt.timedelta(minutes=rule.window_minutes))
    turn = rows.order_by(
        "order__priority", F("cutoff_at").asc(nulls_last=True), "promised_by", "pk"
    ).values_list("pk", flat=True)
    if rule.zone_id is None:
        return list(turn[: rule.max_orders])
    some = list(turn[: LOOKED_AT * rule.max_orders])
    return _in_zone(rule, some)[: rule.max_orders]


def _in_zone(rule: WaveRule, shipment_ids: list[int]) -> list[int]:
    """Keep the shipments whose units would all come from the rule's zone."""
    stops, _ = wave_plans.likely_stops(rule.warehouse_id, shipment_ids)
    inside = set(
        Bin.objects.filter(
            Q(zone_id=rule.zone_id), pk__in={stop.bin_id for stop in stops}
        ).values_list("pk", flat=True)
    )
    found = {stop.shipment_id for stop in stops}
    elsewhere = {stop.shipment_id for stop in stops if stop.bin_id not in inside}
    return [pk for pk in shipment_ids if pk in found and pk not in elsewhere]


def method_of(rule: WaveRule) -> Method:
    """Return how the rule's waves are walked."""
    return Method(rule.method, rule.tour_items, rule.tour_totes, rule.tour_weight_g)


def release_by_rule(rule: WaveRule, *, actor: Actor, at: dt.datetime) -> WaveOutcome:
    """Release what the rule takes now as one wave and plan its rounds.

    Not idempotent by key, but a shipment is released once only: a repeat finds others or none.

    Raises:
        RuleIdle: fewer shipments wait than the rule releases at least.
        NothingToRelease: every one of them was held or released meanwhile.
    """
    found = matches(rule, at=at)
    if len(found) < rule.min_orders:
        raise RuleIdle(name=rule.name, count=len(found), least=rule.min_orders)
    criteria = {"rule": rule.name, **method_of(rule).criteria()}
    order = WaveOrder(rule.warehouse_id, found, criteria)
    outcome = release_and_plan(order, actor=actor, at=at)
    WaveRule.objects.filter(pk=rule.pk).update(last_run_at=at, last_count=len(outcome.released))
    return outcome


def release_and_plan(order: WaveOrder, *, actor: Actor, at: dt.datetime) -> WaveOutcome:
    """Release a wave, then plan the rounds of its method. Two steps: pickers may begin between.

    Raises:
        NothingToRelease: no shipment may go.
    """
    outcome = waves.release_wave(order=order, actor=actor, at=at)
    rounds.plan_rounds(outcome.wave.pk, actor=actor, at=at)
    return outcome


def run_automatic(*, actor: Actor, at: dt.datetime) -> RuleRun:
    """Release by every automatic rule in turn; a rule with too little to do is passed over."""
    run = RuleRun()
    for rule in WaveRule.objects.in_turn().filter(is_automatic=True):
        try:
            outcome = release_by_rule(rule, actor=actor, at=at)
        except (RuleIdle, NothingToRelease):
            continue
        run = RuleRun(
            run.waves + 1,
            run.shipments + len(outcome.released),
            run.rounds + outcome.wave.pick_rounds.count(),
        )
    return run
