"""M12: the shared devices of the floor, registered and revoked by managers."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core import clock
from core.permissions import RequireCapability
from core.reauth import RecentSignIn
from core.views.acts import Act
from fulfillment.forms import DeviceForm
from fulfillment.models import FloorDevice, Shift, Station
from fulfillment.services import devices


class DeviceList(RequireCapability, View):
    """Which devices stand where, and who works on them now."""

    capability = "fulfillment.manage_stations"

    def get(self, request: HttpRequest) -> HttpResponse:
        on_now = Shift.objects.open().select_related("user").order_by("pk")
        rows = (
            FloorDevice.objects.visible_to(self.principal)
            .filter(revoked_at__isnull=True)
            .select_related("station__warehouse")
            .prefetch_related(Prefetch("shifts", on_now, to_attr="shifts_on"))
            .order_by("station__code", "name", "pk")
        )
        context = {"devices": rows, "now": clock.now(), "stations": self._stations()}
        return render(request, "fulfillment/devices.html", context)

    def _stations(self) -> list[Station]:
        visible = Station.objects.visible_to(self.principal).filter(is_active=True)
        return list(visible.order_by("code")[:1])


class NewDevice(RequireCapability, RecentSignIn, View):
    """Open a row for a device and show the code that registers it, once."""

    capability = "fulfillment.manage_stations"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, DeviceForm(stations=self._stations()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DeviceForm(request.POST, stations=self._stations())
        if not form.is_valid():
            return self._page(request, form, 422)
        station = get_object_or_404(self._stations(), code=form.cleaned_data["station"])
        device, code = devices.open_device(
            station, form.cleaned_data["name"], actor=self.principal.actor, at=clock.now()
        )
        context = {"device": device, "code": code, "url": reverse("floor-badge")}
        return render(request, "fulfillment/device_code.html", context)

    def _stations(self) -> Any:
        visible = Station.objects.visible_to(self.principal).filter(is_active=True)
        return visible.order_by("code")

    def _page(self, request: HttpRequest, form: DeviceForm, status: int = 200) -> HttpResponse:
        return render(request, "fulfillment/device_new.html", {"form": form}, status=status)


class RevokeDevice(Act, View):
    """Shut a device: lost, stolen, or moved to another station."""

    capability = "fulfillment.manage_stations"
    title = _("Revoke this device?")
    submit_text = _("Revoke device")
    danger = True
    note = _("The device is revoked. Whoever worked on it is signed out.")

    def rows(self) -> Any:
        return FloorDevice.objects.visible_to(self.principal)

    def text(self, found: FloorDevice) -> str:
        return gettext(
            "%(name)s takes no badge any more, and who works on it is signed out at once. "
            "To use it again, register it anew."
        ) % {"name": found.name}

    def do(self, found: FloorDevice, form: Any) -> None:
        devices.revoke(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found: FloorDevice) -> str:
        return reverse("floor-devices")
