"""Ledger explorer (M7): every unit that moved, with cause, actor and event key."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.permissions import Principal
from core.tables import Column, EmptyText, Filter, IndexView
from core.templatetags import ui
from inventory.models import StockMove
from inventory.views.stock import warehouse_options


def _place(bin_row: Any) -> str:
    if bin_row.warehouse_id is None:
        return str(bin_row.code)
    return f"{bin_row.warehouse.code} {bin_row.code}"


def _sku(row: StockMove) -> Any:
    url = reverse("sku", args=[row.sku_id])
    return format_html('<a href="{}">{}</a>', url, row.sku.code)


def _in_warehouse(rows: QuerySet[Any], values: Any) -> QuerySet[Any]:
    return rows.filter(
        Q(from_warehouse__code__in=list(values)) | Q(to_warehouse__code__in=list(values))
    )


class LedgerIndex(IndexView):
    """Moves, newest first. Nothing here can be changed: a correction is a new move."""

    key = "ledger"
    capability = "inventory.view"
    title = _("Ledger")
    columns = (
        Column("pk", _("Move"), fixed=True),
        Column("event.at", _("When"), render=lambda row: ui.moment(row.event.at)),
        Column("event.kind", _("Kind")),
        Column("sku.code", _("SKU"), render=_sku),
        Column("lot.code", _("Lot")),
        Column("qty", _("Units"), end=True),
        Column(
            "from",
            _("From"),
            render=lambda row: _place(row.from_bin),
            export=lambda row: _place(row.from_bin),
        ),
        Column(
            "to",
            _("To"),
            render=lambda row: _place(row.to_bin),
            export=lambda row: _place(row.to_bin),
        ),
        Column("event.reason", _("Reason")),
        Column("event.actor_key", _("Who")),
        Column("event.cause_key", _("Cause"), off=True),
        Column("event.event_key", _("Event key"), off=True),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            options=warehouse_options,
            narrow=_in_warehouse,
            promoted=True,
        ),
        Filter(
            "kind",
            _("Kind"),
            field="event__kind",
            options=tuple(
                (kind, kind)
                for kind in (
                    "receive",
                    "adjust",
                    "move",
                    "pick",
                    "unpick",
                    "dispatch",
                    "missing",
                    "condition",
                    "scrap",
                    "returning",
                    "put_back",
                )
            ),
            promoted=True,
        ),
        Filter("at", _("When"), field="event__at", kind="day", promoted=True),
    )
    empty = EmptyText(_("No moves yet"), _("The first receipt writes the first line."), "list")
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return StockMove.objects.visible_to(principal).select_related(
            "event", "sku", "lot", "from_bin__warehouse", "to_bin__warehouse"
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(sku__code__startswith=text)
            | Q(lot__code=text)
            | Q(event__event_key__startswith=text)
            | Q(event__cause_key=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("sku", args=[row.sku_id])
