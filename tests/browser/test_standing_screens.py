"""Subscriptions and pallets: both languages and themes, phone and desk."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from fulfillment.services import pallets
from orders.models import Shipment
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.subscriptions import subscription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths():
    make.channel()
    make.channel("trade", kind="b2b", country_only=True)
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku("TEA"), place, 30)
    order = make.place_one(make.line("TEA", 12), channel="trade")
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]
    pallet = pallets.open_pallet(carton.shipment_id, actor=SYSTEM, at=make.NOW)
    pallets.add_carton(pallet.pk, carton.pk, actor=SYSTEM, at=make.NOW)
    row = subscription()
    return [
        "/subscriptions/",
        "/subscriptions/new/",
        f"/subscriptions/{row.pk}/",
        f"/subscriptions/{row.pk}/pause/",
        "/floor/pallets/",
        f"/floor/pallets/{pallet.pk}/",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_standing_orders_and_pallets_are_accessible_and_fit(desk, paths, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    assert found_on(window, paths) == {}
