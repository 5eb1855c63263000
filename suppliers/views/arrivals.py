"""Arrivals in the office: what is expected, what came, and what came otherwise than announced."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from core import clock, files
from core.errors import DomainError, NotFound
from core.htmx import redirect_to
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.models import Warehouse
from suppliers.forms import ArrivalForm, CancelForm, ShortForm
from suppliers.models import Asn, AsnLine, Receipt, ReceiptLine, Supplier
from suppliers.queries import announced_contents, differences, with_lines
from suppliers.services import arrivals
from suppliers.services.drafts import ArrivalDraft, LineDraft

MANAGE = "suppliers.manage_arrivals"


def warehouse_options(principal: Principal) -> list[tuple[str, str]]:
    rows = Warehouse.objects.visible_to(principal).order_by("code")
    return [(row.code, row.code) for row in rows]


def supplier_options(principal: Principal) -> list[tuple[str, str]]:
    rows = Supplier.objects.visible_to(principal).order_by("code")
    return [(row.code, row.name) for row in rows]


PLACES = Filter(
    "warehouse", _("Warehouse"), field="warehouse__code", options=warehouse_options, promoted=True
)


class ArrivalIndex(IndexView):
    """Every arrival: who sends it where, when, and how far it is."""

    key = "arrivals"
    capability = "suppliers.view"
    title = _("Arrivals")
    columns = (
        Column("number", _("Arrival"), fixed=True, sort="number"),
        Column("supplier.name", _("Supplier")),
        Column("warehouse.code", _("Warehouse")),
        Column("state", _("State"), bare=True, render=lambda row: ui.chip("asn", row.state)),
        Column(
            "expected_on",
            _("Expected on"),
            render=lambda row: ui.iso_day(row.expected_on),
        ),
        Column("announced", _("Announced"), end=True),
        Column("received", _("Received"), end=True),
        Column("reference", _("Supplier's number")),
        Column("tracking", _("Tracking number"), off=True),
        Column("carrier", _("Carrier"), off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("expected", _("Expected"), Q(state="announced")),
        Tab("dock", _("At the dock"), Q(state__in=("arrived", "receiving")), hot=True),
        Tab("done", _("Received"), Q(state="received")),
        Tab("short", _("Closed short"), Q(state="closed_short")),
    )
    filters = (
        PLACES,
        Filter("supplier", _("Supplier"), field="supplier__code", options=supplier_options),
        Filter("expected", _("Expected on"), field="expected_on", kind="day"),
    )
    buttons = (
        PageButton(_("Announce arrival"), "plus", "arrival-new", MANAGE, primary=True, create=True),
    )
    empty = EmptyText(
        _("No arrivals yet"),
        _("Announce what a supplier sends, or open it at the dock when it stands there."),
        "truck",
        action_text=_("Announce arrival"),
        action_url_name="arrival-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return (
            Asn.objects.visible_to(principal)
            .select_related("supplier", "warehouse")
            .annotate(
                announced=Sum("lines__announced_qty", default=0),
                received=Sum("lines__received_qty", default=0),
            )
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(number=text.upper())
            | Q(reference=text)
            | Q(tracking=text)
            | Q(pk__in=AsnLine.objects.filter(sku__code=text).values("asn_id"))
        )

    def row_url(self, row: Any) -> str:
        return reverse("arrival", args=[row.pk])


class DifferenceIndex(IndexView):
    """Lines that came otherwise than announced."""

    key = "arrival-differences"
    capability = "suppliers.view"
    title = _("Differences on arrival")
    columns = (
        Column("asn.number", _("Arrival"), fixed=True),
        Column("asn.supplier.name", _("Supplier")),
        Column("asn.warehouse.code", _("Warehouse"), off=True),
        Column("sku.code", _("SKU")),
        Column("announced_qty", _("Announced"), end=True),
        Column("received_qty", _("Received"), end=True),
        Column("damaged_qty", _("Damaged"), end=True),
        Column("held_qty", _("Held"), end=True),
        Column("short_qty", _("Short"), end=True),
        Column("excess", _("Above"), end=True, render=lambda row: ui.qty(row.excess_qty)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("damaged", _("Damaged"), Q(damaged_qty__gt=0)),
        Tab("held", _("Held"), Q(held_qty__gt=0), hot=True),
        Tab("short", _("Short"), Q(short_qty__gt=0)),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="asn__warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
    )
    empty = EmptyText(
        _("No differences"), _("Everything came as it was announced."), "circle-check"
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return differences(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(asn__number=text.upper()) | Q(sku__code=text))

    def row_url(self, row: Any) -> str:
        return reverse("arrival", args=[row.asn_id])


class ArrivalNew(RequireCapability, View):
    """Announce what a supplier sends."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        data = form.cleaned_data
        draft = ArrivalDraft(
            supplier_code=data["supplier"],
            warehouse_code=data["warehouse"],
            lines=tuple(LineDraft(code, qty) for code, qty in form.line_values()),
            reference=data["reference"],
            carrier=data["carrier"],
            tracking=data["tracking"],
            expected_on=data["expected_on"],
        )
        try:
            asn = arrivals.announce(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("arrival", args=[asn.pk]))

    def _form(self, data: Any = None) -> ArrivalForm:
        return ArrivalForm(
            data,
            suppliers=Supplier.objects.active().order_by("code"),
            warehouses=Warehouse.objects.visible_to(self.principal).order_by("code"),
        )

    def _answer(self, request: HttpRequest, form: ArrivalForm, status: int = 200) -> HttpResponse:
        return render(request, "suppliers/arrival_new.html", {"form": form}, status=status)


