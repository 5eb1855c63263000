"""P4: what the reviews propose to buy, move or build, and how long everything lasts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, npgettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import clock, words
from core.services.rates import base_currency
from core.tables import BulkAction, Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from inventory.models import Warehouse
from planning.models import CoverStatus, Proposal, ReviewRun
from planning.views import proposal_words
from suppliers.models import Supplier
from suppliers.queries.budget import budget_for

SEE = "planning.view"
#: Planners and buyers decide how many; only buyers turn it into orders.
DECIDE = ("planning.manage", "suppliers.buy")
BUY = "suppliers.buy"
SEE_PRICES = "suppliers.view_prices"
STALE = dt.timedelta(hours=26)
#: Sparse goods may be due for a year: beyond this the number says nothing more.
MOST_LATE_DAYS = 99


def _cover(name: str) -> Subquery:
    """Return a figure of the newest review, worked out for the rows of one page only."""
    rows = CoverStatus.objects.filter(sku=OuterRef("sku"), warehouse=OuterRef("warehouse"))
    return Subquery(rows.order_by().values(name)[:1])


def warehouses(principal: Any) -> list[tuple[str, str]]:
    """Return the warehouses a person may choose from."""
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, f"{row.code} {row.name}") for row in rows]


def _suppliers(principal: Any) -> list[tuple[str, str]]:
    rows = Supplier.objects.active().order_by("code")
    return list(rows.values_list("code", "name"))


def item_cell(row: Any) -> Any:
    """Return picture, name and code of the row's SKU."""
    return format_html(
        '<span class="plan-item">{}<span class="two"><b>{} {}</b><small>{}</small></span></span>',
        ui.picture(row.sku.code, 28),
        row.sku.name,
        row.sku.name_zh,
        row.sku.code,
    )


def cover_cell(days: float | None, band: str, terms: dict[str, Any]) -> Any:
    """Return band, days of cover and the bar; the word of the band is for readers."""
    word = words.word("cover_band", band)
    return format_html(
        '<span class="cover is-{}">{}<span>{}</span>{}</span>',
        word.kind,
        ui.icon(word.glyph, 14, str(word.text)),
        proposal_words.days_text(days),
        proposal_words.cover_bar(
            days, band, float(terms.get("lead_days") or 0), float(terms.get("review_days") or 7)
        ),
    )


def due_cell(on: dt.date | None) -> Any:
    """Return the day to order by; a day that is over reads "now", with how late that is."""
    late = 0 if on is None else (clock.now().date() - on).days
    if late <= 0:
        return ui.iso_day(on)
    if late > MOST_LATE_DAYS:
        text = gettext("over %(n)s days late") % {"n": MOST_LATE_DAYS}
    else:
        text = npgettext("to order", "%(n)s day late", "%(n)s days late", late) % {"n": late}
    return format_html(
        '<span class="due"><b class="is-danger">{}</b><small>{}</small></span>',
        pgettext("to order", "now"),
        text,
    )


def qty_cell(row: Proposal) -> Any:
    """Return the units; those a person entered stand over the computed ones."""
    units = ui.qty(row.qty)
    if row.override_qty is None:
        return format_html("<b>{}</b>", units)
    computed = gettext("computed %(n)s") % {"n": row.computed_qty}
    return format_html('<b>{}</b><small class="d-block text-2">{}</small>', units, computed)


def _source_cell(row: Proposal) -> Any:
    how = "" if row.mode == Proposal.Mode.NONE else row.get_mode_display()
    partner = ""
    if row.partner_of is not None:
        with_text = gettext("with %(sku)s") % {"sku": row.partner_of.sku.code}
        partner = ui.tag(with_text, "link")
    return format_html(
        '<span class="two"><b>{}</b><small>{} {}</small></span>',
        proposal_words.source_text(row),
        how,
        partner,
    )


def total_of(row: Proposal) -> Decimal | None:
    """Return what the units cost in the currency of their price."""
    return None if row.unit_cost_amount is None else row.unit_cost_amount * row.qty


def _now(rows: QuerySet[Any]) -> QuerySet[Any]:
    due = Q(order_by_on__lte=clock.now().date()) | Q(order_by_on__isnull=True) | Q(band="red")
    return rows.filter(due, state="open")


def _week(rows: QuerySet[Any]) -> QuerySet[Any]:
    today = clock.now().date()
    soon = (today + dt.timedelta(days=1), today + dt.timedelta(days=7))
    return rows.filter(state="open", order_by_on__range=soon).exclude(band="red")


def now_count(principal: Any) -> int | None:
    """Return how many proposals are to be ordered now, for the rail."""
    return _now(Proposal.objects.visible_to(principal)).count() or None


