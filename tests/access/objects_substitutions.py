"""Offers of substitutes, for the order desk and by the customer's link."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orders.models import SubstitutionProposal
from shipping.services import links
from tests.access.objects import ABSENT, Objects, kind
from tests.access.objects_orders import Side, both
from tests.factories import orders as make

if TYPE_CHECKING:
    from orders.models import Order
    from tests.access.world import World


def _offer(order: Order, token: str) -> SubstitutionProposal:
    return SubstitutionProposal.objects.create(
        order_line=order.lines.get(),
        sku=make.Sku.objects.get_or_create(code="STANDIN", defaults={"name": "Stand-in"})[0],
        qty=1,
        substitute_qty=1,
        num=1,
        den=1,
        token_hash=links.token_hash(token, "substitution"),
        created_at=make.NOW,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
    )


@kind("order-offer")
def _order_offer(world: World) -> Objects:
    def of(where: Side) -> dict[str, object]:
        order = where.order()
        offer = _offer(order, links.new_token())
        return {"pk": order.pk, "offer_pk": offer.pk, "choice": "decline"}

    own, foreign = both(world)
    return Objects(of(own), of(foreign), {"pk": ABSENT, "offer_pk": 1, "choice": "decline"})


@kind("offer-token")
def _offer_token(world: World) -> Objects:
    own, _foreign = both(world)
    token = links.new_token()
    _offer(own.order(), token)
    return Objects({"token": token}, None, {"token": "0" * 22})
