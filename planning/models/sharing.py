"""What suppliers are told about demand to come: how it was agreed, and what each was shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning.models.forecasts import ForecastRun
from planning.querysets.sharing import ForecastShareQuerySet
from suppliers.models import Agreement, Supplier


class ForecastTerm(models.Model):
    """How the forecast of one supplier's products is shown to it, as staff agreed with it.

    A supplier without a row gets the index while an agreement is in force, else nothing.
    `rounding_qty`: units are rounded to whole multiples of it. Written by
    `planning.services.forecast_terms`; earlier terms stand in the audit log.
    """

    class Way(models.TextChoices):
        OFF = "off", _("Nothing")
        INDEX = "index", _("Index")
        UNITS = "units", _("Rounded units")

    supplier = models.OneToOneField(Supplier, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("shows"), max_length=8, choices=Way)
    rounding_qty = models.PositiveIntegerField(_("rounded to (units)"), default=10)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreement"),
    )
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("entered by"), max_length=64)
    changed_at = models.DateTimeField(_("changed at"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("terms of a shared forecast")
        verbose_name_plural = _("terms of shared forecasts")
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=("off", "index", "units")), name="forecastterm_way_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rounding_qty__gte=1, rounding_qty__lte=10_000),
                name="forecastterm_rounding_in_range",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="forecastterm_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.way}"


class ForecastShare(models.Model):
    """Exactly what one supplier was shown in one week (`week_on`, a Monday).

    `content` holds every code and figure of the page and the file, `file_hash` is the SHA-256 of
    the file. Written once by `planning.services.forecast_sharing`; only the supplier's
    acknowledgement is added, once.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier")
    )
    week_on = models.DateField(_("week of"))
    run = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("shows"), max_length=8, choices=ForecastTerm.Way)
    rounding_qty = models.PositiveIntegerField(_("rounded to (units)"), null=True, blank=True)
    horizon_weeks = models.PositiveSmallIntegerField(_("weeks ahead"))
    sku_count = models.PositiveIntegerField(_("SKUs"))
    content = models.JSONField(_("content"))
    file_hash = models.CharField(_("fingerprint of the file"), max_length=64)
    author_key = models.CharField(_("shared by"), max_length=64)
    created_at = models.DateTimeField(_("shared at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_name = models.CharField(
        _("acknowledged by"), max_length=120, blank=True, default=""
    )

    objects = ForecastShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared forecast")
        verbose_name_plural = _("shared forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "week_on"], name="forecastshare_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(way="units", rounding_qty__gte=1)
                | Q(way="index", rounding_qty__isnull=True),
                name="forecastshare_way_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sku_count__gte=1, horizon_weeks__gte=1),
                name="forecastshare_shows_something",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_name="")
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_name="")),
                name="forecastshare_acknowledged_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["week_on", "id"], name="forecastshare_weeks")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.week_on}"


class ForecastShareEvent(models.Model):
    """Who got a shared forecast and how, once for each: the log of sharing, never changed.

    `who_key` is `contact:5` for a mail, `supplier:7` for the secret link that opened it.
    """

    class Kind(models.TextChoices):
        MAILED = "mailed", _("Mailed to")
        OPENED = "opened", _("Page opened by")
        DOWNLOADED = "downloaded", _("File taken by")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged by")

    share = models.ForeignKey(
        ForecastShare, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    who_key = models.CharField(_("who"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry of the log of sharing")
        verbose_name_plural = _("log of sharing")
        constraints = [
            models.UniqueConstraint(
                fields=["share", "kind", "who_key"], name="forecastshareevent_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("mailed", "opened", "downloaded", "acknowledged")),
                name="forecastshareevent_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share_id} {self.kind} {self.who_key}"
