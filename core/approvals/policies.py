"""Write the rules of approval, and try them before they count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core import audit
from core.actors import Actor
from core.approvals import errors, matching, people, requesting
from core.models import ApprovalAuthor, ApprovalPolicy, ApprovalPolicyStep, ApprovalRequest
from core.permissions import Principal

#: Stands for the rule that is being written, which has no id yet.
NEW = 0


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """One rule to write. `replaces` is the id of the rule it takes the place of."""

    kind: str
    name: str
    level: int = 1
    from_amount: Decimal = Decimal(0)
    below_amount: Decimal | None = None
    conditions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: Sequence[matching.Step] = ()
    is_automatic: bool = False
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A request that waits and would stand under another rule. None: the rule being written."""

    request: ApprovalRequest
    rule_name: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say about a made-up document: rule, whether it stands in, people by step."""

    rule_name: str
    is_stand_in: bool
    is_automatic: bool
    steps: tuple[tuple[str, ...], ...]


@transaction.atomic
def save(draft: PolicyDraft, *, actor: Actor, at: dt.datetime) -> ApprovalPolicy:
    """Write a rule; requests that wait and now stand under another rule are asked afresh.

    Raises:
        RuleRefused, StepEmpty, StepRepeated: the rule does not hold together.
        RuleRetired: somebody else changed the rule it replaces.
    """
    check(draft)
    if draft.replaces is not None:
        _retire(draft.replaces, at)
    try:
        with transaction.atomic():
            found = _insert(draft, actor, at)
    except IntegrityError as error:
        raise errors.RuleRefused(
            why=gettext("A rule of this name is in force. Choose another name.")
        ) from error
    _note("approvals.rule_saved", found, actor, at)
    reroute(draft.kind, actor=actor, at=at)
    return found


@transaction.atomic
def retire(policy_id: int, *, actor: Actor, at: dt.datetime) -> ApprovalPolicy:
    """Take a rule out of force; requests that wait are asked afresh under what is left.

    Raises:
        RuleRetired: it is out of force already.
    """
    found = _retire(policy_id, at)
    _note("approvals.rule_retired", found, actor, at)
    reroute(found.kind, actor=actor, at=at)
    return found


def check(draft: PolicyDraft) -> None:
    """Refuse a rule that could not work.

    Raises:
        RuleRefused: amounts that exclude everything, no step, or steps on an automatic rule.
        StepEmpty: a step that reaches nobody with the right.
        StepRepeated: a step that goes round to the same people.
    """
    if draft.below_amount is not None and draft.below_amount <= draft.from_amount:
        why = gettext("The upper amount must be above the lower one.")
        raise errors.RuleRefused(why=why)
    if draft.is_automatic == bool(draft.steps):
        why = gettext("Name at least one step, or let the rule agree by itself, not both.")
        raise errors.RuleRefused(why=why)
    empty, again = matching.empty_steps(draft.steps), matching.repeated_steps(draft.steps)
    if empty:
        raise errors.StepEmpty(step=empty[0])
    if again:
        raise errors.StepRepeated(step=again[0])
    able = set(people.holders(draft.kind))
    for position, step in enumerate(draft.steps, start=1):
        if not people.named(step.role_id, step.people_ids) & able:
            raise errors.StepEmpty(step=position)


def _insert(draft: PolicyDraft, actor: Actor, at: dt.datetime) -> ApprovalPolicy:
    found = ApprovalPolicy.objects.create(
        kind=draft.kind,
        name=draft.name.strip(),
        level=draft.level,
        from_amount=draft.from_amount,
        below_amount=draft.below_amount,
        conditions={fact: sorted(values) for fact, values in draft.conditions.items() if values},
        is_automatic=draft.is_automatic,
        replaces_id=draft.replaces,
        made_by_key=actor.key,
        made_at=at,
    )
    for tier, step in enumerate(draft.steps, start=1):
        row = ApprovalPolicyStep.objects.create(policy=found, tier=tier, role_id=step.role_id)
        row.people.set(step.people_ids)
    return found


def _retire(policy_id: int, at: dt.datetime) -> ApprovalPolicy:
    found: ApprovalPolicy = ApprovalPolicy.objects.select_for_update().get(pk=policy_id)
    current = ApprovalPolicy.objects.filter(pk=policy_id, is_active=True)
    if not current.update(is_active=False, retired_at=at):
        raise errors.RuleRetired(name=found.name)
    return found


def reroute(kind: str, *, actor: Actor, at: dt.datetime) -> int:
    """Ask afresh for each request that waits under a rule that no longer is its own; return how
    many. Revision, hash and end stay; steps decided under the old rule don't count.

    One whose new rule agrees by itself stays: what people were asked for, people decide.
    """
    rules = people.rules_of(kind)
    changed = 0
    rows = ApprovalRequest.objects.select_for_update().waiting().filter(kind=kind).order_by("pk")
    for found in rows:
        rule = matching.choose(rules, found.amount_base, found.facts)
        if (rule.id if rule else None) == found.policy_id or (rule and rule.is_automatic):
            continue
        changed += _ask_again(found, rule.id if rule else None, actor, at)
    return changed


def _ask_again(
    found: ApprovalRequest, policy_id: int | None, actor: Actor, at: dt.datetime
) -> bool:
    authors = ApprovalAuthor.objects.filter(request=found).values_list("user_id", flat=True)
    author_ids = list(authors)
    fresh = ApprovalRequest(
        **{
            field.attname: getattr(found, field.attname)
            for field in ApprovalRequest._meta.concrete_fields
            if not field.primary_key
        }
    )
    fresh.policy_id, fresh.tier, fresh.tier_since = policy_id, 1, at
    fresh.reminded_at = fresh.escalated_at = None
    requesting.close(found, ApprovalRequest.State.SUPERSEDED, at)
    requesting.note("approvals.superseded", found, actor, at, {"new_rule": policy_id})
    fresh.save(force_insert=True)
    ApprovalAuthor.objects.bulk_create(
        ApprovalAuthor(request=fresh, user_id=user_id) for user_id in author_ids
    )
    requesting.open_step(fresh, at)
    return True


def preview(draft: PolicyDraft | None, kind: str, principal: Principal) -> list[Effect]:
    """Return the waiting requests in reach that would stand under another rule; writes nothing.

    None compares with the rules as they are.
    """
    rows = list(ApprovalPolicy.objects.in_force(kind).prefetch_related("parts"))
    names: dict[int, str | None] = {row.pk: row.name for row in rows}
    rules = [people.rule_of(row) for row in rows]
    if draft is not None:
        rules = [rule for rule in rules if rule.id != draft.replaces] + [_rule(draft)]
        names[NEW] = None
    effects = []
    waiting = ApprovalRequest.objects.visible_to(principal).waiting().filter(kind=kind)
    for found in waiting.order_by("requested_at", "pk"):
        rule = matching.choose(rules, found.amount_base, found.facts)
        if rule and not rule.is_automatic and rule.id != found.policy_id:
            effects.append(Effect(found, names[rule.id]))
    return effects


def _rule(draft: PolicyDraft) -> matching.Rule:
    return matching.Rule(
        id=NEW,
        level=draft.level,
        step_count=len(draft.steps),
        from_amount=draft.from_amount,
        below_amount=draft.below_amount,
        conditions=draft.conditions,
        is_automatic=draft.is_automatic,
    )


def who_approves(
    kind: str, amount: Decimal, facts: matching.Facts, *, author_ids: frozenset[int] = frozenset()
) -> Verdict:
    """Return which rule a document of this amount and these facts would meet, and its people."""
    rules = people.rules_of(kind)
    rule = matching.choose(rules, amount, facts)
    codes = list(facts.get("warehouse", ()))
    able = set(people.holders(kind, codes[0] if codes else "")) - author_ids
    if rule is None:
        return Verdict("", True, False, (_names(able),))
    row = ApprovalPolicy.objects.prefetch_related("parts").get(pk=rule.id)
    parts = sorted(row.parts.all(), key=lambda part: part.tier)
    steps = tuple(_names(people.named_in(part) & able) for part in parts)
    return Verdict(row.name, matching.is_stand_in(rule, amount, facts), rule.is_automatic, steps)


def _names(user_ids: set[int]) -> tuple[str, ...]:
    names = people.names_of(user_ids)
    return tuple(names.split(", ")) if names else ()


def _note(action: str, found: ApprovalPolicy, actor: Actor, at: dt.datetime) -> None:
    steps = [
        {"role": part.role_id, "people": sorted(part.people.values_list("pk", flat=True))}
        for part in found.parts.order_by("tier")
    ]
    after = {
        "name": found.name,
        "level": found.level,
        "from": str(found.from_amount),
        "below": str(found.below_amount) if found.below_amount is not None else None,
        "conditions": found.conditions,
        "automatic": found.is_automatic,
        "steps": steps,
        "replaces": found.replaces_id,
    }
    audit.record(
        actor=actor, action=action, target=f"approval_policy:{found.pk}", after=after, at=at
    )
