"""The returns index (O9), its preview and its bulk acts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

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
from inventory.models import Warehouse
from orders.models import Channel
from returns import request_words
from returns.domain import states
from returns.forms.requests import OptionalReasonForm, ReasonForm
from returns.models import ReturnReason, ReturnRequest
from returns.queries import request_page

ENDED = (states.RESOLVED, states.REJECTED, states.EXPIRED, states.CANCELLED)


def _items(row: Any) -> Any:
    lines = list(row.lines.all())
    if not lines:
        return "\N{EM DASH}"
    first = lines[0]
    code = first.sku.code if first.sku else first.description
    more = f" + {len(lines) - 1}" if len(lines) > 1 else ""
    return format_html("{} {}{}", ui.qty(sum(line.qty for line in lines)), code, more)


def _items_text(row: Any) -> str:
    return ", ".join(
        f"{line.qty} {line.sku.code if line.sku else line.description}" for line in row.lines.all()
    )


def _reasons(row: Any) -> str:
    language = get_language() or ""
    names = [request_words.reason_name(line.reason, language) for line in row.lines.all()]
    return ", ".join(dict.fromkeys(name for name in names if name))


def _outcomes(row: Any) -> Any:
    names = dict.fromkeys(request_words.OUTCOMES[line.resolution] for line in row.lines.all())
    return format_html_join(", ", "{}", ((name,) for name in names))


def _order(row: Any) -> Any:
    return row.order.number if row.order else "\N{EM DASH}"


def _customer(row: Any) -> Any:
    name = row.order.ship_name if row.order else ""
    return format_html("{} {}", ui.country(row.from_country), name or "\N{EM DASH}")


def _value(row: Any) -> Any:
    total = sum(line.value_amount for line in row.lines.all())
    return ui.money(total, row.currency) if row.currency else "\N{EM DASH}"


def _channels(principal: Principal) -> list[tuple[str, Any]]:
    rows = Channel.objects.visible_to(principal).order_by("code")
    return [(row.code, row.name) for row in rows]


def _warehouses(principal: Principal) -> list[tuple[str, Any]]:
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, row.name) for row in rows]


def _reason_options(principal: Principal) -> list[tuple[str, Any]]:
    language = get_language() or ""
    rows = ReturnReason.objects.filter(parent__isnull=False).order_by("parent__rank", "rank", "pk")
    return [(row.code, request_words.reason_name(row, language)) for row in rows]


class ReturnIndex(IndexView):
    """All returns: tabs by state, filters by reason and outcome, bulk approve and decline."""

    key = "returns"
    url_name = "return-index"
    capability = "returns.view"
    title = _("Returns")
    columns = (
        Column("number", _("Return"), fixed=True),
        Column("order.number", _("Order"), render=_order),
        Column("ship_name", _("Customer"), render=_customer, capability="customers.view_names"),
        Column("items", _("Items"), render=_items, export=_items_text),
        Column("reasons", _("Reason"), render=_reasons, export=_reasons),
        Column("outcomes", _("Outcome"), render=_outcomes, export=_outcomes),
        Column("value", _("Value"), render=_value, export=_value, end=True),
        Column("status", _("Status"), bare=True, render=lambda row: ui.chip("return", row.status)),
        Column(
            "requested_at",
            _("Asked for"),
            render=lambda row: ui.moment(row.requested_at),
            sort="requested_at",
        ),
        Column("send_by_on", _("Send by"), render=lambda row: ui.day(row.send_by_on), off=True),
        Column("warehouse.code", _("Goes to"), off=True),
        Column("channel.name", _("Channel"), off=True),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display(), off=True),
        Column("source", _("Came by"), render=lambda row: row.get_source_display(), off=True),
    )
    tabs = (
        Tab("open", _("Open"), Q(status__in=sorted(states.OPEN_STATES))),
        Tab("review", _("Needs review"), Q(status__in=("requested", "review")), hot=True),
        Tab("label", _("Label issued"), Q(status__in=("approved", "label_issued"))),
        Tab("transit", _("In transit"), Q(status="in_transit")),
        Tab("arrived", _("Arrived"), Q(status="arrived")),
        Tab("inspected", _("Inspected"), Q(status="inspected")),
        Tab("closed", _("Closed"), Q(status__in=ENDED)),
        Tab("all", _("All"), counted=False),
    )
    filters = (
        Filter(
            "reason",
            _("Reason"),
            field="lines__reason__code",
            options=_reason_options,
            promoted=True,
        ),
        Filter(
            "outcome",
            _("Outcome"),
            field="lines__resolution",
            options=tuple(request_words.OUTCOMES.items()),
            promoted=True,
        ),
        Filter("asked", _("Asked for"), field="requested_at", kind="day", promoted=True),
        Filter(
            "kind",
            _("Kind"),
            field="kind",
            options=tuple(ReturnRequest.Kind.choices),
        ),
        Filter(
            "source",
            _("Came by"),
            field="source",
            options=tuple(ReturnRequest.Source.choices),
        ),
        Filter("channel", _("Channel"), field="channel__code", options=_channels),
        Filter("warehouse", _("Goes to"), field="warehouse__code", options=_warehouses),
    )
    bulk = (
        BulkAction(
            "approve",
            _("Approve"),
            "check",
            "return-bulk-approve",
            "returns.manage",
            promoted=True,
        ),
        BulkAction(
            "reject",
            _("Decline"),
            "circle-x",
            "return-bulk-reject",
            "returns.manage",
            promoted=True,
            danger=True,
        ),
    )
    buttons = (
        PageButton(
            _("Create return"), "plus", "return-new", "returns.manage", primary=True, create=True
        ),
    )
    empty = EmptyText(
        _("No returns yet"),
        _("Set the policy first: it decides what customers may send back, and until when."),
        "undo-2",
        action_text=_("Set policy"),
        action_url_name="return-policies",
        link_text=_("Create return"),
        link_url_name="return-new",
    )
    default_sort = "-requested_at"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return request_page.index_rows(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return request_page.search(rows, text)

    def row_url(self, row: Any) -> str:
        return reverse("return-page", args=[row.pk])

    def peek_url(self, row: Any) -> str:
        return reverse("return-peek", args=[row.pk])


class ReturnPeek(RequireCapability, View):
    """The preview beside the index."""

    capability = "returns.view"

    def get(self, request, pk):
        rows = request_page.index_rows(self.principal)
        row = get_object_or_404(rows, pk=pk)
        language = get_language() or ""
        context = {
            "rma": row,
            "lines": [
                {"line": line, "reason": request_words.reason_name(line.reason, language)}
                for line in row.lines.all()
            ],
            "may_see_names": self.principal.may("customers.view_names"),
            "may_manage": self.principal.may("returns.manage"),
            "waits": row.status in (states.REQUESTED, states.REVIEW),
        }
        return mark_varying(render(request, "returns/peek.html", context), fragment=True)


class BulkApprove(BulkView):
    """Approve the chosen returns that wait for a decision."""

    index = ReturnIndex
    capability = "returns.manage"
    job_name = "returns.bulk_approve"
    form_class = OptionalReasonForm
    back_url_name = "return-index"

    def title(self, count):
        return ngettext("Approve %(count)s return?", "Approve %(count)s returns?", count) % {
            "count": count
        }

    def consequence(self, selection, count):
        return str(_("Labels are made at once. Returns that are decided already stay as they are."))


class BulkReject(BulkView):
    """Decline the chosen returns that wait for a decision."""

    index = ReturnIndex
    capability = "returns.manage"
    job_name = "returns.bulk_reject"
    form_class = ReasonForm
    back_url_name = "return-index"

    def title(self, count):
        return ngettext("Decline %(count)s return?", "Decline %(count)s returns?", count) % {
            "count": count
        }

    def consequence(self, selection, count):
        return str(_("The customers read the reason. Their units may be asked for again."))
