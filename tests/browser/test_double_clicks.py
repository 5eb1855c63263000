"""A double click does a thing once; a broken file on the import page says what is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.models import AuditEntry, ImportBatch
from fulfillment.models import Carton, PickTask
from inventory.models import (
    SkuBarcode,
    Transfer,
)
from orders.models import Shipment
from shipping.models import LabelRequest
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place():
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code="2000000000015")
    make.put(tea, place, 30)
    return place


def test_floor_buttons_double_clicked_close_a_box_and_send_a_transfer_once(desk, place):
    order = make.place_one(make.line("TEA", 1))
    floor.pick_all(floor.release(order))
    transfer = moves.approve(moves.plan(place, make.warehouse("NYC"), TEA=2))
    moves.pick(transfer)
    worker = desk(people.make_user(role="operator"), width=412)
    page = worker.open("/floor/pack/")
    with page.expect_navigation(wait_until="networkidle"):
        worker.scan(PickTask.objects.get().tote.code)
    with page.expect_response(lambda answer: "/floor/scan/" in answer.url):
        worker.scan("2000000000015")
    with page.expect_response(lambda answer: "/floor/scan/" in answer.url):
        page.locator('[data-command="CMD-CLOSEBOX"]').first.dblclick(delay=5)
    page.wait_for_timeout(800)
    page = worker.open(f"/floor/transfers/{transfer.pk}/")
    page.locator('[data-command="CMD-OK"]').first.dblclick(delay=5)
    page.wait_for_timeout(800)

    carton = Carton.objects.get()
    assert carton.state in {"closed", "labelled"}
    assert LabelRequest.objects.count() == 1
    assert Shipment.objects.get(order=order).status in {"packing", "packed", "picking"}
    assert Transfer.objects.get().state == "in_transit"
    assert AuditEntry.objects.filter(action="inventory.transfer_shipped").count() == 1
    assert_books_balance()


def test_a_broken_file_is_refused_in_words_on_the_import_page(desk, place):
    admin = desk(people.make_user(role="admin"))
    page = admin.open("/imports/new/")

    for name, content, said in (
        ("empty.csv", b"", "The file is empty."),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "This is a PNG file, not a table."),
        ("notes.csv", b"%PDF-1.7 nothing", "This is a PDF file, not a table."),
    ):
        page.get_by_label("File", exact=True).set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_role("button", name="Upload file").click()
        expect(page.locator("main")).to_contain_text(said)

    assert not ImportBatch.objects.exists()
