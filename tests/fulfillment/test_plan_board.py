"""Wave planning reads: what is ready, why the rest is not, and how much of each."""

from __future__ import annotations

import datetime as dt

import pytest

from core.permissions import SYSTEM_PRINCIPAL
from fulfillment import queries
from fulfillment.queries import Blocked, PlanBoard, ReadyGroup
from orders.models import Channel, Order, Shipment, ShipmentLine
from orders.services import allocation, holds, lifecycle
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
CUTOFF = dt.datetime(2026, 1, 21, 14, 0, tzinfo=dt.UTC)
TOMORROW = CUTOFF + dt.timedelta(days=1)


@pytest.fixture
def shops():
    """Return warehouses LA (TEA, CUP) and NYC (POT), so that each order goes to one of them."""
    make.channel()
    los_angeles = make.warehouse()
    new_york = make.warehouse("NYC", timezone="America/New_York")
    for code in ("TEA", "CUP"):
        make.put(make.sku(code), los_angeles, 50)
    make.put(make.sku("POT"), new_york, 50)
    Shipment.objects.update(cutoff_at=CUTOFF)
    return los_angeles, new_york


def order(*goods: tuple[str, int], cutoff: dt.datetime | None = CUTOFF, **fields) -> Order:
    """Place an order and put its shipments at a cut-off."""
    row = make.place_one(*(make.line(code, qty) for code, qty in goods))
    Shipment.objects.filter(order=row).update(cutoff_at=cutoff, **fields)
    return row


def board() -> PlanBoard:
    return queries.plan_board(SYSTEM_PRINCIPAL)


def sizes() -> dict[str, tuple[int, int]]:
    """Return (shipments, units) by the key of the group."""
    return {each.key: (each.shipment_count, each.unit_count) for each in board().groups}


LA = "LA~202601211400~STANDARD"
NYC = "NYC~202601211400~STANDARD"


def test_groups_count_shipments_and_units_over_two_warehouses(shops):
    order(("TEA", 2), ("CUP", 3))
    order(("TEA", 1))
    order(("POT", 4))

    assert sizes() == {LA: (2, 6), NYC: (1, 4)}
    assert board().blocked == []


def test_an_order_served_by_both_warehouses_counts_its_part_in_each(shops):
    # A second parcel may cost 15% of what the goods are worth: these are worth it.
    make.place_one(make.line("TEA", 2, "100.00"), make.line("POT", 3, "100.00"))
    Shipment.objects.update(cutoff_at=CUTOFF)

    assert Shipment.objects.count() == 2
    assert sizes() == {LA: (1, 2), NYC: (1, 3)}


def test_a_held_orders_shipment_is_counted_under_its_reason_and_not_in_its_group(shops):
    order(("TEA", 2))
    held = order(("TEA", 5), ("CUP", 1))
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    assert sizes() == {LA: (1, 2)}
    assert board().blocked == [Blocked("held", 1)]


def test_a_group_of_held_orders_only_is_no_group(shops):
    for _ in range(2):
        held = order(("POT", 5))
        holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    assert board() == PlanBoard([], [Blocked("held", 2)])


def test_a_released_hold_brings_the_shipment_back(shops):
    held = order(("TEA", 2))
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)
    holds.release_hold(held.pk, "FRAUD", reason="called", actor=make.SYSTEM, at=make.NOW)

    assert (sizes(), board().blocked) == ({LA: (1, 2)}, [])


def test_every_reason_is_counted_by_itself(shops):
    holds.place_hold(order(("TEA", 1)).pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)
    Order.objects.filter(pk=order(("TEA", 1)).pk).update(stage="attention")
    Order.objects.filter(pk=order(("POT", 1)).pk).update(stage="attention")

    assert board() == PlanBoard([], [Blocked("attention", 2), Blocked("held", 1)])


def test_a_stopped_shipment_of_a_held_order_is_counted_once(shops):
    order(("TEA", 2))
    held = order(("TEA", 5), exception="SHORT_PICK")
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    assert sizes() == {LA: (1, 2)}
    assert board().blocked == [Blocked("held", 1)]


