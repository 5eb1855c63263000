"""Components of a kit, defined and changed in the office (X14)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.models import Bom, BomLine, Warehouse
from inventory.services import work_orders
from inventory.services.work_orders import WorkOrderDraft
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    return people.sign_in(client, people.make_user("warehouse_manager"))


@pytest.fixture
def kit():
    place = make.warehouse("LA")
    for code in ("TEA", "CUP"):
        make.put(make.sku(code), place, 9)
    return make.sku("SET", kind="assembled_kit", lot_tracked=True, shelf_life_days=365)


def url(kit) -> str:
    return reverse("kit-parts", args=[kit.pk])


def parts(kit) -> list[tuple[str, int, Decimal, bool]]:
    rows = BomLine.objects.filter(bom__kit=kit, bom__is_current=True).order_by("pk")
    return list(rows.values_list("component__code", "qty", "price_share", "is_optional"))


def test_x14_a_kit_is_defined_with_shares_and_an_optional_component(manager, kit):
    form = {"sku_1": "TEA", "qty_1": "2", "share_1": "75", "sku_2": "CUP", "qty_2": "1"}

    saved = manager.post(url(kit), {**form, "share_2": "25", "optional_2": "on"})
    page = manager.get(reverse("sku", args=[kit.pk])).content.decode()
    again = manager.get(url(kit)).content.decode()

    assert saved["Location"] == reverse("sku", args=[kit.pk])
    assert parts(kit) == [
        ("TEA", 2, Decimal("0.75"), False),
        ("CUP", 1, Decimal("0.25"), True),
    ]
    assert f'href="{url(kit)}"' in page
    assert ('value="75"' in again, 'value="25"' in again) == (True, True)


def test_x14_a_change_makes_a_new_version_and_open_work_orders_keep_theirs(manager, kit):
    manager.post(url(kit), {"sku_1": "TEA", "qty_1": "2"})
    planned = work_orders.create(
        WorkOrderDraft(kit.pk, Warehouse.objects.get().pk, 1), actor=moves.PLANNER, at=make.NOW
    )

    manager.post(url(kit), {"sku_1": "TEA", "qty_1": "3", "sku_2": "CUP", "qty_2": "1"})

    planned.refresh_from_db()
    assert list(Bom.objects.filter(kit=kit).order_by("version").values_list("version")) == [
        (1,),
        (2,),
    ]
    assert (planned.bom.version, planned.bom.lines.get().qty) == (1, 2)
    assert [(code, qty) for code, qty, *_rest in parts(kit)] == [("TEA", 3), ("CUP", 1)]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ({"sku_1": "SET", "qty_1": "1"}, "SET"),
        ({"sku_1": "NOPE", "qty_1": "1"}, "NOPE can&#x27;t be a component. Check its code."),
        ({"sku_1": "TEA", "qty_1": "1", "share_1": "60"}, "The price shares sum to 0.6, not 1."),
        ({"sku_1": "TEA", "qty_1": "1", "optional_1": "on"}, "one of them not optional."),
        ({"sku_1": "TEA"}, "Enter how many units, 1 or more."),
    ],
)
def test_x14_parts_that_make_no_kit_are_refused_in_words(manager, kit, lines, text):
    answer = manager.post(url(kit), lines)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Bom.objects.exists()


def test_x14_goods_have_no_components(manager, kit):
    tea = make.sku("MINT")

    assert manager.get(url(tea)).status_code == 404
    assert "Edit components" not in manager.get(reverse("sku", args=[tea.pk])).content.decode()
