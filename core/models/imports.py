"""Imports of files: the run, its rows, what is wrong in them, what it changed, and mappings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.querysets.imports import ImportBatchQuerySet, ImportPartQuerySet


class ImportBatch(models.Model):
    """One run of one file through one import kind. `core.imports` writes it.

    `file` keeps the rows as they came, found by the hash of its content. `run_key` is unique: the
    same content for the same kind, source and options is one batch, however often it is sent.
    `tally` counts lines and objects by outcome.
    """

    class Status(models.TextChoices):
        """Where the run stands."""

        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Applying")
        APPLIED = "applied", _("Applied")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Undoing")
        UNDONE = "undone", _("Undone")

    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=80, blank=True, default="")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    run_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=Status, default=Status.UPLOADED)
    facts = models.JSONField(default=dict)
    tally = models.JSONField(default=dict)
    undo_report = models.JSONField(default=dict)
    problem_count = models.PositiveIntegerField(default=0)
    chunks_applied = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    job_id = models.BigIntegerField(null=True, blank=True)
    started_by = models.CharField(max_length=64, default="system")
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "applying",
                        "applied",
                        "cancelled",
                        "failed",
                        "undoing",
                        "undone",
                    ]
                ),
                name="importbatch_known_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="applied") | Q(applied_at__isnull=False),
                name="importbatch_applied_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-id"], name="importbatch_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportRow(models.Model):
    """The verdict of the preview on one object of the file, with its cell differences."""

    class Outcome(models.TextChoices):
        """What applying the file would do with this object."""

        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        SET_ASIDE = "set_aside", _("Set aside")
        ERROR = "error", _("Not readable")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=160)
    outcome = models.CharField(max_length=10, choices=Outcome)
    lines = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=40, blank=True, default="")
    diff = models.JSONField(default=dict)

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["batch", "outcome", "line", "id"], name="importrow_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.key}"


class ImportIssue(models.Model):
    """One refused cell or row of a batch: line, field, value, what is wrong and what to do."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="issues")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=80, blank=True, default="")
    value = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    fix = models.CharField(max_length=300)

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["batch", "line", "id"], name="importissue_by_line"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.field} {self.code}"


class ImportChange(models.Model):
    """One row an import created or changed, as it was and as it became; undo reads it.

    `before` is null for a created row. Both hold every column as text, so that undo can compare
    and restore the row exactly. Written with the change, never edited.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=160, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField()

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "model", "object_id"], name="importchange_once_per_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id}"


class ImportMapping(models.Model):
    """The mapping last used for one kind and source; a person may also save one under a name."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=64, default="system")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="importmapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
