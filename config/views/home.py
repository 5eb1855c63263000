"""The role home (G4): today in five figures, orders by stage and cut-off, what waits for me."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from config import today
from core import clock, formats
from core.htmx import PartialMixin
from core.permissions import SIGNED_IN, Principal, RequireCapability
from fulfillment import queries as floor
from planning.queries import alerts
from suppliers.queries import waiting


class Home(RequireCapability, PartialMixin, TemplateView):
    capability = SIGNED_IN
    template_name = "home/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        tasks = [*_buying(self.principal, now), *_alerts(self.principal), *_tasks(self.principal)]
        context: dict[str, Any] = {"now": now, "tasks": tasks}
        if self.principal.may("orders.view"):
            work = today.open_work(self.principal)
            context["today"] = today.today(self.principal, work, now=now)
            context["matrix"] = today.matrix(work, now=now)
        if self.principal.may_any(("fulfillment.pick", "fulfillment.pack")):
            context["queues"] = floor.queues(self.principal)
        return super().get_context_data(**context, **kwargs)


def _buying(principal: Principal, now: dt.datetime) -> list[dict[str, str]]:
    """Return what waits for an approver, and for a buyer's suppliers, with the oldest's age."""
    found = []
    if principal.may("suppliers.approve"):
        mine = waiting.for_approver(principal, at=now)
        if mine.since is not None:
            text = ngettext(
                "%(n)s approval waits for you, for %(span)s",
                "%(n)s approvals wait for you, the oldest for %(span)s",
                mine.count,
            ) % {"n": mine.count, "span": formats.span(now - mine.since)}
            found.append({"url": reverse("approvals"), "text": text, "button": _("Decide")})
    if principal.may("suppliers.buy"):
        sent = waiting.for_suppliers(principal)
        if sent.since is not None:
            text = ngettext(
                "%(n)s order without an answer from its supplier, for %(span)s",
                "%(n)s orders without an answer from their suppliers, the oldest for %(span)s",
                sent.count,
            ) % {"n": sent.count, "span": formats.span(now - sent.since)}
            url = f"{reverse('purchase-orders-index')}?tab=sent"
            found.append({"url": url, "text": text, "button": _("Chase")})
    return found


def _alerts(principal: Principal) -> list[dict[str, str]]:
    """Return what a planner should act on and how much of it is critical."""
    if not principal.may("planning.view"):
        return []
    found = alerts.waiting(principal)
    if not found.count:
        return []
    text = ngettext(
        "%(n)s alert to act on, %(critical)s critical",
        "%(n)s alerts to act on, %(critical)s of them critical",
        found.count,
    ) % {"n": formats.number(found.count), "critical": formats.number(found.critical)}
    return [{"url": reverse("alert-index"), "text": text, "button": _("Open alerts")}]


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
