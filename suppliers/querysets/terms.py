from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import SharedQuerySet

if TYPE_CHECKING:
    from suppliers.models import (
        ListPrice,
        SupplierContact,
        SupplierDocument,
        SupplierLeadTime,
        SupplierSku,
    )


class SupplierContactQuerySet(SharedQuerySet["SupplierContact"]):
    """People at suppliers; the pages that show them ask for a capability."""

    def active(self) -> Self:
        """Keep the people who are still written to."""
        return self.filter(is_active=True)


class SupplierLeadTimeQuerySet(SharedQuerySet["SupplierLeadTime"]):
    """Agreed lead times."""


class SupplierDocumentQuerySet(SharedQuerySet["SupplierDocument"]):
    """Papers of suppliers."""

    def on_file(self) -> Self:
        """Keep the papers that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def out_by(self, day: dt.date) -> Self:
        """Keep the papers whose last day is before `day`."""
        return self.on_file().filter(valid_until__lt=day)


class SupplierSkuQuerySet(SharedQuerySet["SupplierSku"]):
    """What suppliers sell."""

    def active(self) -> Self:
        """Keep what may be ordered."""
        return self.filter(is_active=True, supplier__is_active=True)


class ListPriceQuerySet(SharedQuerySet["ListPrice"]):
    """List prices."""

    def valid_on(self, day: dt.date) -> Self:
        """Keep the prices that count on `day`, older lists included."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day
        )
