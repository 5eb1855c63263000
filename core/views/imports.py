"""Imports (A9): history, upload, columns, check, apply, error file, undo."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, jobs
from core.context import UNFINISHED
from core.errors import DomainError, NotPermitted
from core.forms.imports import MappingForm, UploadForm
from core.htmx import mark_varying, redirect_to, toast, wants_partial
from core.imports import intake, pipeline, tasks
from core.imports.fields import check_mapping, mapping_from_json
from core.imports.kinds import ImportKind, get_kind, list_kinds
from core.imports.limits import Limits, too_large
from core.models import ImportBatch, ImportRow, Job
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.tables.cells import csv_text
from core.templatetags import ui

SHOWN_ROWS = 50
SHOWN_ISSUES = 50
#: A run that was killed leaves its batch in “applying”: it goes on from there.
MAY_APPLY = frozenset({"checked", "cancelled", "failed", "applying"})
STEPS = (
    ("uploaded", _("Columns")),
    ("checked", _("Check")),
    ("applied", _("Import")),
)


def kinds_for(principal: Principal) -> list[ImportKind]:
    """Return the kinds whose rows the principal may write."""
    return [kind for kind in list_kinds() if principal.may(kind.capability)]


class ImportIndex(IndexView):
    """All imports a person may see, newest first."""

    key = "imports"
    capability = "imports.run"
    title = _("Imports")
    columns = (
        Column("file_name", _("File"), fixed=True),
        Column("kind", _("What it holds"), render=lambda row: get_kind(row.kind).title),
        Column("source", _("Source")),
        Column("status", _("State"), render=lambda row: ui.chip("import", row.status)),
        Column(
            "lines",
            _("Lines"),
            render=lambda row: ui.qty(row.tally.get("lines_read", 0)),
            end=True,
        ),
        Column("problem_count", _("Problems"), end=True),
        Column("created_at", _("Uploaded"), render=lambda row: ui.moment(row.created_at)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("open", _("To finish"), Q(status__in=("uploaded", "checked", "cancelled", "failed"))),
        Tab("applied", _("Applied"), Q(status="applied")),
        Tab("undone", _("Undone"), Q(status="undone")),
    )
    filters = (
        Filter(
            "kind",
            _("What it holds"),
            options=lambda principal: [(k.code, k.title) for k in kinds_for(principal)],
            promoted=True,
        ),
    )
    buttons = (
        PageButton(
            _("Import file"), "upload", "import-new", "imports.run", primary=True, create=True
        ),
    )
    empty = EmptyText(
        _("No imports yet"),
        _("Bring in orders, products or stock. You see every change first."),
        "upload",
        _("Import file"),
        "import-new",
    )

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return ImportBatch.objects.visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(file_name__icontains=text) | Q(source__icontains=text))

    def row_url(self, row: Any) -> str:
        return reverse("import", args=[row.pk])


class ImportNew(RequireCapability, View):
    """Choose a kind, a source and a file; the file is refused or kept, and its columns shown."""

    capability = "imports.run"

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = kinds_for(self.principal)
        initial = {"kind": request.GET.get("kind", ""), "source": request.GET.get("source", "")}
        return self.page(request, UploadForm(kinds=kinds, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, kinds=kinds_for(self.principal))
        if form.is_valid():
            try:
                batch = self.accept(form.cleaned_data)
            except DomainError as error:
                field = "source" if isinstance(error, NotPermitted) else "file"
                form.refuse(error, field)
            else:
                return redirect_to(request, reverse("import", args=[batch.pk]))
        return self.page(request, form, status=422)

    def accept(self, data: dict[str, Any]) -> ImportBatch:
        check_source(self.principal, data["kind"], data["source"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "upload"
            save_upload(data["file"], path)
            upload = intake.Upload(path, data["file"].name, data["kind"], data["source"])
            return intake.accept(upload, actor=self.principal.actor, now=clock.now())

    def page(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        sources = {
            str(kind.title): [
                (code, name) for code, name in kind.sources() if self.principal.sees_channel(code)
            ]
            for kind in kinds_for(self.principal)
        }
        context = {"form": form, "sources": {t: s for t, s in sources.items() if s}}
        return render(request, "core/import_new.html", context, status=status)


def check_source(principal: Principal, kind_code: str, source: str) -> None:
    """Refuse a channel outside the principal's scope."""
    known = {code for code, _name in get_kind(kind_code).sources()}
    if known and not principal.sees_channel(source):
        text = gettext("“%(source)s” is not among your channels. Choose one of yours.")
        raise NotPermitted(text % {"source": source})


