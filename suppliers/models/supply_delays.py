"""That goods of a supplier come later than their papers say."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models.suppliers import Supplier

MOST_DELAY_DAYS = 180


class SupplyDelay(models.Model):
    """Days to add to every dated arrival of a supplier while the delay lasts.

    An empty `mode` or warehouse means all of them. `source_key` names what it follows from, such
    as `risk_response:4`. Written by `suppliers.services.supply_delays`; ended, never deleted.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="delays", verbose_name=_("supplier")
    )
    mode = models.CharField(_("transport"), max_length=8, blank=True, default="")
    warehouse = models.ForeignKey(
        "inventory.Warehouse", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    days = models.PositiveSmallIntegerField(_("delay (days)"))
    source_key = models.CharField(max_length=64)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delay of supply")
        verbose_name_plural = _("delays of supply")
        constraints = [
            models.UniqueConstraint(
                fields=["source_key", "supplier"], name="supplydelay_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=MOST_DELAY_DAYS),
                name="supplydelay_days_in_range",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=("", "air", "sea", "rail", "express")),
                name="supplydelay_mode_is_known",
            ),
            models.CheckConstraint(condition=~Q(source_key=""), name="supplydelay_says_where_from"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} +{self.days}"
