"""Reads of the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.models.audit import AuditEntry
    from core.permissions import Principal


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads of audit entries."""

    def of(self, target: str) -> Self:
        """Keep the timeline of one object, named by its key such as `order:17`, newest first."""
        kind, _, number = target.partition(":")
        return self.filter(target_kind=kind, target_id=number).order_by("-id")

    def visible_to(self, principal: Principal) -> Self:
        """Keep everything for those who may read the log, else what the asker did itself."""
        if principal.may("audit.view"):
            return self
        if principal.actor.id is None:
            return self.none()
        return self.filter(actor_kind=principal.actor.kind, actor_id=principal.actor.id)
