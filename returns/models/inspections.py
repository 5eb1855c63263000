"""Goods that came back: the parcels, the units in them, what was found, and what became of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns.domain.grading import DISPOSITIONS, GRADES, SEALS
from returns.models.requests import ReturnLine, ReturnRequest
from returns.querysets.inspections import (
    DispositionRuleQuerySet,
    ReturnArrivalQuerySet,
    ReturnInspectionQuerySet,
    ReturnUnitsQuerySet,
)


class Grade(models.TextChoices):
    """How good returned goods are."""

    A = "A", _("A: as new")
    B = "B", _("B: opened")
    C = "C", _("C: to repair")
    D = "D", _("D: waste")


class Disposition(models.TextChoices):
    """What becomes of returned goods."""

    RESTOCK = "restock", _("Back on the shelf")
    OPEN_BOX = "open_box", _("Sell as opened")
    REFURBISH = "refurbish", _("Repair")
    SCRAP = "scrap", _("Scrap")
    DONATE = "donate", _("Donate")
    SUPPLIER = "supplier", _("Claim from supplier")
    QUARANTINE = "quarantine", _("Keep apart")


class ReturnArrival(models.Model):
    """One parcel, or one hand-over at a counter, that came back; it is counted, then finished.

    `services.arriving` writes it. Without a request nobody knows yet whose it is. Goods wait in
    `bin`. `code` is what was scanned first. A request may come in several parcels, one after the
    other. A finished arrival never changes.
    """

    class Kind(models.TextChoices):
        PARCEL = "parcel", _("parcel")
        COUNTER = "counter", _("at the counter")

    class State(models.TextChoices):
        OPEN = "open", _("being counted")
        DONE = "done", _("taken in")
        CANCELLED = "cancelled", _("cancelled")

    event_key = models.CharField(max_length=80, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="arrivals"
    )
    bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PARCEL)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    code = models.CharField(_("scanned"), max_length=64, blank=True, default="")
    is_empty = models.BooleanField(_("empty"), default=False)
    weight_g = models.PositiveIntegerField(_("weight"), null=True, blank=True)
    opened_at = models.DateTimeField(_("arrived"))
    opened_by = models.CharField(max_length=64)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.CharField(max_length=64, blank=True, default="")

    objects = ReturnArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned parcel")
        verbose_name_plural = _("returned parcels")
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state="open", request__isnull=False),
                name="returnarrival_one_open_per_request",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(request__isnull=False, finished_at__isnull=False),
                name="returnarrival_done_has_a_request",
            ),
            models.CheckConstraint(
                condition=Q(is_empty=False) | Q(state="cancelled") | Q(weight_g__gt=0),
                name="returnarrival_empty_is_weighed",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "opened_at"], name="returnarrival_place"),
        ]

    def __str__(self) -> str:
        return f"{self.code or self.pk}"

    @property
    def key(self) -> str:
        """Return the business key, `return_arrival:ID`."""
        return f"return_arrival:{self.pk}"


class ArrivalCount(models.Model):
    """Units of one SKU and lot counted in an open arrival; without a SKU they are not ours.

    `services.arriving` writes and deletes it; when the arrival is finished, units of lines replace
    it and it stays as what was seen.
    """

    arrival = models.ForeignKey(ReturnArrival, on_delete=models.CASCADE, related_name="counts")
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lot = models.ForeignKey(
        "inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    description = models.CharField(max_length=300, blank=True, default="")
    qty = models.PositiveIntegerField()
    last_scan_qty = models.PositiveIntegerField(default=1)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrival", "sku", "lot"],
                condition=Q(lot__isnull=False),
                name="arrivalcount_once_with_lot",
            ),
            models.UniqueConstraint(
                fields=["arrival", "sku"],
                condition=Q(lot__isnull=True, sku__isnull=False),
                name="arrivalcount_once_without_lot",
            ),
            models.UniqueConstraint(
                fields=["arrival", "description"],
                condition=Q(sku__isnull=True),
                name="arrivalcount_foreign_once",
            ),
            models.CheckConstraint(condition=Q(qty__gt=0), name="arrivalcount_has_units"),
            models.CheckConstraint(
                condition=Q(last_scan_qty__lte=F("qty")), name="arrivalcount_last_scan_within_qty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id}: {self.qty} x {self.sku_id}"


class ReturnUnits(models.Model):
    """Units of one line and lot that came, and how many of them are dealt with.

    `services.arriving` makes them in quarantine; each inspection raises `processed_qty`, never
    beyond `qty`: so a unit is restocked once. Units that wait for a repair, the supplier or a
    second look are rows of their own, with `parent`. `take_back_key` is the stock event that took
    them in (empty: goods that are not ours have no stock). After `hold_until_on` goods nobody
    asked for may be stocked as found.
    """

    class Stage(models.TextChoices):
        PROCESSING = "processing", _("to inspect")
        REFURBISH = "refurbish", _("in repair")
        SUPPLIER = "supplier", _("for the supplier")
        QUARANTINE = "quarantine", _("kept apart")

    arrival = models.ForeignKey(ReturnArrival, on_delete=models.PROTECT, related_name="units")
    line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.PROCESSING)
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lot = models.ForeignKey(
        "inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    processed_qty = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=20, default="quarantine")
    take_back_key = models.CharField(max_length=120, blank=True, default="")
    hold_until_on = models.DateField(null=True, blank=True)
    received_at = models.DateTimeField(_("arrived"))

    objects = ReturnUnitsQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned units")
        verbose_name_plural = _("returned units")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="returnunits_has_units"),
            models.CheckConstraint(
                condition=Q(processed_qty__lte=F("qty")), name="returnunits_processed_within_qty"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=("processing", "refurbish", "supplier", "quarantine")),
                name="returnunits_stage_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sku__isnull=True) | ~Q(take_back_key=""),
                name="returnunits_ours_are_in_the_books",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at", "id"],
                condition=Q(processed_qty__lt=F("qty")),
                name="returnunits_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.processed_qty}/{self.qty}"

    @property
    def key(self) -> str:
        """Return the business key, `return_units:ID`."""
        return f"return_units:{self.pk}"

    @property
    def left_qty(self) -> int:
        """Return the units nobody has dealt with yet."""
        return self.qty - self.processed_qty


class Inspection(models.Model):
    """What was found on some units, and what became of them. Appended, never changed.

    `is_accepted` says whether they count as returned for the customer's money, which is another
    question than what becomes of the goods; a second look changes nothing about it. `to_bin` is
    empty for goods that left the books. `stock_key` is the stock event that moved them.
    """

    units = models.ForeignKey(ReturnUnits, on_delete=models.PROTECT, related_name="inspections")
    event_key = models.CharField(max_length=80, unique=True)
    qty = models.PositiveIntegerField()
    grade = models.CharField(_("grade"), max_length=1, choices=Grade)
    seal = models.CharField(max_length=8, blank=True, default="")
    disposition = models.CharField(_("what becomes of it"), max_length=12, choices=Disposition)
    is_accepted = models.BooleanField(_("accepted"), default=True)
    checks = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    to_bin = models.ForeignKey(
        "inventory.Bin", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stock_key = models.CharField(max_length=120, blank=True, default="")
    claim_key = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    objects = ReturnInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="inspection_has_units"),
            models.CheckConstraint(condition=Q(grade__in=GRADES), name="inspection_grade_is_known"),
            models.CheckConstraint(condition=Q(seal__in=SEALS), name="inspection_seal_is_known"),
            models.CheckConstraint(
                condition=Q(disposition__in=DISPOSITIONS), name="inspection_disposition_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units_id}: {self.qty} {self.grade}"


class InspectionDesk(models.Model):
    """What one person is inspecting now and has found so far; one row a person, scan by scan."""

    actor_key = models.CharField(max_length=64, unique=True)
    units = models.ForeignKey(ReturnUnits, on_delete=models.CASCADE, related_name="+")
    qty = models.PositiveIntegerField(default=1)
    grade = models.CharField(max_length=1, blank=True, default="")
    seal = models.CharField(max_length=8, blank=True, default="")
    disposition = models.CharField(max_length=12, blank=True, default="")
    is_accepted = models.BooleanField(default=True)
    checks = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="inspectiondesk_has_units"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_key}: {self.units_id}"


class DispositionRule(models.Model):
    """What becomes of returned goods of a SKU, a category or a grade; staff write it.

    `open_box_sku` is what opened units of the SKU are sold as.
    """

    sku = models.ForeignKey(
        "inventory.Sku",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("SKU"),
    )
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True, default="")
    disposition = models.CharField(_("what becomes of it"), max_length=12, choices=Disposition)
    open_box_sku = models.ForeignKey(
        "inventory.Sku",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sold as"),
    )

    objects = DispositionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for returned goods")
        verbose_name_plural = _("rules for returned goods")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "grade"],
                condition=Q(sku__isnull=False),
                name="dispositionrule_once_per_sku",
            ),
            models.UniqueConstraint(
                fields=["category", "grade"],
                condition=Q(sku__isnull=True),
                name="dispositionrule_once_per_category",
            ),
            models.CheckConstraint(
                condition=Q(sku__isnull=True) | Q(category=""),
                name="dispositionrule_sku_or_category",
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=DISPOSITIONS),
                name="dispositionrule_disposition_is_known",
            ),
            models.CheckConstraint(
                condition=Q(open_box_sku__isnull=True) | Q(sku__isnull=False),
                name="dispositionrule_open_box_of_a_sku",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id or self.category or '*'} {self.grade or '*'}: {self.disposition}"


class ReturnScan(models.Model):
    """One scan of the return floor and its answer, so that a scan sent twice is answered alike.

    Written once by `services.scan_log` with the effect of the scan; an undo only marks it.
    """

    scan_id = models.UUIDField(unique=True)
    actor_key = models.CharField(max_length=64)
    screen = models.CharField(max_length=24)
    task_key = models.CharField(max_length=40, blank=True, default="")
    raw = models.CharField(max_length=512)
    verdict = models.CharField(max_length=10, blank=True, default="")
    answer = models.JSONField(default=dict)
    is_undone = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["actor_key", "-id"], name="returnscan_by_person")]

    def __str__(self) -> str:
        return f"{self.screen}: {self.verdict}"