def save_upload(upload: UploadedFile, path: Path) -> None:
    """Write an upload to disk in pieces, and stop above the limit."""
    limit = Limits().upload_bytes
    if (upload.size or 0) > limit:
        raise too_large(upload.size or 0, limit)
    with path.open("wb") as target:
        for piece in upload.chunks():
            target.write(piece)


class ImportView(RequireCapability, View):
    """Base of the pages of one import."""

    capability = "imports.run"

    def batch(self, pk: int) -> ImportBatch:
        rows = ImportBatch.objects.visible_to(self.principal).select_related("file")
        return get_object_or_404(rows, pk=pk)

    def batch_to_change(self, pk: int) -> ImportBatch:
        batch = self.batch(pk)
        if not self.principal.may(get_kind(batch.kind).capability):
            raise Http404
        check_source(self.principal, batch.kind, batch.source)
        return batch

    def back(self, request: HttpRequest, pk: int, error: DomainError | None = None) -> HttpResponse:
        answer = redirect_to(request, reverse("import", args=[pk]))
        return toast(answer, "danger", str(error)) if error else answer


class ImportPage(ImportView):
    """One import in its state; while a job is at work the page asks for its progress."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        is_fragment = wants_partial(request)
        context = page_context(request, batch)
        if is_fragment and not context["at_work"]:
            return redirect_to(request, reverse("import", args=[pk]))
        template = "core/import.html" + ("#progress" if is_fragment else "")
        return mark_varying(render(request, template, context), fragment=is_fragment)


def page_context(request: HttpRequest, batch: ImportBatch, form: Any = None) -> dict[str, Any]:
    """Return what the page of an import shows in its state."""
    kind = get_kind(batch.kind)
    job = Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None
    at_work = job is not None and job.status in UNFINISHED
    may_map = not at_work and batch.status in {"uploaded", "checking", "checked", "failed"}
    may_map = may_map and batch.chunks_applied == 0
    if may_map and form is None:
        form = MappingForm(
            kind=kind,
            columns=batch.facts.get("columns", []),
            mapping=mapping_from_json(batch.mapping, kind.fields, kind.options),
        )
    outcome = request.GET.get("outcome", "")
    rows = batch.rows.order_by("line", "pk")
    if outcome in ImportRow.Outcome.values:
        rows = rows.filter(outcome=outcome)
    counts = batch.tally.get("counts", {})
    return {
        "batch": batch,
        "kind": kind,
        "job": job,
        "at_work": at_work,
        "form": form if may_map else None,
        "steps": _steps(batch),
        "outcome": outcome,
        "outcomes": _outcomes(counts),
        "numbers": _numbers(counts),
        "set_aside": _set_aside(counts),
        "rows": rows[:SHOWN_ROWS] if batch.status == "checked" else [],
        "issues": batch.issues.order_by("line", "pk")[:SHOWN_ISSUES],
        "may_apply": not at_work and batch.status in MAY_APPLY and bool(batch.checked_at),
        "may_undo": not at_work and batch.chunks_applied and batch.status != "undone",
        "touched": batch.undo_report.get("touched", [])[:SHOWN_ISSUES],
        "in_use": batch.undo_report.get("in_use", [])[:SHOWN_ISSUES],
    }


def _steps(batch: ImportBatch) -> list[dict[str, Any]]:
    reached = {"uploaded": 0, "checking": 1, "checked": 1}.get(batch.status, 2)
    if batch.status in {"applied", "undone"}:
        reached = 3
    states = ["done" if i < reached else "now" if i == reached else "todo" for i in range(3)]
    return [{"text": text, "state": s} for (_code, text), s in zip(STEPS, states, strict=True)]


def _outcomes(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"code": code, "text": text, "count": counts.get(f"objects_{code}", 0)}
        for code, text in ImportRow.Outcome.choices
        if counts.get(f"objects_{code}")
    ]


COUNT_WORDS = {
    "lines_read": _("Lines read"),
    "lines_imported": _("Lines imported"),
    "lines_free": _("Of these free of charge"),
    "lines_same": _("Lines that change nothing"),
    "orders_created": _("Orders"),
    "return_facts": _("Returned lines"),
    "skus_created": _("New SKUs"),
    "skus_changed": _("Changed SKUs"),
    "units_received": _("Units received"),
    "customers_created": _("New customers"),
    "customers_changed": _("Changed customers"),
}


def _numbers(counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(text, counts[name]) for name, text in COUNT_WORDS.items() if name in counts]


def _set_aside(counts: dict[str, int]) -> list[tuple[str, int]]:
    prefix = "set_aside:"
    return [
        (name.removeprefix(prefix).replace("_", " ").capitalize(), count)
        for name, count in sorted(counts.items())
        if name.startswith(prefix)
    ]


class ImportMap(ImportView):
    """Keep the columns chosen and check the file against them."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch_to_change(pk)
        kind = get_kind(batch.kind)
        columns = batch.facts.get("columns", [])
        current = mapping_from_json(batch.mapping, kind.fields, kind.options)
        form = MappingForm(request.POST, kind=kind, columns=columns, mapping=current)
        if form.is_valid():
            try:
                self.start(batch, kind, form.as_mapping())
            except DomainError as error:
                form.refuse(error)
            else:
                return self.back(request, pk)
        return render(request, "core/import.html", page_context(request, batch, form), status=422)

    def start(self, batch: ImportBatch, kind: ImportKind, flat: dict[str, Any]) -> None:
        mapping = mapping_from_json(flat, kind.fields, kind.options)
        check_mapping(mapping, batch.facts.get("columns", []), kind.fields)
        actor, now = self.principal.actor, clock.now()
        with transaction.atomic():
            batch.mapping = mapping.as_json()
            batch.status = ImportBatch.Status.UPLOADED
            batch.save(update_fields=["mapping", "status"])
            intake.remember(batch, actor=actor, now=now)
            title = gettext("Check %(file)s") % {"file": batch.file_name}
            tasks.start(batch, tasks.CHECK, started_by=actor.key, title=title)


