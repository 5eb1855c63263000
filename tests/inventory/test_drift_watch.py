"""Every night stock is compared with the ledger; who answers for it is told about drift."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from core import clock, jobs
from core.jobs import JobRun
from core.models import Notice
from inventory import tasks
from inventory.models import StockLevel
from tests.factories import core as people
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def tea():
    make.channel()
    sku = make.sku("TEA")
    make.put(sku, make.warehouse(), 10)
    return sku


def break_level() -> None:
    """Change a level behind the services' back, as a repair by hand would."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stocklevel SET on_hand = on_hand + 1")


def look() -> dict[str, int | str]:
    run = JobRun(1, 1, NOW, "inventory.check_stock", "system", dt.timedelta(minutes=1))
    return tasks.check_stock(run)


def test_books_that_balance_make_no_noise(tea):
    people.make_user(role="warehouse_manager")

    assert look() == {"drift": 0, "first": ""}
    assert Notice.objects.count() == 0


def test_drift_is_told_once_to_each_who_answers_for_the_stock(tea):
    manager = people.make_user(role="warehouse_manager")
    people.make_user(role="operator")
    break_level()

    first, again = look(), look()

    notice = Notice.objects.get()
    assert first == again
    assert first["drift"] > 0
    assert (notice.user_id, notice.data["count"]) == (manager.pk, first["drift"])
    assert StockLevel.objects.get().on_hand == 11


def test_stock_on_hand_shows_what_last_night_found(tea, client):
    people.sign_in(client, people.make_user(role="warehouse_manager"))
    quiet = client.get(reverse("stock-index")).content.decode()
    break_level()
    jobs.enqueue("inventory.check_stock")
    jobs.run_due(clock.now())

    page = client.get(reverse("stock-index")).content.decode()

    assert "differed from the ledger" not in quiet
    assert "differed from the ledger" in page
