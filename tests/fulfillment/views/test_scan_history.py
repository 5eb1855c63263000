"""The last ten scans are listed, and undo walks them back until the parcel has left."""

from __future__ import annotations

import pytest

from core.models import User
from core.permissions import principal_for_user
from fulfillment.models import PickTask, ScanRecord
from fulfillment.services import dispatch, scan_history
from inventory.models import BinStock
from orders.models import Shipment
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db
HISTORY = "/floor/scans/"


def picked_by_scan(worker, qty=2):
    """Pick an order of TEA scan by scan into T-001; return its task."""
    task = floor.release(make.place_one(make.line("TEA", qty))).tasks.get()
    device = Scanner(worker, "pick", f"pick_task:{task.pk}")
    device.verdicts("A-01", *["TEA"] * qty, "T-001")
    return task


def shelf(code="A-01") -> int:
    rows = BinStock.objects.filter(bin__code=code, sku__code="TEA")
    return sum(rows.values_list("qty", flat=True))


def states() -> list[tuple[str, bool]]:
    return list(ScanRecord.objects.order_by("pk").values_list("raw", "is_undone"))


def test_undo_walks_back_over_two_finished_picks_and_the_books_balance(shop, worker):
    first = picked_by_scan(worker, 2)
    order = make.place_one(make.line("TEA", 3))
    second = floor.release(order).tasks.get()
    Scanner(worker, "pick", f"pick_task:{second.pk}").verdicts("A-01", "TEA", "CMD-QTY-3", "T-002")
    before = shelf()

    answers = [worker.post(HISTORY) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert (before, shelf()) == (5, 10)
    assert set(PickTask.objects.values_list("state", "picked_qty")) == {("open", 0)}
    assert {undone for _raw, undone in states()} == {True}
    assert "undone" in answers[1].content.decode()
    assert "Nothing to undo" in answers[2].content.decode()
    assert PickTask.objects.get(pk=first.pk).attempt == 2
    assert_books_balance()


def test_a_step_undone_is_struck_off_alone_and_can_be_scanned_again(shop, worker):
    task = floor.release(make.place_one(make.line("TEA", 3))).tasks.get()
    device = Scanner(worker, "pick", f"pick_task:{task.pk}")
    device.verdicts("A-01", "TEA", "TEA", "CMD-UNDO", "B-01")

    listed = [(past.record.raw, past.why_not) for past in scan_history.history(_actor(worker))]

    assert listed == [
        ("B-01", scan_history.NOT_COUNTED),
        ("CMD-UNDO", scan_history.UNDONE),
        ("TEA", scan_history.UNDONE),
        ("TEA", ""),
        ("A-01", ""),
    ]
    page = worker.get(HISTORY).content.decode()
    assert page.count("can be undone") == 2
    task.refresh_from_db()
    assert task.counted_qty == 1


def test_what_was_handed_over_can_t_be_undone_and_says_why(shop, worker):
    task = picked_by_scan(worker, 1)
    shipment = Shipment.objects.get(pk=task.shipment_id)
    carton = floor.pack_all([shipment])[0]

    packed = worker.post(HISTORY)
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=make.SYSTEM, at=make.NOW
    )
    dispatch.close_manifest(manifest_id=manifest.pk, actor=make.SYSTEM, at=make.NOW)
    left = worker.post(HISTORY)

    assert (packed.status_code, left.status_code) == (409, 409)
    assert "These units are packed." in packed.content.decode()
    assert "What comes back is a return." in left.content.decode()
    assert "handed over: what comes back is a return" in left.content.decode()
    task.refresh_from_db()
    assert (task.state, task.picked_qty) == ("picked", 1)
    assert_books_balance()


def _actor(client):
    return principal_for_user(User.objects.get(pk=client.session["_auth_user_id"])).actor
