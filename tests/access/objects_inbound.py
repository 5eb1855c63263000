"""Arrivals, receipts, tags and put-aways for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from core import files
from core.actors import SYSTEM, Actor
from fulfillment.services import put_away_desk
from inventory.models import Warehouse
from suppliers.models import Asn, Supplier, UnidentifiedGoods
from suppliers.services import damage_photos, unidentified
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _arrival(code: str) -> Asn:
    place = Warehouse.objects.get(code=code)
    inbound.dock(place)
    if not Supplier.objects.filter(code="HILL").exists():
        inbound.supplier()
    sku = make.sku(f"ARR-{next(_numbers)}")
    return inbound.arrival("HILL", place, {sku.code: 5})


def _tag(code: str) -> UnidentifiedGoods:
    asn = _arrival(code)
    found = unidentified.Found(warehouse_id=asn.warehouse_id, qty=2, scanned="X", asn_id=asn.pk)
    return unidentified.hold(found, event_key=f"tag:{asn.pk}", actor=SYSTEM, at=NOW)


@kind("arrival")
def _arrivals(world: World) -> Objects:
    return by_pk(_arrival(world.own_warehouse), _arrival(world.foreign_warehouse))


@kind("receipt")
def _receipts(world: World) -> Objects:
    own, foreign = (_arrival(code) for code in (world.own_warehouse, world.foreign_warehouse))
    return by_pk(inbound.receipt(own), inbound.receipt(foreign))


@kind("unidentified")
def _tags(world: World) -> Objects:
    return by_pk(_tag(world.own_warehouse), _tag(world.foreign_warehouse))


@kind("unidentified-photo")
def _photos(world: World) -> Objects:
    def photographed(code: str) -> dict[str, object]:
        # Each test has a media folder of its own, so the file is written when it is asked for.
        content = b"\xff\xd8\xff goods %d" % next(_numbers)
        tag = _tag(code)
        photo = files.store(content, f"{tag.number}.jpeg", "goods-photo")
        unidentified.add_photo(tag.pk, photo, actor=SYSTEM, at=NOW)
        return {"pk": tag.pk}

    return Objects(
        lambda principal: photographed(world.own_warehouse),
        lambda: photographed(world.foreign_warehouse),
        {"pk": ABSENT},
    )


@kind("damage-photo")
def _damage_photos(world: World) -> Objects:
    def photographed(code: str) -> dict[str, object]:
        opened = inbound.receipt(_arrival(code))
        sku = opened.asn.lines.get().sku
        inbound.count(opened, sku, 1, kind="damaged")
        photo = files.store(b"\xff\xd8\xff damage %d" % next(_numbers), "d.jpeg", "damage-photo")
        line = damage_photos.add_photo(opened.lines.get().pk, photo, actor=SYSTEM, at=NOW)
        return {"pk": line.pk}

    return Objects(
        lambda principal: photographed(world.own_warehouse),
        lambda: photographed(world.foreign_warehouse),
        {"pk": ABSENT},
    )


@kind("api-arrival")
def _api_arrival(world: World) -> Objects:
    own, foreign = (_arrival(code) for code in (world.own_warehouse, world.foreign_warehouse))
    return Objects({"pk": f"asn_{own.pk}"}, {"pk": f"asn_{foreign.pk}"}, {"pk": f"asn_{ABSENT}"})


@kind("put-away-run")
def _put_away_run(world: World) -> Objects:
    def own(principal: str) -> dict[str, object]:
        user = world.users.get(principal)
        actor = Actor("user", user.pk, user.username) if user else SYSTEM
        place = Warehouse.objects.get(code=world.own_warehouse)
        return {"pk": put_away_desk.run_for(place, actor=actor, at=NOW).pk}

    # Nobody sees another person's run, so what is foreign does not depend on the warehouse.
    return Objects(own, None, {"pk": ABSENT})
