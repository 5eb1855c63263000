"""P7's part of the supplier: decide about changes, write, make a link."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import NotFound
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.submissions import SubmitOnce
from core.views.acts import Act
from suppliers.models import ChangeProposal, PurchaseOrder, Supplier
from suppliers.services import answer_deciding, order_talk, supplier_links
from suppliers.views.answer_forms import RejectChangeForm, WriteForm

BUY = "suppliers.buy"


class ProposalAct(Act, View):
    """An act on one open proposal in reach."""

    capability = BUY

    def rows(self):
        rows = ChangeProposal.objects.visible_to(self.principal)
        return rows.select_related("order", "order__supplier")

    def done_url(self, found):
        return reverse("purchase-order", args=[found.order_id])


class AcceptChange(ProposalAct):
    """Make the supplier's changes part of the order."""

    title = _("Accept the changes")
    submit_text = _("Accept changes")
    keep_text = _("Decide later")
    note = _("Changes accepted.")

    def text(self, found):
        return translate(
            "Order %(number)s takes over what %(supplier)s proposes. Other prices, or more than "
            "the limits of approval allow, are approved again first."
        ) % {"number": found.order.number, "supplier": found.order.supplier.name}

    def do(self, found, form):
        answer_deciding.accept_change(found.pk, actor=self.principal.actor, at=self.now)


class RejectChange(ProposalAct):
    """Keep the order as it is and tell the supplier why."""

    title = _("Reject the changes")
    submit_text = _("Reject changes")
    keep_text = _("Decide later")
    form_class = RejectChangeForm
    danger = True
    note = _("Changes rejected. The supplier gets a mail.")

    def text(self, found):
        return translate("The order stays as it was sent. The supplier is told why by mail.")

    def do(self, found, form):
        answer_deciding.reject_change(
            found.pk,
            comment=form.cleaned_data["comment"],
            actor=self.principal.actor,
            at=self.now,
        )


class WriteToSupplier(Act, View):
    """A message to the supplier about one order."""

    capability = BUY
    title = _("Write to the supplier")
    submit_text = _("Send message")
    keep_text = _("Keep it")
    form_class = WriteForm

    def rows(self):
        return PurchaseOrder.objects.visible_to(self.principal).filter(sent_at__isnull=False)

    def text(self, found):
        return translate("All contacts of the supplier get it by mail and see it on their page.")

    def done_url(self, found):
        return reverse("purchase-order", args=[found.pk])

    def do(self, found, form):
        order_talk.write_message(
            found.pk,
            form.cleaned_data["text"],
            event_key=f"user:{self.principal.actor.id}:{form.cleaned_data['submission_key']}"[:80],
            actor=self.principal.actor,
            at=self.now,
        )


class OrderLink(RequireCapability, View):
    """Make a link to one order for its supplier and show it once."""

    capability = BUY

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(
            PurchaseOrder.objects.visible_to(self.principal).select_related("supplier"), pk=pk
        )
        if order.sent_at is None:
            raise NotFound(translate("The order was not sent yet, so its link would show nothing."))
        token = supplier_links.issue(
            order.supplier, order=order, actor=self.principal.actor, at=clock.now()
        )
        back = reverse("purchase-order", args=[order.pk])
        return _shown(request, token, order.supplier, order.number, back)


class PortalLink(RequireCapability, View):
    """Make a link to all pages of a supplier and show it once."""

    capability = BUY

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        supplier = get_object_or_404(Supplier.objects.visible_to(self.principal).active(), pk=pk)
        token = supplier_links.issue(supplier, actor=self.principal.actor, at=clock.now())
        return _shown(request, token, supplier, "", reverse("supplier", args=[supplier.pk]))


class RevokeLinks(SubmitOnce, RequireCapability, View):
    """End all links of a supplier, for when one leaked."""

    capability = BUY

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        supplier = get_object_or_404(Supplier.objects.visible_to(self.principal), pk=pk)
        supplier_links.revoke(
            supplier.pk, actor=self.principal.actor, reason="STAFF", at=clock.now()
        )
        return redirect_to(request, reverse("supplier", args=[supplier.pk]))


def _shown(
    request: HttpRequest, token: str, supplier: Supplier, number: str, back: str
) -> HttpResponse:
    context = {
        "supplier": supplier,
        "number": number,
        "link": f"{settings.PUBLIC_URL}{reverse('supplier-portal', args=[token])}",
        "back": back,
    }
    response = render(request, "suppliers/supplier_link.html", context)
    response.headers["Cache-Control"] = "no-store, private"
    return response
