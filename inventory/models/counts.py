from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.places import Bin
from inventory.models.products import Sku
from inventory.querysets.stock import CountTaskQuerySet


class CountTask(models.Model):
    """A bin somebody must count, for one SKU or for all of them; an adjustment closes it.

    While a task for a SKU is open, waves take no units of that SKU from the bin.
    Written by `inventory.services`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="count_tasks", verbose_name=_("bin")
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="count_tasks",
        verbose_name=_("SKU"),
    )
    reason = models.CharField(_("reason"), max_length=32)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    due_at = models.DateTimeField(_("due at"))
    cause_key = models.CharField(_("cause"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True, default="")

    objects = CountTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("count task")
        verbose_name_plural = _("count tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["bin", "sku"], condition=Q(state="open"), name="counttask_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=("done", "cancelled"), closed_at__isnull=False),
                name="counttask_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="counttask_due"),
        ]

    def __str__(self) -> str:
        return f"{self.bin_id}/{self.sku_id}"
