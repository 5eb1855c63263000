from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.products import Sku
from inventory.querysets.products import LotQuerySet


class Lot(models.Model):
    """One production or receipt batch of a SKU. `expires_on` is its last usable day.

    Written by `inventory.services` (receipt, hold, release, recall). Units of a lot whose status
    is not good count as unsellable on the level; no units of it are promised or picked.
    """

    class Status(models.TextChoices):
        GOOD = "good", _("good")
        HOLD = "hold", _("on hold")
        QUARANTINE = "quarantine", _("in quarantine")
        RECALLED = "recalled", _("recalled")

    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="lots", verbose_name=_("SKU"), db_index=False
    )
    code = models.CharField(_("code"), max_length=64)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    ship_by = models.DateField(_("ship by"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.GOOD)
    supplier_key = models.CharField(_("supplier"), max_length=64, blank=True, default="")
    received_at = models.DateTimeField(_("received at"))

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.UniqueConstraint(fields=["sku", "code"], name="lot_code_once_per_sku"),
            models.CheckConstraint(condition=~Q(code=""), name="lot_has_a_code"),
            models.CheckConstraint(
                condition=Q(status__in=("good", "hold", "quarantine", "recalled")),
                name="lot_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ship_by__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(ship_by__lte=F("expires_on")),
                name="lot_ships_before_it_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "expires_on", "id"], name="lot_fefo"),
            models.Index(fields=["expires_on", "id"], name="lot_expiry"),
        ]

    def __str__(self) -> str:
        return self.code
