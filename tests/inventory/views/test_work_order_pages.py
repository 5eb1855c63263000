"""M10: what can be built, work orders planned, released, closed short."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.domain.catalog import BomLineDraft
from inventory.models import StockLevel, WorkOrder
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    place = make.warehouse("LA")
    tea, cup = make.sku("TEA"), make.sku("CUP")
    make.put(tea, place, 9)
    make.put(cup, place, 6)
    return moves.assembled_kit("SET", {tea: 2, cup: 1})


@pytest.fixture
def manager(client):
    return people.sign_in(client, people.make_user("warehouse_manager"))


def url(order, name="work-order") -> str:
    return reverse(name, args=[order.pk])


def test_x14_an_order_is_planned_released_and_closed_short(kit, manager):
    form = {"kit": "SET", "warehouse": "LA", "qty": "4", "work": "build", "due_on": "2026-03-01"}

    manager.post(reverse("work-order-new"), form)
    order = WorkOrder.objects.get()
    planned = [row.reserved for row in StockLevel.objects.order_by("sku__code")]
    manager.post(url(order, "work-order-release"), {})
    closed = manager.post(url(order, "work-order-close"), {"reason": "No time"})
    page = manager.get(url(order)).content.decode()

    assert planned == [4, 8]
    assert closed["Location"] == url(order)
    order.refresh_from_db()
    assert (order.state, order.reason, order.output_bin.code) == ("done", "No time", "A-01")
    assert "No time" in page
    assert not StockLevel.objects.filter(reserved__gt=0).exists()
    assert_books_balance()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"qty": "5"}, "TEA lacks 1 units."),
        ({"kit": "CUP"}, "CUP is not an assembled kit."),
        ({"kit": "NOPE"}, "Nothing is called NOPE here."),
        ({"to_bin": "Z-99"}, "Nothing is called Z-99 here."),
        ({"qty": "0"}, "qty"),
    ],
)
def test_x14_what_can_not_be_built_comes_back_with_the_reason(kit, manager, changes, text):
    form = {"kit": "SET", "warehouse": "LA", "qty": "4", "work": "build", **changes}

    answer = manager.post(reverse("work-order-new"), form)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not WorkOrder.objects.exists()


def test_x14_the_page_says_which_optional_component_is_left_out(manager):
    place = make.warehouse("LA")
    make.put(make.sku("CUP"), place, 6)
    make.put(make.sku("CARD"), place, 1)
    make.sku("SET", kind="assembled_kit", lot_tracked=True)
    parts = [BomLineDraft("CUP", 1), BomLineDraft("CARD", 1, is_optional=True)]
    moves.kits.save_bom("SET", parts, actor=moves.PLANNER, at=moves.NOW)
    form = {"kit": "SET", "warehouse": "LA", "qty": "3", "work": "build"}

    manager.post(reverse("work-order-new"), form)
    order = WorkOrder.objects.get()
    page = manager.get(url(order)).content.decode()

    assert "CARD is optional and short: 2 kits are built without it." in page
    assert page.count("Optional</span>") == 1
    assert "without CARD" in page
    card = manager.get(reverse("sku", args=[order.kit_id])).content.decode()
    assert card.count("Optional</span>") == 1


def test_a_cancelled_order_and_one_for_an_older_version_say_so(kit, manager):
    order = moves.work_order(kit, make.Warehouse.objects.get(), 1)
    moves.kits.save_bom("SET", [moves.BomLineDraft("CUP", 2)], actor=moves.PLANNER, at=moves.NOW)
    page = manager.get(url(order)).content.decode()

    manager.post(url(order, "work-order-cancel"), {"reason": "Changed"})

    order.refresh_from_db()
    assert "This order keeps version 1; the kit was changed since." in page
    assert (order.state, order.reason) == ("cancelled", "Changed")
    assert_books_balance()


def test_the_pages_ask_a_constant_number_of_questions(kit, manager):
    assert "No work orders yet" in manager.get(reverse("work-orders-index")).content.decode()
    place = make.Warehouse.objects.get()
    orders = [moves.work_order(kit, place, 1)]
    for _ in range(2):
        with query_baseline("work-orders-index"):
            shown = manager.get(reverse("work-orders-index")).content.decode()
        assert all(row.number in shown for row in orders)
        orders.append(moves.work_order(kit, place, 1))
    with query_baseline("work-order"):
        assert "TEA" in manager.get(url(orders[0])).content.decode()
    with query_baseline("kit-board"):
        board = manager.get(reverse("kit-board")).content.decode()
    assert "SET" in board
    part = manager.get(
        reverse("work-orders-index"), headers={"HX-Request": "true", "HX-Target": "index-region"}
    )
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)
