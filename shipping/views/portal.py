"""C1 and C2: pages for customers, without sign-in and without scripts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock, formats, sessions
from core.views.public_page import PublicPage
from shipping import configured, queries, wording
from shipping.domain import defaults, public_view
from shipping.forms import FindOrderForm
from shipping.services import portal

#: The day ends last at UTC-12: nothing is called late while it may still arrive in time.
LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))


class PortalPage(PublicPage):
    """What the customer's pages share: the brand and who asks."""

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        base = {
            "brand_name": configured.text(defaults.BRAND_NAME),
            "help_email": configured.text(defaults.HELP_EMAIL),
            "languages": self.languages(),
        }
        return render(self.request, template, {**base, **(context or {})}, status=status)

    def visitor(self) -> str:
        return portal.visitor_key(sessions.client_ip(self.request) or "")


class FindOrder(PortalPage):
    """C1: number and e-mail address in, always the same answer out."""

    # A form can't be posted from a page whose origin is hidden; this URL holds no secret.
    referrer = "same-origin"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("portal/find.html", {"form": FindOrderForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FindOrderForm(request.POST)
        if not form.is_valid():
            return self.show("portal/find.html", {"form": form}, status=422)
        try:
            portal.ask_for_link(
                form.cleaned_data["order_number"],
                form.cleaned_data["email"],
                visitor=self.visitor(),
                language=translation.get_language() or "en",
                at=clock.now(),
            )
        except portal.TooManyTries as error:
            form.refuse(error)
            return self.show("portal/find.html", {"form": form}, status=error.status)
        return self.show("portal/find.html", {"form": FindOrderForm(), "is_sent": True})


class Tracking(PortalPage):
    """C2: one order's parcels, by its secret link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = portal.open_link(token, visitor=self.visitor(), at=clock.now())
        except portal.TooManyTries as error:
            return self.show("portal/ended.html", {"text": str(error)}, status=error.status)
        shown = queries.public_order(link.order_key) if link else None
        if shown is None:
            return self.show("portal/ended.html", status=404)
        return self.show("portal/tracking.html", tracking_context(shown))


def tracking_context(shown: queries.PublicOrder) -> dict[str, Any]:
    order = shown.order
    standing = public_view.standing(
        reached=shown.step,
        promised_by=order.promised_by_on,
        today=clock.now().astimezone(LAST_ZONE).date(),
        status=order.status,
    )
    context: dict[str, Any] = {
        "order": order,
        "standing": standing,
        "steps": [
            {"text": wording.STEPS[step.code], "state": step.state}
            for step in public_view.steps(shown.step)
        ],
        "delivered_on": _local(shown.delivered_at, 0),
        "parcels": [parcel_context(parcel) for parcel in shown.parcels],
        "items": order.items if not shown.parcels else [],
    }
    if order.brand.get("name"):
        context["brand_name"] = order.brand["name"]
    return context


def parcel_context(parcel: queries.PublicParcel) -> dict[str, Any]:
    is_chinese = (translation.get_language() or "").startswith("zh")
    events = [
        {
            "text": wording.STATUS.get(event.status, event.status),
            "place": event.place,
            "words": event.text,
            "when": _moment(event.at, event.utc_offset_min),
        }
        for event in parcel.events
    ]
    return {
        "title": _("Parcel %(n)s of %(count)s")
        % {"n": parcel.position, "count": parcel.parcel_count},
        "qty": sum(item.qty for item in parcel.items),
        "sentence": wording.sentence(parcel.state, parcel.tracking_status),
        "latest": events[0] if events else None,
        "is_unscanned": parcel.state == "manifested" and not parcel.events,
        "handed_over": _moment(parcel.handed_over_at, 0) if parcel.handed_over_at else "",
        "service": (is_chinese and parcel.service_name_zh) or parcel.service_name,
        "tracking_number": parcel.tracking_number,
        "items": [
            {
                "code": item.sku_code,
                "qty": item.qty,
                "name": (is_chinese and item.name_zh) or item.name,
            }
            for item in parcel.items
        ],
        "events": events,
        "state": parcel.state,
    }


def _local(moment: dt.datetime | None, offset_min: int) -> dt.date | None:
    return _shift(moment, offset_min).date() if moment else None


def _shift(moment: dt.datetime, offset_min: int) -> dt.datetime:
    return moment.astimezone(dt.timezone(dt.timedelta(minutes=offset_min)))


def _moment(moment: dt.datetime, offset_min: int) -> str:
    local = _shift(moment, offset_min)
    return f"{formats.day(local.date())}, {formats.clock_time(local)}"
