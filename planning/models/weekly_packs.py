"""The weekly meeting: what went furthest from the forecast, why, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from planning.models.forecasts import ForecastRun
from planning.querysets.sharing import PackItemQuerySet, WeeklyPackQuerySet

MOST_ITEMS = 3


class WeeklyPack(models.Model):
    """The pack of the meeting on `week_on` (a Monday), about the week before it.

    `run` is the forecast that was known when that week began, null when there was none. `figures`
    say how all series of that week did. Written once by `planning.services.weekly_packs`.
    """

    week_on = models.DateField(_("meeting of"), unique=True)
    run = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    figures = models.JSONField(_("figures"), default=dict)
    created_at = models.DateTimeField(_("computed at"))

    objects = WeeklyPackQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly pack")
        verbose_name_plural = _("weekly packs")
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="weeklypack_currency_is_iso"
            ),
        ]

    def __str__(self) -> str:
        return self.week_on.isoformat()


class PackItem(models.Model):
    """One of the three largest deviations by value: units forecast and sold, cause, decision.

    `value_amount` is the absolute difference in units times what a unit sells for, in the pack's
    currency. The figures never change; owner and decision do, under `version`, each change with an
    audit entry.
    """

    class Cause(models.TextChoices):
        STOCKOUT = "STOCKOUT", _("Out of stock")
        PROMOTION = "PROMOTION", _("Promotion")
        EVENT = "EVENT", _("Marked event or season")
        ODD_DAY = "ODD_DAY", _("Odd days")
        OVERRIDE = "OVERRIDE", _("A person's forecast")
        NEW_PRODUCT = "NEW_PRODUCT", _("New product")
        TREND = "TREND", _("Same direction for weeks")
        UNEXPLAINED = "UNEXPLAINED", _("No cause found")

    class Decision(models.TextChoices):
        OVERRIDE_FORECAST = "OVERRIDE_FORECAST", _("Override the forecast")
        MARK_EVENT = "MARK_EVENT", _("Mark an event")
        CHANGE_POLICY = "CHANGE_POLICY", _("Change the policy")
        CHANGE_ORDERS = "CHANGE_ORDERS", _("Change open orders")
        WATCH = "WATCH", _("Watch for another week")
        NO_ACTION = "NO_ACTION", _("Do nothing")

    pack = models.ForeignKey(
        WeeklyPack, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("rank"))
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    forecast_qty = models.DecimalField(_("forecast"), max_digits=14, decimal_places=2)
    actual_qty = models.PositiveIntegerField(_("sold"))
    value_amount = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    cause = models.CharField(_("cause"), max_length=16, choices=Cause)
    terms = models.JSONField(_("terms"), default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    decision = models.CharField(
        _("decision"), max_length=20, choices=Decision, blank=True, default=""
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PackItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("deviation of a weekly pack")
        verbose_name_plural = _("deviations of weekly packs")
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="packitem_rank_once"),
            models.UniqueConstraint(fields=["pack", "sku", "warehouse"], name="packitem_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_ITEMS),
                name="packitem_among_the_largest",
            ),
            models.CheckConstraint(
                condition=Q(forecast_qty__gte=0, value_amount__gt=0), name="packitem_in_range"
            ),
            models.CheckConstraint(
                condition=Q(
                    cause__in=(
                        "STOCKOUT",
                        "PROMOTION",
                        "EVENT",
                        "ODD_DAY",
                        "OVERRIDE",
                        "NEW_PRODUCT",
                        "TREND",
                        "UNEXPLAINED",
                    )
                ),
                name="packitem_cause_is_known",
            ),
            models.CheckConstraint(
                condition=Q(decision="", reason="", decided_by="", decided_at__isnull=True)
                | (
                    Q(
                        decision__in=(
                            "OVERRIDE_FORECAST",
                            "MARK_EVENT",
                            "CHANGE_POLICY",
                            "CHANGE_ORDERS",
                            "WATCH",
                            "NO_ACTION",
                        ),
                        decided_at__isnull=False,
                        owner__isnull=False,
                    )
                    & ~Q(reason="")
                    & ~Q(decided_by="")
                ),
                name="packitem_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}/{self.position}"
