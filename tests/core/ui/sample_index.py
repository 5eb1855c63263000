"""An index over jobs, mounted for tests only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import include, path
from django.utils.html import format_html

from core.models import Job
from core.permissions import SIGNED_IN, Principal
from core.tables import (
    BulkAction,
    BulkView,
    Column,
    EmptyText,
    Filter,
    IndexView,
    PageButton,
    Selection,
    Tab,
)


class SampleIndex(IndexView):
    """Jobs, because core has no other table with states, texts and NULLs."""

    key = "sample-jobs"
    url_name = "sample-index"
    title = "Sample jobs"
    capability = SIGNED_IN
    columns = (
        Column("title", "Title", fixed=True),
        Column("status", "State", render=lambda row: format_html("<b>{}</b>", row.status)),
        Column("attempts", "Runs", sort="attempts", end=True),
        Column("finished_at", "Ended", sort="finished_at"),
        Column("error", "Problem", off=True),
        Column("worker", "Worker", capability="jobs.manage"),
    )
    filters = (
        Filter("queue", "Queue", options=[("normal", "Normal"), ("bulk", "Bulk")], promoted=True),
        Filter("ended", "Ended on", field="finished_at", kind="day"),
        Filter(
            "tried",
            "Tried",
            kind="flag",
            narrow=lambda rows, values: (
                rows.filter(attempts__gt=0) if values[0] == "yes" else rows.filter(attempts=0)
            ),
        ),
    )
    tabs = (
        Tab("all", "All"),
        Tab("dead", "Stopped", Q(status="dead"), hot=True),
        Tab("cancelled", "Cancelled", Q(status="cancelled")),
    )
    bulk = (
        BulkAction("note", "Note", "tag", "sample-bulk", "jobs.view", promoted=True),
        BulkAction("drop", "Drop", "trash-2", "sample-bulk", "jobs.manage", danger=True),
    )
    buttons = (PageButton("Run", "plus", "sample-index", "jobs.manage", primary=True, create=True),)
    empty = EmptyText(
        title="No jobs yet",
        text="Imports show here.",
        action_text="Import",
        action_url_name="sample-index",
    )
    page_size = 5

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return Job.objects.filter(name="core.export_index")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(title__startswith=text)

    def row_url(self, row: Any) -> str:
        return f"/jobs/{row.pk}/"

    def peek_url(self, row: Any) -> str:
        return f"/jobs/{row.pk}/peek/"


class SampleBulk(BulkView):
    """Ask, then start an export job as a stand-in for a bulk act."""

    index = SampleIndex
    capability: ClassVar[str] = "jobs.view"
    job_name = "core.export_index"
    back_url_name = "sample-index"

    def title(self, count: int) -> str:
        return f"Note {count} jobs?"

    def consequence(self, selection: Selection, count: int) -> str:
        return f"{count} jobs get a note."


urlpatterns = [
    path("sample/", SampleIndex.as_view(), name="sample-index"),
    path("sample/bulk/", SampleBulk.as_view(), name="sample-bulk"),
    path("", include("core.ui_urls")),
    path("", include("core.urls")),
    path("accounts/", include("core.account_urls")),
]
handler404 = "core.views.errors.not_found"
