from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.models.places import Bin, Warehouse
from inventory.models.products import Sku
from inventory.querysets.moves import PickFaceQuerySet, ReplenishTaskQuerySet


class PickFace(models.Model):
    """A pick bin that keeps a SKU at hand: refilled below `min_qty`, up to `max_qty` units.

    Its refills name it, so it is ended (`is_active`), never deleted; saving it again begins it
    anew. Written by `inventory.services.replenishing` for staff.
    """

    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="pick_faces", verbose_name=_("bin")
    )
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="pick_faces", verbose_name=_("SKU")
    )
    min_qty = models.IntegerField(_("refill below"))
    max_qty = models.IntegerField(_("refill up to"))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PickFaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("pick face")
        verbose_name_plural = _("pick faces")
        constraints = [
            models.UniqueConstraint(fields=["bin", "sku"], name="pickface_once"),
            models.CheckConstraint(
                condition=Q(min_qty__gte=0) & Q(max_qty__gt=F("min_qty")),
                name="pickface_most_above_least",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bin_id}/{self.sku_id}"


class ReplenishTask(models.Model):
    """Units to be brought from a bulk bin to a pick face; at most one open task per face.

    `is_urgent`: picks wait for units that the face does not have. `step` and `counted_qty` are
    where the worker stands. Written by `inventory.services.replenishing`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("ready")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    face = models.ForeignKey(
        PickFace, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("pick face")
    )
    from_bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("from bin")
    )
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lot")
    )
    qty = models.IntegerField(_("units"))
    moved_qty = models.IntegerField(_("units moved"), default=0)
    counted_qty = models.IntegerField(_("units counted"), default=0)
    step = models.CharField(_("step"), max_length=8, default="bin")
    is_urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=24, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True, default="")

    objects = ReplenishTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("replenishment task")
        verbose_name_plural = _("replenishment tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["face"], condition=Q(state="open"), name="replenishtask_one_open"
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="replenishtask_qty_positive"),
            models.CheckConstraint(
                condition=Q(moved_qty__gte=0) & Q(moved_qty__lte=F("qty")),
                name="replenishtask_moved_within_qty",
            ),
            models.CheckConstraint(
                condition=Q(counted_qty__gte=0) & Q(counted_qty__lte=F("qty")),
                name="replenishtask_counted_within_qty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} from {self.from_bin_id}"
