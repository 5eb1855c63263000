"""W13 for business orders: cartons onto pallets, each pallet with its SSCC label."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView, View

from fulfillment.models import Pallet
from fulfillment.services import pallet_desk
from fulfillment.services.scan_desk import ScanAnswer
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView

SHOWN = 20


class PalletHome(FloorView, TemplateView):
    """What waits for a pallet, and the pallets that are open."""

    capability = "fulfillment.pack"
    screen = "pallet-home"
    template_name = "fulfillment/floor/pallet_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pallets = Pallet.objects.visible_to(self.principal).filter(state="open")
        return super().get_context_data(
            **self.floor_context(
                pallets=pallets.select_related("shipment__order").order_by("pk")[:SHOWN],
                waiting=pallet_desk.waiting(self.principal)[:SHOWN],
            ),
            **kwargs,
        )


class PalletPage(FloorView, View):
    """One pallet: scan carton labels, then CMD-CLOSEBOX."""

    capability = "fulfillment.pack"
    screen = "pallet"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pallet = get_object_or_404(
            Pallet.objects.visible_to(self.principal).select_related("shipment__order"), pk=pk
        )
        context = self.floor_context(**_card(pallet), scan_task=f"pallet:{pallet.pk}")
        return render(request, "fulfillment/floor/pallet.html", context)


def _card(pallet: Pallet, _call: ScanCall | None = None) -> dict[str, Any]:
    entries = pallet.entries.select_related("carton__box_sku").order_by("-pk")
    return {
        "pallet": pallet,
        "entries": entries[:SHOWN],
        "count": entries.count(),
        "waiting_count": pallet_desk.left_on_floor(pallet),
        "weight_g": pallet_desk.weight_g(pallet),
    }


def open_pallet(call: ScanCall) -> ScanAnswer:
    """Answer a scan on the home of pallets."""
    return pallet_desk.open_by_carton(call.raw, principal=call.principal, at=call.at)


DESK = Desk(
    screen="pallet",
    capability="fulfillment.pack",
    task_kind="pallet",
    page="floor-pallet",
    home="floor-pallets",
    template="fulfillment/floor/pallet_card.html",
    rows=lambda principal: Pallet.objects.visible_to(principal).select_related("shipment__order"),
    scan=lambda pallet, call: pallet_desk.scan(
        pallet,
        call.raw,
        principal=call.principal,
        station_code=call.station_code,
        at=call.at,
    ),
    card=_card,
)
