"""Reads over several customer models, shaped for lists and object pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from core.permissions import Principal
from customers.models import Customer, CustomerAddress, CustomerExternalId


@dataclass(frozen=True)
class CustomerCard:
    """One customer with addresses, default first, and ids at the channels in reach."""

    customer: Customer
    addresses: list[CustomerAddress]
    external_ids: list[CustomerExternalId]


def card(principal: Principal, customer_id: int) -> CustomerCard | None:
    """Return what a principal may see of one customer, None outside its scope; three queries."""
    ids = CustomerExternalId.objects.visible_to(principal).order_by("channel_code", "pk")
    addresses = CustomerAddress.objects.order_by("-is_default", "pk")
    found = (
        Customer.objects.visible_to(principal)
        .filter(pk=customer_id)
        .prefetch_related(
            Prefetch("external_ids", queryset=ids), Prefetch("addresses", queryset=addresses)
        )
        .first()
    )
    if found is None:
        return None
    return CustomerCard(found, list(found.addresses.all()), list(found.external_ids.all()))
