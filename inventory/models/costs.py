from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.places import Warehouse
from inventory.models.products import Sku
from inventory.models.stock import StockMove
from inventory.querysets.stock import CostLayerQuerySet, LayerConsumptionQuerySet


class CostLayer(models.Model):
    """Units that came in together at one unit cost; consumed first in, first out.

    `unit_cost` null means not yet costed. Written by `inventory.services`; only
    `remaining_qty` falls, and a missing cost may be filled in. History is never rewritten.
    """

    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        related_name="cost_layers",
        verbose_name=_("SKU"),
        db_index=False,
    )
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        related_name="cost_layers",
        verbose_name=_("warehouse"),
        db_index=False,
    )
    qty = models.IntegerField(_("units"))
    remaining_qty = models.IntegerField(_("units left"))
    unit_cost = models.DecimalField(
        _("unit cost"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    received_at = models.DateTimeField(_("received at"))
    source_key = models.CharField(_("source"), max_length=120, blank=True, default="")

    objects = CostLayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost layer")
        verbose_name_plural = _("cost layers")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gte=1), name="costlayer_qty_positive"),
            models.CheckConstraint(
                condition=Q(remaining_qty__gte=0) & Q(remaining_qty__lte=F("qty")),
                name="costlayer_remaining_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0),
                name="costlayer_cost_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "warehouse", "received_at", "id"],
                condition=Q(remaining_qty__gt=0),
                name="costlayer_fifo",
            ),
            models.Index(fields=["sku", "warehouse"], name="costlayer_sku_warehouse"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.remaining_qty}/{self.qty}"


class LayerConsumption(models.Model):
    """What one move took out of one cost layer, at the cost the layer had then.

    Written by `inventory.services`, never changed.
    """

    move = models.ForeignKey(
        StockMove,
        on_delete=models.PROTECT,
        related_name="consumptions",
        verbose_name=_("stock move"),
    )
    layer = models.ForeignKey(
        CostLayer,
        on_delete=models.PROTECT,
        related_name="consumptions",
        verbose_name=_("cost layer"),
    )
    qty = models.IntegerField(_("units"))
    unit_cost = models.DecimalField(
        _("unit cost"), max_digits=18, decimal_places=6, null=True, blank=True
    )

    objects = LayerConsumptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost consumption")
        verbose_name_plural = _("cost consumptions")
        constraints = [
            models.UniqueConstraint(fields=["move", "layer"], name="layerconsumption_once"),
            models.CheckConstraint(condition=Q(qty__gte=1), name="layerconsumption_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id}: {self.qty}"
