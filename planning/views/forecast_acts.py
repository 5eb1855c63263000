"""What people do with one forecast: override it, lock its method, leave days out, name its like."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.acts import Act
from core.views.notes import leave_note
from planning.forms.forecasts import LeaveOutForm, LikeForm, LockForm, OverrideForm
from planning.models import (
    DemandAnalogue,
    DemandEvent,
    ForecastOverride,
    MethodLock,
    SeriesOutlook,
)
from planning.services import forecast_care, overrides
from planning.services.forecast_care import Place
from planning.services.overrides import OverrideEntry

MANAGE = "planning.manage"
OVERRIDE_WEEKS = 4


class ForecastAct(Act, View):
    """An act on one line of the board."""

    capability = MANAGE

    def rows(self) -> QuerySet[Any]:
        rows = SeriesOutlook.objects.visible_to(self.principal)
        return rows.select_related("sku", "warehouse", "forecast__run")

    def done_url(self, found: Any) -> str:
        return reverse("forecast-sku", args=[found.pk])

    def place(self, found: Any, form: Any) -> Place:
        return Place(found.sku_id, found.warehouse_id, form.cleaned_data["reason"])


class Override(ForecastAct):
    """Enter units a week in place of the forecast."""

    title = _("Override the forecast")
    submit_text = _("Enter override")
    keep_text = _("Keep forecast")
    form_class = OverrideForm
    note = _("The override counts from now on.")

    def text(self, found: Any) -> Any:
        return _("%(sku)s at %(place)s: %(units)s units a week are forecast.") % {
            "sku": found.sku.code,
            "place": found.warehouse.code,
            "units": f"{found.forecast.mean_qty / found.forecast.run.horizon_weeks:.1f}",
        }

    def first_values(self, found: Any) -> dict[str, Any]:
        first = found.forecast.run.from_on
        today = clock.now().date()
        while first < today:
            first += dt.timedelta(weeks=1)
        last = first + dt.timedelta(weeks=OVERRIDE_WEEKS, days=-1)
        week = found.forecast.mean_qty / found.forecast.run.horizon_weeks
        return {"week_qty": round(week), "from_on": first, "until_on": last, "expires_on": last}

    def do(self, found: Any, form: Any) -> None:
        data = form.cleaned_data
        names = ("week_qty", "from_on", "until_on", "reason", "expires_on")
        entry = OverrideEntry(
            sku_id=found.sku_id,
            warehouse_id=found.warehouse_id,
            **{name: data[name] for name in names},
        )
        overrides.enter(entry, actor=self.principal.actor, now=self.now)


class LockMethod(ForecastAct):
    """Fix the method of the coming runs."""

    title = _("Lock the method")
    submit_text = _("Lock method")
    keep_text = _("Let runs choose")
    form_class = LockForm
    note = _("The method is locked. It counts from the next run on.")

    def text(self, found: Any) -> Any:
        return _("Runs choose methods by class, which is more accurate than by single SKU.")

    def do(self, found: Any, form: Any) -> None:
        method = form.cleaned_data["method"]
        place = self.place(found, form)
        forecast_care.lock_method(place, method, actor=self.principal.actor, now=self.now)


class LeaveOut(ForecastAct):
    """Mark days as odd."""

    title = _("Leave days out")
    submit_text = _("Leave out")
    keep_text = _("Keep days")
    form_class = LeaveOutForm
    note = _("The days are left out. Forecasts follow with the next run.")

    def text(self, found: Any) -> Any:
        return _("What is usual on such weekdays counts in their place; the orders stay.")

    def do(self, found: Any, form: Any) -> None:
        data = form.cleaned_data
        place = self.place(found, form)
        actor = self.principal.actor
        forecast_care.leave_out(place, data["first"], data["last"], actor=actor, now=self.now)


class _Withdrawal(Act, View):
    """An act on a decision about one SKU, which leads back to its forecast."""

    capability = MANAGE
    model: Any = None

    def rows(self) -> QuerySet[Any]:
        rows = self.model.objects.visible_to(self.principal)
        return rows.select_related("sku", "warehouse")

    def done_url(self, found: Any) -> str:
        line = SeriesOutlook.objects.filter(sku=found.sku_id, warehouse=found.warehouse_id)
        pk = line.values_list("pk", flat=True).first()
        return reverse("forecast-board") if pk is None else reverse("forecast-sku", args=[pk])


class WithdrawOverride(_Withdrawal):
    """Let the forecast count again."""

    title = _("Withdraw this override?")
    submit_text = _("Withdraw override")
    keep_text = _("Keep override")
    note = _("The forecast counts again.")
    model = ForecastOverride

    def text(self, found: Any) -> Any:
        return _("%(units)s units a week until %(day)s: %(reason)s") % {
            "units": found.week_qty,
            "day": found.until_on.isoformat(),
            "reason": found.reason,
        }

    def do(self, found: Any, form: Any) -> None:
        overrides.withdraw(found.pk, actor=self.principal.actor, now=self.now)


class UnlockMethod(_Withdrawal):
    """Let the runs choose the method again."""

    title = _("Unlock the method?")
    submit_text = _("Unlock method")
    keep_text = _("Keep lock")
    note = _("The next run chooses the method again.")
    model = MethodLock

    def text(self, found: Any) -> Any:
        return _("%(method)s is locked: %(reason)s") % {
            "method": found.method,
            "reason": found.reason,
        }

    def do(self, found: Any, form: Any) -> None:
        forecast_care.unlock_method(found.pk, actor=self.principal.actor, now=self.now)


class CountAgain(_Withdrawal):
    """Take the mark off days left out."""

    title = _("Count these days again?")
    submit_text = _("Count days")
    keep_text = _("Leave out")
    note = _("The days count again. Forecasts follow with the next run.")

    def rows(self) -> QuerySet[Any]:
        rows = DemandEvent.objects.editable_by(self.principal)
        return rows.filter(kind=DemandEvent.Kind.ODD_DAYS, sku__isnull=False)

    def text(self, found: Any) -> Any:
        return _("%(first)s to %(last)s were left out: %(reason)s") % {
            "first": found.from_on.isoformat(),
            "last": found.until_on.isoformat(),
            "reason": found.reason or found.name,
        }

    def do(self, found: Any, form: Any) -> None:
        forecast_care.count_again(found.pk, actor=self.principal.actor, now=self.now)


class WithdrawLikeness(_Withdrawal):
    """Let a new SKU speak for itself."""

    title = _("Withdraw the likeness?")
    submit_text = _("Withdraw likeness")
    keep_text = _("Keep likeness")
    note = _("The SKU speaks for itself from the next run on.")
    model = DemandAnalogue

    def text(self, found: Any) -> Any:
        return found.reason

    def do(self, found: Any, form: Any) -> None:
        forecast_care.withdraw_likeness(found.pk, actor=self.principal.actor, now=self.now)


class Liken(RequireCapability, View):
    """Say what a new SKU is expected to sell like."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        first = {name: request.GET.get(name, "") for name in ("sku", "warehouse")}
        return self._answer(request, LikeForm(principal=self.principal, initial=first), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LikeForm(request.POST, principal=self.principal)
        if not form.is_valid():
            return self._answer(request, form, 422)
        data = form.cleaned_data
        try:
            forecast_care.liken(
                Place(data["new"].pk, data["place"].pk, data["reason"]),
                data["like"].pk if data["like"] else None,
                data["multiplier"],
                actor=self.principal.actor,
                now=clock.now(),
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        leave_note(request, str(_("Kept. The next run forecasts the new product.")))
        return redirect_to(request, reverse("forecast-board"))

    def _answer(self, request: HttpRequest, form: LikeForm, status: int) -> HttpResponse:
        context = {
            "form": form,
            "title": _("New product"),
            "text": _(
                "A SKU sold for under eight weeks is forecast by another one. The weeks it sells"
                " itself take over."
            ),
            "action": request.path,
            "submit_text": _("Keep likeness"),
            "back_url": reverse("forecast-board"),
        }
        return render(request, "core/act.html", context, status=status)
