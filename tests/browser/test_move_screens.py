"""The screens of transfers, kits and refills in four faces: no violation, no overflow."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory.models import ReplenishTask
from inventory.services import replenishing
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths() -> list[str]:
    """Return the pages of two warehouses with one of everything."""
    source, destination = make.warehouse("LA"), make.warehouse("NYC")
    tea, cup = make.sku("TEA", lot_tracked=True), make.sku("CUP")
    make.put(tea, source, 9, lot_code="L3", expires_on=dt.date(2029, 1, 1))
    make.put(cup, source, 9)
    kit = moves.assembled_kit("SET", {tea: 2, cup: 1}, lot_tracked=True)
    order = moves.work_order(kit, source, 2)
    moving = moves.ship(source, destination, TEA=2, CUP=1)
    picking = moves.approve(moves.plan(source, destination, CUP=1))
    moves.transfer_picking.start(picking.pk, actor=moves.WORKER, at=moves.NOW)
    face = moves.empty_face(place=source)
    replenishing.plan(source.pk, at=moves.NOW)
    refill = ReplenishTask.objects.get(face=face)
    return [
        "/transfers/",
        "/transfers/new/",
        f"/transfers/{moving.pk}/",
        f"/transfers/{moving.pk}/write-off/",
        "/work-orders/",
        "/work-orders/new/",
        "/work-orders/buildable/",
        f"/products/{kit.pk}/components/",
        "/pick-faces/",
        "/pick-faces/new/",
        f"/pick-faces/{face.pk}/",
        "/refills/",
        "/shortfalls/",
        f"/work-orders/{order.pk}/",
        "/floor/transfers/",
        f"/floor/transfers/{moving.pk}/",
        f"/floor/transfers/{picking.pk}/",
        "/floor/kits/",
        f"/floor/kits/{order.pk}/",
        "/floor/refills/",
        f"/floor/refills/{refill.pk}/",
        f"/floor/move/{source.pk}/",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_each_screen_is_accessible_and_fits(desk, paths, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)

    assert found_on(window, paths) == {}
