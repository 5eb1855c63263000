"""Suppliers' invoices: entered line by line, matched, released or refused."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from suppliers.models import PurchaseOrder, SupplierInvoice
from suppliers.services import matching
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from suppliers.views.cost_forms import InvoiceForm, ReasonForm
from suppliers.views.landed_costs import BUY, SEE


class InvoiceIndex(IndexView):
    """Every supplier's invoice."""

    key = "invoices"
    capability = SEE
    title = _("Supplier invoices")
    columns = (
        Column("number", _("Invoice"), fixed=True),
        Column("supplier.name", _("Supplier")),
        Column("order.number", _("Purchase order")),
        Column("invoiced_on", _("Date"), render=lambda row: ui.iso_day(row.invoiced_on)),
        Column("amount", _("Invoiced"), end=True, render=lambda r: ui.money(r.amount, r.currency)),
        Column(
            "expected_amount",
            _("Received cost"),
            end=True,
            render=lambda r: ui.money(r.expected_amount, r.currency),
        ),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("invoice", r.state)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("blocked", _("Blocked"), Q(state="blocked"), hot=True),
        Tab("matched", _("Matched"), Q(state__in=("matched", "released"))),
        Tab("refused", _("Refused"), Q(state="refused")),
    )
    empty = EmptyText(
        _("No invoices yet"), _("Enter an invoice from its purchase order."), "receipt-text"
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return SupplierInvoice.objects.visible_to(principal).select_related("supplier", "order")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text) | Q(order__number=text.upper()))

    def row_url(self, row: Any) -> str:
        return reverse("invoice", args=[row.pk])


class InvoiceNew(RequireCapability, View):
    """Enter an invoice for one purchase order."""

    capability = BUY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        form = InvoiceForm(lines=self._lines(order), initial={"invoiced_on": clock.now().date()})
        return self._answer(request, order, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        form = InvoiceForm(request.POST, lines=self._lines(order))
        if not form.is_valid():
            return self._answer(request, order, form, 422)
        data = form.cleaned_data
        asked = [InvoiceAsk(*row) for row in form.asked()]
        draft = InvoiceDraft(order.pk, data["number"], data["invoiced_on"], asked)
        try:
            invoice = matching.enter(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, order, form, 422)
        return redirect_to(request, reverse("invoice", args=[invoice.pk]))

    def _order(self, pk: int) -> PurchaseOrder:
        rows = PurchaseOrder.objects.visible_to(self.principal).filter(sent_at__isnull=False)
        return get_object_or_404(rows.select_related("supplier"), pk=pk)

    def _lines(self, order: PurchaseOrder) -> QuerySet[Any]:
        return order.lines.select_related("sku").order_by("position", "pk")

    def _answer(
        self, request: HttpRequest, order: PurchaseOrder, form: InvoiceForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "order": order}
        return render(request, "suppliers/invoice_new.html", context, status=status)


class InvoicePage(RequireCapability, View):
    """One invoice: each line against order and receipts."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = SupplierInvoice.objects.visible_to(self.principal)
        invoice = get_object_or_404(rows.select_related("supplier", "order"), pk=pk)
        is_blocked = invoice.state == "blocked"
        mine = invoice.entered_by == self.principal.actor.key
        context = {
            "invoice": invoice,
            "lines": invoice.lines.select_related("purchase_line__sku").order_by("pk"),
            "may_release": is_blocked and not mine and self.principal.may("suppliers.approve"),
            "may_refuse": is_blocked and self.principal.may(BUY),
        }
        return render(request, "suppliers/invoice.html", context)


class InvoiceAct(Act, View):
    """An act on one invoice in reach."""

    form_class = ReasonForm

    def rows(self):
        return SupplierInvoice.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("invoice", args=[found.pk])


class ReleaseInvoice(InvoiceAct):
    """Let a blocked invoice through."""

    capability = "suppliers.approve"
    title = _("Release the invoice")
    submit_text = _("Release invoice")
    note = _("The invoice is released.")

    def text(self, found):
        return _("It is paid as invoiced; what is above the order raises the cost of the goods.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        matching.release(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class RefuseInvoice(InvoiceAct):
    """Send a blocked invoice back."""

    capability = BUY
    title = _("Refuse the invoice")
    submit_text = _("Refuse invoice")
    danger = True
    note = _("The invoice is refused.")

    def text(self, found):
        return _("Its number may be entered again when a corrected invoice comes.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        matching.refuse(found.pk, reason=reason, actor=self.principal.actor, at=self.now)
