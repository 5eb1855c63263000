"""Facts that an import keeps beside the orders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orders.models.channels import Channel


class ReturnFact(models.Model):
    """One returned or cancelled line of a past order; an import writes it, it moves no stock."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="return_facts")
    external_id = models.CharField(max_length=80)
    source_row = models.PositiveIntegerField()
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, null=True, related_name="+")
    sku_code = models.CharField(max_length=64, blank=True, default="")
    qty = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    import_batch_id = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id", "source_row"], name="returnfact_once_per_row"
            ),
            models.CheckConstraint(condition=Q(qty__gt=0), name="returnfact_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}/{self.source_row}"


class SetAsideLine(models.Model):
    """One line of an imported file that is no goods line, with its reason and raw content."""

    batch_id = models.BigIntegerField(db_index=True)
    source_row = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch_id", "source_row"], name="setasideline_once_per_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.source_row}"
