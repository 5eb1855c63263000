"""Create an order by hand (O3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from customers.domain.drafts import AddressDraft
from inventory.models import Sku, StockLevel
from orders.domain.drafts import LineDraft, OrderDraft
from orders.forms import NewOrderForm, active_channels
from orders.services import delivery, placing

LEVELS = {
    "same_day": gettext_lazy("Same day"),
    "two_day": gettext_lazy("2 days"),
    "standard": gettext_lazy("Standard"),
}


class NewOrder(RequireCapability, View):
    """Type in recipient and lines; the order is placed, routed and reserved at once."""

    capability = "orders.create"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = NewOrderForm(channels=active_channels(self.principal))
        return render(request, "orders/new.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewOrderForm(request.POST, channels=active_channels(self.principal))
        if not form.is_valid():
            return self._again(request, form)
        try:
            placed = placing.place(
                [self._draft(form)], actor=self.principal.actor, as_of=clock.now(), source="screen"
            ).orders[0]
        except DomainError as error:
            form.add_error(None, str(error))
            return self._again(request, form)
        messages.success(request, _("Order %(number)s placed.") % {"number": placed.number})
        return redirect_to(request, reverse("order", args=[placed.order_id]))

    def _draft(self, form: NewOrderForm) -> OrderDraft:
        data = form.cleaned_data
        return OrderDraft(
            channel=data["channel"],
            external_id=f"desk-{data['submission_key']}",
            placed_at=clock.now(),
            email=data["email"],
            service_code=data["service_code"],
            ship_to=AddressDraft(
                name=data["name"],
                line1=data["line1"],
                postcode=data["postcode"],
                city=data["city"],
                country=data["country"],
            ),
            lines=tuple(
                LineDraft(sku=code, qty=qty, unit_price=Decimal(price))
                for code, qty, price in form.line_values()
            ),
        )

    def _again(self, request: HttpRequest, form: NewOrderForm) -> HttpResponse:
        return render(request, "orders/new.html", {"form": form}, status=422)


class DeliveryChoice(RequireCapability, View):
    """The deliveries that what is typed so far can have now, to choose one (A-26)."""

    capability = "orders.create"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewOrderForm(request.POST, channels=active_channels(self.principal))
        draft = form.basket(clock.now())
        options, problem = [], ""
        if draft is None:
            problem = _("Choose a channel and a country, and add a line with its quantity.")
        else:
            try:
                options = delivery.list_options(draft, as_of=draft.placed_at)
            except DomainError as error:
                problem = str(error)
        context: dict[str, Any] = {
            "form": form,
            "shows_delivery": True,
            "options": [(one, LEVELS[one.level]) for one in options],
            "problem": problem,
            "chosen": request.POST.get("service_code", ""),
        }
        fragment = wants_partial(request)
        template = "orders/delivery_options.html" if fragment else "orders/new.html"
        return mark_varying(render(request, template, context), fragment=fragment)


class Availability(RequireCapability, View):
    """What a SKU typed into the form has to promise, warehouse by warehouse."""

    capability = "orders.create"

    def get(self, request: HttpRequest) -> HttpResponse:
        values = [value for key, value in request.GET.items() if key.startswith("sku_")]
        code = (values[0] if values else request.GET.get("sku", "")).strip()[:64]
        sku = Sku.objects.filter(code=code).first() if code else None
        levels = (
            StockLevel.objects.visible_to(self.principal)
            .filter(sku=sku)
            .select_related("warehouse")
            .order_by("warehouse__code")
            if sku
            else []
        )
        rows = [
            (level.warehouse.code, level.on_hand - level.unsellable - level.reserved - level.buffer)
            for level in levels
        ]
        answer = render(
            request, "orders/availability.html", {"code": code, "sku": sku, "rows": rows}
        )
        return mark_varying(answer, fragment=wants_partial(request))
