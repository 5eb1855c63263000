"""Campaigns, packing rules and dry runs: of the whole company, in reach of all who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from fulfillment.services import rule_trials
from inventory.models import Sku
from tests.access.objects import Objects, by_pk, kind
from tests.factories import inserts
from tests.factories.core import NOW
from tests.factories.inventory import make_sku

if TYPE_CHECKING:
    from fulfillment.models import PackRule
    from tests.access.world import World


def _rule(code: str) -> PackRule:
    if not Sku.objects.filter(code="CARD-1").exists():
        make_sku("CARD-1", kind="insert")
    return inserts.rule(code, "CARD-1", live=False)


@kind("insert-campaign")
def _campaign(world: World) -> Objects:
    return by_pk(inserts.campaign("ACCESS"))


@kind("pack-rule")
def _pack_rule(world: World) -> Objects:
    return by_pk(_rule("ACCESS"))


@kind("rule-trial")
def _rule_trial(world: World) -> Objects:
    return by_pk(rule_trials.start(_rule("TRIED").pk, 10, actor=SYSTEM, at=NOW))
