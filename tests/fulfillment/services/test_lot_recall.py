"""A recall reaches what left and stops what has not (X13, M6)."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.utils.timezone import now

from core.actors import SYSTEM as ACTOR
from core.events.delivering import deliver_due
from core.models import AuditEntry
from fulfillment.models import Carton, PickTask, PutBackTask
from fulfillment.services import dispatch, packing, picking, put_backs
from fulfillment.services.errors import StepStopped
from inventory.models import Bin, BinStock, Lot, StockLevel
from inventory.queries import lot_trace
from inventory.services import kit_building, lots
from inventory.services.kit_building import PartTaken
from orders.models import Shipment
from orders.services import lot_recalls
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.race import race

NOW = make.NOW
LONG = dt.date(2090, 1, 1)
pytestmark = pytest.mark.django_db


def stage_shop(qty: int = 10):
    """Return the warehouse with JAM in lot BAD, then GOOD, and TEA; a quarantine bin."""
    make.channel()
    place = make.warehouse()
    jam = make.sku("JAM", lot_tracked=True)
    make.put(jam, place, qty, lot_code="BAD", expires_on=LONG)
    make.put(make.sku("TEA"), place, 20)
    Bin.objects.create(warehouse=place, code="Q-01", kind="quarantine", is_pickable=False)
    floor.bench(place)
    return place


@pytest.fixture
def shop():
    return stage_shop()


def deliver_all() -> None:
    """Deliver events, and those their listeners publish."""
    for _round in range(4):
        deliver_due(now())


def an_order(qty: int = 1) -> Shipment:
    order = make.place_one(make.line("JAM", qty), make.line("TEA", 1))
    return Shipment.objects.get(order=order)


def released(qty: int = 1) -> Shipment:
    shipment = an_order(qty)
    floor.release(shipment.order)
    return shipment


def picked(qty: int = 1) -> Shipment:
    shipment = released(qty)
    floor.pick_all(PickTask.objects.filter(shipment=shipment)[0].wave)
    return shipment


def shipped(place, qty: int = 1) -> Shipment:
    shipment = picked(qty)
    carton = floor.pack_all([shipment])[0]
    manifest = dispatch.open_manifest(
        warehouse_id=place.pk, carrier_code="own", actor=make.SYSTEM, at=NOW
    )
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=make.SYSTEM, at=NOW
    )
    dispatch.close_manifest(manifest_id=manifest.pk, actor=make.SYSTEM, at=NOW)
    return shipment


def recall(lot: Lot, actor=make.SYSTEM):
    return lot_recalls.recall(lot.pk, event_key="recall:1", reason="Glass", actor=actor, at=NOW)


def states(*rows: Shipment) -> list[tuple[str, str]]:
    for row in rows:
        row.refresh_from_db()
    return [(row.status, row.exception) for row in rows]


def test_x13_a_recall_stops_what_is_claimed_picked_or_packed_and_names_who_received_it(shop):
    gone = shipped(shop, 2)
    packed = picked()
    floor.pack_all([packed])
    in_tote, on_shelf = picked(), released()
    other = make.place_one(make.line("TEA", 1)).shipments.get()
    floor.release(other.order)
    planned = an_order()
    bad = Lot.objects.get(code="BAD")

    outcome = recall(bad)

    assert set(outcome.stopped_ids) == {packed.pk, in_tote.pk, on_shelf.pk}
    assert states(gone, packed, in_tote, on_shelf, other, planned) == [
        ("shipped", ""),
        ("packed", "LOT_RECALLED"),
        ("picking", "LOT_RECALLED"),
        ("released", "LOT_RECALLED"),
        ("released", ""),
        ("planned", ""),
    ]
    jam_task = PickTask.objects.get(shipment=on_shelf, sku__code="JAM")
    with pytest.raises(StepStopped):
        picking.confirm(
            picked=picking.Picked(jam_task.pk, 1, floor.tote(shop, 99).pk),
            actor=make.SYSTEM,
            at=NOW,
        )
    with pytest.raises(StepStopped):
        packing.open_carton(
            shipment_id=in_tote.pk,
            station_bin_id=floor.bench(shop).pk,
            actor=make.SYSTEM,
            at=NOW,
        )
    reach = lot_recalls.reach_of(bad)
    assert (reach.shipped_qty, reach.shipment_count, reach.order_count) == (2, 1, 1)
    assert (reach.customer_count, reach.in_flight_count, reach.floor_count) == (1, 1, 3)
    trace = lot_trace(bad.pk)
    assert (trace.departed_qty, trace.departed_count, trace.departures[0].qty) == (2, 1, 2)
    assert_books_balance()


def test_x13_recalled_units_go_to_quarantine_and_the_order_finds_another_lot(shop, client):
    shipment = picked(2)
    place = shop
    make.put(make.Sku.objects.get(code="JAM"), place, 5, lot_code="GOOD", expires_on=LONG)
    recall(Lot.objects.get(code="BAD"))
    deliver_all()

    tasks = {task.sku.code: task for task in PutBackTask.objects.filter(shipment=shipment)}
    assert {code: task.to_bin.code for code, task in tasks.items()} == {
        "JAM": "Q-01",
        "TEA": "A-01",
    }
    scanner = people.sign_in(client, people.make_user("operator"))
    jam = Scanner(scanner, "put-back", f"put_back:{tasks['JAM'].pk}")
    assert jam.verdicts("A-01", "Q-01") == [("reject", "WRONG_BIN"), ("complete", "PUT_BACK_OK")]
    tea = Scanner(scanner, "put-back", f"put_back:{tasks['TEA'].pk}")
    assert tea.verdicts("A-01") == [("complete", "PUT_BACK_OK")]

    assert states(shipment) == [("cancelled", "")]
    again = shipment.order.shipments.exclude(pk=shipment.pk).get()
    floor.release(again.order)
    assert PickTask.objects.get(shipment=again, sku__code="JAM").lot.code == "GOOD"
    held = BinStock.objects.get(bin__code="Q-01")
    assert (held.lot.code, held.qty) == ("BAD", 2)
    level = StockLevel.objects.get(sku__code="JAM")
    assert (level.on_hand, level.unsellable) == (15, 10)
    assert_books_balance()


def test_a_recall_known_to_stock_alone_stops_the_floor_through_its_event(shop):
    shipment = released()

    lots.recall_lot(
        Lot.objects.get(code="BAD").pk,
        event_key="recall:stock",
        reason="Glass",
        actor=make.SYSTEM,
        at=NOW,
    )
    deliver_all()

    assert shipment.order.shipments.filter(status="cancelled").count() == 1
    assert not PickTask.objects.filter(shipment=shipment, state="open").exists()
    assert_books_balance()


def test_the_recall_page_leads_from_lot_to_customers_and_logs_the_download(shop, client):
    gone = shipped(shop, 2)
    bad = Lot.objects.get(code="BAD")
    lead = people.sign_in(client, people.make_user("warehouse_manager"))

    page = lead.get(f"/lots/{bad.pk}/").content.decode()
    assert f'href="/lots/{bad.pk}/recall/"' in page
    listed = lead.get(f"/lots/{bad.pk}/recall/").content.decode()
    assert gone.order.number in listed
    assert "Ada Brook" in listed
    answer = lead.get(f"/lots/{bad.pk}/recall/contacts.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["order"], row["email"], row["units"]) for row in rows] == [
        (gone.order.number, "ada@example.org", "2")
    ]
    assert AuditEntry.objects.filter(action="orders.recall_contacts_exported").count() == 1

    form = {"reason": "Glass", "submission_key": "k1"}
    done = lead.post(f"/lots/{bad.pk}/recall/", form)
    assert (done.status_code, Lot.objects.get(pk=bad.pk).status) == (303, "recalled")
    again = lead.post(f"/lots/{bad.pk}/recall/", {**form, "submission_key": "k2"})
    assert (again.status_code, "recalled" in again.content.decode()) == (422, True)
    assert Carton.objects.get().shipment_id == gone.pk


@pytest.mark.django_db(transaction=True)
def test_a_recall_and_its_pickers_never_wait_for_each_other_for_ever():
    place = stage_shop(40)
    rows = [released() for _n in range(6)]
    bad = Lot.objects.get(code="BAD")
    tasks = list(PickTask.objects.order_by("pk"))

    def pick(task: PickTask):
        tote = floor.tote(place, 500 + task.shipment_id)
        picking.confirm(
            picked=picking.Picked(task.pk, task.qty, tote.pk), actor=make.SYSTEM, at=NOW
        )

    def stop(shipment: Shipment):
        put_backs.recall(shipment_id=shipment.pk, reason="LOT", actor=make.SYSTEM, at=NOW)

    for task in tasks:
        floor.tote(place, 500 + task.shipment_id)
    outcomes = race(
        [lambda: recall(bad), *(lambda task=task: pick(task) for task in tasks)], timeout_s=30
    )
    stopping = race([lambda row=row: stop(row) for row in rows], timeout_s=30)

    refused = {type(one.error).__name__ for one in outcomes[1:] if one.error}
    assert outcomes[0].won
    assert refused <= {"StepStopped", "LotFrozen", "LockTimeout", "ToteInUse"}
    assert [one.error for one in stopping if not one.won] == []
    on_floor = Shipment.objects.filter(status__in=("released", "picking", "packed"))
    assert set(on_floor.values_list("exception", flat=True)) <= {"LOT_RECALLED"}
    assert_books_balance()


def test_x14_a_recall_takes_the_kits_built_with_the_lot_along(client):
    make.channel()
    place = make.warehouse()
    jam = make.sku("JAM", lot_tracked=True)
    make.put(jam, place, 4, lot_code="BAD", expires_on=LONG)
    kit = moves.assembled_kit("SET", {jam: 2}, lot_tracked=True)
    order = moves.work_order(kit, place, 1)
    line = order.lines.get()
    bad = Lot.objects.get(code="BAD")
    kit_building.build(
        order.pk, 1, [PartTaken(line.pk, bad.pk, 2)], event_key="kit", actor=ACTOR, at=NOW
    )
    built = Lot.objects.get(sku=kit)

    outcome = lot_recalls.recall(bad.pk, event_key="r", reason="mould", actor=ACTOR, at=NOW)
    again = lot_recalls.recall(bad.pk, event_key="r", reason="mould", actor=ACTOR, at=NOW)

    built.refresh_from_db()
    assert (outcome.kit_lot_ids, again.kit_lot_ids) == ((built.pk,), ())
    assert (built.status, StockLevel.objects.get(sku=kit).unsellable) == ("recalled", 1)
    people.sign_in(client, people.make_user("admin"))
    page = client.get(f"/lots/{bad.pk}/recall/").content.decode()
    assert f"/lots/{built.pk}/recall/" in page
    assert_books_balance()
