"""Exchange rates: what foreign currencies were worth, typed in day by day."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.forms.rates import RateForm
from core.htmx import redirect_to, toast
from core.models import ExchangeRate
from core.permissions import Principal, RequireCapability
from core.services import rates
from core.services.rates import RateDraft
from core.tables import Column, EmptyText, Filter, IndexView, PageButton
from core.templatetags import ui


def _worth(row: ExchangeRate) -> str:
    return f"{row.rate_to_base.normalize():f} {rates.base_currency()}"


class RateIndex(IndexView):
    """Every rate, the newest first."""

    key = "exchange-rates"
    url_name = "exchange-rates"
    capability = "inventory.view_cost"
    title = _("Exchange rates")
    columns = (
        Column("currency", _("Currency"), fixed=True),
        Column("on", _("From day"), render=lambda row: ui.iso_day(row.on)),
        Column("rate_to_base", _("Worth"), end=True, render=_worth),
        Column("source", _("Source"), render=lambda row: row.get_source_display()),
        Column("changed_at", _("Changed"), render=lambda row: ui.moment(row.changed_at)),
    )
    filters = (Filter("on", _("From day"), field="on", kind="day"),)
    buttons = (
        PageButton(
            _("Enter rate"),
            "plus",
            "exchange-rate-new",
            "settings.manage",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No exchange rates yet"),
        _("Enter what one unit of a foreign currency is worth, or import a file of rates."),
        "coins",
        action_text=_("Enter rate"),
        action_url_name="exchange-rate-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return ExchangeRate.objects.order_by()

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(currency=text.upper())

    def row_url(self, row: Any) -> str:
        return f"{reverse('exchange-rates')}?q={row.currency}"


class RateNew(RequireCapability, View):
    """Enter or correct the rate of one currency and day."""

    capability = "settings.manage"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, RateForm(initial={"on": clock.now().date()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RateForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        data = form.cleaned_data
        draft = RateDraft(data["currency"], data["on"], data["rate"])
        try:
            rates.put_rate(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return toast(redirect_to(request, reverse("exchange-rates")), "ok", _now("Rate saved"))

    def _answer(self, request: HttpRequest, form: RateForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "base": rates.base_currency()}
        return render(request, "core/exchange_rate.html", context, status=status)
