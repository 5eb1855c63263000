"""The print queue: what was asked for at which station, and where it went.

Asking writes a row and nothing else, so it may stand inside any transaction. A job renders the
document and sends it to a network or file printer; a browser printer's documents are fetched and
printed by the station's own page. Nothing here stops goods from leaving.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import get_language

from core import audit, jobs
from core.actors import Actor
from core.errors import DomainError, NotFound, StateConflict, gettext_noop
from core.models.documents import StoredFile
from fulfillment.domain.states import PRINT_JOB
from fulfillment.models import Carton, Printer, PrintJob, Station, StationPrinter
from fulfillment.services import documents

SEND_JOB: Final = "fulfillment.print"
MOST_COPIES: Final = 99


class ReasonMissing(DomainError):
    """A reprint says why."""

    code = "REPRINT_REASON_MISSING"
    status = 422
    text = gettext_noop("Say why this is printed again.")


class JobSettled(StateConflict):
    """The print job stands where this step does not lead from."""

    code = "PRINT_JOB_SETTLED"
    text = gettext_noop("This print job is %(state)s already. Print it again instead.")


class WrongMedia(DomainError):
    """The other printer holds sheets of another size."""

    code = "WRONG_MEDIA"
    text = gettext_noop("Printer %(printer)s holds other sheets. Choose one with %(media)s.")


@transaction.atomic
def print_document(
    kind: str,
    key: str,
    *,
    station_code: str,
    copies: int = 1,
    actor: Actor,
    at: dt.datetime,
) -> PrintJob:
    """Ask for a document at a station; return the job. It prints on the station's printer.

    A kind that is printed once per key (slips, customs forms, carrier labels) yields the job it
    has already: more is a `reprint`. Without a language customers' papers speak the one of the
    order's channel, the floor's own the one of the asking person. Without a printer for this size
    the job waits in the queue, from where it can be redirected or opened as PDF.

    Raises:
        NotFound: no such kind or station.
    """
    spec = documents.kind_of(kind)
    station = Station.objects.filter(code=station_code, is_active=True).first()
    if station is None:
        raise NotFound
    if spec.is_once:
        # The row of the station is the lock that two askers of one document meet at.
        Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
        known = PrintJob.objects.filter(kind=kind, key=key, is_once=True, reprint_of=None).first()
        if known is not None:
            return known
    draft = PrintJob(
        station=station,
        printer=printer_for(station, spec.media),
        kind=kind,
        key=key,
        language=_language(kind, key),
        media=spec.media,
        copies=min(max(copies, 1), MOST_COPIES),
        is_once=spec.is_once,
        asked_by=actor.key,
        asked_at=at,
    )
    if spec.is_once:
        PrintJob.objects.bulk_create([draft], ignore_conflicts=True)
        job = PrintJob.objects.get(kind=kind, key=key, is_once=True, reprint_of=None)
    else:
        draft.save()
        job = draft
    _queue(job, actor)
    return job


@transaction.atomic
def reprint(job_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> PrintJob:
    """Print a document again: the same bytes, for a reason that is kept. Returns the new job.

    Raises:
        ReasonMissing: no reason was given.
        NotFound: no such job.
    """
    reason = reason.strip()[:60]
    if not reason:
        raise ReasonMissing
    old = _job(job_id)
    job = _again(old, old.printer, reason, actor, at)
    audit.record(
        actor=actor,
        action="fulfillment.reprinted",
        target=f"print_job:{old.pk}",
        after={"kind": old.kind, "key": old.key, "job": job.pk},
        reason=reason,
        at=at,
    )
    return job


@transaction.atomic
def redirect(job_id: int, *, printer_id: int, actor: Actor, at: dt.datetime) -> PrintJob:
    """Send a job that no printer finished to another printer; return the new job.

    Raises:
        NotFound: no such job, or no such printer in the station's warehouse.
        WrongMedia: the printer holds sheets of another size.
        JobSettled: it was printed or redirected already.
    """
    old = _job(job_id)
    printer = Printer.objects.filter(
        pk=printer_id, warehouse_id=old.station.warehouse_id, is_active=True
    ).first()
    if printer is None:
        raise NotFound
    if printer.media != old.media:
        raise WrongMedia(printer=printer.code, media=old.get_media_display())
    move(old, "redirected", at=at)
    job = _again(old, printer, "REDIRECTED", actor, at)
    audit.record(
        actor=actor,
        action="fulfillment.print_redirected",
        target=f"print_job:{old.pk}",
        after={"job": job.pk, "printer": printer.code},
        at=at,
    )
    return job


@transaction.atomic
def retry(job_id: int, *, actor: Actor, at: dt.datetime) -> PrintJob:
    """Put a failed job into the queue again.

    Raises:
        JobSettled: it has not failed.
        NotFound: no such job.
    """
    job = _job(job_id)
    move(job, "queued", at=at)
    _queue(job, actor)
    return job


@transaction.atomic
def test_page(printer_id: int, *, station_code: str, actor: Actor, at: dt.datetime) -> PrintJob:
    """Ask a printer for a page that shows that it works: the label of the station's own bin.

    Raises:
        NotFound: no such printer or station.
    """
    printer = Printer.objects.filter(pk=printer_id).first()
    station = Station.objects.filter(code=station_code).first()
    if printer is None or station is None:
        raise NotFound
    kind, key = {
        "paper": ("command_sheet", ""),
        "small_label": ("bin_label", f"bin:{station.bin_id}"),
        "label": ("test_label", f"bin:{station.bin_id}"),
    }[printer.media]
    job = PrintJob.objects.create(
        station=station,
        printer=printer,
        kind=kind,
        key=key,
        language=_language(kind, key),
        media=printer.media,
        asked_by=actor.key,
        asked_at=at,
        reason="TEST",
    )
    _queue(job, actor)
    return job


def open_document(job: PrintJob, *, at: dt.datetime) -> StoredFile:
    """Return the job's file, rendered now if it was not. A reprint gives the same bytes.

    Raises:
        DomainError: as `documents.render`; the job then stands as failed with the reason.
    """
    if job.document is not None:
        return job.document
    try:
        stored = documents.render(
            job.kind, job.key, language=job.language, at=at, media=format_for(job)
        )
    except DomainError as error:
        fail(job, str(error), at=at)
        raise
    PrintJob.objects.filter(pk=job.pk, document=None).update(document=stored)
    job.document = stored
    return stored


@transaction.atomic
def note_browser(job: PrintJob, state: str, *, at: dt.datetime) -> None:
    """Keep what the station's page reports of a job it prints: sent, then printed. Repeatable."""
    if job.state == state:
        return
    move(job, state, at=at)


