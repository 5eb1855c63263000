"""Every main screen, both languages and themes, phone and desk: no violation, no overflow."""

from __future__ import annotations

import pytest

from inventory.models import Sku
from orders.models import Shipment
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku("TEA"), place, 10)
    order = make.place_one(make.line("TEA", 2))
    blocked = make.place_one(make.line("TEA", 99))
    picked = make.place_one(make.line("TEA", 1))
    floor.pick_all(floor.release(picked))
    floor.pack_all(list(Shipment.objects.filter(order=picked)))
    walking = make.place_one(make.line("TEA", 1))
    wave = floor.release(walking)
    walked = rounds.opened(rounds.planned(make.place_one(make.line("TEA", 1))))
    wall = rounds.wall(place)
    return {
        "walked": walked,
        "wall": wall,
        "order": order,
        "blocked": blocked,
        "picked": picked,
        "wave": wave,
    }


def paths(shop) -> list[str]:
    order, wave = shop["order"], shop["wave"]
    task = wave.tasks.get()
    return [
        "/",
        "/orders/",
        "/orders/?tab=shipped",
        "/orders/attention/",
        "/orders/new/",
        f"/orders/{order.pk}/",
        f"/orders/{order.pk}/routing/",
        f"/orders/{order.pk}/hold/",
        "/waves/",
        f"/waves/{wave.pk}/",
        "/waves/rules/new/",
        "/floor/",
        "/floor/start/",
        f"/floor/pick/{task.pk}/",
        "/floor/rounds/",
        f"/floor/rounds/{shop['walked'].pk}/",
        f"/floor/walls/{shop['wall'].pk}/",
        "/waves/accuracy/",
        "/board/",
        "/floor/pack/",
        "/floor/dispatch/",
        "/floor/dock/",
        "/floor/put-away/",
        "/arrivals/",
        "/arrivals/new/",
        "/search/?q=nothing",
        "/notices/",
        "/jobs/",
        "/settings/",
        "/settings/setup/",
        "/settings/system/",
        "/help/",
        "/stock/",
        "/stock/levels/",
        "/stock/ledger/",
        "/bins/",
        "/products/",
        f"/products/{Sku.objects.get().pk}/",
        "/look-up/?q=nothing",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_each_screen_is_accessible_and_fits(desk, shop, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    assert found_on(window, paths(shop)) == {}
