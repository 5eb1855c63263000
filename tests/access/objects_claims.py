"""Missing parcels and claims on carriers: of sales and warehouses in scope."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from returns.domain.delivery_watch import CaseKind
from returns.models import CarrierClaim, DeliveryCase
from returns.services import carrier_claims, delivery_cases
from returns.services.carrier_claims import ClaimDraft
from tests.access.objects import Objects, kind
from tests.access.objects_orders import Side, each
from tests.factories.core import NOW
from tests.factories.shipping import make_shipped

if TYPE_CHECKING:
    from tests.access.world import World


def case_of(where: Side) -> DeliveryCase:
    """Return a case about a parcel of an order."""
    order = where.order()
    parcel = make_shipped(warehouse_code=where.place.code, order_key=order.key)
    return delivery_cases.open_case(parcel, order, CaseKind.LOST, "decide", SYSTEM, NOW)


def claim_of(where: Side) -> CarrierClaim:
    """Return a claim on the carrier of a parcel of an order."""
    case = case_of(where)
    draft = ClaimDraft(case.parcel, case.order, "LOST", Decimal("9.00"), case)
    return carrier_claims.open_claim(draft, actor=SYSTEM, at=NOW)


@kind("delivery-case")
def _delivery_case(world: World) -> Objects:
    return each(world, case_of)


@kind("carrier-claim")
def _carrier_claim(world: World) -> Objects:
    return each(world, claim_of)
