"""B-17: what suppliers were shown of the forecast, how it was agreed, and sharing by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from planning.domain import shared_forecast
from planning.forms.sharing import TermsForm
from planning.models import ForecastShare
from planning.queries import shared_forecasts
from planning.services import forecast_sharing, forecast_terms
from planning.services.forecast_terms import TermEntry
from suppliers.models import Agreement, Supplier

SEE, MANAGE = "planning.view", "planning.manage"
MOST_SUPPLIERS = 500


class ShareIndex(IndexView):
    """The log: every forecast any supplier was shown."""

    key = "forecast-shares"
    capability = SEE
    title = _("Shared forecasts")
    columns = (
        Column("week_on", _("Week of"), fixed=True, sort="week_on"),
        Column("supplier.name", _("Supplier")),
        Column("way", _("Shows"), render=lambda row: row.get_way_display()),
        Column("sku_count", _("SKUs"), end=True),
        Column("horizon_weeks", _("Weeks"), end=True),
        Column("created_at", _("Shared"), render=lambda row: ui.moment(row.created_at)),
        Column(
            "acknowledged_at",
            _("Acknowledged"),
            render=lambda row: ui.moment(row.acknowledged_at) if row.acknowledged_at else "",
        ),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("open", _("Not acknowledged"), Q(acknowledged_at=None), hot=True),
        Tab("done", _("Acknowledged"), Q(acknowledged_at__isnull=False)),
    )
    empty = EmptyText(
        _("No forecast was shared yet"),
        _("Every Monday suppliers with an agreement in force get the demand to expect."),
        "send",
    )
    default_sort = "-week_on"
    template_name = "planning/shares.html"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return ForecastShare.objects.visible_to(principal).select_related("supplier")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(supplier__code=text.upper()) | Q(supplier__name__istartswith=text))

    def row_url(self, row: Any) -> str:
        return reverse("forecast-share", args=[row.pk])


class SharePage(RequireCapability, View):
    """Exactly what one supplier was shown in one week, and who got it."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ForecastShare.objects.visible_to(self.principal).select_related("supplier")
        share = get_object_or_404(rows, pk=pk)
        context = {
            "share": share,
            "weeks": [dt.date.fromisoformat(on) for on in share.content["weeks"]],
            "log": shared_forecasts.log_of(share),
        }
        return render(request, "planning/share.html", context)


class ShareFile(RequireCapability, View):
    """The file as the supplier got it."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        share = get_object_or_404(ForecastShare.objects.visible_to(self.principal), pk=pk)
        content = shared_forecast.file_of(share.content)
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = forecast_sharing.file_name(share)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class SharingTerms(RequireCapability, View):
    """Every supplier with what it is shown, and why."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        suppliers = list(
            Supplier.objects.visible_to(self.principal).active().order_by("code")[:MOST_SUPPLIERS]
        )
        today = clock.now().astimezone(dt.UTC).date()
        ways = shared_forecasts.ways_of([row.pk for row in suppliers], today=today)
        week_on = forecast_sharing.monday_of(clock.now())
        shared = ForecastShare.objects.filter(week_on=week_on)
        given = dict(shared.values_list("supplier_id", "pk"))
        context = {
            "rows": [
                {
                    "supplier": row,
                    "way": ways[row.pk],
                    "word": dict(TermsForm.base_fields["way"].choices)[ways[row.pk].way],
                    "share_id": given.get(row.pk),
                }
                for row in suppliers
            ],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/sharing_terms.html", context)


class SupplierAct(Act, View):
    """An act on one supplier in use."""

    capability = MANAGE

    def rows(self):
        return Supplier.objects.visible_to(self.principal).active()

    def done_url(self, found):
        return reverse("forecast-terms")


class SetTerms(SupplierAct):
    """Set how a supplier's forecast is shown."""

    title = _("Set how to share")
    submit_text = _("Save terms")
    note = _("Saved. It counts from the next forecast on.")

    def form_class(self, *args, **kwargs):
        agreements = Agreement.objects.standing().filter(supplier_id=self.kwargs["pk"])
        return TermsForm(*args, agreements=agreements.order_by("-valid_from", "-pk"), **kwargs)

    def text(self, found):
        return gettext(
            "The index shows %(supplier)s only how demand rises and falls (100 = the first week). "
            "Units are rounded. Nobody's name and no other supplier is ever shown."
        ) % {"supplier": found.name}

    def first_values(self, found):
        today = self.now.astimezone(dt.UTC).date()
        way = shared_forecasts.ways_of([found.pk], today=today)[found.pk]
        term = way.term
        return {
            "way": way.way,
            "rounding_qty": term.rounding_qty if term else 10,
            "agreement": way.agreement.pk if way.agreement else None,
            "reason": term.reason if term else "",
            "version": term.version if term else 0,
        }

    def do(self, found, form):
        data = form.cleaned_data
        entry = TermEntry(
            way=data["way"],
            rounding_qty=data["rounding_qty"],
            reason=data["reason"],
            agreement_id=data["agreement"],
            version=data["version"],
        )
        forecast_terms.set_terms(found.pk, entry, actor=self.principal.actor, now=self.now)


class ShareNow(SupplierAct):
    """Show one supplier the forecast of this week before the weekly run does."""

    title = _("Share the forecast now")
    submit_text = _("Share forecast")
    note = _("Shared. Every contact with e-mail gets the file and a link.")

    def text(self, found):
        return gettext(
            "%(supplier)s gets the forecast of this week by mail and on its page. What was shared "
            "is kept and can't be taken back."
        ) % {"supplier": found.name}

    def do(self, found, form):
        forecast_sharing.share(found.pk, actor=self.principal.actor, now=self.now)
