"""B-01: the four sources of demand, and which of them are missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.permissions import RequireCapability
from planning.queries.sources import LOOK_BACK_DAYS, source_states

#: Source -> its name, what planning takes from it, and the kinds of files that bring it.
SOURCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "orders": (_("Orders"), _("Units sold by day, repurchases and what is bought together.")),
    "behavior": (
        _("Visitor behavior"),
        _("Views, carts and favorites: who browsed in the last 30 days."),
    ),
    "marketing": (_("Marketing"), _("Opened mails and coupons: days that promotions lifted.")),
    "search": (_("Search trends"), _("How often a product is looked for.")),
}


class DemandSources(RequireCapability, View):
    """What planning reads, how fresh it is and what nobody has given yet."""

    capability = "planning.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        states = source_states(as_of=clock.now())
        context: dict[str, Any] = {
            "sources": [
                {"state": state, "name": SOURCES[state.source][0], "use": SOURCES[state.source][1]}
                for state in states
            ],
            "missing": sum(state.is_missing for state in states),
            "days": LOOK_BACK_DAYS,
            "may_import": self.principal.may("imports.run"),
        }
        return render(request, "planning/demand_sources.html", context)
