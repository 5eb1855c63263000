"""W17, cycle count: a bin, its items, CMD-OK. Blind: no page knows what should be there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from fulfillment.services import count_desk
from fulfillment.services.scan_desk import ScanAnswer
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from inventory.models import CycleCount, CycleCountLine

COUNTED_SHOWN = 40


class CountHome(FloorView, TemplateView):
    """The bins to count, the first due first; scanning any storage bin opens its count."""

    capability = "fulfillment.count"
    screen = "count-home"
    template_name = "fulfillment/floor/count_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.floor_context(
                counts=count_desk.to_count(self.principal),
                tasks=count_desk.task_bins(self.principal),
            ),
            **kwargs,
        )


class Count(FloorView, View):
    """One bin that is counted."""

    capability = "fulfillment.count"
    screen = "count"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = CycleCount.objects.visible_to(self.principal).select_related("bin", "warehouse")
        count = get_object_or_404(rows, pk=pk)
        if count.state not in {"requested", "counting", "recount"}:
            return redirect("floor-count")
        context = self.floor_context(
            **count_context(count, self.principal.actor), scan_task=f"cycle_count:{count.pk}"
        )
        return render(request, "fulfillment/floor/count.html", context)


def count_context(count: CycleCount, actor: Any) -> dict[str, Any]:
    """Return what the count card shows: the bin, the step, what this person counted so far."""
    running = count_desk.running_round(count, actor)
    lines = CycleCountLine.objects.filter(round=running).select_related("sku", "lot")
    last = running.trail[-1][0] if running and running.trail else 0
    shown = list(lines.order_by("-pk")[:COUNTED_SHOWN]) if running else []
    return {
        "count": count,
        "card": count_desk.card_of(count, running),
        "lines": shown,
        "last": next((line for line in shown if line.pk == last), None),
    }


def _card(count: Any, call: ScanCall) -> dict[str, Any]:
    return count_context(count, call.actor)


DESK = Desk(
    screen="count",
    capability="fulfillment.count",
    task_kind="cycle_count",
    page="floor-count-bin",
    home="floor-count",
    template="fulfillment/floor/count_card.html",
    rows=lambda principal: CycleCount.objects.visible_to(principal).select_related(
        "bin", "warehouse"
    ),
    scan=lambda count, call: count_desk.scan(count, call.raw, actor=call.actor, at=call.at),
    card=_card,
)


def open_bin(call: ScanCall) -> ScanAnswer:
    """Answer a scan on the count home."""
    call.principal.require("fulfillment.count")
    return count_desk.open_bin(call.raw, principal=call.principal, at=call.at)
