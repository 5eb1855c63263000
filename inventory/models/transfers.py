from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.models.places import Bin, Warehouse
from inventory.models.products import Sku
from inventory.querysets.moves import (
    TransferLineQuerySet,
    TransferPickQuerySet,
    TransferQuerySet,
)


class Transfer(models.Model):
    """Goods that go from one warehouse to another, in two phases through TRANSIT.

    Written by `inventory.services.transfers` and its neighbours. Planned by one person, approved
    by another; from then on the units are promised to it in the source. `difference_at`: the
    destination has counted all that came, and something is missing.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        PICKING = "picking", _("picking")
        IN_TRANSIT = "in_transit", _("in transit")
        PARTIALLY_RECEIVED = "partially_received", _("partly received")
        RECEIVED = "received", _("received")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(_("number"), max_length=24, unique=True)
    source = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="transfers_out", verbose_name=_("from")
    )
    destination = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="transfers_in", verbose_name=_("to")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("planned at"))
    created_by = models.CharField(_("planned by"), max_length=64)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=64, blank=True, default="")
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    difference_at = models.DateTimeField(_("difference reported at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="transfer_between_two_warehouses"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("created_by")), name="transfer_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(approved_at__isnull=False),
                name="transfer_approved_before_it_moves",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "approved", "picking", "cancelled"))
                | Q(shipped_at__isnull=False),
                name="transfer_shipped_before_it_arrives",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("received", "cancelled"), closed_at__isnull=False)
                | (~Q(state__in=("received", "cancelled")) & Q(closed_at__isnull=True)),
                name="transfer_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "state", "id"], name="transfer_leaving"),
            models.Index(fields=["destination", "state", "id"], name="transfer_arriving"),
        ]

    def __str__(self) -> str:
        return self.number


class TransferLine(models.Model):
    """Units of one SKU on a transfer, and what became of them.

    `received_qty` counts damaged arrivals too; `found_qty` units that arrived beyond those shipped.
    Written by `inventory.services`; `sku` and `qty` never change after the approval.
    """

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="lines", verbose_name=_("transfer")
    )
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="transfer_lines", verbose_name=_("SKU")
    )
    qty = models.IntegerField(_("units"))
    shipped_qty = models.IntegerField(_("units shipped"), default=0)
    received_qty = models.IntegerField(_("units received"), default=0)
    lost_qty = models.IntegerField(_("units lost"), default=0)
    returned_qty = models.IntegerField(_("units returned"), default=0)
    found_qty = models.IntegerField(_("units found"), default=0)

    objects = TransferLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer line")
        verbose_name_plural = _("transfer lines")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "sku"], name="transferline_sku_once"),
            models.CheckConstraint(condition=Q(qty__gte=1), name="transferline_qty_positive"),
            models.CheckConstraint(
                condition=Q(shipped_qty__gte=0) & Q(shipped_qty__lte=F("qty")),
                name="transferline_shipped_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(received_qty__gte=0, lost_qty__gte=0, returned_qty__gte=0)
                & Q(shipped_qty__gte=F("received_qty") + F("lost_qty") + F("returned_qty")),
                name="transferline_settled_within_shipped",
            ),
            models.CheckConstraint(
                condition=Q(found_qty__gte=0), name="transferline_found_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id}"

    @property
    def owner_key(self) -> str:
        """The key its promise and its moves stand under."""
        return f"transfer_line:{self.pk}"

    @property
    def open_qty(self) -> int:
        """Return the units that have left the source and are nowhere yet."""
        return self.shipped_qty - self.received_qty - self.lost_qty - self.returned_qty


class TransferPick(models.Model):
    """One visit to one bin of the source for one transfer line: take units to a tote.

    Made when picking starts, with the units claimed under `transfer_pick:ID`. `step` and
    `counted_qty` are where the picker stands; `attempt` grows with each undo.
    """

    class State(models.TextChoices):
        OPEN = "open", _("ready")
        PICKED = "picked", _("picked")
        SHORT = "short", _("short")
        CANCELLED = "cancelled", _("cancelled")

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="picks", verbose_name=_("transfer")
    )
    line = models.ForeignKey(
        TransferLine, on_delete=models.PROTECT, related_name="picks", verbose_name=_("line")
    )
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin"))
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lot")
    )
    tote = models.ForeignKey(
        Bin, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("tote")
    )
    qty = models.IntegerField(_("units"))
    picked_qty = models.IntegerField(_("units picked"), default=0)
    counted_qty = models.IntegerField(_("units counted"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    step = models.CharField(_("step"), max_length=8, default="bin")
    reason = models.CharField(_("reason"), max_length=24, blank=True, default="")
    sequence = models.IntegerField(_("place in the walk"), default=0)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)

    objects = TransferPickQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer pick")
        verbose_name_plural = _("transfer picks")
        constraints = [
            models.CheckConstraint(condition=Q(qty__gte=1), name="transferpick_qty_positive"),
            models.CheckConstraint(
                condition=Q(picked_qty__gte=0) & Q(picked_qty__lte=F("qty")),
                name="transferpick_picked_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(counted_qty__gte=0) & Q(counted_qty__lte=F("qty")),
                name="transferpick_counted_within_qty",
            ),
            models.CheckConstraint(
                condition=~Q(state="picked") | Q(picked_qty=F("qty"), tote__isnull=False),
                name="transferpick_picked_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="short") | Q(picked_qty__lt=F("qty")),
                name="transferpick_short_is_less",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.line_id} from {self.bin_id}"

    @property
    def owner_key(self) -> str:
        """The key its bin reservation stands under."""
        return f"transfer_pick:{self.pk}"
