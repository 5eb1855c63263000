"""Stock on hand (M4): what lies where, and adjusting or moving it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core import clock
from core.errors import DomainError, gettext_noop
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.tables.state import IndexState
from core.templatetags import ui
from inventory.domain.lines import AdjustLine, MoveLine
from inventory.forms import AdjustForm, MoveForm
from inventory.models import Bin, BinStock, StockLevel, Warehouse
from inventory.services import adjusting, drift_watch, stock


def warehouse_options(principal: Principal) -> list[tuple[str, str]]:
    """Return the warehouses in reach as filter values."""
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, row.code) for row in rows]


def _sku(row: Any) -> Any:
    return format_html(
        '<span class="two"><b>{}</b><small>{}</small></span>', row.sku.code, row.sku.name
    )


def _lot(row: BinStock) -> Any:
    if row.lot is None:
        return None
    return format_html('<a href="{}">{}</a>', reverse("lot", args=[row.lot.pk]), row.lot.code)


def _acts(row: BinStock) -> Any:
    return format_html(
        '<span class="cluster"><a class="btn btn-sm" href="{}">{}</a>'
        '<a class="btn btn-sm" href="{}">{}</a></span>',
        reverse("stock-adjust", args=[row.pk]),
        _("Adjust"),
        reverse("stock-move", args=[row.pk]),
        _("Move"),
    )


class StockIndex(IndexView):
    """Every SKU, warehouse, bin and lot with units in it."""

    key = "stock"
    template_name = "inventory/stock.html"
    capability = "inventory.view"
    title = gettext_lazy("Stock on hand")
    columns = (
        Column("sku.code", gettext_lazy("SKU"), render=_sku, fixed=True),
        Column("bin.warehouse.code", gettext_lazy("Warehouse")),
        Column("bin.code", gettext_lazy("Bin")),
        Column("lot.code", gettext_lazy("Lot"), render=_lot),
        Column(
            "lot.expires_on",
            gettext_lazy("Expires"),
            render=lambda row: ui.iso_day(row.lot.expires_on) if row.lot else None,
        ),
        Column(
            "condition",
            gettext_lazy("Condition"),
            render=lambda row: ui.chip("condition", row.condition),
        ),
        Column("qty", gettext_lazy("Units"), end=True, sort="qty"),
        Column("reserved", gettext_lazy("Claimed"), end=True),
        Column(
            "acts",
            gettext_lazy("Acts"),
            render=_acts,
            export=lambda row: "",
            capability="inventory.adjust",
        ),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("unsellable", gettext_lazy("Not sellable"), ~Q(condition="good")),
        Tab("totes", gettext_lazy("In totes"), Q(bin__kind__in=("tote", "pack", "station"))),
    )
    filters = (
        Filter(
            "warehouse",
            gettext_lazy("Warehouse"),
            field="bin__warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter(
            "expires", gettext_lazy("Expires"), field="lot__expires_on", kind="day", promoted=True
        ),
        Filter("bin", gettext_lazy("Bin"), field="bin__code", kind="text"),
    )
    buttons = (
        PageButton(gettext_lazy("Levels"), "layers", "levels-index", "inventory.view"),
        PageButton(gettext_lazy("Import stock"), "upload", "imports-index", "imports.run"),
    )
    empty = EmptyText(
        gettext_lazy("No stock yet"),
        gettext_lazy("Import your opening stock; from then on the ledger knows every unit."),
        "boxes",
        action_text=gettext_lazy("Import stock"),
        action_url_name="imports-index",
    )

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return (
            BinStock.objects.visible_to(principal)
            .present()
            .select_related("bin__warehouse", "sku", "lot")
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(sku__code__startswith=text)
            | Q(sku__barcodes__code=text)
            | Q(lot__code__startswith=text)
            | Q(bin__code__startswith=text)
        )

    def page_context(self, state: IndexState) -> dict[str, Any]:
        return super().page_context(state) | {"drift_count": drift_watch.last_drift()}

    def row_url(self, row: Any) -> str:
        return reverse("sku", args=[row.sku_id])


class LevelIndex(IndexView):
    """What can be promised: on hand, reserved, ATP by SKU and warehouse."""

    key = "levels"
    capability = ("inventory.view", "inventory.view_totals")
    title = gettext_lazy("Levels")
    columns = (
        Column("sku.code", gettext_lazy("SKU"), render=_sku, fixed=True),
        Column("warehouse.code", gettext_lazy("Warehouse")),
        Column("on_hand", gettext_lazy("On hand"), end=True, sort="on_hand"),
        Column("unsellable", gettext_lazy("Unsellable"), end=True),
        Column("reserved", gettext_lazy("Reserved"), end=True, sort="reserved"),
        Column("buffer", gettext_lazy("Buffer"), end=True, off=True),
        Column("atp", gettext_lazy("ATP"), end=True),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("out", gettext_lazy("Nothing to promise"), lambda rows: rows.filter(atp__lte=0)),
        Tab("over", gettext_lazy("Over-promised"), lambda rows: rows.over_promised(), hot=True),
    )
    filters = (
        Filter(
            "warehouse",
            gettext_lazy("Warehouse"),
            field="warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
    )
    empty = EmptyText(gettext_lazy("No stock yet"), gettext_lazy("Import your opening stock."))

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = StockLevel.objects.visible_to(principal).with_atp()
        return rows.select_related("sku", "warehouse")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(sku__code__startswith=text)

    def row_url(self, row: Any) -> str:
        return reverse("sku", args=[row.sku_id])


class StockAct(RequireCapability, View):
    """Base of the two acts on one stock row: ask, call the service, go back to the index."""

    capability = "inventory.adjust"
    form_class: Any = AdjustForm
    title = ""
    submit_text = ""
    done_text = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request, self._row(pk), self.form_class())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self._row(pk), self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, row, form, 422)
        try:
            self.act(row, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self._ask(request, row, form, 422)
        messages.success(request, self.done_text or _("Booked."))
        return redirect_to(request, reverse("stock-index"))

    def act(self, row: BinStock, data: dict[str, Any]) -> None:
        raise LookupError(f"{type(self).__name__} books nothing")

    def _row(self, pk: int) -> BinStock:
        rows = BinStock.objects.visible_to(self.principal)
        return get_object_or_404(rows.select_related("bin__warehouse", "sku", "lot"), pk=pk)

    def _ask(self, request: HttpRequest, row: BinStock, form: Any, status: int = 200):
        lot = f" · {row.lot.code}" if row.lot else ""
        context = {
            "title": _(self.title) % {"sku": row.sku.code},
            "text": f"{row.bin.warehouse.code} · {row.bin.code}{lot} · {row.qty}",
            "form": form,
            "action": request.path,
            "submit_text": _(self.submit_text),
        }
        fragment = wants_partial(request)
        template = "components/confirm.html" if fragment else "inventory/act.html"
        return mark_varying(render(request, template, context, status=status), fragment=fragment)


class Adjust(StockAct):
    """Book units found or gone."""

    title = gettext_noop("Adjust %(sku)s")
    submit_text = gettext_noop("Book difference")

    def act(self, row: BinStock, data: dict[str, Any]) -> None:
        done = adjusting.adjust(
            AdjustLine(
                row.bin_id,
                row.sku_id,
                int(data["delta_qty"]),
                lot_id=row.lot_id,
                condition=row.condition,
            ),
            event_key=f"screen:adjust:{data['submission_key']}",
            actor=self.principal.actor,
            at=clock.now(),
            reason=data["reason"],
        )
        if not done.is_booked:
            self.done_text = _("Above the limit: it waits for a second person.")


class Move(StockAct):
    """Take units to another bin of the warehouse."""

    form_class = MoveForm
    title = gettext_noop("Move %(sku)s")
    submit_text = gettext_noop("Move units")

    def act(self, row: BinStock, data: dict[str, Any]) -> None:
        target = get_object_or_404(
            Bin.objects.visible_to(self.principal),
            warehouse_id=row.bin.warehouse_id,
            code=data["to_bin"].strip(),
        )
        stock.move(
            [
                MoveLine(
                    row.bin_id,
                    target.pk,
                    row.sku_id,
                    int(data["qty"]),
                    lot_id=row.lot_id,
                    condition_from=row.condition,
                    condition_to=row.condition,
                )
            ],
            event_key=f"screen:move:{data['submission_key']}",
            actor=self.principal.actor,
            at=clock.now(),
        )
