"""What is on its way to a warehouse, line by line, and how much of it has come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.domain.carton_measures import MOST_GRAMS, MOST_MM
from suppliers.domain.tolerance import open_qty
from suppliers.models.suppliers import Supplier
from suppliers.querysets.arrivals import AsnCartonQuerySet, AsnLineQuerySet, AsnQuerySet


class Asn(models.Model):
    """One announced or unplanned arrival of a supplier's goods at one warehouse.

    Written by `suppliers.services` alone. `is_unplanned`: it stood at the dock unannounced, so
    nothing of it can be too much or too little.
    """

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("Announced")
        ARRIVED = "arrived", _("Arrived")
        RECEIVING = "receiving", _("Receiving")
        RECEIVED = "received", _("Received")
        CLOSED_SHORT = "closed_short", _("Closed short")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("arrival"), max_length=24, unique=True)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="arrivals", verbose_name=_("supplier")
    )
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    purchase_order = models.ForeignKey(
        "suppliers.PurchaseOrder",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="arrivals",
        verbose_name=_("purchase order"),
    )
    reference = models.CharField(_("supplier's number"), max_length=64, blank=True, default="")
    carrier = models.CharField(_("carrier"), max_length=80, blank=True, default="")
    tracking = models.CharField(_("tracking number"), max_length=64, blank=True, default="")
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    is_unplanned = models.BooleanField(_("unplanned"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ANNOUNCED)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = AsnQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "reference"],
                condition=~Q(reference="") & ~Q(state="cancelled"),
                name="asn_reference_once_per_supplier",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "announced",
                        "arrived",
                        "receiving",
                        "received",
                        "closed_short",
                        "cancelled",
                    )
                ),
                name="asn_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("arrived", "receiving", "received"))
                | Q(arrived_at__isnull=False),
                name="asn_arrived_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("announced", "arrived", "receiving"), closed_at__isnull=True)
                | Q(state__in=("received", "closed_short", "cancelled"), closed_at__isnull=False),
                name="asn_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "expected_on", "id"], name="asn_dock"),
            models.Index(fields=["tracking"], condition=~Q(tracking=""), name="asn_tracking"),
        ]

    def __str__(self) -> str:
        return self.number


class AsnCarton(models.Model):
    """One carton or pallet of an arrival by the SSCC on its label. Written with the arrival.

    Weight and outer measures are what the supplier announced; null where it did not say.
    """

    asn = models.ForeignKey(
        Asn, on_delete=models.PROTECT, related_name="cartons", verbose_name=_("arrival")
    )
    sscc = models.CharField(_("SSCC"), max_length=18, unique=True)
    weight_g = models.PositiveIntegerField(_("weight (g)"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length (mm)"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width (mm)"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height (mm)"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)

    objects = AsnCartonQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced carton")
        verbose_name_plural = _("announced cartons")
        constraints = [
            models.CheckConstraint(
                condition=Q(sscc__regex=r"^[0-9]{18}$"), name="asncarton_sscc_has_18_digits"
            ),
            models.CheckConstraint(
                condition=Q(weight_g__isnull=True) | Q(weight_g__gte=1, weight_g__lte=MOST_GRAMS),
                name="asncarton_weight_in_range",
            ),
            models.CheckConstraint(
                condition=Q(length_mm__isnull=True, width_mm__isnull=True, height_mm__isnull=True)
                | Q(
                    length_mm__gte=1,
                    length_mm__lte=MOST_MM,
                    width_mm__gte=1,
                    width_mm__lte=MOST_MM,
                    height_mm__gte=1,
                    height_mm__lte=MOST_MM,
                ),
                name="asncarton_measured_whole_or_not",
            ),
        ]

    def __str__(self) -> str:
        return self.sscc


class AsnLine(models.Model):
    """One SKU of an arrival: how much was announced and what came of it.

    `received_qty` good, `damaged_qty` and `held_qty` (excess, without lot, too short-dated)
    units were counted; `short_qty` were given up. `announced_qty` is null when nobody announced
    the SKU. Written by `suppliers.services` alone; `allowed_over_qty` is fixed when announced.
    """

    asn = models.ForeignKey(
        Asn, on_delete=models.PROTECT, related_name="lines", verbose_name=_("arrival")
    )
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    purchase_line = models.ForeignKey(
        "suppliers.PurchaseLine",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="arrival_lines",
        verbose_name=_("purchase line"),
    )
    announced_qty = models.PositiveIntegerField(_("announced"), null=True, blank=True)
    allowed_over_qty = models.PositiveIntegerField(_("accepted above"), default=0)
    received_qty = models.PositiveIntegerField(_("received"), default=0)
    damaged_qty = models.PositiveIntegerField(_("damaged"), default=0)
    held_qty = models.PositiveIntegerField(_("held"), default=0)
    short_qty = models.PositiveIntegerField(_("short"), default=0)
    short_reason = models.CharField(_("reason"), max_length=32, blank=True, default="")

    objects = AsnLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrival line")
        verbose_name_plural = _("arrival lines")
        constraints = [
            models.UniqueConstraint(fields=["asn", "sku"], name="asnline_sku_once"),
            models.CheckConstraint(
                condition=Q(announced_qty__isnull=True)
                | Q(announced_qty__gte=1, announced_qty__lte=MOST_UNITS),
                name="asnline_announces_units",
            ),
            models.CheckConstraint(
                condition=Q(announced_qty__isnull=True)
                | Q(received_qty__lte=F("announced_qty") + F("allowed_over_qty")),
                name="asnline_received_within_tolerance",
            ),
            models.CheckConstraint(
                condition=Q(short_qty=0)
                | Q(short_qty__lte=F("announced_qty") - F("received_qty") - F("damaged_qty")),
                name="asnline_short_is_of_what_is_open",
            ),
            models.CheckConstraint(
                condition=Q(short_qty=0, short_reason="")
                | (Q(short_qty__gte=1) & ~Q(short_reason="")),
                name="asnline_short_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["sku", "asn"], name="asnline_sku")]

    def __str__(self) -> str:
        return f"{self.asn_id}/{self.sku_id}"

    @property
    def counted_qty(self) -> int:
        """Return the units that came, whatever their state."""
        return self.received_qty + self.damaged_qty + self.held_qty

    @property
    def open_qty(self) -> int:
        """Return the units still expected; never negative."""
        return open_qty(self.announced_qty, self.counted_qty, self.short_qty)

    @property
    def excess_qty(self) -> int:
        """Return the units that came above the announced ones."""
        if self.announced_qty is None:
            return 0
        return max(0, self.counted_qty - self.announced_qty)
