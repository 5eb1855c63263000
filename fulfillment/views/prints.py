"""W20: the print queue of a station, and the addresses from which its browser prints."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import View

from core import clock, files
from core.errors import DomainError
from fulfillment.models import PrintJob, Station
from fulfillment.services import browser_printing, print_desk, printing
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import STATION_COOKIE, FloorView


def queue_context(station: Station | None) -> dict[str, Any]:
    """Return what the queue shows: jobs with their titles, printers, reasons."""
    jobs = print_desk.jobs_of(station) if station else []
    for job in jobs:
        job.title = print_desk.title_of(job.kind)
    return {
        "here": station,
        "jobs": jobs,
        "printers": print_desk.printers_of(station) if station else [],
        "reasons": print_desk.REASONS,
    }


class _AtStation(FloorView):
    """A page about the station of this browser."""

    def here(self) -> Station | None:
        code = self.request.COOKIES.get(STATION_COOKIE, "")
        return Station.objects.visible_to(self.principal).filter(code=code).first()


class _QueuePage(_AtStation, View):
    screen = "prints"

    def page(self, request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
        station = self.here()
        context = self.floor_context(
            **queue_context(station),
            scan_task=f"station:{station.pk}" if station else "",
            problem=problem,
        )
        return render(request, "fulfillment/floor/prints.html", context, status=status)


class PrintQueue(_QueuePage):
    """W20: what this station prints, what failed, and the way to print it elsewhere."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request)


class PrintAct(_QueuePage):
    """One button of the queue: print again, send elsewhere, try again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(PrintJob.objects.visible_to(self.principal), pk=pk)
        try:
            self._do(request, job)
        except DomainError as error:
            return self.page(request, str(error), 409 if error.status == 409 else 422)
        return redirect("floor-prints")

    def _do(self, request: HttpRequest, job: PrintJob) -> None:
        actor, now = self.principal.actor, clock.now()
        act = request.POST.get("act", "")
        if act == "redirect":
            printer = request.POST.get("printer", "")
            number = int(printer) if printer.isascii() and printer.isdecimal() else 0
            printing.redirect(job.pk, printer_id=number, actor=actor, at=now)
        elif act == "retry":
            printing.retry(job.pk, actor=actor, at=now)
        else:
            reason = request.POST.get("reason", "")
            printing.reprint(job.pk, reason=reason, actor=actor, at=now)


class TakePrint(_AtStation, View):
    """Give the station's page the next document its browser is to print."""

    def post(self, request: HttpRequest) -> JsonResponse:
        station = self.here()
        job = browser_printing.take_next(station, at=clock.now()) if station else None
        if job is None:
            return JsonResponse({})
        url = reverse("floor-print-file", args=[job.pk])
        return JsonResponse(
            {
                "job": job.pk,
                "url": url,
                "title": print_desk.title_of(job.kind),
                "copies": job.copies,
            }
        )


class PrintFile(_AtStation, View):
    """The document of a job, to be shown and printed by a page of ours alone. POST draws it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        stored = self._job(pk).document
        if stored is None:
            raise Http404
        answer = HttpResponse(files.read(stored), content_type=stored.content_type)
        answer["Content-Disposition"] = f'inline; filename="{stored.name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["X-Frame-Options"] = "SAMEORIGIN"
        # Only our own pages may frame it, and it may load nothing: a document is data.
        answer._csp_replace = {
            "default-src": ["'none'"],
            "object-src": ["'self'"],
            "frame-ancestors": ["'self'"],
        }
        answer["Cache-Control"] = "private, no-store"
        return answer

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            printing.open_document(self._job(pk), at=clock.now())
        except DomainError as error:
            raise Http404(str(error)) from error
        return redirect("floor-print-file", pk)

    def _job(self, pk: int) -> PrintJob:
        rows = PrintJob.objects.visible_to(self.principal)
        return get_object_or_404(rows.select_related("printer", "document"), pk=pk)


def _card(station: Station, call: ScanCall) -> dict[str, Any]:
    return queue_context(station)


DESK = Desk(
    screen="prints",
    capability="fulfillment.pack",
    task_kind="station",
    page="floor-prints",
    home="floor-prints",
    template="fulfillment/floor/prints_card.html",
    rows=Station.objects.visible_to,
    scan=lambda station, call: print_desk.scan(station, call.raw, actor=call.actor, at=call.at),
    card=_card,
)
