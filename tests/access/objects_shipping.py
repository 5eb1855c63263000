"""Objects of shipping for the access matrix."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.actors import SYSTEM
from shipping.services import links, rates
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.access.world import World
from tests.factories.shipping import make_labelled, make_service, publish_order

CARD = (
    "service,currency,valid_from,zone,countries,transit_lo_days,transit_hi_days,"
    "max_weight_g,amount\nMATRIX,EUR,2026-01-01,Z,DE,1,2,500,4.20\n"
)


@kind("parcel")
def _parcel(world: World) -> Objects:
    own = make_labelled(warehouse_code=world.own_warehouse)
    return by_pk(own, make_labelled(warehouse_code=world.foreign_warehouse))


@kind("parcel-label")
def _parcel_label(world: World) -> Objects:
    def own(_principal: str) -> dict[str, object]:
        # Each test has files of its own, so the label is bought where it is asked for.
        return {"pk": make_labelled(warehouse_code=world.own_warehouse).pk, "kind": "pdf"}

    return Objects(
        own,
        lambda: {
            "pk": make_labelled(warehouse_code=world.foreign_warehouse).pk,
            "kind": "pdf",
        },
        {"pk": ABSENT, "kind": "pdf"},
    )


@kind("api-parcel")
def _api_parcel(world: World) -> Objects:
    own = make_labelled(warehouse_code=world.own_warehouse)
    foreign = make_labelled(warehouse_code=world.foreign_warehouse)
    return Objects({"pk": f"par_{own.pk}"}, {"pk": f"par_{foreign.pk}"}, {"pk": f"par_{ABSENT}"})


@kind("tracking-link")
def _tracking_link(world: World) -> Objects:
    parcel = make_labelled(warehouse_code=world.own_warehouse)
    publish_order(parcel)
    token = links.issue(parcel.order_key, at=clock.now())
    return Objects({"token": token}, None, {"token": "0" * 22})


@kind("rate-card")
def _rate_card(world: World) -> Objects:
    make_service("MATRIX")
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    done = rates.import_rates(CARD.encode(), source_name="matrix.csv", actor=SYSTEM, at=at)
    return by_pk(done.cards[0])


@kind("test-label")
def _test_label(world: World) -> Objects:
    return Objects({"kind": "zpl"}, None, None)
