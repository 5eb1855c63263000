"""Where a floor flow stands between two scans, for flows whose task rows live in another app."""

from __future__ import annotations

from django.db import models


class DeskState(models.Model):
    """What was scanned for one task and not yet booked, so that a reload shows it again.

    `services.desk_states` writes it; the row goes when the flow has booked what it holds.
    """

    task_key = models.CharField(max_length=40, unique=True)
    state = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.task_key