class ImportApply(ImportView):
    """Apply a checked import, or go on with one that stopped."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch_to_change(pk)
        if batch.status not in MAY_APPLY or batch.checked_at is None:
            text = gettext("The file has to be checked first.")
            return self.back(request, pk, pipeline.ImportConflict(text))
        title = gettext("Import %(file)s") % {"file": batch.file_name}
        with transaction.atomic():
            tasks.start(batch, tasks.APPLY, started_by=self.principal.actor.key, title=title)
        return self.back(request, pk)


class ImportUndo(ImportView):
    """Take an import back."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch_to_change(pk)
        if not batch.chunks_applied or batch.status == ImportBatch.Status.UNDONE:
            text = gettext("Nothing of this import is in the books, so there is nothing to undo.")
            return self.back(request, pk, pipeline.ImportConflict(text))
        title = gettext("Undo %(file)s") % {"file": batch.file_name}
        with transaction.atomic():
            tasks.start(batch, tasks.UNDO, started_by=self.principal.actor.key, title=title)
        return self.back(request, pk)


class ImportStop(ImportView):
    """Stop the job of an import at the end of its chunk."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch_to_change(pk)
        if batch.job_id:
            try:
                jobs.cancel(batch.job_id, actor=self.principal.actor, at=clock.now())
            except DomainError as error:
                return self.back(request, pk, error)
        return self.back(request, pk)


class _Echo:
    def write(self, value: str) -> str:
        return value


class ImportErrors(ImportView):
    """The problems of an import as a CSV that no spreadsheet runs."""

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        batch = self.batch(pk)
        answer = StreamingHttpResponse(error_lines(batch), content_type="text/csv; charset=utf-8")
        name = f"import-{batch.pk}-problems.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer


def error_lines(batch: ImportBatch) -> Iterator[str]:
    """Yield the lines of the error file, UTF-8 with its mark for Excel."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["line", "field", "value", "code", "problem", "fix"])
    rows = batch.issues.order_by("line", "pk")
    for row in rows.iterator(chunk_size=2000):
        cells = [row.line, row.field, row.value, row.code, row.message, row.fix]
        yield writer.writerow([csv_text(cell) for cell in cells])
