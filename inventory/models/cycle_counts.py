from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.models.places import Bin, Warehouse
from inventory.models.products import Sku
from inventory.querysets.cycle_counts import CountClassQuerySet, CycleCountQuerySet

ABC = ("A", "B", "C")


class CycleCount(models.Model):
    """One bin that is counted: blind, by a second person after a difference, then posted (X18).

    Written by `inventory.services.cycle_counts` alone. Its rounds and lines are kept as evidence;
    a posted or cancelled count never changes.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("to count")
        COUNTING = "counting", _("being counted")
        COUNTED = "counted", _("counted")
        RECOUNT = "recount", _("second person")
        REVIEW = "review", _("to approve")
        POSTED = "posted", _("posted")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = ("requested", "counting", "counted", "recount", "review")

    number = models.CharField(_("number"), max_length=24, unique=True)
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="cycle_counts", verbose_name=_("bin")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.REQUESTED)
    reason = models.CharField(_("reason"), max_length=32)
    abc = models.CharField(_("class"), max_length=1, blank=True, default="")
    due_at = models.DateTimeField(_("due at"))
    variance_qty = models.PositiveIntegerField(_("units of difference"), default=0)
    variance_amount = models.DecimalField(
        _("value of the difference"), max_digits=18, decimal_places=4, default=0
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.CharField(_("requested by"), max_length=64)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True, default="")

    objects = CycleCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle count")
        verbose_name_plural = _("cycle counts")
        constraints = [
            models.UniqueConstraint(
                fields=["bin"],
                condition=~Q(state__in=("posted", "cancelled")),
                name="cyclecount_one_open_per_bin",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "requested",
                        "counting",
                        "counted",
                        "recount",
                        "review",
                        "posted",
                        "cancelled",
                    )
                ),
                name="cyclecount_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("posted", "cancelled"), closed_at__isnull=False)
                | (~Q(state__in=("posted", "cancelled")) & Q(closed_at__isnull=True)),
                name="cyclecount_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(abc__in=("", *ABC)), name="cyclecount_class_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "due_at", "id"],
                condition=Q(state__in=("requested", "counting", "recount")),
                name="cyclecount_due",
            ),
            models.Index(fields=["bin", "closed_at"], name="cyclecount_bin"),
        ]

    def __str__(self) -> str:
        return self.number


class CycleCountRound(models.Model):
    """One person's blind count of the bin. The ledger positions say what it is compared with.

    `step`, `current_sku` and `trail` are where the counter stands, so that a reload goes on at the
    same scan; `trail` lists the last scans as [line id, units]. Finished rounds never change.
    """

    class Step(models.TextChoices):
        BIN = "bin", _("scan the bin")
        ITEM = "item", _("scan an item")
        LOT = "lot", _("scan the lot")
        EMPTY = "empty", _("confirm that the bin is empty")

    count = models.ForeignKey(CycleCount, on_delete=models.PROTECT, related_name="rounds")
    round_no = models.PositiveSmallIntegerField(_("round"))
    counter_key = models.CharField(_("counter"), max_length=64)
    step = models.CharField(max_length=6, choices=Step, default=Step.BIN)
    current_sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pending_qty = models.PositiveIntegerField(default=0)
    trail = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(_("started at"))
    started_move_id = models.PositiveBigIntegerField(_("ledger position at the start"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    finished_move_id = models.PositiveBigIntegerField(
        _("ledger position at the end"), null=True, blank=True
    )
    moved_qty = models.PositiveIntegerField(_("units moved while counting"), default=0)

    class Meta:
        verbose_name = _("count round")
        verbose_name_plural = _("count rounds")
        constraints = [
            models.UniqueConstraint(fields=["count", "round_no"], name="cyclecountround_once"),
            models.UniqueConstraint(
                fields=["count"],
                condition=Q(finished_at__isnull=True),
                name="cyclecountround_one_open",
            ),
            models.CheckConstraint(
                condition=Q(round_no__gte=1), name="cyclecountround_starts_at_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count_id}/{self.round_no}"


class CycleCountLine(models.Model):
    """What one round found of one SKU and lot; `expected_qty` is set when the round ends.

    Expected are good and suspected units at that moment; the counter never sees them. `is_open`
    until the count is posted, cancelled or counted again.
    """

    round = models.ForeignKey(CycleCountRound, on_delete=models.PROTECT, related_name="lines")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", db_index=False)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counted_qty = models.PositiveIntegerField(_("counted"), default=0)
    expected_qty = models.PositiveIntegerField(_("expected"), null=True, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("count line")
        verbose_name_plural = _("count lines")
        constraints = [
            models.UniqueConstraint(
                F("bin"),
                F("sku"),
                Coalesce(F("lot"), Value(0)),
                condition=Q(is_open=True),
                name="cyclecountline_one_open",
            ),
            models.UniqueConstraint(
                F("round"), F("sku"), Coalesce(F("lot"), Value(0)), name="cyclecountline_once"
            ),
            models.CheckConstraint(
                condition=Q(counted_qty__lte=1_000_000), name="cyclecountline_counted_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.sku_id}: {self.counted_qty}"

    @property
    def variance_qty(self) -> int:
        """Return counted minus expected units; 0 while the round goes on."""
        return 0 if self.expected_qty is None else self.counted_qty - self.expected_qty


class CountClass(models.Model):
    """How often one SKU of one warehouse is counted: A, B or C by what left it in a year.

    Rewritten by the job `inventory.plan_counts`.
    """

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    abc = models.CharField(_("class"), max_length=1)
    value_amount = models.DecimalField(
        _("value that left in a year"), max_digits=18, decimal_places=4
    )
    computed_at = models.DateTimeField(_("computed at"))

    objects = CountClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("count class")
        verbose_name_plural = _("count classes")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "sku"], name="countclass_once"),
            models.CheckConstraint(condition=Q(abc__in=ABC), name="countclass_is_known"),
            models.CheckConstraint(
                condition=Q(value_amount__gte=0), name="countclass_value_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}/{self.sku_id}: {self.abc}"
