"""F1: every forecast on one page, with its error, its range and when stock runs out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import charts, clock, jobs
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.tables.paging import Page
from core.tables.state import IndexState
from core.templatetags import ui
from core.views.notes import leave_note
from inventory.models import Product, Warehouse
from planning.domain.forecast_terms import FAIR
from planning.forms.forecasts import ComputeForm
from planning.models import SeriesOutlook
from planning.queries import forecasts as reads
from planning.views.forecast_words import accuracy_badge, method_text, share_text, signed_share

VIEW, MANAGE = "planning.view", "planning.manage"
JOB = "planning.run_forecast"
YOUNG_WEEKS = 8
RECENT_WEEKS = 4


def warehouses(principal: Principal) -> list[tuple[str, str]]:
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, f"{row.code} {row.name}") for row in rows]


def categories(principal: Principal) -> list[tuple[str, str]]:
    rows = Product.objects.exclude(category="").order_by("category")
    return [(name, name) for name in rows.values_list("category", flat=True).distinct()]


def recent_mean(row: SeriesOutlook) -> float:
    """Return the units a week of the last four weeks, of fewer while it is that young."""
    recent = row.sold[-max(min(row.history_weeks, RECENT_WEEKS), 1) :]
    return sum(recent) / len(recent) if recent else 0.0


def _sold(row: SeriesOutlook) -> Any:
    spark = charts.spark(row.sold[-min(max(row.history_weeks, 1), len(row.sold) or 1) :])
    return format_html(
        '{} <span class="num">{}</span> <span class="unit">{}</span>',
        render_to_string("planning/_spark.html", {"spark": spark}),
        round(recent_mean(row), 1),
        _t("a week"),
    )


def _expected(row: SeriesOutlook) -> Any:
    mark = ui.tag(_t("entered"), "pencil", "warn") if row.is_overridden else ""
    return format_html(
        '{} <span class="unit">{} \N{EN DASH} {}</span> {}',
        ui.qty(round(row.total_qty)),
        ui.qty(round(row.forecast.low_qty)),
        ui.qty(round(row.forecast.high_qty)),
        mark,
    )


def _runs_out(row: SeriesOutlook) -> Any:
    if row.runs_out_on is None:
        return _t("beyond the forecast")
    lead = row.refreshed_at.date() + dt.timedelta(weeks=row.lag_weeks)
    day = ui.iso_day(row.runs_out_on)
    return ui.tag(str(row.runs_out_on), "alarm-clock", "danger") if row.runs_out_on < lead else day


class ForecastBoard(IndexView):
    """Forecasts of every SKU and warehouse."""

    key = "forecasts"
    url_name = "forecast-board"
    capability = VIEW
    title = _("Forecasts")
    template_name = "planning/forecast_board.html"
    columns = (
        Column("sku.code", _("SKU"), fixed=True),
        Column("sku.name", _("Name"), off=True),
        Column("warehouse.code", _("Warehouse")),
        Column("sold", _("Sold"), render=_sold, export=recent_mean),
        Column(
            "total_qty",
            _("Expected (range)"),
            sort="total_qty",
            render=_expected,
            export=lambda row: round(row.total_qty, 2),
        ),
        Column("method", _("Method"), render=method_text, export=method_text),
        Column(
            "error_ratio",
            _("Error (WAPE)"),
            end=True,
            sort="error_ratio",
            render=lambda row: share_text(row.error_ratio),
        ),
        Column(
            "bias_ratio",
            _("Bias"),
            end=True,
            render=lambda row: signed_share(row.bias_ratio),
        ),
        Column(
            "accuracy",
            _("Accuracy"),
            bare=True,
            render=accuracy_badge,
            export=lambda row: None if row.error_ratio is None else max(0.0, 1 - row.error_ratio),
        ),
        Column(
            "sellable_qty",
            _("Sellable"),
            end=True,
            off=True,
            render=lambda row: ui.qty(row.sellable_qty),
        ),
        Column("runs_out_on", _("Runs out on"), sort="runs_out_on", render=_runs_out),
        Column(
            "confidence",
            _("Confidence"),
            end=True,
            sort="confidence",
            render=lambda row: f"{row.confidence:.0f}",
            export=lambda row: round(row.confidence, 1),
        ),
        Column("sku.product.category", _("Category"), off=True),
        Column("known_weeks", _("Known weeks"), end=True, off=True),
        Column("lag_weeks", _("Weeks ahead"), end=True, off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("short", _("Runs out"), Q(runs_out_on__isnull=False)),
        Tab("poor", _("Below 60 %"), Q(error_ratio__gt=1 - FAIR), hot=True),
        Tab("entered", _("Overridden"), Q(is_overridden=True)),
        Tab("young", _("Under 8 weeks"), Q(history_weeks__lt=YOUNG_WEEKS)),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="warehouse__code",
            options=warehouses,
            promoted=True,
        ),
        Filter(
            "category",
            _("Category"),
            field="sku__product__category",
            options=categories,
            promoted=True,
        ),
        Filter("runs_out", _("Runs out on"), field="runs_out_on", kind="day", promoted=True),
        Filter("entered", _("Overridden"), field="is_overridden", kind="flag"),
    )
    buttons = (
        PageButton(_("New product"), "sprout", "forecast-like", MANAGE),
        PageButton(_("Forecast now"), "refresh-cw", "forecast-compute", MANAGE, primary=True),
    )
    empty = EmptyText(
        _("No forecast yet"),
        _("Import past orders; the next run forecasts every SKU that was ever sold."),
        "chart-line",
        action_text=_("Forecast now"),
        action_url_name="forecast-compute",
        link_text=_("Import orders"),
        link_url_name="import-new",
    )
    default_sort = "-total_qty"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = SeriesOutlook.objects.visible_to(principal)
        return rows.select_related("sku__product", "warehouse", "forecast")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(sku__code__startswith=text) | Q(sku__name__icontains=text))

    def row_url(self, row: Any) -> str:
        return reverse("forecast-sku", args=[row.pk])

    def extra_context(self, state: IndexState, page: Page) -> dict[str, Any]:
        run = reads.latest_run()
        checked = SeriesOutlook.objects.aggregate(first=Min("refreshed_at"))["first"]
        return {
            "run": run,
            "checked_at": checked,
            "is_stale": run is not None and reads.is_stale(run, clock.now(), checked),
        }


class ForecastCompute(RequireCapability, View):
    """Forecast now, or replay a past day; a repeated press starts one job."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request, ComputeForm(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ComputeForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form, 422)
        day = form.cleaned_data["as_of"]
        if day is not None and day >= clock.now().date():
            form.add_error("as_of", _("Choose a day before today, or leave it empty."))
            return self._ask(request, form, 422)
        with transaction.atomic():
            jobs.enqueue(
                JOB,
                args={"as_of": day.isoformat()} if day else {},
                key=f"{JOB}:{form.cleaned_data['submission_key']}",
                queue="bulk",
                started_by=self.principal.actor.key,
                title=str(_("Forecast")) if day is None else str(_("Replay of a forecast")),
            )
        leave_note(request, _t("The forecast has started. The jobs list shows how far it is."))
        return redirect_to(request, reverse("forecast-board"))

    def _ask(self, request: HttpRequest, form: ComputeForm, status: int) -> HttpResponse:
        context = {
            "title": _("Forecast everything now?"),
            "text": _("Earlier runs stay as they are; overrides stay in force."),
            "form": form,
            "action": request.path,
            "submit_text": _("Start forecast"),
            "back_url": reverse("forecast-board"),
        }
        fragment = wants_partial(request)
        name = "components/confirm.html" if fragment else "core/act.html"
        return mark_varying(render(request, name, context, status=status), fragment=fragment)
