"""Transfers and work orders that lost promised units: what to decide."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.models import Shortfall
from inventory.services import shortfalls


def _cut_link(row: Shortfall) -> Any:
    if row.state != Shortfall.State.OPEN:
        return ""
    url = reverse("shortfall-cut", args=[row.pk])
    return format_html('<a class="btn btn-sm" href="{}">{}</a>', url, _("Make plan smaller"))


def _kind(row: Shortfall) -> str:
    return _("Transfer") if row.owner_key.startswith("transfer") else _("Work order")


class ShortfallIndex(IndexView):
    """Plans whose promised units a count, a loss or a recall took away."""

    key = "shortfalls"
    capability = "inventory.view"
    title = gettext_lazy("Shortfalls of plans")
    columns = (
        Column("sku.code", gettext_lazy("SKU"), fixed=True),
        Column("warehouse.code", gettext_lazy("Warehouse")),
        Column("kind", gettext_lazy("Plan"), render=_kind),
        Column("short_qty", gettext_lazy("Units short"), end=True, sort="short_qty"),
        Column("raised_at", gettext_lazy("Since"), render=lambda row: ui.moment(row.raised_at)),
        Column("state", gettext_lazy("State"), render=lambda row: row.get_state_display()),
        Column(
            "acts",
            gettext_lazy("Acts"),
            render=_cut_link,
            export=lambda row: "",
            capability="inventory.transfer",
        ),
    )
    tabs = (
        Tab("open", gettext_lazy("To decide"), Q(state="open"), hot=True),
        Tab("closed", gettext_lazy("Settled"), ~Q(state="open"), counted=False),
    )
    empty = EmptyText(
        gettext_lazy("Every plan has its units"),
        gettext_lazy("A plan that loses units to a count or a recall shows here."),
    )

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        return Shortfall.objects.visible_to(principal).select_related("warehouse", "sku")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(sku__code__startswith=text)

    def row_url(self, row: Any) -> str:
        return reverse("sku", args=[row.sku_id])


class CutPlan(Act, View):
    """Make the plan smaller by what is gone."""

    capability = "inventory.transfer"
    title = gettext_lazy("Make the plan smaller")
    submit_text = gettext_lazy("Make plan smaller")
    danger = True

    def rows(self):
        return Shortfall.objects.visible_to(self.principal).select_related("sku", "warehouse")

    def text(self, found) -> Any:
        plan = shortfalls.plan_of(found.owner_key)
        return _("%(plan)s gives up %(units)s units of %(sku)s in %(place)s.") % {
            "plan": plan.number if plan else found.owner_key,
            "units": found.short_qty,
            "sku": found.sku.code,
            "place": found.warehouse.code,
        }

    def done_url(self, found) -> str:
        return reverse("shortfalls-index")

    def do(self, found, form) -> None:
        shortfalls.cut(found.pk, actor=self.principal.actor, at=self.now)
