"""Rules of the return policy: an edit is a draft; each change of what is asked makes a rulebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import SYSTEM, Actor
from core.conditions import BadCondition
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from core.words.conditions import CONDITION_WORDS
from inventory.models import Warehouse
from returns.domain import policy_effects
from returns.domain.policy import Book, Rule
from returns.domain.policy_defaults import RULE_MOVES, RULES
from returns.domain.policy_effects import BadEffect
from returns.domain.policy_names import LANGUAGE
from returns.models import PolicyBook, PolicyRule

EFFECT_WORDS = {
    "UNKNOWN_EFFECT": gettext_noop("%(what)s is nothing a rule can set."),
    "NOT_A_NUMBER": gettext_noop("Write a number."),
    "OUT_OF_BOUNDS": gettext_noop("This is too small or too large."),
    "NOT_A_DAY": gettext_noop("This day is not in the calendar. Write it like 2026-05-31."),
    "NOT_A_CHOICE": gettext_noop("Choose from the list."),
}


class PolicyRuleRefused(InputRefused):
    """A rule that can't be stored; `field` names where."""

    code = "POLICY_RULE_REFUSED"
    text = gettext_noop("This rule can't be saved. Correct the marked field.")


class PolicyRuleMoveRefused(StateConflict):
    """The version stands where this step does not lead from."""

    code = "POLICY_RULE_MOVE_REFUSED"
    text = gettext_noop(
        "Version %(version)s of %(rule)s is %(state)s. Reload the page and look again."
    )


class NoSuchBook(NotFound):
    """No rulebook has this version."""

    code = "NO_SUCH_RULEBOOK"
    text = gettext_noop("There is no rulebook %(version)s. Choose one of the list.")


@dataclass(frozen=True, slots=True)
class PolicyRuleDraft:
    """A rule as people type it; `effects` by name, empty ones are left out."""

    code: str
    name: str
    condition: str = ""
    name_zh: str = ""
    priority: int = 50
    effects: Mapping[str, object] = field(default_factory=dict)


def rule_of(row: PolicyRule) -> Rule:
    """Return a stored version, ready to be asked."""
    return Rule(
        code=row.code,
        version=row.version,
        name=row.name,
        priority=row.priority,
        condition=LANGUAGE.check(row.condition),
        effects=policy_effects.read(row.effects),
    )


def book() -> Book:
    """Return the rulebook that is asked now. Two queries."""
    last = PolicyBook.objects.newest_first().values_list("version", flat=True).first()
    return Book(last or 0, tuple(rule_of(row) for row in PolicyRule.objects.active()))


def book_with(rule_id: int) -> Book:
    """Return the rulebook with one version in place of the active one of its code."""
    row = PolicyRule.objects.get(pk=rule_id)
    now = book()
    kept = tuple(rule for rule in now.rules if rule.code != row.code)
    return Book(now.version, (*kept, rule_of(row)))


@transaction.atomic
def ensure_defaults(*, at: dt.datetime) -> int:
    """Write the first rulebook where there is no rule at all; return how many rules were added.

    Idempotent: rules that people changed or ended stay as they are.
    """
    if PolicyRule.objects.exists():
        return 0
    rows = PolicyRule.objects.bulk_create(
        [
            PolicyRule(
                code=seed.code,
                version=1,
                name=seed.name,
                name_zh=seed.name_zh,
                condition=LANGUAGE.check(seed.condition).text,
                effects=policy_effects.as_json(policy_effects.read(seed.effects)),
                priority=seed.priority,
                state=PolicyRule.State.ACTIVE,
                created_at=at,
                created_by=SYSTEM.key,
                published_at=at,
                published_by=SYSTEM.key,
            )
            for seed in RULES
        ]
    )
    _close_book(actor=SYSTEM, at=at, note="")
    return len(rows)


@transaction.atomic
def save_draft(draft: PolicyRuleDraft, *, actor: Actor, at: dt.datetime) -> PolicyRule:
    """Store a rule as the draft of its next version; a second edit replaces the draft.

    Raises:
        PolicyRuleRefused: with `field` and a sentence, if the condition or an effect can't be used.
    """
    condition = _condition(draft.condition)
    effects = _effects(draft.effects)
    PolicyRule.objects.filter(code=draft.code, state="draft").delete()
    last = PolicyRule.objects.filter(code=draft.code).aggregate(last=Max("version"))["last"]
    row = PolicyRule.objects.create(
        code=draft.code,
        version=(last or 0) + 1,
        name=draft.name,
        name_zh=draft.name_zh,
        condition=condition,
        effects=effects,
        priority=draft.priority,
        created_at=at,
        created_by=actor.key,
    )
    _audit(row, "drafted", actor, at)
    return row


def _condition(text: str) -> str:
    try:
        return LANGUAGE.check(text).text
    except BadCondition as error:
        words = CONDITION_WORDS[error.why]
        raise PolicyRuleRefused(
            field="condition", words=words, what=error.what, at=error.at
        ) from error


