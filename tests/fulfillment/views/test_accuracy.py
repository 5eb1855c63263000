"""A-29: the accuracy report counts what was picked and scanned, and shows no person."""

from __future__ import annotations

import pytest

from core import clock
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def walked(shop, worker):
    """Return one round of two orders that ended with 1 short line and 2 wrong of 10 scans."""
    rounds.cart(shop)
    row = rounds.planned(make.place_one(make.line("TEA", 2)), make.place_one(make.line("TEA", 1)))
    Scanner(worker, "home").scan("CART-1-LA")
    scanner = Scanner(worker, "round", row.key)
    codes = ("T-001", "T-002", "B-01", "A-01", "TEA", "TEA", "CMD-SHORT", "T-002", "T-001")
    scanner.verdicts(*codes)
    scanner.scan("CART-1-LA")
    return row


def test_a29_lines_units_shorts_and_wrong_scans_by_team_and_round(walked, manager):
    page = manager.get("/waves/accuracy/")

    (day,) = page.context["days"]
    (last,) = page.context["rounds"]
    assert (day.day, day.warehouse_code) == (clock.now().date(), "LA")
    assert (day.line_count, day.unit_qty, day.short_count) == (2, 2, 1)
    assert (day.right_count, day.wrong_count, day.right_pct) == (8, 2, "80.0")
    assert (last.round, last.line_count, last.unit_qty) == (walked, 2, 2)
    assert (last.right_count, last.wrong_count, last.right_pct) == (8, 2, "80.0")
    assert "user:" not in page.content.decode()


def test_a29_other_warehouses_are_not_shown_and_nothing_picked_is_said(walked, client):
    place = make.warehouse("NYC")
    abroad = people.sign_in(client, people.make_user("warehouse_manager", warehouses=[place.code]))

    text = abroad.get("/waves/accuracy/").content.decode()

    assert "Nothing was picked in these days." in text
    assert "No round has ended yet." in text
    assert "LA" not in text.split("<main")[1].split("</main>")[0]


def test_a29_the_report_costs_the_same_for_any_number_of_rounds(
    walked, worker, manager, django_assert_max_num_queries
):
    for number in (3, 4):
        floor.tote(walked.warehouse, number)
        row = rounds.planned(make.place_one(make.line("CUP", 1)))
        Scanner(worker, "home").scan("CART-1-LA")
        codes = (f"T-{number:03d}", "A-01", "CUP", f"T-{number:03d}", "CMD-OK")
        Scanner(worker, "round", row.key).verdicts(*codes)

    with django_assert_max_num_queries(16):
        page = manager.get("/waves/accuracy/")

    assert [row.line_count for row in page.context["rounds"]] == [1, 1, 2]
