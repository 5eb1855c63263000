"""M11, packing rules: in the order of asking, edited as drafts, tried, published, rolled back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from core import clock
from core.permissions import RequireCapability
from core.views.acts import Act
from core.views.notes import leave_note
from fulfillment.domain.conditions import NAMES
from fulfillment.forms import RuleForm, TryForm
from fulfillment.models import InsertCampaign, PackRule, RuleTrial
from fulfillment.services import inserts, rule_trials, rules
from fulfillment.services.rules import RuleDraft, RuleRefused
from fulfillment.verdicts.insert_reasons import REASONS
from orders.models import Order

MANAGE = "fulfillment.manage_inserts"
FIELDS = frozenset(RuleDraft.__dataclass_fields__)


class RuleList(RequireCapability, TemplateView):
    """The rules in the order in which the bench asks them; drafts and paused ones below."""

    capability = "fulfillment.view"
    template_name = "fulfillment/pack_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = PackRule.objects.visible_to(self.principal)
        joined = rows.select_related("sku", "campaign").order_by("priority", "code", "-version")
        return super().get_context_data(
            live=joined.filter(state="live"),
            others=joined.filter(state__in=("draft", "paused")),
            most=inserts.most_inserts(),
            may_manage=self.principal.may(MANAGE),
            **kwargs,
        )


class RulePage(RequireCapability, View):
    """One version: what it says, a tester on an order, dry runs, the other versions.

    POST starts a dry run.
    """

    capability = "fulfillment.view"
    write_capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, pk, TryForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(PackRule.objects.visible_to(self.principal), pk=pk)
        form = TryForm(request.POST)
        if not form.is_valid():
            return self._page(request, pk, form, 422)
        trial = rule_trials.start(
            rule.pk,
            form.cleaned_data["orders_qty"],
            actor=self.principal.actor,
            at=clock.now(),
        )
        return redirect("rule-trial", trial.pk)

    def _page(
        self, request: HttpRequest, pk: int, form: TryForm, status: int = 200
    ) -> HttpResponse:
        rows = PackRule.objects.visible_to(self.principal)
        rule = get_object_or_404(rows.select_related("sku", "alternate_sku", "campaign"), pk=pk)
        number = request.GET.get("order", "").strip()
        order = Order.objects.visible_to(self.principal).filter(number=number).first()
        context = {
            "rule": rule,
            "form": form,
            "number": number,
            "order": order,
            "told": self._told(order, rule) if order else [],
            "versions": rows.filter(code=rule.code).order_by("-version"),
            "trials": RuleTrial.objects.filter(rule=rule).order_by("-pk")[:5],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "fulfillment/pack_rule.html", context, status=status)

    def _told(self, order: Order, rule: PackRule) -> list[dict[str, Any]]:
        answers = rule_trials.explain(order.pk, with_version=rule.pk, at=clock.now())
        return [_answer(one, rule) for one in answers]


def _answer(one: rule_trials.Answer, rule: PackRule) -> dict[str, Any]:
    made = one.decision
    if made is None:
        outcome, reason = "no", gettext("The condition does not hold")
    else:
        outcome, reason = made.outcome, gettext(REASONS[made.reason])
    seen = ", ".join(f"{name} = {_shown(value)}" for name, value in one.seen.items())
    return {
        "rule": one.rule,
        "outcome": outcome,
        "reason": reason,
        "seen": seen,
        "is_this": one.rule.pk == rule.pk,
    }


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, tuple):
        return ", ".join(value) or "—"
    return str(value) if value != "" else "—"


class RuleEditor(RequireCapability, View):
    """Write a rule; saving makes the draft of its next version."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        return self._page(request, self._form(initial=_values(row) if row else None), row)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        data = {**request.POST.dict(), **({"code": row.code} if row else {})}
        form = self._form(data)
        if not form.is_valid():
            return self._page(request, form, row, 422)
        if row is None and PackRule.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", gettext("A rule of this code exists. Open it and edit it."))
            return self._page(request, form, row, 422)
        values = {name: value for name, value in form.cleaned_data.items() if name in FIELDS}
        try:
            draft = rules.save_draft(
                RuleDraft(**values), actor=self.principal.actor, at=clock.now()
            )
        except RuleRefused as error:
            why = str(error.data["words"])
            form.add_error(error.data["field"], gettext(why) % error.data)
            return self._page(request, form, row, 422)
        leave_note(request, gettext("Saved as a draft. Try it, then publish it."))
        return redirect("pack-rule", draft.pk)

    def _row(self, pk: int | None) -> PackRule | None:
        if pk is None:
            return None
        rows = PackRule.objects.visible_to(self.principal)
        return get_object_or_404(rows.select_related("sku", "alternate_sku", "campaign"), pk=pk)

    def _form(self, data: Any = None, **more: Any) -> RuleForm:
        rows = InsertCampaign.objects.exclude(state="ended").order_by("code")
        return RuleForm(data, campaigns=rows, **more)

    def _page(
        self, request: HttpRequest, form: RuleForm, row: PackRule | None, status: int = 200
    ) -> HttpResponse:
        form.fields["code"].disabled = row is not None
        context = {"form": form, "rule": row, "names": NAMES}
        return render(request, "fulfillment/pack_rule_form.html", context, status=status)


