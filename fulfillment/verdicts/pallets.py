"""Words of pallets."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "CARTON_ON_PALLET": Words(
        gettext_noop("On the pallet"), gettext_noop("%(counted)s cartons. Scan the next.")
    ),
    "CARTON_KNOWN": Words(
        gettext_noop("Already there"), gettext_noop("%(scanned)s stands on this pallet.")
    ),
    "PALLET_CLOSED": Words(
        gettext_noop("Pallet closed"), gettext_noop("The label prints. Stick it on two sides.")
    ),
    "PALLET_LOADED": Words(
        gettext_noop("Pallet loaded"),
        gettext_noop("%(units)s parcels. %(loaded)s of %(expected)s are on the van."),
    ),
}
