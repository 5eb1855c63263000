"""X17: damaged units may be photographed at the dock; the scanner never needs it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import settings_store
from core.actors import SYSTEM
from core.models import AuditEntry, StoredFile
from fulfillment.forms import PhotoForm
from suppliers.models import Receipt, ReceiptLine
from suppliers.services import damage_photos
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.pictures import photo, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(shop, worker):
    """Return (receipt, its page): 4 good and 2 damaged TEA, counted by scanner alone."""
    inbound.dock(shop)
    inbound.supplier()
    asn = inbound.arrival("HILL", shop, {"TEA": 6})
    Scanner(worker, "dock-home").scan(asn.number)
    receipt = Receipt.objects.get(asn=asn)
    device = Scanner(worker, "receive", f"receipt:{receipt.pk}")
    device.verdicts("TEA", "CMD-QTY-4")
    said = device.verdicts("TEA", "CMD-DAMAGED", "CMD-QTY-2")
    assert all(verdict != "reject" for verdict, _code in said), said
    return receipt, reverse("floor-receipt-photos", args=[receipt.pk])


def damaged() -> ReceiptLine:
    return ReceiptLine.objects.damaged().get()


def test_x17_a_photo_of_damaged_units_is_kept_with_the_claim_and_shown_to_the_office(
    counted, worker, sign_in
):
    receipt, url = counted
    card = worker.get(reverse("floor-receipt", args=[receipt.pk])).content.decode()

    kept = worker.post(url, {"line": damaged().pk, "photo": photo()})

    row = damaged()
    assert url in card
    assert (kept.status_code, kept.url) == (302, url)
    assert (row.qty, row.photo.name) == (2, f"{receipt.number}-{row.pk}.jpeg")
    assert row.photo.kind == "damage-photo"
    assert AuditEntry.objects.filter(action="suppliers.damage_photographed").count() == 1
    assert "Photo kept" in worker.get(url).content.decode()
    assert url not in worker.get(reverse("floor-receipt", args=[receipt.pk])).content.decode()
    office = sign_in("buyer")
    page = office.get(reverse("arrival", args=[receipt.asn_id])).content.decode()
    assert reverse("damage-photo", args=[row.pk]) in page
    answer = office.get(reverse("damage-photo", args=[row.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert_books_balance()


@pytest.mark.parametrize(
    "picture",
    [
        upload(b""),
        upload(b"MZ no picture at all"),
        upload(b"\xff\xd8\xff\xe0 only begins like one"),
        upload(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
        upload(b"GIF89a" + bytes(40)),
        upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        photo("BMP"),
    ],
)
def test_x17_a_file_that_is_no_photo_is_refused_and_nothing_is_stored(counted, worker, picture):
    _receipt, url = counted

    answer = worker.post(url, {"line": damaged().pk, "photo": picture})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert StoredFile.objects.filter(kind="damage-photo").count() == 0
    assert damaged().photo is None


def test_x17_photos_have_a_limit_in_bytes_and_in_pixels(counted, worker, monkeypatch):
    _receipt, url = counted
    monkeypatch.setattr(PhotoForm, "MOST_BYTES", 200)
    heavy = worker.post(url, {"line": damaged().pk, "photo": photo()})
    monkeypatch.setattr(PhotoForm, "MOST_BYTES", 10**6)
    monkeypatch.setattr(PhotoForm, "MOST_PIXELS", 700)
    large = worker.post(url, {"line": damaged().pk, "photo": photo("PNG")})

    assert (heavy.status_code, large.status_code) == (422, 422)
    assert "too many pixels" in large.content.decode()
    assert damaged().photo is None


def test_x17_a_booking_taken_back_and_good_units_take_no_photo(counted, worker):
    _receipt, url = counted
    good, bad = ReceiptLine.objects.get(kind="good"), damaged()

    refused = worker.post(url, {"line": good.pk, "photo": photo()})
    stored = StoredFile.objects.get(kind="damage-photo") if refused.status_code == 302 else None
    ReceiptLine.objects.filter(pk=bad.pk).update(is_undone=True)
    with pytest.raises(damage_photos.NotDamaged):
        damage_photos.add_photo(bad.pk, None, actor=SYSTEM, at=make.NOW)

    assert (refused.status_code, stored) == (404, None)


def test_x17_without_the_setting_the_dock_offers_no_photo(counted, worker):
    receipt, url = counted
    settings_store.put("suppliers.damage_photos", "false", actor=SYSTEM, at=make.NOW)

    card = worker.get(reverse("floor-receipt", args=[receipt.pk])).content.decode()

    assert url not in card
    assert worker.get(url).status_code == 404
    assert worker.post(url, {"line": damaged().pk, "photo": photo()}).status_code == 404
