"""Shipments: one warehouse's part of an order."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orders.models.orders import Order, OrderLine
from orders.querysets import ShipmentQuerySet


class ShipmentStatus(models.TextChoices):
    """Where the goods of a shipment stand; tracking is an axis of its own."""

    PLANNED = "planned"
    RELEASED = "released"
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Shipment(models.Model):
    """What one warehouse sends for one order; services write it.

    `unit_qty` is the sum of its lines, kept so that planning 100,000 shipments need not read them.
    `exception` is an UPPER_SNAKE code that stops the next step (empty = none). A shipment with a
    pick, a label or a move is never deleted.
    """

    number = models.CharField(max_length=24)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    warehouse = models.ForeignKey(
        "inventory.Warehouse", on_delete=models.PROTECT, related_name="shipments", db_index=False
    )
    status = models.CharField(
        max_length=12, choices=ShipmentStatus.choices, default=ShipmentStatus.PLANNED
    )
    is_backorder = models.BooleanField(default=False)
    unit_qty = models.PositiveIntegerField(default=0)
    tracking_status = models.CharField(max_length=24, blank=True, default="")
    service_code = models.CharField(max_length=40, blank=True, default="")
    cutoff_at = models.DateTimeField(null=True, blank=True)
    promised_from = models.DateField(null=True, blank=True)
    promised_by = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    exception = models.CharField(max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="shipment_number_once", opclasses=["varchar_pattern_ops"]
            ),
            models.CheckConstraint(
                condition=Q(shipped_at__isnull=False) | ~Q(status__in=["shipped", "delivered"]),
                name="shipment_shipped_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=False) | ~Q(status="delivered"),
                name="shipment_delivered_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "status", "promised_by", "id"], name="shipment_warehouse_queue"
            ),
            models.Index(fields=["status", "promised_by", "id"], name="shipment_status_promise"),
            models.Index(
                fields=["shipped_at"],
                name="shipment_shipped_at",
                condition=Q(shipped_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `shipment:ID`."""
        return f"shipment:{self.pk}"


class ShipmentLine(models.Model):
    """Units of one order line that a shipment sends; owns their reservation. Services write it."""

    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, related_name="shipment_lines"
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    qty = models.PositiveIntegerField()
    reserved_qty = models.PositiveIntegerField(default=0)
    picked_qty = models.PositiveIntegerField(default=0)
    packed_qty = models.PositiveIntegerField(default=0)
    shipped_qty = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "order_line"], name="shipmentline_once_per_order_line"
            ),
            models.CheckConstraint(
                condition=Q(
                    shipped_qty__lte=F("packed_qty"),
                    packed_qty__lte=F("picked_qty"),
                    picked_qty__lte=F("qty"),
                ),
                name="shipmentline_shipped_packed_picked_in_order",
            ),
            models.CheckConstraint(
                condition=Q(reserved_qty__lte=F("qty")), name="shipmentline_reserved_within_qty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.order_line_id}"

    @property
    def key(self) -> str:
        """Return the owner key of its reservation, `shipment_line:ID`."""
        return f"shipment_line:{self.pk}"
