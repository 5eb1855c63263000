"""Which reports people get by mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning.querysets.sharing import ReportScheduleQuerySet

REPORTS = ("stock", "expiry", "service", "accuracy", "expedite", "returns", "inserts")


class ReportSchedule(models.Model):
    """That a person gets one report by mail every week, with the rows it may see then.

    `next_on` is the day (UTC) of the next mail. Written by `planning.services.report_mails`;
    deleted when the person wants no more of it.
    """

    report = models.CharField(_("report"), max_length=12)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    next_on = models.DateField(_("next mail on"), db_index=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        constraints = [
            models.UniqueConstraint(fields=["user", "report"], name="reportschedule_once"),
            models.CheckConstraint(
                condition=Q(report__in=REPORTS), name="reportschedule_report_is_known"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6), name="reportschedule_weekday_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.user_id}"
