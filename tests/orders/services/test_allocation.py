"""Short stock: partial policies, backorders, priorities, re-routing and splits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM, Actor
from orders.models import (
    ChannelWarehouse,
    DestinationRule,
    DutyRate,
    Order,
    OrderHold,
    OrderLine,
    RefundDue,
    RoutingDecision,
    Shipment,
    ShipmentLine,
)
from orders.services import allocation, floor, splitting
from orders.services.allocation import NobodyGivesUnits, NothingMoved
from orders.services.errors import ReasonMissing, UnitsRefused
from tests.factories import orders as make
from tests.factories.orders import NOW
from tests.orders.services.test_lifecycle import assert_promises_agree, reserved

pytestmark = pytest.mark.django_db
DESK = Actor("user", 7, "Dana")
LATER = NOW + dt.timedelta(minutes=5)
DAY = dt.timedelta(days=1)


@pytest.fixture
def tea():
    return make.sku("TEA")


@pytest.fixture
def la():
    return make.warehouse("LA")


def five_of_three(tea, la, **policy) -> Order:
    """Order 5 where 3 are free."""
    make.channel(**policy)
    make.put(tea, la, 3)
    return make.place_one(make.line("TEA", 5))


def units(order: Order) -> tuple[int, int, int]:
    """Return (reserved, waiting, cancelled) units of the order's only line."""
    line = OrderLine.objects.get(order=order)
    held = sum(ShipmentLine.objects.filter(order_line=line).values_list("reserved_qty", flat=True))
    return held, line.backorder_qty, line.cancelled_qty


def sites(order: Order) -> list[str]:
    rows = Shipment.objects.filter(order=order).exclude(status="cancelled")
    return list(rows.order_by("pk").values_list("warehouse__code", flat=True))


def retry(at: dt.datetime = LATER):
    return allocation.retry_backorders(at=at)


def test_x02_ship_complete_reserves_nothing_so_a_newer_full_order_may_take_the_units(tea, la):
    order = five_of_three(tea, la)

    newer = make.place_one(make.line("TEA", 3))

    assert (units(order), order.attention_codes) == ((0, 5, 0), ["OUT_OF_STOCK"])
    assert (units(newer), newer.stage) == ((3, 0, 0), "routed")


def test_x02_ship_complete_with_commit_partial_keeps_three_and_waits(tea, la):
    order = five_of_three(tea, la, commit_partial=True)

    newer = make.place_one(make.line("TEA", 3))
    shipment = Shipment.objects.get(order=order)
    result = floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)

    assert (units(order), units(newer)) == ((3, 2, 0), (0, 3, 0))
    assert order.stage == "attention"
    assert result.refused == {shipment.pk: "NOT_FULLY_RESERVED"}


def test_x02_ship_available_ships_three_and_backorders_two(tea, la):
    order = five_of_three(tea, la, partial_policy="ship_available")
    shipment = Shipment.objects.get(order=order)

    released = floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW).released
    make.put(tea, la, 2)
    report = retry()

    order.refresh_from_db()
    child = Shipment.objects.exclude(pk=shipment.pk).get(order=order)
    assert (released, report.served) == ([shipment.pk], (order.pk,))
    assert (child.is_backorder, units(order), order.attention_codes) == (True, (5, 0, 0), [])
    assert_promises_agree()


def test_x02_cancel_remainder_ships_three_and_owes_the_price_of_two(tea, la):
    order = five_of_three(tea, la, partial_policy="cancel_remainder")

    refund = RefundDue.objects.get(order=order)
    assert (units(order), order.stage) == ((3, 0, 2), "routed")
    assert (refund.amount, refund.reason) == (Decimal(20), "PARTLY_CANCELLED")


def test_x02_wait_until_asks_a_person_after_its_days(tea, la):
    order = five_of_three(tea, la, partial_policy="wait_until", wait_days=3)

    early = allocation.ask_about_waiting(as_of=NOW + 3 * DAY - dt.timedelta(seconds=1))
    due = allocation.ask_about_waiting(as_of=NOW + 3 * DAY)

    waited = order.attention_codes
    order.refresh_from_db()
    assert (waited, early, due) == (["WAITING_FOR_STOCK"], 0, 1)
    assert order.attention_codes == ["DECISION_DUE"]


