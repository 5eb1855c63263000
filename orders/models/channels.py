"""Sales channels and the rules that say which warehouse may serve what."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from orders.querysets import ChannelQuerySet


class ChannelKind(models.TextChoices):
    """What kind of shop front a channel is."""

    SHOP = "shop"
    MARKETPLACE = "marketplace"
    B2B = "b2b"
    MANUAL = "manual"


class PartialPolicy(models.TextChoices):
    """What happens to an order that stock covers only in part."""

    SHIP_COMPLETE = "ship_complete"
    SHIP_AVAILABLE = "ship_available"
    CANCEL_REMAINDER = "cancel_remainder"
    WAIT_UNTIL = "wait_until"


class Substitution(models.TextChoices):
    """Whether another SKU may be sent for one that is missing (X10)."""

    OFF = "off"
    PROPOSE = "propose"
    AUTOMATIC = "automatic"


class RoutingPreset(models.TextChoices):
    """Which weights the router uses."""

    FASTEST = "fastest"
    CHEAPEST = "cheapest"
    BALANCED = "balanced"
    NEAREST = "nearest"
    RANKED = "ranked"


class Channel(models.Model):
    """One place where orders come from, with its policies; staff maintain it, orders copy it."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=ChannelKind.choices, default=ChannelKind.SHOP)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=8, default="en")
    partial_policy = models.CharField(
        max_length=20, choices=PartialPolicy.choices, default=PartialPolicy.SHIP_COMPLETE
    )
    commit_partial = models.BooleanField(default=False)
    wait_days = models.PositiveSmallIntegerField(default=3)
    max_parcels = models.PositiveSmallIntegerField(default=2)
    allow_split = models.BooleanField(default=True)
    country_only = models.BooleanField(default=False)
    routing_preset = models.CharField(
        max_length=16, choices=RoutingPreset.choices, default=RoutingPreset.BALANCED
    )
    allow_substitutes = models.CharField(
        max_length=10, choices=Substitution.choices, default=Substitution.PROPOSE
    )
    min_life_days = models.PositiveSmallIntegerField(default=30)
    #: Working days from order to hand-over that were agreed (B2B); empty: the warehouse's own.
    handling_days = models.PositiveSmallIntegerField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(default=5)
    #: What customers see: empty, the channel's name and the portal's own color.
    brand_name = models.CharField(max_length=120, blank=True, default="")
    brand_color = models.CharField(max_length=7, blank=True, default="")
    brand_logo = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_parcels__gte=1, max_parcels__lte=10), name="channel_parcels_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def splits(self) -> bool:
        """Whether an order may leave from two warehouses. B2B orders never do, whatever is set."""
        return self.allow_split and self.kind != ChannelKind.B2B


class ChannelWarehouse(models.Model):
    """Says whether one warehouse may serve one channel, and its rank; no rows means all may."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="warehouses")
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(default=0)
    is_allowed = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "warehouse"], name="channelwarehouse_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}:{self.warehouse_id}"


class RuleKind(models.TextChoices):
    """How strictly a destination rule binds."""

    ONLY = "only"
    PREFER = "prefer"
    NEVER = "never"


class DestinationRule(models.Model):
    """One statement about which warehouse serves a destination; staff maintain it."""

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="destination_rules"
    )
    country = models.CharField(max_length=2)
    postcode_prefix = models.CharField(max_length=10, blank=True, default="")
    kind = models.CharField(max_length=8, choices=RuleKind.choices)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "country", "postcode_prefix", "warehouse"],
                condition=Q(channel__isnull=False),
                name="destinationrule_once_per_channel",
            ),
            models.UniqueConstraint(
                fields=["country", "postcode_prefix", "warehouse"],
                condition=Q(channel__isnull=True),
                name="destinationrule_once_for_all_channels",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}{self.postcode_prefix} {self.kind} {self.warehouse_id}"


class DutyRate(models.Model):
    """The import duty and tax a destination asks of goods from one origin; staff maintain it.

    `rate` is a share of the goods' value (0.05 = 5 %); goods worth `free_under_amount` or less in
    the order's currency pay nothing. An empty origin means every origin.
    """

    origin_country = models.CharField(max_length=2, blank=True, default="")
    country = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    free_under_amount = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin_country", "country"], name="dutyrate_once"),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=5), name="dutyrate_rate_0_to_5"
            ),
            models.CheckConstraint(
                condition=Q(free_under_amount__gte=0), name="dutyrate_free_under_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin_country or '*'}>{self.country}"
