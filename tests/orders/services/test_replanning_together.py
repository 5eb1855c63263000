"""Unreleased orders are planned together: stock goes where it saves most, promises are kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import settings_store
from core.actors import SYSTEM, Actor
from core.jobs import JobRun
from orders.models import Order, RoutingDecision, Shipment
from orders.services import floor, holds, replanning, replanning_together
from orders.services.replanning import Wish
from shipping.models import RateBreak, RateCard, ShippingZone, ZoneCountry
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW
LATER = NOW + dt.timedelta(minutes=30)
#: Amount by warehouse and country, and days on the way.
RATES = {
    ("LA", "CA"): ("5.00", 3),
    ("NJ", "CA"): ("6.00", 3),
    ("LA", "MX"): ("5.00", 3),
    ("NJ", "MX"): ("9.00", 3),
}


def rate_card(rates: dict[tuple[str, str], tuple[str, int]]) -> None:
    card = RateCard.objects.create(
        service=make.flat_service(),
        version=1,
        currency="USD",
        valid_from=dt.date(2026, 1, 1),
        content_hash="test",
        created_at=NOW,
    )
    for (site, country), (amount, days) in rates.items():
        zone = ShippingZone.objects.create(
            card=card,
            warehouse_code=site,
            code=country,
            transit_lo_days=days,
            transit_hi_days=days,
        )
        ZoneCountry.objects.create(zone=zone, country=country)
        RateBreak.objects.create(zone=zone, max_weight_g=20_000, amount=Decimal(amount))


@pytest.fixture
def sites():
    make.channel(country_only=True)
    return make.warehouse("LA"), make.warehouse("NJ")


@pytest.fixture
def crossed(sites):
    """One unit each in LA and NJ; the first order took LA's, which the second needs more."""
    rate_card(RATES)
    tea = make.sku("TEA")
    for site in sites:
        make.put(tea, site, 1)
    first = make.place_one(ship_to=make.address("CA"))
    second = make.place_one(ship_to=make.address("MX"))
    return first, second


def site_of(order: Order) -> str:
    return Shipment.objects.exclude(status="cancelled").get(order=order).warehouse.code


def replan(**more):
    return replanning_together.replan_together(at=LATER, **more)


def test_a_03_two_orders_swap_warehouses_when_both_together_cost_less(crossed):
    first, second = crossed
    before = (site_of(first), site_of(second))

    done = replan()

    assert before == ("LA", "NJ")
    assert (site_of(first), site_of(second)) == ("NJ", "LA")
    # 5 + 9 one after the other, 6 + 5 together.
    assert (done.looked_at, done.moved) == (2, (first.pk, second.pk))
    assert done.saved_amount == 3.0
    assert_books_balance()


def test_the_decision_says_that_orders_were_planned_together(crossed):
    replan()

    newest = RoutingDecision.objects.order_by("-pk")[:2]
    assert {row.reason for row in newest} == {"PLANNED_TOGETHER"}
    assert {row.overridden_by for row in newest} == {""}


def test_a_second_look_moves_nothing(crossed):
    replan()

    again = replan()

    assert (again.looked_at, again.moved, again.saved_amount) == (2, (), 0.0)


def test_a_warehouse_later_than_promised_is_no_choice(sites):
    rate_card({**RATES, ("NJ", "CA"): ("6.00", 9)})
    tea = make.sku("TEA")
    for site in sites:
        make.put(tea, site, 1)
    first = make.place_one(ship_to=make.address("CA"))
    second = make.place_one(ship_to=make.address("MX"))

    done = replan()

    assert done.moved == ()
    assert (site_of(first), site_of(second)) == ("LA", "NJ")


def test_orders_on_the_floor_held_or_routed_by_a_person_stay(crossed):
    first, second = crossed
    make.put(make.Sku.objects.get(), Shipment.objects.get(order=second).warehouse, 2)
    third = make.place_one(ship_to=make.address("CA"))
    fourth = make.place_one(ship_to=make.address("CA"))
    floor.release([Shipment.objects.get(order=first).pk], wave_key="wave:1", actor=SYSTEM, at=NOW)
    holds.place_hold(third.pk, "FRAUD", actor=SYSTEM, at=NOW)
    chosen = frozenset({Shipment.objects.get(order=fourth).warehouse_id})
    wish = Wish("route", reason="closer", is_override=True, only_warehouses=chosen)
    replanning.replan(fourth.pk, wish, actor=Actor("user", 1, "Ada"), at=NOW)

    done = replan()

    assert (done.looked_at, done.moved) == (1, ())
    assert_books_balance()


def test_what_changed_since_the_plan_is_not_moved(crossed, monkeypatch):
    first, second = crossed
    solve = replanning_together.plan_wave

    def solve_slowly(*given, **more):
        plan = solve(*given, **more)
        holds.place_hold(second.pk, "FRAUD", actor=SYSTEM, at=LATER)
        return plan

    monkeypatch.setattr(replanning_together, "plan_wave", solve_slowly)

    done = replan()

    assert (done.was_overtaken, done.moved) == (True, ())
    assert (site_of(first), site_of(second)) == ("LA", "NJ")
    assert_books_balance()


def test_an_order_moves_to_stock_that_came_later(sites):
    rate_card(RATES)
    tea = make.sku("TEA")
    la, nj = sites
    make.put(tea, nj, 2)
    first = make.place_one(ship_to=make.address("MX"))
    second = make.place_one(ship_to=make.address("MX"))
    make.put(tea, la, 1)

    done = replan()

    assert sorted([site_of(first), site_of(second)]) == ["LA", "NJ"]
    assert len(done.moved) == 1
    assert_books_balance()


def test_split_orders_come_together_again(sites):
    rate_card(RATES)
    la, nj = sites
    tea, cup = make.sku("TEA"), make.sku("CUP")
    make.put(tea, la, 1)
    make.put(cup, nj, 2)
    split = make.place_one(
        make.line("TEA", 1, "40.00"), make.line("CUP", 1, "40.00"), ship_to=make.address("CA")
    )
    make.place_one(make.line("CUP"), ship_to=make.address("CA"))
    parts = Shipment.objects.filter(order=split).count()
    make.put(tea, nj, 1)

    replan()

    assert parts == 2
    assert site_of(split) == "NJ"
    assert_books_balance()


@pytest.mark.parametrize(("most", "looked_at"), [(0, 0), (1, 1), (300, 2)])
def test_the_job_looks_at_as_many_orders_as_the_setting_says(crossed, most, looked_at):
    settings_store.put("orders.replan_together", str(most), actor=SYSTEM, at=NOW)
    run = JobRun(1, 1, LATER, "orders.replan_together", "system", dt.timedelta(minutes=1))

    done = replanning_together.run(run)

    assert done == {
        "looked_at": looked_at,
        "moved": 2 if looked_at == 2 else 0,
        "saved": 3.0 if looked_at == 2 else 0.0,
    }
