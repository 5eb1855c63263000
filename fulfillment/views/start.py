"""W1: badge and PIN on a shared floor device, and the start of a shift."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from core import clock, sessions
from core.errors import DomainError
from core.models import User
from core.permissions import sign_in_first
from core.services import badges
from fulfillment.forms import BadgeForm, RegistrationForm
from fulfillment.models import FloorDevice, Station
from fulfillment.services import devices, shifts
from fulfillment.views.floor import STATION_COOKIE, FloorView

COOKIE_LIFE = dt.timedelta(days=365)
#: What a shift can begin with: the button's value, the right, the page.
WORK = {
    "pick": ("fulfillment.pick", "floor-pick"),
    "pack": ("fulfillment.pack", "floor-pack"),
    "dispatch": ("fulfillment.dispatch", "floor-dispatch"),
    "put_back": ("fulfillment.pick", "floor-home"),
}


def keep(answer: HttpResponse, name: str, value: str) -> None:
    """Have the browser keep a cookie that scripts can't read."""
    answer.set_cookie(
        name,
        value,
        max_age=COOKIE_LIFE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


class _DoorPage(View):
    """What the badge page and the registration have in common."""

    on_shared_device = True

    def page(
        self, request: HttpRequest, device: FloorDevice | None, form: Any, status: int = 200
    ) -> HttpResponse:
        context = {
            "device": device,
            "form": form,
            "station": device.station.code if device else "",
            "floor_home_url": reverse("floor-badge"),
            "scan_url": "",
            "is_locked_out": device is None,
            "is_on": request.user.is_authenticated,
        }
        name = "badge" if device else "unregistered"
        answer = render(request, f"fulfillment/floor/{name}.html", context, status=status)
        if device is None and sessions.DEVICE_COOKIE in request.COOKIES:
            answer.delete_cookie(sessions.DEVICE_COOKIE)
        return answer


@method_decorator(login_not_required, name="dispatch")
class BadgePage(_DoorPage):
    """Badge and PIN on a registered device; on any other, the way to have it registered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        device = devices.find(sessions.device_hash(request))
        return self.page(request, device, BadgeForm() if device else RegistrationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        device = devices.find(sessions.device_hash(request))
        if device is None:
            return self.page(request, None, RegistrationForm(), status=409)
        form = BadgeForm(request.POST)
        if not form.is_valid():
            return self.page(request, device, form, status=422)
        now = clock.now()
        try:
            user = badges.prove(
                form.cleaned_data["badge"],
                form.cleaned_data["pin"],
                device=f"floor_device:{device.pk}",
                at=now,
            )
            _take_over(request, device, user, now)
        except DomainError as error:
            form.refuse(error)
            return self.page(request, device, form, status=422)
        answer = redirect("floor-start")
        keep(answer, STATION_COOKIE, device.station.code)
        keep(answer, sessions.DEVICE_COOKIE, request.COOKIES[sessions.DEVICE_COOKIE])
        return answer


@transaction.atomic
def _take_over(request: HttpRequest, device: FloorDevice, user: User, now: dt.datetime) -> None:
    """Sign the person in on the device; whoever was on it before is out."""
    principal = shifts.principal_at(device, user)
    devices.lock(device)
    shifts.end_on_device(device.pk, at=now)
    session = sessions.begin_on_device(
        request, user, principal, warehouse=device.station.warehouse.code, now=now
    )
    shifts.begin_on_device(device, user, session, at=now)


@method_decorator(login_not_required, name="dispatch")
class RegisterDevice(_DoorPage):
    """Take the code a manager read out, and make this browser a floor device."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RegistrationForm(request.POST)
        if not form.is_valid():
            return self.page(request, None, form, status=422)
        try:
            device, token = devices.register(form.cleaned_data["code"], at=clock.now())
        except DomainError as error:
            form.refuse(error, "code")
            return self.page(request, None, form, status=422)
        answer = redirect("floor-badge")
        keep(answer, sessions.DEVICE_COOKIE, token)
        keep(answer, STATION_COOKIE, device.station.code)
        return answer


class SwitchWorker(FloorView, View):
    """End this shift and this sign-in; the next worker scans a badge."""

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key or ""
        shifts.leave(request.user, key, at=clock.now())
        logout(request)
        return sign_in_first(request) if _has_device(request) else redirect("account_login")


def _has_device(request: HttpRequest) -> bool:
    return sessions.DEVICE_COOKIE in request.COOKIES


class Start(FloorView, TemplateView):
    """Where I stand, who else does, whether it sounds, and what I begin with."""

    template_name = "fulfillment/floor/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stations = list(self._stations())
        here = next((row for row in stations if row.code == self._chosen()), None)
        now = clock.now()
        context = self.floor_context(
            stations=stations,
            here=here,
            printers=list(here.printers.select_related("printer").order_by("media"))
            if here
            else [],
            people_on=shifts.people_at(here, now=now) if here else [],
            work=[name for name, (right, _url) in WORK.items() if self.principal.may(right)],
            scan_url="",
        )
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        code = self._chosen() or request.POST.get("station", "")
        here = self._stations().filter(code=code).first()
        right, target = WORK.get(request.POST.get("work", ""), ("", "floor-home"))
        answer = redirect(target if not right or self.principal.may(right) else "floor-home")
        if here is None:
            return answer
        if not sessions.is_badge(request.session):
            key = request.session.session_key or ""
            shifts.settle(request.user.pk, key, here, at=clock.now())
        keep(answer, STATION_COOKIE, code)
        return answer

    def _stations(self) -> Any:
        visible = Station.objects.visible_to(self.principal).filter(is_active=True)
        return visible.select_related("warehouse").order_by("code")

    def _chosen(self) -> str:
        """Return the station: fixed on a shared device, remembered on any other browser."""
        if not sessions.is_badge(self.request.session):
            posted = self.request.POST.get("station", "")
            return posted or self.request.COOKIES.get(STATION_COOKIE, "")
        device = devices.find(sessions.device_hash(self.request))
        return device.station.code if device else ""
