"""Transfers in the office: plan, approve, look at what is on the way, settle what is missing."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.forms import (
    TransferBackForm,
    TransferForm,
    TransferFoundForm,
    TransferLossForm,
    TransferReasonForm,
)
from inventory.models import Bin, Lot, Sku, Transfer, TransferLine, Warehouse
from inventory.queries.places import warehouse_codes
from inventory.queries.transfers import on_the_way
from inventory.services import transfers, transit
from inventory.services.transfers import TransferDraft
from inventory.services.transit import Arrival
from inventory.views.stock import warehouse_options

SEE = ("inventory.view", "inventory.transfer", "inventory.approve_transfers")


class TransferIndex(IndexView):
    """Every transfer: between whom, how far it is, and which need a decision."""

    key = "transfers"
    capability = SEE
    title = _("Transfers")
    columns = (
        Column("number", _("Transfer"), fixed=True, sort="number"),
        Column("source.code", _("From")),
        Column("destination.code", _("To")),
        Column("state", _("State"), bare=True, render=lambda row: ui.chip("transfer", row.state)),
        Column("units", _("Units"), end=True),
        Column("shipped_units", _("Shipped"), end=True),
        Column("received_units", _("Received"), end=True),
        Column("created_at", _("Planned"), render=lambda row: ui.moment(row.created_at)),
        Column("note", _("Note"), off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("To approve"), Q(state="draft"), hot=True),
        Tab("leaving", _("To pick"), Q(state__in=("approved", "picking"))),
        Tab("moving", _("On the way"), Q(state__in=("in_transit", "partially_received"))),
        Tab(
            "missing",
            _("Units missing"),
            Q(difference_at__isnull=False, closed_at__isnull=True),
            hot=True,
        ),
    )
    filters = (
        Filter("from", _("From"), field="source__code", options=warehouse_options, promoted=True),
        Filter("to", _("To"), field="destination__code", options=warehouse_options, promoted=True),
    )
    buttons = (
        PageButton(_("Shortfalls"), "triangle-alert", "shortfalls-index", "inventory.transfer"),
        PageButton(
            _("Plan transfer"),
            "plus",
            "transfer-new",
            "inventory.transfer",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No transfers yet"),
        _("Plan one to bring goods from one warehouse to another."),
        "truck",
        action_text=_("Plan transfer"),
        action_url_name="transfer-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return (
            Transfer.objects.visible_to(principal)
            .select_related("source", "destination")
            .annotate(
                units=Sum("lines__qty", default=0),
                shipped_units=Sum("lines__shipped_qty", default=0),
                received_units=Sum("lines__received_qty", default=0),
            )
        )

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(number=text.upper())
            | Q(pk__in=TransferLine.objects.filter(sku__code=text).values("transfer_id"))
        )

    def row_url(self, row: Any) -> str:
        return reverse("transfer", args=[row.pk])


class TransferNew(RequireCapability, View):
    """Plan a transfer."""

    capability = "inventory.transfer"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        try:
            transfer = transfers.create(
                self._draft(form), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("transfer", args=[transfer.pk]))

    def _form(self, data: Any = None) -> TransferForm:
        own = Warehouse.objects.visible_to(self.principal).order_by("code")
        return TransferForm(
            data,
            initial=self.request.GET.dict(),  # a link may bring what it suggests along
            sources=own.values_list("code", flat=True),
            destinations=warehouse_codes(),
        )

    def _draft(self, form: TransferForm) -> TransferDraft:
        values = form.line_values()
        skus = dict(
            Sku.objects.visible_to(self.principal)
            .filter(code__in=[code for code, _qty in values])
            .values_list("code", "pk")
        )
        unknown = [code for code, _qty in values if code not in skus]
        if unknown:
            raise transfers.UnknownCode(code_of=unknown[0])
        places = warehouse_codes()
        return TransferDraft(
            places[form.cleaned_data["source"]],
            places[form.cleaned_data["destination"]],
            [(skus[code], qty) for code, qty in values],
            form.cleaned_data["note"],
        )

    def _answer(self, request: HttpRequest, form: TransferForm, status: int = 200) -> HttpResponse:
        return render(request, "inventory/transfer_new.html", {"form": form}, status=status)


class TransferPage(RequireCapability, View):
    """One transfer: lines, lots on the way, who did what, and the next step."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Transfer.objects.visible_to(self.principal)
        transfer = get_object_or_404(rows.select_related("source", "destination"), pk=pk)
        may_settle = self.principal.may("inventory.approve_transfers")
        moving = transfer.state in {"in_transit", "partially_received"}
        context = {
            "transfer": transfer,
            "lines": transfer.lines.select_related("sku").order_by("pk"),
            "moving": _moving(transfer) if moving else [],
            "timeline": _timeline(transfer),
            "may_approve": may_settle and transfer.state == "draft",
            "is_own": transfer.created_by == self.principal.actor.key,
            "may_cancel": self.principal.may("inventory.transfer")
            and transfer.state in {"draft", "approved", "picking"},
            "may_settle": may_settle and moving,
            "may_find": may_settle and (moving or transfer.state == "received"),
            "missing": _missing(transfer),
        }
        return render(request, "inventory/transfer.html", context)


