"""Walks of a measured floor, rounds of a wave, rules that release waves, estimates before it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import settings_store
from core.actors import SYSTEM
from core.models import AuditEntry
from fulfillment.models import Cart, PickRound, PickTask, Wave
from fulfillment.services import rounds, walks, wave_plans, wave_rules, waves
from fulfillment.services.errors import NothingToRelease
from fulfillment.services.wave_plans import Method
from fulfillment.services.wave_rules import RuleIdle
from fulfillment.services.waves import WaveOrder
from inventory.models import Bin, BinPlace, FloorLayout
from inventory.services import layouts
from inventory.services.layouts import LayoutDraft, NowhereGiven, PlaceDraft, UnknownBinCode
from orders.models import Shipment
from orders.services import holds
from tests.factories import orders as make
from tests.factories import waves as factory
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def place():
    make.channel()
    return make.warehouse()


@pytest.fixture
def bins(place):
    return {row.code: row for row in factory.measure(place)}


@pytest.fixture
def four(bins):
    """Return the shipments of four orders: two at the end of each aisle, alternating."""
    for code in ("R1-10", "R2-10", "R1-09", "R2-09"):
        factory.stocked(bins[code], code)
    placed = factory.orders("R1-10", "R2-10", "R1-09", "R2-09")
    return [order.shipments.get() for order in placed]


def release(shipments: list[Shipment], method: str = "single", **criteria: str) -> Wave:
    order = WaveOrder(
        shipments[0].warehouse_id,
        [row.pk for row in shipments],
        {"method": method, **criteria},
    )
    return waves.release_wave(order=order, actor=SYSTEM, at=NOW).wave


def codes(wave: Wave) -> list[str]:
    return list(wave.tasks.order_by("sequence").values_list("bin__code", flat=True))


def test_a_29_a_wave_is_walked_as_the_layout_says_and_keeps_its_lengths(four):
    wave = release(four)

    assert codes(wave) == ["R1-09", "R1-10", "R2-10", "R2-09"]
    assert (wave.length_mm, wave.s_shape_mm) == (38_000, 38_000)
    assert_books_balance()


def test_without_a_layout_the_fixed_order_is_walked(four):
    FloorLayout.objects.all().delete()

    wave = release(four)

    assert codes(wave) == ["R2-09", "R2-10", "R1-09", "R1-10"]
    assert (wave.length_mm, wave.s_shape_mm) == (None, None)


def test_bins_nobody_placed_are_walked_last(four, place, bins):
    BinPlace.objects.filter(bin=bins["R1-10"]).delete()

    wave = release(four)

    assert codes(wave)[-1] == "R1-10"
    assert wave.length_mm == 38_000


def test_a_layout_that_cannot_be_walked_stops_no_wave(four, place):
    FloorLayout.objects.filter(warehouse=place).update(kind="free", walkways=[[0, 0, 1]])

    wave = release(four)
    plan = wave_plans.plan_stops(place.pk, [], Method())

    assert codes(wave)[0] == "R2-09"
    assert wave.length_mm is None
    assert plan.problem == "walkway 1 is not [x1, y1, x2, y2] or five values"


def test_a_free_layout_is_walked_along_its_walkways(four, place, bins):
    points = {"R1-10": (0, 9_000), "R1-09": (0, 8_000), "R2-10": (10_000, 9_000)}
    drafts = {code: PlaceDraft(x_mm=x, y_mm=y) for code, (x, y) in points.items()}
    layouts.save_places(place.pk, drafts, actor=SYSTEM, at=NOW)
    ways = ((0, 0, 0, 9_000), (0, 9_000, 10_000, 9_000), (10_000, 9_000, 10_000, 0))
    layouts.save_layout(place.pk, LayoutDraft(kind="free", walkways=ways), actor=SYSTEM, at=NOW)

    tour = walks.tour_of(place.pk, [bins[code].pk for code in ("R2-09", "R1-10", "R1-09", "R2-10")])

    assert tour.order == tuple(bins[code].pk for code in ("R1-09", "R1-10", "R2-10", "R2-09"))
    assert (tour.length_mm, tour.unplaced, tour.metres) == (38_000, 1, 38.0)
    assert tour.s_shape_mm == 19_000 + 11_000 + 1_000 + 9_000


def test_a_29_orders_that_lie_together_share_a_round(four):
    wave = release(four, "cluster", tour_totes="2")

    made = rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW)

    assert [(row.length_mm, row.s_shape_mm, row.method) for row in made] == [
        (18_000, 18_000, "cluster"),
        (38_000, 38_000, "cluster"),
    ]
    for row, wanted in zip(made, (["R1-09", "R1-10"], ["R2-09", "R2-10"]), strict=True):
        stops = row.tasks.order_by("sequence").values_list("bin__code", flat=True)
        assert list(stops) == wanted
        assert list(row.slots.order_by("position").values_list("shipment_id", flat=True)) == list(
            row.tasks.order_by("sequence").values_list("shipment_id", flat=True)
        )
    wave.refresh_from_db()
    assert (wave.length_mm, wave.s_shape_mm) == (56_000, 56_000)
    assert rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW) == []
    assert PickRound.objects.count() == 2
    assert_books_balance()


def test_a_batch_round_carries_its_units_and_no_more(four):
    wave = release(four, "batch", tour_items="3")

    made = rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW)

    assert sorted(row.tasks.count() for row in made) == [1, 3]
    assert {row.slots.count() for row in made} == {1}


def test_a_wave_walked_order_by_order_gets_no_rounds(four):
    wave = release(four)

    assert rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW) == []


def test_an_order_that_a_picker_has_begun_stays_theirs(four):
    wave = release(four, "cluster")
    PickTask.objects.filter(bin__code="R1-10").update(assigned_to="user:7")

    made = rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW)

    assert [row.tasks.count() for row in made] == [3]
    assert PickTask.objects.get(bin__code="R1-10").round_id is None


def test_a_round_holds_as_many_orders_as_the_smallest_cart(four, place):
    Cart.objects.create(code="C-1", warehouse=place, slot_count=3)
    Cart.objects.create(code="C-2", warehouse=place, slot_count=1, is_active=False)
    wave = release(four, "cluster")

    made = rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW)

    assert sorted(row.slots.count() for row in made) == [1, 3]


def test_an_estimate_says_what_the_release_then_plans(four, place, django_assert_max_num_queries):
    ids = [row.pk for row in four]

    with django_assert_max_num_queries(8):
        plan = wave_plans.plan_wave(place.pk, ids, Method("cluster", tour_totes=2))
    wave = release(four, "cluster", tour_totes="2")
    made = rounds.plan_rounds(wave.pk, actor=SYSTEM, at=NOW)

    assert (plan.estimate.tours, plan.estimate.lines, plan.estimate.units) == (2, 4, 4)
    assert plan.estimate.length_mm == sum(row.length_mm for row in made) == 56_000
    assert plan.measured
    # 56 m at 1.1 m/s, four lines of 8 s, four units of 2 s, two tours of 60 s.
    assert plan.seconds == 51 + 32 + 8 + 120
    assert Wave.objects.count() == 1


def test_an_estimate_follows_the_settings_and_counts_what_is_missing(four, place):
    settings_store.put("fulfillment.walk_m_per_s", "0.5", actor=SYSTEM, at=NOW)
    settings_store.put("fulfillment.tour_seconds", "0", actor=SYSTEM, at=NOW)
    Bin.objects.filter(code="R2-10").update(is_pickable=False)
    BinPlace.objects.filter(bin__code="R1-10").delete()

    plan = wave_plans.plan_wave(place.pk, [row.pk for row in four], Method())

    assert (plan.estimate.tours, plan.short_qty, plan.unplaced) == (1, 1, 1)
    assert plan.estimate.length_mm == 2 * (8_000 + 8_000 + 10_000) - 16_000 + 2_000 * 1
    assert plan.seconds == 76 + 24 + 6
    assert wave_plans.plan_wave(place.pk, [], Method("cluster")).seconds == 0


def test_plans_of_many_orders_are_searched_shorter():
    assert [wave_plans.kicks_for(count) for count in (1, 100, 101, 200, 201)] == [40, 40, 10, 10, 0]


def test_a_rule_takes_what_it_names_the_most_urgent_first(four, place):
    first, second, third, fourth = four
    Shipment.objects.filter(pk=second.pk).update(service_code="AIR")
    Shipment.objects.filter(pk=third.pk).update(cutoff_at=NOW + dt.timedelta(minutes=30))
    Shipment.objects.filter(pk=fourth.pk).update(cutoff_at=None)
    later = first.cutoff_at

    def taken(**more) -> list[int]:
        return wave_rules.matches(factory.rule(place, name=f"R{more}", **more), at=NOW)

    assert later > NOW + dt.timedelta(minutes=30)
    assert taken() == [third.pk, first.pk, second.pk, fourth.pk]
    assert taken(max_orders=2) == [third.pk, first.pk]
    assert taken(service_code="AIR") == [second.pk]
    assert taken(window_minutes=30) == [third.pk]


def test_a_rule_with_a_zone_takes_orders_that_lie_in_it_whole(four, place, bins):
    both = make.place_one(make.line("R1-09", 1), make.line("R2-09", 1)).shipments.get()
    rule = factory.rule(place, zone=bins["R2-01"].zone)

    assert both.pk not in wave_rules.matches(rule, at=NOW)
    assert wave_rules.matches(rule, at=NOW) == [four[1].pk, four[3].pk]


def test_a_rule_releases_a_wave_with_rounds_and_says_why_it_does_not(four, place):
    rule = factory.rule(place, name="Noon", min_orders=3, tour_totes=2)
    holds.place_hold(four[0].order_id, "FRAUD", actor=SYSTEM, at=NOW)

    outcome = wave_rules.release_by_rule(rule, actor=SYSTEM, at=NOW)

    assert sorted(outcome.released) == sorted(row.pk for row in four[1:])
    assert outcome.wave.criteria == {"rule": "Noon", "method": "cluster", "tour_totes": "2"}
    assert outcome.wave.pick_rounds.count() == 2
    rule.refresh_from_db()
    assert (rule.last_run_at, rule.last_count) == (NOW, 3)
    with pytest.raises(RuleIdle) as idle:
        wave_rules.release_by_rule(rule, actor=SYSTEM, at=NOW)
    assert str(idle.value) == (
        "Noon finds 0 ready shipments and releases from 3."
        " Wait for more, or choose shipments by hand."
    )


def test_the_clock_releases_by_its_rules_in_turn(four, place):
    factory.rule(place, name="By hand", position=1)
    factory.rule(place, name="Off", position=1, is_automatic=True, is_active=False)
    factory.rule(place, name="Rest", position=3, is_automatic=True, method="single")
    factory.rule(place, name="Two", position=2, is_automatic=True, max_orders=2)

    run = wave_rules.run_automatic(actor=SYSTEM, at=NOW)

    assert run.as_dict() == {"waves": 2, "shipments": 4, "rounds": 1}
    rules = Wave.objects.order_by("pk").values_list("criteria__rule", "shipment_count")
    assert list(rules) == [("Two", 2), ("Rest", 2)]
    assert PickRound.objects.count() == 1
    assert wave_rules.run_automatic(actor=SYSTEM, at=NOW).as_dict() == {
        "waves": 0,
        "shipments": 0,
        "rounds": 0,
    }
    assert_books_balance()


def test_a_rule_whose_shipments_are_all_stopped_meanwhile_releases_nothing(four, place):
    for row in four:
        row.lines.update(reserved_qty=0)

    with pytest.raises(NothingToRelease):
        wave_rules.release_by_rule(factory.rule(place), actor=SYSTEM, at=NOW)
    assert Wave.objects.count() == 0


def test_a_layout_and_its_places_are_saved_audited_and_refused_with_the_bin(place, bins):
    layouts.save_places(place.pk, {"R1-01": PlaceDraft(2, 2, level=3)}, actor=SYSTEM, at=NOW)

    moved = BinPlace.objects.get(bin=bins["R1-01"])
    assert (moved.aisle, moved.place, moved.level, BinPlace.objects.count()) == (2, 2, 3, 20)
    assert set(
        AuditEntry.objects.filter(action__startswith="inventory.").values_list("action", flat=True)
    ) >= {"inventory.layout_saved", "inventory.bins_placed"}
    with pytest.raises(UnknownBinCode, match="The warehouse has no bin Q-1"):
        layouts.save_places(place.pk, {"Q-1": PlaceDraft(1, 1)}, actor=SYSTEM, at=NOW)
    for nowhere in (PlaceDraft(), PlaceDraft(1), PlaceDraft(0, 1), PlaceDraft(x_mm=4)):
        with pytest.raises(NowhereGiven, match="Bin R1-01 needs an aisle and a place from 1"):
            layouts.save_places(place.pk, {"R1-01": nowhere}, actor=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [{"min_orders": 0}, {"min_orders": 9, "max_orders": 8}, {"name": ""}, {"tour_items": 0}],
)
def test_the_database_refuses_a_rule_that_can_take_nothing(place, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.rule(place, **wrong)


@pytest.mark.parametrize("wrong", [{"depot_y_mm": 5}, {"aisle_count": 0}])
def test_the_database_refuses_a_block_that_cannot_stand(place, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        FloorLayout.objects.create(warehouse=place, **wrong)


def test_paces_are_settings(place):
    assert wave_plans.pace().walk_m_per_s == Decimal("1.1")
    assert Method.of({}) == Method("single")
    assert Method.of({"method": "batch", "tour_items": "7"}) == Method("batch", tour_items=7)
