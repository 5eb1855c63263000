"""What an import of orders has to know: products, customers, and orders that are there already.

Lookups are kept for the run: codes and customer numbers repeat from chunk to chunk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from core.imports import snapshots
from core.imports.kinds import Change
from customers.domain.drafts import AddressDraft, CustomerDraft
from customers.services import directory
from inventory.services import importing as products
from orders.models import Channel, Order, ReturnFact
from orders.services.importing_plan import PlannedOrder

PART = 500


@dataclass
class Lookup:
    """Ids by code for one run of one channel; `sku_ids` and `customer_ids` grow as rows come."""

    channel: Channel
    sku_ids: dict[str, int] = field(default_factory=dict)
    unknown_skus: set[str] = field(default_factory=set)
    customer_ids: dict[str, int] = field(default_factory=dict)

    def load_skus(self, codes: Iterable[str]) -> list[str]:
        """Look up codes not asked before; return those of `codes` that no SKU has, sorted."""
        wanted = set(codes)
        fresh = wanted - self.sku_ids.keys() - self.unknown_skus
        found = products.find_skus(sorted(fresh))
        self.sku_ids.update((code, sku.pk) for code, sku in found.items())
        self.unknown_skus |= fresh - found.keys()
        return sorted(wanted & self.unknown_skus)

    def create_skus(
        self, codes: Sequence[str], name_of: Callable[[str], str], *, currency: str
    ) -> list[Change]:
        """Create the unknown SKUs and return the changes, for undo."""
        created = products.create_skus({code: name_of(code) for code in codes}, currency=currency)
        self.sku_ids.update((sku.code, sku.pk) for sku in created)
        self.unknown_skus -= set(codes)
        return [snapshots.created(sku) for sku in created]

    def load_customers(self, plans: Sequence[PlannedOrder], *, at: dt.datetime) -> list[Change]:
        """Find or create the customers named in the plans; orders without a number are guests.

        Returns the new ones as changes, for undo.
        """
        fresh = {
            number: plan
            for plan in reversed(plans)
            if (number := str(plan.first("customer_id")))
            and (plan.goods or plan.returns)
            and number not in self.customer_ids
        }
        drafts = [self._customer(number, plan) for number, plan in sorted(fresh.items())]
        before = {customer.pk for customer in directory.find_many(d.key for d in drafts).values()}
        found = directory.find_or_create_many(drafts, at=at)
        self.customer_ids.update((key[1], customer.pk) for key, customer in found.items())
        created = {c.pk: c for c in found.values() if c.created_at == at and c.pk not in before}
        return [snapshots.created(customer) for customer in created.values()]

    def _customer(self, number: str, plan: PlannedOrder) -> CustomerDraft:
        first = plan.first
        return CustomerDraft(
            channel_code=self.channel.code,
            external_id=number,
            name=str(first("customer_name") or first("ship_name")),
            email=str(first("email")),
            phone=str(first("phone")),
            country=str(first("country")),
            address=AddressDraft(
                name=str(first("ship_name")),
                company=str(first("ship_company")),
                line1=str(first("ship_line1")),
                line2=str(first("ship_line2")),
                city=str(first("ship_city")),
                region=str(first("ship_region")),
                postcode=str(first("ship_postcode")),
                country=str(first("country")),
                phone=str(first("phone")),
            ),
        )

    def known_orders(self, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return order number -> (id, payload hash) of the orders the channel has already."""
        found: dict[str, tuple[int, str]] = {}
        for start in range(0, len(keys), PART):
            rows = Order.objects.filter(
                channel=self.channel, external_id__in=keys[start : start + PART]
            )
            for key, pk, payload in rows.values_list("external_id", "pk", "payload_hash"):
                found[key] = (pk, payload)
        return found

    def known_returns(self, keys: Sequence[str]) -> set[str]:
        """Return the document numbers whose returns the channel has already."""
        found: set[str] = set()
        for start in range(0, len(keys), PART):
            rows = ReturnFact.objects.filter(
                channel=self.channel, external_id__in=keys[start : start + PART]
            )
            found.update(rows.values_list("external_id", flat=True).distinct())
        return found
