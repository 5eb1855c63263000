"""What customers of waiting orders are told while supply is interrupted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order


class SupplyNotice(models.Model):
    """The words about one interruption of supply that counts for one order.

    The order desk reads them on the order, the customer in the mail about the later day.
    `source_key` names the response that issued them. Written by `orders.services.supply_notices`;
    withdrawn, never deleted.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="supply_notices")
    source_key = models.CharField(max_length=64)
    text_en = models.CharField(_("text in English"), max_length=600)
    text_zh = models.CharField(_("text in Chinese"), max_length=600, blank=True, default="")
    created_at = models.DateTimeField(_("issued at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of supply")
        verbose_name_plural = _("notices of supply")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "source_key"], name="supplynotice_once_per_source"
            ),
            models.CheckConstraint(condition=~Q(text_en=""), name="supplynotice_has_words"),
        ]
        indexes = [models.Index(fields=["source_key", "id"], name="supplynotice_by_source")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.source_key}"
