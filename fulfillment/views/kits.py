"""Kitting on the floor (W11): work orders, and one card for the kit at hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView, View

from fulfillment.domain import kit_steps
from fulfillment.services import kit_desk
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from inventory.models import Bom, WorkOrder


def card_context(order: WorkOrder) -> dict[str, Any]:
    """Return what the card shows: components with lots and bins, and how far the kit is."""
    tally = kit_desk.tally_of(order)
    facts = kit_desk.facts_of(order, tally)
    bins = kit_desk.bins_of(order)
    lines = []
    for part in facts.parts:
        if part.is_absent:
            continue
        lot = kit_steps.next_lot(tally, part)
        wanted = 1 if facts.is_unkit else part.qty
        done = tally.qty_of(part.sku) if not facts.is_unkit else int(tally.qty_of(part.sku) > 0)
        lines.append(
            {
                "sku": part.sku,
                "lot": lot or "",
                "bin": bins.get((part.sku, lot or ""), ""),
                "qty": wanted if not facts.is_unkit else part.qty * max(tally.kits, 1),
                "done": part.qty * tally.kits if facts.is_unkit and done else done,
                "is_done": done >= wanted,
                "is_out": lot is None and not facts.is_unkit and done < wanted,
                "is_left_out": part.is_left_out and not facts.is_unkit,
            }
        )
    kit_lot = next((lot for lot, qty in facts.kit_lots if qty), "")
    return {
        "order": order,
        "tally": tally,
        "lines": lines,
        "lacking": kit_steps.missing(tally, facts),
        "kit_lot": tally.kit_lot or kit_lot,
        "kit_bin": bins.get((order.kit.code, kit_lot), ""),
    }


class KitHome(FloorView, TemplateView):
    """Work orders to build; any work order number opens its own."""

    capability = "fulfillment.build_kits"
    template_name = "fulfillment/floor/kits.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = self.floor_context(orders=list(kit_desk.to_do(self.principal)[:20]))
        return super().get_context_data(**context, **kwargs)


class KitFloor(FloorView, View):
    """W11: one work order."""

    capability = "fulfillment.build_kits"
    screen = "kit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = WorkOrder.objects.visible_to(self.principal).exclude(state="draft")
        order = get_object_or_404(rows.select_related("kit", "bom", "output_bin"), pk=pk)
        newest = Bom.objects.current().filter(kit_id=order.kit_id).first()
        context = self.floor_context(
            **card_context(order),
            scan_task=f"work_order:{order.pk}",
            is_older=newest is not None and newest.pk != order.bom_id,
        )
        return render(request, "fulfillment/floor/kit.html", context)


def _card(order: Any, call: ScanCall) -> dict[str, Any]:
    return card_context(order)


DESK = Desk(
    screen="kit",
    capability="fulfillment.build_kits",
    task_kind="work_order",
    page="floor-kit",
    home="floor-kits",
    template="fulfillment/floor/kit_card.html",
    rows=lambda principal: WorkOrder.objects.visible_to(principal).select_related(
        "kit", "output_bin"
    ),
    scan=lambda row, call: kit_desk.scan(
        row, call.raw, actor=call.actor, at=call.at, station_code=call.station_code
    ),
    card=_card,
)