class ArrivalPage(RequireCapability, View):
    """One arrival: lines, receipts, goods on hold, who did what."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        asn = get_object_or_404(with_lines(Asn.objects.visible_to(self.principal)), pk=pk)
        lines = list(asn.lines.all())
        is_open = asn.state in {"announced", "arrived", "receiving"}
        open_qty = sum(line.open_qty for line in lines)
        may = self.principal.may(MANAGE)
        context = {
            "asn": asn,
            "lines": lines,
            "receipts": _receipts(asn),
            "damaged": _damaged(asn) if any(line.damaged_qty for line in lines) else [],
            "tags": asn.unidentified.order_by("pk")[:50],
            "timeline": _timeline(asn),
            "note": _note(open_qty) if asn.state == "receiving" and open_qty else "",
            "may_close": may and is_open and open_qty > 0,
            "may_cancel": may and asn.state in {"announced", "arrived"},
            "may_reschedule": may and asn.state == "announced",
            "contents": announced_contents(asn),
            "sees_prices": self.principal.may("suppliers.view_prices"),
        }
        return render(request, "suppliers/arrival.html", context)


def _receipts(asn: Asn) -> QuerySet[Receipt]:
    rows = asn.receipts.select_related("dock").annotate(
        bookings=Count("lines", filter=Q(lines__is_undone=False, lines__from_line=None))
    )
    return rows.order_by("pk")


def _damaged(asn: Asn) -> QuerySet[ReceiptLine]:
    rows = ReceiptLine.objects.damaged().filter(receipt__asn=asn)
    return rows.select_related("sku", "lot", "receipt").order_by("pk")[:50]


class DamagePhotoFile(RequireCapability, View):
    """The picture of damaged units, as a download."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ReceiptLine.objects.visible_to(self.principal).damaged().select_related("photo")
        line = get_object_or_404(rows, pk=pk)
        if line.photo is None:
            raise NotFound(str(_("Nobody took a photo of these goods yet.")))
        return files.download(line.photo)


def _note(open_qty: int) -> str:
    return ngettext(
        "%(n)s unit is still expected. Count it at the dock, or close the arrival short.",
        "%(n)s units are still expected. Count them at the dock, or close the arrival short.",
        open_qty,
    ) % {"n": open_qty}


def _timeline(asn: Asn) -> list[dict[str, Any]]:
    words = {
        "suppliers.arrival_announced": _("Announced"),
        "suppliers.arrival_unplanned": _("Came unplanned"),
        "suppliers.goods_arrived": _("Arrived"),
        "suppliers.goods_counted": _("Goods counted"),
        "suppliers.count_undone": _("Count undone"),
        "suppliers.sample_passed": _("Sample passed"),
        "suppliers.sample_failed": _("Sample failed"),
        "suppliers.receipt_finished": _("Receipt finished"),
        "suppliers.arrival_received": _("Received"),
        "suppliers.arrival_closed_short": _("Closed short"),
        "suppliers.arrival_cancelled": _("Cancelled"),
        "suppliers.arrival_amended": _("Changed by the supplier"),
        "suppliers.arrival_rescheduled": _("Moved to another day"),
    }
    entries = AuditEntry.objects.filter(target_kind="asn", target_id=str(asn.pk))
    return [
        {
            "person": entry.actor_label if entry.actor_kind == "user" else "",
            "glyph": "circle-dot",
            "text": words.get(entry.action, entry.action),
            "at": entry.at,
            "meta": entry.reason,
        }
        for entry in entries.order_by("-at", "-pk")[:50]
    ]


class ArrivalAct(Act, View):
    """An act on one arrival in reach."""

    capability = MANAGE

    def rows(self):
        return Asn.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("arrival", args=[found.pk])


class CloseShort(ArrivalAct):
    """Give up what is still open, with a reason."""

    title = _("Close the arrival short")
    submit_text = _("Close short")
    keep_text = _("Keep it open")
    form_class = ShortForm
    danger = True
    note = _("Nothing more is expected of this arrival.")

    def text(self, found):
        units = sum(line.open_qty for line in found.lines.all())
        return ngettext(
            "%(n)s unit that was announced is no longer expected.",
            "%(n)s units that were announced are no longer expected.",
            units,
        ) % {"n": units}

    def do(self, found, form):
        arrivals.close_short(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class CancelArrival(ArrivalAct):
    """Take back an arrival of which nothing was counted."""

    title = _("Cancel the arrival")
    submit_text = _("Cancel arrival")
    keep_text = _("Keep the arrival")
    form_class = CancelForm
    danger = True

    def text(self, found):
        return _("Nothing of it was counted yet.")

    def do(self, found, form):
        arrivals.cancel(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )
