from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.stock import BinStock, StockEvent, StockLevel
from inventory.querysets.stock import BinReservationQuerySet, ReservationQuerySet


class Reservation(models.Model):
    """Units of one level promised to one owner: pending, then consumed, released or expired.

    Written by `inventory.services`. `qty` never changes; what left is counted in `consumed_qty`,
    what was given back in `released_qty`. `usable_until`: each unit must be usable on that day.
    A lower `priority` number goes first.
    """

    class Purpose(models.TextChoices):
        ORDER = "ORDER", _("order")
        EXCHANGE = "EXCHANGE", _("exchange")
        BACK_IN_STOCK = "BACK_IN_STOCK", _("back in stock")
        PRESALE = "PRESALE", _("pre-sale")
        B2B = "B2B", _("B2B")
        TRANSFER = "TRANSFER", _("transfer")
        KIT = "KIT", _("kit work order")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CONSUMED = "consumed", _("consumed")
        RELEASED = "released", _("released")
        EXPIRED = "expired", _("expired")

    event = models.ForeignKey(
        StockEvent, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("event")
    )
    level = models.ForeignKey(
        StockLevel,
        on_delete=models.PROTECT,
        related_name="reservations",
        verbose_name=_("stock level"),
        db_index=False,
    )
    owner_key = models.CharField(_("for"), max_length=64)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose, default=Purpose.ORDER)
    qty = models.IntegerField(_("units"))
    consumed_qty = models.IntegerField(_("units shipped"), default=0)
    released_qty = models.IntegerField(_("units given back"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    usable_until = models.DateField(_("usable until"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_key", "level"],
                condition=Q(state="pending"),
                name="reservation_one_pending",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="reservation_qty_positive"),
            models.CheckConstraint(
                condition=Q(consumed_qty__gte=0) & Q(released_qty__gte=0),
                name="reservation_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", qty__gt=F("consumed_qty") + F("released_qty"))
                | Q(
                    state__in=("consumed", "released", "expired"),
                    qty=F("consumed_qty") + F("released_qty"),
                ),
                name="reservation_parts_fit_state",
            ),
            models.CheckConstraint(condition=~Q(owner_key=""), name="reservation_has_an_owner"),
        ]
        indexes = [
            models.Index(
                fields=["level"], condition=Q(state="pending"), name="reservation_pending"
            ),
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state="pending", expires_at__isnull=False),
                name="reservation_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_key}: {self.qty}"


class BinReservation(models.Model):
    """Units in one bin, lot and condition claimed by one pick; follows them into the tote.

    `owner_key` is the pick (`pick_task:ID`), `demand_key` the promise it fills
    (`shipment_line:ID`). Mirrored in `BinStock.reserved`. Written by `inventory.services`.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CONSUMED = "consumed", _("consumed")
        RELEASED = "released", _("released")

    event = models.ForeignKey(
        StockEvent,
        on_delete=models.PROTECT,
        related_name="bin_reservations",
        verbose_name=_("event"),
    )
    bin_stock = models.ForeignKey(
        BinStock,
        on_delete=models.PROTECT,
        related_name="reservations",
        verbose_name=_("bin stock"),
        db_index=False,
    )
    owner_key = models.CharField(_("for"), max_length=64)
    demand_key = models.CharField(_("demand"), max_length=64)
    qty = models.IntegerField(_("units"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("created at"))

    objects = BinReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin reservation")
        verbose_name_plural = _("bin reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_key", "bin_stock"],
                condition=Q(state="pending"),
                name="binreservation_one_pending",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="binreservation_qty_positive"),
            models.CheckConstraint(condition=~Q(owner_key=""), name="binreservation_has_an_owner"),
        ]
        indexes = [
            models.Index(fields=["demand_key"], name="binreservation_demand"),
            models.Index(
                fields=["bin_stock"], condition=Q(state="pending"), name="binreservation_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_key}: {self.qty}"
