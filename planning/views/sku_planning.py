"""A-11: how fast one SKU sells, how long it lasts, when to order and how many."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from core import clock, formats
from core.permissions import RequireCapability
from inventory.models import Sku, Warehouse
from planning.domain.velocity import SPANS
from planning.models import CoverStatus
from planning.queries.sku_planning import PlannedPlace, places_of
from planning.views import proposal_words
from planning.views.proposals import SEE, cover_cell, due_cell


class SkuPlanning(RequireCapability, View):
    """One SKU at every warehouse within scope."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        sku = get_object_or_404(Sku.objects.visible_to(self.principal), pk=pk)
        places = list(Warehouse.objects.visible_to(self.principal).order_by("code"))
        found = places_of(sku.pk, places, today=clock.now().date())
        context = {
            "sku": sku,
            "spans": SPANS,
            "rows": [_row(place) for place in found],
            "may_see_stock": self.principal.may_any(("inventory.view", "inventory.view_totals")),
        }
        return render(request, "planning/sku_planning.html", context)


def _row(place: PlannedPlace) -> dict[str, Any]:
    cover, proposal = place.cover, place.proposal
    return {
        "place": place,
        "speeds": [(one, _daily(one.daily)) for one in place.velocities],
        "forecast": _daily(cover.daily_qty) if cover is not None else "",
        "cover_cell": _cover(cover),
        "due": "" if cover is None else due_cell(cover.order_by_on),
        "why": "" if cover is None else proposal_words.reason_text(cover.decision or cover.reason),
        "proposal_url": "" if proposal is None else reverse("proposal-card", args=[proposal.pk]),
        "forecast_url": ""
        if place.outlook_id is None
        else reverse("forecast-sku", args=[place.outlook_id]),
    }


def _cover(cover: CoverStatus | None) -> Any:
    return "" if cover is None else cover_cell(cover.cover_days, cover.band, cover.terms)


def _daily(value: float | None) -> str:
    return "" if value is None else formats.number(Decimal(str(round(value, 1))), 1)