def _moving(transfer: Transfer) -> list[dict[str, Any]]:
    under_way = on_the_way(transfer.pk)
    skus = dict(transfer.lines.values_list("pk", "sku__code"))
    lots = Lot.objects.in_bulk([lot_id for _line, lot_id in under_way if lot_id is not None])
    return [
        {
            "sku": skus[line_id],
            "lot": lots[lot_id] if lot_id is not None else None,
            "qty": sum(chunk.qty for chunk in chunks),
        }
        for (line_id, lot_id), chunks in under_way.items()
    ]


def _missing(transfer: Transfer) -> str:
    if transfer.difference_at is None or transfer.closed_at is not None:
        return ""
    units = sum(line.open_qty for line in transfer.lines.all())
    return ngettext(
        "%(n)s unit did not arrive. Look for it, then write it off or book it back.",
        "%(n)s units did not arrive. Look for them, then write them off or book them back.",
        units,
    ) % {"n": units}


def _timeline(transfer: Transfer) -> list[dict[str, Any]]:
    words = {
        "planned": _("Planned"),
        "approved": _("Approved"),
        "picking": _("Picking started"),
        "shipped": _("Shipped"),
        "arrived": _("Units received"),
        "short": _("Units reported missing"),
        "lost": _("Units written off"),
        "returned": _("Units brought back"),
        "found": _("Units found"),
        "cancelled": _("Cancelled"),
    }
    entries = AuditEntry.objects.filter(target_kind="transfer", target_id=str(transfer.pk))
    rows = []
    for entry in entries.order_by("-at", "-pk")[:50]:
        what = entry.action.removeprefix("inventory.transfer_")
        units = (entry.after or {}).get("units")
        meta = " · ".join(str(part) for part in (units, entry.reason) if part)
        rows.append(
            {
                "person": entry.actor_label if entry.actor_kind == "user" else "",
                "glyph": "circle-dot",
                "text": words.get(what, what),
                "at": entry.at,
                "meta": meta,
            }
        )
    return rows


class TransferAct(Act, View):
    """Base of the acts on one transfer."""

    capability: Any = "inventory.approve_transfers"

    def rows(self) -> QuerySet[Transfer]:
        rows: QuerySet[Transfer] = Transfer.objects.visible_to(self.principal)
        return rows.select_related("source", "destination")

    def done_url(self, found: Transfer) -> str:
        return reverse("transfer", args=[found.pk])

    def bin_id(self, warehouse: Warehouse, code: str) -> int:
        found = Bin.objects.filter(warehouse=warehouse, code=code.strip().upper()).first()
        if found is None:
            raise transfers.UnknownCode(code_of=code)
        return found.pk


class ApproveTransfer(TransferAct):
    """Let it go ahead; its units are promised to it in the source."""

    title = _("Approve transfer?")
    submit_text = _("Approve transfer")

    def text(self, found: Transfer) -> str:
        units = sum(line.qty for line in found.lines.all())
        return f"{found.number}: {found.source.code} → {found.destination.code}, {units}"

    def do(self, found: Transfer, form: Any) -> None:
        transfers.approve(found.pk, actor=self.principal.actor, at=self.now)


class CancelTransfer(TransferAct):
    """Stop a transfer that has not left."""

    capability = "inventory.transfer"
    form_class = TransferReasonForm
    title = _("Cancel transfer?")
    submit_text = _("Cancel transfer")
    danger = True

    def do(self, found: Transfer, form: Any) -> None:
        transfers.cancel(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class WriteOffTransfer(TransferAct):
    """Book what did not arrive as lost."""

    form_class = TransferLossForm
    title = _("Write off the missing units?")
    submit_text = _("Write off units")
    danger = True

    def text(self, found: Transfer) -> str:
        return str(_missing(found))

    def do(self, found: Transfer, form: Any) -> None:
        transit.write_off(
            found.pk,
            reason=form.cleaned_data["reason"],
            event_key=f"screen:transfer_loss:{form.cleaned_data['submission_key']}",
            actor=self.principal.actor,
            at=self.now,
        )


class BringBackTransfer(TransferAct):
    """Book what is on the way back into the source."""

    form_class = TransferBackForm
    title = _("Bring the goods back?")
    submit_text = _("Book units back")

    def do(self, found: Transfer, form: Any) -> None:
        transit.bring_back(
            found.pk,
            to_bin_id=self.bin_id(found.source, form.cleaned_data["to_bin"]),
            reason=form.cleaned_data["reason"],
            event_key=f"screen:transfer_back:{form.cleaned_data['submission_key']}",
            actor=self.principal.actor,
            at=self.now,
        )


class FindTransfer(TransferAct):
    """Book units that turned up."""

    form_class = TransferFoundForm
    title = _("Book found units")
    submit_text = _("Book units")

    def do(self, found: Transfer, form: Any) -> None:
        data = form.cleaned_data
        line = found.lines.filter(sku__code=data["sku"].strip()).first()
        if line is None:
            raise transfers.UnknownCode(code_of=data["sku"])
        lot = Lot.objects.filter(sku_id=line.sku_id, code=data["lot"].strip()).first()
        arrival = Arrival(
            line.pk,
            lot.pk if lot else None,
            int(data["qty"]),
            self.bin_id(found.destination, data["to_bin"]),
        )
        transit.book_found(
            found.pk,
            arrival,
            reason=data["reason"],
            event_key=f"screen:transfer_found:{data['submission_key']}",
            actor=self.principal.actor,
            at=self.now,
        )
