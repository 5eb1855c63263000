"""What was forecast, when and from what; and where a person knew better."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from orders.models import Channel
from planning.querysets.forecasts import ForecastOverrideQuerySet, ForecastQuerySet


class ForecastRun(models.Model):
    """One forecast of all series from the complete weeks before `as_of`.

    `planning.services.forecasting` writes it with all its rows in one transaction; it is never
    changed. The same inputs for the same week make no second run. `choices` says by class what it
    was forecast with, `figures` how the method did on the last origins (empty: too short).
    """

    as_of = models.DateTimeField(_("as of"))
    from_on = models.DateField(_("first week forecast"))
    horizon_weeks = models.PositiveSmallIntegerField(_("weeks ahead"))
    input_weeks = models.PositiveSmallIntegerField(_("weeks of history"))
    method = models.CharField(_("method"), max_length=32)
    inputs_hash = models.CharField(max_length=64)
    series = models.PositiveIntegerField(_("series"))
    choices = models.JSONField(_("choices"), default=dict)
    figures = models.JSONField(_("figures"), default=dict)
    created_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("forecast run")
        verbose_name_plural = _("forecast runs")
        constraints = [
            models.UniqueConstraint(
                fields=["from_on", "inputs_hash"], name="forecastrun_once_per_input"
            ),
            models.CheckConstraint(
                condition=Q(horizon_weeks__gte=1, horizon_weeks__lte=26),
                name="forecastrun_horizon_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} +{self.horizon_weeks}"


class Forecast(models.Model):
    """Demand of one SKU at one warehouse over the weeks of a run; channel empty = all channels.

    The row of all channels is the sum of theirs. `typical_week` is what a week usually sells,
    `mean_qty` the expected total that orders use, `weekly` the parts of it week by week,
    `variance` and the quantiles are of the total. Never changed.
    """

    run = models.ForeignKey(
        ForecastRun, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("class"), max_length=12)
    typical_week = models.FloatField(_("typical week"))
    mean_qty = models.FloatField(_("expected"))
    variance = models.FloatField(_("variance"))
    low_qty = models.FloatField(_("5 % quantile"))
    high_qty = models.FloatField(_("95 % quantile"))
    confidence = models.FloatField(_("confidence"))
    weekly = models.JSONField(_("by week"), default=list)
    terms = models.JSONField(_("terms"), default=dict)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sku", "warehouse", "channel"], name="forecast_once_per_channel"
            ),
            models.UniqueConstraint(
                fields=["run", "sku", "warehouse"],
                condition=Q(channel__isnull=True),
                name="forecast_one_total",
            ),
            models.CheckConstraint(
                condition=Q(typical_week__gte=0, mean_qty__gte=0, variance__gte=0, low_qty__gte=0)
                & Q(high_qty__gte=F("low_qty"), confidence__gte=0, confidence__lte=100),
                name="forecast_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.sku_id}/{self.warehouse_id}/{self.channel_id}"


class ForecastOverride(models.Model):
    """A person's units a week of a SKU at a warehouse, in place of the forecast of all channels.

    It counts for the weeks from `from_on` to `until_on` until it expires or is withdrawn; the
    forecast itself stays as it was computed. `planning.services.overrides` writes it.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    week_qty = models.PositiveIntegerField(_("units a week"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("entered by"), max_length=64)
    created_at = models.DateTimeField(_("entered at"))
    expires_on = models.DateField(_("expires"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ForecastOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast override")
        verbose_name_plural = _("forecast overrides")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "from_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="forecastoverride_one_open",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="forecastoverride_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="forecastoverride_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id} {self.from_on}: {self.week_qty}"
