"""Cartons: what was verified into which box."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import CartonQuerySet


class Carton(models.Model):
    """One box being packed for a shipment. `services.packing` writes it.

    It opens with the first scan at the pack station, is `verified` when its contents equal what
    was picked, and `closed` once weighed; the parcel handed to the carrier points back by key.
    `question` keeps what the packer has to confirm before it closes (`asked_box` is the box that
    was scanned meanwhile); the reasons say what was confirmed. A shipment may have several: it is
    packed when none of them is open.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        VERIFIED = "verified", _("Verified")
        CLOSED = "closed", _("Closed")
        VOIDED = "voided", _("Voided")

    class Question(models.TextChoices):
        BOX = "box", _("Smaller box than planned")
        WEIGHT = "weight", _("Weight differs")

    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.PROTECT, related_name="cartons"
    )
    number = models.PositiveSmallIntegerField(default=1)
    box_sku = models.ForeignKey(
        "inventory.Sku", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    expected_weight_g = models.PositiveIntegerField(default=0)
    station_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    parcel_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    packed_by = models.CharField(max_length=40)
    question = models.CharField(max_length=6, choices=Question, blank=True, default="")
    asked_box = models.ForeignKey(
        "inventory.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    box_reason = models.CharField(max_length=24, blank=True, default="")
    weight_reason = models.CharField(max_length=24, blank=True, default="")
    weighed_count = models.PositiveSmallIntegerField(default=0)

    objects = CartonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "number"], name="carton_number_once"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(weight_g__gt=0), name="carton_closed_has_weight"
            ),
            models.CheckConstraint(
                condition=Q(question__in=("", "box", "weight")), name="carton_question_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(question=""), name="carton_closed_asks_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.number}"


class CartonLine(models.Model):
    """Units of one SKU and lot that a carton should hold (`qty`) and does hold (`verified_qty`).

    `last_units` are those of the latest scan, which undo takes back.
    """

    carton = models.ForeignKey(Carton, on_delete=models.CASCADE, related_name="lines")
    shipment_line = models.ForeignKey(
        "orders.ShipmentLine", on_delete=models.PROTECT, related_name="carton_lines"
    )
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, on_delete=models.PROTECT, related_name="+")
    from_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    verified_qty = models.PositiveIntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)
    last_units = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="cartonline_qty_positive"),
            models.CheckConstraint(
                condition=Q(verified_qty__lte=F("qty")), name="cartonline_verified_within_qty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verified_qty}/{self.qty} x {self.sku_id}"
