"""Every purchase order: with whom, for where, how far it is and what is late."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from inventory.models import Sku
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.views.arrivals import PLACES, supplier_options

SEE_PRICES = "suppliers.view_prices"


def _total(name: str) -> Any:
    """Return a sum over the lines of an order, worked out for the rows of one page only."""
    lines = PurchaseLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(Subquery(lines.annotate(found=Sum(name)).values("found")), 0)


def _line_count() -> Any:
    lines = PurchaseLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(Subquery(lines.annotate(found=Count("pk")).values("found")), 0)


def _due(row: PurchaseOrder) -> Any:
    late = row.due_on is not None and row.due_on < clock.now().date()
    waiting = row.state in {"sent", "confirmed", "partly_received"}
    day = ui.iso_day(row.due_on)
    return ui.tag(str(day), "clock-alert", "warn") if late and waiting else day


class PurchaseIndex(IndexView):
    """Purchase orders by how far they are."""

    key = "purchase-orders"
    capability = "suppliers.view"
    title = _("Purchase orders")
    columns = (
        Column("number", _("Order"), fixed=True, sort="number"),
        Column("supplier.name", _("Supplier")),
        Column("warehouse.code", _("Warehouse")),
        Column(
            "state",
            _("State"),
            bare=True,
            render=lambda row: ui.chip("purchase_order", row.state),
        ),
        Column(
            "total_amount",
            _("Total"),
            end=True,
            render=lambda row: ui.money(row.total_amount, row.currency),
            capability=SEE_PRICES,
        ),
        Column("line_count", _("Lines"), end=True),
        Column("units", _("Units"), end=True, render=lambda row: ui.qty(row.units)),
        Column("received", _("Received"), end=True, render=lambda row: ui.qty(row.received)),
        Column("due_on", _("Expected on"), sort="due_on", render=_due),
        Column("revision", _("Revision"), end=True, off=True),
        Column("get_mode_display", _("Transport"), off=True, render=lambda r: r.get_mode_display()),
        Column("reason", _("Why it is needed"), off=True),
        Column("created_at", _("Created"), off=True, render=lambda row: ui.moment(row.created_at)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("Draft"), Q(state__in=("draft", "rejected"))),
        Tab("pending", _("To approve"), Q(state="pending"), hot=True),
        Tab("sent", _("Sent"), Q(state__in=("approved", "sent"))),
        Tab("confirmed", _("Confirmed"), Q(state="confirmed")),
        Tab("part", _("Partly received"), Q(state="partly_received")),
        Tab("late", _("Late"), lambda rows: rows.late(clock.now().date()), hot=True),
        Tab("closed", _("Closed"), Q(state__in=("received", "closed", "cancelled"))),
    )
    filters = (
        PLACES,
        Filter(
            "supplier",
            _("Supplier"),
            field="supplier__code",
            options=supplier_options,
            promoted=True,
        ),
        Filter("due", _("Expected on"), field="due_on", kind="day"),
        Filter("state", _("State"), options=PurchaseOrder.State.choices),
        Filter("system", _("Drafted by the system"), field="is_system", kind="flag"),
        Filter("off", _("Prices off the agreement"), field="is_off_agreement", kind="flag"),
    )
    buttons = (
        PageButton(
            _("Create order"),
            "plus",
            "purchase-order-new",
            "suppliers.buy",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No purchase orders yet"),
        _("Create one to buy from a supplier; prices, packs and approval come by themselves."),
        "file-text",
        action_text=_("Create order"),
        action_url_name="purchase-order-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        return (
            PurchaseOrder.objects.visible_to(principal)
            .select_related("supplier", "warehouse")
            .annotate(
                line_count=_line_count(), units=_total("qty"), received=_total("received_qty")
            )
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        heads = Q(number=text.upper()) | Q(supplier__code=text)
        sku_id = Sku.objects.filter(code=text).values_list("pk", flat=True).first()
        if sku_id is None:
            return rows.filter(heads)
        holding = Q(pk__in=PurchaseLine.objects.filter(sku=sku_id).values("order_id"))
        # An OR over three tables reads every order; few texts are a SKU and something else.
        is_head = PurchaseOrder.objects.filter(heads).exists()
        return rows.filter(holding | heads if is_head else holding)

    def row_url(self, row: Any) -> str:
        return reverse("purchase-order", args=[row.pk])
