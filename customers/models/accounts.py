"""Customers who signed in to their own pages: accounts, one-time links, sessions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.accounts import PortalSessionQuerySet, SignInLinkQuerySet


class PortalAccount(models.Model):
    """One e-mail address whose reader proved to own it by a link sent there.

    `customers.services.accounts` writes it at the first sign-in. It has no password. What it may
    see follows from the address alone: orders and customers that carry it.
    """

    email = models.CharField(_("e-mail"), max_length=254)
    email_norm = models.CharField(max_length=254, unique=True)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("customer account")
        verbose_name_plural = _("customer accounts")
        constraints = [
            models.CheckConstraint(condition=~Q(email_norm=""), name="portalaccount_has_address"),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def key(self) -> str:
        """Return the business key, `account:ID`."""
        return f"account:{self.pk}"


class SignInLink(models.Model):
    """One wish to sign in, whatever address was typed; a job decides whether a mail goes out.

    So the page does the same work for known and unknown addresses. The address is forgotten when
    the job has run. Only the SHA-256 of the token is kept; it opens one session, once.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        SENT = "sent"
        VOID = "void"
        USED = "used"

    email = models.CharField(max_length=254, blank=True, default="")
    email_norm = models.CharField(max_length=254, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="signinlink_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "used"]) | Q(token_hash__isnull=False),
                name="signinlink_sent_has_token",
            ),
            models.CheckConstraint(
                condition=Q(state="used", used_at__isnull=False)
                | (~Q(state="used") & Q(used_at__isnull=True)),
                name="signinlink_used_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class PortalSession(models.Model):
    """One browser in which a customer is signed in; only the SHA-256 of its secret is kept.

    Ends by itself, by the customer, or with the account. `device` is the kind of browser in words.
    """

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64, unique=True)
    device = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PortalSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="portalsession_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"
