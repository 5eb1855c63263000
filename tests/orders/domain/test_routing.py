"""The router: hard filters, money terms, presets, splits, and why not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.domain.promise import DispatchCalendar, WorkCalendar
from orders.domain.route_facts import (
    ChannelFact,
    DestinationRuleFact,
    DutyFact,
    ServiceFact,
)
from orders.domain.routing import plan_order, term_differences, why_not
from tests.orders.domain.networks import (
    NOW,
    PRESETS,
    Card,
    Offer,
    Shelves,
    ask,
    card,
    network,
    site,
    want,
)

LA, NJ = site(1, "LA"), site(2, "NJ")
TWO = {(1, 1): 9, (2, 1): 9}


def sites_of(plan) -> list[str]:
    return [leg.warehouse_code for leg in plan.legs]


def filter_of(plan, code: str) -> str:
    found = why_not(plan, code)
    return "" if found is None else found.filter


def test_a03_the_cheapest_stocked_warehouse_serves():
    plan = plan_order(ask(), network([LA, NJ], card(LA="7", NJ="6")), Shelves(TWO))

    assert (sites_of(plan), plan.cost) == (["NJ"], Decimal(6))


def test_a03_equal_costs_go_to_the_nearer_one():
    far = site(1, "AAA", lat=40.7, lon=-74.0)
    near = site(2, "ZZZ", lat=34.0, lon=-118.2)

    plan = plan_order(ask(), network([far, near], card(AAA="6", ZZZ="6")), Shelves(TWO))

    assert sites_of(plan) == ["ZZZ"]


def test_a03_the_next_one_serves_when_the_nearest_is_empty():
    plan = plan_order(ask(), network([LA, NJ], card(LA="6", NJ="7")), Shelves({(2, 1): 1}))

    assert sites_of(plan) == ["NJ"]
    assert filter_of(plan, "LA") == "OUT_OF_STOCK"


def test_x04_ties_go_to_the_warehouse_code():
    plan = plan_order(ask(), network([NJ, LA], card(LA="6", NJ="6")), Shelves(TWO))

    assert sites_of(plan) == ["LA"]


def test_x04_fewer_days_win_before_the_code():
    rates = Card({("LA", "*"): [("G", "6", "0", 2, 5)], ("NJ", "*"): [("G", "6", "0", 2, 3)]})

    plan = plan_order(ask(preset="cheapest"), network([LA, NJ], rates), Shelves(TWO))

    assert sites_of(plan) == ["NJ"]


@pytest.mark.parametrize(
    ("code", "more", "request_more"),
    [
        ("NOT_ALLOWED", {}, {"channel": ChannelFact("shop", refused=frozenset({1}))}),
        ("NOT_ALLOWED", {}, {"channel": ChannelFact("shop", ranks={2: 0})}),
        ("DEST_NEVER", {"rules": [DestinationRuleFact("never", 1, "US")]}, {}),
        ("DEST_ONLY", {"rules": [DestinationRuleFact("only", 2, "US", "90")]}, {}),
        ("NO_SERVICE", {}, {"service_code": "SAMEDAY"}),
        ("NOT_ASKED", {}, {"only_warehouses": frozenset({2})}),
    ],
)
def test_x04_each_filter_names_itself(code, more, request_more):
    plan = plan_order(
        ask(**request_more), network([LA, NJ], card(LA="6", NJ="7"), **more), Shelves(TWO)
    )

    assert filter_of(plan, "LA") == code


@pytest.mark.parametrize(
    ("code", "warehouse"),
    [
        ("INACTIVE", {"is_active": False}),
        (
            "CLOSED",
            {"calendar": DispatchCalendar("UTC", dt.time(14), 0, WorkCalendar("0000000"))},
        ),
        ("CAPACITY_FULL", {"daily_capacity": 3}),
    ],
)
def test_x04_a_warehouse_that_cannot_ship_is_removed(code, warehouse):
    shelves = Shelves(TWO, loads={(1, NOW.date()): 3})

    plan = plan_order(
        ask(), network([site(1, "LA", **warehouse), NJ], card(LA="6", NJ="7")), shelves
    )

    assert (filter_of(plan, "LA"), sites_of(plan)) == (code, ["NJ"])


def test_x04_hazardous_goods_do_not_fly():
    rates = Card({("LA", "*"): [("AIR", "5", "0", 1, 1), ("GROUND", "9", "0", 3, 4)]})
    services = {"AIR": ServiceFact("AIR", "air"), "GROUND": ServiceFact("GROUND", "ground")}

    plan = plan_order(
        ask(want(is_hazardous=True)), network([LA], rates, services=services), Shelves(TWO)
    )

    assert plan.legs[0].service_code == "GROUND"


def test_x04_why_not_compares_term_by_term():
    plan = plan_order(ask(), network([LA, NJ], card(LA="7.50", NJ="6")), Shelves(TWO))

    other = why_not(plan, "LA")
    assert other is not None
    assert term_differences(plan, other) == [("freight", Decimal("1.50"))]


def test_x04_stock_price_and_channel_rank_move_the_choice():
    rates = card(LA="6", NJ="6.40")
    by_price = plan_order(
        ask(), network([LA, NJ], rates), Shelves(TWO, prices={(1, 1): Decimal(1)})
    )
    ranked = ChannelFact("shop", ranks={1: 1, 2: 0})
    by_rank = plan_order(ask(channel=ranked), network([LA, NJ], rates), Shelves(TWO))

    assert (sites_of(by_price), sites_of(by_rank)) == (["NJ"], ["NJ"])
    assert by_rank.terms.channel == 0


def test_b49_late_days_cost_more_than_a_cheaper_parcel_saves():
    rates = Card({("LA", "*"): [("G", "6", "0", 5, 5)], ("NJ", "*"): [("G", "8", "0", 2, 2)]})
    # LA arrives on Wed 29, two days after the promise: 6 + 2 x 5 + 7 days > 8 + 2 days.
    plan = plan_order(ask(promised_by=dt.date(2025, 1, 27)), network([LA, NJ], rates), Shelves(TWO))

    late = why_not(plan, "LA")
    assert sites_of(plan) == ["NJ"]
    assert late is not None
    assert late.terms is not None
    assert (late.terms.late, late.terms.days) == (Decimal(10), Decimal(7))


SPEEDS = Card(
    {
        ("LA", "*"): [("AIR", "14", "0", 1, 1), ("SEA", "6", "0", 6, 6)],
        ("NJ", "*"): [("AIR", "15", "0", 1, 1), ("SEA", "5", "0", 8, 8)],
    }
)


@pytest.mark.parametrize(
    ("preset", "chosen"),
    [
        ("fastest", ("LA", "AIR")),
        ("cheapest", ("NJ", "SEA")),
        ("nearest", ("LA", "SEA")),
        ("ranked", ("NJ", "SEA")),
        ("balanced", ("LA", "SEA")),
    ],
)
def test_a24_each_preset_weighs_the_same_offers_its_own_way(preset, chosen):
    here = [site(1, "LA", lat=34.0, lon=-118.2), site(2, "NJ", lat=40.7, lon=-74.0)]
    channel = ChannelFact("shop", ranks={2: 0, 1: 3})

    plan = plan_order(
        ask(preset=preset, channel=channel if preset == "ranked" else ChannelFact("shop")),
        network(here, SPEEDS),
        Shelves(TWO),
    )

    assert (plan.legs[0].warehouse_code, plan.legs[0].service_code) == chosen


def test_b35_fastest_stops_at_the_cost_cap():
    rates = Card({("LA", "*"): [("AIR", "90", "0", 1, 1), ("SEA", "6", "0", 6, 6)]})

    plan = plan_order(ask(preset="fastest"), network([LA], rates), Shelves(TWO))

    assert plan.legs[0].service_code == "SEA"


def test_b36_cheapest_never_misses_a_promise_that_some_service_meets():
    plan = plan_order(
        ask(preset="cheapest", promised_by=dt.date(2025, 1, 24)),
        network([LA, NJ], SPEEDS),
        Shelves(TWO),
    )

    assert (plan.legs[0].service_code, plan.legs[0].days_late) == ("AIR", 0)


def test_x13_a_lot_short_of_life_is_not_offered():
    # GROUND from LA arrives by Mon 27 Jan; 30 days later is 26 Feb.
    short, long = dt.date(2025, 2, 25), dt.date(2025, 2, 26)
    tea = want(is_lot_tracked=True)

    refused = plan_order(ask(tea), network([LA], card(LA="6")), Shelves({(1, 1): [(short, 5)]}))
    served = plan_order(ask(tea), network([LA], card(LA="6")), Shelves({(1, 1): [(long, 5)]}))

    assert (refused.blocker, filter_of(refused, "LA")) == ("LOT_LIFE", "LOT_LIFE")
    assert served.legs[0].usable_until == {1: long}


def test_x05_only_from_there_and_nothing_there():
    rules = [DestinationRuleFact("only", 2, "CA")]

    plan = plan_order(
        ask(country="CA"),
        network([LA, site(2, "YYZ", "CA")], card(LA="6", YYZ="7"), rules=rules),
        Shelves({(1, 1): 5}),
    )

    assert (plan.blocker, plan.legs) == ("DEST_RESTRICTED_OOS", ())


def test_x05_a_preferred_warehouse_wins_although_it_costs_more():
    rules = [DestinationRuleFact("prefer", 2, "CA")]
    duties = {("", "CA"): DutyFact(Decimal("0.05"))}

    plan = plan_order(
        ask(country="CA"),
        network([LA, site(2, "YYZ", "CA")], card(LA="6", YYZ="20"), rules=rules, duties=duties),
        Shelves(TWO),
    )

    assert sites_of(plan) == ["YYZ"]


@pytest.mark.parametrize(
    ("duties", "has_data", "code"),
    [
        ({}, True, "DUTY_NOT_PRICED"),
        ({("", "CA"): DutyFact(Decimal("0.05"))}, False, "CUSTOMS_DATA_MISSING"),
    ],
)
def test_x05_past_the_preferred_one_needs_duty_and_data(duties, has_data, code):
    rules = [DestinationRuleFact("prefer", 2, "CA")]

    plan = plan_order(
        ask(country="CA", has_customs_data=has_data),
        network([LA, site(2, "YYZ", "CA")], card(LA="6", YYZ="7"), rules=rules, duties=duties),
        Shelves({(1, 1): 5}),
    )

    assert (plan.legs, filter_of(plan, "LA")) == ((), code)


def test_x05_duty_is_a_term_of_the_cost():
    duties = {("", "CA"): DutyFact(Decimal("0.10"), Decimal(20))}
    here = network([LA], card(LA="6"), duties=duties)

    dear = plan_order(ask(want(value=Decimal(50)), country="CA"), here, Shelves(TWO))
    small = plan_order(ask(want(value=Decimal(20)), country="CA"), here, Shelves(TWO))

    assert (dear.terms.duty, small.terms.duty) == (Decimal(5), Decimal(0))


PAIR = {(1, 1): 1, (2, 2): 1}


def pair(**more):
    return ask(want(1, value=Decimal(50)), want(2, value=Decimal(50)), **more)


def test_x03_two_parcels_when_no_warehouse_has_both():
    plan = plan_order(pair(), network([LA, NJ], card(LA="6", NJ="7")), Shelves(PAIR))

    # Freight 6 + 7, split 3; extra freight over one parcel from LA is 7 <= 15 % of 100.
    assert (sites_of(plan), plan.terms.freight, plan.terms.split) == (
        ["LA", "NJ"],
        Decimal(13),
        Decimal(3),
    )


def test_x03_a_split_above_15_percent_of_the_value_waits():
    plan = plan_order(
        pair(value_amount=Decimal(40)), network([LA, NJ], card(LA="6", NJ="7")), Shelves(PAIR)
    )

    assert (plan.legs, plan.blocker) == ((), "SPLIT_TOO_DEAR")


def test_x03_a_dear_split_saves_a_promise():
    plan = plan_order(
        pair(value_amount=Decimal(40), promised_by=dt.date(2025, 1, 27)),
        network([LA, NJ], card(LA="6", NJ="7")),
        Shelves(PAIR),
    )

    assert sites_of(plan) == ["LA", "NJ"]


@pytest.mark.parametrize(
    "channel", [ChannelFact("a", allow_split=False), ChannelFact("b", max_parcels=1)]
)
def test_x03_the_channel_may_forbid_splits(channel):
    plan = plan_order(pair(channel=channel), network([LA, NJ], card(LA="6", NJ="7")), Shelves(PAIR))

    assert plan.blocker == "SPLIT_NOT_ALLOWED"


def test_units_of_one_line_may_come_from_two_warehouses():
    plan = plan_order(
        ask(want(qty=5, value=Decimal(100))),
        network([LA, NJ], card(LA="6", NJ="7")),
        Shelves({(1, 1): 3, (2, 1): 3}),
    )

    assert [leg.takes for leg in plan.legs] == [((1, 3),), ((1, 2),)]


def test_what_stock_covers_is_planned_on_request():
    plan = plan_order(
        ask(want(qty=5), coverage="available"), network([LA], card(LA="6")), Shelves({(1, 1): 3})
    )

    assert (plan.legs[0].takes, plan.short, plan.blocker) == (((1, 3),), ((1, 2),), "OUT_OF_STOCK")


class EuroCard(Card):
    def options(self, *place, **more) -> list[Offer]:
        return [offer._replace(currency="EUR") for offer in super().options(*place, **more)]


def test_a_currency_without_rate_counts_at_par_and_says_so():
    rates = EuroCard(card(LA="6").lanes)

    at_par = plan_order(ask(), network([LA], rates), Shelves(TWO))
    known = plan_order(ask(), network([LA], rates, exchange={"EUR": Decimal("1.10")}), Shelves(TWO))

    assert (at_par.cost, at_par.notes) == (Decimal(6), ("AT_PAR:EUR",))
    assert (known.cost, known.notes) == (Decimal("6.60"), ())


@st.composite
def cases(draw):
    count = draw(st.integers(1, 4))
    sites = [site(n, f"W{n}") for n in range(1, count + 1)]
    prices = {f"W{n}": str(draw(st.integers(3, 12))) for n in range(1, count + 1)}
    skus = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    wants = [
        want(sku, draw(st.integers(1, 3)), draw(st.integers(100, 3000)), value=Decimal(30))
        for sku in skus
    ]
    units = {(n, sku): draw(st.integers(0, 4)) for n in range(1, count + 1) for sku in skus}
    preset = draw(st.sampled_from(sorted(PRESETS)))
    return sites, card(**prices), wants, units, preset


@settings(max_examples=1000)
@given(cases())
def test_rel_p_05_a_plan_covers_everything_or_names_the_blocker(case):
    sites, rates, wants, units, preset = case
    request = ask(*wants, preset=preset, value_amount=Decimal(30 * len(wants)))

    plan = plan_order(request, network(sites, rates), Shelves(units))
    again = plan_order(request, network(list(reversed(sites)), rates), Shelves(units))

    taken = {}
    for leg in plan.legs:
        for sku_id, qty in leg.takes:
            taken[sku_id] = taken.get(sku_id, 0) + qty
            assert qty <= units[leg.warehouse_id, sku_id]
    singles = [
        Decimal(rates.lanes[here.code, "*"][0][1])
        for here in sites
        if all(units[here.id, one.sku_id] >= one.qty for one in wants)
    ]
    assert plan == again
    assert bool(plan.blocker) == (not plan.legs)
    assert not plan.legs or taken == {one.sku_id: one.qty for one in wants}
    assert not singles or plan.score <= min(singles) + plan.terms.days
    assert all(one.filter or one.terms is not None for one in plan.candidates)
