"""Words of the insert step at the pack station."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "SCAN_INSERT_NOW": Words(
        gettext_noop("Scan insert"),
        gettext_noop("Add %(insert)s and scan it. None left: CMD-SHORT."),
    ),
    "INSERT_OK": Words(gettext_noop("In the box"), gettext_noop("Next insert: %(insert)s.")),
    "INSERT_SKIPPED": Words(
        gettext_noop("Skipped"),
        gettext_noop("%(insert)s is left out. The next step is on the card."),
    ),
    "INSERT_ALTERNATE": Words(
        gettext_noop("Take the other"), gettext_noop("Add %(insert)s instead and scan it.")
    ),
    "INSERT_BLOCKS": Words(
        gettext_noop("To hold shelf"),
        gettext_noop(
            "This parcel does not leave without %(insert)s. Put the tote on the hold shelf."
        ),
    ),
    "EXTRAS_LEFT": Words(
        gettext_noop("Scan insert"), gettext_noop("%(sku)s is not in the box yet. Scan it.")
    ),
    "EXTRA_DECIDED": Words(
        gettext_noop("Already decided"), gettext_noop("%(sku)s is done. Scan the next one.")
    ),
    "NO_CODE_LEFT": Words(
        gettext_noop("No code left"),
        gettext_noop("Campaign %(campaign)s has no code left. Scan CMD-SHORT to go on."),
    ),
    "CODE_TAKEN": Words(
        gettext_noop("Code is used"),
        gettext_noop(
            "%(scanned)s lies in another parcel. Put this card aside and take another one."
        ),
    ),
}
