"""Kits and work orders (M10): what can be built now, what is planned, made and left."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory import queries
from inventory.forms import WorkOrderForm, WorkOrderReasonForm
from inventory.models import (
    Bin,
    Bom,
    KitPart,
    Sku,
    StockLevel,
    Warehouse,
    WorkOrder,
    WorkOrderLine,
)
from inventory.services import work_orders
from inventory.services.transfers import UnknownCode
from inventory.services.work_orders import WorkOrderDraft
from inventory.views.stock import warehouse_options

SEE = ("inventory.view", "inventory.plan_kits")
MOST_KITS = 50


class WorkOrderIndex(IndexView):
    """Every work order: what is built where, and how far it is."""

    key = "work-orders"
    capability = SEE
    title = _("Work orders")
    columns = (
        Column("number", _("Work order"), fixed=True, sort="number"),
        Column("kit.code", _("Kit")),
        Column("warehouse.code", _("Warehouse")),
        Column(
            "is_unkit",
            _("Work"),
            render=lambda row: _("Take apart") if row.is_unkit else _("Build"),
        ),
        Column("state", _("State"), bare=True, render=lambda row: ui.chip("work_order", row.state)),
        Column("made_qty", _("Made"), end=True),
        Column("planned_qty", _("Planned"), end=True),
        Column("due_on", _("Due on"), render=lambda row: ui.iso_day(row.due_on)),
        Column("reason", _("Reason"), off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("To release"), Q(state="draft"), hot=True),
        Tab("floor", _("On the floor"), Q(state__in=("released", "in_progress"))),
        Tab("done", _("Done"), Q(state="done")),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter("kit", _("Kit"), field="kit__code", kind="text", promoted=True),
    )
    buttons = (
        PageButton(_("Shortfalls"), "triangle-alert", "shortfalls-index", "inventory.plan_kits"),
        PageButton(_("Buildable now"), "package", "kit-board", "inventory.plan_kits"),
        PageButton(
            _("Plan work order"),
            "plus",
            "work-order-new",
            "inventory.plan_kits",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No work orders yet"),
        _("Plan one to build kits ahead, or to take kits apart."),
        "package",
        action_text=_("Plan work order"),
        action_url_name="work-order-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return WorkOrder.objects.visible_to(principal).select_related("kit", "warehouse")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text.upper()) | Q(kit__code__startswith=text))

    def row_url(self, row: Any) -> str:
        return reverse("work-order", args=[row.pk])


class KitBoard(RequireCapability, TemplateView):
    """What can be built now: every assembled kit in each warehouse in reach."""

    capability = SEE
    template_name = "inventory/kit_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kits = Sku.objects.visible_to(self.principal).live().filter(kind="assembled_kit")
        shown = list(kits.order_by("code", "pk")[:MOST_KITS])
        places = list(Warehouse.objects.visible_to(self.principal).active().order_by("code"))
        ids, place_ids = [kit.pk for kit in shown], [place.pk for place in places]
        built = queries.buildable_now(ids, place_ids)
        versions = dict(Bom.objects.current().filter(kit__in=ids).values_list("kit", "version"))
        stock = {
            (warehouse_id, sku_id): units
            for warehouse_id, sku_id, units in StockLevel.objects.visible_to(self.principal)
            .filter(sku__in=ids, warehouse__in=place_ids)
            .values_list("warehouse_id", "sku_id", "on_hand")
        }
        rows = [
            {
                "kit": kit,
                "version": versions.get(kit.pk),
                "place": place,
                "on_hand": stock.get((place.pk, kit.pk), 0),
                "built": built.get((place.pk, kit.pk)),
            }
            for kit in shown
            for place in places
        ]
        return super().get_context_data(
            rows=rows, may_plan=self.principal.may("inventory.plan_kits"), **kwargs
        )


class WorkOrderNew(RequireCapability, View):
    """Plan a work order; `?kit=` and `?warehouse=` fill the form."""

    capability = "inventory.plan_kits"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {name: request.GET.get(name, "") for name in ("kit", "warehouse")}
        return self._answer(request, self._form(initial=given))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        try:
            order = work_orders.create(
                self._draft(form.cleaned_data), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("work-order", args=[order.pk]))

    def _form(self, data: Any = None, **more: Any) -> WorkOrderForm:
        places = Warehouse.objects.visible_to(self.principal).order_by("code")
        return WorkOrderForm(data, warehouses=places.values_list("code", flat=True), **more)

    def _draft(self, data: dict[str, Any]) -> WorkOrderDraft:
        place = Warehouse.objects.visible_to(self.principal).get(code=data["warehouse"])
        kit = Sku.objects.visible_to(self.principal).filter(code=data["kit"].strip()).first()
        if kit is None:
            raise UnknownCode(code_of=data["kit"])
        bins = Bin.objects.visible_to(self.principal).filter(warehouse=place)
        target = bins.filter(code=data["to_bin"].strip().upper()).first()
        if data["to_bin"] and target is None:
            raise UnknownCode(code_of=data["to_bin"])
        return WorkOrderDraft(
            kit.pk,
            place.pk,
            int(data["qty"]),
            data["work"] == "unkit",
            target.pk if target else None,
            data["due_on"],
        )

    def _answer(self, request: HttpRequest, form: WorkOrderForm, status: int = 200) -> HttpResponse:
        return render(request, "inventory/work_order_new.html", {"form": form}, status=status)


class WorkOrderPage(RequireCapability, View):
    """One work order: components, kit lots with what is in them, timeline, next step."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = WorkOrder.objects.visible_to(self.principal)
        rows = rows.select_related("kit", "bom", "warehouse", "output_bin")
        order = get_object_or_404(rows, pk=pk)
        newest = Bom.objects.current().filter(kit=order.kit_id).first()
        may = self.principal.may("inventory.plan_kits")
        order_lines = work_orders.lines_of(order)
        lines = [{"line": line, "need": line.per_kit_qty * order.left_qty} for line in order_lines]
        parts = KitPart.objects.filter(work_order=order)
        context = {
            "order": order,
            "lines": lines,
            "parts": parts.select_related("kit_lot", "component", "component_lot").order_by("pk"),
            "timeline": _timeline(order),
            "without": _without(order, order_lines),
            "is_older": newest is not None and newest.pk != order.bom_id,
            "may_release": may and order.state == "draft",
            "may_cancel": may and order.state in {"draft", "released"} and not order.made_qty,
            "may_close": may and order.state in {"released", "in_progress"},
        }
        return render(request, "inventory/work_order.html", context)


