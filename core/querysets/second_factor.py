"""Reads of trusted browsers and second-factor resets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    import datetime as dt

    from core.models.second_factor import SecondFactorReset, TrustedBrowser
    from core.permissions import Principal


class TrustedBrowserQuerySet(models.QuerySet["TrustedBrowser"]):
    """Reads of trusted browsers."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep a person's own browsers; nobody sees those of others."""
        if principal.actor.kind == "user" and principal.actor.id is not None:
            return self.filter(user_id=principal.actor.id)
        return self.none()

    def current(self, at: dt.datetime) -> Self:
        """Keep the browsers whose time is not over."""
        return self.filter(expires_at__gt=at)


class SecondFactorResetQuerySet(models.QuerySet["SecondFactorReset"]):
    """Reads of requests to reset a second factor."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep all requests for those who manage people, none for others."""
        return self if principal.may("users.manage") else self.none()

    def open(self, at: dt.datetime) -> Self:
        """Keep the requests that can still be decided."""
        return self.filter(state="open", expires_at__gt=at)

    def overdue(self, at: dt.datetime) -> Self:
        """Keep the requests nobody decided in time and nothing closed yet."""
        return self.filter(state="open", expires_at__lte=at)
