"""What was done, by whom, when: rows that nobody can change, and the seals that prove it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.querysets.audit import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One thing done to one target. `core.audit` inserts it; triggers refuse any change.

    `at` is the moment the caller names, `recorded_at` the database's clock at the insert, by
    which days are sealed. `before` and `after` hold only the fields that changed.
    """

    action = models.CharField(max_length=64)
    target_kind = models.CharField(max_length=32)
    target_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=150)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    request_id = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["target_kind", "target_id", "id"], name="auditentry_timeline"),
            models.Index(fields=["recorded_at", "id"], name="auditentry_recorded"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="auditentry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind}:{self.target_id}"


class AuditSeal(models.Model):
    """The digest over one day of audit entries, chained to the seal before it.

    `core.audit.seal` writes one row per finished UTC day, in order, empty days included, and
    nothing changes it. A changed, added or removed entry breaks the chain from its day on.
    """

    on = models.DateField(unique=True)
    entry_count = models.PositiveIntegerField()
    first_entry_id = models.BigIntegerField(null=True)
    last_entry_id = models.BigIntegerField(null=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_entry_id__isnull=True, last_entry_id__isnull=True, entry_count=0)
                | Q(first_entry_id__lte=F("last_entry_id"), entry_count__gt=0),
                name="auditseal_range_matches_count",
            ),
        ]

    def __str__(self) -> str:
        return str(self.on)


class AuditReseal(models.Model):
    """One day whose entries lost a person's data after they were sealed.

    `core.audit.redacting` writes it with the entries it changes; nothing changes it. The seal of
    the day keeps its digest, so the chain behind it stands; `after_digest` is what the day answers
    to from now on. An audit entry of the same act holds both, sealed on its own day.
    """

    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, related_name="reseals")
    before_digest = models.CharField(max_length=64)
    after_digest = models.CharField(max_length=64)
    was_sound = models.BooleanField()
    entry_count = models.PositiveIntegerField()
    cause = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "cause"], name="auditreseal_once_per_cause"),
            models.CheckConstraint(
                condition=Q(entry_count__gt=0), name="auditreseal_changed_entries"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.cause}"
