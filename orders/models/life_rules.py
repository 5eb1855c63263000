"""How long goods must still be usable when they arrive (X13)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from orders.models.channels import Channel


class LifeRule(models.Model):
    """Days a lot must live on at delivery, for what the rule names; empty means any.

    Staff maintain it. Of the rules that fit an order's SKU the most specific one counts: a
    customer before a SKU, a SKU before a channel, a channel before a country.
    """

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="life_rules"
    )
    country = models.CharField(max_length=2, blank=True, default="")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    min_days = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce(F("channel"), Value(0)),
                F("country"),
                Coalesce(F("customer"), Value(0)),
                Coalesce(F("sku"), Value(0)),
                name="liferule_once",
            ),
            models.CheckConstraint(
                condition=Q(min_days__lte=3650), name="liferule_days_within_ten_years"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.min_days} d"
