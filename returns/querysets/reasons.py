"""Reasons of returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.reasons import ReturnReason


class ReturnReasonQuerySet(models.QuerySet["ReturnReason"]):
    """Reasons; everybody who sees returns sees all of them."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep all: reasons belong to the company."""
        return self

    def offered(self) -> Self:
        """Keep the details that customers may choose, in their order."""
        rows = self.filter(is_active=True, is_public=True, parent__is_active=True)
        return rows.order_by("parent__rank", "parent__code", "rank", "code", "pk")
