"""The risk desk (B-38 to B-43) and the page of one response."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, files
from core.permissions import RequireCapability
from planning.forms.risk import SIGNAL_CHOICES
from planning.models import RiskResponse, RiskStep
from planning.queries.risk_desk import desk, names_of
from planning.services.risk_index import index_settings

SEE, MANAGE = "planning.view", "planning.manage"
SHOWN_STEPS = 200
SIGNALS = {**dict(SIGNAL_CHOICES), "flag": _("High flag")}
REASONS = {
    "OUTSIDE_BAND": _("outside its 90 % band"),
    "TRACKING_SIGNAL": _("misses to one side, week after week"),
    "CUSUM": _("keeps moving away"),
}
STEPS = {
    "USE_BACKUP_SUPPLIER": _("Backup supplier first"),
    "SHOW_EXPECTED_DATE": _("Promised day of the order"),
    "SEND_SUPPORT_TEXT": _("Text for customers"),
    "RAISE_INDEX": _("Conservative mode"),
    "REPAIR_DATA": _("Day takes its usual demand"),
    "WRITE_REPORT": _("Report"),
}


def subject_words(subject_key: str) -> str:
    """Return a subject's key as people read it."""
    return subject_key.partition(":")[2].replace(":", " · ")


class RiskDesk(RequireCapability, View):
    """What is known of risks, and the ways to answer."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        found = desk(self.principal, now)
        rules = index_settings()
        calm = found.mode.calm_since
        context = {
            "desk": found,
            "rules": rules,
            "ends_at": calm + dt.timedelta(days=rules.calm_days) if calm else None,
            "causes": [
                (SIGNALS.get(term["signal"], term["signal"]), term["cause"])
                for term in found.mode.terms
            ],
            "readings": [(SIGNALS[row.signal], row) for row in found.readings],
            "responses": [(subject_words(row.subject_key), row) for row in found.active],
            "past": [(subject_words(row.subject_key), row) for row in found.past],
            "flags": [(subject_words(row.subject_key), row) for row in found.flags],
            "deviations": [
                {
                    "row": row,
                    "why": [REASONS[code] for code in row.reasons],
                    "is_paused": row.paused_until is not None and row.paused_until > now,
                }
                for row in found.deviations
            ],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/risk.html", context)


class ResponsePage(RequireCapability, View):
    """One response: every step, what it changed, and whether it was taken back."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = RiskResponse.objects.select_related("supplier", "file")
        response = get_object_or_404(rows, pk=pk)
        steps = RiskStep.objects.filter(response=response)
        context = {
            "response": response,
            "subject": subject_words(response.subject_key),
            "steps": [
                (STEPS[step.kind], subject_words(step.subject_key), step)
                for step in steps.order_by("position")[:SHOWN_STEPS]
            ],
            "step_count": steps.count(),
            "names": names_of({response.declared_by, response.reversed_by}),
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/risk_response.html", context)


class ReportFile(RequireCapability, View):
    """The report of repaired days as the file that was kept."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        response = get_object_or_404(RiskResponse.objects.select_related("file"), pk=pk)
        if response.file is None:
            raise Http404
        return files.download(response.file)
