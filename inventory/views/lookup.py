"""Look-up (W18): scan anything, see what it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.scanning import parse_scan
from core.searching import Hit
from inventory.searching import search_places, search_skus


class LookUp(RequireCapability, View):
    """One field that takes any code of stock; one exact match opens its page."""

    capability = ("inventory.view", "fulfillment.pick")

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:200]
        scan = parse_scan(text) if text else None
        asked = (scan.gtin or scan.lot or scan.code) if scan else ""
        hits: list[Hit] = []
        if asked:
            hits += search_skus(self.principal, asked, 10).hits
            hits += search_places(self.principal, asked, 10).hits
        exact = [hit for hit in hits if hit.is_exact] or hits
        if len(exact) == 1:
            return redirect_to(request, exact[0].url)
        context = {"text": text, "scan": scan, "hits": hits}
        return render(request, "inventory/lookup.html", context)
