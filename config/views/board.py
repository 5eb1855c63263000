"""The live board (M1): the floor at a glance, refreshed by itself."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from config import today
from config.board import board
from core import clock
from core.htmx import PartialMixin
from core.permissions import RequireCapability


class LiveBoard(RequireCapability, PartialMixin, TemplateView):
    """Shipments by stage and cut-off, people and their work, stations, open reports."""

    capability = "fulfillment.view"
    template_name = "home/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        work = today.open_work(self.principal)
        return super().get_context_data(
            now=now,
            today=today.today(self.principal, work, now=now),
            matrix=today.matrix(work, now=now),
            board=board(self.principal, now=now),
            **kwargs,
        )