class ProposalIndex(IndexView):
    """Proposals by when they have to be ordered, with their arithmetic beside them."""

    key = "proposals"
    url_name = "proposal-index"
    template_name = "planning/proposals.html"
    region_template = "planning/proposals_region.html"
    capability = SEE
    title = _("Replenishment")
    columns = (
        Column("sku.code", _("Item"), fixed=True, render=item_cell),
        Column("warehouse.code", _("Warehouse")),
        Column("on_hand", _("On hand"), end=True, off=True, render=lambda r: ui.qty(r.on_hand)),
        Column("free", pgettext_lazy("stock", "Free"), end=True, render=lambda r: ui.qty(r.free)),
        Column("inbound", _("Inbound"), end=True, render=lambda r: ui.qty(r.inbound)),
        Column(
            "daily",
            _("Forecast a day"),
            end=True,
            render=lambda r: None if r.daily is None else ui.qty(Decimal(str(round(r.daily, 1)))),
        ),
        Column("cover", _("Cover"), render=lambda r: cover_cell(r.cover, r.band, r.terms)),
        Column("order_by_on", _("Order by"), render=lambda r: due_cell(r.order_by_on)),
        Column("qty", _("Proposal"), end=True, render=qty_cell),
        Column(
            "supplier.name", _("Source"), render=_source_cell, export=proposal_words.source_text
        ),
        Column(
            "unit_cost_amount",
            _("Price"),
            end=True,
            render=lambda r: ui.unit_price(r.unit_cost_amount, r.currency),
            capability=SEE_PRICES,
        ),
        Column(
            "total",
            _("Total"),
            end=True,
            render=lambda r: ui.money(total_of(r), r.currency),
            export=total_of,
            capability=SEE_PRICES,
        ),
        Column(
            "at_risk_amount",
            _("At risk"),
            end=True,
            off=True,
            sort="at_risk_amount",
            render=lambda r: ui.money(r.at_risk_amount, base_currency()),
            capability=SEE_PRICES,
        ),
        Column(
            "state",
            _("State"),
            bare=True,
            off=True,
            render=lambda r: ui.chip("proposal", r.state),
        ),
        Column("number", _("Number"), off=True),
        Column("reason", _("Why"), off=True, render=lambda r: proposal_words.reason_text(r.reason)),
    )
    tabs = (
        Tab("now", _("Order now"), _now, hot=True),
        Tab("week", _("This week"), _week),
        Tab("open", _("All open"), Q(state="open")),
        Tab("snoozed", _("Snoozed"), Q(state="snoozed")),
        Tab(
            "decided", _("Decided"), Q(state__in=("accepted", "dismissed", "lapsed")), counted=False
        ),
    )
    filters = (
        Filter(
            "warehouse", _("Warehouse"), field="warehouse__code", options=warehouses, promoted=True
        ),
        Filter(
            "supplier", _("Supplier"), field="supplier__code", options=_suppliers, promoted=True
        ),
        Filter("band", _("Band"), options=words.choices("cover_band"), promoted=True),
        Filter("source", _("Source"), field="source_kind", options=Proposal.Source.choices),
        Filter("mode", _("Transport"), options=Proposal.Mode.choices),
        Filter("due", _("Order by"), field="order_by_on", kind="day"),
    )
    bulk = (
        BulkAction(
            "accept", _("Create orders"), "file-plus", "proposal-accept", BUY, True, main=True
        ),
        BulkAction("snooze", _("Snooze"), "clock", "proposal-bulk-snooze", DECIDE[0], True),
        BulkAction("snooze-buy", _("Snooze"), "clock", "proposal-bulk-snooze", DECIDE[1], True),
    )
    buttons = (
        PageButton(_("Days of cover"), "gauge", "cover-index", SEE),
        PageButton(_("What-if"), "scale", "whatif", SEE),
    )
    default_sort = "-at_risk_amount"
    empty = EmptyText(
        _("Nothing to order now"),
        _("Everything lasts beyond its order-by date. The next review runs tonight."),
        "circle-check",
    )

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        return (
            Proposal.objects.visible_to(principal)
            .select_related("sku", "warehouse", "supplier", "from_warehouse", "partner_of__sku")
            .annotate(
                on_hand=_cover("on_hand_qty"),
                free=_cover("sellable_qty"),
                inbound=_cover("inbound_qty"),
                daily=_cover("daily_qty"),
                cover=_cover("cover_days"),
            )
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(sku__code__startswith=text)
            | Q(number=text.upper())
            | Q(sku__name__icontains=text)
            | Q(sku__name_zh__contains=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("proposal-card", args=[row.pk])

    def peek_url(self, row: Any) -> str:
        return reverse("proposal-peek", args=[row.pk])

    def page_context(self, state: Any) -> dict[str, Any]:
        context = super().page_context(state)
        # Planners and buyers may both snooze: one button, whichever right it comes from.
        once = {act.url_name: act for act in (*context["bulk_buttons"], *context["bulk_menu"])}
        return context | {"bulk_buttons": list(once.values()), "bulk_menu": []}

    def extra_context(self, state: Any, page: Any) -> dict[str, Any]:
        review = ReviewRun.objects.select_related("forecast_run").newest()
        if review is None:
            self.empty = NO_REVIEW
        elif review.forecast_run is None:
            self.empty = NO_DEMAND_DATA
        found = {
            "review": review,
            "is_stale": review is not None and clock.now() - review.created_at > STALE,
            "has_demand_data": review is None or review.forecast_run_id is not None,
            "horizon": _horizon(review),
            "may_review": self.principal.may(DECIDE[0]),
        }
        return found | (self._cash(state) if self.principal.may(SEE_PRICES) else {})

    def _cash(self, state: Any) -> dict[str, Any]:
        """Return what the rows of the view cost together, and what the month's budget has left."""
        rows = self.narrowed(self.principal, state).order_by()
        total = rows.aggregate(total=Sum(F("total_base_amount")))["total"] or Decimal(0)
        return {
            "cash_total": total,
            "base": base_currency(),
            "budget": budget_for(total, now=clock.now()) if state.tab != "decided" else None,
        }


NO_REVIEW = EmptyText(
    _("No review has run yet"),
    _("A review reads stock, orders and forecasts every night and proposes what to get."),
    "calculator",
)
NO_DEMAND_DATA = EmptyText(
    _("Nothing to order now (min/max mode)"),
    _(
        "There is no demand to forecast from yet, so only SKUs with a least and a most level in "
        "their policy are replenished: up to the most, once they fall below the least."
    ),
    "circle-check",
)


def _horizon(review: ReviewRun | None) -> dt.date | None:
    """Return the last day the forecast behind a review covers."""
    run = review.forecast_run if review is not None else None
    if run is None:
        return None
    return run.from_on + dt.timedelta(weeks=run.horizon_weeks, days=-1)


class CoverIndex(IndexView):
    """How long every SKU lasts at every warehouse, overstock included."""

    key = "covers"
    url_name = "cover-index"
    capability = SEE
    title = _("Days of cover")
    columns = (
        Column("sku.code", _("Item"), fixed=True, render=item_cell),
        Column("warehouse.code", _("Warehouse")),
        Column("on_hand_qty", _("On hand"), end=True, render=lambda r: ui.qty(r.on_hand_qty)),
        Column(
            "sellable_qty",
            pgettext_lazy("stock", "Free"),
            end=True,
            render=lambda r: ui.qty(r.sellable_qty),
        ),
        Column("inbound_qty", _("Inbound"), end=True, render=lambda r: ui.qty(r.inbound_qty)),
        Column(
            "daily_qty",
            _("Forecast a day"),
            end=True,
            render=lambda r: ui.qty(Decimal(str(round(r.daily_qty, 1)))),
        ),
        Column(
            "cover_days", _("Cover"), render=lambda r: cover_cell(r.cover_days, r.band, r.terms)
        ),
        Column("order_by_on", _("Order by"), render=lambda r: due_cell(r.order_by_on)),
        Column("runs_out_on", _("Out of stock"), render=lambda r: ui.iso_day(r.runs_out_on)),
        Column("recommended_qty", _("Recommended"), end=True),
        Column(
            "decision",
            _("Why"),
            render=lambda r: proposal_words.reason_text(r.decision or r.reason),
        ),
        Column(
            "stock_value_amount",
            _("Stock value"),
            end=True,
            off=True,
            render=lambda r: ui.money(r.stock_value_amount, base_currency()),
            capability="inventory.view_cost",
        ),
        Column("turnover_days", _("Turnover days"), end=True, off=True),
        Column("confidence", _("Confidence"), end=True, off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("red", _("Red"), Q(band="red"), hot=True),
        Tab("yellow", _("Yellow"), Q(band="yellow")),
        Tab("green", _("Green"), Q(band="green")),
        Tab("overstock", _("Overstock"), ~Q(overstock="none")),
    )
    filters = (
        Filter(
            "warehouse", _("Warehouse"), field="warehouse__code", options=warehouses, promoted=True
        ),
        Filter("covered", _("Goods arrive in time"), field="is_covered", kind="flag"),
    )
    empty = NO_REVIEW
    default_sort = "-at_risk_amount"

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        return CoverStatus.objects.visible_to(principal).select_related("sku", "warehouse")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(sku__code__startswith=text)
            | Q(sku__name__icontains=text)
            | Q(sku__name_zh__contains=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("sku-planning", args=[row.sku_id])
