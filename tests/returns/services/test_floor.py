"""Parcels come back and are inspected: lines, stock, money's figures and the return's state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest

from core.models import StoredFile
from inventory.models import Sku, StockLevel, StockMove
from orders.models import Channel, ChannelWarehouse
from returns.models import (
    ArrivalCount,
    DispositionRule,
    Inspection,
    ReturnArrival,
    ReturnLine,
    ReturnPhoto,
    ReturnStep,
    ReturnUnits,
)
from returns.services import arriving, deciding, floor_flow, inspecting
from returns.services.arriving import Came
from returns.services.floor_errors import (
    ArrivalUnknown,
    DispositionRefused,
    PhotosMissingHere,
    ShelfRefused,
    UnitsInspected,
    UnitsStillHeld,
    WeightMissing,
)
from tests.factories import orders, return_floor, returns
from tests.factories.return_floor import CAME, WORKER, inspect, open_parcel, take_in, waiting
from tests.helpers.books import assert_books_balance
from tests.helpers.race import Meeting, race, wins

pytestmark = pytest.mark.django_db


def figures(request, *columns):
    names = columns or ("kind", "qty", "received_qty", "accepted_qty", "refused_qty")
    return list(ReturnLine.objects.filter(request=request).order_by("position").values_list(*names))


def level(code, place):
    row = StockLevel.objects.get(warehouse=place, sku__code=code)
    return row.on_hand, row.unsellable, row.atp_qty


def codes(request):
    return list(
        ReturnStep.objects.filter(request=request).order_by("pk").values_list("code", flat=True)
    )


def test_x21_a_return_as_announced_is_restocked_under_its_lot_once():
    place = return_floor.ready("TEA", units=10)
    request = return_floor.asked()
    before = level("TEA", place)

    parcel = take_in(place, request, {"TEA": 1})
    again = arriving.finish(parcel.pk, actor=WORKER, at=CAME)

    request.refresh_from_db()
    assert (request.status, again.pk, before) == ("arrived", parcel.pk, (8, 0, 8))
    assert level("TEA", place) == (9, 1, 8)
    [units] = waiting(request)
    done = inspect(units, "A", key="once", seal="sealed")
    same = inspect(units, "A", key="once")
    with pytest.raises(UnitsInspected):
        inspect(units, "A")

    request.refresh_from_db()
    assert (done.pk, done.disposition, request.status) == (same.pk, "restock", "inspected")
    assert level("TEA", place) == (9, 0, 9)
    assert figures(request) == [("expected", 1, 1, 1, 0)]
    assert_books_balance()


def test_x20_other_item_of_the_order_extra_units_ours_and_foreign_goods():
    place = return_floor.ready("TEA", "CUP", "JAR", units=10)
    order = returns.delivered_order(orders.line("TEA", 2), orders.line("CUP", 1, "4.00"))
    request = returns.request(order)

    take_in(place, request, {"CUP": 1, "TEA": 2, "JAR": 3, "a red shoe": 1})

    assert figures(request, "kind", "qty", "received_qty", "resolution", "value_amount") == [
        ("expected", 1, 1, "refund", Decimal("10.00")),
        ("unexpected", 1, 1, "none", Decimal("4.00")),
        ("extra", 1, 1, "none", Decimal("10.00")),
        ("unexpected_ours", 3, 3, "none", Decimal("0.00")),
        ("foreign", 1, 1, "none", Decimal("0.00")),
    ]
    assert {"CAME_UNEXPECTED", "CAME_EXTRA", "CAME_UNEXPECTED_OURS", "CAME_FOREIGN"} <= set(
        codes(request)
    )
    held = {row.line.kind: row.hold_until_on for row in waiting(request)}
    day = CAME.date()
    assert held["unexpected_ours"] == day + dt.timedelta(days=14)
    assert held["foreign"] == day + dt.timedelta(days=30)
    assert held["expected"] is held["extra"] is held["unexpected"] is None
    assert level("JAR", place) == (13, 3, 10)
    assert_books_balance()


def test_x20_b_instead_of_a_leaves_a_missing_and_nothing_of_it_is_accepted():
    place = return_floor.ready("TEA", "CUP", units=10)
    order = returns.delivered_order(orders.line("TEA", 2), orders.line("CUP", 1, "4.00"))
    request = returns.request(order)

    take_in(place, request, {"CUP": 1})
    [units] = waiting(request)
    inspect(units, "C")

    request.refresh_from_db()
    assert figures(request) == [("expected", 1, 0, 0, 0), ("unexpected", 1, 1, 1, 0)]
    step = ReturnStep.objects.get(request=request, code="UNITS_MISSING")
    assert (step.data["units"], request.status) == (1, "inspected")
    assert level("CUP", place) == (10, 1, 9)


def test_x20_an_empty_parcel_needs_weight_and_photos():
    place = return_floor.ready("TEA")
    request = return_floor.asked()
    parcel = open_parcel(place, request.number)

    with pytest.raises(WeightMissing):
        arriving.mark_empty(parcel.pk, actor=WORKER, at=CAME)
    arriving.weigh(parcel.pk, 140)
    with pytest.raises(PhotosMissingHere):
        arriving.mark_empty(parcel.pk, actor=WORKER, at=CAME)
    photo = StoredFile.objects.create(
        kind="return_photo", name="a.jpg", sha256="0" * 64, size_bytes=1, path="a", created_at=CAME
    )
    ReturnPhoto.objects.create(request=request, file=photo, by="staff", taken_at=CAME)
    done = arriving.mark_empty(parcel.pk, actor=WORKER, at=CAME)

    request.refresh_from_db()
    assert (done.is_empty, done.weight_g, request.status) == (True, 140, "inspected")
    assert figures(request) == [("expected", 1, 0, 0, 0)]
    assert {"CAME_EMPTY", "UNITS_MISSING"} <= set(codes(request))


def test_x20_goods_nobody_asked_for_wait_for_the_customer_then_are_stocked_as_found():
    place = return_floor.ready("TEA", "JAR", units=10)
    request = return_floor.asked()
    take_in(place, request, {"JAR": 1, "a shoe": 1})
    jar, shoe = waiting(request)

    with pytest.raises(UnitsStillHeld):
        inspect(jar, "A", disposition="restock")
    first = inspect(jar, "A", disposition="quarantine")
    inspect(shoe, "D", disposition="quarantine")
    [kept, other] = waiting(request, stage="quarantine")
    with pytest.raises(UnitsStillHeld):
        inspect(kept, "A", disposition="restock", at=CAME + dt.timedelta(days=13))
    inspect(kept, "A", at=CAME + dt.timedelta(days=14))
    inspect(other, "D", disposition="scrap", at=CAME + dt.timedelta(days=30))

    assert (first.stock_key, waiting(request)) == ("", [])
    assert level("JAR", place) == (11, 0, 11)
    assert figures(request, "kind", "accepted_qty")[1:] == [
        ("unexpected_ours", 1),
        ("foreign", 1),
    ]
    assert_books_balance()


def test_x21_dispositions_move_goods_and_refusals_move_no_money():
    place = return_floor.ready("TEA", units=20)
    opened = orders.sku("TEA-OB")
    tea = Sku.objects.get(code="TEA")
    DispositionRule.objects.create(sku=tea, grade="B", disposition="open_box", open_box_sku=opened)
    request = returns.request(returns.delivered_order(orders.line("TEA", 8)), units={"TEA": 7})
    take_in(place, request, {"TEA": 7})
    [units] = waiting(request)

    with pytest.raises(ShelfRefused):
        inspect(units, "A", bin_id=return_floor.return_bin(place).pk)
    with pytest.raises(DispositionRefused):
        inspect(units, "A", disposition="supplier")
    inspect(units, "A", qty=2)
    inspect(units, "B", disposition="open_box")
    inspect(units, "C", is_accepted=False)
    inspect(units, "D")
    inspect(units, "B", disposition="donate")
    inspect(units, "B", disposition="quarantine")

    request.refresh_from_db()
    assert (request.status, figures(request)) == ("inspected", [("expected", 7, 7, 6, 1)])
    assert level("TEA", place) == (16, 2, 14)
    assert level("TEA-OB", place) == (1, 0, 1)
    repair, kept = waiting(request)
    assert (repair.stage, repair.condition, kept.stage) == ("refurbish", "damaged", "quarantine")
    inspect(repair, "A")
    inspect(kept, "B", disposition="open_box")
    assert (level("TEA", place), level("TEA-OB", place)) == ((15, 0, 15), (2, 0, 2))
    assert figures(request) == [("expected", 7, 7, 6, 1)]
    reasons = set(StockMove.objects.filter(to_bin_id=-3).values_list("event__reason", flat=True))
    assert reasons == {"RETURN_SCRAP", "RETURN_DONATE"}
    assert_books_balance()


def test_x20_a_parcel_is_known_by_order_shipment_label_or_opened_without_any():
    place = return_floor.ready("TEA", units=20)
    order = returns.delivered_order()
    shipment = order.shipments.get()

    by_order = open_parcel(place, order.number)
    same = open_parcel(place, shipment.number)
    unknown = open_parcel(place, "1Z999")
    with pytest.raises(ArrivalUnknown):
        arriving.count(unknown.pk, Came(Sku.objects.get(code="TEA").pk), at=CAME)
    arriving.open_unnamed(unknown.pk, actor=WORKER, at=CAME)
    arriving.count(unknown.pk, Came(Sku.objects.get(code="TEA").pk), at=CAME)
    done = arriving.finish(unknown.pk, actor=WORKER, at=CAME)

    assert (by_order.request.order_id, by_order.request.status) == (order.pk, "review")
    assert same.pk == by_order.pk
    assert figures(done.request) == [("unexpected_ours", 1, 1, 0, 0)]
    assert ReturnArrival.objects.count() == 2


def test_x21_an_undelivered_parcel_is_no_return_of_the_customers():
    place = return_floor.ready("TEA", units=10)
    order = orders.place_one(orders.line("TEA", 2))
    [shipment] = returns.send_off(order)

    parcel = open_parcel(place, shipment.number)
    again = open_parcel(place, order.number)
    request = parcel.request
    floor_flow.receive_all(request.pk, actor=WORKER, at=CAME)
    floor_flow.inspect_all(request.pk, actor=WORKER, at=CAME)

    request.refresh_from_db()
    assert (again.pk, request.kind, request.status) == (parcel.pk, "rts", "inspected")
    assert figures(request) == [("expected", 2, 2, 2, 0)]
    assert level("TEA", place) == (10, 0, 10)
    assert_books_balance()


def test_a_14_bought_online_and_returned_in_a_store_updates_both():
    return_floor.ready("TEA", units=10)
    store = orders.warehouse("STORE1", kind="store")
    return_floor.return_bin(store, "BACK")
    till = Channel.objects.create(code="till", name="Till", currency="USD")
    ChannelWarehouse.objects.create(channel=till, warehouse=store)
    request = return_floor.asked(method="store")

    parcel = open_parcel(store, request.order.number)
    floor_flow.receive_all(request.pk, warehouse_id=store.pk, actor=WORKER, at=CAME)
    floor_flow.inspect_all(request.pk, actor=WORKER, at=CAME)

    request.refresh_from_db()
    assert (parcel.request_id, parcel.kind, request.status) == (request.pk, "counter", "inspected")
    assert (request.channel.code, request.return_channel.code) == ("shop", "till")
    assert request.warehouse_id == store.pk
    assert level("TEA", store) == (1, 0, 1)
    assert_books_balance()


def test_x20_goods_of_a_cancelled_return_are_taken_in_as_announced():
    place = return_floor.ready("TEA", units=10)
    request = return_floor.asked()
    deciding.cancel(request.pk, reason="changed my mind", actor=WORKER, at=CAME)

    take_in(place, request, {"TEA": 1})

    request.refresh_from_db()
    assert (request.status, figures(request)) == ("arrived", [("expected", 1, 1, 0, 0)])


def test_a_14_sold_by_a_store_and_returned_by_mail_comes_in_where_it_lands():
    place = return_floor.ready("TEA", units=10)
    other = orders.warehouse("NYC")
    return_floor.return_bin(other)
    orders.channel("till", kind="manual")
    order = returns.delivered_order(orders.line("TEA", 1), channel="till")
    request = returns.request(order)

    parcel = open_parcel(other, order.number)
    floor_flow.receive_all(request.pk, warehouse_id=other.pk, actor=WORKER, at=CAME)
    floor_flow.inspect_all(request.pk, actor=WORKER, at=CAME)

    request.refresh_from_db()
    assert (parcel.request_id, parcel.kind) == (request.pk, "parcel")
    assert (request.channel.code, request.warehouse.code) == ("till", "NYC")
    assert (level("TEA", place), level("TEA", other)) == ((9, 0, 9), (1, 0, 1))
    assert_books_balance()


def test_x20_the_last_scan_is_taken_back_without_a_trace():
    place = return_floor.ready("TEA")
    request = return_floor.asked()
    parcel = open_parcel(place, request.number)
    tea = Came(Sku.objects.get(code="TEA").pk)

    arriving.count(parcel.pk, tea, at=CAME)
    arriving.count(parcel.pk, tea, at=CAME)
    arriving.recount_last(parcel.pk, 4, at=CAME)
    assert ArrivalCount.objects.get().qty == 5
    arriving.recount_last(parcel.pk, 0, at=CAME)
    arriving.recount_last(parcel.pk, 0, at=CAME)

    assert not ArrivalCount.objects.exists()
    assert not StockMove.objects.filter(from_bin_id=-2).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_rel_c_the_same_unit_is_restocked_once(is_guarded, monkeypatch):
    place = return_floor.ready("TEA", units=10)
    request = return_floor.asked()
    take_in(place, request, {"TEA": 1})
    # Another unit of the SKU waits in the same bin: stock alone would let both through.
    take_in(place, return_floor.asked(), {"TEA": 1})
    [units] = waiting(request)
    meeting = Meeting(patience_s=0.3 if is_guarded else 20.0)
    monkeypatch.setattr(inspecting, "take", meeting.before(_take(is_guarded)))
    if not is_guarded:
        # The line's own figures would refuse the second unit as well.
        monkeypatch.setattr(inspecting, "lock", _seen)
        monkeypatch.setattr(inspecting, "_judge", lambda *_given: None)

    outcomes = race([partial(inspect, units, "A", key=f"race:{place_}") for place_ in "ab"])

    restocked = Inspection.objects.filter(units=units, disposition="restock").count()
    assert (wins(outcomes), restocked) == ((1, 1) if is_guarded else (2, 2))
    if is_guarded:
        assert [type(row.error) for row in outcomes if not row.won] == [UnitsInspected]
        units.refresh_from_db()
        assert (units.processed_qty, level("TEA", place)) == (1, (8, 1, 7))


REAL_TAKE = inspecting.take


def _take(is_guarded):
    return REAL_TAKE if is_guarded else (lambda *_given: None)


def _seen(units_id):
    rows = ReturnUnits.objects.select_related(
        "line__request", "sku__product", "lot", "bin__warehouse", "arrival"
    )
    return rows.get(pk=units_id)
