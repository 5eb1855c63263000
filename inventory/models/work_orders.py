from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.models.places import Bin, Warehouse
from inventory.models.products import Bom, Sku
from inventory.querysets.moves import (
    KitPartQuerySet,
    WorkOrderLineQuerySet,
    WorkOrderQuerySet,
)


class WorkOrder(models.Model):
    """Kits to be built from components of one BOM version, or (`is_unkit`) taken apart again.

    Written by `inventory.services.work_orders`. Its components (or kits) are promised to it from
    the start, bins and lots are claimed at the release, units are consumed kit by kit. `bom` never
    changes: an edited kit gives new orders a new version.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RELEASED = "released", _("released")
        IN_PROGRESS = "in_progress", _("in progress")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(_("number"), max_length=24, unique=True)
    kit = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="work_orders", verbose_name=_("kit")
    )
    bom = models.ForeignKey(
        Bom, on_delete=models.PROTECT, related_name="work_orders", verbose_name=_("kit version")
    )
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        related_name="work_orders",
        verbose_name=_("warehouse"),
    )
    output_bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("put into bin")
    )
    is_unkit = models.BooleanField(_("take apart"), default=False)
    planned_qty = models.IntegerField(_("kits planned"))
    made_qty = models.IntegerField(_("kits made"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("planned at"))
    created_by = models.CharField(_("planned by"), max_length=64)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_qty__gte=1), name="workorder_planned_positive"
            ),
            models.CheckConstraint(
                condition=Q(made_qty__gte=0) & Q(made_qty__lte=F("planned_qty")),
                name="workorder_made_within_plan",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(released_at__isnull=False),
                name="workorder_released_before_work",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "cancelled"), closed_at__isnull=False)
                | (~Q(state__in=("done", "cancelled")) & Q(closed_at__isnull=True)),
                name="workorder_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "id"], name="workorder_by_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owner_key(self) -> str:
        """The key under which the kits of an unkit order are promised."""
        return f"work_order:{self.pk}"

    @property
    def left_qty(self) -> int:
        """Return the kits still to be made or taken apart."""
        return self.planned_qty - self.made_qty


class WorkOrderLine(models.Model):
    """One component of a work order: units per kit, and what was used, scrapped or recovered.

    `left_out_qty`: units of an optional component that kits were built without. Written with its
    order by `inventory.services.work_orders`.
    """

    work_order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="lines", verbose_name=_("work order")
    )
    component = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="work_order_lines", verbose_name=_("component")
    )
    per_kit_qty = models.IntegerField(_("units per kit"))
    consumed_qty = models.IntegerField(_("units used"), default=0)
    scrapped_qty = models.IntegerField(_("units scrapped"), default=0)
    recovered_qty = models.IntegerField(_("units recovered"), default=0)
    is_optional = models.BooleanField(_("optional"), default=False)
    left_out_qty = models.IntegerField(_("units left out"), default=0)

    objects = WorkOrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order line")
        verbose_name_plural = _("work order lines")
        constraints = [
            models.UniqueConstraint(
                fields=["work_order", "component"], name="workorderline_component_once"
            ),
            models.CheckConstraint(
                condition=Q(per_kit_qty__gte=1), name="workorderline_per_kit_positive"
            ),
            models.CheckConstraint(
                condition=Q(consumed_qty__gte=0, scrapped_qty__gte=0, recovered_qty__gte=0),
                name="workorderline_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(left_out_qty=0) | Q(is_optional=True, left_out_qty__gte=0),
                name="workorderline_left_out_is_optional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.per_kit_qty} x {self.component_id}"

    @property
    def owner_key(self) -> str:
        """The key its promise and its claims stand under."""
        return f"work_order_line:{self.pk}"


class KitPart(models.Model):
    """Units of one component lot that are in each kit of one kit lot: the kit's family tree.

    Written when the first kit of the lot is built, never changed. A recall of the component lot
    finds the kit lot here, and an unkit order the lots that come back.
    """

    kit_lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="kit_parts", verbose_name=_("kit lot")
    )
    component = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("component")
    )
    component_lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="in_kits",
        verbose_name=_("component lot"),
    )
    qty = models.IntegerField(_("units per kit"))
    work_order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="parts", verbose_name=_("work order")
    )

    objects = KitPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("kit part")
        verbose_name_plural = _("kit parts")
        constraints = [
            models.UniqueConstraint(
                fields=["kit_lot", "component", "component_lot"],
                condition=Q(component_lot__isnull=False),
                name="kitpart_once_with_lot",
            ),
            models.UniqueConstraint(
                fields=["kit_lot", "component"],
                condition=Q(component_lot__isnull=True),
                name="kitpart_once_without_lot",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="kitpart_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_lot_id}: {self.qty} x {self.component_id}"
