"""Proposals for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from inventory.models import Warehouse
from planning.models import Proposal
from tests.access.objects import Objects, by_pk, kind
from tests.factories import proposals
from tests.factories import purchases as buy

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _proposal(code: str) -> Proposal:
    trade = buy.trade(place=Warehouse.objects.get(code=code), code=f"PROP-{next(_numbers)}")
    sku = buy.goods(trade, f"PROP-SKU-{next(_numbers)}")
    return proposals.proposal(trade, sku, proposals.review())


@kind("proposal")
def _proposals(world: World) -> Objects:
    return by_pk(_proposal(world.own_warehouse), _proposal(world.foreign_warehouse))
