"""Which past returns found their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.matches import ReturnMatch


class ReturnMatchQuerySet(models.QuerySet["ReturnMatch"]):
    """Past returns and their order lines."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep those of the principal's channels."""
        if principal.channel_codes is None:
            return self
        return self.filter(fact__channel__code__in=list(principal.channel_codes))
