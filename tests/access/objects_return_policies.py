"""Return policies, reasons, rulebooks and dry runs: of the whole company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from returns.models import PolicyBook, PolicyRule, ReturnReason
from returns.services import policy_rules, policy_trials
from returns.services.policy_rules import PolicyRuleDraft
from tests.access.objects import Objects, by_pk, kind
from tests.factories.core import NOW
from tests.factories.returns import ensure_rules

if TYPE_CHECKING:
    from tests.access.world import World


def _draft(code: str) -> PolicyRule:
    draft = PolicyRuleDraft(code, code, effects={"window_days": "30"})
    return policy_rules.save_draft(draft, actor=SYSTEM, at=NOW)


@kind("policy-rule")
def _policy_rule(world: World) -> Objects:
    return by_pk(_draft("ACCESS"))


@kind("policy-trial")
def _policy_trial(world: World) -> Objects:
    return by_pk(policy_trials.start(_draft("TRIED").pk, 10, actor=SYSTEM, at=NOW))


@kind("policy-book")
def _policy_book(world: World) -> Objects:
    ensure_rules()
    return by_pk(PolicyBook.objects.newest_first()[0])


@kind("return-reason")
def _return_reason(world: World) -> Objects:
    ensure_rules()
    return by_pk(ReturnReason.objects.get(code="TOO_SMALL"))
