from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.places import Warehouse
from inventory.models.products import Sku
from inventory.querysets.stock_care import ShortfallQuerySet


class Shortfall(models.Model):
    """Units promised to a transfer or a work order that the stock no longer covers.

    A count, a loss or a recall took them. Written by `inventory.services.shortfalls`: raised once
    per owner and SKU, closed when the plan was made smaller, was covered again, or has ended.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        CUT = "cut", _("made smaller")
        COVERED = "covered", _("covered again")
        ENDED = "ended", _("plan ended")

    owner_key = models.CharField(_("promised to"), max_length=120)
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"))
    short_qty = models.PositiveIntegerField(_("units short"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField(_("raised at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True, default="")

    objects = ShortfallQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortfall")
        verbose_name_plural = _("shortfalls")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_key", "warehouse", "sku"],
                condition=Q(state="open"),
                name="shortfall_open_once",
            ),
            models.CheckConstraint(condition=~Q(owner_key=""), name="shortfall_has_an_owner"),
            models.CheckConstraint(condition=Q(short_qty__gte=1), name="shortfall_has_units"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=("cut", "covered", "ended"), closed_at__isnull=False),
                name="shortfall_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["raised_at", "id"], condition=Q(state="open"), name="shortfall_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_qty} x {self.sku_id} for {self.owner_key}"
