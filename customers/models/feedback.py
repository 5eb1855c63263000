"""What customers say after delivery: one question and at most one answer per order."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.people import Customer
from customers.querysets.feedback import FeedbackQuerySet


class Feedback(models.Model):
    """One question about one order, and its answer once there is one.

    `customers.services.feedback` writes it: the question with the mail that asks, the answer once
    and never again. Only the hash of the mailed token is kept. `csat` is 1 to 5, `nps` 0 to 10.
    """

    order_key = models.CharField(max_length=64, unique=True)
    order_number = models.CharField(_("order"), max_length=32)
    channel_code = models.CharField(_("channel"), max_length=40)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback"
    )
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    carrier_code = models.CharField(_("carrier"), max_length=40, blank=True, default="")
    was_late = models.BooleanField(_("late"), null=True, blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    delivered_at = models.DateTimeField(_("delivered"))
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    csat = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    nps = models.PositiveSmallIntegerField(_("recommendation"), null=True, blank=True)
    words = models.CharField(_("words"), max_length=1000, blank=True, default="")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, csat__isnull=True, nps__isnull=True, words="")
                | Q(answered_at__isnull=False, csat__isnull=False),
                name="feedback_answered_with_a_score",
            ),
            models.CheckConstraint(
                condition=Q(csat__isnull=True) | Q(csat__gte=1, csat__lte=5),
                name="feedback_csat_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(nps__isnull=True) | Q(nps__lte=10), name="feedback_nps_0_to_10"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="feedback_ends_after_asking"
            ),
        ]
        indexes = [models.Index(fields=["asked_at", "id"], name="feedback_by_asking")]

    def __str__(self) -> str:
        return f"{self.order_number} {self.csat or ''}".strip()
