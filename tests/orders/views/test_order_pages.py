"""The order desk's pages: what they show, refuse and do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.domain.drafts import HoldDraft
from orders.models import Order
from orders.services import holds
from tests.factories import core as people
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    make.channel(country_only=True)
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    return place


@pytest.fixture
def desk(client):
    people.sign_in(client, people.make_user(role="order_desk"))
    return client


def test_the_index_lists_orders_and_counts_tabs(desk, shop):
    order = make.place_one(make.line("TEA", 2))

    page = desk.get(reverse("orders-index"))

    assert page.status_code == 200
    assert order.number in page.content.decode()


def test_the_index_answers_a_fragment_for_htmx(desk, shop):
    make.place_one(make.line("TEA", 1))

    region = desk.get(
        reverse("orders-index"), headers={"HX-Request": "true", "HX-Target": "index-region"}
    )

    assert "<html" not in region.content.decode()
    assert "HX-Request" in region.headers["Vary"]


def test_the_order_page_shows_lines_and_promise(desk, shop):
    order = make.place_one(make.line("TEA", 2))

    text = desk.get(reverse("order", args=[order.pk])).content.decode()

    assert order.number in text
    assert "TEA" in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["order", "order-peek", "order-routing", "order-hold"])
def test_each_page_of_an_order_opens_in_both_languages(desk, shop, name, language):
    order = make.place_one(make.line("TEA", 2))

    page = desk.get(reverse(name, args=[order.pk]), headers={"Accept-Language": language})

    assert page.status_code == 200


def test_x07_holding_from_the_page_stops_the_order(desk, shop):
    order = make.place_one(make.line("TEA", 1))

    answer = desk.post(reverse("order-hold", args=[order.pk]), {"kind": "FRAUD", "note": "card"})

    assert answer.status_code == 303
    assert Order.objects.get(pk=order.pk).stage == "held"


def test_releasing_a_hold_without_a_reason_is_refused_in_the_form(desk, shop):
    order = make.place_one(make.line("TEA", 1))
    holds.place_hold(order.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = desk.post(reverse("order-release-hold", args=[order.pk, "FRAUD"]), {"reason": ""})

    assert answer.status_code == 422
    assert Order.objects.get(pk=order.pk).stage == "held"


def test_x11_cancelling_twice_from_the_page_cancels_once(desk, shop):
    order = make.place_one(make.line("TEA", 1))
    url = reverse("order-cancel", args=[order.pk])

    first, second = desk.post(url, {"reason": "customer"}), desk.post(url, {"reason": "customer"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert Order.objects.get(pk=order.pk).stage == "cancelled"


def test_an_order_typed_in_is_placed_once_however_often_it_is_sent(desk, shop):
    form = {
        "channel": "shop",
        "name": "Ada Brook",
        "country": "us",
        "sku_1": "TEA",
        "qty_1": "2",
        "price_1": "9.50",
        "submission_key": "7d3c6ad0-3f57-4f0f-a9cb-2f5c8b3f6f01",
    }

    answers = [desk.post(reverse("order-new"), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert Order.objects.count() == 1


def test_an_order_without_a_line_comes_back_with_its_errors(desk, shop):
    answer = desk.post(reverse("order-new"), {"channel": "shop", "name": "Ada", "country": "US"})

    assert answer.status_code == 422
    assert Order.objects.count() == 0


def test_the_attention_queue_names_the_cause(desk, shop):
    make.place_one(make.line("TEA", 99))

    text = desk.get(reverse("orders-attention")).content.decode()

    assert "Out of stock" in text


def test_rerouting_needs_a_warehouse_and_a_reason(client, shop):
    people.sign_in(client, people.make_user(role="warehouse_manager"))
    order = make.place_one(make.line("TEA", 1))
    url = reverse("order-routing", args=[order.pk])

    refused = client.post(url, {"reason": ""})
    accepted = client.post(url, {"warehouse": [shop.pk], "reason": "closer to the port"})

    assert (refused.status_code, accepted.status_code) == (422, 303)
    assert order.decisions.order_by("-pk").first().reason in {"closer to the port", ""}


def test_a_stranger_to_the_channel_gets_not_found(client, shop):
    order = make.place_one(make.line("TEA", 1))
    people.sign_in(client, people.make_user(role="order_desk", channels=[]))

    assert client.get(reverse("order", args=[order.pk])).status_code == 404


def test_the_index_costs_the_same_queries_for_one_row_and_for_twenty(desk, shop):
    make.place_one(make.line("TEA", 1))
    desk.get(reverse("orders-index"))

    with CaptureQueriesContext(connection) as one:
        desk.get(reverse("orders-index"))
    for _ in range(9):
        make.place_one(make.line("TEA", 1))
    with CaptureQueriesContext(connection) as ten:
        desk.get(reverse("orders-index"))

    assert len(one) == len(ten) <= 25


def test_a_payment_is_recorded_and_releases_the_payment_hold(desk, shop):
    order = make.place_one(
        make.line("TEA", 2), paid_amount=Decimal(0), holds=(HoldDraft("PAYMENT"),)
    )
    url = reverse("order-payment", args=[order.pk])

    asked = desk.get(url)
    answer = desk.post(url, {"amount": "20", "gateway_reference": "pay-1", "method": "bank"})

    assert 'value="20.00"' in asked.content.decode()
    assert answer.status_code == 303
    order.refresh_from_db()
    assert (order.paid_amount, order.stage) == (20, "routed")


def test_a_used_payment_reference_is_an_error_at_its_field(desk, shop):
    one, other = make.place(make.draft(paid_amount=Decimal(0)), make.draft(paid_amount=Decimal(0)))
    form = {"amount": "10", "gateway_reference": "pay-1"}
    desk.post(reverse("order-payment", args=[one.pk]), form)

    answer = desk.post(reverse("order-payment", args=[other.pk]), form)

    assert answer.status_code == 409
    assert one.number in answer.context["form"].errors["gateway_reference"][0]


BASKET = {"channel": "shop", "country": "us", "sku_1": "TEA", "qty_1": "2", "price_1": "10"}


def test_a26_the_new_order_page_offers_deliveries_to_choose_from(desk, shop):
    fragment = desk.post(
        reverse("order-delivery-options"), BASKET, headers={"HX-Request": "true"}
    ).content.decode()
    page = desk.post(reverse("order-delivery-options"), BASKET).content.decode()

    assert "<html" not in fragment
    assert 'value="STANDARD"' in fragment
    assert "<html" in page
    assert 'value="STANDARD"' in page
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"country": ""}, "Choose a channel and a country"),
        ({"qty_1": "99"}, "Nothing can be delivered whole now"),
        ({"sku_1": "GHOST"}, "a SKU is unknown"),
    ],
)
def test_a26_what_keeps_a_basket_from_being_delivered_is_said(desk, shop, change, text):
    answer = desk.post(reverse("order-delivery-options"), BASKET | change)

    assert text in answer.content.decode()


def test_a26_the_service_chosen_is_the_orders(desk, shop):
    form = BASKET | {"name": "Ada", "service_code": "STANDARD", "submission_key": "k-1"}

    desk.post(reverse("order-new"), form)

    assert Order.objects.get().service_code == "STANDARD"
