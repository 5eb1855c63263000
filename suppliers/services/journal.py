"""What happened to the documents of buying, written into the audit by one hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db.models import Model

from core import audit
from core.actors import Actor
from suppliers.models import Asn, LandedCost, PurchaseOrder, SupplierClaim, SupplierInvoice

#: Document -> what its actions begin with, and the kind of its target.
_NAMES: Final[Mapping[type[Model], tuple[str, str]]] = {
    Asn: ("", "asn"),
    LandedCost: ("landed_cost_", "landed_cost"),
    PurchaseOrder: ("purchase_", "purchase_order"),
    SupplierClaim: ("claim_", "supplier_claim"),
    SupplierInvoice: ("invoice_", "supplier_invoice"),
}


def note(
    document: Model,
    action: str,
    after: Mapping[str, object],
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Write what happened to a document, as `suppliers.<its name>_<action>`."""
    begins, target = _NAMES[type(document)]
    audit.record(
        actor=actor,
        action=f"suppliers.{begins}{action}",
        target=f"{target}:{document.pk}",
        after=dict(after),
        reason=reason,
        at=at,
    )
