"""Reads of what customers answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from customers.models import Feedback


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Questions and answers by the scope of the reader and by time."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the orders of the channels in the principal's scope."""
        return self.filter(principal.channel_q("channel_code"))

    def asked_between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Keep the questions of the half-open span [start, end)."""
        return self.filter(asked_at__gte=start, asked_at__lt=end)

    def answered(self) -> Self:
        """Keep those with an answer."""
        return self.filter(answered_at__isnull=False)
