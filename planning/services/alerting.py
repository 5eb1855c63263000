"""Keep alerts as the world is: raise what holds, follow its numbers, resolve what cleared.

One refresh may run beside another: the database keeps one active alert per `dedupe_key`, and
every step is an UPDATE that names the states it leads away from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from core.actors import SYSTEM
from core.audit.recording import AuditDraft, record_many
from planning.domain.alert_rules import LIGHT, Finding, Kind, Rule
from planning.domain.alert_states import ACTIVE, CLEARED, RULE_OFF, TRANSITIONS, states_before
from planning.models import Alert, AlertRule
from planning.services.alert_findings import find, rule_of
from planning.services.alert_rules import ensure_standard

BATCH = 200
T = TypeVar("T")
Held = list[tuple[int, str]]
#: What a refresh may write over a standing alert, the state aside.
_FOLLOWED = ("rule_id", "severity", "reason", "terms", "suggestion", "risk_amount", "due_on")


@dataclass(slots=True)
class Refreshed:
    """What one refresh did: how many conditions hold, and what became of alerts."""

    holding: int = 0
    raised: int = 0
    followed: int = 0
    woken: int = 0
    resolved: int = 0
    kept_quiet: int = 0


def refresh(*, now: dt.datetime, kinds: Collection[Kind] | None = None) -> Refreshed:
    """Bring the alerts of these kinds (None: all) to the state of `now`. Repeatable.

    Low cover and the other light kinds are cheap enough for every few minutes (A-10, B-09). A
    snooze ends when its time is over or when the condition gets worse; what was dismissed stays
    quiet until it cleared once or gets worse. Statements grow with the changes, not the rows.
    """
    ensure_standard(actor=SYSTEM, now=now)
    watched = tuple(Kind) if kinds is None else tuple(kinds)
    rules = [rule_of(row) for row in AlertRule.objects.in_force().order_by("pk")]
    found = find(watched, rules, now=now)
    done = Refreshed(holding=len(found))
    standing = _standing(watched)
    _resolve([row for key, row in standing.items() if key not in found], rules, now, done)
    _follow([(row, found[key]) for key, row in standing.items() if key in found], now, done)
    quiet = _quiet(watched, found, now)
    fresh = [finding for key, finding in found.items() if key not in standing]
    loud = [one for one in fresh if quiet.get(one.dedupe_key, 0) < one.severity]
    done.kept_quiet = len(fresh) - len(loud)
    _raise(loud, now, done)
    return done


def refresh_light(*, now: dt.datetime) -> Refreshed:
    """Bring the kinds that follow stock and dates to the state of `now`."""
    return refresh(now=now, kinds=LIGHT)


def _standing(kinds: Iterable[Kind]) -> dict[str, dict[str, Any]]:
    rows = Alert.objects.active().filter(kind__in=kinds).order_by("pk")
    fields = ("pk", "dedupe_key", "state", "snoozed_until", *_FOLLOWED)
    return {row["dedupe_key"]: row for row in rows.values(*fields)}


def _quiet(kinds: Iterable[Kind], found: Collection[str], now: dt.datetime) -> dict[str, int]:
    """Return the dismissed keys that still hold with their severity; note which ones cleared."""
    rows = Alert.objects.filter(state="dismissed", cleared_at__isnull=True, kind__in=kinds)
    quiet: dict[str, int] = {}
    cleared = []
    for pk, key, severity in rows.order_by("pk").values_list("pk", "dedupe_key", "severity"):
        if key in found:
            quiet[key] = max(severity, quiet.get(key, 0))
        else:
            cleared.append(pk)
    for ids in _batches(cleared):
        Alert.objects.filter(pk__in=ids, state="dismissed").update(cleared_at=now)
    return quiet


def _row_of(finding: Finding, now: dt.datetime) -> Alert:
    return Alert(
        rule_id=finding.rule_id,
        kind=finding.kind,
        dedupe_key=finding.dedupe_key,
        severity=int(finding.severity),
        reason=finding.reason,
        terms=dict(finding.terms),
        suggestion=dict(finding.suggestion),
        risk_amount=finding.amount,
        warehouse_id=finding.warehouse_id,
        sku_id=finding.sku_id,
        lot_id=finding.lot_id,
        purchase_order_id=finding.purchase_order_id,
        asn_id=finding.asn_id,
        due_on=_day(finding),
        raised_at=now,
        changed_at=now,
    )


def _day(finding: Finding) -> dt.date | None:
    return dt.date.fromisoformat(finding.due_on) if finding.due_on else None


def _raise(findings: Sequence[Finding], now: dt.datetime, done: Refreshed) -> None:
    """Write new alerts; one that another refresh wrote first is left to it."""
    for batch in _batches(findings):
        keys = [finding.dedupe_key for finding in batch]
        with transaction.atomic():
            known = Alert.objects.active().filter(dedupe_key__in=keys).count()
            Alert.objects.bulk_create(
                [_row_of(finding, now) for finding in batch], ignore_conflicts=True
            )
            done.raised += Alert.objects.active().filter(dedupe_key__in=keys).count() - known


def _follow(
    pairs: Sequence[tuple[dict[str, Any], Finding]], now: dt.datetime, done: Refreshed
) -> None:
    """Write changed numbers, and wake what slept long enough or got worse."""
    changed, worse, awake = [], [], []
    for row, finding in pairs:
        fresh = _row_of(finding, now)
        if row["state"] in TRANSITIONS["wake"] and finding.severity > row["severity"]:
            worse.append(row["pk"])
        elif row["snoozed_until"] is not None and row["snoozed_until"] <= now:
            awake.append(row["pk"])
        if any(getattr(fresh, name) != row[name] for name in _FOLLOWED):
            fresh.pk = row["pk"]
            changed.append(fresh)
    names = [name.removesuffix("_id") for name in _FOLLOWED]
    for batch in _batches(changed):
        Alert.objects.bulk_update(batch, [*names, "changed_at"])
    done.followed += len(changed)
    done.woken += _wake(worse, now, why="WORSE", is_loud=True)
    done.woken += _wake(awake, now, why="SNOOZE_OVER", is_loud=False)


def _wake(ids: Sequence[int], now: dt.datetime, *, why: str, is_loud: bool) -> int:
    told = {"told_at": None, "escalated_at": None} if is_loud else {}

    def write(held: Held) -> None:
        Alert.objects.filter(pk__in=[pk for pk, _ in held]).update(
            state="open", snoozed_until=None, changed_at=now, **told
        )
        _audit(held, "planning.alert_woken", "open", why, now)

    return _locked(ids, states_before("wake"), write)


def _resolve(
    rows: Sequence[dict[str, Any]], rules: Sequence[Rule], now: dt.datetime, done: Refreshed
) -> None:
    """Close what no longer holds, or what no rule in force watches any more."""
    in_force = {rule.id for rule in rules}
    for why in (CLEARED, RULE_OFF):
        ids = [row["pk"] for row in rows if (row["rule_id"] in in_force) == (why == CLEARED)]

        def write(held: Held, why: str = why) -> None:
            Alert.objects.filter(pk__in=[pk for pk, _ in held]).update(
                state="resolved",
                closed_at=now,
                cleared_at=now,
                close_reason=why,
                snoozed_until=None,
                changed_at=now,
            )
            _audit(held, "planning.alert_resolved", "resolved", why, now)

        done.resolved += _locked(ids, ACTIVE, write)


def _locked(ids: Sequence[int], states: Collection[str], write: Callable[[Held], None]) -> int:
    """Hand rows still in `states` to `write`, locked, a transaction a batch; return how many.

    Another refresh or a person may have moved a row meanwhile: it is left alone.
    """
    count = 0
    for batch in _batches(ids):
        with transaction.atomic():
            rows = Alert.objects.select_for_update().filter(pk__in=batch, state__in=states)
            held = list(rows.order_by("pk").values_list("pk", "state"))
            if held:
                write(held)
        count += len(held)
    return count


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _audit(held: Held, action: str, state: str, why: str, now: dt.datetime) -> None:
    record_many(
        [
            AuditDraft(
                actor=SYSTEM,
                action=action,
                target=f"alert:{pk}",
                at=now,
                before={"state": before},
                after={"state": state},
                reason=why,
            )
            for pk, before in held
        ]
    )
