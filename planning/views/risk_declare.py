"""Declare a level-1 or level-3 risk: enter, look at the preview, confirm once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views import View

from core import clock
from core.errors import DomainError
from core.permissions import RequireCapability
from core.views.notes import leave_note
from inventory.models import Sku, Warehouse
from orders.models import Channel
from planning.forms.risk import DaysForm, DeclareForm, SubjectForm
from planning.models import RiskResponse
from planning.services import risk_days, risk_plans, risk_responses
from planning.services.risk_errors import RiskChanged, RiskKnown
from planning.views.risk import MANAGE, subject_words
from suppliers.models import Supplier

SHOWN_STEPS = 100


def subject_form(kind: type[SubjectForm], principal: Any, data: Any = None) -> SubjectForm:
    """Return a form with the suppliers and warehouses to choose from."""
    suppliers = Supplier.objects.visible_to(principal).active().order_by("code")
    places = Warehouse.objects.visible_to(principal).order_by("code")
    return kind(data, suppliers=suppliers, warehouses=places)


def already(request: HttpRequest, level: int, subject_key: str) -> HttpResponse:
    """Show the response that somebody declared first."""
    response = RiskResponse.objects.get(level=level, subject_key=subject_key, state="active")
    text = gettext("%(subject)s is declared already. This is the response.")
    leave_note(request, text % {"subject": subject_words(subject_key)}, messages.INFO)
    return redirect("risk-response", response.pk)


class DeclareSupply(RequireCapability, View):
    """B-41: an interruption of supply."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, subject_form(DeclareForm, self.principal), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = subject_form(DeclareForm, self.principal, request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        entry = form.entry()
        try:
            shown = risk_plans.plan(entry)
            if "confirm" not in request.POST:
                return self._preview(request, form, shown, 200)
            response = risk_responses.declare(
                entry,
                digest=request.POST.get("digest", ""),
                actor=self.principal.actor,
                now=clock.now(),
            )
        except RiskKnown:
            return already(request, 1, shown.subject.key)
        except RiskChanged as error:
            return self._preview(request, form, risk_plans.plan(entry), 409, str(error))
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 422)
        leave_note(request, gettext("Declared. Every step can be taken back here."))
        return redirect("risk-response", response.pk)

    def _page(self, request: HttpRequest, form: Any, status: int) -> HttpResponse:
        context = {"form": form, "back_url": reverse("risk-desk")}
        return render(request, "planning/risk_declare.html", context, status=status)

    def _preview(
        self, request: HttpRequest, form: Any, shown: Any, status: int, changed: str = ""
    ) -> HttpResponse:
        dates = shown.of_kind("SHOW_EXPECTED_DATE")
        context = {
            "form": form,
            "plan": shown,
            "switches": [
                (subject_words(step.subject_key), step)
                for step in shown.of_kind("USE_BACKUP_SUPPLIER")
            ],
            "dates": [(subject_words(step.subject_key), step) for step in dates[:SHOWN_STEPS]],
            "date_count": len(dates),
            "changed": changed,
            "hidden": [
                (name, request.POST.get(name, ""))
                for name in form.fields
                if name not in ("support_en", "support_zh", "submission_key")
            ],
            "back_url": reverse("risk-declare"),
        }
        return render(request, "planning/risk_preview.html", context, status=status)


class DeclareDays(RequireCapability, View):
    """B-43: days of a SKU that can't be true."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(initial={"sku": request.GET.get("sku", "")}), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        entry, now = form.entry(), clock.now()
        try:
            shown = risk_days.plan(entry, now=now)
            if "confirm" not in request.POST:
                return self._page(request, form, 200, shown=shown)
            digest = request.POST.get("digest", "")
            response = risk_days.declare(entry, digest=digest, actor=self.principal.actor, now=now)
        except RiskKnown:
            return already(request, 3, shown.subject_key)
        except RiskChanged as error:
            form.refuse(error)
            return self._page(request, form, 409, shown=risk_days.plan(entry, now=now))
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 422)
        leave_note(request, gettext("Repaired. The report names you."))
        return redirect("risk-response", response.pk)

    def _form(self, data: Any = None, **more: Any) -> DaysForm:
        places = Warehouse.objects.visible_to(self.principal).order_by("code")
        shops = Channel.objects.visible_to(self.principal).order_by("name", "pk")
        skus = Sku.objects.visible_to(self.principal)
        return DaysForm(data, skus=skus, warehouses=places, channels=shops, **more)

    def _page(
        self, request: HttpRequest, form: DaysForm, status: int, shown: Any = None
    ) -> HttpResponse:
        context = {
            "form": form,
            "plan": shown,
            "days": shown.days[:SHOWN_STEPS] if shown else (),
            "back_url": reverse("risk-desk"),
        }
        return render(request, "planning/risk_days.html", context, status=status)