def test_x02_policy_and_who_set_it_stand_on_the_order(tea, la):
    make.channel()
    make.put(tea, la, 3)

    order = make.place_one(make.line("TEA", 5), partial_policy="ship_available")

    assert (order.partial_policy, order.policy_set_by) == ("ship_available", "system")


def test_x12_arriving_units_go_by_priority_promise_payment_and_id(tea, la):
    make.channel()
    late = make.place_one(promised_by=dt.date(2026, 3, 9))
    soon = make.place_one(promised_by=dt.date(2026, 3, 2))
    high = make.place_one(priority=1)
    make.put(tea, la, 2)

    report = retry()

    assert report.served == (high.pk, soon.pk)
    assert units(late) == (0, 1, 0)
    assert_promises_agree()


def test_x12_a_held_order_is_passed_over(tea, la):
    make.channel()
    held = make.place_one(ship_to=make.address(line1=""))
    free = make.place_one()
    make.put(tea, la, 1)

    report = retry()

    assert (report.served, units(held)) == ((free.pk,), (0, 1, 0))


def test_x12_a_retry_without_new_units_changes_nothing(tea, la):
    order = five_of_three(tea, la)
    before = RoutingDecision.objects.count()

    report = retry()

    assert (report.looked_at, report.served, units(order)) == (1, (), (0, 5, 0))
    assert RoutingDecision.objects.count() == before


def test_x12_a_high_order_takes_units_when_the_victim_is_served_from_elsewhere(tea, la):
    make.channel(allow_split=False)
    nj = make.warehouse("NJ", handling_cost=Decimal(3))
    cup = make.sku("CUP")
    make.put(tea, la, 1)
    make.put(tea, nj, 1)
    make.put(cup, la, 1)
    victim = make.place_one()
    high = make.place_one(make.line("TEA"), make.line("CUP"), priority=1)
    assert (sites(victim), high.stage) == (["LA"], "attention")

    victims = allocation.take_from_lower(high.pk, actor=DESK, at=LATER)

    assert victims == (victim.pk,)
    assert (sites(high), sites(victim)) == (["LA"], ["NJ"])
    assert_promises_agree()


def test_x12_a_promise_is_broken_only_on_a_supervisors_word(tea, la):
    make.channel()
    make.put(tea, la, 1)
    victim = make.place_one()
    high = make.place_one(priority=1)

    with pytest.raises(NobodyGivesUnits):
        allocation.take_from_lower(high.pk, actor=DESK, at=LATER)
    untouched = units(victim)
    allocation.take_from_lower(high.pk, actor=DESK, at=LATER, is_supervisor=True, reason="VIP")

    assert (untouched, units(victim), units(high)) == ((1, 0, 0), (0, 1, 0), (1, 0, 0))
    assert_promises_agree()


def test_x12_a_victim_in_a_wave_keeps_its_units(tea, la):
    make.channel()
    make.put(tea, la, 1)
    victim = make.place_one()
    high = make.place_one(priority=1)
    shipment = Shipment.objects.get(order=victim)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)

    with pytest.raises(NobodyGivesUnits):
        allocation.take_from_lower(high.pk, actor=DESK, at=LATER, is_supervisor=True, reason="VIP")


def test_x05_a_restricted_destination_waits_instead_of_shipping_from_abroad(tea, la):
    make.channel()
    ca = make.warehouse("YYZ", country="CA")
    DestinationRule.objects.create(country="CA", kind="only", warehouse=ca)
    make.put(tea, la, 5)

    order = make.place_one(ship_to=make.address("CA"))

    assert (order.stage, order.attention_codes) == ("attention", ["DEST_RESTRICTED_OOS"])
    assert (reserved(), units(order)) == (0, (0, 1, 0))


def test_x05_past_a_preferred_warehouse_only_with_priced_duty(tea, la):
    make.channel()
    ca = make.warehouse("YYZ", country="CA")
    DestinationRule.objects.create(country="CA", kind="prefer", warehouse=ca)
    make.put(tea, la, 5)

    unpriced = make.place_one(ship_to=make.address("CA"))
    DutyRate.objects.create(country="CA", rate=Decimal("0.05"))
    priced = make.place_one(ship_to=make.address("CA"))

    decision = RoutingDecision.objects.get(order=priced)
    assert unpriced.attention_codes == ["OUT_OF_STOCK"]
    assert (sites(priced), decision.chosen["legs"][0]["duty"]) == (["LA"], "0.5000")


