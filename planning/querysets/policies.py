"""Decisions about how goods are planned, and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import SharedQuerySet, WarehouseScopedQuerySet

if TYPE_CHECKING:
    import datetime as dt

    from core.permissions import Principal
    from planning.models import CategoryPolicy, KindProposal, SeasonPlan, SkuPolicy


class CategoryPolicyQuerySet(SharedQuerySet["CategoryPolicy"]):
    """Policies of categories: the whole company's."""


class KindProposalQuerySet(SharedQuerySet["KindProposal"]):
    """Proposed kinds of categories: the whole company's."""


class SkuPolicyQuerySet(WarehouseScopedQuerySet["SkuPolicy"]):
    """What differs for single SKUs; what counts everywhere is seen by everybody."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the rows of the principal's warehouses and those of all warehouses."""
        if principal.warehouse_codes is None:
            return self.all()
        return self.filter(self._in_scope(principal.warehouse_codes) | Q(warehouse__isnull=True))

    def in_force(self, today: dt.date) -> Self:
        """Keep the rows that are neither withdrawn nor over on `today` (UTC)."""
        return self.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=today), withdrawn_at__isnull=True
        )


class SeasonPlanQuerySet(WarehouseScopedQuerySet["SeasonPlan"]):
    """Plans of seasons at the warehouses of the principal."""
