"""Document numbers, stored files, mails to send, and answers kept for repeated requests."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DocumentNumber(models.Model):
    """The next free number of one kind of document, on databases without sequences.

    `core.numbers` raises it by a block at a time. On PostgreSQL a sequence does, and the row only
    says that the kind exists.
    """

    kind = models.CharField(max_length=32, unique=True)
    next_value = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(next_value__gte=1), name="documentnumber_starts_at_one"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class IdempotencyKey(models.Model):
    """One request that may arrive more than once, and the answer it got.

    `core.idempotency` writes it. `running` rows hold a lease; a `done` row is written in the
    transaction of the effect, so both exist or neither.
    """

    class State(models.TextChoices):
        """Whether the first request is still at work."""

        RUNNING = "running"
        DONE = "done"

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    holder = models.CharField(max_length=32)
    lease_until = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotencykey_once"),
            models.CheckConstraint(
                condition=Q(state="running", status_code__isnull=True)
                | Q(state="done", status_code__isnull=False),
                name="idempotencykey_done_has_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="idempotencykey_expires_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class StoredFile(models.Model):
    """One file under MEDIA_ROOT. `core.files` writes it; the content of a path never changes.

    `path` is random, `sha256` the hash of the content, `name` what a download is called. Same
    kind, name and content is the same row.
    """

    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, default="application/octet-stream")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    path = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256", "name"], name="storedfile_once_per_content"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gte=0), name="storedfile_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.name

    def open(self) -> BinaryIO:
        """Return the open file. `core.files.read` also checks its content."""
        return (Path(settings.MEDIA_ROOT) / self.path).open("rb")


class OutboundMail(models.Model):
    """One mail that is to be sent: the intent first, the outcome later.

    `core.mail` writes it in the transaction of what it reports; a job renders and sends it. The
    Message-ID comes from the row, so a mail sent twice after a crash is one mail to its reader.
    `context` holds ids and short words, never personal data beyond the address. `attachment` is
    the key of a document (`purchase_order:17:2`) that is drawn when the mail is sent.
    """

    class State(models.TextChoices):
        """How far the mail has come."""

        PLANNED = "planned"
        SENT = "sent"
        FAILED = "failed"

    to = models.EmailField()
    template = models.CharField(max_length=100)
    language = models.CharField(max_length=8)
    context = models.JSONField(default=dict)
    target = models.CharField(max_length=100, blank=True, default="", db_index=True)
    attachment = models.CharField(max_length=100, blank=True, default="")
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    subject = models.CharField(max_length=300, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "sent", "failed"]),
                name="outboundmail_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="outboundmail_sent_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"