def test_x05_missing_customs_data_holds_the_order_before_the_pick(tea, la):
    make.channel()
    ca = make.warehouse("YYZ", country="CA")
    DestinationRule.objects.create(country="CA", kind="prefer", warehouse=ca)
    DutyRate.objects.create(country="CA", rate=Decimal("0.05"))
    bare = make.sku("BARE", hs_code="")
    make.put(bare, la, 5)

    order = make.place_one(make.line("BARE"), ship_to=make.address("CA"))

    assert OrderHold.objects.get(order=order).kind == "CUSTOMS_DATA_MISSING"
    assert (order.stage, reserved()) == ("held", 0)


def test_x05_goods_that_pass_customs_without_data_are_held_with_their_stock(tea, la):
    make.channel()
    bare = make.sku("BARE", hs_code="")
    make.put(bare, la, 5)

    order = make.place_one(make.line("BARE"), ship_to=make.address("DE"))

    hold = OrderHold.objects.get(order=order)
    assert (hold.kind, hold.note, order.stage, reserved()) == (
        "CUSTOMS_DATA_MISSING",
        "BARE",
        "held",
        1,
    )


def test_a_country_only_channel_needs_neither_street_nor_customs_data(tea, la):
    make.channel(country_only=True)
    bare = make.sku("BARE", hs_code="", weight_g=None)
    make.put(bare, la, 5)

    order = make.place_one(make.line("BARE"), ship_to=make.AddressDraft(country="FR"))

    assert (order.stage, OrderHold.objects.count(), reserved()) == ("routed", 0, 1)


def test_x04_a_person_may_choose_another_warehouse_with_a_reason(tea, la):
    make.channel()
    nj = make.warehouse("NJ", handling_cost=Decimal(9))
    make.put(tea, la, 1)
    make.put(tea, nj, 1)
    order = make.place_one()

    with pytest.raises(ReasonMissing):
        allocation.reroute(order.pk, warehouse_ids=[nj.pk], reason="", actor=DESK, at=LATER)
    allocation.reroute(order.pk, warehouse_ids=[nj.pk], reason="LA strike", actor=DESK, at=LATER)

    decision = RoutingDecision.objects.order_by("-pk").first()
    assert (sites(order), decision.overridden_by, decision.reason) == (
        ["NJ"],
        "user:7",
        "LA strike",
    )
    assert reserved() == 1
    assert_promises_agree()


def test_x04_an_override_that_leaves_units_behind_changes_nothing(tea, la):
    make.channel()
    nj = make.warehouse("NJ")
    make.put(tea, la, 1)
    order = make.place_one()

    with pytest.raises(NothingMoved):
        allocation.reroute(order.pk, warehouse_ids=[nj.pk], reason="try", actor=DESK, at=LATER)

    assert (sites(order), units(order)) == (["LA"], (1, 0, 0))
    assert_promises_agree()


def test_x03_an_order_is_split_when_no_warehouse_has_all_of_it(tea, la):
    make.channel()
    nj = make.warehouse("NJ")
    cup = make.sku("CUP")
    make.put(tea, la, 1)
    make.put(cup, nj, 1)

    order = make.place_one(make.line("TEA", price="80"), make.line("CUP", price="80"))

    assert (sites(order), order.stage) == (["LA", "NJ"], "routed")


def test_x03_a_channel_without_splits_waits(tea, la):
    make.channel(allow_split=False)
    nj = make.warehouse("NJ")
    cup = make.sku("CUP")
    make.put(tea, la, 1)
    make.put(cup, nj, 1)

    order = make.place_one(make.line("TEA", price="80"), make.line("CUP", price="80"))

    assert (sites(order), order.attention_codes) == ([], ["SPLIT_NOT_ALLOWED"])


