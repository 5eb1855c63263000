"""Two packers at one shipment: its two boxes close at once, one unit is wanted by both."""

import pytest

from fulfillment.models import Carton, CartonLine
from fulfillment.services import multi_box, packing
from inventory.models import Sku
from orders.models import Shipment
from shipping.models import Parcel
from shipping.services import portal
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FACTS = {"actor": make.SYSTEM, "at": make.NOW}


@pytest.fixture
def boxes() -> tuple[Carton, Carton]:
    """Return two open boxes of one shipment: one unit counted in the first, two still to come."""
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    order = make.place_one(make.line("TEA", 3))
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get()
    first = packing.open_carton(
        shipment_id=shipment.pk, station_bin_id=floor.bench(place).pk, **FACTS
    )
    packing.verify(carton_id=first.pk, line_id=first.lines.get().pk, units=1, **FACTS)
    return first, multi_box.new_box(carton_id=first.pk, **FACTS)


def close_both(boxes):
    second = boxes[1]
    packing.verify(carton_id=second.pk, line_id=second.lines.get().pk, units=2, **FACTS)
    return race(
        [
            lambda box=box: packing.close(closing=packing.Closing(box.pk, 500), **FACTS)
            for box in boxes
        ]
    )


def test_w13_two_boxes_closed_at_once_make_one_packed_shipment(boxes):
    outcomes = close_both(boxes)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Shipment.objects.get().status == "packed"
    found = Parcel.objects.order_by("position").values_list("position", "parcel_count")
    assert list(found) == [(1, 2), (2, 2)]
    assert_books_balance()


def test_w13_control_without_the_lock_each_leaves_the_packing_to_the_other(boxes, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(packing, "_record_packed", meeting.after(packing._record_packed))
    monkeypatch.setattr(packing.floor, "lock_shipments", lambda ids: [])
    # Both write the order's public row, which would hold the second back as the lock does.
    monkeypatch.setattr(portal, "publish_orders", lambda *_given, **_more: None)

    outcomes = close_both(boxes)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Shipment.objects.get().status == "picking"


def test_w13_one_unit_wanted_by_two_boxes_is_counted_once(boxes):
    first, second = boxes
    line = second.lines.get()

    outcomes = race(
        [
            lambda: multi_box.bring(carton_id=first.pk, line_id=line.pk, units=2, **FACTS),
            lambda: packing.verify(carton_id=second.pk, line_id=line.pk, units=2, **FACTS),
        ]
    )

    rows = CartonLine.objects.filter(carton__shipment=first.shipment)
    counted = sum(row.verified_qty for row in rows)
    assert wins(outcomes) >= 1
    assert (sum(row.qty for row in rows), counted) == (3, 3)
    assert Sku.objects.get().code == "TEA"
