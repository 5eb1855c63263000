"""Proposals to send another SKU than the one ordered (X10)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SubstitutionProposal(models.Model):
    """An offer to send `substitute_qty` of `sku` for `qty` units of an order line.

    `services.substituting` writes it. Open until the customer, the order desk or the clock decides;
    what was decided never changes. Of the customer's link only the hash is kept; ratio and rank
    are those of the day of the offer. `cause` is the shortage that asked for it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        APPROVED = "approved", _("Replaced")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("No answer in time")
        WITHDRAWN = "withdrawn", _("Not needed any more")

    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="substitution_proposals"
    )
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    substitute_qty = models.PositiveIntegerField()
    num = models.PositiveIntegerField()
    den = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    cause = models.CharField(max_length=24, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state="open"),
                name="substitution_by_expiry",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_line"],
                condition=Q(state="open"),
                name="substitutionproposal_one_open_per_line",
            ),
            models.CheckConstraint(
                condition=Q(
                    qty__gt=0,
                    num__gt=0,
                    den__gt=0,
                    substitute_qty=F("qty") * F("num") / F("den"),
                ),
                name="substitutionproposal_units_by_ratio",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False),
                name="substitutionproposal_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="substitutionproposal_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_qty} x {self.sku_id} for line {self.order_line_id}"
