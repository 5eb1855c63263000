"""Cycle counts: blind, twice when they differ, posted on what is there now (X18)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.models import AuditEntry, OutboxEvent
from inventory.domain.demand import Demand
from inventory.domain.lines import AdjustLine
from inventory.models import (
    BinStock,
    CountTask,
    CycleCount,
    CycleCountLine,
    StockEvent,
    StockLevel,
    StockMove,
)
from inventory.services import count_scans, cycle_counts, missing, reservations, stock
from inventory.services.cycle_counts import CountRequest
from tests.factories import core as people
from tests.factories import inventory as make
from tests.helpers.books import assert_books_balance
from tests.helpers.race import race, wins

NOW = make.NOW
LATER = NOW + dt.timedelta(minutes=30)


@pytest.fixture
def crew(db):
    """Return three people: two counters and a lead."""
    return [people.principal(role).actor for role in ("operator", "operator", "warehouse_manager")]


def shelf(qty: int, unit_cost: str = "2.50", **sku):
    """Return a bin with `qty` units of a new SKU."""
    place = make.make_bin()
    row = make.make_sku(**sku)
    make.put_stock(row, qty, at_bin=place, unit_cost=Decimal(unit_cost))
    return place, row


def counted(place, units, actor, at=NOW) -> CycleCount:
    """Count a bin as one person does: SKU -> units, then the end of the bin."""
    running = cycle_counts.start(place.pk, actor=actor, at=at)
    for row, qty in units.items():
        count_scans.add_units(running.pk, row.pk, None, qty, actor=actor)
    return cycle_counts.finish(running.count_id, actor=actor, at=at)


def take(place, row, qty, at=NOW):
    """Let units leave the bin as a pick does."""
    stock.adjust(
        [AdjustLine(place.pk, row.pk, -qty)],
        event_key=make.a_key("left"),
        actor=make.SYSTEM,
        at=at,
        reason="LOST",
    )


def units(place, row) -> int:
    return sum(BinStock.objects.filter(bin=place, sku=row).values_list("qty", flat=True), 0)


@pytest.mark.django_db
def test_x18_a_difference_found_twice_is_booked_on_what_is_there_now(crew):
    first, second, _lead = crew
    place, row = shelf(10)

    once = counted(place, {row: 8}, first)
    states = [once.state]
    take(place, row, 3)
    twice = counted(place, {row: 5}, second, LATER)

    assert [*states, twice.state] == ["recount", "posted"]
    assert units(place, row) == 5
    lines = CycleCountLine.objects.filter(round__count=once).order_by("pk")
    assert [
        (line.round.round_no, line.round.counter_key, line.expected_qty, line.counted_qty)
        for line in lines
    ] == [(1, first.key, 10, 8), (2, second.key, 7, 5)]
    assert [line.variance_qty for line in lines] == [-2, -2]
    assert not lines.filter(is_open=True).exists()
    event = StockEvent.objects.get(event_key=f"cycle_count:{once.pk}")
    assert [(move.qty, move.from_bin_id, move.to_bin_id) for move in event.moves.all()] == [
        (2, place.pk, -4)
    ]
    assert (twice.variance_qty, twice.variance_amount) == (2, Decimal(5))
    assert_books_balance()


@pytest.mark.django_db
def test_x18_the_second_counter_is_somebody_else(crew):
    first, second, _lead = crew
    place, row = shelf(10)
    counted(place, {row: 8}, first)

    with pytest.raises(cycle_counts.SamePersonCounts) as refusal:
        cycle_counts.start(place.pk, actor=first, at=LATER)
    running = cycle_counts.start(place.pk, actor=second, at=LATER)
    with pytest.raises(cycle_counts.AnotherPersonCounts):
        cycle_counts.start(place.pk, actor=first, at=LATER)
    with pytest.raises(cycle_counts.AnotherPersonCounts):
        count_scans.add_units(running.pk, row.pk, None, 1, actor=first)

    assert str(refusal.value) == f"You counted {place.code} last. Somebody else must count it now."
    assert StockMove.objects.count() == 1


@pytest.mark.django_db
def test_x18_a_third_round_decides_when_two_differ(crew):
    first, second, lead = crew
    place, row = shelf(10)

    states = [
        counted(place, {row: qty}, who, LATER).state
        for qty, who in ((8, first), (9, second), (9, lead))
    ]

    assert states == ["recount", "recount", "posted"]
    assert units(place, row) == 9


@pytest.mark.django_db
def test_x18_a_bin_that_agrees_is_posted_without_a_move_and_keeps_the_evidence(crew):
    place, row = shelf(10)

    count = counted(place, {row: 10}, crew[0])

    assert (count.state, count.variance_qty) == ("posted", 0)
    assert StockMove.objects.count() == 1
    line = CycleCountLine.objects.get(round__count=count)
    assert (line.expected_qty, line.counted_qty, line.is_open) == (10, 10, False)
    assert AuditEntry.objects.filter(action="inventory.count_posted").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("had", "found", "cost", "state"),
    [(20, 15, "1.00", "posted"), (20, 14, "1.00", "review"), (20, 18, "25.01", "review")],
)
def test_x18_above_five_units_or_fifty_dollars_somebody_approves(crew, had, found, cost, state):
    first, second, lead = crew
    place, row = shelf(had, cost)
    counted(place, {row: found}, first)

    count = counted(place, {row: found}, second, LATER)

    assert count.state == state
    assert units(place, row) == (found if state == "posted" else had)
    if state == "review":
        for counter in (first, second):
            with pytest.raises(cycle_counts.ApproverCounted):
                cycle_counts.approve(count.pk, actor=counter, at=LATER)
        take(place, row, 1)
        assert cycle_counts.approve(count.pk, actor=lead, at=LATER).state == "posted"
        assert units(place, row) == found - 1
    assert_books_balance()


@pytest.mark.django_db
def test_a_count_sent_back_is_counted_again_and_a_cancelled_one_books_nothing(crew):
    first, second, lead = crew
    place, row = shelf(20)
    for who in (first, second):
        count = counted(place, {row: 2}, who)
    sent = cycle_counts.ask_recount(count.pk, actor=lead, at=LATER, note="Look behind the shelf")
    assert (sent.state, sent.note) == ("recount", "Look behind the shelf")
    again = counted(place, {row: 20}, first, LATER)
    assert (again.pk, again.state, units(place, row)) == (count.pk, "posted", 20)

    running = cycle_counts.start(place.pk, actor=second, at=LATER)
    gone = cycle_counts.cancel(running.count_id, actor=lead, at=LATER, note="Fire drill")

    assert (gone.state, CycleCount.objects.open().count()) == ("cancelled", 0)
    with pytest.raises(cycle_counts.CountStateConflict):
        cycle_counts.approve(gone.pk, actor=lead, at=LATER)
    assert_books_balance()


@pytest.mark.django_db
def test_unexpected_goods_are_found_and_what_nobody_scanned_is_gone(crew):
    first, second, _lead = crew
    place, row = shelf(3)
    other = make.make_sku()

    for who in (first, second):
        count = counted(place, {other: 2}, who)

    assert (count.state, units(place, row), units(place, other)) == ("posted", 0, 2)
    assert count.variance_qty == 5
    assert_books_balance()


@pytest.mark.django_db
def test_a_short_pick_is_settled_by_a_count_of_its_bin(crew):
    first, second, _lead = crew
    place, row = shelf(10)
    missing.report_missing(
        bin_stock_id=BinStock.objects.get(bin=place).pk,
        missing_qty=2,
        cause_key="pick_task:1",
        event_key="short:1",
        actor=first,
        at=NOW,
    )

    for who in (first, second):
        count = counted(place, {row: 9}, who, LATER)

    assert (count.reason, count.state) == ("SHORT_PICK", "posted")
    assert [
        (stocked.condition, stocked.qty)
        for stocked in BinStock.objects.filter(bin=place, qty__gt=0)
    ] == [("good", 9)]
    task = CountTask.objects.get()
    assert (task.state, task.closed_by) == ("done", second.key)
    assert_books_balance()


@pytest.mark.django_db
def test_a_broken_promise_is_told_in_the_same_transaction(crew):
    first, second, _lead = crew
    place, row = shelf(4)
    reservations.reserve(
        [Demand("shipment_line:1", place.warehouse_id, row.pk, 4)],
        event_key="promise:1",
        actor=make.SYSTEM,
        at=NOW,
    )

    for who in (first, second):
        counted(place, {row: 1}, who)

    told = OutboxEvent.objects.get(name="inventory.promise_broken")
    assert told.payload == {
        "owner_key": "shipment_line:1",
        "warehouse_id": place.warehouse_id,
        "sku_id": row.pk,
        "short_qty": 3,
    }
    assert StockLevel.objects.get().on_hand == 1


@pytest.mark.django_db
def test_units_that_move_during_a_round_are_written_down(crew):
    first, _second, _lead = crew
    place, row = shelf(10)
    running = cycle_counts.start(place.pk, actor=first, at=NOW)
    count_scans.add_units(running.pk, row.pk, None, 7, actor=first)
    take(place, row, 3)

    count = cycle_counts.finish(running.count_id, actor=first, at=LATER)

    running.refresh_from_db()
    assert (count.state, running.moved_qty) == ("posted", 3)
    assert running.started_move_id < running.finished_move_id


@pytest.mark.django_db
def test_leaving_a_bin_forgets_the_round(crew):
    first, second, _lead = crew
    place, row = shelf(10)
    running = cycle_counts.start(place.pk, actor=first, at=NOW)
    count_scans.add_units(running.pk, row.pk, None, 7, actor=first)

    count = cycle_counts.leave(running.count_id, actor=first, at=NOW)

    assert (count.state, CycleCountLine.objects.count()) == ("requested", 0)
    assert counted(place, {row: 10}, second).state == "posted"


@pytest.mark.django_db
def test_the_database_keeps_one_open_count_per_bin_and_line(crew):
    place, row = shelf(10)
    asked = [CountRequest(place.pk, "PLAN", LATER, "A")]
    made = cycle_counts.request(asked, actor=crew[2], at=NOW)
    again = cycle_counts.request(asked, actor=crew[2], at=NOW)
    assert ([row.state for row in made], again) == (["requested"], [])
    running = cycle_counts.start(place.pk, actor=crew[0], at=NOW)
    line = count_scans.add_units(running.pk, row.pk, None, 1, actor=crew[0])

    for write in (
        lambda: CycleCount.objects.create(
            number="CC-X",
            warehouse_id=place.warehouse_id,
            bin=place,
            reason="PLAN",
            due_at=NOW,
            requested_at=NOW,
            requested_by="x",
        ),
        lambda: CycleCountLine.objects.create(round=line.round, bin=place, sku=row),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

    tote = make.make_bin(kind="tote")
    with pytest.raises(cycle_counts.NotCountable):
        cycle_counts.start(tote.pk, actor=crew[0], at=NOW)


@pytest.mark.django_db(transaction=True)
def test_x18_two_approvals_at_once_post_once():
    first, second = (people.principal("operator").actor for _n in range(2))
    leads = [people.principal("warehouse_manager").actor for _n in range(4)]
    place, row = shelf(20)
    for who in (first, second):
        count = counted(place, {row: 8}, who)

    outcomes = race(
        [lambda lead=lead: cycle_counts.approve(count.pk, actor=lead, at=LATER) for lead in leads]
    )

    assert wins(outcomes) == 1
    assert {type(one.error).__name__ for one in outcomes if one.error} == {"CountStateConflict"}
    assert units(place, row) == 8
    assert StockEvent.objects.filter(event_key=f"cycle_count:{count.pk}").count() == 1
    assert_books_balance()
    connection.close()
