"""Palette (G5) and search results (G6): go, do, find by any code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from core import searching
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import SIGNED_IN, RequireCapability


class Palette(RequireCapability, View):
    """The list of the palette: the rail's places that fit, then objects."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        context = {"text": text, "groups": searching.search(self.principal, text)}
        if not wants_partial(request):
            return render(request, "shell/search.html", context)
        return mark_varying(render(request, "shell/palette_list.html", context), fragment=True)


class Search(RequireCapability, View):
    """All matches on one page; one exact code opens its object at once."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        groups = searching.search(self.principal, text, limit=20)
        hit = searching.exact(groups)
        if hit is not None and "stay" not in request.GET:
            return redirect_to(request, hit.url)
        context = {"text": text, "groups": groups, "too_short": 0 < len(text) < 2}
        template = "shell/search.html"
        if wants_partial(request):
            template += "#results"
        return mark_varying(render(request, template, context), fragment=wants_partial(request))
