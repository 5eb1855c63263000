"""Parcels, what is in them and what the carrier says about them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shipping.domain.tracking import STATUSES
from shipping.models.carriers import CarrierService
from shipping.querysets import ParcelQuerySet


class Parcel(models.Model):
    """One box handed, or to be handed, to a carrier. `shipping.services` alone writes it.

    `owner_key` points upward (`shipment:17`, `rma:4`), `order_key` groups the parcels that a
    customer sees on one page. Addresses are snapshots taken at packing and never change after the
    hand-over; `public_view` holds what the public page may show of it, and nothing else.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        VERIFIED = "verified", "Verified"
        LABELLED = "labelled", "Labelled"
        CONFIRMED = "confirmed", "Confirmed"
        MANIFESTED = "manifested", "Manifested"
        IN_TRANSIT = "in_transit", "In transit"
        DELIVERED = "delivered", "Delivered"
        EXCEPTION = "exception", "Exception"
        VOIDED = "voided", "Voided"

    number = models.CharField(max_length=32, unique=True)
    owner_key = models.CharField(max_length=64, db_index=True)
    order_key = models.CharField(max_length=64, blank=True, db_index=True)
    order_number = models.CharField(max_length=32, blank=True, db_index=True)
    shipment_number = models.CharField(max_length=32, blank=True, db_index=True)
    warehouse_code = models.CharField(max_length=32)
    service = models.ForeignKey(CarrierService, on_delete=models.PROTECT, related_name="parcels")
    position = models.PositiveSmallIntegerField(default=1)
    parcel_count = models.PositiveSmallIntegerField(default=1)
    box_code = models.CharField(max_length=32, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    ship_from = models.JSONField(default=dict)
    ship_to = models.JSONField(default=dict)
    public_view = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    manifest_number = models.CharField(max_length=32, blank=True, db_index=True)
    tracking_number = models.CharField(max_length=64, unique=True, null=True, blank=True)
    tracking_status = models.CharField(max_length=24, blank=True)
    tracking_rank = models.PositiveSmallIntegerField(default=0)
    tracking_at = models.DateTimeField(null=True, blank=True)
    label_problem = models.CharField(max_length=200, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects = ParcelQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["warehouse_code", "state", "id"], name="parcel_by_place_state"),
            models.Index(fields=["state", "-id"], name="parcel_by_state_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_key", "position"],
                condition=~Q(state="voided"),
                name="parcel_once_per_position",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, parcel_count__gte=1), name="parcel_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(tracking_status__in=["", *STATUSES]), name="parcel_tracking_known"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="parcel_delivered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["labelled", "confirmed"])
                | Q(tracking_number__isnull=False),
                name="parcel_labelled_has_number",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ParcelItem(models.Model):
    """One SKU (and lot) in a parcel, written when the parcel is opened, never changed."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="items")
    sku_code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    qty = models.PositiveIntegerField()
    lot_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="parcelitem_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_code}"


class TrackingEvent(models.Model):
    """One report of a carrier about a parcel. Appended, never changed.

    `source_event_id` is the carrier's own id (or a hash of the report), so a repeat adds nothing.
    `utc_offset_min` is the offset of the place reported, for showing local time.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")
    source_event_id = models.CharField(max_length=100)
    status = models.CharField(max_length=24)
    rank = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    utc_offset_min = models.SmallIntegerField(default=0)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["parcel", "at", "id"], name="trackingevent_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "source_event_id"], name="trackingevent_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(STATUSES)), name="trackingevent_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.at:%Y-%m-%d %H:%M}"
