"""The last ten scans, and the button that takes back the newest one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.generic import View

from core import clock
from fulfillment import verdicts
from fulfillment.services import scan_desk, scan_history, undoing
from fulfillment.services.scan_desk import IncomingScan, ScanAnswer
from fulfillment.views import scans
from fulfillment.views.desks import ScanCall
from fulfillment.views.floor import STATION_COOKIE, FloorView


class ScanHistory(FloorView, View):
    """What I scanned; each undo walks one step further back."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        last = scan_history.newest_to_undo(self.principal.actor)
        if last is None or last.screen not in scans.DESKS:
            return self._page(request, gettext("Nothing to undo"), 409)
        answer = self._undo(request, last.screen, last.task_key)
        title, text = verdicts.title_and_text(answer.why, answer.data)
        told = f"{title}. {answer.data.get('text') or text}"
        return self._page(request, told, 409 if answer.verdict == "reject" else 200)

    def _undo(self, request: HttpRequest, screen: str, task_key: str) -> ScanAnswer:
        desk = scans.DESKS[screen]
        self.principal.require(desk.capability)
        station = request.COOKIES.get(STATION_COOKIE, "")[:24]
        scan = IncomingScan(uuid.uuid4(), screen, "CMD-UNDO", task_key, station)
        call = ScanCall(scan.raw, self.principal, clock.now(), station)
        book = scans.handler(scan, desk, call)

        def handle() -> ScanAnswer:
            return undoing.undo_finished(task_key, actor=call.actor, at=call.at) or book()

        return scan_desk.answer_once(scan, handle, actor=call.actor, at=call.at)

    def _page(self, request: HttpRequest, told: str = "", status: int = 200) -> HttpResponse:
        context: dict[str, Any] = self.floor_context(
            past=scan_history.history(self.principal.actor), told=told, scan_url=""
        )
        return render(request, "fulfillment/floor/scan_history.html", context, status=status)
