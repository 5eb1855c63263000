"""Which customers a principal may see, and how customers are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.permissions import Principal
    from customers.models import Customer, CustomerAddress, CustomerExternalId


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Reads of customers; chainable."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the customers of the principal's channels; a customer of no channel is open to all.

        `principal.channel_codes` of None means every channel.
        """
        if principal.channel_codes is None:
            return self
        everyone = self.model._base_manager
        own = everyone.filter(external_ids__channel_code__in=sorted(principal.channel_codes))
        of_a_channel = everyone.filter(external_ids__isnull=False)
        return self.filter(Q(pk__in=own.values("pk")) | ~Q(pk__in=of_a_channel.values("pk")))

    def current(self) -> Self:
        """Leave out customers that were merged into another one."""
        return self.filter(merged_into__isnull=True)

    def named_like(self, text: str) -> Self:
        """Find by number, part of the name, or the start of the normalised e-mail."""
        word = text.strip()
        return self.filter(
            Q(number__iexact=word)
            | Q(name__icontains=word)
            | Q(email_norm__startswith=word.lower())
        )


class CustomerAddressQuerySet(models.QuerySet["CustomerAddress"]):
    """Reads of addresses; chainable."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the addresses of customers the principal may see."""
        if principal.channel_codes is None:
            return self
        base = self.model._base_manager
        codes = sorted(principal.channel_codes)
        own = base.filter(customer__external_ids__channel_code__in=codes)
        of_a_channel = base.filter(customer__external_ids__isnull=False)
        return self.filter(Q(pk__in=own.values("pk")) | ~Q(pk__in=of_a_channel.values("pk")))


class CustomerExternalIdQuerySet(models.QuerySet["CustomerExternalId"]):
    """Reads of the names by which channels know a customer; chainable."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the ids of the principal's channels."""
        if principal.channel_codes is None:
            return self
        return self.filter(channel_code__in=sorted(principal.channel_codes))

    def of_keys(self, keys: Iterable[tuple[str, str]]) -> Self:
        """Keep the rows with these (channel code, external id) pairs."""
        by_channel: dict[str, list[str]] = {}
        for channel_code, external_id in keys:
            by_channel.setdefault(channel_code, []).append(external_id)
        wanted = Q(pk__in=[])
        for channel_code, external_ids in by_channel.items():
            wanted |= Q(channel_code=channel_code, external_id__in=external_ids)
        return self.filter(wanted)
