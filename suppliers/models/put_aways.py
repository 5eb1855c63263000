"""Which goods left a dock for which shelf."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suppliers.querysets.receipts import PutAwayQuerySet


class PutAway(models.Model):
    """One carrying of units of one SKU and lot from a dock to a shelf.

    `released_qty` of them were received goods that became sellable by it; the rest was good
    before. Written by `suppliers.services` alone; only `is_undone` ever changes.
    """

    event_key = models.CharField(max_length=80, unique=True)
    from_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    to_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    qty = models.PositiveIntegerField(_("units"))
    released_qty = models.PositiveIntegerField(_("became sellable"))
    is_undone = models.BooleanField(_("undone"), default=False)
    at = models.DateTimeField(_("at"))
    actor_key = models.CharField(_("by"), max_length=64)

    objects = PutAwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("put-away")
        verbose_name_plural = _("put-aways")
        constraints = [
            models.CheckConstraint(
                condition=Q(qty__gte=1) & Q(released_qty__lte=F("qty")),
                name="putaway_releases_what_it_carries",
            ),
            models.CheckConstraint(
                condition=~Q(from_bin=F("to_bin")), name="putaway_goes_somewhere"
            ),
        ]
        indexes = [models.Index(fields=["actor_key", "id"], name="putaway_by_actor")]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id} -> {self.to_bin_id}"