def test_x03_the_parent_is_delivered_only_when_all_parcels_are(tea, la):
    make.channel()
    nj = make.warehouse("NJ")
    cup = make.sku("CUP")
    make.put(tea, la, 1)
    make.put(cup, nj, 1)
    order = make.place_one(make.line("TEA", price="80"), make.line("CUP", price="80"))
    first, second = Shipment.objects.filter(order=order).order_by("pk")

    stages = []
    for shipment in (first, second):
        line = ShipmentLine.objects.get(shipment=shipment)
        floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)
        floor.record_picked([floor.PickedUnits(line.pk, 1)], actor=SYSTEM, at=NOW)
        floor.record_packed([shipment.pk], actor=SYSTEM, at=NOW)
        floor.ship([shipment.pk], actor=SYSTEM, at=NOW)
        stages.append(Order.objects.get(pk=order.pk).stage)
    floor.deliver([first.pk], actor=SYSTEM, at=LATER)
    stages.append(Order.objects.get(pk=order.pk).stage)
    floor.deliver([second.pk], actor=SYSTEM, at=LATER)
    order.refresh_from_db()

    assert stages == ["routed", "shipped", "shipped"]
    assert (order.stage, order.status) == ("delivered", "completed")


def test_x03_a_split_by_hand_keeps_the_total_promised(tea, la):
    make.channel()
    make.put(tea, la, 5)
    order = make.place_one(make.line("TEA", 3))
    shipment = Shipment.objects.get(order=order)
    line = ShipmentLine.objects.get(shipment=shipment)

    with pytest.raises(UnitsRefused):
        splitting.split_shipment(shipment.pk, {line.pk: 3}, actor=DESK, at=LATER)
    beside = splitting.split_shipment(shipment.pk, {line.pk: 1}, actor=DESK, at=LATER)

    line.refresh_from_db()
    assert (line.qty, ShipmentLine.objects.get(shipment=beside).qty, reserved()) == (2, 1, 3)
    assert_promises_agree()


def test_a_channels_list_of_warehouses_is_a_hard_filter(tea, la):
    shop = make.channel()
    nj = make.warehouse("NJ", handling_cost=Decimal(9))
    make.put(tea, la, 1)
    make.put(tea, nj, 1)
    ChannelWarehouse.objects.create(channel=shop, warehouse=nj, rank=1)

    order = make.place_one()

    decision = RoutingDecision.objects.get(order=order)
    removed = {tuple(c["warehouses"]): c["filter"] for c in decision.candidates}
    assert (sites(order), removed[("LA",)]) == (["NJ"], "NOT_ALLOWED")


def test_x09_missing_units_come_from_another_warehouse_when_the_promise_holds(tea, la):
    make.channel()
    nj = make.warehouse("NJ", handling_cost=Decimal(3))
    make.put(tea, la, 2)
    make.put(tea, nj, 2)
    order = make.place_one(make.line("TEA", 2))
    shipment = Shipment.objects.get(order=order)
    line = ShipmentLine.objects.get(shipment=shipment)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)
    floor.record_picked([floor.PickedUnits(line.pk, 1)], actor=SYSTEM, at=NOW)

    outcome = floor.record_short(shipment_line_id=line.pk, missing_qty=1, actor=SYSTEM, at=LATER)

    line.refresh_from_db()
    moved = Shipment.objects.get(pk=outcome.moved_to_shipment_id)
    assert (moved.warehouse, line.qty, outcome.covered_qty) == (nj, 1, 1)
    assert outcome.needs_decision is False
    assert_promises_agree()


@pytest.mark.parametrize(
    ("choice", "left"),
    [("ship_partial", (1, 1, 0)), ("wait", (1, 1, 0)), ("cancel", (1, 0, 1))],
)
def test_x09_nothing_ships_short_unless_a_person_says_so(tea, la, choice, left):
    make.channel()
    make.put(tea, la, 2)
    order = make.place_one(make.line("TEA", 2))
    shipment = Shipment.objects.get(order=order)
    line = ShipmentLine.objects.get(shipment=shipment)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)
    floor.record_picked([floor.PickedUnits(line.pk, 1)], actor=SYSTEM, at=NOW)

    outcome = floor.record_short(shipment_line_id=line.pk, missing_qty=1, actor=SYSTEM, at=LATER)
    stopped = floor.may_proceed([shipment.pk])[shipment.pk]
    floor.decide_short(line.pk, choice=choice, actor=DESK, at=LATER)

    assert (outcome.needs_decision, stopped) == (True, "SHORT_PICK")
    assert units(order) == left
    assert floor.may_proceed([shipment.pk])[shipment.pk] == (
        "WAITING_FOR_STOCK" if choice == "wait" else ""
    )
    assert_promises_agree()
