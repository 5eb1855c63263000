"""A lot's last day moves with a reason, a document and a second person; X13 uses it at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import files
from core.models import AuditEntry
from inventory.domain.demand import Demand
from inventory.models import Lot, LotExtension
from inventory.services import lot_extensions, lots, reservations
from inventory.services.lot_extensions import ExtensionDraft
from inventory.services.reservations import InsufficientStock
from tests.factories import core as people
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
OLD, NEW = dt.date(2026, 3, 1), dt.date(2026, 6, 1)


@pytest.fixture
def lot() -> Lot:
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 5, at_bin=make_bin(make_warehouse("LA")), lot="L1", expires_on=OLD)
    return Lot.objects.get()


def ask(lot: Lot, to_on: dt.date = NEW) -> LotExtension:
    paper = files.store(b"%PDF-1.7 lab", "lab.pdf", "lot-document")
    draft = ExtensionDraft(lot.pk, to_on, "LAB_TESTED", paper)
    return lot_extensions.request(draft, actor=moves.PLANNER, at=NOW)


def test_the_day_moves_only_when_somebody_else_approves(lot):
    row = ask(lot)
    lot.refresh_from_db()
    assert lot.expires_on == OLD

    with pytest.raises(lot_extensions.OwnExtension):
        lot_extensions.approve(row.pk, actor=moves.PLANNER, at=NOW)
    lot_extensions.approve(row.pk, actor=moves.APPROVER, at=NOW)
    with pytest.raises(lot_extensions.ExtensionDecided):
        lot_extensions.approve(row.pk, actor=moves.APPROVER, at=NOW)

    lot.refresh_from_db()
    assert lot.expires_on == NEW
    entry = AuditEntry.objects.get(action="inventory.lot_extended")
    assert (entry.before["expires_on"], entry.after["expires_on"]) == (
        "2026-03-01",
        "2026-06-01",
    )
    assert entry.actor_label == moves.APPROVER.label
    assert_books_balance()


def test_x13_a_promise_that_needs_longer_life_fits_only_after_the_extension(lot):
    stock = lot.bin_stock.get()
    need = Demand("shipment_line:1", stock.bin.warehouse_id, lot.sku_id, 2, dt.date(2026, 4, 1))
    with pytest.raises(InsufficientStock):
        reservations.reserve([need], event_key=a_key(), actor=moves.WORKER, at=NOW)

    lot_extensions.approve(ask(lot).pk, actor=moves.APPROVER, at=NOW)
    made = reservations.reserve([need], event_key=a_key(), actor=moves.WORKER, at=NOW)

    assert [row.qty for row in made] == [2]
    assert_books_balance()


def test_what_can_not_be_extended_is_named(lot):
    with pytest.raises(lot_extensions.NotLater):
        ask(lot, OLD)
    ask(lot)
    with pytest.raises(lot_extensions.ExtensionWaits):
        ask(lot)
    row = LotExtension.objects.get()
    lots.recall_lot(lot.pk, event_key=a_key(), reason="RECALL", actor=moves.APPROVER, at=NOW)
    with pytest.raises(lot_extensions.NotExtendable):
        lot_extensions.approve(row.pk, actor=moves.APPROVER, at=NOW)
    lot_extensions.refuse(row.pk, actor=moves.APPROVER, at=NOW)
    with pytest.raises(lot_extensions.NotExtendable):
        ask(lot)
    lot.refresh_from_db()
    assert lot.expires_on == OLD


def test_the_database_refuses_one_person_and_an_earlier_day(lot):
    row = ask(lot)
    for wrong in (
        {"state": "approved", "decided_at": NOW, "decided_by": row.requested_by},
        {"to_on": OLD},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LotExtension.objects.filter(pk=row.pk).update(**wrong)


def test_the_lot_page_asks_with_a_document_and_another_person_approves(lot, client):
    manager = people.sign_in(client, people.make_user("warehouse_manager"))
    url = reverse("lot-extend", args=[lot.pk])
    said = {"to_on": NEW.isoformat(), "reason": "LAB_TESTED", "note": ""}
    fake = SimpleUploadedFile("x.pdf", b"<html>", content_type="application/pdf")
    paper = SimpleUploadedFile("lab.pdf", b"%PDF-1.7 lab", content_type="application/pdf")

    assert manager.get(url).status_code == 200
    assert manager.post(url, said | {"document": fake}).status_code == 422
    assert manager.post(url, said | {"document": paper}).status_code == 303
    row = LotExtension.objects.get()
    own = manager.get(reverse("lot", args=[lot.pk])).content.decode()
    approve = reverse("lot-extension-approve", args=[row.pk])
    assert "2026-06-01" in own
    assert approve not in own
    assert manager.post(approve).status_code == 409

    second = people.sign_in(type(client)(), people.make_user("warehouse_manager"))
    assert approve in second.get(reverse("lot", args=[lot.pk])).content.decode()
    assert second.post(approve).status_code == 303
    lot.refresh_from_db()
    assert lot.expires_on == NEW
    document = second.get(reverse("lot-extension-document", args=[row.pk]))
    assert document["Content-Disposition"] == 'attachment; filename="lab.pdf"'
