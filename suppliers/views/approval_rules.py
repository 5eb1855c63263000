"""Rules of approval, the tool that tries them, and substitutes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.approvals import people, policies, substitutes
from core.errors import DomainError
from core.htmx import redirect_to
from core.models import ApprovalDelegation, ApprovalPolicy, Role, User
from core.permissions import RequireCapability
from core.reauth import RecentSignIn
from core.services.rates import base_currency
from core.submissions import SubmitOnce
from core.views.acts import Act
from core.views.notes import leave_note
from inventory.models import Product, Warehouse
from suppliers.models import Supplier
from suppliers.services.purchase_approving import KIND
from suppliers.views.approval_forms import STEPS, FactsForm, RuleForm, SubstituteForm
from suppliers.views.approvals import DECIDE, READ

MANAGE = "settings.manage"
SHOWN_EFFECTS = 20


def choices(principal):
    """Return what conditions of rules can be chosen from."""
    places = Warehouse.objects.visible_to(principal).order_by("code")
    goods = Product.objects.visible_to(principal).exclude(category="")
    names = goods.order_by("category").values_list("category", flat=True).distinct()
    return {
        "warehouse": [(place.code, f"{place.code} · {place.name}") for place in places],
        "category": [(name, name) for name in names],
        "risk": list(Supplier.Risk.choices),
    }


class ApprovalRules(RequireCapability, View):
    """The rules as a table, and the tool: who approves this?"""

    capability = (READ, MANAGE)

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = "amount" in request.GET
        form = FactsForm(request.GET if asked else None, choices=choices(self.principal))
        verdict = None
        if asked and form.is_valid():
            data = form.cleaned_data
            verdict = policies.who_approves(KIND, data["amount"], form.facts())
        rows = ApprovalPolicy.objects.in_force(KIND).prefetch_related(
            "parts__role", "parts__people"
        )
        context = {
            "rules": [_shown(row) for row in rows],
            "form": form,
            "verdict": verdict,
            "base": base_currency(),
            "may_manage": self.principal.may(MANAGE),
            "fallback": not rows,
        }
        return render(request, "suppliers/approval_rules.html", context)


def _shown(row):
    parts = sorted(row.parts.all(), key=lambda part: part.tier)
    return {
        "row": row,
        "conditions": [_condition(fact, values) for fact, values in sorted(row.conditions.items())],
        "steps": [
            [*([part.role.name] if part.role else []), *map(str, part.people.all())]
            for part in parts
        ],
    }


def _condition(fact, values) -> str:
    words = {
        "risk": dict(Supplier.Risk.choices),
        "off_agreement": dict(FactsForm.OFF),
    }.get(fact, {})
    labels = {
        "warehouse": gettext("Warehouse: %(values)s"),
        "category": gettext("Category: %(values)s"),
        "risk": gettext("Supplier risk: %(values)s"),
        "off_agreement": gettext("Prices: %(values)s"),
        "supplier": gettext("Supplier: %(values)s"),
    }
    return labels[fact] % {"values": ", ".join(str(words.get(value, value)) for value in values)}


class RulePage(RequireCapability, RecentSignIn, View):
    """Write a rule, or change one: first its effect on what waits, then the rule counts."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        found = self._found(pk)
        form = self._form(initial=_values(found) if found else {"level": 1, "from_amount": 0})
        return self._page(request, found, form, 200)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        found = self._found(pk)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, 422)
        draft = form.draft(found.pk if found else None)
        try:
            policies.check(draft)
            if "save" not in request.POST:
                effects = policies.preview(draft, KIND, self.principal)
                return self._page(request, found, form, 200, effects=effects)
            policies.save(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(request, found, form, 409 if error.status == 409 else 422)
        leave_note(request, gettext("The rule “%(name)s” is in force.") % {"name": draft.name})
        return redirect_to(request, reverse("approval-rules"))

    def _found(self, pk):
        if pk is None:
            return None
        return get_object_or_404(ApprovalPolicy, pk=pk, kind=KIND, is_active=True)

    def _form(self, *args, **kwargs):
        able = people.holders(KIND)
        return RuleForm(
            *args,
            choices=choices(self.principal),
            roles=Role.objects.current().order_by("name", "pk"),
            people=User.objects.filter(pk__in=able).order_by("full_name", "pk"),
            **kwargs,
        )

    def _page(self, request, found, form, status, effects=None):
        context = {
            "found": found,
            "form": form,
            "base": base_currency(),
            "checked": effects is not None,
            "effects": (effects or [])[:SHOWN_EFFECTS],
            "effect_count": len(effects or ()),
            "steps": [(form[f"role_{step}"], form[f"people_{step}"]) for step in STEPS],
        }
        return render(request, "suppliers/approval_rule.html", context, status=status)


def _values(found):
    values = {
        "name": found.name,
        "level": found.level,
        "from_amount": found.from_amount.normalize(),
        "below_amount": found.below_amount,
        "is_automatic": found.is_automatic,
        "off_agreement": next(iter(found.conditions.get("off_agreement", [])), ""),
    }
    values |= {fact: found.conditions.get(fact, []) for fact in ("warehouse", "category", "risk")}
    for part in found.parts.prefetch_related("people"):
        values[f"role_{part.tier}"] = str(part.role_id or "")
        values[f"people_{part.tier}"] = [str(user.pk) for user in part.people.all()]
    return values


class RetireRule(RecentSignIn, Act, SubmitOnce, View):
    """Take a rule out of force."""

    capability = MANAGE
    title = _("Retire this rule?")
    submit_text = _("Retire rule")
    danger = True

    def rows(self):
        return ApprovalPolicy.objects.filter(kind=KIND, is_active=True)

    def text(self, found):
        return gettext(
            "“%(name)s” no longer counts. What waits is asked for under other rules."
        ) % {"name": found.name}

    def do(self, found, form) -> None:
        policies.retire(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found) -> str:
        return reverse("approval-rules")


class Substitutes(RequireCapability, RecentSignIn, SubmitOnce, View):
    """Who decides in my place, and in whose place I decide."""

    capability = DECIDE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        try:
            found = substitutes.delegate(
                form.stand_in(), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 422)
        leave_note(request, gettext("%(name)s decides in your place.") % {"name": found.taker})
        return redirect_to(request, reverse("approval-substitutes"))

    def _form(self, *args):
        able = people.holders(KIND)
        others = User.objects.filter(pk__in=able).exclude(pk=self.request.user.pk)
        zone = self.request.user.time_zone
        return SubstituteForm(*args, people=others.order_by("full_name", "pk"), zone=zone)

    def _page(self, request, form, status):
        now, me = clock.now(), request.user.pk
        rows = ApprovalDelegation.objects.select_related("giver", "taker").order_by("-until_at")
        context = {
            "form": form,
            "given": rows.filter(giver=me)[:20],
            "taken": rows.active(now).filter(taker=me)[:20],
            "now": now,
        }
        return render(request, "suppliers/approval_substitutes.html", context, status=status)


class EndSubstitute(RecentSignIn, Act, SubmitOnce, View):
    """Take one's decisions back now."""

    capability = DECIDE
    title = _("Decide yourself again?")
    submit_text = _("End now")

    def rows(self):
        return ApprovalDelegation.objects.filter(giver=self.request.user.pk)

    def text(self, found):
        return gettext("%(name)s no longer decides in your place.") % {"name": found.taker}

    def do(self, found, form) -> None:
        substitutes.end(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found) -> str:
        return reverse("approval-substitutes")