def test_a_stopped_shipment_of_a_ready_order_needs_attention(shops):
    order(("TEA", 2))
    order(("TEA", 5), exception="SHORT_PICK")

    assert sizes() == {LA: (1, 2)}
    assert board().blocked == [Blocked("attention", 1)]


def test_x02_the_rest_of_a_partly_shipped_order_is_ready_when_its_stock_came(shops):
    Channel.objects.update(partial_policy="ship_available")
    first = order(("POT", 52))
    floor.pick_all(floor.release(first))
    make.put(make.Sku.objects.get(code="POT"), shops[1], 10)

    served = allocation.retry_backorders(at=make.NOW).served
    Shipment.objects.filter(status="planned").update(cutoff_at=CUTOFF)

    assert served == (first.pk,)
    assert sizes() == {NYC: (1, 2)}
    rest = queries.group_members(SYSTEM_PRINCIPAL, NYC).get()
    assert (rest.is_backorder, rest.unit_qty) == (True, 2)
    assert floor.release(first).shipment_count == 1


def test_what_is_released_or_cancelled_is_gone_from_the_board(shops):
    gone, cancelled = order(("TEA", 2)), order(("TEA", 3))
    order(("TEA", 4))
    floor.release(gone)
    lifecycle.cancel(cancelled.pk, reason="customer", actor=make.SYSTEM, at=make.NOW)

    assert (sizes(), board().blocked) == ({LA: (1, 4)}, [])


def test_the_earliest_cutoff_comes_first_and_none_last(shops):
    order(("TEA", 1), cutoff=None)
    order(("TEA", 2), cutoff=TOMORROW)
    order(("POT", 3))
    order(("TEA", 4), service_code="EXPRESS")
    order(("TEA", 5))

    assert list(sizes()) == [
        "LA~202601211400~EXPRESS",
        LA,
        NYC,
        "LA~202601221400~STANDARD",
        "LA~none~STANDARD",
    ]


def test_a_group_says_where_and_when_in_its_own_time(shops):
    order(("POT", 3))

    assert board().groups == [
        ReadyGroup(shops[1].pk, "NYC", "America/New_York", CUTOFF, "STANDARD", 1, 3)
    ]


def test_a_reader_of_one_warehouse_sees_its_groups_and_reasons_only(shops):
    order(("TEA", 2))
    order(("POT", 3))
    for code in ("TEA", "POT", "POT"):
        holds.place_hold(order((code, 1)).pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    seen = queries.plan_board(people.principal("warehouse_manager", warehouses=["NYC"]))

    assert [(each.key, each.unit_count) for each in seen.groups] == [(NYC, 3)]
    assert seen.blocked == [Blocked("held", 2)]


def test_the_members_of_a_group_are_what_the_board_counted(shops):
    ready, held = order(("TEA", 2), ("CUP", 1)), order(("TEA", 5))
    order(("POT", 4))
    order(("TEA", 1), cutoff=TOMORROW)
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    members = list(queries.group_members(SYSTEM_PRINCIPAL, LA))

    assert [(row.order_id, row.unit_qty, row.line_count) for row in members] == [(ready.pk, 3, 2)]


def test_the_units_of_the_board_are_those_of_the_lines(shops):
    for qty in (1, 2, 3):
        order(("TEA", qty), ("CUP", qty))

    lines = sum(ShipmentLine.objects.values_list("qty", flat=True))

    assert sum(each.unit_count for each in board().groups) == lines == 12


@pytest.mark.parametrize("count", [1, 8])
def test_the_board_takes_the_same_statements_for_any_number_of_shipments(shops, count):
    for number in range(count):
        order(("TEA", 1), cutoff=CUTOFF + dt.timedelta(hours=number))
        order(("POT", 2))
        holds.place_hold(order(("CUP", 1)).pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    with query_baseline("wave-plan-board", most=3):
        found = board()

    assert sum(each.shipment_count for each in found.groups) == 2 * count
    assert [(each.reason, each.count) for each in found.blocked] == [("held", count)]
