"""Words of boxes at the pack station: several, one that looks small, one that weighs off."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "BOX_OPENED": Words(
        gettext_noop("New box"), gettext_noop("This is the next box. Scan what goes in.")
    ),
    "BROUGHT_HERE": Words(
        gettext_noop("In this box"), gettext_noop("%(scanned)s was meant for box %(box)s.")
    ),
    "MOVED_HERE": Words(
        gettext_noop("Moved here"),
        gettext_noop("%(scanned)s came out of box %(box)s. Is it in your hand? Go on."),
    ),
    "BOX_LOOKS_SMALL": Words(
        gettext_noop("Box looks small"),
        gettext_noop("No packing into %(scanned)s was found. Scan it again if all is in."),
    ),
    "WEIGHT_OFF": Words(
        gettext_noop("Weight differs"),
        gettext_noop(
            "The scale says %(weighed)s g, expected are %(expected)s g. Look inside, weigh again "
            "or CMD-OK."
        ),
    ),
    "WEIGHED": Words(gettext_noop("Weighed"), gettext_noop("%(weighed)s g. Go on.")),
    "BOX_DONE": Words(gettext_noop("Box done"), gettext_noop("Go on with the next open box.")),
    "BOX_EMPTY": Words(
        gettext_noop("Box is empty"), gettext_noop("Scan what goes in, then open the next box.")
    ),
    "NO_SUCH_BOX": Words(
        gettext_noop("No such box"), gettext_noop("There is no box %(number)s, only %(count)s.")
    ),
    "LAST_UNIT_STAYS": Words(
        gettext_noop("Last unit stays"),
        gettext_noop("A later box is closed, so one unit stays in box %(number)s."),
    ),
    "NOTHING_ASKED": Words(
        gettext_noop("Nothing to confirm"), gettext_noop("Scan the box to close it.")
    ),
    "BOXES_OPEN": Words(
        gettext_noop("Box missing"),
        gettext_noop("Box %(number)s of shipment %(shipment)s is not on the manifest. Scan it."),
    ),
}
