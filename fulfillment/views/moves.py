"""Goods moved within a warehouse (W7): refills of pick faces, and free moves from bin to bin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from core.actors import Actor
from fulfillment.services import move_desk
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from inventory.models import ReplenishTask, Warehouse

DOTS = {"bin": 0, "item": 1, "lot": 1, "tote": 2}


def refill_context(task: ReplenishTask) -> dict[str, Any]:
    """Return what the card of a refill shows."""
    card = move_desk.card_of(task)
    at = DOTS[card.step]
    dots = ["done" if i < at else "now" if i == at else "todo" for i in range(3)]
    return {"task": task, "card": card, "dots": dots}


def move_context(place: Warehouse, actor: Actor) -> dict[str, Any]:
    """Return what the card of a free move shows: the load, and what else is in its bin."""
    load = move_desk.load_of(place, actor)
    contents = move_desk.contents_of(place, load.from_bin)
    rows = [
        {"sku": sku, "lot": lot, "free": free, "taken": load.qty_of(sku, lot)}
        for (sku, lot), free in contents.items()
    ]
    rows.sort(key=lambda row: (not row["taken"], row["sku"], row["lot"]))
    return {"place": place, "load": load, "rows": rows[:12]}


class RefillHome(FloorView, TemplateView):
    """Refills that wait, the urgent first, and free moves by warehouse."""

    capability = "fulfillment.move"
    template_name = "fulfillment/floor/refills.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        places = Warehouse.objects.visible_to(self.principal).active().order_by("code")
        context = self.floor_context(
            tasks=list(move_desk.to_do(self.principal)[:20]), places=list(places[:6])
        )
        return super().get_context_data(**context, **kwargs)


class Refill(FloorView, View):
    """One refill: bulk bin, item, pick bin."""

    capability = "fulfillment.move"
    screen = "refill"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ReplenishTask.objects.visible_to(self.principal)
        rows = rows.select_related("face__bin", "face__sku", "from_bin", "warehouse", "lot")
        task = get_object_or_404(rows, pk=pk)
        if task.state != ReplenishTask.State.OPEN:
            return redirect("floor-refills")
        context = self.floor_context(**refill_context(task), scan_task=f"refill:{task.pk}")
        return render(request, "fulfillment/floor/refill.html", context)


class Move(FloorView, View):
    """Any goods from one bin of a warehouse to another."""

    capability = "fulfillment.move"
    screen = "move"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        place = get_object_or_404(Warehouse.objects.visible_to(self.principal), pk=pk)
        context = self.floor_context(
            **move_context(place, self.principal.actor), scan_task=f"move:{place.pk}"
        )
        return render(request, "fulfillment/floor/move.html", context)


def _refill_card(task: Any, call: ScanCall) -> dict[str, Any]:
    return refill_context(task)


def _move_card(place: Any, call: ScanCall) -> dict[str, Any]:
    return move_context(place, call.actor)


REFILL = Desk(
    screen="refill",
    capability="fulfillment.move",
    task_kind="refill",
    page="floor-refill",
    home="floor-refills",
    template="fulfillment/floor/refill_card.html",
    rows=lambda principal: ReplenishTask.objects.visible_to(principal).select_related(
        "face__bin", "face__sku", "from_bin", "warehouse", "lot"
    ),
    scan=lambda row, call: move_desk.scan_refill(row, call.raw, actor=call.actor, at=call.at),
    card=_refill_card,
)
MOVE = Desk(
    screen="move",
    capability="fulfillment.move",
    task_kind="move",
    page="floor-move",
    home="floor-refills",
    template="fulfillment/floor/move_card.html",
    rows=Warehouse.objects.visible_to,
    scan=lambda row, call: move_desk.scan_move(
        row, call.raw, scan_id=call.scan_id, actor=call.actor, at=call.at
    ),
    card=_move_card,
)
DESKS = (REFILL, MOVE)
