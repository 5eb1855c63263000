"""The address every floor scan is sent to: JSON in, verdict and fresh card out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import View

from core import clock
from core.actors import Actor
from core.permissions import Principal, RequireCapability
from fulfillment import queries, verdicts
from fulfillment.models import Carton, Manifest, PickTask, PutBackTask
from fulfillment.services import (
    dispatch_desk,
    home_desk,
    pack_desk,
    pick_desk,
    put_back_desk,
    scan_desk,
)
from fulfillment.services.scan_desk import IncomingScan, ScanAnswer
from fulfillment.views import cards
from fulfillment.views.floor import FLOOR, STATION_COOKIE

CAPABILITY = {
    "pick": "fulfillment.pick",
    "put-back": "fulfillment.pick",
    "pack": "fulfillment.pack",
    "dispatch": "fulfillment.dispatch",
}
TASK_KIND = {
    "pick": "pick_task",
    "pack": "carton",
    "dispatch": "manifest",
    "put-back": "put_back",
}
HOME_SCREENS = ("home", "pack-home", "dispatch-home")


class Scan(RequireCapability, View):
    """Take one scan `{scan_id, task, raw, at}`, book it, answer with verdict and fragments."""

    capability = FLOOR
    on_shared_device = True

    def post(self, request: HttpRequest, screen: str) -> JsonResponse:
        if screen in CAPABILITY:
            self.principal.require(CAPABILITY[screen])
        elif screen not in HOME_SCREENS:
            raise Http404
        scan = _read(request, screen)
        if scan is None:
            return JsonResponse({"verdict": "reject", "text": "", "code": "BAD_SCAN"}, status=400)
        now = clock.now()
        handle = _handler(scan, self.principal, now)
        answer = scan_desk.answer_once(scan, handle, actor=self.principal.actor, at=now)
        return JsonResponse(_rendered(request, scan, answer, self.principal))


def _read(request: HttpRequest, screen: str) -> IncomingScan | None:
    try:
        body = json.loads(request.body)
        return IncomingScan(
            scan_id=uuid.UUID(str(body["scan_id"])),
            screen=screen,
            raw=_storable(body["raw"])[:4096],
            task_key=_storable(body.get("task", ""))[:40],
            station_code=request.COOKIES.get(STATION_COOKIE, "")[:24],
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _storable(text: Any) -> str:
    """Return the text without what no database keeps: NUL and halves of a surrogate pair."""
    if not isinstance(text, str):
        raise TypeError("a scan is a text")
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _handler(scan: IncomingScan, principal: Principal, now: Any) -> Callable[[], ScanAnswer]:
    actor: Actor = principal.actor
    if scan.screen == "pick":
        task = get_object_or_404(PickTask.objects.visible_to(principal).for_walk(), pk=_id(scan))
        return lambda: pick_desk.scan(task, scan.raw, actor=actor, at=now)
    if scan.screen == "pack":
        carton = get_object_or_404(Carton.objects.visible_to(principal), pk=_id(scan))
        return lambda: pack_desk.scan(carton, scan.raw, actor=actor, at=now)
    if scan.screen == "dispatch":
        manifest = get_object_or_404(Manifest.objects.visible_to(principal), pk=_id(scan))
        return lambda: dispatch_desk.scan(manifest, scan.raw, actor=actor, at=now)
    if scan.screen == "put-back":
        back = get_object_or_404(PutBackTask.objects.visible_to(principal), pk=_id(scan))
        return lambda: put_back_desk.scan(back, scan.raw, actor=actor, at=now)
    return lambda: home_desk.scan(scan.raw, principal=principal, at=now)


def _id(scan: IncomingScan) -> int:
    """Return the id of the row the scan is about; the key's kind must be the screen's own."""
    kind, _, number = scan.task_key.partition(":")
    if kind != TASK_KIND[scan.screen] or not (number.isascii() and number.isdecimal()):
        raise Http404
    return int(number)


def _rendered(
    request: HttpRequest, scan: IncomingScan, answer: ScanAnswer, principal: Principal
) -> dict[str, Any]:
    title, text = verdicts.title_and_text(answer.why, answer.data)
    text = str(answer.data.get("text") or text)
    context: dict[str, Any] = {
        "answer": answer,
        "title": title,
        "text": text,
        "data": answer.data,
        "scans": scan_desk.last_scans(principal.actor, 5),
        "screen": scan.screen,
    }
    next_url = _next_url(scan, answer)
    body: dict[str, Any] = {
        "verdict": answer.verdict,
        "tone": verdicts.TONES[answer.verdict],
        "code": answer.why,
        "text": f"{title}. {text}",
    }
    if next_url:
        return {**body, "next": next_url}
    if answer.verdict == "reject" or scan.screen in HOME_SCREENS:
        # A home page has no task whose card could be shown: its answer stands alone.
        card = render_to_string("fulfillment/floor/wrong.html", context, request=request)
    else:
        card = _fresh_card(request, scan, context)
    scans = render_to_string("fulfillment/floor/scans.html", context, request=request)
    return {**body, "html": {"floor-card": card, "floor-scans": scans}}


def _fresh_card(request: HttpRequest, scan: IncomingScan, context: dict[str, Any]) -> str:
    pk = _id(scan)
    if scan.screen == "pick":
        task = PickTask.objects.for_walk().select_related("warehouse").get(pk=pk)
        context |= cards.pick_context(task)
    elif scan.screen == "pack":
        context |= cards.pack_context(queries.carton_bundle([pk]).get(pk=pk))
    elif scan.screen == "dispatch":
        context |= cards.dispatch_context(Manifest.objects.select_related("warehouse").get(pk=pk))
    template = f"fulfillment/floor/{scan.screen.replace('-', '_')}_card.html"
    return render_to_string(template, context, request=request)


def _next_url(scan: IncomingScan, answer: ScanAnswer) -> str:
    if not answer.next_key:
        return ""
    kind, _, number = answer.next_key.partition(":")
    if kind == "next":
        home = {"pick": "floor-pick", "pack": "floor-pack", "dispatch": "floor-dispatch"}
        return reverse(home.get(scan.screen, "floor-home"))
    names = {
        "pick_task": "floor-pick-task",
        "carton": "floor-carton",
        "manifest": "floor-manifest",
        "put_back": "floor-put-back",
    }
    return reverse(names[kind], args=[number])
