"""Rounds: one walk for several orders; the carts they are pushed on, the wall they end at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import CartQuerySet, PickRoundQuerySet, PutWallQuerySet


class Cart(models.Model):
    """A trolley with places for totes; its code is scanned to take or go on with a round.

    Managers write it. A cart out of use is deactivated, never deleted.
    """

    code = models.CharField(max_length=24, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    slot_count = models.PositiveSmallIntegerField(default=8)
    is_active = models.BooleanField(default=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="cart_has_a_code"),
            models.CheckConstraint(
                condition=Q(slot_count__gte=1, slot_count__lte=60), name="cart_slots_1_to_60"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PickRound(models.Model):
    """One walk of one picker: the tasks of a wave that are fetched together.

    Planned with its slots before anybody walks; a cart and a picker join when it opens. `step`,
    the stop (bin, SKU, lot), `in_hand_qty` and `reason` are where the picker stands, so that a
    reload, another device or another picker goes on at the same scan. Units in hand are out of the
    bin for the eye only: they are booked when a slot's scan confirms them. A batch round is
    `sorting` from the end of its walk until the put wall has taken the last unit.
    `length_mm` and `s_shape_mm` are the planned walk and the one it is compared with.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("On the floor")
        SORTING = "sorting", _("To be sorted")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Method(models.TextChoices):
        SINGLE = "single", _("Order by order")
        BATCH = "batch", _("Batch, sorted afterwards")
        CLUSTER = "cluster", _("Cart with a tote per order")

    class Step(models.TextChoices):
        TOTES = "totes", _("Scan the totes")
        BIN = "bin", _("Scan the bin")
        ITEM = "item", _("Scan the item")
        LOT = "lot", _("Scan the lot")
        SLOT = "slot", _("Scan the slot")
        SURPLUS = "surplus", _("Put units back")

    wave = models.ForeignKey(
        "fulfillment.Wave", on_delete=models.PROTECT, related_name="pick_rounds"
    )
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=1)
    method = models.CharField(max_length=10, choices=Method, default=Method.CLUSTER)
    cart = models.ForeignKey(Cart, null=True, on_delete=models.PROTECT, related_name="rounds")
    picker = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    step = models.CharField(max_length=8, choices=Step, default=Step.TOTES)
    bin = models.ForeignKey("inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey("inventory.Sku", null=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, on_delete=models.PROTECT, related_name="+")
    in_hand_qty = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=24, blank=True, default="")
    length_mm = models.PositiveBigIntegerField(null=True)
    s_shape_mm = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = PickRoundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "state", "id"], name="pickround_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cart"], condition=Q(state="open"), name="pickround_one_open_per_cart"
            ),
            models.UniqueConstraint(fields=["wave", "position"], name="pickround_position_once"),
            models.CheckConstraint(
                condition=~Q(state="open")
                | (Q(cart__isnull=False, opened_at__isnull=False) & ~Q(picker="")),
                name="pickround_open_has_cart_and_picker",
            ),
            models.CheckConstraint(
                condition=Q(bin__isnull=True, sku__isnull=True, lot__isnull=True)
                | Q(bin__isnull=False, sku__isnull=False),
                name="pickround_stop_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(in_hand_qty=0) | Q(bin__isnull=False),
                name="pickround_units_come_from_a_stop",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} round {self.position} of wave {self.wave_id}"

    @property
    def key(self) -> str:
        """Return the business key, `round:ID`."""
        return f"round:{self.pk}"


class CartSlot(models.Model):
    """One place of a round: which tote stands in it, and for which shipment.

    In a cluster round each slot serves one shipment; a batch round has one slot without a
    shipment, whose tote holds many orders until the put wall has sorted them. `is_open` until the
    round has let the tote go.
    """

    round = models.ForeignKey(PickRound, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    tote = models.ForeignKey("inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(
        "orders.Shipment", null=True, on_delete=models.PROTECT, related_name="cart_slots"
    )
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="cartslot_position_once"),
            models.UniqueConstraint(
                fields=["tote"], condition=Q(is_open=True), name="cartslot_tote_in_one_open_slot"
            ),
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(is_open=True),
                name="cartslot_shipment_in_one_open_slot",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="cartslot_position_from_1"),
        ]

    def __str__(self) -> str:
        return f"slot {self.position} of round {self.round_id}"


class PutWall(models.Model):
    """Shelves with one slot per order, where batch totes are sorted; managers write it.

    `step` and what is in hand (task, units) are where the sorter stands, as in a round.
    """

    code = models.CharField(max_length=24, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    overflow_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    tote = models.ForeignKey("inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(
        "fulfillment.PickTask", null=True, on_delete=models.PROTECT, related_name="+"
    )
    in_hand_qty = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = PutWallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="putwall_has_a_code"),
            models.CheckConstraint(
                condition=Q(task__isnull=True, in_hand_qty=0)
                | Q(task__isnull=False, in_hand_qty__gt=0, tote__isnull=False),
                name="putwall_in_hand_is_whole",
            ),
            models.UniqueConstraint(fields=["tote"], name="putwall_tote_at_one_wall"),
            models.UniqueConstraint(fields=["task"], name="putwall_task_in_one_hand"),
        ]

    def __str__(self) -> str:
        return self.code


class WallSlot(models.Model):
    """One slot of a put wall, a bin of its own, and the shipment it collects now."""

    wall = models.ForeignKey(PutWall, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    bin = models.OneToOneField("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    shipment = models.OneToOneField(
        "orders.Shipment", null=True, on_delete=models.PROTECT, related_name="wall_slot"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wall", "position"], name="wallslot_position_once"),
        ]

    def __str__(self) -> str:
        return f"slot {self.position} of wall {self.wall_id}"
