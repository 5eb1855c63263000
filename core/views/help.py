"""Help (G11): shortcuts, scanner commands, the words of the product, version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.permissions import SIGNED_IN, RequireCapability

GLOSSARY = (
    (_("SKU"), _("A thing that is sold or stocked, with one code.")),
    (_("Lot"), _("Units of a SKU made or received together, with one expiry day.")),
    (_("Bin"), _("The smallest place in a warehouse that has a code.")),
    (_("ATP"), _("Available to promise: on hand, less unsellable, reserved and buffer.")),
    (_("Reservation"), _("Units promised to an order; they still lie in the warehouse.")),
    (_("Wave"), _("Shipments sent to the floor together.")),
    (_("Pick task"), _("One visit to one bin for one order.")),
    (_("Short pick"), _("Fewer units found than the task asks.")),
    (_("Backorder"), _("Units that wait for stock.")),
    (_("Cut-off"), _("The time by which an order must be packed to leave that day.")),
    (_("Promise"), _("The days between which the customer was told to expect the parcel.")),
    (_("Hold"), _("A reason that stops an order until someone releases it.")),
    (_("Manifest"), _("The parcels that one carrier takes away together.")),
)


class HelpPage(RequireCapability, TemplateView):
    capability = SIGNED_IN
    template_name = "shell/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            release = version("quayside")
        except PackageNotFoundError:
            release = "0"
        return super().get_context_data(glossary=GLOSSARY, release=release, **kwargs)
