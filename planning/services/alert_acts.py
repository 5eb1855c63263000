"""What people do with alerts: take one up, put it off, give it to somebody, dismiss it, undo that.

Each act is a conditional UPDATE under the rows' locks, with an audit entry an alert. Acts on many
alerts move those that may move and say how many did not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F

from core.actors import Actor
from core.audit.recording import AuditDraft, record_many
from core.errors import InputRefused, StateConflict, gettext_noop
from core.models.people import User
from core.permissions import principal_for_user
from planning.domain.alert_states import ACTIVE, DISMISS_REASONS, TRANSITIONS, states_before
from planning.models import Alert

#: A snooze is no way to switch an alert off. Source: own choice, shown on the form.
LONGEST_SNOOZE: Final = dt.timedelta(days=60)


class SnoozeRefused(InputRefused):
    """The moment lies in the past, or further away than a snooze may reach."""

    code = "ALERT_SNOOZE_REFUSED"
    text = gettext_noop("Snooze until a day from tomorrow to %(days)s days ahead.")


class DismissRefused(InputRefused):
    """No known reason, or "another reason" without a note."""

    code = "ALERT_DISMISS_REFUSED"
    text = gettext_noop("Choose a reason. With “Another reason”, say in a few words which one.")


class OwnerRefused(InputRefused):
    """The person could not look at the alert."""

    code = "ALERT_OWNER_REFUSED"
    text = gettext_noop(
        "%(person)s may not see this alert. Choose somebody who plans for its warehouse."
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """How many alerts moved, and how many stood in a state from which the act does not lead."""

    moved: int
    left: int


def acknowledge(ids: Collection[int], *, actor: Actor, now: dt.datetime) -> Moved:
    """Take alerts up: the actor becomes the owner where nobody is. Idempotent in its outcome.

    Raises:
        StateConflict: none of them could move.
    """
    moved = _move(ids, "acknowledge", actor, now, {"snoozed_until": None})
    if actor.kind == "user" and actor.id is not None:
        mine = Alert.objects.filter(pk__in=list(ids), state="acknowledged", owner__isnull=True)
        mine.update(owner_id=actor.id)
    return moved


def snooze(
    ids: Collection[int], *, until: dt.datetime, actor: Actor, now: dt.datetime, reason: str = ""
) -> Moved:
    """Put alerts off until a moment; one that gets worse comes back by itself.

    Raises:
        SnoozeRefused: the moment is over or too far away.
        StateConflict: none of them could move.
    """
    if not now < until <= now + LONGEST_SNOOZE:
        raise SnoozeRefused(days=LONGEST_SNOOZE.days)
    return _move(ids, "snooze", actor, now, {"snoozed_until": until}, reason)


def dismiss(
    ids: Collection[int], *, reason: str, note: str = "", actor: Actor, now: dt.datetime
) -> Moved:
    """Close alerts although their condition holds; it stays quiet until it cleared or gets worse.

    Raises:
        DismissRefused: no known reason, or OTHER without a note.
        StateConflict: none of them could move.
    """
    note = note.strip()
    if reason not in DISMISS_REASONS or (reason == "OTHER" and not note):
        raise DismissRefused
    values = {"closed_at": now, "close_reason": reason, "snoozed_until": None}
    return _move(ids, "dismiss", actor, now, values, f"{reason} {note}".strip())


def reopen(alert_id: int, *, actor: Actor, now: dt.datetime) -> Moved:
    """Take a dismissal back.

    Raises:
        StateConflict: it is not dismissed, its condition has ended, or another alert took over.
    """
    still = Alert.objects.filter(pk=alert_id, cleared_at__isnull=True)
    if not still.exists():
        raise StateConflict
    try:
        return _move([alert_id], "reopen", actor, now, {"closed_at": None, "close_reason": ""})
    except IntegrityError as error:
        raise StateConflict from error


@transaction.atomic
def assign(
    ids: Collection[int],
    *,
    owner_id: int | None,
    due_on: dt.date | None,
    actor: Actor,
    now: dt.datetime,
) -> Moved:
    """Give alerts to somebody, with a day; None takes the owner off. The state stays.

    Raises:
        OwnerRefused: the person may not see one of them.
        StateConflict: none of them is active.
    """
    rows = list(
        Alert.objects.select_for_update(of=("self",))
        .filter(pk__in=list(ids), state__in=ACTIVE)
        .select_related("warehouse")
        .order_by("pk")
    )
    if not rows:
        raise StateConflict
    if owner_id is not None:
        _check_owner(owner_id, {row.warehouse.code for row in rows})
    Alert.objects.filter(pk__in=[row.pk for row in rows]).update(
        owner_id=owner_id, due_on=due_on or F("due_on"), version=F("version") + 1, changed_at=now
    )
    record_many(
        [
            AuditDraft(
                actor=actor,
                action="planning.alert_assigned",
                target=f"alert:{row.pk}",
                at=now,
                before={"owner": row.owner_id},
                after={"owner": owner_id, "due_on": due_on.isoformat() if due_on else None},
            )
            for row in rows
        ]
    )
    return Moved(len(rows), len(set(ids)) - len(rows))


def _check_owner(owner_id: int, codes: Collection[str]) -> None:
    person = User.objects.filter(pk=owner_id, is_active=True).first()
    if person is None:
        raise OwnerRefused(person="?")
    principal = principal_for_user(person)
    if not principal.may("planning.view") or not all(map(principal.sees_warehouse, codes)):
        raise OwnerRefused(person=str(person))


@transaction.atomic
def _move(
    ids: Collection[int],
    move: str,
    actor: Actor,
    now: dt.datetime,
    values: Mapping[str, Any],
    reason: str = "",
) -> Moved:
    """Move the rows that stand where `move` leads away from, in one state at a time."""
    rows = (
        Alert.objects.select_for_update()
        .filter(pk__in=list(ids), state__in=states_before(move))
        .order_by("pk")
    )
    held = list(rows.values_list("pk", "state"))
    drafts: list[AuditDraft] = []
    for before, after in sorted(TRANSITIONS[move].items()):
        mine = [pk for pk, state in held if state == before]
        if not mine or not Alert.objects.filter(pk__in=mine, state=before).update(
            state=after, version=F("version") + 1, changed_at=now, **values
        ):
            continue
        drafts += [
            AuditDraft(
                actor=actor,
                action=f"planning.alert_{_FACTS[move]}",
                target=f"alert:{pk}",
                at=now,
                before={"state": before},
                after={"state": after, **_plain(values)},
                reason=reason,
            )
            for pk in mine
        ]
    if not drafts:
        raise StateConflict
    record_many(drafts)
    return Moved(len(drafts), len(set(ids)) - len(drafts))


_FACTS: Final = {
    "acknowledge": "acknowledged",
    "snooze": "snoozed",
    "dismiss": "dismissed",
    "reopen": "reopened",
}


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    until = values.get("snoozed_until")
    return {"until": until.isoformat()} if until is not None else {}
