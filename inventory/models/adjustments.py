from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.models.places import Bin
from inventory.models.products import Sku
from inventory.models.stock import CONDITIONS, Condition
from inventory.querysets.cycle_counts import AdjustmentRequestQuerySet


class AdjustmentRequest(models.Model):
    """An adjustment above the limit that a second person must approve before it is booked.

    Written by `inventory.services.adjusting`; what was asked never changes, only its state.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to approve")
        BOOKED = "booked", _("booked")
        REFUSED = "refused", _("refused")

    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin"), db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"))
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lot"),
    )
    condition = models.CharField(_("condition"), max_length=20, choices=Condition)
    delta_qty = models.IntegerField(_("difference"))
    value_amount = models.DecimalField(
        _("value of the difference"), max_digits=18, decimal_places=4
    )
    reason = models.CharField(_("reason"), max_length=32)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    request_key = models.CharField(max_length=100, unique=True)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.CharField(_("requested by"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")

    objects = AdjustmentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment to approve")
        verbose_name_plural = _("adjustments to approve")
        constraints = [
            models.CheckConstraint(
                condition=~Q(delta_qty=0), name="adjustmentrequest_changes_something"
            ),
            models.CheckConstraint(
                condition=Q(condition__in=CONDITIONS), name="adjustmentrequest_condition_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(state__in=("booked", "refused"), decided_at__isnull=False),
                name="adjustmentrequest_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | ~Q(decided_by=models.F("requested_by")),
                name="adjustmentrequest_two_persons",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(state="waiting"),
                name="adjustmentrequest_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delta_qty} x {self.sku_id} in {self.bin_id}"
