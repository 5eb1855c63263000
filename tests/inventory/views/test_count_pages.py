"""M8: the count plan, its decisions, and adjustments above the limit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.domain.cycle_counts import BinDue, classify, due_bins
from inventory.domain.lines import AdjustLine
from inventory.models import AdjustmentRequest, BinStock, CountClass, CycleCount
from inventory.services import adjusting, count_plan, stock
from tests.factories import core as people
from tests.factories import inventory as make
from tests.helpers.books import assert_books_balance
from tests.helpers.race import race, wins
from tests.inventory.services.test_cycle_counts import LATER, counted, shelf, units

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def lead(client):
    return people.sign_in(client, people.make_user("warehouse_manager"))


def in_review():
    """Return a bin, its SKU and the count of it that waits for approval."""
    place, row = shelf(20)
    for _n in range(2):
        count = counted(place, {row: 11}, people.principal("operator").actor)
    return place, row, count


def test_abc_is_by_value_and_the_one_that_crosses_the_border_stays_above():
    values = {1: Decimal(70), 2: Decimal(15), 3: Decimal(11), 4: Decimal(4), 5: Decimal(0)}

    found = classify(values, a_pct=Decimal(80), b_pct=Decimal(16))

    assert found == {1: "A", 2: "A", 3: "B", 4: "C", 5: "C"}
    days = {"A": 7, "B": 30, "C": 91}
    bins = [
        BinDue(1, "C", None, 5),
        BinDue(2, "A", NOW - dt.timedelta(days=6), 1),
        BinDue(3, "A", NOW - dt.timedelta(days=8), 2),
        BinDue(4, "B", NOW - dt.timedelta(days=40), 3),
    ]
    assert [row.bin_id for row, _due in due_bins(bins, days, as_of=NOW, most=9)] == [3, 4, 1]
    assert [row.bin_id for row, _due in due_bins(bins, days, as_of=NOW, most=1)] == [3]


def test_the_plan_asks_for_due_bins_once_and_again_after_their_days():
    site = make.make_warehouse()
    dear, cheap = make.make_sku(), make.make_sku()
    first, second = (make.make_bin(site) for _n in range(2))
    make.put_stock(dear, 9, at_bin=first, unit_cost=Decimal(40))
    make.put_stock(cheap, 9, at_bin=second, unit_cost=Decimal("0.10"))
    for place, row in ((first, dear), (second, cheap)):
        stock.scrap(
            [stock.ScrapLine(place.pk, row.pk, 2, condition="good")],
            event_key=make.a_key("gone"),
            actor=make.SYSTEM,
            at=NOW,
            reason="DAMAGED",
        )

    assert count_plan.reclassify(at=NOW) == 2
    made = count_plan.plan_counts(actor=make.SYSTEM, at=NOW)
    again = count_plan.plan_counts(actor=make.SYSTEM, at=NOW)

    assert dict(CountClass.objects.values_list("sku_id", "abc")) == {dear.pk: "A", cheap.pk: "C"}
    assert [(row.bin_id, row.abc, row.reason) for row in made] == [
        (first.pk, "A", "PLAN"),
        (second.pk, "C", "PLAN"),
    ]
    assert again == []
    counter = people.principal("operator").actor
    counted(first, {dear: 7}, counter)
    counted(second, {cheap: 7}, counter)
    week = NOW + dt.timedelta(days=8)
    assert [row.bin_id for row in count_plan.plan_counts(actor=make.SYSTEM, at=week)] == [first.pk]


def test_the_plan_page_shows_what_waits_and_how_right_stock_was(lead):
    place, _row, count = in_review()
    CycleCount.objects.filter(pk=count.pk).update(number="CC-77")

    page = lead.get(reverse("counts-index"), {"tab": "review"}).content.decode()
    detail = lead.get(reverse("count", args=[count.pk])).content.decode()

    assert "CC-77" in page
    assert "Lines without difference" in page
    assert "Approve count" in detail
    assert place.code in detail
    assert "-9" in detail
    chinese = people.sign_in(
        type(lead)(), people.make_user("warehouse_manager", language="zh-hans")
    )
    assert chinese.get(reverse("counts-index")).status_code == 200
    empty = lead.get(reverse("counts-index"), {"tab": "due"}).content.decode()
    assert "Nothing due" in empty


def test_a_lead_approves_sends_back_or_cancels(lead):
    place, row, count = in_review()

    sent = lead.post(
        reverse("count-recount", args=[count.pk]), {"note": "Again", "submission_key": "1"}
    )
    twice = lead.post(reverse("count-approve", args=[count.pk]), {"submission_key": "2"})
    count.refresh_from_db()
    assert (sent.status_code, twice.status_code, count.state) == (303, 409, "recount")

    third = people.principal("operator").actor
    assert counted(place, {row: 11}, third, LATER).state == "review"
    done = lead.post(reverse("count-approve", args=[count.pk]), {"submission_key": "3"})
    count.refresh_from_db()
    assert (done.status_code, count.state, units(place, row)) == (303, "posted", 11)
    assert_books_balance()


def test_bins_are_asked_for_by_code(lead):
    place, _row = shelf(3)

    unknown = lead.post(reverse("count-new"), {"bins": "NOPE", "submission_key": "1"})
    asked = lead.post(reverse("count-new"), {"bins": place.code, "submission_key": "2"})

    assert (unknown.status_code, "NOPE" in unknown.content.decode()) == (422, True)
    assert asked.status_code == 303
    assert CycleCount.objects.get().reason == "OFFICE"


def test_an_adjustment_above_the_limit_waits_for_a_second_person(lead):
    place, row = shelf(20, "1.00")
    stocked = BinStock.objects.get(bin=place)
    url = reverse("stock-adjust", args=[stocked.pk])

    small = lead.post(url, {"delta_qty": "-5", "reason": "LOST", "submission_key": "1"})
    large = lead.post(url, {"delta_qty": "-6", "reason": "LOST", "submission_key": "2"})

    assert (small.status_code, large.status_code, units(place, row)) == (303, 303, 15)
    request = AdjustmentRequest.objects.get()
    assert (request.delta_qty, request.value_amount, request.state) == (-6, Decimal(6), "waiting")
    own = lead.post(reverse("adjustment-approve", args=[request.pk]), {"submission_key": "3"})
    assert own.status_code == 409
    assert "Somebody else must approve it." in own.content.decode()
    listed = lead.get(reverse("adjustments-index")).content.decode()
    assert row.code in listed

    other = people.sign_in(type(lead)(), people.make_user("warehouse_manager"))
    done = other.post(reverse("adjustment-approve", args=[request.pk]), {"submission_key": "4"})
    assert (done.status_code, units(place, row)) == (303, 9)
    late = other.post(reverse("adjustment-refuse", args=[request.pk]), {"submission_key": "5"})
    assert late.status_code == 409
    assert_books_balance()


def test_an_adjustment_of_dear_goods_waits_and_can_be_refused():
    place, row = shelf(20, "60.00")
    asker, other = (people.principal("warehouse_manager").actor for _n in range(2))
    line = AdjustLine(place.pk, row.pk, 1)

    asked = adjusting.adjust(line, event_key="a:1", reason="FOUND", actor=asker, at=NOW)
    again = adjusting.adjust(line, event_key="a:1", reason="FOUND", actor=asker, at=NOW)
    refused = adjusting.refuse(asked.request.pk, actor=other, at=NOW, note="Not there")

    assert (asked.is_booked, again.request.pk) == (False, asked.request.pk)
    assert (refused.state, refused.note, units(place, row)) == ("refused", "Not there", 20)


@pytest.mark.django_db(transaction=True)
def test_two_approvals_of_an_adjustment_at_once_book_once():
    place, row = shelf(20)
    asked = adjusting.adjust(
        AdjustLine(place.pk, row.pk, -9),
        event_key="a:1",
        reason="LOST",
        actor=people.principal("warehouse_manager").actor,
        at=NOW,
    )
    leads = [people.principal("warehouse_manager").actor for _n in range(3)]

    outcomes = race(
        [lambda who=who: adjusting.approve(asked.request.pk, actor=who, at=LATER) for who in leads]
    )

    assert wins(outcomes) == 1
    assert units(place, row) == 11
    assert_books_balance()
