"""P10: what comes to a warehouse day by day, how full its dock gets, and what is late."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from core import clock
from core.htmx import mark_varying, render_partial, wants_partial
from core.permissions import RequireCapability
from inventory.models import Warehouse
from suppliers.domain.inbound_load import span_of
from suppliers.queries.inbound_calendar import calendar, today_at
from suppliers.views.arrivals import MANAGE

TEMPLATE = "suppliers/inbound_calendar.html"
SPANS = {"day": 1, "week": 7}


class InboundCalendar(RequireCapability, View):
    """`?warehouse=LAX&on=2026-05-04&span=week`; what can't be read falls back to this week."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        places = list(Warehouse.objects.visible_to(self.principal).active().order_by("code"))
        wanted = request.GET.get("warehouse", "")
        place = next((row for row in places if row.code == wanted), places[0] if places else None)
        context: dict[str, Any] = {"places": places, "place": place}
        if place is not None:
            context |= self._shown(request, place)
        if wants_partial(request):
            return render_partial(request, TEMPLATE, "content", context)
        return mark_varying(render(request, TEMPLATE, context), fragment=False)

    def _shown(self, request: HttpRequest, place: Warehouse) -> dict[str, Any]:
        now = clock.now()
        today = today_at(place, now)
        span = request.GET.get("span", "week")
        span = span if span in SPANS else "week"
        days = SPANS[span]
        first, last = span_of(_day(request.GET.get("on", "")) or today, days=days)
        return {
            "found": calendar(self.principal, place, first, last, now=now),
            "first": first,
            "last": last,
            "span": span,
            "previous_url": _url(place, first - dt.timedelta(days=days), span),
            "next_url": _url(place, first + dt.timedelta(days=days), span),
            "today_url": _url(place, today, span),
            "spans": [(name, _url(place, first, name)) for name in ("week", "day")],
            "may_manage": self.principal.may(MANAGE),
        }


def _day(text: str) -> dt.date | None:
    """Return the day, or None for what is none or lies where no calendar leads."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _url(place: Warehouse, on: dt.date, span: str) -> str:
    query = {"warehouse": place.code, "on": on.isoformat(), "span": span}
    return f"{reverse('arrivals-calendar')}?{urlencode(query)}"
