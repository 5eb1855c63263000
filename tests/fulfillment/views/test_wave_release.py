"""Releasing a wave from its page: what goes to the floor, and what the page says when it can't."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from fulfillment.models import PickTask, ShortDecision, Wave
from inventory.models import Bin
from orders.models import Order, Shipment, ShipmentLine
from orders.services import holds
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
GROUP = "LA~202601211400~STANDARD"
HTMX = {"HX-Request": "true"}


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def said(page) -> list[tuple[str, str]]:
    """Return (level, text) of the messages that the next page will show."""
    return [(each.level_tag, str(each)) for each in get_messages(page.wsgi_request)]


@pytest.fixture
def release(manager):
    """Return a function that posts the release form for orders, as a page or by htmx."""

    def posted(*orders: Order, headers=None, key=GROUP):
        ids = [row.pk for row in Shipment.objects.filter(order__in=orders).order_by("pk")]
        return manager.post(
            reverse("wave-group", args=[key]), {"shipment": ids}, headers=headers or {}
        )

    return posted


def test_the_checked_shipments_go_to_the_floor_and_the_others_stay(shop, release):
    first, second, third = (make.place_one(make.line("TEA", qty)) for qty in (1, 2, 3))

    answer = release(first, third)

    wave = Wave.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("wave", args=[wave.pk]))
    assert said(answer) == [("success", f"Wave {wave.number} released with 2 shipments.")]
    assert (wave.state, wave.shipment_count, wave.task_count) == ("released", 2, 2)
    assert wave.criteria == {"group": GROUP, "method": "single"}
    assert wave.released_by.startswith("user:")
    assert [first.shipments.get().status, second.shipments.get().status] == ["released", "planned"]
    assert list(PickTask.objects.order_by("pk").values_list("qty", flat=True)) == [1, 3]
    assert_books_balance()


def test_htmx_is_sent_to_the_wave(shop, release):
    answer = release(make.place_one(make.line("TEA", 1)), headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Redirect"] == reverse("wave", args=[Wave.objects.get().pk])


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nothing_checked_is_said_beside_the_list(shop, manager, headers):
    order = make.place_one(make.line("TEA", 1))

    answer = manager.post(reverse("wave-group", args=[GROUP]), {}, headers=headers)

    assert answer.status_code == 422
    assert "No shipment is checked. Check one, then release." in text_of(answer)
    assert order.number in text_of(answer)
    assert ("<html" in answer.content.decode()) is not bool(headers)
    assert Wave.objects.count() == 0


@pytest.mark.parametrize("value", ["x", "-1", "999999999999999999999999", "²"])
def test_what_is_no_shipment_of_the_group_releases_nothing(shop, manager, value):
    make.place_one(make.line("TEA", 1))

    answer = manager.post(reverse("wave-group", args=[GROUP]), {"shipment": [value]})

    assert (answer.status_code, Wave.objects.count()) == (422, 0)


def test_the_form_sent_twice_releases_once_and_says_why(shop, release):
    order = make.place_one(make.line("TEA", 2))

    first, second = release(order), release(order)

    assert (first.status_code, second.status_code) == (303, 422)
    assert "The checked shipments were released or held meanwhile." in text_of(second)
    assert (Wave.objects.count(), PickTask.objects.count()) == (1, 1)
    assert_books_balance()


def test_x07_an_order_held_meanwhile_is_left_out_and_named_in_number(shop, release):
    good, held = make.place_one(make.line("TEA", 1)), make.place_one(make.line("TEA", 2))
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = release(good, held)

    wave = Wave.objects.get()
    assert said(answer) == [
        ("success", f"Wave {wave.number} released with 1 shipment."),
        ("warning", "1 checked shipment was left out: it is held, short or released already."),
    ]
    assert held.shipments.get().status == "planned"


def test_a_shipment_whose_units_are_not_all_promised_is_refused(shop, release):
    order = make.place_one(make.line("TEA", 2))
    ShipmentLine.objects.update(reserved_qty=1)

    answer = release(order)

    assert answer.status_code == 422
    assert (
        "None of the chosen shipments can be released. Open one to see what stops it."
        in text_of(answer)
    )
    assert order.number in text_of(answer)
    assert (Wave.objects.count(), PickTask.objects.count()) == (0, 0)


def test_one_refused_shipment_does_not_keep_the_others(shop, release):
    good, short = make.place_one(make.line("TEA", 1)), make.place_one(make.line("TEA", 2))
    ShipmentLine.objects.filter(shipment__order=short).update(reserved_qty=1)

    answer = release(good, short)

    assert answer.status_code == 303
    assert said(answer)[1] == (
        "warning",
        "1 checked shipment was left out: it is held, short or released already.",
    )
    assert Wave.objects.get().shipment_count == 1


def test_x09_units_in_no_bin_are_said_and_wait_for_a_person(shop, release):
    order = make.place_one(make.line("TEA", 3))
    Bin.objects.filter(code="A-01").update(is_pickable=False)

    answer = release(order)

    wave = Wave.objects.get()
    assert said(answer) == [
        ("success", f"Wave {wave.number} released with 1 shipment."),
        (
            "warning",
            "3 units are in no bin that can be picked. See the attention queue.",
        ),
    ]
    assert (wave.state, ShortDecision.objects.get().short_qty) == ("completed", 3)
    assert_books_balance()


def test_shipments_of_another_warehouse_are_not_released(other_shop, sign_in):
    order = make.place_one(make.line("TEA", 1))
    stranger = sign_in("warehouse_manager", warehouses=["NYC"])

    answer = stranger.post(
        reverse("wave-group", args=[GROUP]), {"shipment": [order.shipments.get().pk]}
    )

    assert (answer.status_code, Wave.objects.count()) == (422, 0)


def test_a_group_that_is_none_is_not_found(shop, release):
    assert release(make.place_one(make.line("TEA", 1)), key="none").status_code == 404
