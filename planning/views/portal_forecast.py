"""B-17 and B-18 for the supplier: the demand to expect for its own products, by its secret link."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from planning.domain import shared_forecast
from planning.forms.sharing import AcknowledgeForm
from planning.models import ForecastShare, ForecastShareEvent
from planning.queries import shared_forecasts
from planning.services import forecast_sharing
from suppliers.models import SupplierLink
from suppliers.portal_page import SupplierPage

#: Products on the page; the file holds them all.
MOST_LINES = 300


class ForecastPage(SupplierPage):
    """The forecast of one week, the newest unless asked otherwise; acknowledged here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = _chosen(self.link, request.GET.get("week", ""))
        if found is not None:
            forecast_sharing.note(
                found, ForecastShareEvent.Kind.OPENED, self.actor.key, at=self.now
            )
        done = _("Thank you. The planners were told.") if request.GET.get("done") else ""
        return self._page(found, {"done": done})

    def post(self, request: HttpRequest) -> HttpResponse:
        found = _chosen(self.link, request.POST.get("week", ""))
        if found is None:
            return self.ended()
        form = AcknowledgeForm(request.POST)
        if not form.is_valid():
            return self._page(found, {"form": form}, 422)
        try:
            forecast_sharing.acknowledge(
                found.pk, name=form.cleaned_data["name"], actor=self.actor, at=self.now
            )
        except DomainError as error:
            found.refresh_from_db()
            return self._page(found, {"problem": str(error)}, error.status)
        week = found.week_on.isoformat()
        return redirect(f"{self.url('supplier-portal-forecast')}?week={week}&done=1")

    def _page(
        self, found: ForecastShare | None, more: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        lines = found.content["lines"] if found else []
        context = {
            "share": found,
            "weeks": [dt.date.fromisoformat(on) for on in found.content["weeks"]] if found else [],
            "lines": lines[:MOST_LINES],
            "hidden": max(0, len(lines) - MOST_LINES),
            "others": shared_forecasts.shares_of(self.link),
            "form": AcknowledgeForm(),
            **more,
        }
        return self.show("planning/portal_forecast.html", context, status)


class ForecastFile(SupplierPage):
    """The file of one week, byte by byte as it was shared."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = _chosen(self.link, request.GET.get("week", ""))
        if found is None:
            return self.ended()
        forecast_sharing.note(
            found, ForecastShareEvent.Kind.DOWNLOADED, self.actor.key, at=self.now
        )
        response = HttpResponse(
            shared_forecast.file_of(found.content), content_type="text/csv; charset=utf-8"
        )
        name = forecast_sharing.file_name(found)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _chosen(link: SupplierLink, week: str) -> ForecastShare | None:
    """Return the share of the week that was asked for, the newest where none was."""
    if not week:
        return next(iter(shared_forecasts.shares_of(link)), None)
    on = _day(week)
    return shared_forecasts.share_of(link, on) if on else None


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
