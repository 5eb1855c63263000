"""Rules of wave planning: written, changed and released from the planning board (M2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.acts import Act
from core.views.notes import leave_note
from fulfillment.forms import WaveRuleForm
from fulfillment.models import WaveRule
from fulfillment.services import wave_plans, wave_rules
from fulfillment.views.waves import tell
from inventory.models import Warehouse, Zone

TEMPLATE = "fulfillment/wave_rule.html"
PLAIN = (
    "name",
    "service_code",
    "window_minutes",
    "min_orders",
    "max_orders",
    "method",
    "tour_totes",
    "tour_items",
    "position",
    "is_automatic",
    "is_active",
)


class RuleEditor(RequireCapability, View):
    """The form of one rule, new or known."""

    capability = "fulfillment.release_wave"

    def _form(self, *args: Any, **kwargs: Any) -> WaveRuleForm:
        places = Warehouse.objects.visible_to(self.principal).active().order_by("code", "pk")
        zones = Zone.objects.visible_to(self.principal).select_related("warehouse")
        return WaveRuleForm(
            *args,
            warehouses=places,
            zones=zones.order_by("warehouse__code", "code", "pk"),
            **kwargs,
        )

    def _save(self, request: HttpRequest, rule: WaveRule) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, rule, 422)
        for name in PLAIN:
            setattr(rule, name, form.cleaned_data[name])
        rule.warehouse = Warehouse.objects.get(pk=form.cleaned_data["warehouse"])
        zone = form.cleaned_data["zone"]
        rule.zone = Zone.objects.get(pk=zone) if zone else None
        try:
            wave_rules.save_rule(rule, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, rule, 422)
        leave_note(request, gettext("Rule %(name)s is saved.") % {"name": rule.name})
        return redirect_to(request, reverse("waves-index"))

    def _page(
        self, request: HttpRequest, form: WaveRuleForm, rule: WaveRule, status: int = 200
    ) -> HttpResponse:
        return render(request, TEMPLATE, {"form": form, "rule": rule}, status=status)


class NewRule(RuleEditor):
    """A rule nobody has written yet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(), WaveRule())

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._save(request, WaveRule())


class EditRule(RuleEditor):
    """A rule that is changed or put out of use."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self._rule(pk)
        first = {name: getattr(rule, name) for name in PLAIN}
        first |= {"warehouse": str(rule.warehouse_id), "zone": str(rule.zone_id or "")}
        return self._page(request, self._form(initial=first), rule)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._save(request, self._rule(pk))

    def _rule(self, pk: int) -> WaveRule:
        return get_object_or_404(WaveRule.objects.visible_to(self.principal), pk=pk)


class ReleaseRule(Act, View):
    """Release what a rule takes now: the question carries the estimate."""

    capability = "fulfillment.release_wave"
    title = _("Release by this rule?")
    submit_text = _("Release wave")
    wave_id: int | None = None

    def rows(self) -> Any:
        return WaveRule.objects.visible_to(self.principal).filter(is_active=True)

    def text(self, found: WaveRule) -> str:
        ids = wave_rules.matches(found, at=self.now)
        plan = wave_plans.plan_wave(found.warehouse_id, ids, wave_rules.method_of(found))
        told = ngettext(
            "%(name)s takes %(count)s shipment now.",
            "%(name)s takes %(count)s shipments now.",
            len(ids),
        ) % {"name": found.name, "count": len(ids)}
        if not plan.measured:
            return told
        walk = ngettext(
            "%(count)s walk of %(metres)s m in all, about %(minutes)s min;"
            " %(saved)s m less than in S-shape.",
            "%(count)s walks of %(metres)s m in all, about %(minutes)s min;"
            " %(saved)s m less than in S-shape.",
            plan.estimate.tours,
        )
        return f"{told} " + walk % {
            "count": plan.estimate.tours,
            "metres": plan.walk_m,
            "minutes": plan.minutes,
            "saved": plan.saved_m,
        }

    def do(self, found: WaveRule, form: Any) -> None:
        outcome = wave_rules.release_by_rule(found, actor=self.principal.actor, at=self.now)
        tell(self.request, outcome)
        self.wave_id = outcome.wave.pk

    def done_url(self, found: WaveRule) -> str:
        if self.wave_id is None:
            return reverse("waves-index")
        return reverse("wave", args=[self.wave_id])
