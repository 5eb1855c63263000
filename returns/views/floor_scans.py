"""The address every scan of the return floor is sent to: JSON in, verdict and fresh card out."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import View

from core import clock
from core.permissions import RequireCapability
from inventory.models import Warehouse
from returns import floor_words
from returns.models import ReturnArrival
from returns.services import arrival_desk, inspect_desk, scan_log
from returns.services.arrival_desk import Call
from returns.services.scan_log import Answer, Scan
from returns.views.floor_pages import arrival_context, inspect_context, place_of

SCREENS = ("arrivals", "arrival", "inspect")
MOST_RAW = 4096


class ReturnScanned(RequireCapability, View):
    """Take one scan `{scan_id, task, raw}`, book it, answer with verdict and fragments."""

    capability = "returns.inspect"
    on_shared_device = True

    def post(self, request: HttpRequest, screen: str) -> JsonResponse:
        place = place_of(request, self.principal)
        if screen not in SCREENS or place is None:
            raise Http404
        scan = _read(request, screen)
        if scan is None:
            return JsonResponse({"verdict": "reject", "text": "", "code": "BAD_SCAN"}, status=400)
        call = Call(scan.raw, self.principal.actor, clock.now(), f"scan:{scan.scan_id}")
        parcel = self._parcel(scan) if screen == "arrival" else None
        answer = scan_log.answer_once(
            scan, lambda: _handle(screen, place, parcel, call), actor=call.actor, at=call.at
        )
        return JsonResponse(self._body(request, scan, answer, place))

    def _parcel(self, scan: Scan) -> ReturnArrival:
        kind, _, number = scan.task_key.partition(":")
        if kind != "arrival" or not (number.isascii() and number.isdecimal()):
            raise Http404
        rows = ReturnArrival.objects.visible_to(self.principal)
        return get_object_or_404(
            rows.select_related("request__order", "warehouse", "bin"), pk=int(number)
        )

    def _body(
        self, request: HttpRequest, scan: Scan, answer: Answer, place: Warehouse
    ) -> dict[str, Any]:
        title, text = floor_words.title_and_text(answer.why, answer.data)
        body: dict[str, Any] = {
            "verdict": answer.verdict,
            "tone": floor_words.TONES[answer.verdict],
            "code": answer.why,
            "text": f"{title}. {text}",
        }
        if answer.next_key:
            return {**body, "next": _next(answer.next_key)}
        context: dict[str, Any] = {
            "title": title,
            "text": text,
            "data": answer.data,
            "scans": scan_log.last_scans(self.principal.actor),
        }
        if answer.verdict == "reject":
            template = "fulfillment/floor/wrong.html"
        elif scan.screen == "arrival":
            template = "returns/floor/arrival_card.html"
            context |= {"said": answer, **arrival_context(self._parcel(scan))}
        else:
            template = "returns/floor/inspect_card.html"
            context |= {"said": answer, **inspect_context(place, self.principal)}
        card = render_to_string(template, context, request=request)
        scans = render_to_string("returns/floor/scans.html", context, request=request)
        return {**body, "html": {"floor-card": card, "floor-scans": scans}}


def _handle(screen: str, place: Warehouse, parcel: ReturnArrival | None, call: Call) -> Answer:
    if screen == "arrival" and parcel is not None:
        return arrival_desk.scan(parcel, call)
    if screen == "inspect":
        return inspect_desk.scan(place.pk, call)
    return arrival_desk.open_parcel(place.pk, call)


def _next(key: str) -> str:
    kind, _, number = key.partition(":")
    if kind == "arrival":
        return reverse("return-arrival", args=[number])
    if kind == "inspect":
        return f"{reverse('return-inspect')}?parcel={number}"
    return reverse("return-arrivals")


def _read(request: HttpRequest, screen: str) -> Scan | None:
    try:
        body = json.loads(request.body)
        return Scan(
            uuid.UUID(str(body["scan_id"])),
            screen,
            _storable(body["raw"])[:MOST_RAW],
            _storable(body.get("task", ""))[:40],
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _storable(text: Any) -> str:
    """Return the text without what no database keeps: NUL and halves of a surrogate pair."""
    if not isinstance(text, str):
        raise TypeError("a scan is a text")
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
