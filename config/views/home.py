"""The role home (G4): today in five figures, orders by stage and cut-off, what waits for me."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from config import today
from core import clock
from core.htmx import PartialMixin
from core.permissions import SIGNED_IN, Principal, RequireCapability
from fulfillment import queries as floor


class Home(RequireCapability, PartialMixin, TemplateView):
    capability = SIGNED_IN
    template_name = "home/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        context: dict[str, Any] = {"now": now, "tasks": _tasks(self.principal)}
        if self.principal.may("orders.view"):
            work = today.open_work(self.principal)
            context["today"] = today.today(self.principal, work, now=now)
            context["matrix"] = today.matrix(work, now=now)
        if self.principal.may_any(("fulfillment.pick", "fulfillment.pack")):
            context["queues"] = floor.queues(self.principal)
        return super().get_context_data(**context, **kwargs)


def _tasks(principal: Principal) -> list[dict[str, str]]:
    """Return what this role usually does next, each with one button."""
    offers = (
        ("orders.edit", "orders-attention", _("Orders that need attention"), _("Open queue")),
        ("fulfillment.release_wave", "waves-index", _("Shipments ready for a wave"), _("Plan")),
        ("fulfillment.pick", "floor-home", _("Work on the floor"), _("Start")),
        ("imports.run", "imports", _("Load orders, products or stock"), _("Import")),
        ("users.manage", "users", _("People and their roles"), _("Manage")),
    )
    tasks = []
    for capability, url_name, text, button in offers:
        if principal.may(capability):
            try:
                tasks.append({"url": reverse(url_name), "text": text, "button": button})
            except NoReverseMatch:
                continue
    return tasks
