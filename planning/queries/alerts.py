"""How many alerts wait, for the rail and the home page; how noisy each rule is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from core.permissions import Principal
from planning.domain.alert_rules import NOISY_A_DAY, Severity
from planning.models import Alert

DAY = dt.timedelta(days=1)


def waiting_count(principal: Principal) -> int | None:
    """Return how many open alerts a person should act on, for the rail; None for none."""
    rows = Alert.objects.visible_to(principal).to_act().filter(state="open")
    return rows.count() or None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts to act on: their number, and the critical ones among them."""

    count: int = 0
    critical: int = 0


def waiting(principal: Principal) -> Waiting:
    """Return what waits of a person's warehouses. One statement."""
    found = (
        Alert.objects.visible_to(principal)
        .to_act()
        .filter(state="open")
        .aggregate(
            count=Count("pk"),
            critical=Count("pk", filter=Q(severity=Severity.CRITICAL)),
        )
    )
    return Waiting(**found)


def raised_a_day(rule_ids: Collection[int], now: dt.datetime, days: int = 7) -> dict[int, float]:
    """Return how many alerts, suggestions aside, each rule raised a day in the last days."""
    rows = (
        Alert.objects.filter(
            rule_id__in=list(rule_ids), raised_at__gt=now - days * DAY, severity__gte=Severity.HIGH
        )
        .values_list("rule_id")
        .annotate(count=Count("pk"))
        .order_by("rule_id")
    )
    return {rule_id: count / days for rule_id, count in rows if rule_id is not None}


def noisy_rules(principal: Principal, now: dt.datetime) -> list[tuple[str, int]]:
    """Return kind and alerts of rules that raised more than 20 within the last 24 hours."""
    rows = (
        Alert.objects.visible_to(principal)
        .filter(raised_at__gt=now - DAY, severity__gte=Severity.HIGH, rule__isnull=False)
        .values_list("kind", "rule_id")
        .annotate(count=Count("pk"))
        .filter(count__gt=NOISY_A_DAY)
        .order_by("-count", "rule_id")
    )
    return [(kind, count) for kind, _rule, count in rows]
