"""Packing rules: an edit is a draft of the next version; publishing puts it in place of the old."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from core.words.conditions import CONDITION_WORDS
from fulfillment.domain.conditions import BadCondition, check
from fulfillment.domain.insert_states import PACK_RULE
from fulfillment.models import InsertCampaign, PackRule
from inventory.models import Sku

SKU_KINDS = {
    "add_insert": ("insert", "goods"),
    "use_packaging": ("packaging",),
    "add_gift_card": ("insert", "packaging"),
    "add_tissue": ("packaging", "insert"),
}


class RuleRefused(InputRefused):
    """A rule that can't be stored; `field` names where."""

    code = "RULE_REFUSED"
    text = gettext_noop("This rule can't be saved. Correct the marked field.")


class RuleMoveRefused(StateConflict):
    """The version stands where this step does not lead from."""

    code = "RULE_MOVE_REFUSED"
    text = gettext_noop(
        "Version %(version)s of %(rule)s is %(state)s. Reload the page and look again."
    )


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as people type it. `sku`, `alternate` and `campaign` are codes."""

    code: str
    name: str
    sku: str
    effect: str = "add_insert"
    condition: str = ""
    name_zh: str = ""
    qty: int = 1
    priority: int = 50
    on_oos: str = "skip"
    alternate: str = ""
    campaign: str = ""


@transaction.atomic
def save_draft(draft: RuleDraft, *, actor: Actor, at: dt.datetime) -> PackRule:
    """Store a rule as the draft of its next version; a second edit replaces the draft.

    Raises:
        RuleRefused: with `field` and a sentence, if condition, SKU or campaign can't be used.
    """
    try:
        condition = check(draft.condition).text
    except BadCondition as error:
        words = CONDITION_WORDS[error.why]
        raise RuleRefused(field="condition", words=words, what=error.what, at=error.at) from error
    sku = _sku(draft.sku, SKU_KINDS[draft.effect], "sku")
    other = None
    if draft.on_oos == "alternate":
        other = _sku(draft.alternate, SKU_KINDS[draft.effect], "alternate")
    PackRule.objects.filter(code=draft.code, state="draft").delete()
    last = PackRule.objects.filter(code=draft.code).aggregate(last=Max("version"))["last"]
    row = PackRule.objects.create(
        code=draft.code,
        version=(last or 0) + 1,
        name=draft.name,
        name_zh=draft.name_zh,
        condition=condition,
        effect=draft.effect,
        sku=sku,
        qty=draft.qty,
        priority=draft.priority,
        on_oos=draft.on_oos,
        alternate_sku=other,
        campaign=_campaign(draft),
        created_at=at,
        created_by=actor.key,
    )
    _audit(row, "drafted", actor, at)
    return row


def _sku(code: str, kinds: tuple[str, ...], field: str) -> Sku:
    row = Sku.objects.filter(code=code, kind__in=kinds, archived=False).first()
    if row is None:
        words = gettext_noop("%(what)s is not stocked as an insert or packaging. Check the code.")
        raise RuleRefused(field=field, words=words, what=code, at=0)
    return row


def _campaign(draft: RuleDraft) -> InsertCampaign | None:
    if not draft.campaign:
        return None
    row = InsertCampaign.objects.filter(code=draft.campaign).first()
    if row is None or draft.effect != "add_insert":
        words = gettext_noop("Only an insert belongs to a campaign. Choose one that exists.")
        raise RuleRefused(field="campaign", words=words, what=draft.campaign, at=0)
    return row


@transaction.atomic
def publish(rule_id: int, *, actor: Actor, at: dt.datetime) -> PackRule:
    """Make a version the one that is asked; the one before is retired. Also rolls back.

    Locks all versions of the code.

    Raises:
        RuleMoveRefused: the version is live already.
    """
    code = PackRule.objects.values_list("code", flat=True).get(pk=rule_id)
    versions = {row.pk: row for row in PackRule.objects.select_for_update().filter(code=code)}
    row = versions[rule_id]
    if "live" not in PACK_RULE[row.state]:
        raise RuleMoveRefused(rule=row.code, version=row.version, state=row.state)
    PackRule.objects.filter(code=code, state__in=("live", "paused")).exclude(pk=rule_id).update(
        state="retired"
    )
    PackRule.objects.filter(pk=rule_id, state=row.state).update(
        state="live", published_at=at, published_by=actor.key
    )
    row.refresh_from_db()
    _audit(row, "published", actor, at)
    return row


@transaction.atomic
def move(rule_id: int, state: str, *, actor: Actor, at: dt.datetime) -> PackRule:
    """Pause a live version, or retire one; a paused one goes on by `publish`.

    Raises:
        RuleMoveRefused: its state does not lead there.
    """
    origins = [name for name, targets in PACK_RULE.items() if state in targets]
    changed = PackRule.objects.filter(pk=rule_id, state__in=origins).update(state=state)
    row = PackRule.objects.get(pk=rule_id)
    if not changed:
        raise RuleMoveRefused(rule=row.code, version=row.version, state=row.state)
    _audit(row, state, actor, at)
    return row


def _audit(row: PackRule, what: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"fulfillment.rule_{what}",
        target=f"pack_rule:{row.pk}",
        after={"rule": row.code, "version": row.version, "condition": row.condition},
        at=at,
    )
