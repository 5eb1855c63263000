"""Acts at the risk desk: readings, flags, taking back, deciding on a deviation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.submissions import SubmitOnce
from core.views.acts import Act, NoFields
from core.views.notes import leave_note
from inventory.models import StockLevel, Warehouse
from planning.forms.risk import (
    DecisionForm,
    FlagForm,
    ReadingForm,
    ReasonForm,
    ReleaseForm,
)
from planning.models import RiskFlag, RiskResponse
from planning.queries.risk_desk import deviations_of
from planning.services import (
    risk_buffers,
    risk_days,
    risk_deviations,
    risk_flags,
    risk_index,
    risk_responses,
)
from planning.views.risk import MANAGE, subject_words
from planning.views.risk_declare import subject_form

#: Who may let safety stock go without a level-1 risk: the role that approves adjustments.
ROLE = "inventory.approve_counts"


class AddPage(RequireCapability, SubmitOnce, View):
    """A form of the desk on a page of its own."""

    capability = MANAGE
    title: Any = ""
    text: Any = ""
    submit_text: Any = ""
    note: Any = ""

    def form(self, data: Any = None) -> Any:
        raise LookupError(f"{type(self).__name__} has no form")

    def do(self, form: Any) -> None:
        raise LookupError(f"{type(self).__name__} does nothing")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self.form(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        try:
            self.do(form)
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 409 if error.status == 409 else 422)
        leave_note(request, str(self.note))
        return redirect_to(request, reverse("risk-desk"))

    def _page(self, request: HttpRequest, form: Any, status: int) -> HttpResponse:
        context = {
            "title": self.title,
            "text": self.text,
            "form": form,
            "action": request.path,
            "submit_text": self.submit_text,
            "back_url": reverse("risk-desk"),
        }
        return render(request, "core/act.html", context, status=status)


class AddReading(AddPage):
    title = _("Enter an index reading")
    text = _("It counts at once and replaces the earlier reading of the same signal.")
    submit_text = _("Enter reading")
    note = _("Entered. The mode follows it at once.")

    def form(self, data: Any = None) -> ReadingForm:
        return ReadingForm(data)

    def do(self, form: ReadingForm) -> None:
        risk_index.enter(form.entry(), actor=self.principal.actor, now=clock.now())


class AddFlag(AddPage):
    title = _("Raise a flag")
    text = _(
        "Its days are added to the lead times of the next review. A high one makes planning "
        "conservative."
    )
    submit_text = _("Raise flag")
    note = _("Raised. The next review counts with it.")

    def form(self, data: Any = None) -> Any:
        return subject_form(FlagForm, self.principal, data)

    def do(self, form: Any) -> None:
        level = form.cleaned_data["level"]
        risk_flags.put(form.entry(), level, actor=self.principal.actor, now=clock.now())


class ClearFlag(Act, SubmitOnce, View):
    capability = MANAGE
    title = _("Clear this flag")
    submit_text = _("Clear flag")
    note = _("Cleared.")

    def rows(self):
        return RiskFlag.objects.filter(response__isnull=True)

    def text(self, found):
        return f"{subject_words(found.subject_key)}: {found.reason}"

    def do(self, found, form):
        risk_flags.clear(found.pk, actor=self.principal.actor, now=self.now)

    def done_url(self, found):
        return reverse("risk-desk")


class ReverseResponse(Act, View):
    capability = MANAGE
    title = _("Take this response back")
    submit_text = _("Take back")
    note = _("Taken back. What somebody changed since stays and is marked.")
    form_class = ReasonForm

    def rows(self):
        return RiskResponse.objects.filter(level__in=(1, 3))

    def text(self, found):
        return gettext("%(subject)s: every step is undone, the last one first.") % {
            "subject": subject_words(found.subject_key)
        }

    def do(self, found, form):
        reverse_it = risk_responses.reverse if found.level == 1 else risk_days.reverse
        reason = form.cleaned_data["reason"]
        reverse_it(found.pk, reason=reason, actor=self.principal.actor, now=self.now)

    def done_url(self, found):
        return reverse("risk-response", args=[found.pk])


class KeepBuffers(AddPage):
    """B-39: keep back at the destinations what the newest review computed."""

    title = _("Keep the safety stock of the review")
    text = _(
        "At your warehouses the units of the newest review are kept back: 15 % of the demand over "
        "lead time and review, or as the policy says. They are not promised to customers."
    )
    submit_text = _("Keep safety stock")
    note = _("Kept back.")

    def form(self, data: Any = None) -> NoFields:
        return NoFields(data)

    def do(self, form: NoFields) -> None:
        places = Warehouse.objects.visible_to(self.principal).values_list("pk", flat=True)
        risk_buffers.keep(list(places.order_by("pk")), actor=self.principal.actor, now=clock.now())


class ReleaseBuffer(Act, SubmitOnce, View):
    """B-39: a level-1 risk or a role lets safety stock go."""

    capability = (MANAGE, ROLE)
    title = _("Release safety stock")
    submit_text = _("Release units")
    note = _("Released. They can be promised now.")
    form_class = ReleaseForm

    def rows(self):
        return StockLevel.objects.visible_to(self.principal).select_related("sku", "warehouse")

    def text(self, found):
        return gettext("%(sku)s at %(place)s: %(n)s units are kept back.") % {
            "sku": found.sku.code,
            "place": found.warehouse.code,
            "n": found.buffer,
        }

    def do(self, found, form):
        risk_buffers.release(
            found,
            form.cleaned_data["to_qty"],
            reason=form.cleaned_data["reason"],
            has_role=self.principal.may(ROLE),
            actor=self.principal.actor,
            now=self.now,
        )

    def done_url(self, found):
        if self.principal.may("planning.view"):
            return reverse("risk-desk")
        return reverse("stock-index")


class DecideDeviation(Act, SubmitOnce, View):
    capability = MANAGE
    title = _("Decide on this deviation")
    submit_text = _("Save decision")
    note = _("Decided. Automatic orders go on.")
    form_class = DecisionForm

    def rows(self):
        return deviations_of(self.principal).select_related("sku")

    def first_values(self, found):
        return {"keeps_safety": found.verdict == "fires"}

    def text(self, found):
        return gettext("%(sku)s: the pause of its automatic orders ends now.") % {
            "sku": found.sku.code
        }

    def do(self, found, form):
        risk_deviations.decide(
            found.pk,
            decision=form.cleaned_data["decision"],
            keeps_safety=form.cleaned_data["keeps_safety"],
            actor=self.principal.actor,
            now=self.now,
        )

    def done_url(self, found):
        return reverse("risk-desk")
