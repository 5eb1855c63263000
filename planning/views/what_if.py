"""What would another policy have done on the own history?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views import View

from core import clock
from core.charts import Chart, Line, draw
from core.errors import DomainError
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from core.services.rates import base_currency
from core.submissions import SubmitOnce
from inventory.models import Product, Warehouse
from planning.domain.what_if import Scenario
from planning.forms.what_if import GoodsForm, ScenarioForm
from planning.models import WhatIfRun
from planning.queries.daily_sales import Goods
from planning.services import what_if
from planning.services.what_if import Question

SEE = "planning.view"
SHOWN_RUNS = 10


class WhatIf(RequireCapability, SubmitOnce, View):
    """Ask: the form starts with the policy in force."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = self._form(GoodsForm, request.GET)
        goods = self._goods(chosen.cleaned_data) if chosen.is_valid() else self._goods({})
        current = what_if.start_values(goods, now=clock.now())
        initial = {"warehouse": request.GET.get("warehouse", "")}
        initial |= {"category": request.GET.get("category", "")}
        form = self._form(ScenarioForm, initial=initial | _values(current or Scenario()))
        return self._page(request, form, 200, has_history=current is not None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(ScenarioForm, request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        question = Question(form.scenario(), self._goods(form.cleaned_data))
        try:
            run = what_if.ask(question, actor=self.principal.actor, now=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 422)
        return redirect_to(request, reverse("whatif-run", args=[run.pk]))

    def _form(self, kind: Any, *args: Any, **kwargs: Any) -> Any:
        names = Product.objects.visible_to(self.principal).exclude(category="")
        return kind(
            *args,
            warehouses=Warehouse.objects.visible_to(self.principal).order_by("code"),
            categories=names.order_by("category").values_list("category", flat=True).distinct(),
            **kwargs,
        )

    def _goods(self, data: Mapping[str, Any]) -> Goods:
        """Return the goods within the person's warehouses."""
        category = data.get("category", "")
        if data.get("warehouse"):
            return Goods((data["warehouse"],), category)
        if self.principal.warehouse_codes is None:
            return Goods(None, category)
        mine = Warehouse.objects.visible_to(self.principal).order_by("pk")
        return Goods(tuple(mine.values_list("pk", flat=True)), category)

    def _page(
        self, request: HttpRequest, form: ScenarioForm, status: int, *, has_history: bool = True
    ) -> HttpResponse:
        runs = WhatIfRun.objects.filter(author_key=self.principal.actor.key).order_by("-pk")
        context = {
            "form": form,
            "has_history": has_history,
            "runs": [_run_row(run) for run in runs[:SHOWN_RUNS]],
        }
        return render(request, "planning/what_if.html", context, status=status)


class WhatIfResult(RequireCapability, View):
    """One answer: both policies side by side, the curve, and what was assumed."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = WhatIfRun.objects.filter(author_key=self.principal.actor.key)
        run = get_object_or_404(mine, pk=pk)
        context: dict[str, Any] = {"run": run, "asked": _shown(run.scenario["asked"])}
        if run.state == WhatIfRun.State.DONE:
            context |= _result(run)
        fragment = wants_partial(request)
        name = "planning/what_if_run.html" + ("#result" if fragment else "")
        return mark_varying(render(request, name, context), fragment=fragment)


def _run_row(run: WhatIfRun) -> dict[str, Any]:
    return {"run": run, "asked": _shown(run.scenario["asked"])}


def _values(scenario: Scenario) -> dict[str, str]:
    """Return a policy as the form takes it."""
    return {
        "service_pct": _pct(scenario.service_level),
        "review_days": str(scenario.review_days),
        "sea_days": str(scenario.sea_days),
        "air_days": str(scenario.air_days),
        "air_pct": "" if scenario.air_share is None else _pct(scenario.air_share),
        "cost_pct": _pct(scenario.cost_share),
    }


def _shown(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **said,
        "service": _pct(said["service_level"]),
        "air": gettext("where it pays")
        if said["air_share"] is None
        else f"{_pct(said['air_share'])} %",
    }


def _pct(share: float) -> str:
    return f"{round(share * 100, 1):g}"


def _result(run: WhatIfRun) -> dict[str, Any]:
    figures, now, then = run.figures, run.figures["current"], run.figures["asked"]
    revenue = figures["revenue"]
    rows = [
        (gettext("Days of stock"), "days", ""),
        (gettext("Lost sales"), "lost", "%"),
        (gettext("Units by air"), "air", "%"),
        (gettext("Holding stock"), "holding", "%"),
        (gettext("Freight"), "freight", "%"),
        (gettext("Margin of lost sales"), "margin", "%"),
        (gettext("Handling of orders"), "lines", "%"),
        (gettext("Total cost"), "total", "%"),
    ]
    return {
        "current": _shown(run.scenario["current"]),
        "figures": figures,
        "currency": base_currency(),
        "is_cheaper": then["total"] <= now["total"],
        "saved": round(abs(now["total"] - then["total"]) / 100 * revenue, 2),
        "rows": [
            {
                "name": name,
                "unit": unit,
                "key": key,
                "now": f"{now[key]:.1f}",
                "then": f"{then[key]:.1f}",
                "more": f"{then[key] - now[key]:+.1f}",
            }
            for name, key, unit in rows
        ],
        "drawing": draw(_chart(figures)),
        "curve": [
            {
                "level": _pct(point["level"]),
                "is_asked": point["level"] == run.scenario["asked"]["service_level"],
                **{key: f"{point[key]:.1f}" for key in ("days", "lost", "holding", "total")},
            }
            for point in figures["curve"]
        ],
    }


def _chart(figures: Mapping[str, Any]) -> Chart:
    """Return the cost over the service level, in percent of sales, with the policy in force."""
    curve = figures["curve"]
    best = min(curve, key=lambda point: point["total"])
    return Chart(
        title=gettext("Cost by service level"),
        desc=gettext("Lowest at a service level of %(level)s %%: %(total)s %% of sales.")
        % {"level": _pct(best["level"]), "total": f"{best['total']:.1f}"},
        labels=[f"{_pct(point['level'])} %" for point in curve],
        lines=(
            Line(
                gettext("Total cost"),
                [point["total"] for point in curve],
                kind="a",
                has_points=True,
            ),
            Line(gettext("Holding stock"), [point["holding"] for point in curve], kind="b"),
            Line(gettext("Margin of lost sales"), [point["margin"] for point in curve], kind="c"),
            Line(
                gettext("Total cost now"),
                [figures["current"]["total"]] * len(curve),
                kind="history",
                is_dotted=True,
            ),
        ),
        unit=gettext("% of sales"),
    )
