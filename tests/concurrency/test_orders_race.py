"""Orders under simultaneous change: the last unit, double delivery, cancel, edit, release, pick."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from decimal import Decimal

import pytest
from django.db import IntegrityError

from core.actors import SYSTEM
from core.errors import DomainError
from inventory.models import Reservation, StockLevel
from inventory.services import level_sql
from orders.domain.drafts import PaymentDraft
from orders.models import Order, OrderLine, Payment, Shipment, ShipmentLine
from orders.querysets import OrderQuerySet, ShipmentQuerySet
from orders.services import (
    allocation,
    allotting,
    editing,
    floor,
    holds,
    lifecycle,
    master_data,
    paying,
    placing,
    unpromising,
)
from orders.services.editing import OrderEdit
from tests.factories import orders as make
from tests.factories.orders import NOW
from tests.helpers.race import ALL_COME_S, Meeting, Overtaking, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def stocked():
    """One warehouse with TEA, and a way to say how many."""
    make.channel(allow_split=False)
    tea, la = make.sku("TEA"), make.warehouse("LA")

    def put(units: int) -> None:
        make.put(tea, la, units)

    return put


def on_hand_and_reserved() -> tuple[int, int]:
    level = StockLevel.objects.get()
    return level.on_hand, level.reserved


def place(draft) -> str:
    return placing.place([draft], actor=SYSTEM, as_of=NOW, source="race").orders[0].stage


def assert_one_story() -> None:
    """Levels, reservations and shipment lines agree; every unit of every line is somewhere."""
    pending = Reservation.objects.pending().values_list("qty", "consumed_qty", "released_qty")
    promised = sum(qty - used - back for qty, used, back in pending)
    lines = sum(ShipmentLine.objects.values_list("reserved_qty", flat=True))
    levels = sum(StockLevel.objects.values_list("reserved", flat=True))
    assert levels == promised == lines
    for line in OrderLine.objects.filter(order__status="confirmed"):
        active = ShipmentLine.objects.filter(order_line=line).exclude(shipment__status="cancelled")
        shipped = sum(active.values_list("qty", flat=True))
        pending_recall = active.filter(shipment__exception__in=["EDIT_PENDING", "CANCEL_PENDING"])
        recalled = sum(pending_recall.values_list("qty", flat=True))
        known = shipped + line.backorder_qty + line.cancelled_qty
        assert line.qty <= known <= line.qty + recalled


def test_x01_the_last_unit_goes_to_one_of_eight_orders(stocked, monkeypatch):
    stocked(1)
    monkeypatch.setattr(master_data, "SECONDS", 5.0)
    monkeypatch.setattr(allotting, "before_reserving", lambda: time.sleep(0.1))
    drafts = [make.draft() for _ in range(8)]

    outcomes = race([lambda draft=draft: place(draft) for draft in drafts])

    assert [one.error for one in outcomes if one.error] == []
    assert sorted(one.value for one in outcomes) == ["attention"] * 7 + ["routed"]
    assert on_hand_and_reserved() == (1, 1)
    assert Order.objects.count() == 8
    waiting = Order.objects.exclude(stage="routed")
    assert all(order.attention_codes == ["OUT_OF_STOCK"] for order in waiting)
    assert_one_story()


def test_x01_control_without_lock_and_guard_the_last_unit_is_sold_twice(stocked, monkeypatch):
    stocked(1)
    monkeypatch.setattr(level_sql, "LOCK", "")
    monkeypatch.setattr(level_sql, "GUARD", "")
    monkeypatch.setattr(allotting, "before_reserving", Meeting(patience_s=ALL_COME_S).wait)
    late = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(level_sql, "book", late.before(level_sql.book))

    outcomes = race([lambda: place(make.draft()) for _ in range(2)])

    assert [one.value for one in outcomes] == ["routed", "routed"]
    assert on_hand_and_reserved() == (1, 2)


def test_the_same_external_id_twice_at_once_is_one_order(stocked):
    stocked(5)
    draft = make.draft()

    outcomes = race([lambda: placing.place([draft], actor=SYSTEM, as_of=NOW, source="race")] * 4)

    assert [one.error for one in outcomes if one.error] == []
    found = sorted(one.value.orders[0].outcome for one in outcomes)
    assert found == ["created", "repeated", "repeated", "repeated"]
    assert (Order.objects.count(), on_hand_and_reserved()) == (1, (5, 1))
    assert_one_story()


def test_control_without_another_try_the_second_delivery_fails(stocked, monkeypatch):
    stocked(5)
    monkeypatch.setattr(placing, "MOST_TRIES", 1)
    looked = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(paying, "check_references", looked.after(paying.check_references))
    draft = make.draft()

    outcomes = race([lambda: placing.place([draft], actor=SYSTEM, as_of=NOW, source="race")] * 2)

    assert [type(one.error) for one in outcomes if one.error] == [IntegrityError]


def paid_draft():
    return make.draft(paid_amount=None, payments=(PaymentDraft(Decimal(10), "USD", "pay-1"),))


def test_one_payment_reference_for_four_orders_at_once_is_one_order_and_three_named_refusals(
    stocked, monkeypatch
):
    stocked(5)
    monkeypatch.setattr(allotting, "before_reserving", lambda: time.sleep(0.2))

    outcomes = race([lambda: place(paid_draft()) for _ in range(4)])

    errors = [one.error for one in outcomes if one.error]
    assert [type(error) for error in errors] == [paying.PaymentReferenceUsed] * 3
    holder = Order.objects.get().number
    assert {error.data["holder"] for error in errors} == {holder}
    assert Payment.objects.count() == 1
    assert_one_story()


def test_control_without_a_second_look_the_reference_fails_without_a_name(stocked, monkeypatch):
    stocked(5)
    monkeypatch.setattr(placing, "MOST_TRIES", 1)
    looked = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(paying, "check_references", looked.after(paying.check_references))

    outcomes = race([lambda: place(paid_draft()) for _ in range(2)])

    assert [type(one.error) for one in outcomes if one.error] == [IntegrityError]


def test_a_payment_recorded_for_two_orders_at_once_counts_for_one(stocked):
    stocked(5)
    orders = [make.place_one(paid_amount=Decimal(0)) for _ in range(4)]
    money = PaymentDraft(Decimal(10), "USD", "pay-1")

    outcomes = race(
        [
            lambda order=order: paying.record_payment(order.pk, money, actor=SYSTEM, at=LATER)
            for order in orders
        ]
    )

    errors = [one.error for one in outcomes if one.error]
    assert [type(error) for error in errors] == [paying.PaymentReferenceUsed] * 3
    assert sorted(Order.objects.values_list("paid_amount", flat=True)) == [0, 0, 0, 10]


def cancel(order: Order):
    return lifecycle.cancel(order.pk, reason="race", actor=SYSTEM, at=LATER)


def release(order: Order):
    ids = list(Shipment.objects.filter(order=order, status="planned").values_list("pk", flat=True))
    return floor.release(ids, wave_key="wave:1", actor=SYSTEM, at=LATER)


def test_cancel_against_release_is_either_cancelled_or_recalled(stocked, monkeypatch):
    stocked(40)
    for _ in range(10):
        order = make.place_one(make.line("TEA", 2))
        shipment = Shipment.objects.get(order=order)

        cancelled, released = race(
            [
                lambda order=order: cancel(order),
                lambda pk=shipment.pk: floor.release(
                    [pk], wave_key="wave:1", actor=SYSTEM, at=LATER
                ),
            ]
        )

        shipment.refresh_from_db()
        assert cancelled.won
        assert released.won
        if released.value.released:
            assert (shipment.status, shipment.exception) == ("released", "CANCEL_PENDING")
        else:
            assert released.value.refused == {shipment.pk: "CANCELLED"}
            assert shipment.status == "cancelled"
    assert_one_story()


def test_control_without_locks_a_released_shipment_is_cancelled_behind_the_floor(
    stocked, monkeypatch, locks_in_order
):
    stocked(2)
    order = make.place_one()
    shipment = Shipment.objects.get(order=order)
    for rows in (OrderQuerySet, ShipmentQuerySet):
        monkeypatch.setattr(rows, "lock", lambda self: self.order_by("pk"))
    real = unpromising.cancel_shipments

    overtaking = Overtaking(patience_s=ALL_COME_S)

    def slow(*args, **more):
        overtaking.stop()
        return real(*args, **more)

    monkeypatch.setattr(lifecycle, "cancel_shipments", slow)

    def release_soon():
        return floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=LATER)

    cancelled, released = race([lambda: cancel(order), overtaking.overtake(release_soon)])

    shipment.refresh_from_db()
    assert cancelled.won
    assert released.value.released == [shipment.pk]
    assert shipment.status == "cancelled"
    locks_in_order.clear()


def test_edit_against_cancel_never_leaves_units_of_a_cancelled_order(stocked):
    stocked(100)
    for _ in range(10):
        order = make.place_one(make.line("TEA", 2))

        race(
            [
                lambda order=order: editing.edit(
                    order.pk, OrderEdit(qty={1: 5}), actor=SYSTEM, at=LATER
                ),
                lambda order=order: cancel(order),
            ]
        )

        order.refresh_from_db()
        assert order.status == "cancelled"
    assert on_hand_and_reserved() == (100, 0)
    assert_one_story()


def test_arriving_stock_is_given_once_when_two_jobs_run(stocked):
    stocked(1)
    make.place_one()
    first, second = make.place(make.draft(), make.draft())
    stocked(1)

    outcomes = race([lambda: allocation.retry_backorders(at=LATER)] * 2)

    served = [order_id for one in outcomes for order_id in one.value.served]
    second.refresh_from_db()
    assert served == [first.pk]
    assert (on_hand_and_reserved(), second.stage) == ((2, 2), "attention")
    assert_one_story()


def _first(order: Order) -> ShipmentLine:
    return (
        ShipmentLine.objects.filter(shipment__order=order)
        .exclude(shipment__status="cancelled")
        .order_by("pk")[0]
    )


STEPS = {
    "release": release,
    "cancel": cancel,
    "edit": lambda order: editing.edit(order.pk, OrderEdit(qty={1: 3}), actor=SYSTEM, at=LATER),
    "address": lambda order: editing.edit(
        order.pk,
        OrderEdit(ship_to=editing.with_address(order, line1="9 Hill Road")),
        actor=SYSTEM,
        at=LATER,
    ),
    "hold": lambda order: holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=LATER),
    "reroute": lambda order: allocation.reroute(
        order.pk, warehouse_ids=None, reason="", actor=SYSTEM, at=LATER
    ),
    "pick": lambda order: floor.record_picked(
        [floor.PickedUnits(_first(order).pk, 1)], actor=SYSTEM, at=LATER
    ),
    "short": lambda order: floor.record_short(
        shipment_line_id=_first(order).pk, missing_qty=1, actor=SYSTEM, at=LATER
    ),
}


@pytest.mark.parametrize("is_released", [False, True])
def test_rel_c_05_every_pair_of_steps_at_once_leaves_one_story(stocked, is_released):
    stocked(2000)
    for one, other in itertools.combinations_with_replacement(STEPS, 2):
        order = make.place_one(make.line("TEA", 2))
        if is_released:
            release(order)

        outcomes = race(
            [lambda name=name, order=order: STEPS[name](order) for name in (one, other)]
        )

        odd = [
            (one, other, outcome.error)
            for outcome in outcomes
            if outcome.error and not isinstance(outcome.error, DomainError | IndexError)
        ]
        assert odd == []
        order.refresh_from_db()
        assert order.stage in {
            "attention",
            "cancelled",
            "held",
            "picking",
            "released",
            "routed",
        }, (one, other)
    assert_one_story()
