"""Manifests: the parcels one carrier takes away together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import ManifestQuerySet


class Manifest(models.Model):
    """One hand-over to one carrier at one warehouse; stock leaves when it closes."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Handed over")

    number = models.CharField(max_length=24, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    carrier_code = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True)

    objects = ManifestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "carrier_code"],
                condition=Q(state="open"),
                name="manifest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(closed_at__isnull=False),
                name="manifest_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ManifestParcel(models.Model):
    """A parcel scanned onto a manifest; a parcel leaves once, so it stands on one manifest."""

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="entries")
    parcel_id = models.PositiveBigIntegerField(unique=True)
    shipment = models.ForeignKey("orders.Shipment", on_delete=models.PROTECT, related_name="+")
    carton = models.ForeignKey(
        "fulfillment.Carton", on_delete=models.PROTECT, related_name="manifest_entries"
    )
    scanned_at = models.DateTimeField()
    scanned_by = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["shipment"], name="manifestparcel_by_shipment")]

    def __str__(self) -> str:
        return f"{self.manifest_id}: parcel {self.parcel_id}"
