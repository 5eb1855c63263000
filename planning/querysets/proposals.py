from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from inventory.querysets.scopes import WarehouseScopedQuerySet
from planning.domain import proposal_states

if TYPE_CHECKING:
    from planning.models import CoverStatus, Proposal, ReviewRun


class ReviewRunQuerySet(models.QuerySet["ReviewRun"]):
    """Reviews, one per run."""

    def newest(self) -> ReviewRun | None:
        """Return the run that was computed last."""
        return self.order_by("-created_at", "-pk").first()


class CoverStatusQuerySet(WarehouseScopedQuerySet["CoverStatus"]):
    """How long goods last, one row per SKU and warehouse; scoped to warehouses."""

    def urgent(self) -> Self:
        """Keep the red and yellow ones."""
        return self.filter(band__in=("red", "yellow"))


class ProposalQuerySet(WarehouseScopedQuerySet["Proposal"]):
    """Proposals; a principal sees those for warehouses in scope."""

    def open(self) -> Self:
        """Keep the proposals that wait for a decision now."""
        return self.filter(state=proposal_states.OPEN)

    def waiting(self) -> Self:
        """Keep the open and the snoozed ones: at most one per SKU and warehouse."""
        return self.filter(state__in=proposal_states.WAITING)
