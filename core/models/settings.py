"""Values that a person set in place of a declared default."""

from __future__ import annotations

from django.db import models


class Setting(models.Model):
    """One changed setting; a name without a row has its declared default.

    `core.settings_store` writes it, with an audit entry. `value` is text in the form of
    `core.setting_names.dump`.
    """

    name = models.CharField(max_length=100, unique=True)
    value = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()
    changed_by_key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
