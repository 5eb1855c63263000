"""The orders index (O1), its peek, and the attention queue (O5)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from core import clock
from core.htmx import mark_varying
from core.permissions import Principal, RequireCapability
from core.tables import (
    BulkAction,
    BulkView,
    Column,
    EmptyText,
    Filter,
    IndexView,
    PageButton,
    Tab,
)
from core.templatetags import ui
from orders import queries, words
from orders.forms import BulkHoldForm, BulkReasonForm, active_channels
from orders.models import Order
from orders.models.orders import OrderStage

OPEN = Q(is_history=False)


def _customer(row: Order) -> Any:
    name = row.ship_name or (row.customer.name if row.customer else "")
    return format_html("{} {}", ui.country(row.ship_country), name or "\N{EM DASH}")


def _stage(row: Order) -> Any:
    return ui.chip("order", row.stage)


def _channels(principal: Principal) -> list[tuple[str, Any]]:
    return [(row.code, row.name) for row in active_channels(principal)]


def _warehouses(principal: Principal) -> list[tuple[str, Any]]:
    return [(row.code, row.name) for row in queries.warehouses(principal)]


def _countries(rows: QuerySet[Order], values: Any) -> QuerySet[Order]:
    return rows.filter(ship_country__in=[value.upper()[:2] for value in values])


class OrderIndex(IndexView):
    """All orders: tabs by stage, filters, search, bulk hold, release and cancel."""

    key = "orders"
    capability = "orders.view"
    title = _("Orders")
    columns = (
        Column("number", _("Order"), fixed=True),
        Column("ship_name", _("Customer"), render=_customer, capability="customers.view_names"),
        Column("units", _("Items"), render=queries.unit_count, export=queries.unit_count, end=True),
        Column(
            "total_amount",
            _("Total"),
            render=lambda row: ui.money(row.total_amount, row.currency),
            end=True,
        ),
        Column(
            "promised_by",
            _("Promise"),
            render=lambda row: ui.day_range(row.promised_from, row.promised_by),
            sort="promised_by",
        ),
        Column("stage", _("Status"), render=_stage),
        Column("from", _("From"), render=queries.warehouse_codes, export=queries.warehouse_codes),
        Column("channel.name", _("Channel"), off=True),
        Column("external_id", _("Channel's number"), off=True),
        Column(
            "placed_at", _("Placed"), render=lambda row: ui.moment(row.placed_at), sort="placed_at"
        ),
    )
    tabs = (
        Tab("all", _("All"), OPEN, sort="-placed_at"),
        Tab("new", _("New"), OPEN & Q(stage__in=("new", "routed"))),
        Tab("attention", _("Needs attention"), OPEN & Q(stage="attention"), hot=True),
        Tab("held", _("On hold"), OPEN & Q(stage="held")),
        Tab("floor", _("In fulfillment"), OPEN & Q(stage__in=("released", "picking", "packed"))),
        Tab("shipped", _("Shipped"), OPEN & Q(stage="shipped")),
        Tab("delivered", _("Delivered"), OPEN & Q(stage="delivered")),
        Tab("returned", _("Returned"), OPEN & Q(stage__in=("returned_part", "returned"))),
        Tab("cancelled", _("Cancelled"), OPEN & Q(stage="cancelled")),
        Tab("history", _("Imported past orders"), Q(is_history=True), counted=False),
    )
    filters = (
        Filter("channel", _("Channel"), field="channel__code", options=_channels, promoted=True),
        Filter("country", _("Country"), kind="text", narrow=_countries, promoted=True),
        Filter("promise", _("Promise"), field="promised_by", kind="day", promoted=True),
        Filter(
            "stage",
            _("Status"),
            options=tuple(
                (code, code.replace("_", " ").capitalize()) for code in OrderStage.values
            ),
        ),
        Filter(
            "warehouse", _("Warehouse"), field="shipments__warehouse__code", options=_warehouses
        ),
        Filter("placed", _("Placed"), field="placed_at", kind="day"),
        Filter("gift", _("Gift"), field="is_gift", kind="flag"),
    )
    bulk = (
        BulkAction(
            "hold", _("Hold"), "circle-pause", "orders-bulk-hold", "orders.hold", promoted=True
        ),
        BulkAction(
            "release",
            _("Release holds"),
            "circle-play",
            "orders-bulk-release",
            "orders.hold",
            promoted=True,
        ),
        BulkAction(
            "cancel",
            _("Cancel"),
            "circle-slash",
            "orders-bulk-cancel",
            "orders.cancel",
            danger=True,
        ),
    )
    buttons = (
        PageButton(_("Import"), "upload", "imports-index", "imports.run"),
        PageButton(
            _("Create order"), "plus", "order-new", "orders.create", primary=True, create=True
        ),
    )
    empty = EmptyText(
        _("No orders yet"),
        _("Import a file from your shop, or type in the first order."),
        "shopping-bag",
        action_text=_("Import orders"),
        action_url_name="imports-index",
        link_text=_("Create order"),
        link_url_name="order-new",
    )
    default_sort = "-placed_at"
    note = _("Promise in each warehouse's zone")

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return queries.index_rows(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.search(text)

    def row_url(self, row: Any) -> str:
        return reverse("order", args=[row.pk])

    def peek_url(self, row: Any) -> str:
        return reverse("order-peek", args=[row.pk])


class OrderPeek(RequireCapability, View):
    """The preview beside the index."""

    capability = "orders.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Order.objects.visible_to(self.principal).select_related("channel", "customer")
        order = get_object_or_404(rows, pk=pk)
        context = {
            "page": queries.page_of(order, now=clock.now()),
            "order": order,
            "may_see_names": self.principal.may("customers.view_names"),
            "may_hold": self.principal.may("orders.hold"),
        }
        return mark_varying(render(request, "orders/peek.html", context), fragment=True)


class AttentionQueue(RequireCapability, View):
    """What stops orders, by cause, with the next step; then the orders of one cause."""

    capability = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("cause", "")[:60]
        rows = queries.attention_rows(self.principal) | queries.held_rows(self.principal)
        if code:
            rows = rows.filter(
                Q(attention_codes__icontains=code) | Q(holds__kind=code, holds__released_at=None)
            )
        orders = (
            rows.select_related("channel")
            .prefetch_related("holds")
            .order_by("promised_by", "pk")
            .distinct()[:100]
        )
        context = {
            "groups": queries.attention_groups(self.principal),
            "orders": [_with_causes(order) for order in orders],
            "cause": code,
            "cause_text": words.reason(code) if code else "",
            "may_hold": self.principal.may("orders.hold"),
            "may_see_names": self.principal.may("customers.view_names"),
        }
        return render(request, "orders/attention.html", context)


def _with_causes(order: Order) -> dict[str, Any]:
    codes = list(order.attention_codes)
    codes += [hold.kind for hold in order.holds.all() if hold.released_at is None]
    causes = [{"code": c, "text": words.reason(c), "advice": words.advice(c)} for c in codes]
    return {"order": order, "causes": causes}


class BulkHold(BulkView):
    """Hold the chosen orders."""

    index = OrderIndex
    capability = "orders.hold"
    job_name = "orders.bulk_hold"
    form_class = BulkHoldForm
    back_url_name = "orders-index"

    def title(self, count: int) -> str:
        return ngettext("Hold %(count)s order?", "Hold %(count)s orders?", count) % {"count": count}

    def consequence(self, selection: Any, count: int) -> str:
        return str(_("Their next step stops at once. Promised stock stays promised for 48 hours."))


class BulkRelease(BulkView):
    """Release every hold of the chosen orders."""

    index = OrderIndex
    capability = "orders.hold"
    job_name = "orders.bulk_release"
    form_class = BulkReasonForm
    back_url_name = "orders-index"

    def title(self, count: int) -> str:
        return ngettext(
            "Release the holds of %(count)s order?", "Release the holds of %(count)s orders?", count
        ) % {"count": count}


class BulkCancel(BulkView):
    """Cancel the chosen orders."""

    index = OrderIndex
    capability = "orders.cancel"
    job_name = "orders.bulk_cancel"
    form_class = BulkReasonForm
    back_url_name = "orders-index"

    def title(self, count: int) -> str:
        return ngettext("Cancel %(count)s order?", "Cancel %(count)s orders?", count) % {
            "count": count
        }

    def consequence(self, selection: Any, count: int) -> str:
        return str(_("Stock is freed, picked goods go back to their bins, refunds are owed."))
