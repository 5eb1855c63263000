"""Delivery options of a basket (A-26): services with days, price and last minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from inventory.models import Reservation
from orders.models import Order
from orders.services import delivery, master_data
from orders.services.delivery import BasketRefused
from orders.services.master_data import UnknownChannel
from orders.services.order_rows import OrderRefused
from shipping.services import rates
from tests.factories import orders as make
from tests.factories.orders import NOW
from tests.factories.shipping import make_service

pytestmark = pytest.mark.django_db
#: One minute behind the noon cut-off of the same Wednesday.
TOO_LATE = NOW.replace(hour=12, minute=1)
CARDS = (
    "service,currency,valid_from,zone,countries,transit_lo_days,transit_hi_days,max_weight_g,"
    "amount\n"
    "COURIER,USD,2026-01-01,CITY,US,0,0,5000,25.00\n"
    "EXPRESS,USD,2026-01-01,HOME,US,1,2,5000,14.00\n"
    "GROUND,USD,2026-01-01,HOME,*,4,6,5000,6.00\n"
)


@pytest.fixture(autouse=True)
def shop():
    """A shop with one American warehouse that works the same day until noon."""
    make.channel()
    place = make.warehouse("LA", "US", cutoff_time=dt.time(12), processing_days=0)
    make.put(make.sku("TEA"), place, 5)
    for code in ("COURIER", "EXPRESS", "GROUND"):
        make_service(code)
    rates.import_rates(CARDS.encode(), source_name="t", actor=SYSTEM, at=NOW)
    return place


def options(*lines, at=NOW, **more):
    return delivery.list_options(make.draft(*lines, **more), as_of=at)


def levels(*lines, at=NOW, **more) -> dict[str, str]:
    return {one.service_code: one.level for one in options(*lines, at=at, **more)}


def test_a26_each_service_is_offered_with_its_level_days_price_and_last_minute():
    found = options(make.line("TEA", 2))

    shown = [(one.service_code, one.level, one.amount) for one in found[:3]]
    assert shown == [
        ("COURIER", "same_day", Decimal("25.00")),
        ("EXPRESS", "two_day", Decimal("14.00")),
        ("GROUND", "standard", Decimal("6.00")),
    ]
    assert found[0].arrives_by == NOW.date()
    assert found[0].order_by == NOW.replace(hour=12)
    assert (found[0].currency, found[0].parcels) == ("USD", 1)


def test_a26_after_the_cut_off_same_day_is_not_offered_any_more():
    assert levels(at=TOO_LATE)["COURIER"] == "two_day"
    assert "same_day" not in levels(at=TOO_LATE).values()


def test_a26_without_enough_local_stock_same_day_is_not_offered():
    far = make.warehouse("TOR", "CA", cutoff_time=dt.time(12), processing_days=0)
    make.put(make.sku("CUP"), far, 5)
    make.sku("PLATE")

    assert "same_day" not in levels(make.line("CUP")).values()
    assert levels(make.line("TEA", 6)) == {}
    assert levels(make.line("PLATE")) == {}


def test_a26_two_parcels_are_as_fast_as_the_slower():
    near = make.warehouse("NYC", "US", cutoff_time=dt.time(8), processing_days=0)
    make.put(make.sku("CUP"), near, 5)

    lines = (make.line("TEA", price="200.00"), make.line("CUP", price="200.00"))
    found = {one.service_code: one for one in options(*lines)}

    assert (found["COURIER"].parcels, found["COURIER"].level) == (2, "two_day")
    assert found["COURIER"].amount == Decimal("50.00")


def test_a26_the_option_is_what_placing_the_order_then_promises():
    [courier] = [one for one in options() if one.service_code == "COURIER"]

    order = make.place_one(service_code="COURIER")

    assert (order.promised_by, order.cutoff_at) == (courier.arrives_by, courier.order_by)


def test_a26_asking_reserves_and_writes_nothing():
    options(make.line("TEA", 2))

    assert (Order.objects.count(), Reservation.objects.count()) == (0, 0)


def test_a26_a_country_without_card_of_a_fast_service_gets_the_slow_one():
    found = levels(make.line("TEA"), ship_to=make.address("DE"))

    assert found["GROUND"] == "standard"
    assert "COURIER" not in found


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"lines": (make.line("GHOST"),)}, BasketRefused),
        ({"lines": (make.line("TEA", 1, kind="fee"),)}, BasketRefused),
        ({"lines": ()}, OrderRefused),
        ({"channel": "nowhere"}, UnknownChannel),
    ],
)
def test_a26_a_basket_that_makes_no_sense_is_refused_by_name(change, error):
    draft = replace(make.draft(), **change)

    with pytest.raises(error):
        delivery.list_options(draft, as_of=NOW)


def test_a26_statements_do_not_grow_with_the_services(monkeypatch):
    monkeypatch.setattr(master_data, "SECONDS", 60.0)
    options()
    with CaptureQueriesContext(connection) as few:
        options()
    for number in range(5):
        make_service(f"MORE{number}")
    with CaptureQueriesContext(connection) as many:
        options()

    assert len(many) == len(few)
