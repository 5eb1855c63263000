from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from core import clock, jobs
from core.forms.imports import FIELD, OPTION
from core.imports.limits import MEBIBYTE
from core.models import ImportBatch, ImportMapping, Job
from inventory.models import Sku
from tests.core.imports.batches import batch_of
from tests.factories import orders as make
from tests.factories.core import make_user, sign_in
from tests.factories.inventory import make_sku
from tests.helpers.query_counts import query_baseline
from tests.orders.importing.files import SHOP_ROWS, write

pytestmark = pytest.mark.django_db

FILE = "sku,name,weight_g\nTEA,Green tea,250\nCUP,=HYPERLINK(1),abc\n"
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def manager(client):
    return sign_in(client, make_user("warehouse_manager", warehouses=["LON"]))


def upload(client, content: bytes, name: str = "products.csv", **fields):
    data = {"kind": "products", "file": SimpleUploadedFile(name, content), **fields}
    return client.post(reverse("import-new"), data)


def run_jobs() -> None:
    jobs.run_due(clock.now(), 10)


def mapping_post(client, batch: ImportBatch, **more):
    fields = {FIELD + name: name for name in ("sku", "name", "weight_g")}
    return client.post(reverse("import-map", args=[batch.pk]), {**fields, **more})


def test_a_file_goes_from_upload_over_check_to_the_books_and_back(manager):
    answer = upload(manager, FILE.encode())
    batch = ImportBatch.objects.get()
    page = reverse("import", args=[batch.pk])
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert b"Which column is which" in manager.get(page).content

    assert mapping_post(manager, batch).status_code == 303
    assert b"import-progress" in manager.get(page).content
    run_jobs()
    checked = manager.get(page).content.decode()
    assert "Green tea" in checked
    assert "Import rows" in checked
    assert Sku.objects.count() == 0

    assert manager.post(reverse("import-apply", args=[batch.pk])).status_code == 303
    run_jobs()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_count) == ("applied", 1)
    assert list(Sku.objects.values_list("code", "name")) == [("TEA", "Green tea")]

    assert manager.post(reverse("import-undo", args=[batch.pk])).status_code == 303
    run_jobs()
    batch.refresh_from_db()
    assert (batch.status, Sku.objects.count()) == ("undone", 0)
    assert manager.get(page).status_code == 200


def test_the_columns_chosen_are_remembered_for_the_next_file(manager):
    upload(manager, b"Nummer,Bezeichnung\nTEA,Tee\n")
    first = ImportBatch.objects.get()
    fields = {FIELD + "sku": "Nummer", FIELD + "name": "Bezeichnung"}
    manager.post(reverse("import-map", args=[first.pk]), fields)

    upload(manager, b"Bezeichnung,Nummer\nTasse,CUP\n", name="next.csv")

    second = ImportBatch.objects.exclude(pk=first.pk).get()
    assert (second.mapping["sku"], second.mapping["name"]) == ("Nummer", "Bezeichnung")
    assert ImportMapping.objects.get().name == "products"


def test_a_required_field_without_column_is_asked_for_and_nothing_starts(manager):
    upload(manager, b"Nummer,name\nTEA,Tee\n")
    batch = ImportBatch.objects.get()

    answer = manager.post(reverse("import-map", args=[batch.pk]), {FIELD + "sku": ""})

    assert answer.status_code == 422
    assert b"Choose the column." in answer.content
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "empty.csv", b"empty"),
        (b"%PDF-1.7", "table.csv", b"PDF file, not a table"),
        (b"\x1f\x8b\x08\x00cut", "table.csv.gz", b"ends too early"),
        (b"sku,sku\n1,2\n", "table.csv", b"Two columns are named"),
    ],
)
def test_a_hostile_upload_is_refused_on_the_form_and_not_kept(manager, content, name, told):
    answer = upload(manager, content, name=name)

    assert answer.status_code == 422
    assert told in answer.content
    assert ImportBatch.objects.count() == 0


