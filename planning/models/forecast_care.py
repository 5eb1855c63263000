"""What people decide about a forecast, how good it was, and what the board shows of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from planning.models.forecasts import Forecast, ForecastRun
from planning.querysets.forecasts import (
    DemandAnalogueQuerySet,
    ForecastOutcomeQuerySet,
    MethodLockQuerySet,
    SeriesOutlookQuerySet,
)


class MethodLock(models.Model):
    """The one method a person wants a SKU at a warehouse forecast with, until withdrawn.

    `planning.services.forecast_care` writes it; a run uses the open one in place of its own choice.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(_("method"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("entered by"), max_length=64)
    created_at = models.DateTimeField(_("entered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = MethodLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("locked method")
        verbose_name_plural = _("locked methods")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse"],
                condition=Q(withdrawn_at__isnull=True),
                name="methodlock_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(method=""), name="methodlock_says_what_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}: {self.method}"


class DemandAnalogue(models.Model):
    """What a new SKU is expected to sell like at a warehouse: another SKU, times a multiplier.

    No other SKU = the middle of its category. The weeks it sells itself take over: after n of them
    they weigh n / (n + 1). `planning.services.forecast_care` writes it.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    like_sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    multiplier = models.DecimalField(_("multiplier"), max_digits=6, decimal_places=3, default=1)
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("entered by"), max_length=64)
    created_at = models.DateTimeField(_("entered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = DemandAnalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("analogue")
        verbose_name_plural = _("analogues")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse"],
                condition=Q(withdrawn_at__isnull=True),
                name="demandanalogue_one_open",
            ),
            models.CheckConstraint(
                condition=Q(multiplier__gt=0, multiplier__lte=100),
                name="demandanalogue_multiplier_in_range",
            ),
            models.CheckConstraint(
                condition=Q(like_sku__isnull=True) | ~Q(like_sku=F("sku")),
                name="demandanalogue_is_another",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="demandanalogue_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id} ~ {self.like_sku_id} x {self.multiplier}"


class ForecastOutcome(models.Model):
    """What was forecast for a week, one lead time before it, and what was asked for then.

    Written once, when the week is over, from the run that spoke `lag_weeks` before it; never
    changed. `planning.services.forecast_outcomes` writes it.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    week_on = models.DateField(_("week"), db_index=True)
    lag_weeks = models.PositiveSmallIntegerField(_("weeks ahead"))
    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="+")
    forecast_qty = models.FloatField(_("forecast"))
    actual_qty = models.FloatField(_("sold"))

    objects = ForecastOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast outcome")
        verbose_name_plural = _("forecast outcomes")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "week_on"], name="forecastoutcome_once"
            ),
            models.CheckConstraint(
                condition=Q(forecast_qty__gte=0, actual_qty__gte=0),
                name="forecastoutcome_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id} {self.week_on}: {self.forecast_qty}"


class SeriesOutlook(models.Model):
    """One line of the forecast board: a SKU at a warehouse as the newest run sees it.

    Overwritten after each run and whenever a person changes the forecast. `weekly` is what counts,
    overrides included; `error_ratio` (WAPE) and `bias_ratio` are of the known weeks at the
    lead-time lag, empty while none is known. `runs_out_on` empty = not within the weeks forecast.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="+")
    sold = models.JSONField(_("sold by week"), default=list)
    weekly = models.JSONField(_("expected by week"), default=list)
    total_qty = models.FloatField(_("expected"))
    method = models.CharField(_("method"), max_length=24)
    confidence = models.FloatField(_("confidence"))
    error_ratio = models.FloatField(_("error"), null=True, blank=True)
    bias_ratio = models.FloatField(_("bias"), null=True, blank=True)
    known_weeks = models.PositiveSmallIntegerField(_("known weeks"), default=0)
    lag_weeks = models.PositiveSmallIntegerField(_("weeks ahead"), default=0)
    history_weeks = models.PositiveSmallIntegerField(_("weeks since the first sale"), default=0)
    sellable_qty = models.IntegerField(_("sellable"), default=0)
    runs_out_on = models.DateField(_("runs out on"), null=True, blank=True)
    is_overridden = models.BooleanField(_("overridden"), default=False)
    refreshed_at = models.DateTimeField(_("refreshed at"))

    objects = SeriesOutlookQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the forecast board")
        verbose_name_plural = _("forecast board")
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="seriesoutlook_once"),
            models.CheckConstraint(
                condition=Q(total_qty__gte=0, confidence__gte=0, confidence__lte=100)
                & (Q(error_ratio__isnull=True) | Q(error_ratio__gte=0)),
                name="seriesoutlook_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["total_qty", "id"], name="seriesoutlook_total"),
            models.Index(fields=["error_ratio", "id"], name="seriesoutlook_error"),
            models.Index(fields=["runs_out_on", "id"], name="seriesoutlook_runs_out"),
            models.Index(fields=["confidence", "id"], name="seriesoutlook_confidence"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}: {self.total_qty}"
