"""What was counted at the dock, and what of it waits for an inspection."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.arrivals import Asn, AsnLine
from suppliers.querysets.receipts import InspectionQuerySet, ReceiptLineQuerySet, ReceiptQuerySet


class Receipt(models.Model):
    """One person's counting of one arrival at one dock.

    `step` and the `pending_…` columns are where the counting stands: units read but not booked
    yet, so that a reload or another device goes on at the same scan. Written by
    `suppliers.services` alone; a finished receipt never changes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Counting")
        INSPECTING = "inspecting", _("Inspecting")
        FINISHED = "finished", _("Finished")

    number = models.CharField(_("receipt"), max_length=24, unique=True)
    asn = models.ForeignKey(
        Asn, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("arrival")
    )
    dock = models.ForeignKey(
        "inventory.Bin", on_delete=models.PROTECT, related_name="+", verbose_name=_("dock")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    step = models.CharField(_("step"), max_length=12, default="item")
    pending_sku = models.ForeignKey(
        "inventory.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    pending_code = models.CharField(max_length=64, blank=True, default="")
    pending_lot = models.CharField(max_length=64, blank=True, default="")
    pending_expires_on = models.DateField(null=True, blank=True)
    pending_qty = models.PositiveIntegerField(default=0)
    pending_kind = models.CharField(max_length=12, blank=True, default="")
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.CharField(_("opened by"), max_length=64)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(
                fields=["asn", "opened_by"],
                condition=~Q(state="finished"),
                name="receipt_one_open_per_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "inspecting"), finished_at__isnull=True)
                | Q(state="finished", finished_at__isnull=False),
                name="receipt_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    step__in=("item", "lot", "expiry", "life", "count", "unknown", "sample")
                ),
                name="receipt_step_is_known",
            ),
        ]
        indexes = [models.Index(fields=["asn", "id"], name="receipt_by_asn")]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(models.Model):
    """Units of one SKU and lot that one scan booked in one state of goods.

    Good units lie at the dock in quarantine until they are put away: `put_away_qty` of them are
    on a shelf and sellable, `withdrawn_qty` were taken out again (excess, failed inspection) and
    have a line of their own that names this one. Written by `suppliers.services` alone.
    """

    class Kind(models.TextChoices):
        GOOD = "good", _("Good")
        DAMAGED = "damaged", _("Damaged")
        OVER = "over", _("Over-receipt")
        UNLABELLED = "unlabelled", _("Without lot or expiry")
        SHORT_LIFE = "short_life", _("Too short-dated")
        QUALITY = "quality", _("Quality control")

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="lines", verbose_name=_("receipt")
    )
    asn_line = models.ForeignKey(
        AsnLine, on_delete=models.PROTECT, related_name="receipt_lines", verbose_name=_("line")
    )
    from_line = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn"
    )
    event_key = models.CharField(max_length=80)
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    lot = models.ForeignKey(
        "inventory.Lot",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("lot"),
    )
    bin = models.ForeignKey(
        "inventory.Bin", on_delete=models.PROTECT, related_name="+", verbose_name=_("bin")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    qty = models.PositiveIntegerField(_("units"))
    put_away_qty = models.PositiveIntegerField(_("put away"), default=0)
    withdrawn_qty = models.PositiveIntegerField(_("taken out"), default=0)
    is_undone = models.BooleanField(_("undone"), default=False)
    claim_amount = models.DecimalField(
        _("claim"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    claim_currency = models.CharField(max_length=3, blank=True, default="")
    photo = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    actor_key = models.CharField(_("by"), max_length=64)

    objects = ReceiptLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        constraints = [
            models.UniqueConstraint(
                fields=["event_key", "kind"],
                condition=Q(from_line__isnull=True),
                name="receiptline_event_once",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="receiptline_has_units"),
            models.CheckConstraint(
                condition=Q(qty__gte=F("put_away_qty") + F("withdrawn_qty")),
                name="receiptline_gives_no_more_than_it_has",
            ),
            models.CheckConstraint(
                condition=Q(kind="good") | Q(put_away_qty=0),
                name="receiptline_only_good_is_put_away",
            ),
            models.CheckConstraint(
                condition=Q(kind="damaged") | Q(claim_amount__isnull=True),
                name="receiptline_claims_damage_only",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("good", "damaged", "over", "unlabelled", "short_life", "quality")
                ),
                name="receiptline_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["bin", "sku", "lot", "id"],
                condition=Q(kind="good", is_undone=False),
                name="receiptline_at_dock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id} {self.kind}"


class Inspection(models.Model):
    """The sample of one arrival line in one receipt: how many units to look at, how many failed.

    Until it is passed nothing of the line in that receipt can be put away (X17). Written by
    `suppliers.services` alone; once answered it never changes.
    """

    class State(models.TextChoices):
        DUE = "due", _("To inspect")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("receipt")
    )
    asn_line = models.ForeignKey(
        AsnLine, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("line")
    )
    sample_qty = models.PositiveIntegerField(_("sample"))
    failed_qty = models.PositiveIntegerField(_("failed"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.CharField(_("done by"), max_length=64, blank=True, default="")

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.UniqueConstraint(fields=["receipt", "asn_line"], name="inspection_once"),
            models.CheckConstraint(
                condition=Q(sample_qty__gte=1) & Q(failed_qty__lte=F("sample_qty")),
                name="inspection_failed_within_sample",
            ),
            models.CheckConstraint(
                condition=Q(state="due", done_at__isnull=True)
                | Q(state__in=("passed", "failed"), done_at__isnull=False),
                name="inspection_done_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_qty} of {self.asn_line_id}"
