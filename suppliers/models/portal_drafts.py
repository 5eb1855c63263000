"""What a supplier typed of a shipment and saved to finish it later."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from suppliers.models.purchase_orders import PurchaseOrder


class PortalDraft(models.Model):
    """The unfinished shipment of one order, as typed: nothing of it is announced.

    `fields` is what the form sent, by field name. Written by `services.portal_drafts`; deleted
    when the shipment is announced or the order ends.
    """

    order = models.OneToOneField(
        PurchaseOrder, on_delete=models.CASCADE, related_name="portal_draft"
    )
    fields = models.JSONField()
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.CharField(_("saved by"), max_length=64)

    class Meta:
        verbose_name = _("unfinished shipment")
        verbose_name_plural = _("unfinished shipments")
        constraints = [
            models.CheckConstraint(condition=~models.Q(saved_by=""), name="portaldraft_has_author"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.saved_at:%Y-%m-%d}"
