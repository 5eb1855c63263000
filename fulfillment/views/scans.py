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
from core.permissions import RequireCapability
from fulfillment import verdicts
from fulfillment.services import home_desk, scan_desk
from fulfillment.services.scan_desk import IncomingScan, ScanAnswer
from fulfillment.views import (
    count,
    inbound,
    kits,
    moves,
    outbound_desks,
    pallets,
    prints,
    rounds,
    transfers,
)
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FLOOR, STATION_COOKIE

#: Every screen that takes scans for a task; a flow adds its own desks here.
DESKS: dict[str, Desk] = {
    desk.screen: desk
    for desk in (
        *outbound_desks.DESKS,
        *inbound.DESKS,
        count.DESK,
        *rounds.DESKS,
        transfers.DESK,
        kits.DESK,
        *moves.DESKS,
        pallets.DESK,
        prints.DESK,
    )
}
PAGES = {desk.task_kind: desk.page for desk in DESKS.values()}
#: Homes where a code means something else than on the task home: a bin opens its count.
HOMES: dict[str, Callable[[ScanCall], ScanAnswer]] = {
    "count-home": count.open_bin,
    "dock-home": inbound.open_arrival,
    "pallet-home": pallets.open_pallet,
    "put-away-home": inbound.start_put_away,
}
#: Commands that work on every screen, and the pages they open.
COMMAND_PAGES = {"CMD-HELP": "floor-problem", "CMD-LOGOUT": "floor-hand-over"}
HOME_SCREENS = ("home", "pack-home", "dispatch-home", *HOMES)


class Scan(RequireCapability, View):
    """Take one scan `{scan_id, task, raw, at}`, book it, answer with verdict and fragments."""

    capability = FLOOR
    on_shared_device = True

    def post(self, request: HttpRequest, screen: str) -> JsonResponse:
        desk = DESKS.get(screen)
        if desk:
            self.principal.require(desk.capability)
        elif screen not in HOME_SCREENS:
            raise Http404
        scan = _read(request, screen)
        if scan is None:
            return JsonResponse({"verdict": "reject", "text": "", "code": "BAD_SCAN"}, status=400)
        call = ScanCall(scan.raw, self.principal, clock.now(), scan.station_code, str(scan.scan_id))
        handle = handler(scan, desk, call)
        answer = scan_desk.answer_once(scan, handle, actor=call.actor, at=call.at)
        return JsonResponse(_rendered(request, scan, answer, call))


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


def handler(scan: IncomingScan, desk: Desk | None, call: ScanCall) -> Callable[[], ScanAnswer]:
    """Return what books this scan; the address and the undo of the last scans share it."""
    page = COMMAND_PAGES.get(call.raw.strip().upper())
    if page:
        return lambda: ScanAnswer("accept", "OPENED", next_key=f"page:{page}")
    if scan.screen in HOMES:
        return lambda: HOMES[scan.screen](call)
    if desk is None:
        return lambda: home_desk.scan(
            call.raw, principal=call.principal, at=call.at, station_code=call.station_code
        )
    task = get_object_or_404(desk.rows(call.principal), pk=_id(scan, desk))
    return lambda: desk.scan(task, call)


def _id(scan: IncomingScan, desk: Desk) -> int:
    """Return the id of the row the scan is about; the key's kind must be the screen's own."""
    kind, _, number = scan.task_key.partition(":")
    if kind != desk.task_kind or not (number.isascii() and number.isdecimal()):
        raise Http404
    return int(number)


def _rendered(
    request: HttpRequest, scan: IncomingScan, answer: ScanAnswer, call: ScanCall
) -> dict[str, Any]:
    title, text = verdicts.title_and_text(answer.why, answer.data)
    text = str(answer.data.get("text") or text)
    context: dict[str, Any] = {
        "answer": answer,
        "title": title,
        "text": text,
        "data": answer.data,
        "scans": scan_desk.last_scans(call.actor, 5),
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
        card = _fresh_card(request, scan, context, call)
    scans = render_to_string("fulfillment/floor/scans.html", context, request=request)
    return {**body, "html": {"floor-card": card, "floor-scans": scans}}


def _fresh_card(
    request: HttpRequest, scan: IncomingScan, context: dict[str, Any], call: ScanCall
) -> str:
    desk = DESKS[scan.screen]
    task = desk.rows(call.principal).get(pk=_id(scan, desk))
    context |= desk.card(task, call)
    return render_to_string(desk.template, context, request=request)


def _next_url(scan: IncomingScan, answer: ScanAnswer) -> str:
    if not answer.next_key:
        return ""
    kind, _, number = answer.next_key.partition(":")
    if kind == "page":
        return f"{reverse(number)}?task={scan.task_key}" if scan.task_key else reverse(number)
    if kind == "next":
        return reverse(DESKS[scan.screen].home if scan.screen in DESKS else "floor-home")
    return reverse(PAGES[kind], args=[number])
