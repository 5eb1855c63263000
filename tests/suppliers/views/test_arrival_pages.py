"""Arrivals in the office and in the API: announce, look, close short, settle what is on hold."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import files
from inventory.models import BinStock
from suppliers.models import Asn, UnidentifiedGoods
from suppliers.queries import incoming_units
from suppliers.services import unidentified
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    found = make.warehouse()
    inbound.dock(found)
    inbound.supplier()
    make.sku("TEA", default_cost=Decimal("2.00"), currency="USD")
    return found


@pytest.fixture
def buyer(client):
    return people.sign_in(client, people.make_user("buyer"))


def tea():
    return make.Sku.objects.get(code="TEA")


def test_an_arrival_is_announced_by_hand_once(place, buyer):
    form = {
        "supplier": "HILL",
        "warehouse": "LA",
        "reference": "PO-9",
        "expected_on": "2026-02-01",
        "sku_1": "TEA",
        "qty_1": "40",
    }

    first = buyer.post(reverse("arrival-new"), form)
    again = buyer.post(reverse("arrival-new"), form)
    wrong = buyer.post(reverse("arrival-new"), form | {"reference": "", "sku_1": "NOPE"})

    asn = Asn.objects.get()
    assert first.headers["Location"] == reverse("arrival", args=[asn.pk])
    assert (again.status_code, wrong.status_code) == (422, 422)
    assert "is announced already as" in again.content.decode()
    assert "SKU NOPE does not exist" in wrong.content.decode()
    page = buyer.get(reverse("arrival", args=[asn.pk])).content.decode()
    assert ("PO-9" in page, "TEA" in page, "Close short" in page) == (True, True, True)


def test_x16_closing_short_takes_the_rest_out_of_what_is_expected(place, buyer):
    asn = inbound.arrival("HILL", place, {"TEA": 40})
    inbound.received(asn, tea(), 30)
    before = incoming_units([tea().pk])

    asked = buyer.get(reverse("arrival-short", args=[asn.pk])).content.decode()
    empty = buyer.post(reverse("arrival-short", args=[asn.pk]), {})
    done = buyer.post(reverse("arrival-short", args=[asn.pk]), {"reason": "NOT_SENT"})

    assert "10 units that were announced are no longer expected." in asked
    assert (empty.status_code, done.status_code) == (422, 303)
    assert before == {(place.pk, tea().pk): 10}
    assert incoming_units([tea().pk]) == {}
    assert Asn.objects.get().state == "closed_short"


def test_an_arrival_is_cancelled_while_nothing_was_counted(place, buyer):
    first = inbound.arrival("HILL", place, {"TEA": 40})
    second = inbound.arrival("HILL", place, {"TEA": 40})
    inbound.received(second, tea(), 1)

    answers = [
        buyer.post(reverse("arrival-cancel", args=[asn.pk]), {"reason": "wrong"}).status_code
        for asn in (first, second)
    ]

    assert answers == [303, 409]
    assert [row.state for row in Asn.objects.order_by("pk")] == ["cancelled", "receiving"]


def test_differences_and_arrivals_are_listed(place, buyer):
    for qty in (40, 50):
        asn = inbound.arrival("HILL", place, {"TEA": 40})
        opened = inbound.receipt(asn)
        inbound.count(opened, tea(), qty - 2)
        inbound.count(opened, tea(), 2, kind="damaged")

    with query_baseline("arrivals-index"):
        listed = buyer.get(reverse("arrivals-index")).content.decode()
    with query_baseline("arrival-differences-index"):
        wrong = buyer.get(reverse("arrival-differences-index")).content.decode()
    with query_baseline("arrival"):
        page = buyer.get(reverse("arrival", args=[asn.pk])).content.decode()

    assert all(row.number in listed and row.number in wrong for row in Asn.objects.all())
    assert "Goods counted" in page


def test_x17_held_goods_are_linked_returned_and_disposed_of_in_the_office(place, buyer):
    asn = inbound.arrival("HILL", place, {"TEA": 40})
    photo = files.store(b"\xff\xd8\xff goods", "goods.jpeg", "goods-photo")
    tags = []
    for number in range(3):
        found = unidentified.Found(warehouse_id=place.pk, qty=5, scanned="?", asn_id=asn.pk)
        tag = unidentified.hold(found, event_key=f"t{number}", actor=make.SYSTEM, at=make.NOW)
        if number:
            unidentified.add_photo(tag.pk, photo, actor=make.SYSTEM, at=make.NOW)
        tags.append(tag)

    refused = buyer.post(reverse("unidentified-return", args=[tags[0].pk]), {"note": "x"})
    unknown = buyer.post(reverse("unidentified-link", args=[tags[0].pk]), {"sku": "NOPE"})
    linked = buyer.post(reverse("unidentified-link", args=[tags[0].pk]), {"sku": "TEA"})
    sent = buyer.post(reverse("unidentified-return", args=[tags[1].pk]), {"note": "x"})
    gone = buyer.post(reverse("unidentified-dispose", args=[tags[2].pk]), {"note": "x"})
    twice = buyer.post(reverse("unidentified-dispose", args=[tags[2].pk]), {"note": "x"})

    assert (refused.status_code, unknown.status_code) == (409, 422)
    assert [row.status_code for row in (linked, sent, gone, twice)] == [303, 303, 303, 409]
    states = UnidentifiedGoods.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["linked", "returned", "disposed"]
    assert BinStock.objects.get(qty__gt=0).qty == 5
    with query_baseline("unidentified-index"):
        page = buyer.get(reverse("unidentified-index") + "?tab=all").content.decode()
    assert all(tag.number in page for tag in tags)
    stored = buyer.get(reverse("unidentified-photo", args=[tags[1].pk]))
    assert b"".join(stored.streaming_content) == b"\xff\xd8\xff goods"
    assert_books_balance()


def test_the_api_announces_an_arrival_once_and_shows_it(place):
    key = people.make_key(warehouse_codes=("LA",))
    client = Client(**people.bearer(key.token))
    body = json.dumps(
        {
            "supplier": "HILL",
            "warehouse": "LA",
            "reference": "PO-1",
            "lines": [{"sku": "TEA", "qty": 12}],
        }
    )

    answers = [
        client.post(
            "/api/v1/arrivals/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    ]
    other = client.post(
        "/api/v1/arrivals/",
        body.replace("LA", "FAR"),
        content_type="application/json",
        headers={"Idempotency-Key": "two"},
    )

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert other.status_code == 404
    found = client.get("/api/v1/arrivals/?reference=PO-1").json()["results"]
    assert [row["id"] for row in found] == [f"asn_{Asn.objects.get().pk}"]
    assert found[0]["lines"][0] == {
        "sku": "TEA",
        "announced_qty": 12,
        "received_qty": 0,
        "damaged_qty": 0,
        "held_qty": 0,
        "short_qty": 0,
        "short_reason": "",
        "open_qty": 12,
    }
