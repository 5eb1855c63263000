"""Carriers, their services and what those cost."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from shipping.querysets import RateCardQuerySet


class Carrier(models.Model):
    """A company that takes parcels. Master data; `failures` and `paused_until` are its breaker.

    `kind` names the gateway in `config.wiring.CARRIERS`. The label service alone writes the
    breaker: after several unanswered calls the carrier rests, and work goes on without it.
    """

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=32, default="builtin")
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="carrier_code_given"),
        ]

    def __str__(self) -> str:
        return self.name


class CarrierService(models.Model):
    """One service level of a carrier, as a shipment names it by `code`. Master data.

    At most one service is the flat default, offered where no rate card reaches. `cutoff_time` is
    in the warehouse's own zone. Transit days are business days and the fall-back for zones.
    """

    class Mode(models.TextChoices):
        GROUND = "ground", "Ground"
        AIR = "air", "Air"
        SEA = "sea", "Sea"
        EXPRESS = "express", "Express"

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="services")
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    mode = models.CharField(max_length=16, choices=Mode, default=Mode.GROUND)
    is_active = models.BooleanField(default=True)
    is_default_flat = models.BooleanField(default=False)
    cutoff_time = models.TimeField(null=True, blank=True)
    transit_lo_days = models.PositiveSmallIntegerField(default=3)
    transit_hi_days = models.PositiveSmallIntegerField(default=7)
    volume_divisor = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(100_000)])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default_flat"],
                condition=Q(is_default_flat=True),
                name="carrierservice_one_flat",
            ),
            models.CheckConstraint(
                condition=Q(transit_lo_days__lte=F("transit_hi_days")),
                name="carrierservice_transit_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RateCard(models.Model):
    """One version of a service's prices, in one currency, for a half-open range of days.

    The rate service writes it from a file, whole; nothing in it changes later except `valid_to`,
    set when a successor takes over. Ranges of one service never overlap.
    """

    service = models.ForeignKey(CarrierService, on_delete=models.PROTECT, related_name="cards")
    version = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects = RateCardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "version"], name="ratecard_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(valid_to__isnull=True),
                name="ratecard_one_open_ended",
            ),
            models.UniqueConstraint(
                fields=["service", "valid_from"], name="ratecard_one_per_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="ratecard_range_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.version}"


class ShippingZone(models.Model):
    """One zone of a rate card: where from ("" = any warehouse) and how many business days."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="zones")
    warehouse_code = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=32)
    transit_lo_days = models.PositiveSmallIntegerField()
    transit_hi_days = models.PositiveSmallIntegerField()
    per_extra_kg_amount = models.DecimalField(
        max_digits=14, decimal_places=4, null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "warehouse_code", "code"], name="shippingzone_once_per_card"
            ),
            models.CheckConstraint(
                condition=Q(transit_lo_days__lte=F("transit_hi_days")),
                name="shippingzone_transit_range",
            ),
            models.CheckConstraint(
                condition=Q(per_extra_kg_amount__isnull=True)
                | Q(per_extra_kg_amount__gte=Decimal(0)),
                name="shippingzone_extra_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ZoneCountry(models.Model):
    """One place that a zone covers: a country ("*" = the rest of the world), perhaps a prefix."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="countries")
    country = models.CharField(max_length=2)
    postcode_prefix = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "country", "postcode_prefix"], name="zonecountry_once_per_zone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}{self.postcode_prefix}"


class RateBreak(models.Model):
    """The price of a zone up to and including a billable weight in grams."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="breaks")
    max_weight_g = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "max_weight_g"], name="ratebreak_once_per_weight"
            ),
            models.CheckConstraint(
                condition=Q(max_weight_g__gt=0), name="ratebreak_weight_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0)), name="ratebreak_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.max_weight_g} g"
