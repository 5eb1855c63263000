"""Browsers that skip the second factor for a while, and requests to remove a lost one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.people import User, device_name
from core.querysets import second_factor as querysets


class TrustedBrowser(models.Model):
    """One browser in which one person is not asked for the second factor until `expires_at`.

    The service of trusted browsers writes it. The browser holds a random text, the row its SHA-256;
    deleting the row ends the trust. Nothing but `last_used_at` ever changes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trusted_browsers")
    token_hash = models.CharField(max_length=64, editable=False)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    trusted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.TrustedBrowserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "token_hash"], name="trustedbrowser_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("trusted_at")), name="trustedbrowser_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires_at:%Y-%m-%d}"

    @property
    def device(self) -> str:
        """Return browser and system in two words, or nothing for an unknown one."""
        return device_name(self.user_agent)


class SecondFactorReset(models.Model):
    """One request to remove the second factors of a person who lost them; two people decide.

    The service of second-factor resets writes it. Who asks never decides and neither is the
    subject; a decided row never changes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    subject = models.ForeignKey(User, on_delete=models.PROTECT, related_name="second_factor_resets")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.SecondFactorResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state="open"),
                name="secondfactorreset_one_open_per_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "rejected", "withdrawn", "expired"]),
                name="secondfactorreset_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("subject")), name="secondfactorreset_asked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("subject"))),
                name="secondfactorreset_decided_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"], decided_by__isnull=False)
                | Q(state__in=["open", "withdrawn", "expired"], decided_by__isnull=True),
                name="secondfactorreset_decision_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="secondfactorreset_decision_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="secondfactorreset_ends"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="secondfactorreset_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.state}"
