"""B-60: the weekly meeting's page, three deviations with cause, decision and owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.charts import Chart, Drawing, Line, draw
from core.models import User
from core.permissions import RequireCapability
from core.views.acts import Act
from planning.forms.weekly_pack import DecisionForm
from planning.models import ForecastOutcome, PackItem, WeeklyPack
from planning.services import weekly_packs
from planning.services.weekly_packs import DecisionEntry

SEE, MANAGE = "planning.view", "planning.manage"
SHOWN_WEEKS = 12
OTHERS = 12
WEEK = dt.timedelta(weeks=1)


class PackPage(RequireCapability, View):
    """One pack, the newest unless one is named; only deviations of warehouses in reach."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        packs = WeeklyPack.objects.visible_to(self.principal).order_by("-week_on")
        pack = get_object_or_404(packs, pk=pk) if pk is not None else packs.first()
        items = self._items(pack) if pack else []
        context = {
            "pack": pack,
            "items": items,
            "others": packs[:OTHERS],
            "may_manage": self.principal.may(MANAGE),
            "value": Decimal(str(pack.figures.get("value", 0))) if pack else None,
            "wape": _percent(pack.figures.get("wape")) if pack else "",
            "bias": _percent(pack.figures.get("bias"), signed=True) if pack else "",
        }
        return render(request, "planning/weekly_pack.html", context)

    def _items(self, pack: WeeklyPack) -> list[dict[str, Any]]:
        rows = list(
            PackItem.objects.visible_to(self.principal)
            .filter(pack=pack)
            .select_related("sku", "warehouse", "owner")
            .order_by("position")
        )
        last = pack.week_on - WEEK
        known = ForecastOutcome.objects.filter(
            sku__in=[row.sku_id for row in rows],
            week_on__lte=last,
            week_on__gt=last - SHOWN_WEEKS * WEEK,
        ).order_by("week_on", "pk")
        by_pair: dict[tuple[int, int], list[ForecastOutcome]] = {}
        for one in known:
            by_pair.setdefault((one.sku_id, one.warehouse_id), []).append(one)
        return [_item(row, by_pair.get((row.sku_id, row.warehouse_id), [])) for row in rows]


def _item(row: PackItem, past: Sequence[ForecastOutcome]) -> dict[str, Any]:
    return {
        "row": row,
        "why": why(row),
        "chart_id": f"pack-{row.position}",
        "over": row.actual_qty > row.forecast_qty,
        "past": past,
        "drawing": _drawing(row, past) if len(past) > 1 else None,
        "url": _planning_url(row.sku_id),
    }


#: Causes with a number: the name of the number, and the sentence for one and for many.
COUNTED = {
    "STOCKOUT": (
        "days",
        ngettext_lazy("%(n)s day without stock.", "%(n)s days without stock.", "n"),
    ),
    "PROMOTION": (
        "days",
        ngettext_lazy("%(n)s day of promotion.", "%(n)s days of promotion.", "n"),
    ),
    "ODD_DAY": ("days", ngettext_lazy("%(n)s day was odd.", "%(n)s days were odd.", "n")),
    "OVERRIDE": (
        "qty",
        ngettext_lazy(
            "A person entered %(n)s unit a week.", "A person entered %(n)s units a week.", "n"
        ),
    ),
    "NEW_PRODUCT": (
        "weeks",
        ngettext_lazy("On sale for %(n)s week.", "On sale for %(n)s weeks.", "n"),
    ),
    "TREND": (
        "weeks",
        ngettext_lazy(
            "%(n)s week off in this direction.",
            "%(n)s weeks in a row off in this direction.",
            "n",
        ),
    ),
}


def why(row: PackItem) -> str:
    """Return the numbers behind a cause as a sentence."""
    if row.cause == "EVENT":
        return ", ".join(row.terms["names"])
    if row.cause not in COUNTED:
        return gettext("Nothing is marked in this week. Ask who knows the product.")
    name, sentence = COUNTED[row.cause]
    return str(sentence % {"n": int(row.terms[name])})


def _drawing(row: PackItem, past: Sequence[ForecastOutcome]) -> Drawing:
    return draw(
        Chart(
            title=gettext("%(sku)s at %(warehouse)s: forecast and sold")
            % {"sku": row.sku.code, "warehouse": row.warehouse.code},
            desc=gettext("Units a week, up to the week of the deviation."),
            labels=[one.week_on.strftime("%m-%d") for one in past],
            lines=(
                Line(gettext("Sold"), [one.actual_qty for one in past], "history"),
                Line(gettext("Forecast"), [one.forecast_qty for one in past], "forecast"),
            ),
            unit=gettext("units"),
        )
    )


def _planning_url(sku_id: int) -> str:
    try:
        return reverse("sku-planning", args=[sku_id])
    except NoReverseMatch:
        return reverse("sku", args=[sku_id])


def _percent(share: float | None, *, signed: bool = False) -> str:
    if share is None:
        return "—"
    return f"{share * 100:+.0f} %" if signed else f"{share * 100:.0f} %"


class DecideDeviation(Act, View):
    """Write down what is done about a deviation, by whom and why."""

    capability = MANAGE
    title = _("Decide about this deviation")
    submit_text = _("Save decision")
    keep_text = _("Decide later")
    note = _("Decision kept. The owner was told.")

    def rows(self):
        return PackItem.objects.visible_to(self.principal).select_related("sku", "warehouse")

    def form_class(self, *args, **kwargs):
        people = User.objects.holding("planning.view").order_by("full_name", "pk")
        return DecisionForm(*args, people=people, **kwargs)

    def text(self, found):
        return gettext("%(sku)s at %(warehouse)s: %(cause)s") % {
            "sku": found.sku.code,
            "warehouse": found.warehouse.code,
            "cause": f"{found.get_cause_display()}. {why(found)}",
        }

    def first_values(self, found):
        return {
            "decision": found.decision,
            "owner": found.owner_id,
            "reason": found.reason,
            "version": found.version,
        }

    def done_url(self, found):
        return reverse("weekly-pack-of", args=[found.pack_id])

    def do(self, found, form):
        data = form.cleaned_data
        entry = DecisionEntry(data["decision"], data["reason"], data["owner"], data["version"])
        weekly_packs.decide(found.pk, entry, actor=self.principal.actor, now=self.now)
