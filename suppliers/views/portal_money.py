"""V7: a supplier's invoices with the result of their match, and claims it answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core import files
from core.errors import DomainError
from core.money import quantize
from suppliers.models import PurchaseLine, PurchaseOrder, SupplierClaim
from suppliers.portal_page import SupplierPage
from suppliers.queries import portal, portal_money
from suppliers.services import answer_money
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from suppliers.views.cost_forms import InvoiceForm
from suppliers.views.portal_forms import ClaimForm

DONE: dict[str, Any] = {
    "invoiced": _("Invoice sent. Its match stands below."),
    "answered": _("Sent. The buyer was told."),
}


class Money(SupplierPage):
    """V7: invoices and claims with how far they are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "invoices": portal_money.invoices_of(self.link),
            "claims": list(portal_money.claims_of(self.link)[: portal_money.MOST_ROWS]),
            "done": DONE.get(request.GET.get("done", ""), ""),
        }
        return self.show("suppliers/portal/money.html", context)


class NewInvoice(SupplierPage):
    """V7: an invoice for one order, matched at once."""

    is_for_order_links = True

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order is None:
            return self.ended()
        return self._page(
            order, InvoiceForm(lines=_lines(order), initial={"invoiced_on": self.today})
        )

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order is None:
            return self.ended()
        form = InvoiceForm(request.POST, lines=_lines(order))
        if not form.is_valid():
            return self._page(order, form, 422)
        data = form.cleaned_data
        asked = [_asked(line, data) for line in form.lines if data[f"qty_{line.pk}"]]
        draft = InvoiceDraft(order.pk, data["number"], data["invoiced_on"], asked)
        try:
            answer_money.enter_invoice(draft, actor=self.actor, at=self.now)
        except DomainError as error:
            form.refuse(error)
            return self._page(order, form, error.status)
        return redirect(f"{self.url('supplier-portal-invoice-new', number)}?done=invoiced")

    def _page(self, order: PurchaseOrder, form: InvoiceForm, status: int = 200) -> HttpResponse:
        mine = [row for row in portal_money.invoices_of(self.link) if row[0].order_id == order.pk]
        context = {
            "order": order,
            "form": form,
            "invoices": mine,
            "done": DONE.get(self.request.GET.get("done", ""), ""),
        }
        return self.show("suppliers/portal/invoice.html", context, status)


class ClaimAccess(SupplierPage):
    """What the pages of one claim share."""

    def claim(self, number: str) -> SupplierClaim | None:
        return portal_money.claims_of(self.link).filter(number=number).first()


class ClaimPage(ClaimAccess):
    """V7: one claim with its units and photos, to be agreed or refused."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        claim = self.claim(number)
        if claim is None:
            return self.ended()
        whole = quantize(claim.amount, claim.currency)
        return self._page(claim, ClaimForm(initial={"amount": whole}))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        claim = self.claim(number)
        if claim is None:
            return self.ended()
        form = ClaimForm(request.POST)
        if not form.is_valid():
            return self._page(claim, form, 422)
        data = form.cleaned_data
        try:
            if data["act"] == "agree":
                answer_money.agree_claim(claim.pk, data["amount"], actor=self.actor, at=self.now)
            else:
                answer_money.refuse_claim(
                    claim.pk, reason=data["reason"], actor=self.actor, at=self.now
                )
        except DomainError as error:
            form.refuse(error)
            return self._page(claim, form, error.status)
        return redirect(f"{self.url('supplier-portal-money')}?done=answered")

    def _page(self, claim: SupplierClaim, form: ClaimForm, status: int = 200) -> HttpResponse:
        context = {
            "claim": claim,
            "lines": portal_money.claim_lines(claim),
            "form": form,
            "may_answer": claim.state in ("sent", "refused"),
        }
        return self.show("suppliers/portal/claim.html", context, status)


class ClaimPhoto(ClaimAccess):
    """The picture of damaged units of a claim, as a download."""

    def get(self, request: HttpRequest, number: str, line: int) -> HttpResponseBase:
        claim = self.claim(number)
        rows = portal_money.claim_lines(claim) if claim is not None else []
        photo = next((row.receipt_line.photo for row in rows if row.pk == line), None)
        return self.ended() if photo is None else self.sealed(files.download(photo))


def _lines(order: PurchaseOrder) -> list[PurchaseLine]:
    if portal.is_changing(order):
        return []
    return list(order.lines.select_related("sku").order_by("position", "pk"))


def _asked(line: PurchaseLine, data: dict[str, Any]) -> InvoiceAsk:
    price = data[f"price_{line.pk}"]
    return InvoiceAsk(line.pk, data[f"qty_{line.pk}"], line.unit_price if price is None else price)
