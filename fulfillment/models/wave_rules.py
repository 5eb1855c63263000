"""Rules that make waves: which ready shipments go to the floor together, and by which walk."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import WaveRuleQuerySet


class WaveRule(models.Model):
    """One rule of wave planning; staff write it, the scheduled job and people release by it.

    It takes the shipments of `warehouse` that are ready, of `service_code` when one is given, whose
    cut-off is at most `window_minutes` away, and whose units all lie in `zone` when one is given;
    the most urgent first, at most `max_orders`. With `is_automatic` the job releases it when at
    least `min_orders` wait. `method` says how the wave is walked; `tour_*` is what one walk
    carries. `last_run_at` and `last_count` say when it was last released and what it took.
    """

    class Method(models.TextChoices):
        SINGLE = "single", _("Order by order")
        BATCH = "batch", _("Batch, sorted afterwards")
        CLUSTER = "cluster", _("Cart with a tote per order")

    name = models.CharField(_("name"), max_length=80)
    warehouse = models.ForeignKey(
        "inventory.Warehouse",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    zone = models.ForeignKey(
        "inventory.Zone",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("zone"),
    )
    service_code = models.CharField(_("service"), max_length=40, blank=True, default="")
    window_minutes = models.PositiveIntegerField(
        _("minutes before the cut-off"), null=True, blank=True, validators=(MinValueValidator(1),)
    )
    min_orders = models.PositiveIntegerField(
        _("least shipments"), default=1, validators=(MinValueValidator(1),)
    )
    max_orders = models.PositiveIntegerField(
        _("most shipments"), default=100, validators=(MinValueValidator(1),)
    )
    method = models.CharField(_("method"), max_length=10, choices=Method, default=Method.CLUSTER)
    tour_items = models.PositiveIntegerField(_("units on one walk"), null=True, blank=True)
    tour_totes = models.PositiveIntegerField(_("orders on one walk"), null=True, blank=True)
    tour_weight_g = models.PositiveIntegerField(_("grams on one walk"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order of rules"), default=1)
    is_automatic = models.BooleanField(_("released by the clock"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    last_run_at = models.DateTimeField(_("last looked at"), null=True, blank=True, editable=False)
    last_count = models.PositiveIntegerField(_("taken then"), default=0, editable=False)

    objects = WaveRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave rule")
        verbose_name_plural = _("wave rules")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="waverule_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="waverule_has_a_name"),
            models.CheckConstraint(
                condition=Q(min_orders__gte=1, max_orders__gte=models.F("min_orders")),
                name="waverule_most_not_below_least",
                violation_error_message=_("The most shipments can't be below the least."),
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__isnull=True) | Q(window_minutes__gte=1),
                name="waverule_window_positive",
            ),
            models.CheckConstraint(
                condition=(Q(tour_items__isnull=True) | Q(tour_items__gte=1))
                & (Q(tour_totes__isnull=True) | Q(tour_totes__gte=1))
                & (Q(tour_weight_g__isnull=True) | Q(tour_weight_g__gte=1)),
                name="waverule_walk_carries_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name
