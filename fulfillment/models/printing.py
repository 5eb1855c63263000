"""Printers, which station prints on which, and every sheet that was asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.stations import Station
from fulfillment.querysets import PrinterQuerySet, PrintJobQuerySet, ProblemReportQuerySet


class Media(models.TextChoices):
    """What lies in a printer: the size of its sheets."""

    LABEL = "label", _("Labels 4 x 6 in")
    SMALL_LABEL = "small_label", _("Labels 4 x 2 in")
    PAPER = "paper", _("Paper A4")


class Printer(models.Model):
    """One printer of a warehouse. Managers write it, `services.printing` notes what it answered.

    `address` is HOST:PORT of a network printer, the folder of a file printer below the data
    directory, and empty where the browser prints.
    """

    class Mode(models.TextChoices):
        BROWSER = "browser", _("Browser of the station")
        NETWORK_ZPL = "network_zpl", _("Network, ZPL")
        FILE = "file", _("Files in a folder")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Not tried yet")
        READY = "ready", _("Ready")
        OFFLINE = "offline", _("Not reachable")

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode)
    address = models.CharField(max_length=120, blank=True, default="")
    media = models.CharField(max_length=12, choices=Media)
    state = models.CharField(max_length=8, choices=State, default=State.UNKNOWN)
    problem = models.CharField(max_length=200, blank=True, default="")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = PrinterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="printer_has_a_code"),
            models.CheckConstraint(
                condition=Q(mode="browser", address="") | (~Q(mode="browser") & ~Q(address="")),
                name="printer_address_where_needed",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["browser", "network_zpl", "file"]), name="printer_known_mode"
            ),
            models.CheckConstraint(
                condition=~Q(mode="network_zpl") | ~Q(media="paper"),
                name="printer_zpl_prints_labels",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class StationPrinter(models.Model):
    """The printer that a station uses for one size of sheets. Managers write it."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="printers")
    printer = models.ForeignKey(Printer, on_delete=models.PROTECT, related_name="stations")
    media = models.CharField(max_length=12, choices=Media)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "media"], name="stationprinter_one_per_media"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id}: {self.media} on {self.printer_id}"


class PrintJob(models.Model):
    """One sheet asked for at a station. `services.printing` writes it; nobody deletes it.

    `kind`, `key` and `language` say which sheet; `document` is what was rendered, at the first
    printing or before, and a reprint gives the same bytes. A job of `is_once` exists once for its
    kind and key; another print of it is a reprint and says why.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent to the printer")
        PRINTED = "printed", _("Printed")
        FAILED = "failed", _("Failed")
        REDIRECTED = "redirected", _("Sent elsewhere")

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="print_jobs")
    printer = models.ForeignKey(
        Printer, on_delete=models.PROTECT, null=True, related_name="print_jobs"
    )
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    media = models.CharField(max_length=12, choices=Media)
    copies = models.PositiveSmallIntegerField(default=1)
    is_once = models.BooleanField(default=False)
    document = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reprint_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reprints"
    )
    reason = models.CharField(max_length=60, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = PrintJobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["station", "-id"], name="printjob_by_station"),
            models.Index(fields=["state", "id"], name="printjob_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(is_once=True, reprint_of__isnull=True),
                name="printjob_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(reprint_of__isnull=True) | ~Q(reason=""),
                name="printjob_reprint_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(copies__gte=1, copies__lte=99), name="printjob_copies_within_99"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "printed"]) | Q(document__isnull=False),
                name="printjob_sent_has_a_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"


class ProblemReport(models.Model):
    """What a person on the floor told the manager. `services.problems` writes it."""

    station_code = models.CharField(max_length=24, blank=True, default="")
    warehouse = models.ForeignKey(
        "inventory.Warehouse", on_delete=models.PROTECT, null=True, related_name="+"
    )
    task_key = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=24)
    note = models.CharField(max_length=500, blank=True, default="")
    reported_by = models.CharField(max_length=40)
    reported_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")

    objects = ProblemReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "-id"], name="problemreport_by_place"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="problemreport_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} at {self.station_code}"
