"""Jobs of browser printers: the station's own page takes them one by one and prints them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.errors import DomainError
from fulfillment.models import Printer, PrintJob, Station
from fulfillment.services import printing

FRESH: Final = dt.timedelta(minutes=30)


def take_next(station: Station, *, at: dt.datetime) -> PrintJob | None:
    """Return the next job for the browser of a station, marked as sent; None when none waits.

    One conditional UPDATE takes it, so of two tabs at one station one prints it. A job that can't
    be drawn fails with its reason and the next one is taken. What was asked for more than
    `FRESH` ago waits for a person: nobody wants yesterday's slips to come out by themselves.
    Writes files: no transaction.
    """
    waiting = (
        PrintJob.objects.waiting()
        .filter(station=station, printer__mode=Printer.Mode.BROWSER, asked_at__gte=at - FRESH)
        .select_related("printer", "document")
    )
    for job in waiting[:5]:
        try:
            printing.open_document(job, at=at)
            printing.move(job, "sent", at=at)
        except DomainError:
            continue
        Printer.objects.filter(pk=job.printer_id or 0).update(
            state=Printer.State.READY, last_seen_at=at, problem=""
        )
        return job
    return None
