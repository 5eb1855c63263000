"""Holds, cancellations and edits at each stage; the books balance after every flow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM, Actor
from inventory.models import Reservation, StockLevel
from orders.domain.drafts import HoldDraft, PaymentDraft
from orders.models import (
    Order,
    OrderHold,
    OrderLine,
    RefundDue,
    Shipment,
    ShipmentLine,
)
from orders.services import editing, floor, holds, lifecycle, paying
from orders.services.editing import CountryChangeRefused, ItemsLocked, OrderEdit
from orders.services.errors import OrderChanged, OrderOnHold, ReasonMissing
from orders.services.holds import HoldNotOpen
from orders.services.lifecycle import AlreadyShipped
from tests.factories import orders as make
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db
DESK = Actor("user", 7, "Dana")
LATER = NOW + dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def shop():
    return make.channel()


@pytest.fixture
def tea():
    return make.sku("TEA")


@pytest.fixture
def la():
    return make.warehouse("LA")


@pytest.fixture
def order(shop, tea, la):
    make.put(tea, la, 10)
    return make.place_one(make.line("TEA", 2))


def reserved() -> int:
    return sum(StockLevel.objects.values_list("reserved", flat=True))


def open_promises() -> int:
    rows = Reservation.objects.pending().values_list("qty", "consumed_qty", "released_qty")
    return sum(qty - used - back for qty, used, back in rows)


def assert_promises_agree() -> None:
    """Levels, reservations and shipment lines must tell one story."""
    promised = sum(ShipmentLine.objects.values_list("reserved_qty", flat=True))
    assert reserved() == open_promises() == promised


def shipment_of(order: Order) -> Shipment:
    return Shipment.objects.exclude(status="cancelled").get(order=order)


def stage(order: Order) -> str:
    return Order.objects.get(pk=order.pk).stage


def to_picking(order: Order) -> Shipment:
    shipment = shipment_of(order)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=LATER)
    picks = [
        floor.PickedUnits(line.pk, line.qty)
        for line in ShipmentLine.objects.filter(shipment=shipment).order_by("pk")
    ]
    floor.record_picked(picks, actor=SYSTEM, at=LATER)
    return shipment


def cancel(order: Order, **more):
    return lifecycle.cancel(order.pk, reason="customer asked", actor=DESK, at=LATER, **more)


def test_x06_an_address_hold_keeps_the_stock_for_48_hours_and_the_queue_date(shop, tea, la):
    make.put(tea, la, 5)
    order = make.place_one(ship_to=make.address(postcode=""))
    hold = OrderHold.objects.get(order=order)

    early = holds.expire_stock(as_of=NOW + 47 * HOUR)
    kept = reserved()
    late = holds.expire_stock(as_of=NOW + 48 * HOUR)

    order.refresh_from_db()
    assert (hold.kind, hold.note) == ("ADDRESS", "POSTCODE_MISSING")
    assert (early, kept, late, reserved()) == (0, 1, 1, 0)
    assert (order.stage, order.attention_codes) == ("held", ["HOLD_EXPIRED"])
    assert order.placed_at == NOW
    assert_promises_agree()


def test_x06_a_corrected_address_releases_the_hold_and_routes_again(shop, tea, la):
    make.put(tea, la, 5)
    order = make.place_one(ship_to=make.address(postcode=""))
    holds.expire_stock(as_of=NOW + 48 * HOUR)
    order.refresh_from_db()

    fixed = editing.with_address(order, postcode="62704")
    result = editing.edit(order.pk, OrderEdit(ship_to=fixed), actor=DESK, at=LATER)

    assert (result.stage, result.address_problems, reserved()) == ("routed", (), 1)
    assert_promises_agree()


def test_x07_two_holds_are_released_one_by_one(order):
    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW, note="score 91")
    holds.place_hold(order.pk, "ADDRESS", actor=DESK, at=NOW)

    after_first = holds.release_hold(order.pk, "FRAUD", reason="called", actor=DESK, at=LATER)
    after_second = holds.release_hold(order.pk, "ADDRESS", reason="checked", actor=DESK, at=LATER)

    first = OrderHold.objects.get(order=order, kind="FRAUD")
    assert (after_first, after_second) == ("held", "routed")
    assert (first.placed_by, first.released_by, first.release_reason) == (
        "system",
        "user:7",
        "called",
    )


def test_x07_a_hold_until_ends_at_its_minute(shop, tea, la):
    make.put(tea, la, 5)
    until = NOW + HOUR
    order = make.place_one(holds=(HoldDraft("HOLD_UNTIL", until=until),))

    before = holds.release_due(as_of=until - dt.timedelta(seconds=1))
    at_the_minute = holds.release_due(as_of=until)

    assert (before, at_the_minute, stage(order)) == (0, 1, "routed")


def test_x07_a_hold_stops_each_next_step_of_the_floor(order):
    shipment = shipment_of(order)
    line = ShipmentLine.objects.get(shipment=shipment)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)

    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)
    assert floor.may_proceed([shipment.pk]) == {shipment.pk: "ON_HOLD:FRAUD"}
    with pytest.raises(OrderOnHold):
        floor.record_picked([floor.PickedUnits(line.pk, 1)], actor=SYSTEM, at=NOW)
    holds.release_hold(order.pk, "FRAUD", reason="ok", actor=DESK, at=NOW)
    floor.record_picked([floor.PickedUnits(line.pk, 2)], actor=SYSTEM, at=NOW)

    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)
    with pytest.raises(OrderOnHold):
        floor.record_packed([shipment.pk], actor=SYSTEM, at=NOW)
    holds.release_hold(order.pk, "FRAUD", reason="ok", actor=DESK, at=NOW)
    floor.record_packed([shipment.pk], actor=SYSTEM, at=NOW)

    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)
    with pytest.raises(OrderOnHold):
        floor.ship([shipment.pk], actor=SYSTEM, at=NOW)
    line.refresh_from_db()
    assert (line.picked_qty, line.packed_qty, line.shipped_qty) == (2, 2, 0)


def test_x07_a_held_order_is_refused_by_the_wave(order):
    shipment = shipment_of(order)
    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)

    result = floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)

    assert (result.released, result.refused) == ([], {shipment.pk: "ON_HOLD:FRAUD"})
    assert shipment_of(order).status == "planned"


def test_x07_releasing_needs_a_reason_and_an_open_hold(order):
    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)

    with pytest.raises(ReasonMissing):
        holds.release_hold(order.pk, "FRAUD", reason=" ", actor=DESK, at=NOW)
    with pytest.raises(HoldNotOpen):
        holds.release_hold(order.pk, "PAYMENT", reason="ok", actor=DESK, at=NOW)

    assert stage(order) == "held"


def test_x11_before_the_wave_a_cancel_frees_the_stock_and_owes_the_money(order):
    result = cancel(order)

    order.refresh_from_db()
    assert (order.status, order.stage, reserved()) == ("cancelled", "cancelled", 0)
    assert (result.refund_amount, RefundDue.objects.get().amount) == (20, 20)
    assert_promises_agree()


def test_x11_a_second_cancel_changes_nothing(order):
    cancel(order)

    again = cancel(order)

    assert (again.is_repeat, RefundDue.objects.count()) == (True, 1)


def test_x11_a_picked_order_is_recalled_and_frees_its_units_when_the_goods_are_back(order):
    shipment = to_picking(order)

    result = cancel(order)
    pending = (Shipment.objects.get().exception, floor.may_proceed([shipment.pk]), reserved())
    floor.finish_recall(shipment.pk, actor=SYSTEM, at=LATER)
    floor.finish_recall(shipment.pk, actor=SYSTEM, at=LATER)

    shipment.refresh_from_db()
    assert result.recalled == (shipment.pk,)
    assert pending == ("CANCEL_PENDING", {shipment.pk: "CANCELLED"}, 2)
    assert (shipment.status, stage(order), reserved()) == ("cancelled", "cancelled", 0)
    assert_promises_agree()


def test_x11_a_shipped_order_is_not_cancelled(order):
    shipment = to_picking(order)
    floor.record_packed([shipment.pk], actor=SYSTEM, at=LATER)
    floor.ship([shipment.pk], actor=SYSTEM, at=LATER)

    with pytest.raises(AlreadyShipped):
        cancel(order)

    assert (stage(order), RefundDue.objects.count()) == ("shipped", 0)


def test_x08_before_the_wave_quantity_and_money_change_by_the_difference(order):
    result = editing.edit(order.pk, OrderEdit(qty={1: 1}), actor=DESK, at=LATER)

    line = OrderLine.objects.get(order=order)
    order.refresh_from_db()
    assert (line.qty, line.cancelled_qty, reserved()) == (2, 1, 1)
    assert (order.total_amount, result.difference_amount) == (10, -10)
    assert RefundDue.objects.get().amount == Decimal(10)
    assert order.stage == "routed"
    assert_promises_agree()


def test_x08_more_units_are_reserved_and_the_order_waits_for_the_money(order):
    editing.edit(order.pk, OrderEdit(qty={1: 5}), actor=DESK, at=LATER)

    hold = OrderHold.objects.get(order=order)
    assert (reserved(), hold.kind, hold.note) == (5, "PAYMENT", "30.00 USD")
    paying.record_payment(
        order.pk, PaymentDraft(Decimal(30), "USD", "pay-2"), actor=SYSTEM, at=LATER
    )
    assert stage(order) == "routed"
    assert_promises_agree()


def test_x08_in_a_wave_an_edit_recalls_and_plans_again(order):
    shipment = shipment_of(order)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)

    result = editing.edit(order.pk, OrderEdit(qty={1: 3}), actor=DESK, at=LATER)
    stopped = floor.may_proceed([shipment.pk])[shipment.pk]
    floor.finish_recall(shipment.pk, actor=SYSTEM, at=LATER)

    assert (result.recalled, stopped) == ((shipment.pk,), "EDIT_PENDING")
    assert ShipmentLine.objects.get(shipment=shipment_of(order)).qty == 3
    assert reserved() == 3
    assert_promises_agree()


def test_x08_picked_items_are_locked_but_the_address_is_not(order):
    to_picking(order)

    with pytest.raises(ItemsLocked):
        editing.edit(order.pk, OrderEdit(qty={1: 1}), actor=DESK, at=LATER)
    street = editing.with_address(order, line1="14 Mill Lane")
    editing.edit(order.pk, OrderEdit(ship_to=street), actor=DESK, at=LATER)

    order.refresh_from_db()
    assert (order.ship_line1, order.stage) == ("14 Mill Lane", "picking")


def test_x08_the_country_never_changes_in_place(order):
    with pytest.raises(CountryChangeRefused):
        editing.edit(order.pk, OrderEdit(ship_to=make.address("DE")), actor=DESK, at=LATER)

    order.refresh_from_db()
    assert order.ship_country == "US"


def test_x08_an_edit_of_an_older_version_is_refused(order):
    with pytest.raises(OrderChanged):
        editing.edit(order.pk, OrderEdit(version=99, note="x"), actor=DESK, at=LATER)


def test_a_payment_is_recorded_once_per_reference(order):
    paid = PaymentDraft(Decimal(5), "USD", "pay-1")

    first = paying.record_payment(order.pk, paid, actor=SYSTEM, at=LATER)
    again = paying.record_payment(order.pk, paid, actor=SYSTEM, at=LATER)

    order.refresh_from_db()
    assert (first.pk, order.paid_amount) == (again.pk, 25)


def test_a_draft_is_routed_when_it_is_confirmed(shop, tea, la):
    make.put(tea, la, 5)
    order = make.place_one(is_draft=True)

    confirmed = lifecycle.confirm(order.pk, actor=DESK, at=LATER)

    assert (order.stage, confirmed, reserved()) == ("new", "routed", 1)
