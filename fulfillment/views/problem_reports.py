"""What the floor reported (W19), for the managers of its warehouses."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.permissions import Principal
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from fulfillment.forms import PROBLEMS
from fulfillment.models import ProblemReport
from fulfillment.services import problems

TEXTS = dict(PROBLEMS)


def _reason(row: ProblemReport) -> Any:
    return TEXTS.get(row.reason, row.reason)


def _state(row: ProblemReport) -> Any:
    if row.closed_at is not None:
        return ui.moment(row.closed_at)
    url = reverse("problem-close", args=[row.pk])
    return format_html(
        '<a class="btn btn-sm" href="{}" hx-get="{}" hx-target="#dialog"'
        ' data-dialog-open="dialog">{}</a>',
        url,
        url,
        translate("Close"),
    )


class ProblemIndex(IndexView):
    """Problems of the floor, the newest first; open until a manager closes them."""

    key = "problems"
    capability = "fulfillment.view"
    title = _("Problems on the floor")
    columns = (
        Column("reason", _("Problem"), render=_reason, export=_reason, fixed=True),
        Column("note", _("Note")),
        Column("task_key", _("Task")),
        Column("station_code", _("Station")),
        Column("reported_at", _("Reported"), render=lambda row: ui.moment(row.reported_at)),
        Column("closed_at", _("Closed"), render=_state),
    )
    tabs = (
        Tab("open", _("Open"), Q(closed_at=None), hot=True),
        Tab("closed", _("Closed"), Q(closed_at__isnull=False), counted=False),
    )
    filters = (
        Filter("reason", _("Problem"), field="reason", options=tuple(PROBLEMS), promoted=True),
    )
    empty = EmptyText(
        _("No problem reported"),
        _("CMD-HELP on any floor screen reports one; the floor goes on working meanwhile."),
        "life-buoy",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[ProblemReport]:
        return ProblemReport.objects.visible_to(principal)

    def search(self, rows: QuerySet[ProblemReport], text: str) -> QuerySet[ProblemReport]:
        return rows.filter(Q(station_code__iexact=text) | Q(note__icontains=text))

    def row_url(self, row: ProblemReport) -> str:
        return reverse("problem-close", args=[row.pk])


class CloseProblem(Act, View):
    """Say that a problem is dealt with."""

    capability = "fulfillment.decide_short"
    title = _("Close this problem?")
    submit_text = _("Close problem")

    def rows(self) -> QuerySet[ProblemReport]:
        return ProblemReport.objects.visible_to(self.principal)

    def text(self, found: ProblemReport) -> Any:
        return f"{_reason(found)}. {found.note}".strip()

    def do(self, found: ProblemReport, form: Any) -> None:
        problems.close(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found: ProblemReport) -> str:
        return reverse("problems-index")
