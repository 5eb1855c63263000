"""Requests about personal data, and what keeps data from being erased."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.documents import StoredFile
from customers.domain.privacy_states import STATES
from customers.models.accounts import PortalAccount
from customers.models.people import Customer
from customers.querysets.privacy import PrivacyRequestQuerySet


class PrivacyRequest(models.Model):
    """One wish of a customer: a copy of the data kept about them, or its erasure.

    `customers.services.privacy` writes it; `due_on` is the day by which the law wants an answer.
    An erasure runs after its grace and after somebody other than the one who entered it approved.
    `leftovers` are paths of files whose rows are gone, until they are deleted. The row stays as
    the proof of the act and names nobody.
    """

    class Kind(models.TextChoices):
        COPY = "copy", _("Copy of the data")
        ERASURE = "erasure", _("Erasure")

    class Source(models.TextChoices):
        ACCOUNT = "account", _("customer's account")
        DESK = "desk", _("privacy desk")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Copy expired")

    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="privacy_requests"
    )
    account = models.ForeignKey(
        PortalAccount,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="privacy_requests",
    )
    language = models.CharField(max_length=10, blank=True, default="")
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(max_length=64)
    grace_until = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("due"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file_ends_at = models.DateTimeField(null=True, blank=True)
    tally = models.JSONField(default=dict, blank=True)
    leftovers = models.JSONField(default=list, blank=True)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        indexes = [models.Index(fields=["state", "due_on", "id"], name="privacy_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="privacyrequest_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="copy") | Q(grace_until__isnull=False),
                name="privacyrequest_erasure_has_grace",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""),
                name="privacyrequest_refusal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="copy", source="account")
                | ~Q(state__in=["approved", "running", "done", "expired"])
                | (~Q(decided_by="") & ~Q(decided_by=models.F("asked_by"))),
                name="privacyrequest_two_persons",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(state__in=["asked", "approved", "running"], customer__isnull=False),
                name="privacyrequest_one_open_customer",
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=Q(state__in=["asked", "approved", "running"], account__isnull=False),
                name="privacyrequest_one_open_account",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """Return the business key, `privacy_request:ID`."""
        return f"privacy_request:{self.pk}"


class PrivacyHold(models.Model):
    """A reason of law that keeps one customer's data from being erased until it is lifted.

    Placed and lifted at the privacy desk; a lifted hold stays as the record.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="privacy_holds")
    reason = models.CharField(_("reason"), max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=64)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="privacyhold_has_reason"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(lifted_at__isnull=True),
                name="privacyhold_one_per_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
