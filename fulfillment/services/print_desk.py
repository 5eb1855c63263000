"""W20: the print queue of a station, by scan and by touch."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.actors import Actor
from core.errors import DomainError, gettext_noop
from fulfillment.models import Printer, PrintJob, Station
from fulfillment.services import documents, printing
from fulfillment.services.scan_desk import ScanAnswer
from shipping.models import Parcel

SHOWN: Final = 20
#: Why something is printed again; the code is kept with the job.
REASONS: Final = (
    ("JAM", gettext_noop("Paper jam or torn")),
    ("UNREADABLE", gettext_noop("Print can't be read")),
    ("LOST", gettext_noop("Sheet is lost")),
    ("CHANGED", gettext_noop("Something has changed")),
)
#: What a scanned CMD-REPRINT stands for: nobody types a reason on a scanner.
BY_SCAN: Final = "BY_SCAN"


class NothingPrinted(DomainError):
    """The station has printed nothing that could be printed again."""

    code = "NOTHING_PRINTED"
    text = gettext_noop("Nothing was printed at this station yet.")


def jobs_of(station: Station) -> list[PrintJob]:
    """Return the station's latest jobs, newest first, with printer and document."""
    rows = PrintJob.objects.filter(station=station).select_related("printer", "document")
    return list(rows.order_by("-pk")[:SHOWN])


def printers_of(station: Station) -> list[Printer]:
    """Return the printers a station's jobs can go to: those of its warehouse."""
    rows = Printer.objects.filter(warehouse_id=station.warehouse_id, is_active=True)
    return list(rows.order_by("code"))


def title_of(kind: str) -> str:
    """Return what a kind of document is called, in the active language."""
    return str(documents.kind_of(kind).title)


def scan(station: Station, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan at the queue.

    CMD-REPRINT prints the last document again, a scanned parcel its label, CMD-PRINT the test page
    of the station's label printer.

    Raises:
        NothingPrinted: there is nothing to print again.
    """
    code = "".join(raw.split()).upper()
    if code == "CMD-PRINT":
        return _test_page(station, actor, at)
    job = _last(station) if code == "CMD-REPRINT" else _label_of(code)
    if job is None:
        if code == "CMD-REPRINT":
            raise NothingPrinted
        return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": code[:64], "wanted": "CMD-REPRINT"})
    again = printing.reprint(job.pk, reason=BY_SCAN, actor=actor, at=at)
    return ScanAnswer("accept", "PRINTS_AGAIN", {"scanned": title_of(again.kind)})


def _test_page(station: Station, actor: Actor, at: dt.datetime) -> ScanAnswer:
    for media in ("small_label", "label", "paper"):
        printer = printing.printer_for(station, media)
        if printer is not None:
            printing.test_page(printer.pk, station_code=station.code, actor=actor, at=at)
            return ScanAnswer("accept", "TEST_PRINTS", {"scanned": printer.code})
    return ScanAnswer("reject", "NO_PRINTER_HERE")


def _last(station: Station) -> PrintJob | None:
    done = PrintJob.objects.filter(station=station, state__in=("sent", "printed", "failed"))
    return done.exclude(reason="TEST").order_by("-pk").first()


def _label_of(code: str) -> PrintJob | None:
    parcel = (
        Parcel.objects.filter(tracking_number=code).first()
        or Parcel.objects.filter(number=code).first()
    )
    if parcel is None:
        return None
    rows = PrintJob.objects.filter(kind="shipping_label", key=f"parcel:{parcel.pk}")
    return rows.order_by("-pk").first()
