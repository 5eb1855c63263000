"""Conversations with customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models import MessageThread


class MessageThreadQuerySet(models.QuerySet["MessageThread"]):
    """Conversations by standing and by who may read them."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the conversations about orders of the principal's channels."""
        return self.filter(principal.channel_q("order__channel__code"))

    def waiting(self) -> Self:
        """Keep those that wait for an answer."""
        return self.filter(state="waiting")
