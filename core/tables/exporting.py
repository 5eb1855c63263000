"""Export of an index view: one job, one writer, typed cells.

The job `core.export_index` gets the predicate, the columns and who asked; it reads the rows that
this principal may see at the time of the run, and files a CSV or XLSX under the job.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, Protocol

from django.utils.translation import gettext as _
from openpyxl import Workbook

from core import files, jobs
from core.actors import Actor
from core.models.documents import StoredFile
from core.models.jobs import Job
from core.models.people import User
from core.permissions import Principal, principal_for_user
from core.tables.cells import csv_text, typed
from core.tables.declaring import Column
from core.tables.paging import page_of
from core.tables.rows import IndexRows
from core.wiring import resolve, wired

JOB_NAME = "core.export_index"
CHUNK_ROWS = 1000
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class UnknownIndex(LookupError):
    """The index is not in `config/wiring.py:INDEXES`."""


class Progress(Protocol):
    """The part of `core.jobs.JobRun` that an export needs."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Record how far the work is."""


@dataclass(frozen=True)
class ExportOrder:
    """What to export: index key, canonical predicate, column keys, csv or xlsx, its title."""

    index: str
    query: str
    columns: tuple[str, ...]
    file_format: str
    title: str


def index_of(key: str) -> IndexRows:
    """Return the declaration of an index.

    Raises:
        UnknownIndex: the wiring does not name this key.
    """
    dotted = wired("INDEXES").get(key)
    if dotted is None:
        raise UnknownIndex(f"{key}: add to INDEXES")
    found: IndexRows = resolve(dotted)()
    return found


def request_export(order: ExportOrder, *, actor: Actor) -> Job:
    """Queue the export of a view for the person who looks at it."""
    return jobs.enqueue(
        JOB_NAME,
        args={
            "index": order.index,
            "query": order.query,
            "columns": ",".join(order.columns),
            "file_format": order.file_format,
            "user_id": actor.id,
        },
        queue="interactive",
        started_by=actor.key,
        title=_("Export: %(title)s") % {"title": order.title},
    )


def export_index(job: Any, **args: Any) -> dict[str, Any]:
    """Write the file of one export job and hang it on the job. Repeatable: same rows, same bytes.

    Raises:
        UnknownIndex: the wiring does not name the index.
    """
    index = index_of(str(args["index"]))
    principal = principal_for_user(User.objects.get(pk=args["user_id"]))
    columns = index.shown_columns(principal, str(args["columns"]).split(","))
    rows = exported_rows(index, principal, query=str(args["query"]), job=job)
    write = write_xlsx if args["file_format"] == "xlsx" else write_csv
    content, count = write(columns, rows)
    stored = _file_away(content, f"{index.key}.{args['file_format']}", str(args["file_format"]))
    Job.objects.get(pk=job.job_id).files.add(stored)
    return {"rows": count, "file": stored.pk}


def _file_away(content: bytes, name: str, file_format: str) -> StoredFile:
    return files.store(content, name, "export", content_type=CONTENT_TYPES[file_format])


def exported_rows(
    index: IndexRows, principal: Principal, *, query: str, job: Progress
) -> Iterator[Any]:
    """Yield the rows of a view in its order, a thousand at a time, reporting progress."""
    state = index.known.of_query(query)
    rows = index.narrowed(principal, state)
    total = rows.order_by().count()
    token, done = "", 0
    while True:
        page = page_of(rows, sort=index.sort_of(state), token=token, size=CHUNK_ROWS)
        index.complete(page.rows)
        yield from page.rows
        done += len(page.rows)
        job.progress(done, max(total, done))
        if not page.next:
            return
        token = page.next


def _heads(columns: Sequence[Column]) -> list[str]:
    return [str(column.text) for column in columns]


def write_csv(columns: Sequence[Column], rows: Iterator[Any]) -> tuple[bytes, int]:
    """Return the rows as CSV (UTF-8 with BOM) and their number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_heads(columns))
    count = 0
    for row in rows:
        writer.writerow([csv_text(column.exported(row)) for column in columns])
        count += 1
    return out.getvalue().encode("utf-8-sig"), count


def write_xlsx(columns: Sequence[Column], rows: Iterator[Any]) -> tuple[bytes, int]:
    """Return the rows as a workbook with typed cells, and their number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rows"))
    sheet.append(_heads(columns))
    count = 0
    for row in rows:
        sheet.append([typed(column.exported(row)) for column in columns])
        count += 1
    notes = book.create_sheet(_("About"))
    notes.append([_("A text that a spreadsheet could run begins with an apostrophe (').")])
    with TemporaryFile() as out:
        book.save(out)
        out.seek(0)
        return out.read(), count
