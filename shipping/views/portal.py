"""C1 and C2: pages for customers, without sign-in and without scripts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from core import clock, files, formats
from core.wiring import resolve, wired
from shipping import queries, wording
from shipping.domain import brand_colors, public_view
from shipping.domain.public_view import PortalPart
from shipping.forms import FindOrderForm
from shipping.portal_page import LinkPage, PortalPage
from shipping.services import portal

#: The day ends last at UTC-12: nothing is called late while it may still arrive in time.
LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))


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
                form.cleaned_data["contact"],
                visitor=self.visitor(),
                language=translation.get_language() or "en",
                at=clock.now(),
            )
        except portal.TooManyTries as error:
            form.refuse(error)
            return self.show("portal/find.html", {"form": form}, status=error.status)
        return self.show("portal/find.html", {"form": FindOrderForm(), "is_sent": True})


class Tracking(LinkPage):
    """C2: one order's parcels, by its secret link."""

    referrer = "no-referrer"

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = queries.public_order(self.order)
        context = tracking_context(shown)
        context["parts"] = self._parts()
        return self.show("portal/tracking.html", context)

    def _parts(self) -> list[PortalPart]:
        """Return what apps above shipping put on the page, in their order."""
        parts = []
        for path in wired("PORTAL_PARTS"):
            parts += resolve(path)(self.order_key, token=self.token, now=self.now)
        return sorted(parts, key=lambda part: part.rank)


@method_decorator(login_not_required, name="dispatch")
class BrandColor(View):
    """The style sheet of one color: the same for everybody, so it may be kept for long."""

    def get(self, request: HttpRequest, color: str) -> HttpResponseBase:
        if not brand_colors.is_readable(f"#{color}"):
            raise Http404
        response = HttpResponse(brand_colors.style_sheet(f"#{color}"), content_type="text/css")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@method_decorator(login_not_required, name="dispatch")
class BrandLogo(View):
    """The logo of a brand, by the hash of its content."""

    def get(self, request: HttpRequest, sha256: str) -> HttpResponseBase:
        stored = portal.logo(sha256)
        if stored is None:
            raise Http404
        response = HttpResponse(files.read(stored), content_type=stored.content_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


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
        "timeline": timeline_context(shown),
    }
    return context


def timeline_context(shown: queries.PublicOrder) -> list[dict[str, Any]]:
    """Return what happened to the order so far, and what comes, oldest first (A-27)."""
    reached = shown.milestones()
    if shown.order.status == "cancelled":
        reached = {"ordered": shown.order.placed_at}
    last = max(
        (index for index, code in enumerate(public_view.MILESTONES) if code in reached), default=0
    )
    rows = []
    for index, code in enumerate(public_view.MILESTONES):
        moment = reached.get(code)
        if index > last and shown.order.status == "cancelled":
            break
        rows.append(
            {
                "code": code,
                "text": wording.MILESTONES[code],
                "when": _moment(moment, 0) if moment else "",
                "state": "done" if index <= last else "ahead",
            }
        )
    return rows


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
