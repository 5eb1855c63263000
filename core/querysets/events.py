"""Reads of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    import datetime as dt

    from core.models.events import HandledEvent, OutboxEvent


class OutboxEventQuerySet(models.QuerySet["OutboxEvent"]):
    """Reads of facts."""

    def pending(self) -> Self:
        """Keep facts not yet handed to their listeners, in their order."""
        return self.filter(handed_at__isnull=True).order_by("id")


class HandledEventQuerySet(models.QuerySet["HandledEvent"]):
    """Reads of what listeners did."""

    def waiting(self) -> Self:
        """Keep what listeners still owe, in the order of the facts."""
        return self.filter(state="waiting").order_by("event_id")

    def due(self, now: dt.datetime) -> Self:
        """Keep what may be tried at `now`."""
        return self.waiting().filter(retry_at__lte=now)

    def resting(self, now: dt.datetime) -> Self:
        """Keep failures whose next try is still to come."""
        return self.waiting().filter(retry_at__gt=now)

    def dead(self) -> Self:
        """Keep failures that wait for a person, oldest first."""
        return self.filter(state="dead").order_by("id")
