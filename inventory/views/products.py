"""SKUs and lots (M5): what we know of a product, where it lies, who received a lot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from inventory import queries
from inventory.forms import LotReasonForm
from inventory.models import BinStock, Bom, CostLayer, Lot, Sku, StockLevel, StockMove
from inventory.services import lots
from inventory.services.kits import KITS


def _name(row: Sku) -> Any:
    return format_html("{} {} {}", ui.picture(row.code, 24), row.name, row.name_zh)


class SkuIndex(IndexView):
    """All SKUs with names, barcode data and what is on hand."""

    key = "skus"
    capability = "inventory.view"
    title = gettext_lazy("Products")
    columns = (
        Column("code", gettext_lazy("SKU"), fixed=True, sort="code"),
        Column("name", gettext_lazy("Name"), render=_name),
        Column("kind", gettext_lazy("Kind"), render=lambda row: row.get_kind_display()),
        Column("product.category", gettext_lazy("Category")),
        Column(
            "weight_g", gettext_lazy("Weight"), render=lambda row: ui.weight(row.weight_g), end=True
        ),
        Column("hs_code", gettext_lazy("HS code")),
        Column("origin_country", gettext_lazy("Origin")),
        Column(
            "default_cost",
            gettext_lazy("Cost"),
            render=lambda row: ui.money(row.default_cost, row.currency or "USD"),
            end=True,
            capability="inventory.view_cost",
        ),
        Column("on_hand", gettext_lazy("On hand"), end=True),
    )
    tabs = (
        Tab("all", gettext_lazy("All"), Q(archived=False)),
        Tab("kits", gettext_lazy("Kits"), Q(kind__in=("virtual_kit", "assembled_kit"))),
        Tab("packaging", gettext_lazy("Packaging"), Q(kind="packaging")),
        Tab(
            "customs",
            gettext_lazy("Customs data missing"),
            Q(kind="goods") & (Q(hs_code="") | Q(origin_country="") | Q(customs_text="")),
            hot=True,
        ),
        Tab("archived", gettext_lazy("Archived"), Q(archived=True)),
    )
    filters = (
        Filter(
            "lot", gettext_lazy("Tracked by lot"), field="lot_tracked", kind="flag", promoted=True
        ),
        Filter("category", gettext_lazy("Category"), field="product__category", kind="text"),
    )
    buttons = (
        PageButton(gettext_lazy("Import products"), "upload", "imports-index", "imports.run"),
    )
    empty = EmptyText(
        gettext_lazy("No products yet"),
        gettext_lazy("Import them from a file, or let an order import create them."),
        "package",
        action_text=gettext_lazy("Import products"),
        action_url_name="imports-index",
    )
    default_sort = "code"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return (
            Sku.objects.visible_to(principal)
            .select_related("product")
            .annotate(on_hand=Sum("levels__on_hand", default=0))
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(code__startswith=text)
            | Q(barcodes__code=text)
            | Q(name__icontains=text)
            | Q(name_zh__contains=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("sku", args=[row.pk])


#: Units promised to returns that get another variant, until an order takes them over (X22).
_KEPT_FOR_EXCHANGES = Sum(
    F("reservations__qty") - F("reservations__consumed_qty") - F("reservations__released_qty"),
    filter=Q(reservations__state="pending", reservations__purpose="EXCHANGE"),
    default=0,
)


class SkuPage(RequireCapability, DetailView):
    """One SKU: levels by warehouse, lots, bins, kit parts, costs, last moves."""

    capability = ("inventory.view", "inventory.view_totals")
    template_name = "inventory/sku.html"
    context_object_name = "sku"

    def get_queryset(self) -> QuerySet[Sku]:
        rows: QuerySet[Sku] = Sku.objects.visible_to(self.principal)
        return rows.select_related("product")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sku, may = self.object, self.principal.may
        levels = StockLevel.objects.visible_to(self.principal).with_atp().filter(sku=sku)
        context: dict[str, Any] = {
            "may_define": sku.kind in KITS and may("inventory.manage_products"),
            "may_plan": may("planning.view"),
            "levels": levels.annotate(exchange_qty=_KEPT_FOR_EXCHANGES)
            .select_related("warehouse")
            .order_by("warehouse__code"),
            "barcodes": sku.barcodes.order_by("code"),
            "boms": Bom.objects.filter(kit=sku, is_current=True).prefetch_related(
                "lines__component"
            ),
        }
        if may("inventory.view"):
            stock = BinStock.objects.visible_to(self.principal).present().filter(sku=sku)
            moves = StockMove.objects.visible_to(self.principal).filter(sku=sku)
            context["stock"] = stock.select_related("bin__warehouse", "lot").order_by("pk")[:100]
            context["moves"] = moves.select_related("event", "from_bin", "to_bin").order_by("-pk")[
                :20
            ]
        if may("inventory.view_cost"):
            layers = CostLayer.objects.visible_to(self.principal).open().filter(sku=sku)
            context["layers"] = layers.select_related("warehouse")[:20]
        return super().get_context_data(**context, **kwargs)


def _may_extend(principal: Any, lot: Lot) -> bool:
    return (
        principal.may("inventory.hold_lot")
        and lot.expires_on is not None
        and lot.status != Lot.Status.RECALLED
    )


class LotPage(RequireCapability, View):
    """One lot: where it is, who received it, hold and release with a reason."""

    capability = "inventory.view"
    write_capability = "inventory.hold_lot"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self._lot(pk), LotReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lot, form = self._lot(pk), LotReasonForm(request.POST)
        if not form.is_valid():
            return self._answer(request, lot, form, 422)
        act = lots.release_lot if lot.status == "hold" else lots.hold_lot
        try:
            act(
                lot.pk,
                event_key=f"screen:lot:{form.cleaned_data['submission_key']}",
                reason=form.cleaned_data["reason"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self._answer(request, lot, form, 422)
        messages.success(request, _("Lot updated."))
        return redirect_to(request, reverse("lot", args=[pk]))

    def _lot(self, pk: int) -> Lot:
        rows = Lot.objects.visible_to(self.principal).select_related("sku")
        return get_object_or_404(rows, pk=pk)

    def _answer(
        self, request: HttpRequest, lot: Lot, form: LotReasonForm, status: int = 200
    ) -> HttpResponse:
        stock = BinStock.objects.visible_to(self.principal).present().filter(lot=lot)
        context = {
            "lot": lot,
            "stock": stock.select_related("bin__warehouse").order_by("pk"),
            "trace": queries.lot_trace(lot.pk),
            "form": form,
            "extensions": lot.extensions.order_by("-pk")[:20],
            "may_extend": _may_extend(self.principal, lot),
            "me": self.principal.actor.key,
            "may_hold": self.principal.may("inventory.hold_lot"),
            "may_trace": self.principal.may("orders.view"),
        }
        return render(request, "inventory/lot.html", context, status=status)
