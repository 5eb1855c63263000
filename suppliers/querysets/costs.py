from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db.models import Q

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models import (
        ClaimLine,
        ExcessDecision,
        InvoiceLine,
        LandedCost,
        LandedCostShare,
        SupplierClaim,
        SupplierInvoice,
    )


class LandedCostQuerySet(WarehouseScopedQuerySet["LandedCost"]):
    """Bills for bringing goods here; a principal sees those of arrivals in scope."""

    def _in_scope(self, codes: frozenset[str] | set[str] | tuple[str, ...]) -> Q:
        through = self.model.arrivals.through.objects
        inside = through.filter(asn__warehouse__code__in=list(codes))
        return Q(pk__in=inside.values("landedcost_id"))


class LandedCostShareQuerySet(WarehouseScopedQuerySet["LandedCostShare"]):
    """Parts of bills by cost layer."""

    warehouse_path: ClassVar[str] = "asn__warehouse"


class ExcessDecisionQuerySet(WarehouseScopedQuerySet["ExcessDecision"]):
    """What buyers did with excess."""

    warehouse_path: ClassVar[str] = "asn_line__asn__warehouse"


class SupplierClaimQuerySet(WarehouseScopedQuerySet["SupplierClaim"]):
    """Claims on suppliers."""

    warehouse_path: ClassVar[str] = "asn__warehouse"


class ClaimLineQuerySet(WarehouseScopedQuerySet["ClaimLine"]):
    """Lines of claims."""

    warehouse_path: ClassVar[str] = "claim__asn__warehouse"


class SupplierInvoiceQuerySet(WarehouseScopedQuerySet["SupplierInvoice"]):
    """Suppliers' invoices."""

    warehouse_path: ClassVar[str] = "order__warehouse"


class InvoiceLineQuerySet(WarehouseScopedQuerySet["InvoiceLine"]):
    """Lines of invoices."""

    warehouse_path: ClassVar[str] = "invoice__order__warehouse"
