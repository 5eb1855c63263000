"""A11: stations and printers, set up by managers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core import clock
from core.errors import DomainError
from core.permissions import RequireCapability
from core.views.acts import Act
from core.views.notes import leave_note
from fulfillment.forms import PrinterForm, StationForm
from fulfillment.models import Media, Printer, Station
from fulfillment.services import print_routes, printing, stations
from fulfillment.services.print_routes import PrinterDraft
from fulfillment.services.stations import StationDraft
from inventory.models import Bin, Warehouse

#: Bins that goods may lie in while a station handles them.
STATION_BINS = ("pack", "station", "dock", "receive", "ship")


class _Setup(RequireCapability, View):
    capability = "fulfillment.manage_stations"

    def warehouses(self) -> Any:
        return Warehouse.objects.visible_to(self.principal).order_by("code")

    def printers(self) -> Any:
        rows = Printer.objects.visible_to(self.principal).filter(is_active=True)
        return rows.select_related("warehouse").order_by("warehouse__code", "code")

    def stations(self) -> Any:
        rows = Station.objects.visible_to(self.principal).select_related("warehouse", "bin")
        return rows.order_by("code")

    def bins(self) -> Any:
        rows = Bin.objects.filter(
            kind__in=STATION_BINS, is_active=True, warehouse__in=self.warehouses().order_by()
        )
        return rows.select_related("warehouse").order_by("warehouse__code", "code")

    def ask(self, request: HttpRequest, form: Any, title: Any, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": title, "action": request.path}
        return render(request, "fulfillment/printing_form.html", context, status=status)


class PrintingSetup(_Setup):
    """Which printers there are, how they are, and which station uses which."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "printers": self.printers(),
            "stations": self.stations().prefetch_related("printers__printer"),
        }
        return render(request, "fulfillment/printing_setup.html", context)


class EditStation(_Setup):
    """A station, new or known."""

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        found = get_object_or_404(self.stations(), pk=pk) if pk else None
        values: dict[str, Any] = {}
        if found is not None:
            values = {
                "code": found.code,
                "name": found.name,
                "bin": str(found.bin_id),
                "kind": found.kind,
                **{row.media: str(row.printer_id) for row in found.printers.all()},
            }
        return self.ask(request, self._form(initial=values), _("Station"))

    def post(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        found = get_object_or_404(self.stations(), pk=pk) if pk else None
        form = self._form(request.POST)
        if not form.is_valid():
            return self.ask(request, form, _("Station"), 422)
        data, now, actor = form.cleaned_data, clock.now(), self.principal.actor
        place = get_object_or_404(self.bins(), pk=int(data["bin"]))
        code = found.code if found else data["code"]
        taken = Station.objects.filter(code=code).exclude(pk=found.pk if found else 0).exists()
        if taken:
            form.add_error("code", _("Another station has this code. Choose another one."))
            return self.ask(request, form, _("Station"), 422)
        draft = StationDraft(code, data["name"], place.warehouse_id, place.pk, data["kind"])
        try:
            station = stations.save_station(draft, actor=actor, at=now)
            chosen = {media: self._printer(data[media]) for media in Media.values}
            print_routes.set_printers(station, chosen, actor=actor, at=now)
        except DomainError as error:
            form.refuse(error)
            return self.ask(request, form, _("Station"), 422)
        leave_note(request, str(_("Station saved.")))
        return redirect("printing-setup")

    def _form(self, *args: Any, **kwargs: Any) -> StationForm:
        return StationForm(*args, bins=self.bins(), printers=self.printers(), **kwargs)

    def _printer(self, number: str) -> Printer | None:
        return self.printers().filter(pk=int(number)).first() if number else None


class EditPrinter(_Setup):
    """A printer, new or known."""

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        found = get_object_or_404(self.printers(), pk=pk) if pk else None
        names = ("code", "name", "mode", "media", "address")
        values = {name: getattr(found, name) for name in names} if found else {}
        if found is not None:
            values["warehouse"] = str(found.warehouse_id)
        return self.ask(request, self._form(initial=values), _("Printer"))

    def post(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        found = get_object_or_404(self.printers(), pk=pk) if pk else None
        form = self._form(request.POST)
        if not form.is_valid():
            return self.ask(request, form, _("Printer"), 422)
        data = form.cleaned_data
        code = found.code if found else data["code"]
        if found is None and Printer.objects.filter(code=code).exists():
            form.add_error("code", _("Another printer has this code. Choose another one."))
            return self.ask(request, form, _("Printer"), 422)
        place = get_object_or_404(self.warehouses(), pk=int(data["warehouse"]))
        draft = PrinterDraft(
            code, data["name"], place.pk, data["mode"], data["media"], data["address"]
        )
        try:
            print_routes.save_printer(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error, "address")
            return self.ask(request, form, _("Printer"), 422)
        leave_note(request, str(_("Printer saved.")))
        return redirect("printing-setup")

    def _form(self, *args: Any, **kwargs: Any) -> PrinterForm:
        return PrinterForm(*args, warehouses=self.warehouses(), **kwargs)


class TryPrinter(Act, View):
    """Have a printer show that it works."""

    capability = "fulfillment.manage_stations"
    title = _("Print a test page?")
    submit_text = _("Print test page")
    note = _("The test page is in the queue of the printer.")

    def rows(self) -> Any:
        return Printer.objects.visible_to(self.principal)

    def text(self, found: Printer) -> str:
        return f"{found.code} · {found.get_mode_display()} · {found.get_media_display()}"

    def do(self, found: Printer, form: Any) -> None:
        station = (
            Station.objects.filter(warehouse_id=found.warehouse_id, is_active=True)
            .order_by("code")
            .first()
        )
        printing.test_page(
            found.pk,
            station_code=station.code if station else "",
            actor=self.principal.actor,
            at=self.now,
        )

    def done_url(self, found: Printer) -> str:
        return reverse("printing-setup")
