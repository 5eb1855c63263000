"""What customers may see without signing in, and the links that let them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shipping.querysets import PublicLinkQuerySet


class TrackedOrder(models.Model):
    """What the public pages may say of one order: a snapshot, without street, phone or amounts.

    Orders sits above shipping and writes it through `portal.publish_orders`. E-mail and phone
    are kept as hashes only: enough to compare with what a visitor types.
    """

    order_key = models.CharField(max_length=64, unique=True)
    order_number = models.CharField(max_length=32, db_index=True)
    email_hash = models.CharField(max_length=64, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=10, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    brand = models.JSONField(default=dict)
    items = models.JSONField(default=list)
    status = models.CharField(max_length=16, default="confirmed")
    promised_from_on = models.DateField(null=True, blank=True)
    promised_by_on = models.DateField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_from_on__isnull=True)
                | Q(promised_by_on__isnull=True)
                | Q(promised_from_on__lte=F("promised_by_on")),
                name="trackedorder_promise_range",
            ),
        ]

    def __str__(self) -> str:
        return self.order_number


class PublicLink(models.Model):
    """One secret link to one order's page. Only the SHA-256 of the token is kept.

    Bound to a purpose; ends 90 days [setting] after the last parcel was delivered, at the latest
    a year after it was made, or when it is revoked.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=16, default="tracking")
    order_key = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PublicLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="publiclink_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.order_key}"


class PortalAttempt(models.Model):
    """How often one visitor (a hash of the address) tried one public page in one time window.

    The portal services raise the count; old windows are swept. It holds nothing that names the
    visitor.
    """

    bucket = models.CharField(max_length=80)
    window_start_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["window_start_at"], name="portalattempt_by_window")]
        constraints = [
            models.UniqueConstraint(
                fields=["bucket", "window_start_at"], name="portalattempt_once_per_window"
            ),
        ]

    def __str__(self) -> str:
        return self.bucket
