"""P11: one arrival against its order and invoices: excess, shortfalls, claims, landed costs."""

from __future__ import annotations

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from core.permissions import RequireCapability
from core.services import rates
from core.views.acts import Act
from suppliers.models import Asn, AsnLine, ExcessDecision, ReceiptLine, SupplierInvoice
from suppliers.queries.arrival_costs import layers_by_arrival
from suppliers.queries.variances import compare
from suppliers.services import claims, excess, landed_cost
from suppliers.services.excess import Wish
from suppliers.views.arrivals import ArrivalAct
from suppliers.views.cost_forms import ExcessForm
from suppliers.views.landed_costs import BUY, SEE


class ArrivalCosts(RequireCapability, View):
    """Variances and claims of one arrival."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Asn.objects.visible_to(self.principal)
        rows = rows.select_related("supplier", "warehouse", "purchase_order")
        asn = get_object_or_404(rows, pk=pk)
        may = self.principal.may(BUY)
        lines = compare(asn)
        layers = layers_by_arrival([asn.pk]).get(asn.pk, [])
        faulty = list(claims.faulty(asn))
        decisions = ExcessDecision.objects.filter(asn_line__asn=asn)
        context = {
            "asn": asn,
            "order": asn.purchase_order,
            "lines": lines,
            "base": rates.base_currency(),
            "faulty": faulty,
            "claims": asn.claims.order_by("-pk"),
            "costs": asn.landed_costs.order_by("-pk"),
            "invoices": SupplierInvoice.objects.filter(order=asn.purchase_order_id).order_by("-pk"),
            "decisions": decisions.select_related("asn_line__sku").order_by("-pk"),
            "is_provisional": any(layer.is_provisional for layer in layers),
            "may": may,
            "may_claim": may and bool(faulty),
            "may_close_short": self.principal.may("suppliers.manage_arrivals")
            and asn.state in {"announced", "arrived", "receiving"}
            and any(row.line.open_qty for row in lines),
        }
        return render(request, "suppliers/arrival_costs.html", context)


class CostsAct(ArrivalAct):
    """An act on the costs of one arrival in reach."""

    capability = BUY

    def done_url(self, found):
        return reverse("arrival-costs", args=[found.pk])


class CloseCosts(CostsAct):
    """Say that no more costs are to come."""

    title = _("Close the costs of this arrival")
    submit_text = _("Close costs")
    note = _("The costs of this arrival are final.")

    def text(self, found):
        return _("Margins of its goods are shown as final. A late bill can still be posted.")

    def do(self, found, form):
        landed_cost.close_costs(found.pk, actor=self.principal.actor, at=self.now)


class DrawUpClaim(CostsAct):
    """Draft a claim for all faulty units, or draw the draft up anew."""

    title = _("Draw up a claim")
    submit_text = _("Draw up claim")

    def text(self, found):
        units = sum(row.qty - row.withdrawn_qty for row in claims.faulty(found))
        return ngettext(
            "%(n)s faulty unit is claimed at what it has cost until here.",
            "%(n)s faulty units are claimed at what they have cost until here.",
            units,
        ) % {"n": units}

    def do(self, found, form):
        claims.draw_up(found.pk, actor=self.principal.actor, at=self.now)


class DecideExcess(Act, View):
    """Accept, keep free or send back units above the tolerance (X16)."""

    capability = BUY
    title = _("Decide on the excess")
    submit_text = _("Record decision")
    keep_text = _("Decide later")
    form_class = ExcessForm
    note = _("The decision is recorded and the supplier is told.")

    def rows(self):
        return AsnLine.objects.visible_to(self.principal).select_related("sku", "asn")

    def text(self, found):
        units = _waiting(found)
        return ngettext(
            "%(n)s unit of %(sku)s came above the tolerance and waits on hold.",
            "%(n)s units of %(sku)s came above the tolerance and wait on hold.",
            units,
        ) % {"n": units, "sku": found.sku.code}

    def first_values(self, found):
        return {"qty": _waiting(found), "outcome": "accept"}

    def do(self, found, form):
        data = form.cleaned_data
        excess.decide(
            Wish(found.pk, data["outcome"], data["qty"], data["note"]),
            event_key=data["submission_key"],
            actor=self.principal.actor,
            at=self.now,
        )

    def done_url(self, found):
        return reverse("arrival-costs", args=[found.asn_id])


def _waiting(line: AsnLine) -> int:
    held = ReceiptLine.objects.filter(asn_line=line, kind="over", is_undone=False)
    return held.aggregate(n=Sum(F("qty") - F("withdrawn_qty"), default=0))["n"]
