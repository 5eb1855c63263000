"""Transfers in the office: planned by one, approved by another, losses settled with a reason."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Bin, StockLevel, Transfer
from inventory.services import transit
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites():
    source, destination = make.warehouse("LA"), make.warehouse("NYC")
    make.put(make.sku("CUP"), source, 9)
    return source, destination


@pytest.fixture
def manager(client):
    return people.sign_in(client, people.make_user("warehouse_manager"))


def page(client, transfer, name="transfer") -> str:
    return reverse(name, args=[transfer.pk])


def test_a_planned_transfer_is_approved_by_another_person(sites, manager):
    form = {"source": "LA", "destination": "NYC", "sku_1": "CUP", "qty_1": "4", "note": "Spring"}

    planned = manager.post(reverse("transfer-new"), form)
    transfer = Transfer.objects.get()
    own = manager.post(page(manager, transfer, "transfer-approve"), {})
    mine = manager.get(page(manager, transfer)).content.decode()
    other = people.sign_in(Client(), people.make_user("warehouse_manager"))
    done = other.post(page(other, transfer, "transfer-approve"), {})

    assert planned["Location"] == page(manager, transfer)
    assert (own.status_code, done.status_code) == (409, 303)
    assert "Another person has to approve it." in own.content.decode()
    assert "Another person has to approve it." in mine
    assert StockLevel.objects.get().reserved == 4


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"destination": "LA"}, "Choose two warehouses"),
        ({"sku_1": "NOPE"}, "Nothing is called NOPE here"),
        ({"sku_2": "CUP"}, "Enter how many units"),
        ({"qty_1": ""}, "required"),
    ],
)
def test_a_plan_that_can_not_be_comes_back_with_the_reason(sites, manager, changes, text):
    form = {"source": "LA", "destination": "NYC", "sku_1": "CUP", "qty_1": "4", **changes}

    answer = manager.post(reverse("transfer-new"), form)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Transfer.objects.exists()


def test_missing_units_are_written_off_with_a_reason(sites, manager):
    transfer = moves.ship(*sites, CUP=3)
    transit.report_difference(transfer.pk, actor=moves.WORKER, at=moves.NOW)
    shown = manager.get(page(manager, transfer)).content.decode()
    empty = manager.post(page(manager, transfer, "transfer-write-off"), {"reason": ""})

    done = manager.post(page(manager, transfer, "transfer-write-off"), {"reason": "LOST"})
    after = manager.get(page(manager, transfer)).content.decode()

    assert "3 units did not arrive." in shown
    assert (empty.status_code, done.status_code) == (422, 303)
    assert "3 · LOST" in after
    assert Transfer.objects.get().state == "cancelled"
    assert_books_balance()


def test_goods_come_back_or_turn_up(sites, manager):
    transfer = moves.ship(*sites, CUP=3)
    wrong = manager.post(
        page(manager, transfer, "transfer-bring-back"), {"to_bin": "Z-99", "reason": "Truck"}
    )
    back = manager.post(
        page(manager, transfer, "transfer-bring-back"), {"to_bin": "a-01", "reason": "Truck"}
    )
    other = moves.ship(*sites, CUP=2)
    found = manager.post(
        page(manager, other, "transfer-found"),
        {"sku": "CUP", "qty": "1", "to_bin": "A-01", "reason": "Behind the door"},
    )

    assert (wrong.status_code, back.status_code, found.status_code) == (422, 303, 303)
    assert other.lines.get().found_qty == 1
    assert StockLevel.objects.get(warehouse=sites[1]).on_hand == 1
    assert_books_balance()


def test_a_cancelled_plan_says_why(sites, manager):
    transfer = moves.plan(*sites, CUP=1)

    manager.post(page(manager, transfer, "transfer-cancel"), {"reason": "Not needed"})

    transfer.refresh_from_db()
    assert (transfer.state, transfer.reason) == ("cancelled", "Not needed")


def test_the_list_and_the_page_ask_a_constant_number_of_questions(sites, manager):
    assert "No transfers yet" in manager.get(reverse("transfers-index")).content.decode()
    rows = [moves.ship(*sites, CUP=1)]
    for _ in range(2):
        with query_baseline("transfers-index"):
            shown = manager.get(reverse("transfers-index")).content.decode()
        assert all(row.number in shown for row in rows)
        rows += [moves.plan(*sites, CUP=1), moves.ship(*sites, CUP=2)]
    with query_baseline("transfer"):
        shown = manager.get(page(manager, rows[0])).content.decode()
    assert "On the way" in shown
    part = manager.get(
        reverse("transfers-index"), headers={"HX-Request": "true", "HX-Target": "index-region"}
    )
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)
    assert Bin.objects.filter(code="T-001").exists()
