"""W15 and W16: parcels that came back, and the inspection of what is in them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from core import clock, sessions
from core.errors import DomainError
from core.permissions import Principal, RequireCapability
from inventory.models import Warehouse
from returns import floor_words
from returns.models import Inspection, InspectionDesk, ReturnArrival, ReturnPhoto, ReturnUnits
from returns.services import arrival_desk, dispositions, floor_photos, inspect_desk, scan_log

PLACE_COOKIE = "q_return_place"
MOST_LISTED = 12


class ReturnFloor(RequireCapability, View):
    """What every page of the return floor shows: the warehouse, last scans, the scan address."""

    capability: Any = "returns.inspect"
    on_shared_device = True
    screen = "arrivals"
    request: HttpRequest

    def place(self) -> Warehouse:
        """Return the warehouse of this device: chosen, else the first one of the person."""
        found = place_of(self.request, self.principal)
        if found is None:
            raise Http404
        return found

    def answer(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shown = {
            "scan_url": reverse("return-scan", args=[self.screen]),
            "scans": scan_log.last_scans(self.principal.actor),
            "floor_home_url": reverse("return-arrivals"),
            "on_device": sessions.is_badge(self.request.session),
            "now": clock.now(),
            **context,
        }
        return render(self.request, template, shown, status=status)


def place_of(request: HttpRequest, principal: Principal) -> Warehouse | None:
    """Return the warehouse a device of the return floor stands in."""
    places = Warehouse.objects.visible_to(principal).active().order_by("code", "pk")
    chosen = request.COOKIES.get(PLACE_COOKIE, "")
    return places.filter(code=chosen).first() or places.first()


class Arrivals(ReturnFloor):
    """W15 before a parcel is scanned: what is open, what waits to be inspected."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("place", "")
        places = Warehouse.objects.visible_to(self.principal).active().order_by("code", "pk")
        if wanted and places.filter(code=wanted).exists():
            answer = redirect("return-arrivals")
            answer.set_cookie(PLACE_COOKIE, wanted, samesite="Lax", httponly=True)
            return answer
        place = self.place()
        opened = ReturnArrival.objects.open().filter(warehouse=place).select_related("request")
        waiting = ReturnUnits.objects.waiting().filter(arrival__warehouse=place, stage="processing")
        context = {
            "place": place,
            "places": list(places),
            "opened": list(opened.order_by("opened_at", "pk")[:MOST_LISTED]),
            "waiting_count": waiting.count(),
        }
        return self.answer("returns/floor/arrivals.html", context)


class Arrival(ReturnFloor):
    """W15: one parcel, what was announced and what is in it. POST keeps a photo."""

    screen = "arrival"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        if row.state != ReturnArrival.State.OPEN:
            return redirect("return-arrivals")
        return self.answer("returns/floor/arrival.html", arrival_context(row))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        problem = _kept(request, row, self.principal)
        if problem:
            context = {**arrival_context(row), "problem": problem}
            return self.answer("returns/floor/arrival.html", context, status=422)
        return redirect("return-arrival", row.pk)

    def _row(self, pk: int) -> ReturnArrival:
        rows = ReturnArrival.objects.visible_to(self.principal)
        return get_object_or_404(rows.select_related("request__order", "warehouse", "bin"), pk=pk)


class Inspect(ReturnFloor):
    """W16: look at units, grade them, say where they go. POST keeps a photo of them."""

    screen = "inspect"

    def get(self, request: HttpRequest) -> HttpResponse:
        parcel = request.GET.get("parcel", "")
        place = self.place()
        if parcel.isascii() and parcel.isdecimal():
            rows = ReturnArrival.objects.visible_to(self.principal).filter(warehouse=place)
            row = get_object_or_404(rows, pk=int(parcel))
            inspect_desk.start_parcel(row, actor=self.principal.actor, at=clock.now())
            return redirect("return-inspect")
        return self.answer("returns/floor/inspect.html", inspect_context(place, self.principal))

    def post(self, request: HttpRequest) -> HttpResponse:
        place = self.place()
        desk = inspect_desk.desk_of(self.principal.actor, place.pk)
        if desk is None:
            return redirect("return-inspect")
        line_id = desk.units.line_id
        problem = _kept(request, desk.units.arrival, self.principal, line_id)
        if problem:
            context = {**inspect_context(place, self.principal), "problem": problem}
            return self.answer("returns/floor/inspect.html", context, status=422)
        return redirect("return-inspect")


def arrival_context(row: ReturnArrival) -> dict[str, Any]:
    """Return what the card of a parcel shows; five statements."""
    photos = ReturnPhoto.objects.filter(request=row.request_id) if row.request_id else None
    return {
        "arrival": row,
        "rows": arrival_desk.tally(row),
        "photos": list(photos.order_by("pk")[:MOST_LISTED]) if photos is not None else [],
        "scan_task": f"arrival:{row.pk}",
    }


def inspect_context(place: Warehouse, principal: Principal) -> dict[str, Any]:
    """Return what the inspection card shows: the units in hand, else what waits."""
    desk = inspect_desk.desk_of(principal.actor, place.pk)
    if desk is None:
        waiting = inspect_desk.waiting(place.pk, clock.now().date())
        return {"place": place, "waiting": waiting, "scan_task": "inspect"}
    return {"place": place, "scan_task": "inspect", **_in_hand(desk)}


def _in_hand(desk: InspectionDesk) -> dict[str, Any]:
    units = desk.units
    view = dispositions.outlook(units, desk.grade, at=clock.now())
    photos = ReturnPhoto.objects.filter(request=units.line.request_id, line=units.line_id)
    earlier = Inspection.objects.filter(units__sku=units.sku_id, units__lot=units.lot_id)
    return {
        "desk": desk,
        "units": units,
        "checks": [
            {"number": number, "text": floor_words.CHECKS[code], "ok": desk.checks.get(code, True)}
            for number, code in enumerate(view.checks, 1)
        ],
        "ways": [
            {"code": code, "text": text, "command": command, "chosen": code == desk.disposition}
            for code, (text, command) in floor_words.WAYS.items()
            if code in view.possible
        ],
        "offered": dispositions.suggestions(units, desk.disposition) if desk.disposition else [],
        "open_box": view.open_box,
        "is_held": dispositions.is_held(units, clock.now()),
        "photos": list(photos.order_by("pk")[:MOST_LISTED]),
        "earlier": list(earlier.order_by("-pk")[:3]) if units.sku_id else [],
    }


def _kept(
    request: HttpRequest, row: ReturnArrival, principal: Principal, line_id: int | None = None
) -> str:
    """Keep an uploaded photo; return what is wrong with it, nothing when it is kept."""
    upload = request.FILES.get("photo")
    try:
        if upload is None:
            return str(floor_words.NO_PHOTO)
        floor_photos.add(row, upload, line_id=line_id, actor=principal.actor, at=clock.now())
    except DomainError as error:
        return str(error)
    return ""
