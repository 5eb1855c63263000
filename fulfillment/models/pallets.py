"""Pallets: closed cartons of one B2B shipment that travel as one logistic unit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import PalletQuerySet


class Pallet(models.Model):
    """One pallet of a shipment with its SSCC. `services.pallets` writes it.

    It closes once, with at least one carton; its label is printed then. The SSCC never changes
    and is never used again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    sscc = models.CharField(max_length=18, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.PROTECT, related_name="pallets"
    )
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True)

    objects = PalletQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "number"], name="pallet_number_once"),
            models.UniqueConstraint(
                fields=["shipment"], condition=Q(state="open"), name="pallet_one_open_per_shipment"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="pallet_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.sscc


class PalletCarton(models.Model):
    """A carton that stands on a pallet, with the SSCC of its own; a carton stands on one pallet."""

    pallet = models.ForeignKey(Pallet, on_delete=models.PROTECT, related_name="entries")
    carton = models.OneToOneField(
        "fulfillment.Carton", on_delete=models.PROTECT, related_name="pallet_entry"
    )
    sscc = models.CharField(max_length=18, unique=True)
    scanned_at = models.DateTimeField()
    scanned_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.pallet_id}: carton {self.carton_id}"
