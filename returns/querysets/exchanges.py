"""Exchanges by standing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models

from returns.domain.exchange_states import ALIVE

if TYPE_CHECKING:
    from returns.models.exchanges import CardHold, Exchange


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Exchanges."""

    def alive(self) -> Self:
        """Keep those that still stand for their line: one per line."""
        return self.filter(state__in=ALIVE)

    def due(self, now: dt.datetime) -> Self:
        """Keep the reservations whose time is over."""
        return self.filter(state="reserved", expires_at__lte=now)

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class CardHoldQuerySet(models.QuerySet["CardHold"]):
    """Authorizations of cards."""

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")
