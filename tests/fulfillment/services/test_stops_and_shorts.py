"""Holds, cancellations and short picks while goods are on the floor."""

from __future__ import annotations

import pytest

from core import jobs
from core.actors import SYSTEM
from fulfillment.models import PickTask, PutBackTask, ShortDecision, Wave
from fulfillment.services import dispatch, packing, picking, put_backs, undoing
from fulfillment.services.errors import ParcelCancelled, PutBackOpenElsewhere, StepStopped
from fulfillment.services.undoing import TooLateToUndo
from inventory.models import Bin, BinStock, CountTask, StockLevel
from inventory.services import stock
from orders.models import Channel, Order, Shipment, ShipmentLine
from orders.services import floor as orders_floor
from orders.services import holds, lifecycle
from shipping.models import LabelRequest, Parcel
from shipping.services import buying
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    return place


def hold(order: Order) -> None:
    holds.place_hold(order.pk, "FRAUD", actor=SYSTEM, at=NOW)


def test_x07_a_hold_placed_in_the_wave_stops_the_pick(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.release(order)
    hold(order)
    task = PickTask.objects.get()

    with pytest.raises(StepStopped) as caught:
        picking.confirm(
            picked=picking.Picked(task.pk, 2, floor.tote(shop).pk), actor=SYSTEM, at=NOW
        )

    assert "FRAUD" in caught.value.data["why"]
    assert PickTask.objects.get().state == "open"
    assert_books_balance()


def test_x07_a_hold_placed_after_the_pick_stops_packing(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    hold(order)

    with pytest.raises(StepStopped):
        packing.open_carton(
            shipment_id=Shipment.objects.get(order=order).pk,
            station_bin_id=floor.bench(shop).pk,
            actor=SYSTEM,
            at=NOW,
        )


def test_x07_a_hold_placed_after_packing_keeps_the_parcel_off_the_manifest(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all([Shipment.objects.get(order=order)])[0]
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=SYSTEM, at=NOW
    )
    hold(order)

    with pytest.raises(ParcelCancelled):
        dispatch.add_parcels(
            manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=SYSTEM, at=NOW
        )

    assert manifest.entries.count() == 0


def test_x07_a_hold_placed_after_loading_stops_the_hand_over(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all([Shipment.objects.get(order=order)])[0]
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=SYSTEM, at=NOW
    )
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=SYSTEM, at=NOW
    )
    hold(order)

    with pytest.raises(ParcelCancelled):
        dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=NOW)

    assert StockLevel.objects.get().on_hand == 10
    assert_books_balance()


def test_x11_cancelled_in_the_wave_takes_the_task_away_and_frees_the_stock(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.release(order)

    lifecycle.cancel(order.pk, reason="customer", actor=SYSTEM, at=NOW)
    jobs.run_due(NOW)

    level = StockLevel.objects.get()
    assert (PickTask.objects.get().state, level.reserved) == ("cancelled", 0)
    assert Order.objects.get(pk=order.pk).stage == "cancelled"
    assert_books_balance()


def test_x11_cancelled_after_the_pick_returns_goods_by_scan_before_they_sell(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))

    lifecycle.cancel(order.pk, reason="customer", actor=SYSTEM, at=NOW)
    jobs.run_due(NOW)
    returning = BinStock.objects.get(condition="returning").qty
    task = PutBackTask.objects.get()
    put_backs.confirm(
        task_id=task.pk, to_bin_id=Bin.objects.get(code="A-01").pk, actor=SYSTEM, at=NOW
    )

    level = StockLevel.objects.get()
    assert returning == 2
    assert (level.on_hand, level.unsellable, level.reserved) == (10, 0, 0)
    assert Order.objects.get(pk=order.pk).stage == "cancelled"
    assert_books_balance()