def test_an_upload_above_the_limit_is_refused(manager, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as target:
        target.truncate(64 * MEBIBYTE + 1)

    with path.open("rb") as large:
        answer = manager.post(reverse("import-new"), {"kind": "products", "file": large})

    assert answer.status_code == 422
    assert b"the limit is 64 MB" in answer.content


def test_rel_h_03_the_problem_file_holds_no_cell_a_spreadsheet_would_run(manager):
    upload(manager, b"sku,weight_g\nTEA,=1+1\nCUP,@SUM(A1)\nPOT,+5kg\n")
    batch = ImportBatch.objects.get()
    fields = {FIELD + "sku": "sku", FIELD + "weight_g": "weight_g"}
    manager.post(reverse("import-map", args=[batch.pk]), fields)
    run_jobs()

    answer = manager.get(reverse("import-problems", args=[batch.pk]))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [(row["line"], row["field"], row["value"]) for row in found] == [
        ("2", "weight_g", "'=1+1"),
        ("3", "weight_g", "'@SUM(A1)"),
        ("4", "weight_g", "'+5kg"),
    ]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_progress_fragment_is_polled_and_ends_on_the_whole_page(manager):
    upload(manager, FILE.encode())
    batch = ImportBatch.objects.get()
    page = reverse("import", args=[batch.pk])
    mapping_post(manager, batch)

    waiting = manager.get(page, **FRAGMENT)
    run_jobs()
    ended = manager.get(page, **FRAGMENT)

    assert b"hx-trigger" in waiting.content
    assert b"<html" not in waiting.content
    assert ended.headers.get("HX-Redirect") == page or ended.headers.get("HX-Location")


def test_orders_of_a_foreign_channel_can_not_be_imported(client):
    make.channel("own-shop")
    make.channel("far-shop")
    desk = sign_in(client, make_user("order_desk", channels=["own-shop"]))
    content = b"order_id,ordered_at,sku,qty\n1,2026-01-01,TEA,1\n"

    refused = upload(desk, content, kind="orders", source="far-shop")
    accepted = upload(desk, content, kind="orders", source="own-shop")

    assert (refused.status_code, accepted.status_code) == (422, 303)
    assert b"is not among your channels" in refused.content


def test_orders_are_checked_by_the_screen_with_the_mapping_the_kind_brings_along(client, tmp_path):
    make.channel("uk-shop", currency="GBP")
    desk = sign_in(client, make_user("order_desk", channels=["uk-shop"]))
    content = write(tmp_path / "shop.csv", SHOP_ROWS).read_bytes()
    upload(desk, content, name="shop.csv", kind="orders", source="uk-shop")
    batch = ImportBatch.objects.get()
    assert batch.mapping["order_id"] == "Invoice"
    fields = {
        FIELD + name: column for name, column in batch.mapping.items() if isinstance(column, str)
    }
    options = {
        OPTION + "mode": "history",
        OPTION + "create_missing": "on",
        OPTION + "zone": "Europe/London",
        OPTION + "cancel_prefix": "C",
        OPTION + "adjustment_prefix": "A",
        OPTION + "set_aside_codes": '{"POSTAGE": ["POST"], "VOUCHER": ["gift_*"], "MANUAL": ["M"]}',
    }

    assert desk.post(reverse("import-map", args=[batch.pk]), fields | options).status_code == 303
    run_jobs()

    batch.refresh_from_db()
    counts = batch.tally["counts"]
    assert (counts["orders_created"], counts["lines_imported"], counts["return_facts"]) == (3, 5, 2)
    assert b"Set aside: Postage" in desk.get(reverse("import", args=[batch.pk])).content


def test_the_page_speaks_chinese(manager):
    manager.cookies["django_language"] = "zh-hans"
    upload(manager, FILE.encode())
    user = make_user("warehouse_manager", warehouses=["LON"], language="zh-hans")
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(started_by=f"user:{user.pk}")
    sign_in(manager, user)

    page = manager.get(reverse("import", args=[batch.pk])).content.decode()

    with translation.override("zh-hans"):
        assert 'lang="zh-hans"' in page.lower()


def test_the_page_of_an_import_needs_the_same_queries_for_few_and_many_rows(manager, tmp_path):
    def checked(rows: int) -> str:
        text = "sku,name\n" + "".join(f"S-{rows}-{i},Name\n" for i in range(rows))
        upload(manager, text.encode(), name=f"p{rows}.csv")
        batch = ImportBatch.objects.order_by("pk").last()
        fields = {FIELD + "sku": "sku", FIELD + "name": "name"}
        manager.post(reverse("import-map", args=[batch.pk]), fields)
        run_jobs()
        return reverse("import", args=[batch.pk])

    few, many = checked(1), checked(40)
    manager.get(few)

    for page in (few, many):
        with query_baseline("import-page"):
            assert manager.get(page).status_code == 200


def test_the_index_needs_the_same_queries_for_few_and_many_rows(client, tmp_path):
    admin = sign_in(client, make_user("admin"))
    batch_of(tmp_path, "sku,name\n1,One\n", "products")
    admin.get(reverse("imports-index"))

    for count in (1, 20):
        for number in range(count):
            batch_of(tmp_path, f"sku,name\n1,{count}-{number}\n", "products")
        with query_baseline("imports-index"):
            assert admin.get(reverse("imports-index")).status_code == 200


def test_a_second_upload_of_an_applied_file_names_the_first(manager):
    for _attempt in range(2):
        upload(manager, b"sku,name\nTEA,Tea\n")
        batch = ImportBatch.objects.order_by("pk").last()
        fields = {FIELD + "sku": "sku", FIELD + "name": "name"}
        manager.post(reverse("import-map", args=[batch.pk]), fields)
        run_jobs()
        manager.post(reverse("import-apply", args=[batch.pk]))
        run_jobs()

    first, second = ImportBatch.objects.order_by("pk")
    assert first.status == "applied"
    assert second.status != "applied"
    assert f"as import {first.pk}" in second.error


def test_a_known_product_shows_its_difference_before_it_is_changed(manager):
    make_sku("TEA", name="Old tea")
    upload(manager, FILE.encode())
    batch = ImportBatch.objects.get()
    mapping_post(manager, batch)
    run_jobs()

    page = manager.get(reverse("import", args=[batch.pk]) + "?outcome=changed").content.decode()

    assert "<del>Old tea</del>" in page
    assert "<ins>Green tea</ins>" in page