def _without(order: WorkOrder, lines: list[WorkOrderLine]) -> dict[str, int]:
    """Return the kits planned without an optional component, by its code."""
    if order.is_unkit or order.state in {"done", "cancelled"}:
        return {}
    short = work_orders.kits_without(order, lines)
    return {code: kits for code, kits in short.items() if kits}


def _timeline(order: WorkOrder) -> list[dict[str, Any]]:
    words = {
        "planned": _("Planned"),
        "released": _("Released"),
        "built": _("Kits made"),
        "unbuilt": _("Kits taken apart"),
        "scrapped": _("Component scrapped"),
        "done": _("Closed"),
        "cancelled": _("Cancelled"),
    }
    entries = AuditEntry.objects.filter(target_kind="work_order", target_id=str(order.pk))
    rows = []
    for entry in entries.order_by("-at", "-pk")[:50]:
        what = entry.action.removeprefix("inventory.work_order_")
        after = entry.after or {}
        without = ", ".join(after.get("without") or ())
        left_out = _("without %(codes)s") % {"codes": without} if without else ""
        parts = (after.get("kits"), after.get("lot"), after.get("units"), left_out, entry.reason)
        rows.append(
            {
                "person": entry.actor_label if entry.actor_kind == "user" else "",
                "glyph": "circle-dot",
                "text": words.get(what, what),
                "at": entry.at,
                "meta": " · ".join(str(part) for part in parts if part),
            }
        )
    return rows


class WorkOrderAct(Act, View):
    """Base of the acts on one work order."""

    capability: Any = "inventory.plan_kits"

    def rows(self) -> QuerySet[WorkOrder]:
        rows: QuerySet[WorkOrder] = WorkOrder.objects.visible_to(self.principal)
        return rows.select_related("kit")

    def text(self, found: WorkOrder) -> str:
        return f"{found.number}: {found.made_qty} / {found.planned_qty} {found.kit.code}"

    def done_url(self, found: WorkOrder) -> str:
        return reverse("work-order", args=[found.pk])


class ReleaseWorkOrder(WorkOrderAct):
    """Send it to the floor."""

    title = _("Release work order?")
    submit_text = _("Release work order")

    def do(self, found: WorkOrder, form: Any) -> None:
        work_orders.release(found.pk, actor=self.principal.actor, at=self.now)


class CloseWorkOrder(WorkOrderAct):
    """End it with what was made."""

    form_class = WorkOrderReasonForm
    title = _("Close work order short?")
    submit_text = _("Close short")

    def do(self, found: WorkOrder, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        work_orders.close(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class CancelWorkOrder(WorkOrderAct):
    """Stop it before anything was made."""

    form_class = WorkOrderReasonForm
    title = _("Cancel work order?")
    submit_text = _("Cancel work order")
    danger = True

    def do(self, found: WorkOrder, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        work_orders.cancel(found.pk, reason=reason, actor=self.principal.actor, at=self.now)
