"""The components of a kit: what goes in, how many, which may be left out, who bears the price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from inventory.forms import KitPartsForm
from inventory.models import Bom, BomLine, Sku
from inventory.services import kits


class KitParts(RequireCapability, View):
    """Make the next version of a kit's components; open orders keep the one they have."""

    capability = "inventory.manage_products"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        kit = self._kit(pk)
        return _answer(request, kit, KitPartsForm(initial=_stored(kit)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        kit, form = self._kit(pk), KitPartsForm(request.POST)
        if not form.is_valid():
            return _answer(request, kit, form, 422)
        try:
            kits.save_bom(kit.code, form.drafts(), actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return _answer(request, kit, form, 422)
        return redirect_to(request, reverse("sku", args=[kit.pk]))

    def _kit(self, pk: int) -> Sku:
        return get_object_or_404(Sku.objects.visible_to(self.principal), pk=pk, kind__in=kits.KITS)


def _stored(kit: Sku) -> dict[str, Any]:
    """Return the current version as the form shows it, shares in per cent."""
    current = Bom.objects.current().filter(kit=kit).first()
    lines = BomLine.objects.filter(bom=current).select_related("component").order_by("pk")
    return {
        f"{name}_{number}": value
        for number, line in enumerate(lines, 1)
        for name, value in (
            ("sku", line.component.code),
            ("qty", line.qty),
            ("share", (line.price_share * Decimal(100)).normalize()),
            ("optional", line.is_optional),
        )
    }


def _answer(request: HttpRequest, kit: Sku, form: KitPartsForm, status: int = 200) -> HttpResponse:
    context = {"kit": kit, "form": form}
    return render(request, "inventory/kit_parts.html", context, status=status)
