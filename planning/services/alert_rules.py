"""Keep the rules of alerts: create, change, pause, resume; the standard ones once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core.actors import Actor
from core.audit.recording import record
from core.errors import DomainError, StaleVersion, StateConflict, gettext_noop
from planning.domain.alert_rules import KINDS, Kind, Quiet, Rule, check_rule, standard
from planning.models import AlertRule


class RuleExists(DomainError):
    """Another rule watches the same thing for the same goods."""

    code = "ALERT_RULE_EXISTS"
    text = gettext_noop(
        "There is a rule of this kind for these goods already. Change that one, or choose another "
        "warehouse or category."
    )


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a person enters for one rule; see `AlertRule` for the fields."""

    kind: Kind
    warehouse_id: int | None = None
    category: str = ""
    least_band: str = ""
    notice_limit: Decimal | None = None
    warn_limit: Decimal | None = None
    critical_limit: Decimal | None = None
    least_units: int = 0
    least_amount: Decimal = Decimal(0)
    in_app: bool = True
    by_mail: bool = True
    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    quiet_zone: str = "UTC"

    def rule(self, rule_id: int = 0) -> Rule:
        """Return the rule that the draft would make, for the judges."""
        return Rule(
            id=rule_id,
            kind=self.kind,
            notice=self.notice_limit,
            warn=self.warn_limit,
            critical=self.critical_limit,
            least_band=self.least_band,
            least_units=self.least_units,
            least_amount=self.least_amount,
            warehouse_id=self.warehouse_id,
            category=self.category,
        )

    def values(self) -> dict[str, Any]:
        """Return the columns of the row, the kind aside."""
        return {
            "warehouse_id": self.warehouse_id,
            "category": self.category,
            "least_band": self.least_band,
            "notice_limit": self.notice_limit,
            "warn_limit": self.warn_limit,
            "critical_limit": self.critical_limit,
            "least_units": self.least_units,
            "least_amount": self.least_amount,
            "in_app": self.in_app,
            "by_mail": self.by_mail,
            "quiet_from": self.quiet_from,
            "quiet_until": self.quiet_until,
            "quiet_zone": self.quiet_zone,
        }


def check(draft: RuleDraft) -> Rule:
    """Return the draft's rule if its conditions can hold together.

    Raises:
        RuleRefused: they contradict each other.
    """
    quiet = Quiet(draft.quiet_from, draft.quiet_until, draft.in_app or draft.by_mail)
    return check_rule(draft.rule(), quiet)


def create(draft: RuleDraft, *, actor: Actor, now: dt.datetime) -> AlertRule:
    """Write a rule and its audit entry; it watches from the next refresh on.

    Raises:
        RuleRefused: a contradiction.
        RuleExists: another rule answers for the same goods.
    """
    check(draft)
    try:
        with transaction.atomic():
            row = AlertRule.objects.create(
                kind=draft.kind, created_at=now, created_by=actor.key, **draft.values()
            )
            _audit(row, "planning.alert_rule_created", actor, now)
    except IntegrityError as error:
        raise RuleExists from error
    return row


def change(
    rule_id: int, draft: RuleDraft, *, expected_version: int, actor: Actor, now: dt.datetime
) -> AlertRule:
    """Change limits, goods and channels of a rule; its kind stays.

    Raises:
        RuleRefused: a contradiction.
        RuleExists: another rule answers for the same goods.
        StaleVersion: somebody changed it meanwhile.
    """
    check(draft)
    try:
        with transaction.atomic():
            rows = AlertRule.objects.filter(
                pk=rule_id, version=expected_version, kind=draft.kind
            ).select_for_update()
            before = rows.first()
            if before is None:
                raise StaleVersion
            rows.update(version=expected_version + 1, **draft.values())
            row = AlertRule.objects.get(pk=rule_id)
            _audit(row, "planning.alert_rule_changed", actor, now, before)
    except IntegrityError as error:
        raise RuleExists from error
    return row


def pause(rule_id: int, *, actor: Actor, now: dt.datetime) -> AlertRule:
    """Stop watching; the next refresh closes the rule's alerts unless another rule has them.

    Raises:
        StateConflict: it is paused already.
    """
    return _switch(rule_id, actor, now, to_paused=True)


def resume(rule_id: int, *, actor: Actor, now: dt.datetime) -> AlertRule:
    """Watch again.

    Raises:
        StateConflict: it is not paused.
    """
    return _switch(rule_id, actor, now, to_paused=False)


def _switch(rule_id: int, actor: Actor, now: dt.datetime, *, to_paused: bool) -> AlertRule:
    with transaction.atomic():
        rows = AlertRule.objects.filter(pk=rule_id, is_paused=not to_paused)
        if not rows.update(is_paused=to_paused):
            raise StateConflict
        row = AlertRule.objects.get(pk=rule_id)
        fact = "paused" if to_paused else "resumed"
        record(
            actor=actor,
            action=f"planning.alert_rule_{fact}",
            target=f"alert_rule:{row.pk}",
            at=now,
            after={"is_paused": to_paused},
        )
    return row


def ensure_standard(*, actor: Actor, now: dt.datetime) -> int:
    """Write the standard rule of each kind where no rule of any kind exists; return how many.

    Repeatable; two at once write each rule once.
    """
    if AlertRule.objects.exists():
        return 0
    rows = [
        AlertRule(
            kind=kind,
            notice_limit=rule.notice,
            warn_limit=rule.warn,
            critical_limit=rule.critical,
            least_band=rule.least_band,
            least_units=rule.least_units,
            created_at=now,
            created_by=actor.key,
        )
        for kind, rule in ((kind, standard(kind)) for kind in KINDS)
    ]
    AlertRule.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _audit(
    row: AlertRule, action: str, actor: Actor, now: dt.datetime, before: AlertRule | None = None
) -> None:
    record(
        actor=actor,
        action=action,
        target=f"alert_rule:{row.pk}",
        at=now,
        before=_snapshot(before) if before else None,
        after=_snapshot(row),
    )


def _snapshot(row: AlertRule) -> dict[str, str]:
    names = (*RuleDraft(Kind(row.kind)).values(), "kind")
    return {name: str(value) for name in names if (value := getattr(row, name)) not in (None, "")}
