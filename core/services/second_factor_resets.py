"""Removing a lost second factor takes two people: one asks with a reason, another one decides.

States: open -> approved | rejected (a third person) | withdrawn (who asked) | expired (the clock).
Every step is one conditional UPDATE of the open row, so of two deciders at once one comes too late.
"""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import audit, mail, notices
from core.actors import SYSTEM, Actor
from core.errors import DomainError, InputRefused, NotPermitted, StateConflict, gettext_noop
from core.models.people import User
from core.models.second_factor import SecondFactorReset
from core.models.shell import Notice
from core.notices import NoticeDraft
from core.services import people

#: How long a second person has to decide.
DECIDED_WITHIN = dt.timedelta(hours=24)
State = SecondFactorReset.State
TRANSITIONS: dict[str, frozenset[str]] = {
    State.OPEN: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}


class NoSecondFactor(InputRefused):
    """The person has none."""

    code = "NO_SECOND_FACTOR"
    text = gettext_noop("%(name)s has no second factor. There is nothing to reset.")


class ResetAlreadyOpen(DomainError):
    """A request for this person waits for a decision."""

    code = "RESET_ALREADY_OPEN"
    text = gettext_noop("A reset for %(name)s waits for a second person. See the person's page.")


class NobodyToDecide(InputRefused):
    """Nobody but the two concerned may decide."""

    code = "NOBODY_TO_DECIDE"
    text = gettext_noop(
        "Nobody else may decide: a second person who manages people is needed. Make one first."
    )


class ResetOver(StateConflict):
    """The request was decided, withdrawn, or its time is over."""

    code = "RESET_OVER"
    text = gettext_noop("This request is closed, or 24 hours have passed. Ask for a new one.")


class TwoPeopleNeeded(NotPermitted):
    """Who asked, or whose factor it is, never decides."""

    code = "TWO_PEOPLE_NEEDED"
    text = gettext_noop(
        "A third person decides: not the one who asked, and not the one whose factor it is."
    )


class NotYours(NotPermitted):
    """Only who asked withdraws."""

    code = "NOT_YOURS"
    text = gettext_noop("Only the person who asked can withdraw it. You can reject it.")


