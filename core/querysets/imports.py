"""Reads of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from core.models.imports import ImportBatch
    from core.permissions import Principal


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Reads of import runs."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep every run for those who may import; a run may write for any channel or warehouse.

        A principal with a narrower scope sees its own runs only.
        """
        if not principal.may("imports.run"):
            return self.none()
        if principal.channel_codes is None and principal.warehouse_codes is None:
            return self
        return self.filter(started_by=principal.actor.key)

    def newest_first(self) -> Self:
        """Order by age, newest first."""
        return self.order_by("-pk")


class ImportPartQuerySet(models.QuerySet[Any]):
    """Reads of rows, problems and changes of an import run."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep what belongs to runs the principal may see."""
        batches = self.model._meta.get_field("batch").related_model
        return self.filter(batch__in=batches.objects.visible_to(principal))
