"""The money of a customer: store credit, its entries, and what is recoverable."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.permissions import RequireCapability
from core.submissions import SubmitOnce
from core.views.acts import Act
from customers.models import Customer
from orders.models import Order
from orders.services.errors import OrderNotFound
from returns.forms.money import CorrectForm, SpendForm
from returns.models import Recoverable, Refund, StoreCreditEntry
from returns.services import credit
from returns.services.credit import EntryDraft, Spending
from returns.views.refunds import MANAGE, SEE

SHOWN = 100


class CustomerCredit(RequireCapability, View):
    """Balances, the newest entries, refunds and recoverable balances of one customer."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = get_object_or_404(_customers(self.principal), pk=pk)
        entries = StoreCreditEntry.objects.filter(account__customer=customer)
        owed = Recoverable.objects.visible_to(self.principal).filter(customer=customer)
        paid = Refund.objects.visible_to(self.principal).filter(order__customer=customer)
        context = {
            "customer": customer,
            "balances": credit.balances_of(customer.pk),
            "entries": entries.select_related("account", "refund", "order").order_by("-pk")[:SHOWN],
            "owed": owed.select_related("return_line__request").order_by("-pk")[:SHOWN],
            "refunds": paid.select_related("order").order_by("-pk")[:SHOWN],
            "may_manage": self.principal.may(MANAGE),
            "may_see_name": self.principal.may("customers.view_names"),
        }
        return render(request, "returns/credit.html", context)


def _customers(principal):
    """Return the customers a reader sees and, where bound to a place, sees an order of."""
    rows = Customer.objects.visible_to(principal)
    if principal.channel_codes is None and principal.warehouse_codes is None:
        return rows
    seen = Order.objects.visible_to(principal).filter(customer__isnull=False)
    return rows.filter(pk__in=seen.values("customer"))


class CreditAct(Act, SubmitOnce, View):
    """An act on a customer's store credit."""

    capability = MANAGE

    def rows(self):
        return _customers(self.principal)

    def done_url(self, found):
        return reverse("customer-credit", args=[found.pk])


class SpendCredit(CreditAct):
    """Pay for an order with store credit."""

    title = _("Spend store credit")
    submit_text = _("Spend credit")
    form_class = SpendForm
    note = _("The order is paid with store credit.")

    def do(self, found, form):
        given = form.cleaned_data
        orders = Order.objects.visible_to(self.principal).filter(customer=found)
        order_id = orders.filter(number=given["order"].strip()).values_list("pk", flat=True).first()
        if order_id is None:
            raise OrderNotFound(order_id=given["order"])
        key = given["submission_key"] or f"{order_id}:{self.now.isoformat()}"
        spending = Spending(order_id, given["amount"], key[:80])
        credit.spend(spending, actor=self.principal.actor, at=self.now)


class CorrectCredit(CreditAct):
    """Change a balance by hand."""

    title = _("Correct store credit")
    submit_text = _("Correct credit")
    form_class = CorrectForm
    note = _("The store credit is corrected.")

    def do(self, found, form):
        given = form.cleaned_data
        key = given["submission_key"] or f"{found.pk}:{self.now.isoformat()}"
        draft = EntryDraft("correction", given["amount"], f"fix:{key[:80]}", note=given["reason"])
        currency = given["currency"].upper()
        credit.correct(found.pk, currency, draft, actor=self.principal.actor, at=self.now)
