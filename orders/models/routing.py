"""What the router decided and why, and the prices of stock it uses."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from orders.models.orders import Order


class RoutingDecision(models.Model):
    """One run of the router for one order: every candidate, each term, the filter that removed it.

    Written once by the routing services and never edited; the newest row of an order is in force.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    preset = models.CharField(max_length=16)
    rule_version = models.CharField(max_length=32)
    candidates = models.JSONField(default=list)
    chosen = models.JSONField(default=dict)
    overridden_by = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overridden_by="") | ~Q(reason=""),
                name="routingdecision_override_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}@{self.at:%Y-%m-%dT%H:%M}"


class StockPrice(models.Model):
    """What one unit of a SKU in a warehouse is worth to later orders; planning fills it."""

    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.CASCADE, related_name="+")
    sku = models.ForeignKey("inventory.Sku", on_delete=models.CASCADE, related_name="+")
    price = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "sku"], name="stockprice_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="stockprice_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}:{self.sku_id}"


class TransitStat(models.Model):
    """How long a service really took on one lane over the last 90 days; a nightly job rewrites it.

    Days are the carrier's business days from hand-over to delivery: `lo_days` the 10th and
    `hi_days` the 90th percentile of `sample_count` deliveries.
    """

    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.CASCADE, related_name="+")
    service_code = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    sample_count = models.PositiveIntegerField()
    lo_days = models.PositiveSmallIntegerField()
    hi_days = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "service_code", "country"], name="transitstat_once_per_lane"
            ),
            models.CheckConstraint(
                condition=Q(lo_days__lte=F("hi_days")), name="transitstat_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}:{self.service_code}:{self.country}"


class CarrierHoliday(models.Model):
    """A day on which nothing is delivered in a country; staff maintain it."""

    country = models.CharField(max_length=2)
    on = models.DateField()
    name = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "on"], name="carrierholiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.on.isoformat()}"
