"""What a customer has chosen so far on the pages of a return, before it is asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.models.documents import StoredFile


class ReturnDraft(models.Model):
    """One unsent return of one tracking link; `services.portal_drafts` writes it.

    `choices` holds units, reasons and outcomes by order line. `version` grows with each change: a
    page that was drawn from an older one is refused. `submission_key` makes the sending once; the
    request it became is kept until the next return begins. Drafts end by themselves.
    """

    link = models.OneToOneField("shipping.PublicLink", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="+")
    choices = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    submission_key = models.CharField(max_length=80, unique=True)
    request = models.ForeignKey(
        "returns.ReturnRequest", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="returndraft_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.submission_key


class ReturnDraftPhoto(models.Model):
    """A photo of one line of a draft; it becomes one of the request."""

    draft = models.ForeignKey(ReturnDraft, on_delete=models.CASCADE, related_name="photos")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "order_line", "file"], name="returndraftphoto_once_per_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}:{self.file_id}"
