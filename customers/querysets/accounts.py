"""Which links and sessions of customers are alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    import datetime as dt

    from customers.models import PortalSession, SignInLink


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    """Reads of one-time links."""

    def live(self, at: dt.datetime) -> Self:
        """Keep the links that open a session at this moment."""
        return self.filter(state="sent", expires_at__gt=at)


class PortalSessionQuerySet(models.QuerySet["PortalSession"]):
    """Reads of customers' sessions."""

    def live(self, at: dt.datetime) -> Self:
        """Keep the sessions that are open at this moment."""
        return self.filter(ended_at__isnull=True, expires_at__gt=at)
