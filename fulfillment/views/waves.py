"""Wave planning (M2): what could be released, by cut-off and service, and what is on the floor."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from core import clock
from core.errors import DomainError
from core.htmx import (
    PartialMixin,
    mark_varying,
    redirect_to,
    render_partial,
    wants_partial,
)
from core.permissions import RequireCapability
from fulfillment import queries
from fulfillment.domain.walk_time import Estimate
from fulfillment.forms import WalkForm
from fulfillment.models import PickTask, Wave, WaveRule
from fulfillment.services import wave_plans, wave_rules, waves
from fulfillment.services.wave_plans import Method

MOST_WALKS = 100
GROUP_TEMPLATE = "fulfillment/wave_group.html"


class WaveIndex(RequireCapability, PartialMixin, TemplateView):
    """Groups that are ready, reasons why others are not, and the waves being worked on."""

    capability = "fulfillment.view"
    template_name = "fulfillment/waves.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        board = queries.plan_board(self.principal)
        return super().get_context_data(
            groups=board.groups,
            blocked=board.blocked,
            waves=queries.waves_on_floor(self.principal),
            rules=WaveRule.objects.visible_to(self.principal)
            .select_related("warehouse", "zone")
            .order_by("-is_active", "warehouse__code", "position", "pk")[:50],
            may_release=self.principal.may("fulfillment.release_wave"),
            now=clock.now(),
            **kwargs,
        )


class WaveGroup(RequireCapability, View):
    """One ready group: choose shipments and release them as a wave."""

    capability = "fulfillment.view"
    write_capability = "fulfillment.release_wave"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._answer(request, key)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        members = self._members(key)
        asked = {int(value) for value in request.POST.getlist("shipment") if value.isdecimal()}
        chosen = [row for row in members if row.pk in asked]
        form = WalkForm({"method": "single", **request.POST.dict()})
        if not form.is_valid():
            return self._answer(request, key, problem=form.summary[0].text, form=form)
        if not asked:
            problem = _("No shipment is checked. Check one, then release.")
            return self._answer(request, key, problem=problem, form=form)
        if not chosen:
            problem = _(
                "The checked shipments were released or held meanwhile. Check what is left."
            )
            return self._answer(request, key, problem=problem, form=form)
        place, ids = chosen[0].warehouse_id, [row.pk for row in chosen]
        method = Method(form.cleaned_data["method"], tour_totes=form.cleaned_data["tour_totes"])
        if "estimate" in request.POST:
            plan = wave_plans.plan_wave(place, ids, method)
            return self._answer(request, key, form=form, plan=plan, asked=asked)
        order = waves.WaveOrder(place, ids, {"group": key, **method.criteria()})
        try:
            outcome = wave_rules.release_and_plan(order, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            return self._answer(request, key, problem=str(error), form=form)
        tell(request, outcome, left_out=len(asked) - len(outcome.released))
        return redirect_to(request, reverse("wave", args=[outcome.wave.pk]))

    def _members(self, key: str) -> list[Any]:
        try:
            return list(queries.group_members(self.principal, key))
        except ValueError as error:
            raise Http404 from error

    def _answer(self, request: HttpRequest, key: str, **more: Any) -> HttpResponse:
        members = self._members(key)
        asked = more.pop("asked", None)
        for row in members:
            row.checked = asked is None or row.pk in asked
        context = {
            "key": key,
            "members": members,
            "problem": "",
            "form": WalkForm(),
            "may_release": self.principal.may("fulfillment.release_wave"),
            **more,
        }
        status = 422 if context["problem"] else 200
        if wants_partial(request):
            return render_partial(request, GROUP_TEMPLATE, "content", context, status=status)
        page = render(request, GROUP_TEMPLATE, context, status=status)
        return mark_varying(page, fragment=False)


def tell(request: HttpRequest, outcome: waves.WaveOutcome, *, left_out: int = 0) -> None:
    """Leave the messages of a release: what went, what was left out, what no bin has."""
    count = len(outcome.released)
    done = ngettext(
        "Wave %(number)s released with %(count)s shipment.",
        "Wave %(number)s released with %(count)s shipments.",
        count,
    )
    messages.success(request, done % {"number": outcome.wave.number, "count": count})
    if left_out:
        rest = ngettext(
            "%(count)s checked shipment was left out: it is held, short or released already.",
            "%(count)s checked shipments were left out: held, short or released already.",
            left_out,
        )
        messages.warning(request, rest % {"count": left_out})
    missing = sum(outcome.uncovered.values())
    if missing:
        short = ngettext(
            "%(count)s unit is in no bin that can be picked. See the attention queue.",
            "%(count)s units are in no bin that can be picked. See the attention queue.",
            missing,
        )
        messages.warning(request, short % {"count": missing})


def walk_saved(length_mm: int | None, s_shape_mm: int | None) -> dict[str, Decimal | int] | None:
    """Return the walk, what it saves against the S-shape, in meters and as a share."""
    if not length_mm or not s_shape_mm:
        return None
    estimate = Estimate(0, 0, 0, length_mm, s_shape_mm)
    return {
        "walk_m": round(estimate.length_m),
        "saved_m": round(estimate.saved_m),
        "share": estimate.saved_share,
    }


class WaveDetail(RequireCapability, PartialMixin, TemplateView):
    """One wave: its tasks in walking order and how far they are."""

    capability = "fulfillment.view"
    template_name = "fulfillment/wave.html"
    most_rows: int | None = 500

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wave = get_object_or_404(
            Wave.objects.visible_to(self.principal).select_related("warehouse"), pk=kwargs["pk"]
        )
        tasks = (
            self._tasks(wave)
            .select_related("sku", "bin", "lot", "tote", "shipment__order")
            .order_by("sequence", "pk")
        )
        walks = wave.pick_rounds.select_related("cart").annotate(
            order_count=Count("tasks__shipment", distinct=True)
        )
        rounds = list(walks.order_by("position", "pk")[:MOST_WALKS])
        for row in rounds:
            row.walk_m = round(row.length_mm / 1000) if row.length_mm else None
        return super().get_context_data(
            wave=wave,
            walks=rounds,
            saved=walk_saved(wave.length_mm, wave.s_shape_mm),
            tasks=list(tasks[: self.most_rows]),
            most_rows=self.most_rows,
            done_count=PickTask.objects.filter(wave=wave)
            .exclude(state__in=("open", "skipped"))
            .count(),
            **kwargs,
        )

    def _tasks(self, wave: Wave) -> QuerySet[PickTask]:
        return PickTask.objects.filter(wave=wave)


class PickList(WaveDetail):
    """What is left of the wave's walk, whole, on paper, for the day the scanners rest."""

    template_name = "fulfillment/pick_list.html"
    most_rows = None

    def _tasks(self, wave: Wave) -> QuerySet[PickTask]:
        return super()._tasks(wave).filter(state__in=("open", "skipped"))