def move(job: PrintJob, state: str, *, at: dt.datetime, error: str = "") -> None:
    """Bring a job to another state by a conditional UPDATE.

    Raises:
        JobSettled: its state does not lead there, or somebody else moved it meanwhile.
    """
    times = {"sent_at": at} if state == "sent" else {"settled_at": at}
    sources = [name for name, targets in PRINT_JOB.items() if state in targets]
    changed = PrintJob.objects.filter(pk=job.pk, state__in=sources).update(
        state=state, error=error[:200], **times
    )
    job.refresh_from_db()
    if not changed:
        raise JobSettled(state=job.get_state_display())


def fail(job: PrintJob, error: str, *, at: dt.datetime) -> None:
    """Note that a job can't be printed as it is. Repeatable."""
    PrintJob.objects.filter(pk=job.pk, state__in=("queued", "sent", "failed")).update(
        state="failed", error=error[:200], settled_at=at
    )
    job.refresh_from_db()


def printer_for(station: Station, media: str) -> Printer | None:
    """Return the printer a station uses for sheets of this size, if it has one."""
    found = (
        StationPrinter.objects.filter(station=station, media=media, printer__is_active=True)
        .select_related("printer")
        .first()
    )
    return found.printer if found else None


def format_for(job: PrintJob) -> str:
    """Return the format a job's printer takes."""
    return "zpl" if job.printer and job.printer.mode == Printer.Mode.NETWORK_ZPL else "pdf"


def _queue(job: PrintJob, actor: Actor) -> None:
    if job.printer is not None and job.printer.mode != Printer.Mode.BROWSER:
        jobs.enqueue(
            SEND_JOB, args={"print_job": job.pk}, queue="interactive", started_by=actor.key
        )


def _again(
    old: PrintJob, printer: Printer | None, reason: str, actor: Actor, at: dt.datetime
) -> PrintJob:
    same_format = printer is None or format_for(old) == (
        "zpl" if printer.mode == Printer.Mode.NETWORK_ZPL else "pdf"
    )
    job = PrintJob.objects.create(
        station=old.station,
        printer=printer,
        kind=old.kind,
        key=old.key,
        language=old.language,
        media=old.media,
        copies=old.copies,
        is_once=old.is_once,
        document=old.document if same_format else None,
        reprint_of=old,
        reason=reason,
        asked_by=actor.key,
        asked_at=at,
    )
    _queue(job, actor)
    return job


def _job(job_id: int) -> PrintJob:
    found = (
        PrintJob.objects.select_for_update(of=("self",))
        .select_related("station", "printer", "document")
        .filter(pk=job_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _language(kind: str, key: str) -> str:
    here = get_language() or "en"
    if documents.kind_of(kind).for_customer:
        given, _colon, number = key.partition(":")
        if given == "carton" and number.isdecimal():
            rows = Carton.objects.filter(pk=int(number))
            return rows.values_list("shipment__order__channel__language", flat=True).first() or here
    return here
