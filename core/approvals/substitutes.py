"""Somebody decides in one's place for a while: given by oneself, with an end, without chains."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from core import audit, notices
from core.actors import Actor
from core.approvals.errors import NotYourRequest, PeopleDecide, SubstituteRefused
from core.errors import gettext_noop
from core.models import ApprovalDelegation, User
from core.notices import NoticeDraft
from core.permissions import principal_for_user
from core.wiring import wired

#: Nobody stands in for longer than this at a time.
LONGEST = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in, from when until when (aware UTC, the end excluded)."""

    taker_id: int
    from_at: dt.datetime
    until_at: dt.datetime
    reason: str = ""


@transaction.atomic
def delegate(wish: StandIn, *, actor: Actor, at: dt.datetime) -> ApprovalDelegation:
    """Let another person decide in the actor's place; that person is told.

    Raises:
        PeopleDecide: no person gives.
        SubstituteRefused: the taker is the giver, lacks the right, gave the own decisions away
            for that time, or the span is empty, over, too long or taken.
    """
    if actor.kind != "user" or actor.id is None:
        raise PeopleDecide
    # Both rows are locked in one order, so that two people can't give to each other at once.
    people = {
        user.pk: user
        for user in User.objects.select_for_update()
        .filter(pk__in=(actor.id, wish.taker_id))
        .order_by("pk")
    }
    taker = people.get(wish.taker_id)
    why = _objection(wish, taker, actor.id, at)
    if why or taker is None:
        raise SubstituteRefused(name=str(taker or "?"), why=why)
    found: ApprovalDelegation = ApprovalDelegation.objects.create(
        giver_id=actor.id,
        taker=taker,
        from_at=wish.from_at,
        until_at=wish.until_at,
        reason=wish.reason[:200],
        made_at=at,
    )
    _note("approvals.substitute_named", found, actor, at)
    _tell(found, actor, at)
    return found


def _objection(wish: StandIn, taker: User | None, giver_id: int, at: dt.datetime) -> str:
    if taker is None or taker.pk == giver_id or not taker.is_active:
        return gettext("choose another person who works here.")
    if not principal_for_user(taker).may_any(_rights()):
        return gettext("the person has no right to approve.")
    return _wrong_span(wish, at) or _taken(wish, taker.pk, giver_id)


def _wrong_span(wish: StandIn, at: dt.datetime) -> str:
    if wish.until_at <= max(wish.from_at, at):
        return gettext("the end lies before the start, or in the past.")
    if wish.until_at - wish.from_at > LONGEST:
        return gettext("the time is longer than 92 days.")
    return ""


def _taken(wish: StandIn, taker_id: int, giver_id: int) -> str:
    during = ApprovalDelegation.objects.overlapping(wish.from_at, wish.until_at)
    if during.filter(giver=giver_id).exists():
        return gettext("somebody already stands in for you at that time.")
    if during.filter(Q(giver=taker_id) | Q(taker=giver_id)).exists():
        return gettext("one of you has a substitute, or is one, at that time.")
    return ""


def _rights() -> list[str]:
    return sorted({kind.capability for kind in wired("APPROVALS").values()})


@transaction.atomic
def end(delegation_id: int, *, actor: Actor, at: dt.datetime) -> ApprovalDelegation:
    """Take one's decisions back now. Repeatable.

    Raises:
        NotYourRequest: somebody else gave them.
    """
    found = ApprovalDelegation.objects.select_for_update().get(pk=delegation_id)
    if actor.kind != "user" or found.giver_id != actor.id:
        raise NotYourRequest(label=str(found.giver))
    if found.ended_at is None and found.until_at > at:
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        _note("approvals.substitute_ended", found, actor, at)
    return found


def _tell(found: ApprovalDelegation, actor: Actor, at: dt.datetime) -> None:
    draft = NoticeDraft(
        kind="approval_substitute",
        text=gettext_noop("You decide in the place of %(name)s until %(until)s (UTC)."),
        data={"name": actor.label, "until": f"{found.until_at:%Y-%m-%d %H:%M}"},
        at=at,
        target=f"user:{found.giver_id}",
    )
    notices.notify([found.taker_id], draft)


def _note(action: str, found: ApprovalDelegation, actor: Actor, at: dt.datetime) -> None:
    span = {"from": found.from_at.isoformat(), "until": found.until_at.isoformat()}
    audit.record(
        actor=actor,
        action=action,
        target=f"user:{found.giver_id}",
        after={"substitute": found.taker_id, **span},
        at=at,
    )
