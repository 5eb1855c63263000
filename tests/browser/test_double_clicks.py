"""A double click does a thing once; a broken file on the import page says what is wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.models import AuditEntry, ImportBatch
from fulfillment.models import Carton, PickTask, Wave
from inventory.models import (
    Sku,
    SkuBarcode,
    Transfer,
    WorkOrder,
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


def twice(page: Page, name: str, goes_to: str | re.Pattern[str], *, inside: str = "main") -> None:
    """Double-click a button and wait for the page it leads to."""
    page.locator(inside).get_by_role("button", name=name, exact=True).dblclick(delay=5)
    page.wait_for_url(goes_to)
    page.wait_for_load_state("networkidle")


def test_office_buttons_double_clicked_do_their_work_once(desk, place):
    make.place_one(make.line("TEA", 2))
    tea = Sku.objects.get()
    kit = moves.assembled_kit("SET", {tea: 1})
    other = make.warehouse("NYC")
    transfer = moves.plan(place, other, TEA=2)
    manager = desk(people.make_user(role="warehouse_manager"))

    page = manager.open("/waves/")
    page.get_by_role("link", name="Choose and release").click()
    twice(page, "Release wave", "**/waves/*/")
    page = manager.open("/work-orders/new/")
    page.get_by_label("Kit", exact=True).fill(kit.code)
    page.get_by_label("Kits", exact=True).fill("3")
    twice(page, "Plan work order", re.compile(r"/work-orders/\d+/$"))
    page = manager.open(f"/transfers/{transfer.pk}/approve/")
    twice(page, "Approve transfer", f"**/transfers/{transfer.pk}/")

    assert (Wave.objects.count(), PickTask.objects.count()) == (1, 1)
    assert WorkOrder.objects.count() == 1
    assert WorkOrder.objects.get().planned_qty == 3
    assert Transfer.objects.get().state == "approved"
    assert AuditEntry.objects.filter(action="inventory.transfer_approved").count() == 1
    assert_books_balance()


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
    page.wait_for_load_state("networkidle")
    page = worker.open(f"/floor/transfers/{transfer.pk}/")
    page.locator('[data-command="CMD-OK"]').first.dblclick(delay=5)
    page.wait_for_url("**/floor/transfers/")
    expect(page.locator(".floor-card")).to_contain_text(f"{transfer.number} · LA → NYC")
    page.wait_for_load_state("networkidle")

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
