from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core import clock, jobs
from core.actors import SYSTEM
from core.imports import pipeline, tasks
from core.imports.fields import FieldSpec, RowReader, mapping_from_json, suggest_mapping
from core.imports.kinds import list_kinds
from core.imports.reading import open_table, rows
from core.models import ImportBatch, Job
from core.tables.cells import csv_text
from inventory.models import Sku
from tests.core.imports.batches import batch_of
from tests.factories.inventory import NOW

MANY = "sku,name\n" + "".join(f"S-{number:04},Name {number}\n" for number in range(1_700))

# A cell is trimmed on its way in, so blanks at its ends are left out here.
CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\r\n"),
    max_size=30,
).map(str.strip)
SHEETS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@settings(max_examples=300)
@given(sheet=SHEETS)
def test_rel_p_07_what_is_exported_comes_back_unchanged(tmp_path_factory, encoding, sheet):
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["甲", "乙", "丙"])
    writer.writerows([[csv_text(cell) for cell in row] for row in sheet])
    path = tmp_path_factory.mktemp("sheet") / "export.csv"
    path.write_bytes(written.getvalue().encode(encoding))
    table = open_table(path)
    fields = [FieldSpec(name, name, max_chars=100, default="") for name in ("甲", "乙", "丙")]
    reader = RowReader(fields, suggest_mapping(table.columns, fields, ()), table.columns)

    back = [list(reader.read(raw).values.values()) for raw in rows(table)]

    assert back == [row for row in sheet if any(row)]


@settings(max_examples=60)
@given(sheet=SHEETS)
def test_rel_p_07_workbooks_come_back_unchanged(tmp_path_factory, sheet):
    path = tmp_path_factory.mktemp("sheet") / "export.xlsx"
    book = Workbook()
    book.active.append(["a", "b", "c"])
    for row in sheet:
        book.active.append([csv_text(cell) for cell in row])
    for row in book.active.iter_rows(min_row=2):
        for cell in row:
            cell.data_type = "s"
    book.save(path)
    table = open_table(path)
    fields = [FieldSpec(name, name, max_chars=100, default="") for name in "abc"]
    reader = RowReader(fields, suggest_mapping(table.columns, fields, ()), table.columns)

    back = [list(reader.read(raw).values.values()) for raw in rows(table)]

    assert back == [row for row in sheet if any(row)]


@pytest.mark.django_db
def test_rel_j_10_a_stopped_import_ends_at_a_chunk_and_goes_on_later(tmp_path, monkeypatch):
    batch = batch_of(tmp_path, MANY, "products")
    job = tasks.start(batch, tasks.APPLY, started_by="user:1", title="Import")
    monkeypatch.setattr("core.jobs.running.PROGRESS_EVERY_SECONDS", 0)

    def stop_after_two_chunks(done: int, total: int, text: str) -> None:
        if done == 1_000:
            Job.objects.filter(pk=job.pk).update(cancel_asked_at=NOW)
        original(this_run, done, total, text)

    original = jobs.JobRun.progress
    this_run = None

    def progress(self, done: int, total: int, text: str = "") -> None:
        nonlocal this_run
        this_run = self
        stop_after_two_chunks(done, total, text)

    monkeypatch.setattr(jobs.JobRun, "progress", progress)

    jobs.run_due(clock.now(), 1)

    batch.refresh_from_db()
    job.refresh_from_db()
    assert (job.status, batch.status) == ("cancelled", "cancelled")
    assert (batch.chunks_applied, Sku.objects.count()) == (2, 1_000)
    assert batch.tally["counts"]["lines_imported"] == 1_000

    batch = pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    assert (batch.status, Sku.objects.count()) == ("applied", 1_700)
    assert batch.tally["counts"]["lines_imported"] == 1_700


@pytest.mark.django_db
def test_rel_j_10_a_stopped_import_can_be_undone(tmp_path):
    batch = batch_of(tmp_path, MANY, "products")

    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 500:
            raise jobs.JobCancelled

    with pytest.raises(jobs.JobCancelled):
        pipeline.apply(batch.pk, actor=SYSTEM, now=NOW, progress=stop)
    pipeline.mark_stopped(batch.pk)

    batch = pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)

    assert (batch.status, batch.undo_report["removed"], Sku.objects.count()) == ("undone", 500, 0)


@pytest.mark.django_db
def test_a_chunk_that_fails_is_written_not_at_all_and_the_run_goes_on_where_it_stood(
    tmp_path, monkeypatch
):
    batch = batch_of(tmp_path, MANY, "products")
    real = pipeline._keep_changes

    def fail_in_the_third_chunk(one: ImportBatch, applied: object) -> None:
        real(one, applied)
        if one.chunks_applied == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(pipeline, "_keep_changes", fail_in_the_third_chunk)
    with pytest.raises(OSError, match="disk is full"):
        pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)
    assert Sku.objects.count() == 1_000

    monkeypatch.setattr(pipeline, "_keep_changes", real)
    batch = pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    assert (batch.status, Sku.objects.count()) == ("applied", 1_700)
    assert batch.changes.count() == 1_700


@pytest.mark.django_db
def test_two_runs_of_one_import_can_not_write_the_same_chunk(tmp_path):
    batch = batch_of(tmp_path, MANY, "products")

    def another_run_is_ahead(done: int, _total: int, _text: str) -> None:
        if done == 500:
            ImportBatch.objects.filter(pk=batch.pk).update(chunks_applied=2)

    with pytest.raises(pipeline.ImportConflict):
        pipeline.apply(batch.pk, actor=SYSTEM, now=NOW, progress=another_run_is_ahead)

    assert Sku.objects.count() == 500


def test_a_mapping_survives_its_json_form():
    fields = [FieldSpec("sku", "SKU"), FieldSpec("country", "country", "country")]
    flat = {"sku": "Artikel", "country": {"value": "DE"}}

    assert mapping_from_json(flat, fields, ()).as_json() == flat


def test_every_field_and_option_of_order_files_stands_in_the_documentation():
    text = (Path(__file__).resolve().parents[3] / "docs" / "import-mapping.md").read_text()

    missing = [
        f"{kind.code}.{spec.name}"
        for kind in list_kinds()
        for spec in (*kind.fields, *kind.options)
        if f"`{spec.name}`" not in text
    ]
    assert missing == []
