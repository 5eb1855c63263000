from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from inventory.querysets.scopes import SharedQuerySet

if TYPE_CHECKING:
    from suppliers.models import Agreement, AgreementLine, CallOff


class AgreementQuerySet(SharedQuerySet["Agreement"]):
    """Agreements, every version of them."""

    def in_force(self, day: dt.date) -> Self:
        """Keep the active ones whose first to last day include `day`."""
        return self.filter(state="active", valid_from__lte=day, valid_until__gte=day)

    def standing(self) -> Self:
        """Keep those that are or may come back in force."""
        return self.filter(state__in=("active", "suspended"))


class AgreementLineQuerySet(SharedQuerySet["AgreementLine"]):
    """Prices of agreements."""


class CallOffQuerySet(SharedQuerySet["CallOff"]):
    """Planned batches."""
