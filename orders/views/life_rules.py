"""Least remaining life of lots at delivery: the rules, and which of them holds for an order."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton
from core.views.acts import Act
from orders.forms import LifeRuleForm, LifeTestForm
from orders.models import LifeRule
from orders.services import life_rules
from orders.services.life_rules import LifeAnswer, LifeScope

EDIT = "orders.manage_channels"


class LifeRuleIndex(IndexView):
    """Every rule; the most specific one counts."""

    key = "life-rules"
    url_name = "life-rules"
    capability = EDIT
    title = _("Remaining life")
    columns = (
        Column("customer.number", _("Customer"), render=lambda row: _any(row.customer)),
        Column("sku.code", _("SKU"), render=lambda row: _any(row.sku)),
        Column("channel.code", _("Channel"), render=lambda row: _any(row.channel)),
        Column("country", _("Country"), render=lambda row: row.country or _("any")),
        Column("min_days", _("Least days at delivery"), end=True, fixed=True),
        Column("note", _("Note")),
    )
    filters = (
        Filter("sku", _("SKU"), field="sku__code", kind="text", promoted=True),
        Filter("country", _("Country"), field="country", kind="text", promoted=True),
    )
    buttons = (
        PageButton(_("Which rule holds?"), "search", "life-rule-test", EDIT),
        PageButton(_("Add rule"), "plus", "life-rule-new", EDIT, primary=True, create=True),
    )
    empty = EmptyText(
        _("No rules yet"),
        _("Without one the channel's own figure holds: add one for a customer, SKU or country."),
        "hourglass",
        action_text=_("Add rule"),
        action_url_name="life-rule-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return LifeRule.objects.select_related("customer", "sku", "channel")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(sku__code__startswith=text)

    def row_url(self, row: Any) -> str:
        return reverse("life-rule-remove", args=[row.pk])


class LifeRuleNew(RequireCapability, View):
    """Add a rule; one for the same scope gets the new figures."""

    capability = EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, LifeRuleForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LifeRuleForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        data = form.cleaned_data
        try:
            life_rules.save_rule(
                _scope(data),
                min_days=data["min_days"],
                note=data["note"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("life-rules"))

    def _answer(self, request: HttpRequest, form: LifeRuleForm, status: int = 200) -> HttpResponse:
        return render(request, "orders/life_rule.html", {"form": form}, status=status)


class LifeRuleTest(RequireCapability, View):
    """Say which rule holds for an order of a SKU; changes nothing."""

    capability = EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        form = LifeTestForm(request.GET or None)
        answer: LifeAnswer | None = None
        if form.is_bound and form.is_valid():
            try:
                answer = life_rules.answer_for(_scope(form.cleaned_data), as_of=clock.now())
            except DomainError as error:
                form.refuse(error)
        status = 422 if form.is_bound and answer is None else 200
        context = {"form": form, "answer": answer}
        return render(request, "orders/life_rule_test.html", context, status=status)


class LifeRuleRemove(Act, View):
    """Take a rule away."""

    capability = EDIT
    title = _("Remove this rule?")
    submit_text = _("Remove rule")
    keep_text = _("Keep rule")
    danger = True

    def rows(self) -> QuerySet[LifeRule]:
        return LifeRule.objects.select_related("customer", "sku", "channel")

    def text(self, found: LifeRule) -> Any:
        return _("%(days)s days for %(scope)s. Orders routed from now on follow the next rule.") % {
            "days": found.min_days,
            "scope": " · ".join(
                str(part)
                for part in (found.customer, found.sku, found.channel, found.country)
                if part
            ),
        }

    def do(self, found: LifeRule, form: Any) -> None:
        life_rules.remove_rule(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found: LifeRule) -> str:
        return reverse("life-rules")


def _any(row: Any) -> Any:
    return str(row) if row else _("any")


def _scope(data: dict[str, Any]) -> LifeScope:
    names = ("customer", "sku", "channel", "country")
    return LifeScope(**{name: data[name].strip() for name in names})
