"""Bring a print job to its printer: raw TCP for network printers, a folder for file printers.

The row turns `sent` before the first byte leaves and is committed, so no crash and no second
worker prints a document twice. A printer that takes no connection got nothing: the job waits
again. A connection that breaks half-way fails the job, for a person to look at the printer.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import F

from core import files
from core.errors import DomainError
from fulfillment.models import Printer, PrintJob
from fulfillment.services import printing

CONNECT_SECONDS: Final = 4.0
SEND_SECONDS: Final = 15.0
MOST_ATTEMPTS: Final = 5
DEFAULT_PORT: Final = 9100


class PrinterUnreachable(Exception):
    """The printer took no connection; nothing was printed, so the job may be tried again."""


class PrinterBroke(Exception):
    """The printer went away while it was being sent to; part of it may be printed."""


def send(job_id: int, *, now: dt.datetime) -> str:
    """Send one queued job to its printer; return the state it is left in. Repeatable.

    Call it outside of transactions.

    Raises:
        PrinterUnreachable: nothing was sent and the job waits for its next attempt.
    """
    job = PrintJob.objects.select_related("printer", "document").filter(pk=job_id).first()
    if job is None or job.printer is None or job.printer.mode == Printer.Mode.BROWSER:
        return "left"
    if job.state != "queued":
        return job.state
    try:
        content = files.read(printing.open_document(job, at=now))
    except DomainError:
        return "failed"
    with contextlib.suppress(printing.JobSettled):
        printing.move(job, "sent", at=now)
        return _sent(job, content, now)
    return job.state


def _sent(job: PrintJob, content: bytes, now: dt.datetime) -> str:
    try:
        _deliver(job, content)
    except PrinterUnreachable as error:
        return _unreached(job, str(error), now)
    except PrinterBroke as error:
        printing.fail(job, str(error), at=now)
        _note(job, Printer.State.OFFLINE, str(error))
        return "failed"
    _note(job, Printer.State.READY, "", seen_at=now)
    if job.printer and job.printer.mode == Printer.Mode.FILE:
        printing.move(job, "printed", at=now)
    return job.state


def _unreached(job: PrintJob, problem: str, now: dt.datetime) -> str:
    _note(job, Printer.State.OFFLINE, problem)
    PrintJob.objects.filter(pk=job.pk, state="sent").update(
        state="queued", attempts=F("attempts") + 1, error=problem[:200], sent_at=None
    )
    job.refresh_from_db()
    if job.attempts >= MOST_ATTEMPTS:
        printing.fail(job, problem, at=now)
        return "failed"
    raise PrinterUnreachable(problem)


def _note(job: PrintJob, state: str, problem: str, seen_at: dt.datetime | None = None) -> None:
    seen = {"last_seen_at": seen_at} if seen_at else {}
    printers = Printer.objects.filter(pk=job.printer_id or 0)
    printers.update(state=state, problem=problem[:200], **seen)


def _deliver(job: PrintJob, content: bytes) -> None:
    if job.printer is None:
        raise PrinterUnreachable("no printer")
    if job.printer.mode == Printer.Mode.FILE:
        _write(job, job.printer.address, content)
        return
    host, _colon, port = job.printer.address.partition(":")
    try:
        line = socket.create_connection((host, int(port or DEFAULT_PORT)), CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise PrinterUnreachable(f"{job.printer.address}: {error}") from error
    with contextlib.closing(line):
        try:
            line.settimeout(SEND_SECONDS)
            line.sendall(content * job.copies)
            line.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise PrinterBroke(f"{job.printer.address}: {error}") from error


def _write(job: PrintJob, folder: str, content: bytes) -> None:
    place = Path(settings.DATA_DIR) / "printers" / folder
    ending = printing.format_for(job)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for copy in range(job.copies):
            (place / f"{job.pk}-{job.kind}-{copy + 1}.{ending}").write_bytes(content)
    except OSError as error:
        raise PrinterUnreachable(f"{folder}: {error}") from error
