"""F4: what is watched, for which goods, how often it would have fired, who is told."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.errors import DomainError
from core.htmx import mark_varying, redirect_to
from core.permissions import Principal, RequireCapability
from core.submissions import SubmitOnce
from core.views.acts import Act
from core.views.notes import leave_note
from inventory.models import Product, Warehouse
from planning.domain.alert_rules import KINDS, NOISY_A_DAY, Kind, standard
from planning.forms.alerts import RuleForm
from planning.models import AlertKind, AlertRule
from planning.queries import alerts as reads
from planning.queries.alert_preview import Preview, preview
from planning.services import alert_rules
from planning.services.alert_findings import rule_of
from planning.views import alert_words as say

SEE, MANAGE = "planning.view", "planning.manage"
UNITS = {"": "", "days": _("days"), "%": "%"}


def _rules(principal: Principal) -> QuerySet[AlertRule]:
    return AlertRule.objects.visible_to(principal).select_related("warehouse")


class RuleList(RequireCapability, View):
    """Every rule in words, with what it raised lately."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        found = list(_rules(self.principal).order_by("kind", "category", "warehouse__code", "pk"))
        raised = reads.raised_a_day([row.pk for row in found], clock.now())
        rows = [
            {
                "row": row,
                "condition": say.condition_of(row),
                "scope": say.scope_of(row),
                "channels": say.channels_of(row),
                "raised": formats.number(round(raised.get(row.pk, 0.0), 1)),
                "is_noisy": raised.get(row.pk, 0.0) > NOISY_A_DAY,
            }
            for row in found
        ]
        context = {
            "rows": rows,
            "noisy_limit": NOISY_A_DAY,
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/alert_rules.html", context)


class StartRules(SubmitOnce, RequireCapability, View):
    """Write the standard rules of a new installation."""

    capability = MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        alert_rules.ensure_standard(actor=self.principal.actor, now=clock.now())
        return redirect_to(request, reverse("alert-rules"))


def preview_text(found: Preview) -> str:
    """Return what a rule would have done, in words."""
    fired = found.fired
    if not found.is_replayed:
        return ngettext(
            "It raised %(n)s alert in the last %(days)s days. Past days can't be judged again for "
            "this kind.",
            "It raised %(n)s alerts in the last %(days)s days. Past days can't be judged again for "
            "this kind.",
            fired.calls,
        ) % {"n": formats.number(fired.calls), "days": fired.days}
    text = ngettext(
        "Would have fired %(n)s time in the last %(days)s days.",
        "Would have fired %(n)s times in the last %(days)s days.",
        fired.calls,
    ) % {"n": formats.number(fired.calls), "days": fired.days}
    if not fired.suggestions:
        return text
    more = ngettext(
        "and made %(n)s suggestion", "and made %(n)s suggestions", fired.suggestions
    ) % {"n": formats.number(fired.suggestions)}
    return f"{text.rstrip('.。')}, {more}."


class RuleTest(RequireCapability, View):
    """What a stored rule would have done last month: a fragment, asked for by the list."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(_rules(self.principal), pk=pk)
        found = preview(rule_of(row), now=clock.now())
        return _preview(request, preview_text(found), is_noisy=found.is_noisy)


class DraftTest(RequireCapability, View):
    """What the rule being typed would have done: a fragment beside the form."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        form = _form(self.principal, data=request.GET)
        if not form.is_valid():
            return _preview(request, gettext("Fill in what the rule watches to test it."))
        try:
            found = preview(alert_rules.check(form.draft()), now=clock.now())
        except DomainError as error:
            return _preview(request, str(error), is_refused=True)
        return _preview(request, preview_text(found), is_noisy=found.is_noisy)


def _preview(
    request: HttpRequest, text: str, *, is_noisy: bool = False, is_refused: bool = False
) -> HttpResponse:
    context = {
        "text": text,
        "is_noisy": is_noisy,
        "is_refused": is_refused,
        "noisy_limit": NOISY_A_DAY,
    }
    answer = render(request, "planning/_alert_preview.html", context)
    return mark_varying(answer, fragment=True)


def _form(principal: Principal, **given: Any) -> RuleForm:
    places = Warehouse.objects.visible_to(principal).order_by("code")
    categories = Product.objects.exclude(category="").order_by("category")
    names = categories.values_list("category", flat=True).distinct()
    return RuleForm(
        warehouses=[(str(row.pk), row.code) for row in places],
        categories=[(name, name) for name in names],
        **given,
    )


def _first_values(kind: Kind) -> dict[str, Any]:
    """Return the standard rule of a kind as the form shows it."""
    rule = standard(kind)
    limits = {"notice_limit": rule.notice, "warn_limit": rule.warn, "critical_limit": rule.critical}
    return {
        "kind": kind.value,
        "least_band": rule.least_band,
        "least_units": rule.least_units,
        "least_amount": 0,
        "in_app": True,
        "by_mail": True,
        "quiet_zone": "UTC",
        **{name: value for name, value in limits.items() if value is not None},
    }


class RuleNew(SubmitOnce, RequireCapability, View):
    """Write a rule. The fields follow what it watches."""

    capability = MANAGE
    row: AlertRule | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("kind", "")
        kind = Kind(asked) if asked in set(Kind) else Kind.LOW_COVER
        return self._show(_form(self.principal, initial=_first_values(kind)), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = _form(self.principal, data=request.POST)
        if not form.is_valid():
            return self._show(form, 422)
        try:
            self.save(form)
        except DomainError as error:
            form.refuse(error)
            return self._show(form, 409 if error.status == 409 else 422)
        leave_note(request, gettext("The rule is saved. It counts within minutes."))
        return redirect_to(request, reverse("alert-rules"))

    def save(self, form: RuleForm) -> None:
        alert_rules.create(form.draft(), actor=self.principal.actor, now=clock.now())

    def _show(self, form: RuleForm, status: int) -> HttpResponse:
        kind = form.data.get("kind") if form.is_bound else form.initial["kind"]
        known = Kind(kind) if kind in set(Kind) else Kind.LOW_COVER
        context = {
            "form": form,
            "row": self.row,
            "kind": known,
            "kind_text": AlertKind(known).label,
            "kinds": [] if self.row else AlertKind.choices,
            "unit": UNITS[KINDS[known].unit],
            "action": self.request.path,
        }
        return render(self.request, "planning/alert_rule_form.html", context, status=status)


class RuleEdit(RuleNew):
    """Change limits, goods and channels of a rule."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        row = self._found()
        names = ("kind", *alert_rules.RuleDraft(Kind(row.kind)).values(), "version")
        initial = {name: getattr(row, name) for name in names if name != "warehouse_id"}
        initial["warehouse"] = str(row.warehouse_id or "")
        return self._show(_form(self.principal, initial=initial), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        self._found()
        return super().post(request)

    def save(self, form: RuleForm) -> None:
        alert_rules.change(
            self.pk,
            form.draft(),
            expected_version=form.cleaned_data["version"] or 0,
            actor=self.principal.actor,
            now=clock.now(),
        )

    def _found(self) -> AlertRule:
        self.row = get_object_or_404(_rules(self.principal), pk=self.pk)
        return self.row


class RuleAct(Act, View):
    """Base of the acts on one rule."""

    capability = MANAGE

    def rows(self) -> QuerySet[Any]:
        return _rules(self.principal)

    def text(self, found: AlertRule) -> str:
        return f"{found.get_kind_display()}: {say.condition_of(found)}"

    def done_url(self, found: AlertRule) -> str:
        return reverse("alert-rules")


class PauseRule(RuleAct):
    """Stop watching."""

    title = _("Pause the rule")
    submit_text = _("Pause rule")
    note = _("Paused. Its alerts close within minutes.")
    danger = True

    def do(self, found: AlertRule, form: Any) -> None:
        alert_rules.pause(found.pk, actor=self.principal.actor, now=self.now)


class ResumeRule(RuleAct):
    """Watch again."""

    title = _("Resume the rule")
    submit_text = _("Resume rule")

    def do(self, found: AlertRule, form: Any) -> None:
        alert_rules.resume(found.pk, actor=self.principal.actor, now=self.now)
