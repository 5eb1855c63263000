"""Transfers on the floor: the source picks and ships, the destination counts and books."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView, View

from fulfillment.services import transfer_desk
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from inventory.models import Transfer, TransferPick

DOTS = {"bin": 0, "item": 1, "lot": 1, "tote": 2}


def card_context(transfer: Transfer) -> dict[str, Any]:
    """Return what the card shows: the next pick, or what is on the way and counted."""
    context: dict[str, Any] = {"transfer": transfer}
    if transfer.state in transfer_desk.ARRIVING:
        tally = transfer_desk.tally_of(transfer)
        lines = [
            {"row": row, "counted": tally.qty_of(row.sku, row.lot)}
            for row in transfer_desk.awaited_of(transfer)
        ]
        total = sum(line["row"].qty for line in lines)
        return {**context, "lines": lines, "tally": tally, "total": total}
    pick = transfer_desk.next_pick(transfer)
    picks = TransferPick.objects.filter(transfer=transfer).exclude(state="cancelled")
    states = list(picks.values_list("state", "picked_qty"))
    context |= {
        "pick": pick,
        "picked_qty": sum(qty for _state, qty in states),
        "position": sum(state != "open" for state, _qty in states) + 1,
        "stops": len(states),
    }
    if pick is not None:
        card = transfer_desk.card_of(pick)
        at = DOTS[card.step]
        dots = ["done" if i < at else "now" if i == at else "todo" for i in range(3)]
        context |= {"card": card, "dots": dots}
    return context


class TransferHome(FloorView, TemplateView):
    """Transfers to pick and to receive; any transfer number opens its own."""

    capability = "fulfillment.move"
    template_name = "fulfillment/floor/transfers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = self.floor_context(transfers=list(transfer_desk.to_do(self.principal)[:20]))
        return super().get_context_data(**context, **kwargs)


class TransferFloor(FloorView, View):
    """One transfer: pick and ship it, or receive it."""

    capability = "fulfillment.move"
    screen = "transfer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Transfer.objects.visible_to(self.principal).exclude(state="draft")
        transfer = get_object_or_404(rows.select_related("source", "destination"), pk=pk)
        context = self.floor_context(**card_context(transfer), scan_task=f"transfer:{transfer.pk}")
        return render(request, "fulfillment/floor/transfer.html", context)


def _card(transfer: Any, call: ScanCall) -> dict[str, Any]:
    return card_context(transfer)


DESK = Desk(
    screen="transfer",
    capability="fulfillment.move",
    task_kind="transfer",
    page="floor-transfer",
    home="floor-transfers",
    template="fulfillment/floor/transfer_card.html",
    rows=lambda principal: Transfer.objects.visible_to(principal).select_related(
        "source", "destination"
    ),
    scan=lambda row, call: transfer_desk.scan(row, call.raw, principal=call.principal, at=call.at),
    card=_card,
)
