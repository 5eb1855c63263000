"""The set-up checklist (A1): ten steps from an empty installation to the first parcel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.models import User
from core.permissions import RequireCapability
from fulfillment.models import Station
from inventory.models import Bin, Sku, StockLevel, Warehouse
from orders.models import Channel, Order, Shipment
from shipping.models import Carrier, RateCard


@dataclass(frozen=True)
class Step:
    """One step: done when its query finds a row; `url_names` lead to where it is done."""

    text: str | Promise
    why: str | Promise
    rows: Callable[[], QuerySet[Any]]
    url_names: tuple[str, ...]


STEPS = (
    Step(
        _("Add a warehouse"),
        _("Orders are routed to it; its cut-off and calendar make the promise."),
        Warehouse.objects.all,
        ("bins-index",),
    ),
    Step(
        _("Create bins"),
        _("Every unit lies in a bin with a code that can be scanned."),
        lambda: Bin.objects.exclude(warehouse=None),
        ("bins-index",),
    ),
    Step(
        _("Load products"),
        _("SKUs with barcode, weight and customs data."),
        Sku.objects.all,
        ("imports-index", "imports"),
    ),
    Step(
        _("Load opening stock"),
        _("From here on the ledger knows every unit."),
        lambda: StockLevel.objects.filter(on_hand__gt=0),
        ("imports-index", "imports"),
    ),
    Step(
        _("Add a channel"),
        _("Where orders come from, and its rules for partial stock and routing."),
        Channel.objects.all,
        ("channels-index", "orders-index"),
    ),
    Step(
        _("Add a carrier"),
        _("The built-in one prints real labels offline."),
        Carrier.objects.all,
        ("services-index", "shipping-services"),
    ),
    Step(
        _("Load a rate card"),
        _("Routing compares what each parcel costs."),
        RateCard.objects.all,
        ("services-index", "shipping-services"),
    ),
    Step(
        _("Invite people"),
        _("One account per person, with a role and warehouses."),
        lambda: User.objects.filter(is_active=True)[1:2],
        ("users-index",),
    ),
    Step(
        _("Register a station"),
        _("A tablet or pack bench that knows where it stands."),
        lambda: Station.objects.filter(is_active=True),
        ("floor-home",),
    ),
    Step(
        _("Ship a test order"),
        _("From the order desk to the tracking page."),
        lambda: Shipment.objects.filter(status__in=("shipped", "delivered")),
        ("orders-index",),
    ),
)


class SetupChecklist(RequireCapability, TemplateView):
    capability = "settings.manage"
    template_name = "shell/setup.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = [
            {
                "text": step.text,
                "why": step.why,
                "is_done": step.rows().exists(),
                "url": _first_url(step.url_names),
            }
            for step in STEPS
        ]
        return super().get_context_data(
            steps=steps,
            done_count=sum(bool(step["is_done"]) for step in steps),
            has_orders=Order.objects.exists(),
            **kwargs,
        )


def _first_url(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
