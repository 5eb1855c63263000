"""Return policies: rules by priority, edited as drafts, tested, tried, published, put back."""

from __future__ import annotations

import datetime as dt
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
from orders.models import Order, OrderLine
from returns import policy_words
from returns.domain.policy_effects import BY_NAME
from returns.domain.policy_names import NAMES
from returns.forms.policies import PolicyRuleForm, PolicyTestForm, PolicyTryForm
from returns.models import PolicyBook, PolicyRule, PolicyTrial, ReturnRequest
from returns.services import policy_rules, policy_trials
from returns.services.policies import LineWant
from returns.services.policy_facts import Asking
from returns.services.policy_rules import PolicyRuleDraft, PolicyRuleRefused

MANAGE = "returns.manage_policies"
PLAIN = ("code", "name", "name_zh", "condition", "priority")
KINDS = ("goods", "kit", "component", "substitute")


def _told(row: PolicyRule) -> dict[str, Any]:
    return {"row": row, "effects": policy_words.effect_texts(row.effects)}


class PolicyList(RequireCapability, TemplateView):
    """The rules in the order in which they speak; drafts, paused ones and rulebooks below."""

    capability = "returns.view"
    template_name = "returns/policies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = PolicyRule.objects.visible_to(self.principal)
        ordered = rows.order_by("priority", "code", "-version", "pk")
        books = PolicyBook.objects.visible_to(self.principal).newest_first()
        return super().get_context_data(
            active=[_told(row) for row in ordered.filter(state="active")],
            others=ordered.filter(state__in=("draft", "paused")),
            books=books[:10],
            may_manage=self.principal.may(MANAGE),
            **kwargs,
        )


class PolicyPage(RequireCapability, View):
    """One version of a rule: what it says, its dry runs, the other versions.

    POST starts a dry run.
    """

    capability = "returns.view"
    write_capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, pk, PolicyTryForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = get_object_or_404(PolicyRule.objects.visible_to(self.principal), pk=pk)
        form = PolicyTryForm(request.POST)
        if not form.is_valid():
            return self._page(request, pk, form, 422)
        trial = policy_trials.start(
            rule.pk,
            form.cleaned_data["requests_qty"],
            actor=self.principal.actor,
            at=clock.now(),
        )
        return redirect("return-policy-trial", trial.pk)

    def _page(
        self, request: HttpRequest, pk: int, form: PolicyTryForm, status: int = 200
    ) -> HttpResponse:
        rows = PolicyRule.objects.visible_to(self.principal)
        rule = get_object_or_404(rows, pk=pk)
        context = {
            "rule": rule,
            "effects": policy_words.effect_texts(rule.effects),
            "form": form,
            "versions": rows.filter(code=rule.code).order_by("-version", "pk"),
            "trials": rule.trials.order_by("-pk")[:5],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "returns/policy.html", context, status=status)


