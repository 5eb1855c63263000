"""Which requests about personal data a principal may see, and which are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from customers.domain.privacy_states import OPEN

if TYPE_CHECKING:
    from core.permissions import Principal
    from customers.models import PrivacyRequest


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    """Reads of requests about personal data."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep all for the privacy desk, nothing for anybody else."""
        return self.all() if principal.may("customers.privacy") else self.none()

    def open(self) -> Self:
        """Keep what somebody still owes an answer."""
        return self.filter(state__in=OPEN)
