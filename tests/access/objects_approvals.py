"""Requests for approval, rules and substitutes for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from core import clock
from core.approvals import substitutes
from core.models import ApprovalDelegation, ApprovalRequest, User
from core.services.rates import base_currency
from inventory.models import Warehouse
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import approvals as make
from tests.factories import purchases as buy
from tests.factories.core import make_user

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _waiting(code: str) -> ApprovalRequest:
    place = Warehouse.objects.get(code=code)
    trade = buy.trade(place=place, currency=base_currency())
    order = buy.pending(trade, {buy.goods(trade, f"APR-{next(_numbers)}"): 5})
    return ApprovalRequest.objects.get(document_key=f"purchase_order:{order.pk}")


@kind("approval")
def _approvals(world: World) -> Objects:
    return by_pk(_waiting(world.own_warehouse), _waiting(world.foreign_warehouse))


@kind("approval-rule")
def _rules(world: World) -> Objects:
    make_user("approver")
    return by_pk(make.rule(f"Rule {next(_numbers)}", make.step("approver")))


@kind("approval-substitute")
def _substitutes(world: World) -> Objects:
    def given(by: User) -> dict[str, object]:
        now = clock.now()
        wish = substitutes.StandIn(make_user("approver").pk, now, now + dt.timedelta(days=1))
        found = ApprovalDelegation.objects.filter(giver=by, ended_at=None).first()
        found = found or substitutes.delegate(wish, actor=make.acting(by), at=now)
        return {"pk": found.pk}

    return Objects(
        lambda principal: given(world.users.get(principal) or make_user("approver")),
        lambda: given(make_user("approver")),
        {"pk": ABSENT},
    )
