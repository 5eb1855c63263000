"""From the dock to the shelf: what was received becomes sellable, and wakes who waits."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock, jobs, settings_store
from core.actors import SYSTEM
from inventory.models import Bin, BinStock, Lot, StockLevel
from inventory.services import stock
from orders.models import OrderLine, Shipment
from suppliers.models import PutAway, ReceiptLine
from suppliers.services import put_aways
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.errors import BinRefused, NotFreeToPutAway, PromisedMeanwhile
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
SOON = dt.date(2027, 6, 30)


@pytest.fixture
def place():
    """Return the warehouse LA: dock, hold, and the empty shelves A-01, A-02 and B-01."""
    make.channel()
    found = make.warehouse()
    inbound.dock(found)
    for number, code in enumerate(("A-02", "B-01"), 2):
        Bin.objects.create(warehouse=found, code=code, kind="pick", pick_sequence=number)
    inbound.supplier()
    return found


def run_jobs() -> None:
    """Run what is due: jobs are queued by the machine's clock, not by the test's."""
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))


def dock_stock(place, sku, qty, **lot) -> None:
    """Receive units onto the dock of the warehouse."""
    inbound.received(inbound.arrival("HILL", place, {sku.code: qty}), sku, qty, **lot)


def carry(sku, qty, to, lot=None, key="") -> PutAway:
    bins = dict(Bin.objects.filter(warehouse__isnull=False).values_list("code", "pk"))
    draft = PutAwayDraft(
        from_bin_id=bins["DOCK-1"],
        to_bin_id=bins[to],
        sku_id=sku.pk,
        qty=qty,
        lot_id=Lot.objects.get(code=lot).pk if lot else None,
    )
    key = key or f"put:{PutAway.objects.count()}"
    return put_aways.put_away(draft, event_key=key, actor=SYSTEM, at=make.NOW)


def test_a_waiting_order_is_promised_only_when_the_goods_are_on_a_shelf(place):
    tea = make.sku("TEA")
    order = make.place_one(make.line("TEA", 3))
    assert OrderLine.objects.get(order=order).backorder_qty == 3

    dock_stock(place, tea, 5)
    run_jobs()
    at_dock = OrderLine.objects.get(order=order).backorder_qty
    carry(tea, 5, "A-02")
    run_jobs()

    assert (at_dock, OrderLine.objects.get(order=order).backorder_qty) == (3, 0)
    wave = floor.release(order)
    floor.pick_all(wave)
    assert Shipment.objects.get(order=order).status == "picking"
    assert_books_balance()


def test_put_away_in_parts_releases_each_part_once(place):
    tea = make.sku("TEA")
    dock_stock(place, tea, 10)

    first = carry(tea, 4, "A-01", key="k")
    again = carry(tea, 4, "A-01", key="k")
    carry(tea, 6, "A-02")

    assert again.pk == first.pk
    assert ReceiptLine.objects.get().put_away_qty == 10
    level = StockLevel.objects.get()
    assert (level.on_hand, level.unsellable) == (10, 0)
    with pytest.raises(NotFreeToPutAway):
        carry(tea, 1, "A-02", key="too much")
    assert_books_balance()


def test_goods_that_others_brought_to_the_dock_are_put_away_too(place):
    tea = make.sku("TEA")
    dock = Bin.objects.get(code="DOCK-1")
    stock.receive([stock.ReceiveLine(dock.pk, tea.pk, 3)], event_key="t", actor=SYSTEM, at=make.NOW)
    dock_stock(place, tea, 2)

    row = carry(tea, 5, "A-01")

    assert (row.qty, row.released_qty) == (5, 2)
    assert BinStock.objects.get(bin__code="A-01").qty == 5
    assert_books_balance()


def test_a_bin_with_another_lot_is_refused_unless_lots_may_be_mixed(place):
    oil = make.sku("OIL", lot_tracked=True)
    make.put(oil, place, 5, lot_code="L1", expires_on=SOON)
    dock_stock(place, oil, 6, lot_code="L2", expires_on=SOON)

    with pytest.raises(BinRefused) as refused:
        carry(oil, 2, "A-01", "L2")
    with pytest.raises(BinRefused) as wrong_kind:
        carry(oil, 2, "HOLD-1", "L2")
    settings_store.put("suppliers.mixed_lots", "true", actor=SYSTEM, at=make.NOW)
    carry(oil, 2, "A-01", "L2")

    assert refused.value.data["why"] == "MIXED_LOTS"
    assert wrong_kind.value.data["why"] == "WRONG_KIND"
    assert BinStock.objects.filter(bin__code="A-01", qty__gt=0).count() == 2


def test_bins_are_offered_with_the_reason(place):
    oil = make.sku("OIL", lot_tracked=True)
    make.put(oil, place, 5, lot_code="L1", expires_on=SOON)
    dock_stock(place, oil, 6, lot_code="L2", expires_on=SOON)
    lots = dict(Lot.objects.values_list("code", "pk"))

    same = put_aways.suggestions(place.pk, oil.pk, lots["L1"])
    other = put_aways.suggestions(place.pk, oil.pk, lots["L2"])

    assert [(row.code, row.why) for row in same] == [
        ("A-01", "SAME_LOT"),
        ("A-02", "EMPTY"),
        ("B-01", "EMPTY"),
    ]
    assert [(row.code, row.why) for row in other] == [("A-02", "EMPTY"), ("B-01", "EMPTY")]


def test_undo_brings_the_units_back_to_the_dock_unless_they_are_promised(place):
    tea = make.sku("TEA")
    dock_stock(place, tea, 5)
    first = carry(tea, 5, "A-01")

    put_aways.undo(first.pk, actor=SYSTEM, at=make.NOW)
    assert (StockLevel.objects.get().atp_qty, ReceiptLine.objects.get().put_away_qty) == (0, 0)
    second = carry(tea, 5, "A-01", key="again")
    make.place_one(make.line("TEA", 3))
    with pytest.raises(PromisedMeanwhile):
        put_aways.undo(second.pk, actor=SYSTEM, at=make.NOW)

    assert BinStock.objects.get(bin__code="A-01").qty == 5
    assert_books_balance()
