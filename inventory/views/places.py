"""Zones and bins (M9): the places of a warehouse in walking order."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from inventory.models import Bin, BinStock
from inventory.views.stock import warehouse_options


class BinIndex(IndexView):
    """Every bin with its zone, kind and how much lies in it."""

    key = "bins"
    capability = "inventory.view"
    title = _("Zones and bins")
    columns = (
        Column("code", _("Bin"), fixed=True, sort="code"),
        Column("warehouse.code", _("Warehouse")),
        Column("zone.code", _("Zone")),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display()),
        Column("pick_sequence", _("Walk"), end=True, sort="pick_sequence"),
        Column("skus", _("SKUs"), end=True),
        Column("units", _("Units"), end=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("pick", _("Pick bins"), Q(is_pickable=True)),
        Tab("totes", _("Totes"), Q(kind="tote")),
        Tab("off", _("Deactivated"), Q(is_active=False)),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter("zone", _("Zone"), field="zone__code", kind="text", promoted=True),
    )
    buttons = (PageButton(_("Import stock"), "upload", "imports-index", "imports.run"),)
    empty = EmptyText(
        _("No bins yet"), _("A stock file creates them, or the repair site does."), "map"
    )
    default_sort = "pick_sequence"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return (
            Bin.objects.visible_to(principal)
            .exclude(warehouse=None)
            .select_related("warehouse", "zone")
            .annotate(
                skus=Count("stock__sku", distinct=True, filter=Q(stock__qty__gt=0)),
                units=Sum("stock__qty", default=0),
            )
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(code__startswith=text.upper())

    def row_url(self, row: Any) -> str:
        return reverse("bin", args=[row.pk])


class BinPage(RequireCapability, DetailView):
    """One bin: what lies in it, claimed and free, and counts that are due."""

    capability = "inventory.view"
    template_name = "inventory/bin.html"
    context_object_name = "place"

    def get_queryset(self) -> QuerySet[Bin]:
        rows: QuerySet[Bin] = Bin.objects.visible_to(self.principal).exclude(warehouse=None)
        return rows.select_related("warehouse", "zone")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            contents=BinStock.objects.filter(bin=self.object, qty__gt=0)
            .select_related("sku", "lot")
            .order_by("sku__code", "pk"),
            counts=self.object.count_tasks.filter(state="open")
            .select_related("sku")
            .order_by("pk"),
            **kwargs,
        )