class PolicyEditor(RequireCapability, View):
    """Write a rule; saving makes the draft of its next version."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        return self._page(request, PolicyRuleForm(initial=_values(row) if row else None), row)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self._row(pk)
        data = request.POST.copy()
        if row is not None:
            data["code"] = row.code
        form = PolicyRuleForm(data)
        if not form.is_valid():
            return self._page(request, form, row, 422)
        if row is None and PolicyRule.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", gettext("A rule of this code exists. Open it and edit it."))
            return self._page(request, form, row, 422)
        plain = {name: form.cleaned_data[name] for name in PLAIN}
        try:
            draft = policy_rules.save_draft(
                PolicyRuleDraft(**plain, effects=form.effects()),
                actor=self.principal.actor,
                at=clock.now(),
            )
        except PolicyRuleRefused as error:
            form.add_error(error.data["field"], gettext(str(error.data["words"])) % error.data)
            return self._page(request, form, row, 422)
        leave_note(request, gettext("Saved as a draft. Try it, then publish it."))
        return redirect("return-policy", draft.pk)

    def _row(self, pk: int | None) -> PolicyRule | None:
        if pk is None:
            return None
        return get_object_or_404(PolicyRule.objects.visible_to(self.principal), pk=pk)

    def _page(
        self, request: HttpRequest, form: PolicyRuleForm, row: PolicyRule | None, status: int = 200
    ) -> HttpResponse:
        form.fields["code"].disabled = row is not None
        context = {"form": form, "rule": row, "names": NAMES}
        return render(request, "returns/policy_form.html", context, status=status)


def _values(row: PolicyRule) -> dict[str, Any]:
    answers = {True: "yes", False: "no"}
    effects = {
        name: answers[value] if isinstance(value, bool) else value
        for name, value in row.effects.items()
        if name in BY_NAME
    }
    return {**{name: getattr(row, name) for name in PLAIN}, **effects}


class PolicyTest(RequireCapability, View):
    """Ask the rulebook, or one with a version in it, about an order; nothing is written."""

    capability = "returns.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        rule = self._version(request)
        asked = bool(request.GET.get("order"))
        form = PolicyTestForm(request.GET if asked else None)
        context: dict[str, Any] = {"form": form, "rule": rule}
        status = 200
        if asked and form.is_valid():
            order = Order.objects.visible_to(self.principal).filter(
                number=form.cleaned_data["order"]
            )
            found = order.first()
            if found is None:
                words = gettext("There is no order %(number)s here. Check its number.")
                form.add_error("order", words % {"number": form.cleaned_data["order"]})
                status = 422
            else:
                context |= self._answer(found, form.cleaned_data, rule)
        elif asked:
            status = 422
        return render(request, "returns/policy_test.html", context, status=status)

    def _version(self, request: HttpRequest) -> PolicyRule | None:
        number = request.GET.get("rule", "")
        rows = PolicyRule.objects.visible_to(self.principal)
        return get_object_or_404(rows, pk=int(number)) if number.isdecimal() else None

    def _answer(
        self, order: Order, asked: dict[str, Any], rule: PolicyRule | None
    ) -> dict[str, Any]:
        lines = OrderLine.objects.filter(order=order, kind__in=KINDS).order_by("position")
        known = {line.pk: line for line in lines}
        wants = tuple(
            LineWant(pk, line.qty, asked["reason"], asked["outcome"]) for pk, line in known.items()
        )
        at = clock.now()
        if asked["on"]:
            at = dt.datetime.combine(asked["on"], dt.time(12), tzinfo=dt.UTC)
        asking = Asking(order.pk, wants, asked["method"], at)
        tested = policy_trials.explain(asking, with_version=rule.pk if rule else None)
        decision = tested.decision
        return {
            "order": order,
            "facts": tested.facts,
            "decision": decision,
            "lines": [
                {
                    "line": known[verdict.order_line_id],
                    "verdict": verdict,
                    "refusal": policy_words.REFUSALS[verdict.refusal],
                    "outcomes": policy_words.value_text("outcomes", verdict.resolutions),
                }
                for verdict in decision.lines
            ],
            "event": policy_words.EVENTS[decision.processing_event],
            "payer": policy_words.PAYERS[decision.label_payer],
            "reviews": [policy_words.review_text(code) for code in decision.review_reasons],
            "fired": [
                {
                    "rule": fired,
                    "changes": policy_words.effect_texts(dict(fired.changes)),
                    "overruled": [gettext(BY_NAME[name].text) for name in fired.overruled],
                }
                for fired in decision.rules
            ],
        }


class PolicyAct(Act, View):
    """A step of a rule version; subclasses say which."""

    capability = MANAGE

    def rows(self) -> Any:
        return PolicyRule.objects.visible_to(self.principal)

    def done_url(self, found: PolicyRule) -> str:
        return reverse("return-policy", args=[found.pk])


class PublishPolicy(PolicyAct):
    """Put this version in place of the active one; an older one is a roll-back."""

    title = _("Publish this version?")
    submit_text = _("Publish version")
    note = _("The version is active.")

    def text(self, found: PolicyRule) -> str:
        return gettext(
            "From now on version %(version)s of %(rule)s is asked. Returns that were decided keep "
            "their decision, and the version before is kept so that you can put it back."
        ) % {"version": found.version, "rule": found.code}

    def do(self, found: PolicyRule, form: Any) -> None:
        policy_rules.publish(found.pk, actor=self.principal.actor, at=self.now)


class PausePolicy(PolicyAct):
    """Ask the rule no more until it is published again."""

    title = _("Pause this rule?")
    submit_text = _("Pause rule")
    note = _("The rule is paused.")

    def text(self, found: PolicyRule) -> str:
        return gettext("No return is asked about %(rule)s until you publish it again.") % {
            "rule": found.code
        }

    def do(self, found: PolicyRule, form: Any) -> None:
        policy_rules.move(found.pk, "paused", actor=self.principal.actor, at=self.now)


class PutBookBack(Act, View):
    """Ask all rules of an earlier rulebook again."""

    capability = MANAGE
    title = _("Put this rulebook back?")
    submit_text = _("Put rulebook back")
    note = _("The earlier rules are asked again.")

    def rows(self) -> Any:
        return PolicyBook.objects.visible_to(self.principal)

    def done_url(self, found: PolicyBook) -> str:
        return reverse("return-policies")

    def text(self, found: PolicyBook) -> str:
        names = ", ".join(str(row) for row in policy_rules.versions_of(found.rules))
        return gettext("These versions are asked again: %(names)s.") % {"names": names or "—"}

    def do(self, found: PolicyBook, form: Any) -> None:
        policy_rules.put_back(found.version, actor=self.principal.actor, at=self.now)


class PolicyTrialPage(RequireCapability, View):
    """The result of a dry run: which decisions change, and what that is worth."""

    capability = "returns.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = PolicyTrial.objects.visible_to(self.principal).select_related("rule")
        trial = get_object_or_404(rows, pk=pk)
        found = trial.result.get("rows", [])
        seen = ReturnRequest.objects.visible_to(self.principal).filter(
            pk__in=[row["request"] for row in found]
        )
        mine = set(seen.values_list("pk", flat=True))
        context = {
            "trial": trial,
            "rows": [_shown(row) for row in found if row["request"] in mine],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "returns/policy_trial.html", context)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    changes = []
    for line in row["lines"]:
        before, after = line["refusal"]
        if before != after:
            changes.append(f"{policy_words.REFUSALS[before]} → {policy_words.REFUSALS[after]}")
        elif line["deadline"][0] != line["deadline"][1]:
            changes.append(f"{line['deadline'][0] or '∞'} → {line['deadline'][1] or '∞'}")
    if row["review"][1] and not row["review"][0]:
        changes.append(gettext("A person decides"))
    return {**row, "changes": changes}
