"""Claims on suppliers: what came bad, what is asked for it, what they answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from suppliers.domain.cost_states import CLAIM_MOVES
from suppliers.models import SupplierClaim
from suppliers.services import claims
from suppliers.views.cost_forms import AmountForm, CreditForm, ReasonForm
from suppliers.views.landed_costs import BUY, SEE


class ClaimIndex(IndexView):
    """Every claim on a supplier."""

    key = "claims"
    capability = SEE
    title = _("Claims")
    columns = (
        Column("number", _("Claim"), fixed=True, sort="number"),
        Column("supplier.name", _("Supplier")),
        Column("asn.number", _("Arrival")),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("claim", r.state)),
        Column("amount", _("Claimed"), end=True, render=lambda r: ui.money(r.amount, r.currency)),
        Column(
            "agreed_amount",
            _("Agreed"),
            end=True,
            render=lambda r: ui.money(r.agreed_amount, r.currency),
        ),
        Column("created_at", _("Drawn up"), render=lambda row: ui.moment(row.created_at)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("Draft"), Q(state="draft"), hot=True),
        Tab("sent", _("Sent"), Q(state="sent")),
        Tab("agreed", _("Agreed"), Q(state="agreed"), hot=True),
        Tab("done", _("Closed"), Q(state__in=("settled", "refused", "dropped"))),
    )
    empty = EmptyText(
        _("No claims"),
        _("Damaged and unsellable goods make a claim by themselves."),
        "circle-check",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return SupplierClaim.objects.visible_to(principal).select_related("supplier", "asn")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text.upper()) | Q(asn__number=text.upper()))

    def row_url(self, row: Any) -> str:
        return reverse("claim", args=[row.pk])


class ClaimPage(RequireCapability, View):
    """One claim: units, landed costs, photos, answer."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = SupplierClaim.objects.visible_to(self.principal).select_related("supplier", "asn")
        claim = get_object_or_404(rows, pk=pk)
        lines = claim.lines.select_related("receipt_line__sku", "receipt_line__lot")
        buys = self.principal.may(BUY)
        open_moves = {move for move, table in CLAIM_MOVES.items() if buys and claim.state in table}
        context = {"claim": claim, "lines": lines.order_by("pk"), "moves": open_moves}
        return render(request, "suppliers/claim.html", context)


class ClaimAct(Act, View):
    """An act on one claim in reach."""

    capability = BUY

    def rows(self):
        return SupplierClaim.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("claim", args=[found.pk])


class SendClaim(ClaimAct):
    """Write it to the supplier."""

    title = _("Send the claim")
    submit_text = _("Send claim")
    note = _("The claim is sent.")

    def text(self, found):
        return _("Every contact of the supplier gets it by mail.")

    def do(self, found, form):
        claims.send(found.pk, actor=self.principal.actor, at=self.now)


class AgreeClaim(ClaimAct):
    """Write down what the supplier will make good."""

    title = _("Record what was agreed")
    submit_text = _("Record agreement")
    form_class = AmountForm

    def first_values(self, found):
        return {"amount": found.amount.normalize()}

    def do(self, found, form):
        amount = form.cleaned_data["amount"]
        claims.agree(found.pk, amount, actor=self.principal.actor, at=self.now)


class RefuseClaim(ClaimAct):
    """Write down that the supplier refuses."""

    title = _("Record the refusal")
    submit_text = _("Record refusal")
    form_class = ReasonForm
    danger = True

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        claims.refuse(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class SettleClaim(ClaimAct):
    """Write down the credit note."""

    title = _("Settle the claim")
    submit_text = _("Settle claim")
    form_class = CreditForm

    def do(self, found, form):
        reference = form.cleaned_data["reference"]
        claims.settle(found.pk, reference=reference, actor=self.principal.actor, at=self.now)


class DropClaim(ClaimAct):
    """Give it up."""

    title = _("Drop the claim")
    submit_text = _("Drop claim")
    form_class = ReasonForm
    danger = True

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        claims.drop(found.pk, reason=reason, actor=self.principal.actor, at=self.now)
