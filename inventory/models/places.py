from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.climate import Climate
from inventory.querysets.places import (
    BinQuerySet,
    HolidayQuerySet,
    WarehouseQuerySet,
    ZoneQuerySet,
)

workdays_validator = RegexValidator(
    r"^[01]{7}$", _("Seven digits from Monday to Sunday: 1 works, 0 rests.")
)


class Warehouse(models.Model):
    """One site that holds stock and ships orders. `cutoff_time` is local to `timezone`.

    Written by staff and by the stock import with create-missing; deactivated, never deleted.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("own warehouse")
        THIRD_PARTY = "3pl", _("third-party warehouse")
        TRANSIT = "transit", _("in transit")
        RETURNS = "returns", _("returns centre")
        STORE = "store", _("store")

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=120, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    line1 = models.CharField(_("address line 1"), max_length=255, blank=True, default="")
    line2 = models.CharField(_("address line 2"), max_length=255, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    lat = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OWN)
    is_active = models.BooleanField(_("takes orders"), default=True)
    cutoff_time = models.TimeField(_("cut-off time"), default="14:00")
    processing_days = models.PositiveSmallIntegerField(_("processing days"), default=0)
    workdays = models.CharField(
        _("working days"), max_length=7, default="1111100", validators=[workdays_validator]
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    daily_capacity = models.PositiveIntegerField(_("orders a day"), null=True, blank=True)
    handling_cost = models.DecimalField(
        _("handling cost per parcel"), max_digits=14, decimal_places=4, default=0
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="warehouse_has_a_code"),
            models.CheckConstraint(
                condition=Q(handling_cost__gte=0), name="warehouse_handling_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class WarehouseHoliday(models.Model):
    """One day, in the warehouse's own zone, on which nothing leaves. Written by staff."""

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="holidays", verbose_name=_("warehouse")
    )
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True, default="")

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "on"], name="warehouseholiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id} {self.on}"


class Zone(models.Model):
    """A group of bins that is walked or kept together. Written by staff.

    `hazard` names the hazard class the zone is made for; empty: goods without one. A bin without
    a zone is ambient and for goods without hazard class.
    """

    class Kind(models.TextChoices):
        PICK = "pick", _("picking")
        BULK = "bulk", _("bulk storage")
        RECEIVE = "receive", _("receiving")
        PACK = "pack", _("packing")
        SHIP = "ship", _("shipping")
        QUARANTINE = "quarantine", _("quarantine")

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="zones", verbose_name=_("warehouse")
    )
    code = models.CharField(_("code"), max_length=32)
    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.PICK)
    climate = models.CharField(
        _("temperature"), max_length=8, choices=Climate, default=Climate.AMBIENT
    )
    hazard = models.CharField(_("hazard class"), max_length=32, blank=True, default="")

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="zone_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="zone_has_a_code"),
            models.CheckConstraint(
                condition=Q(climate__in=("ambient", "chilled", "frozen")),
                name="zone_climate_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Bin(models.Model):
    """The smallest place that can be addressed: a shelf, a tote, a station, a dock.

    A bin without warehouse is *virtual*: one end of the moves that enter or leave the company
    (ids in `inventory.domain.places`). Written by staff; emptied and deactivated, never deleted.
    """

    class Kind(models.TextChoices):
        PICK = "pick", _("picking")
        BULK = "bulk", _("bulk storage")
        RECEIVE = "receive", _("receiving")
        PACK = "pack", _("packing")
        SHIP = "ship", _("shipping")
        QUARANTINE = "quarantine", _("quarantine")
        DAMAGED = "damaged", _("damaged goods")
        TOTE = "tote", _("tote")
        CART = "cart", _("cart slot")
        STATION = "station", _("station")
        DOCK = "dock", _("dock")
        VIRTUAL = "virtual", _("outside the warehouses")

    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bins",
        verbose_name=_("warehouse"),
    )
    zone = models.ForeignKey(
        Zone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bins",
        verbose_name=_("zone"),
    )
    code = models.CharField(_("code"), max_length=32)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.PICK)
    pick_sequence = models.PositiveIntegerField(_("place in the walk"), default=0)
    is_pickable = models.BooleanField(_("pickable"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = BinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="bin_code_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(warehouse__isnull=True),
                name="bin_virtual_code_once",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="bin_has_a_code"),
            models.CheckConstraint(
                condition=Q(kind="virtual", warehouse__isnull=True, is_pickable=False)
                | (~Q(kind="virtual") & Q(warehouse__isnull=False)),
                name="bin_virtual_has_no_warehouse",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "pick_sequence", "id"], name="bin_walk"),
        ]

    def __str__(self) -> str:
        return self.code
