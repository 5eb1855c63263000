"""Landed costs: enter a bill, look at what falls to each line, post it, take it back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.services import rates
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from suppliers.models import Asn, LandedCost, LandedCostShare
from suppliers.services import landed_cost
from suppliers.services.landed_cost import CostDraft
from suppliers.views.cost_forms import CostForm, ReasonForm

SEE = "suppliers.view_prices"
BUY = "suppliers.buy"


class LandedCostIndex(IndexView):
    """Every bill for bringing goods here."""

    key = "landed-costs"
    capability = SEE
    title = _("Landed costs")
    columns = (
        Column("number", _("Landed cost"), fixed=True, sort="number"),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display()),
        Column("payee", _("From whom")),
        Column("reference", _("Their number")),
        Column("billed_on", _("Date of the bill"), render=lambda row: ui.iso_day(row.billed_on)),
        Column("amount", _("Amount"), end=True, render=lambda r: ui.money(r.amount, r.currency)),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("landed_cost", r.state)),
        Column("basis", _("Spread by"), off=True, render=lambda row: row.get_basis_display()),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("Draft"), Q(state="draft"), hot=True),
        Tab("posted", _("Posted"), Q(state="posted")),
        Tab("reversed", _("Reversed"), Q(state="reversed")),
    )
    filters = (Filter("billed", _("Date of the bill"), field="billed_on", kind="day"),)
    buttons = (
        PageButton(
            _("Enter landed cost"), "plus", "landed-cost-new", BUY, primary=True, create=True
        ),
    )
    empty = EmptyText(
        _("No landed costs yet"),
        _("Enter the bills for freight, duty and handling to see what goods really cost."),
        "ship",
        action_text=_("Enter landed cost"),
        action_url_name="landed-cost-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return LandedCost.objects.visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text.upper()) | Q(reference=text) | Q(payee__icontains=text))

    def row_url(self, row: Any) -> str:
        return reverse("landed-cost", args=[row.pk])


class LandedCostNew(RequireCapability, View):
    """Enter a bill as a draft."""

    capability = BUY

    def get(self, request: HttpRequest) -> HttpResponse:
        first = {
            "billed_on": clock.now().date(),
            "currency": rates.base_currency(),
            "arrivals": request.GET.get("arrivals", ""),
        }
        return self._answer(request, CostForm(initial=first))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CostForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        data = form.cleaned_data
        found, unknown = _named(self.principal, data["arrivals"])
        if unknown:
            text = _now("Nothing is known as %(words)s. Check the numbers.")
            form.add_error("arrivals", text % {"words": ", ".join(unknown)})
            return self._answer(request, form, 422)
        names = ("kind", "payee", "reference", "billed_on", "amount", "currency", "basis")
        draft = CostDraft(**{name: data[name] for name in names}, asn_ids=tuple(found))
        try:
            cost = landed_cost.enter(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("landed-cost", args=[cost.pk]))

    def _answer(self, request: HttpRequest, form: CostForm, status: int = 200) -> HttpResponse:
        return render(request, "suppliers/landed_cost_new.html", {"form": form}, status=status)


def _named(principal: Principal, words: list[str]) -> tuple[list[int], list[str]]:
    """Return the arrivals these numbers of arrivals and purchase orders name, and unknown ones."""
    rows = Asn.objects.visible_to(principal).exclude(state="cancelled")
    named = rows.filter(Q(number__in=words) | Q(purchase_order__number__in=words))
    found = list(named.order_by("pk").values_list("pk", "number", "purchase_order__number"))
    known = {name for _pk, *names in found for name in names}
    return [pk for pk, *_names in found], [word for word in words if word not in known]


class LandedCostPage(RequireCapability, View):
    """One bill: what falls to each line if it were posted now, or what fell to it."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_object_or_404(LandedCost.objects.visible_to(self.principal), pk=pk)
        may = self.principal.may(BUY)
        context: dict[str, Any] = {
            "cost": cost,
            "base": rates.base_currency(),
            "arrivals": cost.arrivals.select_related("warehouse").order_by("pk"),
            "lines": [],
            "problem": "",
            "may_post": may and cost.state == "draft",
            "may_reverse": may and cost.state == "posted",
        }
        if cost.state == "draft":
            try:
                context["lines"] = landed_cost.preview(cost)
            except DomainError as error:
                context["problem"] = str(error)
                context["may_post"] = False
            context["may_discard"] = may
        else:
            shares = LandedCostShare.objects.filter(cost=cost).select_related("asn", "layer__sku")
            context["shares"] = shares.order_by("pk")
        return render(request, "suppliers/landed_cost.html", context)


class CostAct(Act, View):
    """An act on one landed cost in reach."""

    capability = BUY

    def rows(self):
        return LandedCost.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("landed-cost", args=[found.pk])


class PostCost(CostAct):
    """Let the cost land on the goods."""

    title = _("Post the landed cost")
    submit_text = _("Post cost")
    note = _("The cost is posted.")

    def text(self, found):
        return _("Units in stock carry their part; units gone get a variance of today.")

    def do(self, found, form):
        landed_cost.post(found.pk, actor=self.principal.actor, at=self.now)


class ReverseCost(CostAct):
    """Take a posted cost back."""

    title = _("Reverse the landed cost")
    submit_text = _("Reverse cost")
    form_class = ReasonForm
    danger = True
    note = _("The cost is reversed.")

    def text(self, found):
        return _("The opposite amounts land on the goods; the first ones stay in the books.")

    def do(self, found, form):
        landed_cost.reverse(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class DiscardCost(CostAct):
    """Throw a draft away."""

    title = _("Discard the draft")
    submit_text = _("Discard draft")
    danger = True

    def done_url(self, found):
        return reverse("landed-costs-index")

    def do(self, found, form):
        landed_cost.discard(found.pk, actor=self.principal.actor, at=self.now)
