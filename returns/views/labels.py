"""The way back on a return's page: label, code and papers, and what the desk can do about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.permissions import Principal, RequireCapability
from core.views.acts import Act
from returns.domain import label_methods, states
from returns.forms.exchanges import IssueForm, TrackingForm
from returns.forms.requests import ReasonForm
from returns.label_words import METHODS
from returns.models import ReturnLabel, ReturnRequest
from returns.services import return_labels
from returns.services.return_labels import IssueWish

FILES = {
    "label": _("Label"),
    "code": _("Code as a picture"),
    "code_card": _("Card with the code"),
    "customs": _("Customs statement"),
    "slip": _("Return slip"),
}
_LABEL_STATES = (states.APPROVED, states.LABEL_ISSUED)


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return what the page shows of the way back; None before it is decided, or without one."""
    row = return_labels.current(rma.pk)
    may = principal.may("returns.manage")
    can_issue = may and rma.status in _LABEL_STATES
    if rma.method == "keep" or (row is None and not can_issue):
        return None
    state = row.state if row else ""
    is_alive = state in label_methods.ALIVE
    return {
        "label": row,
        "method": METHODS.get(row.method if row else rma.method, ""),
        "files": [
            {"kind": one.kind, "text": FILES[one.kind]} for one in return_labels.files(rma.pk)
        ]
        if may
        else [],
        "can_issue": can_issue and not is_alive,
        "can_retry": can_issue and state == label_methods.FAILED,
        "can_void": may and state in (label_methods.ASKED, label_methods.READY),
        "can_tell": may and is_alive and row is not None and row.method == "own",
    }


class LabelFile(RequireCapability, View):
    """One paper or picture of the way back."""

    capability = "returns.manage"

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        rows = ReturnRequest.objects.visible_to(self.principal)
        rma = get_object_or_404(rows, pk=pk)
        language = get_language() or "en"
        paper = return_labels.read_file(rma.pk, kind, language=language)
        response = HttpResponse(paper.content, content_type=paper.content_type)
        response["Content-Disposition"] = f'inline; filename="{paper.name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "private, no-store"
        return response


class LabelAct(Act, View):
    """An act on the way back of a return in reach."""

    capability = "returns.manage"

    def rows(self):
        return ReturnRequest.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("return-page", args=[found.pk])


class IssueLabel(LabelAct):
    """Give the return a way back."""

    title = _("Issue the return label")
    submit_text = _("Issue label")
    form_class = IssueForm
    note = _("The label is being made. It appears here in a few seconds.")

    def text(self, found):
        days = return_labels.pickup_days(found.pk, at=self.now)
        shown = ", ".join(day.isoformat() for day in days)
        return translate("A driver comes on: %(days)s.") % {"days": shown}

    def first_values(self, found):
        return {"method": found.method if found.method in METHODS else "label"}

    def do(self, found, form):
        data = form.cleaned_data
        wish = IssueWish(data["method"], pickup_on=data["pickup_on"])
        return_labels.issue(found.pk, wish, actor=self.principal.actor, at=self.now)


class VoidLabel(LabelAct):
    """Take the label back."""

    title = _("Take the label back")
    submit_text = _("Take label back")
    form_class = ReasonForm
    danger = True
    note = _("The label is taken back. The return can get another one.")

    def text(self, found):
        return _("The carrier is asked to void it. A parcel sent with it is still recognized.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        return_labels.void(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class RetryLabel(LabelAct):
    """Ask the carrier again."""

    title = _("Ask for the label again")
    submit_text = _("Ask again")
    note = _("The label is being made. It appears here in a few seconds.")

    def text(self, found):
        row = return_labels.current(found.pk)
        return row.problem if row else ""

    def do(self, found, form):
        row = return_labels.current(found.pk)
        if row is None or row.state != ReturnLabel.State.FAILED:
            raise return_labels.LabelNotPossible(number=found.number)
        return_labels.retry(row.pk, actor=self.principal.actor, at=self.now)


class TellTracking(LabelAct):
    """Write down the customer's own parcel."""

    title = _("Record the customer's parcel")
    submit_text = _("Record parcel")
    form_class = TrackingForm
    note = _("The return is on its way.")

    def do(self, found, form):
        data = form.cleaned_data
        return_labels.tell_tracking(
            found.pk, data["carrier"], data["number"], actor=self.principal.actor, at=self.now
        )