def test_x11_a_label_not_yet_bought_is_not_bought_for_a_recalled_parcel(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get(order=order)
    packing.pack_whole(
        shipment_ids=[shipment.pk], station_bin_id=floor.bench(shop).pk, actor=SYSTEM, at=NOW
    )
    wish = LabelRequest.objects.get()

    put_backs.recall(shipment_id=shipment.pk, reason="RECALLED", actor=SYSTEM, at=NOW)
    report = buying.purchase_many([wish.pk], now=NOW)

    wish.refresh_from_db()
    assert (wish.state, Parcel.objects.get().state) == ("voided", "voided")
    assert report.bought == 0


def test_a_put_back_is_booked_once(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    lifecycle.cancel(order.pk, reason="customer", actor=SYSTEM, at=NOW)
    jobs.run_due(NOW)
    task = PutBackTask.objects.get()
    shelf = Bin.objects.get(code="A-01")
    put_backs.confirm(task_id=task.pk, to_bin_id=shelf.pk, actor=SYSTEM, at=NOW)

    with pytest.raises(PutBackOpenElsewhere):
        put_backs.confirm(task_id=task.pk, to_bin_id=shelf.pk, actor=SYSTEM, at=NOW)

    assert StockLevel.objects.get().on_hand == 10


def test_x09_a_short_pick_finds_the_rest_in_another_bin_and_asks_for_a_count(shop):
    other = Bin.objects.create(warehouse=shop, code="B-01", kind="pick", pick_sequence=9)
    stock.receive(
        [stock.ReceiveLine(other.pk, make.Sku.objects.get().pk, 5)],
        event_key="more",
        actor=SYSTEM,
        at=NOW,
    )
    order = make.place_one(make.line("TEA", 8))
    floor.release(order)
    task = PickTask.objects.order_by("pk").first()

    result = picking.report_short(
        report=picking.ShortReport(task.pk, 6, "NOT_THERE", floor.tote(shop).pk),
        actor=SYSTEM,
        at=NOW,
    )

    again = PickTask.objects.get(pk=result.new_task_ids[0])
    suspected = BinStock.objects.get(condition="suspected_missing")
    assert (result.missing_qty, again.bin_id, again.qty) == (2, other.pk, 2)
    assert suspected.qty >= 2
    assert CountTask.objects.filter(state="open").count() == 1
    assert_books_balance()


def test_x09_what_nothing_covers_waits_for_a_person(shop):
    order = make.place_one(make.line("TEA", 10))
    floor.release(order)
    task = PickTask.objects.get()

    result = picking.report_short(
        report=picking.ShortReport(task.pk, 7, "NOT_THERE", floor.tote(shop).pk),
        actor=SYSTEM,
        at=NOW,
    )

    decision = ShortDecision.objects.get()
    line = ShipmentLine.objects.get()
    assert (result.decision_id, decision.short_qty) == (decision.pk, 3)
    assert (decision.due_at - NOW).total_seconds() == 4 * 3600
    assert line.picked_qty == 7
    assert Order.objects.get(pk=order.pk).stage == "attention"
    assert_books_balance()


def lock_shelf() -> None:
    """Keep the shelf from being picked while the level still promises its units."""
    Bin.objects.filter(code="A-01").update(is_pickable=False)


def test_x09_what_no_bin_can_give_at_release_waits_for_a_person(shop):
    other = Bin.objects.create(warehouse=shop, code="B-01", kind="pick", pick_sequence=9)
    sku_id = make.Sku.objects.get().pk
    stock.receive([stock.ReceiveLine(other.pk, sku_id, 5)], event_key="m", actor=SYSTEM, at=NOW)
    order = make.place_one(make.line("TEA", 8))
    lock_shelf()

    floor.release(order)

    decision = ShortDecision.objects.get()
    line = ShipmentLine.objects.get()
    assert PickTask.objects.get().qty == 5
    assert (decision.short_qty, decision.steps[0]) == (3, ["OTHER_BIN", 0])
    assert (line.qty, line.reserved_qty) == (8, 5)
    assert Order.objects.get(pk=order.pk).stage == "attention"
    assert_books_balance()


def test_x09_a_wave_without_any_pick_ends_at_once(shop):
    order = make.place_one(make.line("TEA", 2))
    lock_shelf()

    wave = floor.release(order)

    assert (wave.task_count, Wave.objects.get().state) == (0, "completed")
    assert Shipment.objects.get().exception == "SHORT_PICK"
    assert_books_balance()


def test_x09_units_short_at_release_wait_when_the_policy_ships_the_rest(shop):
    Channel.objects.update(partial_policy="ship_available")
    other = Bin.objects.create(warehouse=shop, code="B-01", kind="pick", pick_sequence=9)
    sku_id = make.Sku.objects.get().pk
    stock.receive([stock.ReceiveLine(other.pk, sku_id, 5)], event_key="m", actor=SYSTEM, at=NOW)
    order = make.place_one(make.line("TEA", 8))
    lock_shelf()

    wave = floor.release(order)
    floor.pick_all(wave)
    floor.pack_all([Shipment.objects.get(order=order, status="picking")])

    assert ShortDecision.objects.count() == 0
    assert ShipmentLine.objects.get(packed_qty=5).qty == 5
    assert order.lines.get().backorder_qty == 3
    assert_books_balance()


@pytest.mark.parametrize("choice", ["ship_partial", "wait", "cancel"])
def test_x09_a_decision_ends_when_a_person_decides(shop, choice):
    order = make.place_one(make.line("TEA", 10))
    floor.release(order)
    report = picking.ShortReport(PickTask.objects.get().pk, 7, "NOT_THERE", floor.tote(shop).pk)
    picking.report_short(report=report, actor=SYSTEM, at=NOW)

    orders_floor.decide_short(ShipmentLine.objects.get().pk, choice=choice, actor=SYSTEM, at=NOW)
    jobs.run_due(NOW)

    decision = ShortDecision.objects.get()
    assert (decision.state, decision.choice) == ("decided", choice)
    assert decision.decided_at is not None
    assert_books_balance()


def test_x09_a_decision_ends_with_its_order(shop):
    order = make.place_one(make.line("TEA", 10))
    floor.release(order)
    report = picking.ShortReport(PickTask.objects.get().pk, 7, "NOT_THERE", floor.tote(shop).pk)
    picking.report_short(report=report, actor=SYSTEM, at=NOW)

    lifecycle.cancel(order.pk, reason="customer", actor=SYSTEM, at=NOW)
    jobs.run_due(NOW)

    assert ShortDecision.objects.get().choice == "cancel"
    assert_books_balance()


def test_a_line_picked_from_two_bins_at_once_counts_all_its_units(shop):
    other = Bin.objects.create(warehouse=shop, code="B-01", kind="pick", pick_sequence=9)
    sku_id = make.Sku.objects.get().pk
    stock.receive([stock.ReceiveLine(other.pk, sku_id, 5)], event_key="m", actor=SYSTEM, at=NOW)
    order = make.place_one(make.line("TEA", 14))
    floor.release(order)
    tote = floor.tote(shop)
    picks = [picking.Picked(task.pk, task.qty, tote.pk) for task in PickTask.objects.all()]

    picking.confirm_many(picks=picks, actor=SYSTEM, at=NOW)
    floor.pack_all([Shipment.objects.get()])

    line = ShipmentLine.objects.get()
    assert (len(picks), line.picked_qty, line.packed_qty) == (2, 14, 14)
    assert_books_balance()


def test_an_undone_pick_goes_back_to_its_bin_and_can_be_picked_again(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.release(order)
    task = PickTask.objects.get()
    tote = floor.tote(shop)
    picking.confirm(picked=picking.Picked(task.pk, 2, tote.pk), actor=SYSTEM, at=NOW)

    undoing.undo_pick(task_id=task.pk, actor=SYSTEM, at=NOW)
    picking.confirm(picked=picking.Picked(task.pk, 2, tote.pk), actor=SYSTEM, at=NOW)

    assert BinStock.objects.get(bin=tote).qty == 2
    assert_books_balance()


def test_a_packed_pick_is_not_undone(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    floor.pack_all([Shipment.objects.get(order=order)])

    with pytest.raises(TooLateToUndo):
        undoing.undo_pick(task_id=PickTask.objects.get().pk, actor=SYSTEM, at=NOW)
