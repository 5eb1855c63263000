"""F5: the planning reports, their files, and which of them come by mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views import View

from core import clock
from core.errors import NotFound
from core.htmx import redirect_to
from core.models import User
from core.permissions import RequireCapability
from core.services import rates
from core.submissions import SubmitOnce
from core.templatetags import ui
from core.views.notes import leave_note
from planning.forms.reports import WEEKDAYS, MailForm
from planning.models import ReportSchedule
from planning.models.reports import REPORTS
from planning.services import report_mails, reports
from planning.services.reports import Report

SEE = "planning.view"
MOST_ROWS = 500


class ReportsPage(RequireCapability, View):
    """One report (`?report=stock`), its tabs, its file and its mail."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        code = _code(request)
        report = reports.build(code, self.principal, as_of=clock.now())
        mailed = ReportSchedule.objects.filter(user=request.user.pk, report=code).first()
        context = {
            "report": report,
            "tabs": [{"code": one, "text": reports.TITLES[one]} for one in REPORTS],
            "heads": [
                {"text": text, "end": _is_number(report, place)}
                for place, text in enumerate(report.columns)
            ],
            "rows": [_cells(report, row) for row in report.rows[:MOST_ROWS]],
            "hidden": max(0, len(report.rows) - MOST_ROWS),
            "form": MailForm(initial={"weekday": mailed.weekday if mailed else 0}),
            "mailed": mailed,
            "mailed_day": dict(WEEKDAYS)[mailed.weekday] if mailed else "",
        }
        return render(request, "planning/reports.html", context)


class ReportFile(RequireCapability, View):
    """The table of one report as CSV."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        code, now = _code(request), clock.now()
        report = reports.build(code, self.principal, as_of=now)
        response = HttpResponse(reports.file_of(report), content_type="text/csv; charset=utf-8")
        name = f"{code}-{now.astimezone(dt.UTC).date().isoformat()}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class ReportMail(SubmitOnce, RequireCapability, View):
    """Send a report to oneself every week, or no more."""

    capability = SEE

    def post(self, request: HttpRequest) -> HttpResponse:
        code = request.POST.get("report", "")
        if code not in REPORTS:
            raise NotFound
        user = User.objects.get(pk=request.user.pk)
        if request.POST.get("act") == "stop":
            report_mails.unsubscribe(user, code)
            leave_note(request, gettext("No more mails with this report."))
            return redirect_to(request, f"{reverse('planning-reports')}?report={code}")
        form = MailForm(request.POST)
        if not form.is_valid():
            return HttpResponse(gettext("Choose a weekday."), status=422)
        weekday = form.cleaned_data["weekday"]
        row = report_mails.subscribe(user, code, weekday=weekday, now=clock.now())
        text = gettext("The next mail comes on %(day)s.") % {"day": row.next_on.isoformat()}
        leave_note(request, text)
        return redirect_to(request, f"{reverse('planning-reports')}?report={code}")


def _code(request: HttpRequest) -> str:
    code = request.GET.get("report", REPORTS[0])
    if code not in REPORTS:
        raise Http404
    return code


def _is_number(report: Report, place: int) -> bool:
    return any(isinstance(row[place], int | float | Decimal) for row in report.rows[:20])


def _cells(report: Report, row: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"value": _shown(report, place, value), "end": isinstance(value, int | float | Decimal)}
        for place, value in enumerate(row)
    ]


def _shown(report: Report, place: int, value: Any) -> Any:
    if value is None:
        return "—"
    if place in report.shares:
        return ui.percent(value, 1)
    if place in report.money:
        return ui.money(value, rates.base_currency())
    if isinstance(value, dt.date):
        return value.isoformat()
    return ui.qty(value) if isinstance(value, int | float) else value
