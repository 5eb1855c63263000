from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.domain.places import CUSTOMER
from inventory.models.lots import Lot
from inventory.models.places import Bin, Warehouse
from inventory.models.products import Sku
from inventory.querysets.stock import (
    BinStockQuerySet,
    StockEventQuerySet,
    StockLevelQuerySet,
    StockMoveQuerySet,
)

MOST_UNITS = 1_000_000_000
"""More units than this in one place is a typing mistake; the database refuses it."""


class Condition(models.TextChoices):
    """How good a unit is; only good ones are promised."""

    GOOD = "good", _("good")
    DAMAGED = "damaged", _("damaged")
    QUARANTINE = "quarantine", _("quarantine")
    SUSPECTED_MISSING = "suspected_missing", _("suspected missing")
    RETURNING = "returning", _("returning")


CONDITIONS = tuple(Condition.values)


class StockLevel(models.Model):
    """Units of one SKU in one warehouse: the row that is locked to promise them.

    `on_hand` counts every unit in real bins; `unsellable` those not in good condition or in a
    lot that is not good; `reserved` what pending reservations hold; `buffer` what is kept back.
    A cache of the ledger and of the reservations, written by `inventory.services` alone in the
    same transaction. `reserved` may exceed what is there after a count: a broken promise.
    """

    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        related_name="levels",
        verbose_name=_("warehouse"),
        db_index=False,
    )
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="levels", verbose_name=_("SKU")
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    unsellable = models.IntegerField(_("unsellable"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    buffer = models.IntegerField(_("safety stock"), default=0)
    version = models.PositiveBigIntegerField(_("version"), default=0)

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "sku"], name="stocklevel_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0) & Q(on_hand__lte=MOST_UNITS),
                name="stocklevel_on_hand_in_range",
            ),
            models.CheckConstraint(
                condition=Q(unsellable__gte=0) & Q(unsellable__lte=F("on_hand")),
                name="stocklevel_unsellable_within_on_hand",
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=MOST_UNITS),
                name="stocklevel_reserved_in_range",
            ),
            models.CheckConstraint(
                condition=Q(buffer__gte=0) & Q(buffer__lte=MOST_UNITS),
                name="stocklevel_buffer_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}/{self.sku_id}"

    @property
    def atp_qty(self) -> int:
        """Return the units that may still be promised; negative when a promise is broken."""
        return self.on_hand - self.unsellable - self.reserved - self.buffer


class BinStock(models.Model):
    """Units of one SKU, lot and condition in one real bin; `reserved` of them wait for a pick.

    A cache of the ledger, written by `inventory.services` alone in the same transaction.
    """

    bin = models.ForeignKey(
        Bin,
        on_delete=models.PROTECT,
        related_name="stock",
        verbose_name=_("bin"),
        db_index=False,
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        related_name="bin_stock",
        verbose_name=_("SKU"),
        db_index=False,
    )
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bin_stock",
        verbose_name=_("lot"),
        db_index=False,
    )
    condition = models.CharField(
        _("condition"), max_length=20, choices=Condition, default=Condition.GOOD
    )
    qty = models.IntegerField(_("units"), default=0)
    reserved = models.IntegerField(_("reserved for picks"), default=0)

    objects = BinStockQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin stock")
        verbose_name_plural = _("bin stock")
        constraints = [
            models.UniqueConstraint(
                fields=["bin", "sku", "lot", "condition"],
                condition=Q(lot__isnull=False),
                name="binstock_once_with_lot",
            ),
            models.UniqueConstraint(
                fields=["bin", "sku", "condition"],
                condition=Q(lot__isnull=True),
                name="binstock_once_without_lot",
            ),
            models.CheckConstraint(
                condition=Q(qty__gte=0) & Q(qty__lte=MOST_UNITS), name="binstock_qty_in_range"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("qty")),
                name="binstock_reserved_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(condition__in=CONDITIONS), name="binstock_condition_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "lot"], name="binstock_sku_lot"),
            models.Index(fields=["bin"], name="binstock_bin"),
        ]

    def __str__(self) -> str:
        return f"{self.bin_id}/{self.sku_id}: {self.qty}"


class StockEvent(models.Model):
    """One call of a stock service: who, why, caused by what. `event_key` makes a repeat harmless.

    Its moves and reservations hang on it. Written by `inventory.services`, never changed or
    deleted (triggers on both databases).
    """

    event_key = models.CharField(_("event key"), max_length=120)
    kind = models.CharField(_("kind"), max_length=32)
    actor_key = models.CharField(_("actor"), max_length=64)
    cause_key = models.CharField(_("cause"), max_length=64, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=64, blank=True, default="")
    at = models.DateTimeField(_("at"))

    objects = StockEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock event")
        verbose_name_plural = _("stock events")
        constraints = [
            models.UniqueConstraint(fields=["event_key"], name="stockevent_key_once"),
            models.CheckConstraint(condition=~Q(event_key=""), name="stockevent_has_a_key"),
        ]
        indexes = [
            models.Index(
                fields=["cause_key", "id"], condition=~Q(cause_key=""), name="stockevent_cause"
            ),
        ]

    def __str__(self) -> str:
        return self.event_key


class StockMove(models.Model):
    """One line of the double-entry ledger: `qty` units leave one bin and arrive in another.

    The warehouses repeat those of the bins (null for virtual ones), so that sums need no join.
    Written by `inventory.services`, never changed or deleted (triggers on both databases).
    """

    event = models.ForeignKey(
        StockEvent, on_delete=models.PROTECT, related_name="moves", verbose_name=_("event")
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        related_name="moves",
        verbose_name=_("SKU"),
        db_index=False,
    )
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moves",
        verbose_name=_("lot"),
        db_index=False,
    )
    condition_from = models.CharField(_("condition before"), max_length=20, choices=Condition)
    condition_to = models.CharField(_("condition after"), max_length=20, choices=Condition)
    from_bin = models.ForeignKey(
        Bin,
        on_delete=models.PROTECT,
        related_name="moves_out",
        verbose_name=_("from bin"),
        db_index=False,
    )
    to_bin = models.ForeignKey(
        Bin,
        on_delete=models.PROTECT,
        related_name="moves_in",
        verbose_name=_("to bin"),
        db_index=False,
    )
    qty = models.IntegerField(_("units"))
    from_warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moves_out",
        verbose_name=_("from warehouse"),
        db_index=False,
        db_constraint=False,
    )
    to_warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moves_in",
        verbose_name=_("to warehouse"),
        db_index=False,
        db_constraint=False,
    )
    unit_cost = models.DecimalField(
        _("unit cost"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    owner_key = models.CharField(_("for"), max_length=64, blank=True, default="")

    objects = StockMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        constraints = [
            models.CheckConstraint(
                condition=Q(qty__gte=1) & Q(qty__lte=MOST_UNITS), name="stockmove_qty_in_range"
            ),
            models.CheckConstraint(
                condition=~(Q(from_bin=F("to_bin")) & Q(condition_from=F("condition_to"))),
                name="stockmove_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(condition_from__in=CONDITIONS) & Q(condition_to__in=CONDITIONS),
                name="stockmove_conditions_are_known",
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "id"], name="stockmove_sku"),
            models.Index(
                fields=["lot", "id"], condition=Q(lot__isnull=False), name="stockmove_lot"
            ),
            # A recall asks for nothing else of the ledger; with it the table is not read.
            models.Index(
                fields=["lot", "id"],
                condition=Q(lot__isnull=False, to_bin=CUSTOMER),
                include=["owner_key", "qty", "event"],
                name="stockmove_lot_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id}: {self.from_bin_id} -> {self.to_bin_id}"
