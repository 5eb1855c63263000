"""Labels: the wish for one, and the one a carrier sold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models.documents import StoredFile
from shipping.models.parcels import Parcel
from shipping.querysets import LabelRequestQuerySet


class LabelRequest(models.Model):
    """The wish to buy one label: written before the carrier is asked, settled after it answered.

    `request_key` is unique here and is the reference we give the carrier, so a lost answer is
    found again instead of paid for twice. `claimed_by` and `claimed_until` keep two workers
    from sending it at once. The label service alone writes it.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        PURCHASED = "purchased", "Purchased"
        FAILED = "failed", "Failed"
        VOID_PENDING = "void_pending", "Void pending"
        VOIDED = "voided", "Voided"

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="label_requests")
    request_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.REQUESTED)
    attempts = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    requested_by = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = LabelRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="labelrequest_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(state__in=["requested", "purchased"]),
                name="labelrequest_one_alive",
            ),
        ]

    def __str__(self) -> str:
        return self.request_key


class Label(models.Model):
    """A label a carrier sold: number, files, price. Never changed; a void is on its request.

    `content_hash` is the SHA-256 of the printed content, `pdf` and `zpl` are its two renderings,
    kept by their own hashes: a reprint gives the same bytes. `replaced` lists characters that no
    font of ours can print and that the label shows as a question mark.
    """

    request = models.OneToOneField(LabelRequest, on_delete=models.PROTECT, related_name="label")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="labels")
    tracking_number = models.CharField(max_length=64, unique=True)
    carrier_reference = models.CharField(max_length=100)
    cost_amount = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    zpl = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    content_hash = models.CharField(max_length=64)
    replaced = models.CharField(max_length=100, blank=True)
    bought_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pdf__isnull=False) | Q(zpl__isnull=False), name="label_has_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number
