"""What a worker carries from the dock to a shelf."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fulfillment.querysets import PutAwayRunQuerySet


class PutAwayRun(models.Model):
    """One person's put-away in one warehouse: what was scanned and is not on a shelf yet.

    The row stays and is used again for the next goods; a reload goes on where it stands.
    `services.put_away_desk` writes it.
    """

    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    actor_key = models.CharField(max_length=64)
    step = models.CharField(max_length=6, default="item")
    from_bin = models.ForeignKey(
        "inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sku = models.ForeignKey("inventory.Sku", null=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    objects = PutAwayRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "actor_key"], name="putawayrun_one_per_person"
            ),
            models.CheckConstraint(
                condition=Q(step__in=("item", "lot", "bin")), name="putawayrun_step_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(step="bin") | Q(sku__isnull=False, from_bin__isnull=False, qty__gte=1),
                name="putawayrun_carries_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_key}@{self.warehouse_id}"
