"""Past returns find their orders, once, and a second run changes nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from orders.models import Order, OrderLine, ReturnFact
from returns.models import ReturnMatch
from returns.services import matching
from tests.factories import customers as people
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=number)


def past_order(customer, channel, on, qty, code="TEA", price="2.50"):
    number = str(Order.objects.count() + 1)
    row = Order.objects.create(
        number=number,
        external_id=f"H-{number}",
        channel=channel,
        customer=customer,
        status="completed",
        stage="delivered",
        is_history=True,
        currency="USD",
        placed_at=day(on),
        created_at=day(on),
        updated_at=day(on),
    )
    return OrderLine.objects.create(
        order=row, position=1, sku_code=code, qty=qty, unit_price=Decimal(price)
    )


def taken_back(customer, channel, on, qty, code="TEA", price="2.50"):
    number = ReturnFact.objects.count() + 1
    return ReturnFact.objects.create(
        channel=channel,
        external_id=f"C{number}",
        source_row=number,
        sku_code=code,
        qty=qty,
        unit_price=Decimal(price),
        customer=customer,
        at=day(on),
    )


def outcomes():
    rows = ReturnMatch.objects.order_by("fact_id")
    return list(rows.values_list("fact_id", "outcome", "order_line_id", "candidates"))


@pytest.fixture
def world(db):
    return (
        people.make_customer("shop", "1", name="Li Wei"),
        people.make_customer("shop", "2", name="Ann Bell"),
        shop.channel(),
    )


def test_each_return_finds_the_line_of_its_own_customer(world, capsys):
    li, ann, channel = world
    mine = past_order(li, channel, 1, 3)
    past_order(ann, channel, 1, 3)
    past_order(ann, channel, 2, 3)
    first = taken_back(li, channel, 5, 3)
    second = taken_back(ann, channel, 5, 3)
    third = taken_back(ann, channel, 1, 3, code="CUP")
    nobody = taken_back(None, channel, 5, 3)
    call_command("match_returns")
    assert outcomes() == [
        (first.pk, "matched", mine.pk, 1),
        (second.pk, "ambiguous", None, 2),
        (third.pk, "no_order", None, 0),
        (nobody.pk, "no_customer", None, 0),
    ]
    assert capsys.readouterr().out.split("\n")[:6] == [
        "matched: 1",
        "ambiguous: 1",
        "too_few: 0",
        "no_order: 1",
        "no_customer: 1",
        "all: 4",
    ]


def test_a_match_is_final_and_the_rest_is_asked_again_when_history_grows(world):
    li, _ann, channel = world
    line = past_order(li, channel, 3, 2)
    known, unknown = taken_back(li, channel, 5, 2), taken_back(li, channel, 6, 4)
    assert matching.match_history(now=NOW)["too_few"] == 1
    earlier = past_order(li, channel, 1, 2)
    enough = past_order(li, channel, 2, 4)
    figures = matching.match_history(now=NOW + dt.timedelta(days=1))
    assert figures == {
        "matched": 2,
        "ambiguous": 0,
        "too_few": 0,
        "no_order": 0,
        "no_customer": 0,
    }
    assert outcomes() == [(known.pk, "matched", line.pk, 1), (unknown.pk, "matched", enough.pk, 1)]
    assert not ReturnMatch.objects.filter(order_line=earlier).exists()


def test_the_database_refuses_a_line_for_two_returns(world):
    li, _ann, channel = world
    line = past_order(li, channel, 1, 2)
    facts = [taken_back(li, channel, 5, 2), taken_back(li, channel, 6, 2)]
    rows = [
        ReturnMatch(fact=fact, outcome="matched", order_line=line, looked_at=NOW) for fact in facts
    ]
    rows[0].save()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows[1].save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnMatch.objects.create(fact=facts[1], outcome="matched", looked_at=NOW)


def test_forty_returns_cost_as_many_statements_as_one(world, django_assert_num_queries):
    li, _ann, channel = world
    for number in range(40):
        past_order(li, channel, number, 1, code=f"S{number}")
        taken_back(li, channel, 99, 1, code=f"S{number}")
    with django_assert_num_queries(8):
        figures = matching.match_history(now=NOW)
    assert figures["matched"] == 40


def test_a_second_run_over_the_same_history_changes_no_outcome(world):
    li, _ann, channel = world
    for on in (1, 2, 3, 4):
        past_order(li, channel, on, 2)
    past_order(li, channel, 5, 9, code="CUP")
    facts = [taken_back(li, channel, on, 2) for on in (2, 9, 9, 9, 9)]
    taken_back(li, channel, 9, 9, code="CUP")
    taken_back(li, channel, 9, 9, code="CUP")
    first = matching.match_history(now=NOW)
    before = outcomes()
    assert (first["matched"], first["ambiguous"], first["too_few"]) == (2, 4, 1)
    assert matching.match_history(now=NOW + dt.timedelta(days=1)) == first
    assert outcomes() == before
    assert before[0] == (facts[0].pk, "matched", before[0][2], 1)
