"""Open and close requests for approval. Every function runs in the caller's transaction.

Lock order: the document first (by its owner), then the request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from core import audit, settings_store
from core.actors import SYSTEM, Actor
from core.approvals import errors, matching, people, telling
from core.approvals.settings import EXPIRY_DAYS
from core.errors import gettext_noop
from core.models import ApprovalAuthor, ApprovalRequest

State = ApprovalRequest.State

#: state -> the states a request may move to
TRANSITIONS: Mapping[str, frozenset[str]] = {
    State.PENDING: frozenset(
        {State.APPROVED, State.REJECTED, State.SUPERSEDED, State.WITHDRAWN, State.EXPIRED}
    ),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for. `document_key` is a key such as `purchase_order:17`, `label` its number.

    `amount_base` is in the base currency. `facts` maps a fact to the values the document has;
    rules look at them. `author_ids`: the people who wrote the document, beside who asks.
    `is_unbounded`: nothing limits the amount, so the strictest rule counts whatever it says.
    """

    kind: str
    document_key: str
    label: str
    revision: int
    content_hash: str
    amount_base: Decimal
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    warehouse_code: str = ""
    author_ids: frozenset[int] = frozenset()
    is_unbounded: bool = False


@transaction.atomic
def request(ask: Ask, *, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    """Open a request under the rule that fits and tell its approvers; return it.

    A rule that agrees by itself closes it at once: look at `state`. The caller holds the lock of
    the document.

    Raises:
        AlreadyWaiting: the document has a request that waits.
        NobodyApproves: no person other than the authors may decide.
    """
    if ApprovalRequest.objects.waiting().filter(document_key=ask.document_key).exists():
        raise errors.AlreadyWaiting(label=ask.label)
    rules = people.rules_of(ask.kind)
    rule = (
        matching.highest(rules)
        if ask.is_unbounded
        else matching.choose(rules, ask.amount_base, ask.facts)
    )
    found = _insert(ask, rule.id if rule else None, actor, at)
    _note("approvals.requested", found, actor, at, {"rule": rule.id if rule else None})
    if rule is not None and rule.is_automatic:
        return _close(found, State.APPROVED, at)
    if not open_step(found, at):
        raise errors.NobodyApproves(label=ask.label)
    return found


def _insert(ask: Ask, policy_id: int | None, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    asker = actor.id if actor.kind == "user" else None
    days = int(str(settings_store.get(EXPIRY_DAYS)))
    found = ApprovalRequest.objects.create(
        kind=ask.kind,
        document_key=ask.document_key,
        label=ask.label,
        revision=ask.revision,
        content_hash=ask.content_hash,
        amount_base=ask.amount_base,
        facts={fact: list(values) for fact, values in ask.facts.items()},
        warehouse_code=ask.warehouse_code,
        requested_by_id=asker,
        requested_by_key=actor.key,
        requested_at=at,
        expires_at=at + dt.timedelta(days=days),
        policy_id=policy_id,
        tier_since=at,
    )
    authors = ask.author_ids | ({asker} if asker is not None else set())
    ApprovalAuthor.objects.bulk_create(
        ApprovalAuthor(request=found, user_id=user_id) for user_id in sorted(authors)
    )
    return found


def open_step(found: ApprovalRequest, at: dt.datetime) -> int:
    """Tell the approvers of the step that is due; return how many there are.

    A step whose people are all gone, or all concerned, goes to the highest approvers at once.
    """
    able = people.approvers_for(found, at)
    if not able and found.policy_id is not None:
        found.escalated_at = at
        ApprovalRequest.objects.filter(pk=found.pk).update(escalated_at=at)
        able = people.approvers_for(found, at)
    return telling.tell_approvers(found, [one.user_id for one in able], "waiting", at)


@transaction.atomic
def supersede(
    document_key: str, *, actor: Actor, at: dt.datetime, reason: str = ""
) -> ApprovalRequest | None:
    """Close the request that waits for a document because the document changes; None if none does.

    The caller holds the lock of the document. Repeatable.
    """
    found = _waiting(document_key)
    if found is None:
        return None
    _close(found, State.SUPERSEDED, at, reason)
    _note("approvals.superseded", found, actor, at, reason=reason)
    return found


@transaction.atomic
def withdraw(document_key: str, *, actor: Actor, at: dt.datetime) -> ApprovalRequest | None:
    """Let an author take the request back; None if none waits.

    Raises:
        NotYourRequest: the actor neither asked nor wrote.
    """
    found = _waiting(document_key)
    if found is None:
        return None
    if not ApprovalAuthor.objects.filter(request=found, user=actor.id or 0).exists():
        raise errors.NotYourRequest(label=found.label)
    _close(found, State.WITHDRAWN, at)
    _note("approvals.withdrawn", found, actor, at)
    return found


@transaction.atomic
def expire(request_id: int, *, at: dt.datetime) -> ApprovalRequest | None:
    """Close a request whose time is over and tell the authors; None if it is not overdue.

    The caller holds the lock of the document. Repeatable.
    """
    rows = ApprovalRequest.objects.select_for_update().overdue(at)
    found: ApprovalRequest | None = rows.filter(pk=request_id).first()
    if found is None:
        return None
    _close(found, State.EXPIRED, at)
    _note("approvals.expired", found, SYSTEM, at)
    days = (found.expires_at - found.requested_at).days
    text = gettext_noop("Nobody decided on %(label)s within %(days)s days. Submit it again.")
    telling.tell_authors(found, text, {"days": str(days)}, f"approval:{found.pk}:expired", at)
    return found


def _waiting(document_key: str) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.select_for_update().waiting()
    return rows.filter(document_key=document_key).first()


def _close(
    found: ApprovalRequest, state: str, at: dt.datetime, reason: str = ""
) -> ApprovalRequest:
    if not claim(found, state=state, closed_at=at, closed_reason=reason[:500]):
        raise errors.ApprovalOver(label=found.label, outcome=found.get_state_display())
    telling.close_questions(found, at)
    return found


def claim(found: ApprovalRequest, **values: object) -> bool:
    """Move a waiting request if it still stands where it was read: one of two writers wins."""
    target = values.get("state")
    if target is not None and target not in TRANSITIONS.get(found.state, frozenset()):
        return False
    same = ApprovalRequest.objects.waiting().filter(
        pk=found.pk, tier=found.tier, content_hash=found.content_hash
    )
    if not same.update(**values):
        return False
    found.refresh_from_db()
    return True


def _note(  # an entry has this many facts
    action: str,
    found: ApprovalRequest,
    actor: Actor,
    at: dt.datetime,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    facts = {"request": found.pk, "revision": found.revision, "hash": found.content_hash}
    audit.record(
        actor=actor,
        action=action,
        target=found.document_key,
        after={**facts, **(after or {})},
        reason=reason,
        at=at,
    )


note = _note
close = _close
