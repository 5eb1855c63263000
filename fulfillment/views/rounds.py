"""W9 and W10: carts and their rounds, and the put wall.

A round's card shows the cart as a map: a cell per slot, the lit ones with their units. The wall's
card shows its slots with how full they are. Both take scans only.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from core import clock
from fulfillment.domain.round_steps import lit
from fulfillment.models import Cart, PickRound, PutWall
from fulfillment.services import round_desk, round_stops, round_totes, wall_desk
from fulfillment.services.round_making import UNDONE
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from fulfillment.views.outbound_desks import may_swap

ROUND_STEPS = ("bin", "item", "slot")


def _rounds(principal: Any) -> Any:
    return PickRound.objects.visible_to(principal).select_related("cart", "wave", "warehouse")


def _walls(principal: Any) -> Any:
    return PutWall.objects.visible_to(principal).select_related(
        "tote", "overflow_bin", "task__sku", "task__lot"
    )


class RoundHome(FloorView, TemplateView):
    """Before a cart is scanned: rounds that wait, carts on their way, walls to sort at."""

    capability = "fulfillment.pick"
    screen = "home"
    template_name = "fulfillment/floor/rounds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to_do = Count("tasks", filter=Q(tasks__state__in=UNDONE))
        rows = _rounds(self.principal).annotate(left_count=to_do)
        planned = rows.filter(state="planned", left_count__gt=0)
        return super().get_context_data(
            **self.floor_context(
                planned=planned.order_by("wave_id", "position")[:12],
                running=rows.filter(state="open").order_by("opened_at", "pk")[:12],
                sorting=rows.filter(state="sorting").order_by("closed_at", "pk")[:12],
                carts=Cart.objects.visible_to(self.principal)
                .filter(is_active=True)
                .exclude(rounds__state="open")
                .order_by("code")[:12],
                walls=PutWall.objects.visible_to(self.principal)
                .filter(is_active=True)
                .order_by("code")[:6],
            ),
            **kwargs,
        )


class Round(FloorView, View):
    """W9: totes onto the cart, then bin, items and slots, stop by stop."""

    capability = "fulfillment.pick"
    screen = "round"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(_rounds(self.principal), pk=pk)
        if row.state != "open":
            return redirect("floor-rounds")
        call = ScanCall("", self.principal, clock.now())
        context = self.floor_context(**round_context(row, call), scan_task=row.key)
        return render(request, "fulfillment/floor/round.html", context)


class Wall(FloorView, View):
    """W10: item, then the slot that is shown."""

    capability = "fulfillment.pick"
    screen = "wall"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        wall = get_object_or_404(_walls(self.principal), pk=pk)
        context = self.floor_context(**wall_context(wall), scan_task=f"wall:{wall.pk}")
        return render(request, "fulfillment/floor/wall.html", context)


def round_context(row: PickRound, call: ScanCall) -> dict[str, Any]:
    """Return what the round card shows: the stop, the cart as a map, and how far the walk is."""
    row = _rounds(call.principal).get(pk=row.pk)
    slots = list(row.slots.select_related("tote", "shipment__order").order_by("position"))
    stop = round_stops.stop_of(row)
    to_light = lit(stop.card) if stop.card.step == "slot" else {}
    needs: dict[int, int] = {}
    for need in stop.card.needs:
        needs[need.position] = needs.get(need.position, 0) + need.qty
    assigning = row.step == PickRound.Step.TOTES
    step = "item" if stop.card.step == "lot" else stop.card.step
    return {
        "row": row,
        "card": stop.card,
        "stop": stop,
        "assigning": assigning,
        "next_slot": round_totes.next_slot(row) if assigning else None,
        "cells": [
            {
                "slot": slot,
                "lit": to_light.get(slot.position, 0),
                "need": needs.get(slot.position, 0),
                "stopped": slot.shipment_id in stop.stopped,
            }
            for slot in slots
        ],
        "dots": _dots(step),
        "is_mine": row.picker == call.actor.key,
        "left_count": stop.left_count,
    }


def wall_context(wall: PutWall) -> dict[str, Any]:
    """Return what the wall card shows: the item in hand, its slot, and every slot's fill."""
    rows = wall_desk.filled(wall)
    task = wall.task
    target = next((row for row in rows if task and row.slot.shipment_id == task.shipment_id), None)
    left = list(wall_desk.to_sort(wall.tote_id)) if wall.tote_id else []
    return {
        "wall": wall,
        "rows": rows,
        "task": task,
        "target": target,
        "left_units": sum(row.picked_qty - row.sorted_qty for row in left),
    }


def _dots(now: str) -> list[str]:
    at = ROUND_STEPS.index(now) if now in ROUND_STEPS else len(ROUND_STEPS)
    return ["done" if i < at else "now" if i == at else "todo" for i in range(len(ROUND_STEPS))]


ROUND = Desk(
    screen="round",
    capability="fulfillment.pick",
    task_kind="round",
    page="floor-round",
    home="floor-rounds",
    template="fulfillment/floor/round_card.html",
    rows=_rounds,
    scan=lambda row, call: round_desk.scan(
        row, call.raw, actor=call.actor, at=call.at, may_swap=may_swap(call)
    ),
    card=round_context,
)
WALL = Desk(
    screen="wall",
    capability="fulfillment.pick",
    task_kind="wall",
    page="floor-wall",
    home="floor-rounds",
    template="fulfillment/floor/wall_card.html",
    rows=_walls,
    scan=lambda wall, call: wall_desk.scan(
        wall, call.raw, actor=call.actor, at=call.at, scan_id=call.scan_id
    ),
    card=lambda wall, call: wall_context(wall),
)
DESKS = (ROUND, WALL)