def _values(row: PackRule) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in FIELDS if name not in {"sku", "alternate"}}
    return {
        **plain,
        "sku": row.sku.code,
        "alternate": row.alternate_sku.code if row.alternate_sku else "",
        "campaign": row.campaign.code if row.campaign else "",
    }


class RuleAct(Act, View):
    """A step of a rule version; subclasses say which."""

    capability = MANAGE

    def rows(self) -> Any:
        return PackRule.objects.visible_to(self.principal)

    def done_url(self, found: PackRule) -> str:
        return reverse("pack-rule", args=[found.pk])


class PublishRule(RuleAct):
    """Put this version in place of the one that is live; an older one is a roll-back."""

    title = _("Publish this version?")
    submit_text = _("Publish version")
    note = _("The version is live.")

    def text(self, found: PackRule) -> str:
        return gettext(
            "From the next parcel on version %(version)s of %(rule)s is asked, and the one before "
            "is kept so that you can put it back."
        ) % {"version": found.version, "rule": found.code}

    def do(self, found: PackRule, form: Any) -> None:
        rules.publish(found.pk, actor=self.principal.actor, at=self.now)


class PauseRule(RuleAct):
    """Ask the rule no more until it is published again."""

    title = _("Pause this rule?")
    submit_text = _("Pause rule")
    note = _("The rule is paused.")

    def text(self, found: PackRule) -> str:
        return gettext("No parcel is asked about %(rule)s until you publish it again.") % {
            "rule": found.code
        }

    def do(self, found: PackRule, form: Any) -> None:
        rules.move(found.pk, "paused", actor=self.principal.actor, at=self.now)


class TrialPage(RequireCapability, View):
    """The result of a dry run: which parcels gain or lose what, and what it costs."""

    capability = "fulfillment.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = PackRule.objects.visible_to(self.principal)
        trial = get_object_or_404(
            RuleTrial.objects.filter(rule__in=visible).select_related("rule"), pk=pk
        )
        seen = Order.objects.visible_to(self.principal).filter(
            pk__in=[row["order"] for row in trial.result.get("rows", ())]
        )
        mine = set(seen.values_list("pk", flat=True))
        reasons = trial.result.get("reasons", {}).items()
        context = {
            "trial": trial,
            "rows": [row for row in trial.result.get("rows", ()) if row["order"] in mine],
            "reasons": [(gettext(REASONS[why]), count) for why, count in reasons],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "fulfillment/rule_trial.html", context)
