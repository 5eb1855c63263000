"""The demo company of `make run`: it seeds, its books balance, a second run adds nothing."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from fulfillment.models import Carton, CartonExtra, PickTask
from inventory.models import StockEvent, Transfer, WorkOrder
from orders.models import Order, Subscription
from suppliers.models import Asn
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def test_the_demo_has_something_to_show_on_every_screen_and_its_books_balance():
    call_command("seed_demo", orders=240, history=40, verbosity=0)
    made = {
        model.__name__: model.objects.count()
        for model in (Asn, Carton, Order, PickTask, Subscription, Transfer, WorkOrder)
    }
    events = StockEvent.objects.count()

    call_command("seed_demo", orders=240, history=40, verbosity=0)

    assert all(made.values()), made
    assert made["Order"] > 240
    assert (made["Asn"], made["Subscription"], made["Transfer"]) == (7, 6, 2)
    assert StockEvent.objects.count() == events
    assert Order.objects.count() == made["Order"]
    assert not CartonExtra.objects.filter(state="planned", carton__state="closed").exists()
    assert_books_balance()
