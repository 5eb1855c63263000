"""Facts from elsewhere reach orders: stock arrives, parcels arrive, customers are counted."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock, events, jobs
from core.actors import SYSTEM
from customers.domain.drafts import CustomerDraft
from customers.models import Customer
from orders.domain.drafts import HoldDraft
from orders.models import Order, OrderHold, Shipment, ShipmentLine, TransitStat
from orders.services import floor, promising
from shipping.models import TrackedOrder
from tests.factories import orders as make
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def tea():
    make.channel()
    return make.sku("TEA")


@pytest.fixture
def la():
    return make.warehouse("LA")


def run_jobs() -> None:
    """Run what is due: jobs are queued by the machine's clock, not by the test's."""
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))


def ship(order: Order) -> Shipment:
    shipment = Shipment.objects.get(order=order)
    line = ShipmentLine.objects.get(shipment=shipment)
    floor.release([shipment.pk], wave_key="wave:1", actor=SYSTEM, at=NOW)
    floor.record_picked([floor.PickedUnits(line.pk, line.qty)], actor=SYSTEM, at=NOW)
    floor.record_packed([shipment.pk], actor=SYSTEM, at=NOW)
    floor.ship([shipment.pk], actor=SYSTEM, at=NOW)
    return shipment


def test_x12_arriving_stock_serves_waiting_orders_without_a_click(tea, la):
    order = make.place_one()
    make.put(tea, la, 1)

    run_jobs()

    order.refresh_from_db()
    assert (order.stage, order.attention_codes) == ("routed", [])


def test_delivered_parcels_deliver_their_shipment_and_complete_the_order(tea, la):
    make.put(tea, la, 1)
    order = make.place_one()
    shipment = ship(order)

    events.publish(
        "shipping.delivered",
        target="parcel:1",
        at=LATER,
        parcel_id=1,
        owner_key=shipment.key,
        order_key=order.key,
        status="delivered",
        state="delivered",
        occurred_at=LATER.isoformat(),
    )
    run_jobs()

    order.refresh_from_db()
    assert (order.stage, order.status) == ("delivered", "completed")


def test_new_orders_can_be_tracked_and_are_counted_for_their_customer(tea, la):
    make.put(tea, la, 1)
    order = make.place_one(customer=CustomerDraft("shop", "c-1", "Ada Brook"))

    run_jobs()

    tracked = TrackedOrder.objects.get(order_key=order.key)
    assert (tracked.order_number, tracked.first_name) == (order.number, "Ada")
    assert Customer.objects.get().order_count == 1


def test_b35_the_second_order_of_a_customer_is_a_repeat(tea, la):
    make.put(tea, la, 2)
    first = make.place_one(customer=CustomerDraft("shop", "c-1", "Ada Brook"))
    run_jobs()

    second = make.place_one(customer=CustomerDraft("shop", "c-1", "Ada Brook"))

    assert (first.lifecycle, second.lifecycle) == ("first", "repeat")


def test_x07_the_clock_releases_a_hold_at_its_minute(tea, la):
    make.put(tea, la, 1)
    order = make.place_one(holds=(HoldDraft("HOLD_UNTIL", until=LATER),))
    jobs.enqueue("orders.clock")

    run_jobs()

    order.refresh_from_db()
    assert (order.stage, OrderHold.objects.get().released_by) == ("routed", "system")


def test_x23_thirty_deliveries_replace_the_rate_cards_days(tea, la):
    make.put(tea, la, 30)
    for order in make.place(*[make.draft() for _ in range(30)]):
        shipment = ship(order)
        # Wed 21 to Mon 26 January: three working days.
        floor.deliver([shipment.pk], actor=SYSTEM, at=NOW + dt.timedelta(days=5))

    lanes = promising.refresh_transit(
        as_of=NOW + dt.timedelta(days=6), window_days=90, min_samples=30
    )

    stat = TransitStat.objects.get()
    assert (lanes, stat.sample_count, stat.lo_days, stat.hi_days) == (1, 30, 3, 3)