@transaction.atomic
def ask(subject_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SecondFactorReset:
    """Ask to remove the second factors of another person; tell those who may decide.

    Raises:
        OwnRightsFixed: the actor is that person.
        TwoPeopleNeeded: no person asks, but a program.
        NoSecondFactor: there is nothing to remove.
        NobodyToDecide: no third person may manage people.
        ResetAlreadyOpen: one request is open for the person.
    """
    if actor.key == f"user:{subject_id}":
        raise people.OwnRightsFixed
    if actor.kind != "user" or actor.id is None:
        raise TwoPeopleNeeded
    subject: User = User.objects.get(pk=subject_id)
    if not Authenticator.objects.filter(user=subject).exists():
        raise NoSecondFactor(name=str(subject))
    deciders = _deciders(subject.pk, actor.id)
    if not deciders:
        raise NobodyToDecide
    expire_due(at, subject_id=subject.pk)
    found = _open_row(subject, reason, actor.id, at)
    _note("users.second_factor_reset_asked", found, actor, at, reason=reason)
    draft = NoticeDraft(
        kind="second_factor_reset",
        text=gettext_noop("%(asker)s asks to reset the second factor of %(name)s. Decide on it."),
        data={"asker": actor.label, "name": str(subject)},
        at=at,
        target=f"user:{subject.pk}",
        url=reverse("user", args=[subject.pk]),
        dedupe_key=_notice_key(found),
    )
    notices.notify(deciders, draft)
    return found


def _deciders(subject_id: int, asker_id: int) -> list[int]:
    """Return who may decide: everybody active who manages people, but the two concerned."""
    holders = User.objects.holding("users.manage").exclude(pk__in=(subject_id, asker_id))
    return list(holders.order_by("pk").values_list("pk", flat=True))


def _open_row(subject: User, reason: str, asker_id: int, at: dt.datetime) -> SecondFactorReset:
    try:
        with transaction.atomic():
            found: SecondFactorReset = SecondFactorReset.objects.create(
                subject=subject,
                asked_by_id=asker_id,
                reason=reason,
                asked_at=at,
                expires_at=at + DECIDED_WITHIN,
            )
    except IntegrityError:
        raise ResetAlreadyOpen(name=str(subject)) from None
    return found


@transaction.atomic
def approve(reset_id: int, *, actor: Actor, at: dt.datetime) -> SecondFactorReset:
    """Remove the factors: codes, trusted browsers, sessions and own keys of the person end, too.

    The person is told by mail and must set up a new factor after the next sign-in.

    Raises:
        TwoPeopleNeeded: the actor asked, or is the person.
        ResetOver: it is decided, withdrawn or too old.
    """
    found = _decide(reset_id, State.APPROVED, actor, at)
    subject = found.subject
    Authenticator.objects.filter(user=subject).delete()
    User.objects.filter(pk=subject.pk).update(second_factor_due=True)
    people.second_factor_changed(subject, what="reset", actor=actor, at=at)
    _note("users.second_factor_reset_approved", found, actor, at, reason=found.reason)
    if subject.email:
        mail.queue(
            to=subject.email,
            template="account/second_factor_reset",
            language=subject.language,
            context={"name": str(subject), "asker": str(found.asked_by), "approver": actor.label},
            target=f"user:{subject.pk}",
            dedupe_key=f"second_factor_reset:{found.pk}",
        )
    return found


@transaction.atomic
def reject(reset_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SecondFactorReset:
    """Close a request without effect, and tell who asked.

    Raises:
        TwoPeopleNeeded: the actor asked, or is the person.
        ResetOver: it is decided, withdrawn or too old.
    """
    found = _decide(reset_id, State.REJECTED, actor, at)
    _note("users.second_factor_reset_rejected", found, actor, at, reason=reason)
    draft = NoticeDraft(
        kind="second_factor_reset",
        text=gettext_noop("%(actor)s rejected your reset of the second factor of %(name)s."),
        data={"actor": actor.label, "name": str(found.subject)},
        at=at,
        target=f"user:{found.subject_id}",
        url=reverse("user", args=[found.subject_id]),
        dedupe_key=f"{_notice_key(found)}:rejected",
    )
    notices.notify([found.asked_by_id], draft)
    return found


@transaction.atomic
def withdraw(reset_id: int, *, actor: Actor, at: dt.datetime) -> SecondFactorReset:
    """Take one's own request back.

    Raises:
        NotYours: somebody else asked.
        ResetOver: it is decided, withdrawn or too old.
    """
    found = SecondFactorReset.objects.select_related("subject").get(pk=reset_id)
    if found.asked_by_id != actor.id or actor.kind != "user":
        raise NotYours
    _close(found, State.WITHDRAWN, at, decided_by=None)
    _note("users.second_factor_reset_withdrawn", found, actor, at)
    return found


@transaction.atomic
def expire_due(at: dt.datetime, *, subject_id: int | None = None) -> int:
    """Close the requests nobody decided within a day, of one person or all; return how many.

    Repeatable.
    """
    rows = SecondFactorReset.objects.overdue(at)
    if subject_id is not None:
        rows = rows.filter(subject=subject_id)
    count = 0
    for found in rows.order_by("pk"):
        moved = SecondFactorReset.objects.overdue(at).filter(pk=found.pk)
        if not moved.update(state=State.EXPIRED, decided_at=at):
            continue
        count += 1
        _after_closing(found, at)
        _note("users.second_factor_reset_expired", found, SYSTEM, at)
    return count


def _decide(reset_id: int, to: str, actor: Actor, at: dt.datetime) -> SecondFactorReset:
    found = SecondFactorReset.objects.select_related("subject", "asked_by").get(pk=reset_id)
    if actor.kind != "user" or actor.id in (found.asked_by_id, found.subject_id):
        raise TwoPeopleNeeded
    _close(found, to, at, decided_by=actor.id)
    return found


def _close(found: SecondFactorReset, to: str, at: dt.datetime, *, decided_by: int | None) -> None:
    if to not in TRANSITIONS[State.OPEN] or not _claim(found.pk, to, at, decided_by):
        raise ResetOver
    found.refresh_from_db(fields=["state", "decided_by", "decided_at"])
    _after_closing(found, at)


def _claim(reset_id: int, to: str, at: dt.datetime, decided_by: int | None) -> bool:
    """Move the row if it is still open: the guard that lets one of two deciders win."""
    rows = SecondFactorReset.objects.open(at).filter(pk=reset_id)
    return bool(rows.update(state=to, decided_by=decided_by, decided_at=at))


def _after_closing(found: SecondFactorReset, at: dt.datetime) -> None:
    """Take the open question off the lists of those who could have decided."""
    rows = Notice.objects.filter(dedupe_key=_notice_key(found), read_at=None)
    rows.update(read_at=at)


def _notice_key(found: SecondFactorReset) -> str:
    return f"second_factor_reset:{found.pk}"


def _note(
    action: str, found: SecondFactorReset, actor: Actor, at: dt.datetime, *, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=f"user:{found.subject_id}",
        after={"reset": found.pk},
        reason=reason,
        at=at,
    )
