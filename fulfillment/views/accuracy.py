"""A-29: how exactly the floor picks, by team and day and by round."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.views.generic import TemplateView

from core import clock
from core.permissions import RequireCapability
from fulfillment.services import accuracy

DAYS = 14


class Accuracy(RequireCapability, TemplateView):
    """Lines, units, shorts, right and wrong scans of the last two weeks."""

    capability = "fulfillment.view"
    template_name = "fulfillment/accuracy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        since = clock.now() - dt.timedelta(days=DAYS)
        return super().get_context_data(
            days=accuracy.team_days(self.principal, since=since),
            rounds=accuracy.last_rounds(self.principal),
            day_count=DAYS,
            **kwargs,
        )
