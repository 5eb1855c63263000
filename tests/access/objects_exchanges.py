"""Labels and exchanges of returns: of sales and warehouses in scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from returns.models import Exchange, ReturnRequest
from returns.services import return_labels
from returns.services.return_labels import IssueWish
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.access.objects_orders import Side, both
from tests.access.objects_returns import return_of
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World


def _labelled(where: Side) -> ReturnRequest:
    row = return_of(where)
    ReturnRequest.objects.filter(pk=row.pk).update(status="approved", decided_at=NOW)
    return_labels.issue(row.pk, IssueWish("store"), actor=SYSTEM, at=NOW)
    return row


@kind("return-label-file")
def _file(world: World) -> Objects:
    found = both(world)
    own, foreign = (_labelled(side).pk for side in found)
    paper = {"kind": "slip"}
    return Objects({"pk": own, **paper}, {"pk": foreign, **paper}, {"pk": ABSENT, **paper})


def _exchange_of(where: Side) -> Exchange:
    line = return_of(where).lines.get()
    return Exchange.objects.create(
        line=line,
        sku=line.sku,
        qty=1,
        state="expired",
        currency="USD",
        opened_at=NOW,
        opened_by="test",
    )


@kind("exchange")
def _exchange(world: World) -> Objects:
    own, foreign = both(world)
    return by_pk(_exchange_of(own), _exchange_of(foreign))
