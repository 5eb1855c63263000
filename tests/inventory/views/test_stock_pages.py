"""Stock pages: what they show, book and refuse."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.models import Bin, BinStock, Lot, StockLevel
from tests.factories import core as people
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    make.put(
        make.sku("OIL", lot_tracked=True),
        place,
        5,
        lot_code="L1",
        expires_on=make.NOW.date().replace(year=2027),
    )
    return place


@pytest.fixture
def manager(client):
    people.sign_in(client, people.make_user(role="warehouse_manager"))
    return client


@pytest.mark.parametrize(
    "name", ["stock-index", "levels-index", "ledger-index", "bins-index", "skus-index", "look-up"]
)
def test_each_index_opens_full_and_as_a_fragment(manager, shop, name):
    page = manager.get(reverse(name))
    part = manager.get(reverse(name), headers={"HX-Request": "true", "HX-Target": "index-region"})

    assert (page.status_code, part.status_code) == (200, 200)
    assert "<html" in page.content.decode()


def test_the_object_pages_open(manager, shop):
    stock = BinStock.objects.get(sku__code="OIL")
    pages = [
        reverse("sku", args=[stock.sku_id]),
        reverse("lot", args=[stock.lot_id]),
        reverse("bin", args=[stock.bin_id]),
        reverse("stock-adjust", args=[stock.pk]),
        reverse("stock-move", args=[stock.pk]),
    ]

    assert [manager.get(page).status_code for page in pages] == [200] * 5


def test_an_adjustment_is_booked_once_however_often_it_is_sent(manager, shop):
    stock = BinStock.objects.get(sku__code="TEA")
    form = {
        "delta_qty": "-2",
        "reason": "LOST",
        "submission_key": "3f0c0a52-6c1c-4b43-9d0e-6e5ad2c5f111",
    }

    answers = [manager.post(reverse("stock-adjust", args=[stock.pk]), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 8
    assert_books_balance()


def test_taking_more_than_there_is_comes_back_with_the_reason(manager, shop):
    stock = BinStock.objects.get(sku__code="TEA")

    answer = manager.post(
        reverse("stock-adjust", args=[stock.pk]), {"delta_qty": "-99", "reason": "LOST"}
    )

    assert answer.status_code == 422
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 10


def test_a_move_takes_units_to_the_scanned_bin(manager, shop):
    Bin.objects.create(warehouse=shop, code="C-07", kind="pick")
    stock = BinStock.objects.get(sku__code="TEA")

    manager.post(reverse("stock-move", args=[stock.pk]), {"qty": "4", "to_bin": "C-07"})

    assert BinStock.objects.get(bin__code="C-07").qty == 4
    assert_books_balance()


def test_x13_a_held_lot_is_promised_to_nobody(manager, shop):
    lot = Lot.objects.get()

    manager.post(reverse("lot", args=[lot.pk]), {"reason": "smells"})

    lot.refresh_from_db()
    assert lot.status == "hold"
    assert StockLevel.objects.get(sku__code="OIL").unsellable == 5


def test_costs_are_hidden_from_who_may_not_see_them(client, shop):
    people.sign_in(client, people.make_user(role="warehouse_manager"))
    text = client.get(reverse("skus-index")).content.decode()

    assert "Cost" not in text


def test_one_match_of_a_look_up_opens_its_page(manager, shop):
    answer = manager.get(reverse("look-up"), {"q": "TEA"})

    assert answer.status_code == 303
