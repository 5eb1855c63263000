"""Why things come back, on a page and in a file."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from core.permissions import SYSTEM_PRINCIPAL
from inventory.models import Sku
from orders.models import Channel, ReturnFact
from returns.queries.insight_backs import Period, read_backs
from returns.queries.insight_figures import read_figures
from tests.factories import orders as shop
from tests.factories import returns as back
from tests.factories.core import make_user
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
TODAY = back.ASKED + dt.timedelta(days=10)
PERIOD = Period(back.NOW - dt.timedelta(days=1), TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def season():
    """Nine TEA in two deliveries: two are not wanted, one is not as described."""
    back.stocked("TEA", "CUP")
    first = back.delivered_order(shop.line("TEA", 4), email="a@example.com")
    second = back.delivered_order(shop.line("TEA", 5), shop.line("CUP", 1), email="b@example.com")
    back.request(first, units={"TEA": 2})
    back.request(second, units={"TEA": 1}, reason_code="NOT_AS_DESCRIBED")
    return first, second


def test_a_18_reasons_goods_and_suppliers_of_the_period_are_counted(season):
    reading = read_backs(SYSTEM_PRINCIPAL, PERIOD)
    assert sorted((one.cause, one.reason, one.sku_code, one.qty) for one in reading.backs) == [
        ("DISSATISFIED", "CHANGED_MIND", "TEA", 2),
        ("INACCURATE", "NOT_AS_DESCRIBED", "TEA", 1),
    ]
    assert [one.value for one in reading.backs] == [20, 10]
    assert reading.unpriced_qty == 0
    figures = read_figures(SYSTEM_PRINCIPAL, PERIOD)
    assert (figures.rate.part, figures.rate.whole) == (3, 10)
    assert (figures.rate_orders.part, figures.rate_orders.whole) == (2, 2)
    assert figures.returns == 2
    early = Period(PERIOD.since, back.DELIVERED)
    assert read_backs(SYSTEM_PRINCIPAL, early).backs == []


def test_a_18_imported_returns_join_without_a_reason_and_count_once(season):
    ReturnFact.objects.create(
        channel=Channel.objects.get(code="shop"),
        external_id="C1",
        source_row=1,
        sku=Sku.objects.get(code="CUP"),
        sku_code="CUP",
        qty=6,
        unit_price="2.50",
        at=back.ASKED,
    )
    backs = read_backs(SYSTEM_PRINCIPAL, PERIOD).backs
    assert [(one.cause, one.sku_code, one.qty, one.value) for one in backs if not one.cause] == [
        ("", "CUP", 6, 15)
    ]


def test_the_page_shows_reason_words_shares_and_the_file_the_whole_table(client, season):
    client.force_login(make_user(role="admin"))
    page = client.get(reverse("return-insight")).content.decode()
    assert "Changed my mind" in page
    assert "66.7 %" in page
    assert "3 of 10" in page
    file = client.get(reverse("return-insight-file"), {"weeks": "26"})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1] == [
        "DISSATISFIED",
        "CHANGED_MIND",
        "TEA",
        "",
        "",
        "yes",
        "2",
        "0.6667",
        "20.00",
        "USD",
    ]
    assert len(rows) == 3


def test_an_empty_period_and_nonsense_in_the_address_say_what_to_do(client):
    back.stocked("TEA")
    client.force_login(make_user(role="admin"))
    for query in ({}, {"weeks": "x", "channel": "nowhere"}):
        page = client.get(reverse("return-insight"), query)
        assert page.status_code == 200
        assert "Nothing came back in this period" in page.content.decode()


def test_costs_are_shown_to_those_who_may_see_costs(client, season):
    client.force_login(make_user(role="order_desk"))
    assert "Cost per return" not in client.get(reverse("return-insight")).content.decode()
    client.force_login(make_user(role="admin", username="boss"))
    with query_baseline("returns: insight", most=35):
        page = client.get(reverse("return-insight")).content.decode()
    assert "Cost per return" in page
