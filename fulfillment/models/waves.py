"""Waves and the tasks they put on the floor."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import PickTaskQuerySet, PutBackTaskQuerySet, WaveQuerySet


class Wave(models.Model):
    """Shipments of one warehouse sent to the floor together. `services.waves` writes it.

    `criteria` keeps what the releaser chose (service, cut-off, zone), so that the wave can be
    explained later; it never changes. `length_mm` is the planned walk of all its tours and
    `s_shape_mm` the one it is compared with; null where the floor is not measured.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RELEASED = "released", _("Released")
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=24, unique=True)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    criteria = models.JSONField(default=dict, blank=True)
    shipment_count = models.PositiveIntegerField(default=0)
    task_count = models.PositiveIntegerField(default=0)
    length_mm = models.PositiveBigIntegerField(null=True)
    s_shape_mm = models.PositiveBigIntegerField(null=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=40, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["warehouse", "state", "id"], name="wave_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="cancelled") | Q(released_at__isnull=False),
                name="wave_released_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.number


class PickTask(models.Model):
    """One visit to one bin for one shipment line: take `qty` of `sku` (and `lot`) to a tote.

    Created when its wave is released, with the units already reserved in the bin under the owner
    key `pick_task:ID`. `step` and `counted_qty` are where the picker stands, so a reload or another
    device goes on at the same scan; `attempt` grows with each undo, so that the same pick can be
    booked again. A task that found less ends as `short`; the rest gets tasks of its own.
    `other_lot`: a lot that was scanned instead of `lot` and waits for a supervisor's CMD-OK.
    A task of a round is walked with it, into the tote of `slot`; of a batch, `sorted_qty` units
    have left the tote for the put wall.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Ready")
        PICKED = "picked", _("Picked")
        SHORT = "short", _("Short")
        SKIPPED = "skipped", _("Skipped")
        CANCELLED = "cancelled", _("Cancelled")

    class Step(models.TextChoices):
        BIN = "bin", _("Scan the bin")
        ITEM = "item", _("Scan the item")
        LOT = "lot", _("Scan the lot")
        TOTE = "tote", _("Scan the tote")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="tasks")
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.PROTECT, related_name="pick_tasks"
    )
    shipment_line = models.ForeignKey(
        "orders.ShipmentLine", on_delete=models.PROTECT, related_name="pick_tasks"
    )
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, on_delete=models.PROTECT, related_name="+")
    other_lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tote = models.ForeignKey("inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    picked_qty = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    step = models.CharField(max_length=6, choices=Step, default=Step.BIN)
    counted_qty = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=24, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    assigned_to = models.CharField(max_length=40, blank=True)
    round = models.ForeignKey(
        "fulfillment.PickRound", null=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    slot = models.ForeignKey(
        "fulfillment.CartSlot", null=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    sorted_qty = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = PickTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["warehouse", "sequence", "id"],
                condition=Q(state="open"),
                name="picktask_open",
            ),
            models.Index(fields=["shipment", "state"], name="picktask_by_shipment"),
            models.Index(fields=["tote"], condition=Q(state="picked"), name="picktask_by_tote"),
            models.Index(
                fields=["updated_at"],
                condition=Q(state__in=("picked", "short")),
                name="picktask_by_time",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="picktask_qty_positive"),
            models.CheckConstraint(
                condition=Q(picked_qty__lte=F("qty")), name="picktask_picked_within_qty"
            ),
            models.CheckConstraint(
                condition=Q(counted_qty__lte=F("qty")), name="picktask_counted_within_qty"
            ),
            models.CheckConstraint(
                condition=~Q(state="picked") | Q(picked_qty=F("qty"), tote__isnull=False),
                name="picktask_picked_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="short") | Q(picked_qty__lt=F("qty")),
                name="picktask_short_is_less",
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(round__isnull=False),
                name="picktask_slot_is_of_a_round",
            ),
            models.CheckConstraint(
                condition=Q(sorted_qty__lte=F("picked_qty")), name="picktask_sorted_within_picked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id} from {self.bin_id}"

    @property
    def owner_key(self) -> str:
        """The key its bin reservation stands under."""
        return f"pick_task:{self.pk}"


class PutBackTask(models.Model):
    """Units of a recalled shipment that stand in a tote or at a station and go back to a bin.

    Until the scan that ends it, the units are in condition `returning` and not sellable (X11).
    """

    class State(models.TextChoices):
        OPEN = "open", _("Ready")
        DONE = "done", _("Done")

    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.PROTECT, related_name="put_back_tasks"
    )
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", null=True, on_delete=models.PROTECT, related_name="+")
    from_bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    to_bin = models.ForeignKey(
        "inventory.Bin", null=True, on_delete=models.PROTECT, related_name="+"
    )
    qty = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=40, blank=True)

    objects = PutBackTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "id"], condition=Q(state="open"), name="putback_open")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(qty__gt=0), name="putbacktask_qty_positive"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(to_bin__isnull=False, done_at__isnull=False),
                name="putbacktask_done_has_bin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku_id} back from {self.from_bin_id}"


class ShortDecision(models.Model):
    """A shipment that cannot be filled and waits for a person: partial, wait, split or cancel.

    Opened by a short pick that nothing could cover (X09, step 4); `due_at` is its deadline.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Needs decision")
        DECIDED = "decided", _("Decided")

    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.PROTECT, related_name="short_decisions"
    )
    shipment_line = models.ForeignKey(
        "orders.ShipmentLine", on_delete=models.PROTECT, related_name="+"
    )
    short_qty = models.PositiveIntegerField()
    steps = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    choice = models.CharField(max_length=16, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(short_qty__gt=0), name="shortdecision_qty_positive"),
            models.UniqueConstraint(
                fields=["shipment_line"],
                condition=Q(state="open"),
                name="shortdecision_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"short {self.short_qty} on shipment {self.shipment_id}"
