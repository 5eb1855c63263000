"""A4 (shipping part): services, their rate cards, an import, and two tests."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.notes import leave_note
from inventory.models import Warehouse
from shipping import queries
from shipping.carriers.base import LabelOrder
from shipping.domain.label import Party
from shipping.domain.rate_file import COLUMNS
from shipping.forms import RateCheckForm, RateFileForm
from shipping.models import CarrierService, RateBreak, RateCard, ShippingZone, ZoneCountry
from shipping.services import buying, rates


class ShippingSettings(RequireCapability, View):
    """Services with the cards in force, the import of a file, and a price check."""

    capability = "shipping.view"
    write_capability = "shipping.manage"

    def get(self, request: HttpRequest) -> HttpResponse:
        check = RateCheckForm(request.GET) if "country" in request.GET else RateCheckForm()
        return self.show(RateFileForm(), check)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RateFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, RateCheckForm(), status=422)
        upload = form.cleaned_data["file"]
        try:
            done = rates.import_rates(
                upload.read(),
                source_name=upload.name,
                actor=self.principal.actor,
                at=clock.now(),
            )
        except rates.RateFileRefused as error:
            form.refuse(error, "file")
            return self.show(form, RateCheckForm(), faults=error.faults, status=422)
        except DomainError as error:
            form.refuse(error, "file")
            return self.show(form, RateCheckForm(), status=error.status)
        count = len(done.cards)
        text = ngettext(
            "%(count)s rate card imported, %(unchanged)s unchanged.",
            "%(count)s rate cards imported, %(unchanged)s unchanged.",
            count,
        )
        leave_note(request, text % {"count": count, "unchanged": done.unchanged})
        return redirect_to(request, reverse("shipping-settings"))

    def show(
        self, form: RateFileForm, check: RateCheckForm, *, faults: Any = (), status: int = 200
    ) -> HttpResponse:
        today = clock.now().date()
        context = {
            "form": form,
            "check": check,
            "options": self.options(check, today) if check.is_bound else None,
            "faults": [{"fault": fault, "fix": _(fault.fix)} for fault in faults],
            "services": self.services(today),
            "columns": ", ".join(COLUMNS),
            "may_manage": self.principal.may("shipping.manage"),
        }
        return render(self.request, "shipping/settings.html", context, status=status)

    def services(self, today):
        cards = RateCard.objects.annotate(zone_count=Count("zones")).order_by("-valid_from", "-pk")
        rows = CarrierService.objects.select_related("carrier").order_by("carrier__name", "code")
        found = list(rows.prefetch_related(Prefetch("cards", cards)))
        for service in found:
            for card in service.cards.all():
                ended = card.valid_to is not None and card.valid_to <= today
                card.standing = "over" if ended else "ok" if card.valid_from <= today else "info"
        return found

    def options(self, check, today):
        if not check.is_valid():
            return []
        typed = check.cleaned_data
        found = queries.rate_snapshot(today).options(
            typed["warehouse"], typed["country"].upper(), typed["postcode"], typed["weight_g"]
        )
        return sorted(found, key=lambda option: (option.currency, option.cost))


class RateCardDetail(RequireCapability, View):
    """One card: every zone with its places and breaks."""

    capability = "shipping.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        card = get_object_or_404(RateCard.objects.select_related("service__carrier"), pk=pk)
        zones = ShippingZone.objects.filter(card=card).order_by("warehouse_code", "code")
        zones = zones.annotate(heaviest_g=Max("breaks__max_weight_g")).prefetch_related(
            Prefetch("countries", ZoneCountry.objects.order_by("country", "postcode_prefix")),
            Prefetch("breaks", RateBreak.objects.order_by("max_weight_g")),
        )
        return render(request, "shipping/rate_card.html", {"card": card, "zones": zones})


class TestLabel(RequireCapability, View):
    """A label that goes nowhere, to try the printer with."""

    capability = "shipping.labels"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        place = Warehouse.objects.filter(is_active=True).order_by("priority", "pk").first()
        order = LabelOrder(
            reference="test-label",
            service_code="TEST",
            service_name=_("Test label"),
            parcel_reference="TEST-1",
            sender=Party(company=place.name if place else "Quayside", country="NL"),
            recipient=Party(
                name="Li Wei 李薇",
                line1=_("Not to be sent"),
                postcode="10997",
                city="Berlin",
                country="DE",
            ),
            weight_g=940,
            box_code="B2",
            formats=(kind,),
        )
        label = buying.gateway_of("builtin").buy(order)
        types = {"pdf": "application/pdf", "zpl": "text/plain; charset=us-ascii"}
        response = HttpResponse(label.files[kind], content_type=types[kind])
        response.headers["Content-Disposition"] = f'attachment; filename="test-label.{kind}"'
        return response
