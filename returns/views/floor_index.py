"""Returned parcels for the manager: what came, what waits too long; and closing what never came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.permissions import Principal
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.models import Warehouse
from returns.domain.floor_days import late_before
from returns.forms.requests import ReasonForm
from returns.models import ReturnArrival, ReturnRequest, ReturnUnits
from returns.services import inspecting


def _number(row: Any) -> Any:
    return row.request.number if row.request else row.code or "\N{EM DASH}"


def _places(principal: Principal) -> list[tuple[str, Any]]:
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, row.name) for row in rows]


class ParcelIndex(IndexView):
    """Returned parcels by day; the late ones wait longer than two working days (RET-27)."""

    key = "return-parcels"
    url_name = "return-parcels"
    capability = "returns.view"
    title = _("Returned parcels")
    columns = (
        Column("request.number", _("Return"), render=_number, export=_number, fixed=True),
        Column("code", _("Scanned")),
        Column("warehouse.code", _("Warehouse")),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display()),
        Column("state", _("State"), render=lambda row: row.get_state_display()),
        Column("units", _("Units"), render=lambda row: ui.qty(row.unit_qty), end=True),
        Column("waiting", _("To inspect"), render=lambda row: ui.qty(row.left_qty), end=True),
        Column(
            "opened_at", _("Arrived"), render=lambda row: ui.moment(row.opened_at), sort="opened_at"
        ),
        Column("opened_by", _("By"), off=True),
    )
    tabs = (
        Tab("inspect", _("To inspect"), Q(is_waiting=True)),
        Tab("late", _("Waits too long"), Q(is_late=True), hot=True),
        Tab("open", _("Being counted"), Q(state="open")),
        Tab("today", _("Last 24 hours"), Q(is_new=True), counted=False),
        Tab("all", _("All"), counted=False),
    )
    filters = (Filter("warehouse", _("Warehouse"), field="warehouse__code", options=_places),)
    empty = EmptyText(
        _("No returned parcel"),
        _("Parcels appear here when the floor scans them in."),
        "undo-2",
    )
    default_sort = "opened_at"

    def rows_for(self, principal: Principal) -> QuerySet[ReturnArrival]:
        now = clock.now()
        waiting = ReturnUnits.objects.waiting().filter(arrival=OuterRef("pk"), stage="processing")
        late = Q(is_waiting=True, opened_at__lt=late_before(now)) | Q(
            state="open", opened_at__lt=late_before(now)
        )
        first = Q(units__parent__isnull=True)
        return (
            ReturnArrival.objects.visible_to(principal)
            .select_related("request", "warehouse")
            .annotate(
                is_waiting=Exists(waiting),
                unit_qty=Coalesce(Sum("units__qty", filter=first), 0),
                left_qty=Coalesce(
                    Sum(F("units__qty") - F("units__processed_qty"), filter=first), 0
                ),
            )
            .annotate(
                is_late=_flag(late), is_new=_flag(Q(opened_at__gte=now - dt.timedelta(days=1)))
            )
        )

    def search(self, rows: QuerySet[ReturnArrival], text: str) -> QuerySet[ReturnArrival]:
        return rows.filter(Q(request__number__iexact=text) | Q(code__iexact=text))

    def row_url(self, row: ReturnArrival) -> str:
        if row.request_id is not None:
            return reverse("return-page", args=[row.request_id])
        return reverse("return-parcels")


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


class CloseMissing(Act, View):
    """Say that announced items of an inspected return will not come any more."""

    capability = "returns.manage"
    title = _("Close the missing items?")
    submit_text = _("Close missing items")
    form_class = ReasonForm
    danger = True

    def rows(self) -> QuerySet[ReturnRequest]:
        return ReturnRequest.objects.visible_to(self.principal)

    def text(self, found: ReturnRequest) -> Any:
        return _("No money is paid for them. The reason is kept in the log.")

    def do(self, found: ReturnRequest, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        inspecting.give_up_missing(found.pk, reason=reason, actor=self.principal.actor, at=self.now)

    def done_url(self, found: ReturnRequest) -> str:
        return reverse("return-page", args=[found.pk])
