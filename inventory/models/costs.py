from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.places import Warehouse
from inventory.models.products import Sku
from inventory.models.stock import StockEvent, StockMove
from inventory.querysets.stock import (
    CostLayerQuerySet,
    CostVarianceQuerySet,
    LandedShareQuerySet,
    LayerConsumptionQuerySet,
)


class CostLayer(models.Model):
    """Units that came in together at one unit cost; consumed first in, first out.

    `unit_cost` null means not yet costed. `landed_amount` is what the units left carry beside it
    (freight, duty, price differences); leaving units take their part. `is_provisional`: more
    costs are to come. Written by `inventory.services`; `remaining_qty` falls, a missing cost may
    be filled in, `landed_amount` follows landings and departures. History is never rewritten.
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
    landed_amount = models.DecimalField(
        _("landed costs"), max_digits=18, decimal_places=6, default=0
    )
    is_provisional = models.BooleanField(_("provisional"), default=False)

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
            models.CheckConstraint(
                condition=Q(remaining_qty__gt=0) | Q(landed_amount=0),
                name="costlayer_empty_carries_nothing",
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=False) | Q(landed_amount=0),
                name="costlayer_lands_on_a_cost",
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

    landed_amount = models.DecimalField(
        _("landed costs"), max_digits=18, decimal_places=6, default=0
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


class LandedShare(models.Model):
    """The part of one landed cost that fell to one layer, in the layer's currency.

    `gone_amount` of it was for units that had left; the rest raised what the `remaining_qty`
    units left were worth. Written by `inventory.services.landing`, never changed: a correction
    is another row with the opposite sign.
    """

    class Kind(models.TextChoices):
        FREIGHT = "freight", _("Freight")
        DUTY = "duty", _("Duty")
        INSURANCE = "insurance", _("Insurance")
        HANDLING = "handling", _("Handling")
        OTHER = "other", _("Other cost")
        PRICE = "price", _("Price difference")

    event = models.ForeignKey(
        StockEvent, on_delete=models.PROTECT, related_name="+", verbose_name=_("stock event")
    )
    layer = models.ForeignKey(
        CostLayer,
        on_delete=models.PROTECT,
        related_name="landed_shares",
        verbose_name=_("cost layer"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=6)
    gone_amount = models.DecimalField(_("for units gone"), max_digits=18, decimal_places=6)
    remaining_qty = models.IntegerField(_("units left then"))

    objects = LandedShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("landed cost share")
        verbose_name_plural = _("landed cost shares")
        constraints = [
            models.UniqueConstraint(fields=["event", "layer", "kind"], name="landedshare_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, gone_amount__gte=0, gone_amount__lte=F("amount"))
                | Q(amount__lt=0, gone_amount__lte=0, gone_amount__gte=F("amount")),
                name="landedshare_gone_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("freight", "duty", "insurance", "handling", "other", "price")
                ),
                name="landedshare_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id} {self.kind}: {self.amount}"


class CostVariance(models.Model):
    """A cost that became known when the units it is for had left: it counts on day `on` (UTC).

    It falls to the `gone_qty` units of the layer that left up to `until_consumption`. Written by
    `inventory.services.landing`, never changed.
    """

    share = models.OneToOneField(
        LandedShare, on_delete=models.PROTECT, related_name="variance", verbose_name=_("share")
    )
    layer = models.ForeignKey(
        CostLayer, on_delete=models.PROTECT, related_name="variances", verbose_name=_("cost layer")
    )
    until_consumption = models.ForeignKey(
        LayerConsumption, on_delete=models.PROTECT, related_name="+", null=True
    )
    gone_qty = models.IntegerField(_("units gone"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=6)
    on = models.DateField(_("day"))

    objects = CostVarianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost variance")
        verbose_name_plural = _("cost variances")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="costvariance_is_not_zero"),
            models.CheckConstraint(condition=Q(gone_qty__gte=0), name="costvariance_units_gone"),
        ]
        indexes = [models.Index(fields=["on", "id"], name="costvariance_day")]

    def __str__(self) -> str:
        return f"{self.layer_id} {self.on}: {self.amount}"