def _effects(typed: Mapping[str, object]) -> dict[str, Any]:
    try:
        effects = policy_effects.read(typed)
    except BadEffect as error:
        raise PolicyRuleRefused(
            field=error.name, words=EFFECT_WORDS[error.why], what=error.name, at=0
        ) from error
    if not effects:
        words = gettext_noop("This rule sets nothing. Fill in at least one line below.")
        raise PolicyRuleRefused(field="condition", words=words, what="", at=0)
    code = effects.get("destination")
    if code and not Warehouse.objects.filter(code=code, is_active=True).exists():
        words = gettext_noop("There is no open warehouse %(what)s. Check the code.")
        raise PolicyRuleRefused(field="destination", words=words, what=code, at=0)
    return policy_effects.as_json(effects)


@transaction.atomic
def publish(rule_id: int, *, actor: Actor, at: dt.datetime) -> PolicyRule:
    """Make a version the one that is asked; the one before is ended. Also rolls one rule back.

    Locks the newest rulebook, then all versions of the code.

    Raises:
        PolicyRuleMoveRefused: the version is active already.
    """
    _lock_books()
    code = PolicyRule.objects.values_list("code", flat=True).get(pk=rule_id)
    rows = PolicyRule.objects.select_for_update().filter(code=code).order_by("pk")
    row = {one.pk: one for one in rows}[rule_id]
    if "active" not in RULE_MOVES[row.state]:
        raise PolicyRuleMoveRefused(rule=row.code, version=row.version, state=row.state)
    current = PolicyRule.objects.filter(code=code, state__in=("active", "paused"))
    current.exclude(pk=rule_id).update(state="ended")
    moved = PolicyRule.objects.filter(pk=rule_id, state=row.state).update(
        state="active", published_at=at, published_by=actor.key
    )
    if not moved:
        raise PolicyRuleMoveRefused(rule=row.code, version=row.version, state=row.state)
    row.refresh_from_db()
    _close_book(actor=actor, at=at, note=f"{row}")
    _audit(row, "published", actor, at)
    return row


@transaction.atomic
def move(rule_id: int, state: str, *, actor: Actor, at: dt.datetime) -> PolicyRule:
    """Pause an active version, or end one; a paused one goes on by `publish`.

    Locks the newest rulebook.

    Raises:
        PolicyRuleMoveRefused: its state does not lead there.
    """
    _lock_books()
    origins = [name for name, targets in RULE_MOVES.items() if state in targets]
    changed = PolicyRule.objects.filter(pk=rule_id, state__in=origins).update(state=state)
    row = PolicyRule.objects.get(pk=rule_id)
    if not changed:
        raise PolicyRuleMoveRefused(rule=row.code, version=row.version, state=row.state)
    _close_book(actor=actor, at=at, note=f"{row} {state}")
    _audit(row, state, actor, at)
    return row


@transaction.atomic
def put_back(version: int, *, actor: Actor, at: dt.datetime) -> PolicyBook:
    """Ask the rules of an earlier rulebook again, under a new version number.

    Locks the newest rulebook. Drafts stay; versions that it does not hold are ended.

    Raises:
        NoSuchBook: there is none of this version.
    """
    _lock_books()
    old = PolicyBook.objects.filter(version=version).first()
    if old is None:
        raise NoSuchBook(version=version)
    rows = PolicyRule.objects.exclude(state="draft")
    rows.filter(state__in=("active", "paused")).exclude(pk__in=old.rules).update(state="ended")
    rows.filter(pk__in=old.rules).exclude(state="active").update(
        state="active", published_at=at, published_by=actor.key
    )
    made = _close_book(actor=actor, at=at, note=f"= {version}")
    audit.record(
        actor=actor,
        action="returns.rulebook_put_back",
        target=f"policy_book:{made.pk}",
        after={"version": made.version, "as": version},
        at=at,
    )
    return made


def _lock_books() -> None:
    """Let one change of the rulebook follow the other; SQLite has one writer anyway."""
    list(PolicyBook.objects.select_for_update().newest_first()[:1])


def _close_book(*, actor: Actor, at: dt.datetime, note: str) -> PolicyBook:
    last = PolicyBook.objects.aggregate(last=Max("version"))["last"] or 0
    return PolicyBook.objects.create(
        version=last + 1,
        rules=list(PolicyRule.objects.active().values_list("pk", flat=True)),
        note=note[:200],
        created_at=at,
        created_by=actor.key,
    )


def versions_of(ids: Iterable[int]) -> list[PolicyRule]:
    """Return rule versions by id, in the order of asking."""
    return list(PolicyRule.objects.filter(pk__in=list(ids)).order_by("priority", "code", "pk"))


def _audit(row: PolicyRule, what: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"returns.policy_rule_{what}",
        target=f"policy_rule:{row.pk}",
        after={
            "rule": row.code,
            "version": row.version,
            "condition": row.condition,
            "effects": row.effects,
        },
        at=at,
    )
