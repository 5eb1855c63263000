"""Decide on a request: one person, one step, bound to exactly what was shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from core.actors import Actor
from core.approvals import errors, people, requesting, telling
from core.errors import gettext_noop
from core.models import ApprovalPolicyStep, ApprovalRequest, ApprovalStep

State = ApprovalRequest.State


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says, and the revision and hash of what that person saw."""

    decision: Literal["approved", "rejected"]
    revision: int
    content_hash: str
    comment: str = ""


@transaction.atomic
def decide(request_id: int, verdict: Verdict, *, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    """Write a decision; return the request, approved only after its last step.

    Locks the request; the caller holds the lock of the document. A rejection ends it at any step.

    Raises:
        ApprovalOver: it is closed, or somebody decided this step first.
        ApprovalStale: the document is not what was shown.
        ApprovalExpired: its time is over.
        OwnRequest: the actor is an author.
        NotYourStep: it is somebody else's turn.
        ReasonMissing: a rejection without a reason.
        PeopleDecide: no person decides.
    """
    found: ApprovalRequest = ApprovalRequest.objects.select_for_update().get(pk=request_id)
    _check(found, verdict, at)
    one = candidate(found, actor, at)
    if verdict.decision == "rejected" and not verdict.comment.strip():
        raise errors.ReasonMissing
    tier = found.tier
    is_last = verdict.decision == "rejected" or tier >= step_count(found)
    if is_last:
        requesting.close(found, verdict.decision, at, verdict.comment)
    elif not requesting.claim(
        found, tier=tier + 1, tier_since=at, reminded_at=None, escalated_at=None
    ):
        raise errors.ApprovalOver(label=found.label, outcome=found.get_state_display())
    _write(found, verdict, one, tier, at)
    requesting.note(
        f"approvals.{verdict.decision}",
        found,
        actor,
        at,
        {"step": tier, "on_behalf_of": one.for_id},
        verdict.comment,
    )
    _tell(found, verdict, actor, at)
    return found


def _check(found: ApprovalRequest, verdict: Verdict, at: dt.datetime) -> None:
    if found.state != State.PENDING:
        raise errors.ApprovalOver(label=found.label, outcome=found.get_state_display())
    if (found.revision, found.content_hash) != (verdict.revision, verdict.content_hash):
        raise errors.ApprovalStale(label=found.label, revision=found.revision)
    if found.expires_at <= at:
        days = (found.expires_at - found.requested_at).days
        raise errors.ApprovalExpired(label=found.label, days=days)


def candidate(found: ApprovalRequest, actor: Actor, at: dt.datetime) -> people.Candidate:
    """Return in which right a person may decide on a request now.

    Raises:
        PeopleDecide: the actor is no person.
        OwnRequest: the actor is an author.
        NotYourStep: it waits for others; `names` says for whom.
    """
    if actor.kind != "user" or actor.id is None:
        raise errors.PeopleDecide
    able = people.approvers_for(found, at)
    for one in able:
        if one.user_id == actor.id:
            return one
    if found.authors.filter(user=actor.id).exists():
        raise errors.OwnRequest(label=found.label)
    names = people.names_of(one.user_id for one in able)
    raise errors.NotYourStep(label=found.label, names=names or "?")


def step_count(found: ApprovalRequest) -> int:
    """Return how many steps a request has; one where no rule applies."""
    return max(1, ApprovalPolicyStep.objects.filter(policy=found.policy_id or 0).count())


def _write(
    found: ApprovalRequest, verdict: Verdict, one: people.Candidate, tier: int, at: dt.datetime
) -> None:
    ApprovalStep.objects.create(
        request=found,
        tier=tier,
        approver_id=one.user_id,
        on_behalf_of_id=one.for_id,
        requester_id=found.requested_by_id,
        decision=verdict.decision,
        comment=verdict.comment[:500],
        content_hash=verdict.content_hash,
        decided_at=at,
    )


def _tell(found: ApprovalRequest, verdict: Verdict, actor: Actor, at: dt.datetime) -> None:
    if found.state == State.PENDING:
        telling.close_questions(found, at)
        requesting.open_step(found, at)
        return
    text = gettext_noop("%(actor)s approved %(label)s.")
    data = {"actor": actor.label}
    if verdict.decision == "rejected":
        text = gettext_noop("%(actor)s rejected %(label)s: %(reason)s")
        data["reason"] = verdict.comment[:200]
    telling.tell_authors(found, text, data, f"approval:{found.pk}:{verdict.decision}", at)
