"""Look-up (W18): scan anything, see what it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from core import searching
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.scanning import parse_scan
from core.searching import Hit
from inventory.searching import search_places, search_skus

MOST_HITS = 10


def _hits(principal: Principal, asked: str) -> list[Hit]:
    groups = searching.search(principal, asked, MOST_HITS)
    if len(asked) < searching.MIN_LENGTH:
        groups = [find(principal, asked, MOST_HITS) for find in (search_skus, search_places)]
    return [hit for group in groups for hit in group.hits]


class LookUp(RequireCapability, View):
    """One field that takes any code: goods, places, papers; one exact match opens it."""

    capability = ("inventory.view", "fulfillment.pick")

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:200]
        scan = parse_scan(text) if text else None
        asked = (scan.gtin or scan.lot or scan.code) if scan else ""
        hits = _hits(self.principal, asked) if asked else []
        exact = [hit for hit in hits if hit.is_exact] or hits
        if len(exact) == 1:
            return redirect_to(request, exact[0].url)
        context = {"text": text, "scan": scan, "hits": hits}
        return render(request, "inventory/lookup.html", context)
