"""Words of kitting: kits built and taken apart."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "KIT_ORDER_CLOSED": Words(
        gettext_noop("Nothing to do"), gettext_noop("Work order %(scanned)s is not on the floor.")
    ),
    "SCAN_COMPONENT": Words(
        gettext_noop("Scan item"), gettext_noop("Scan a component, or the kit %(kit)s.")
    ),
    "NOT_IN_KIT": Words(
        gettext_noop("Not in the kit"), gettext_noop("%(scanned)s is no part of %(kit)s.")
    ),
    "NO_KITS_LEFT": Words(
        gettext_noop("All made"), gettext_noop("No kit is left. Scan CMD-OK to finish.")
    ),
    "PART_LEFT_OUT": Words(
        gettext_noop("Build without"),
        gettext_noop("Too few %(wanted)s for a kit, and it is optional: build without it."),
    ),
    "NOT_IN_THIS_KIT": Words(
        gettext_noop("Not in this kit"),
        gettext_noop("This kit was built without %(scanned)s. Scan %(wanted)s."),
    ),
    "KIT_COMPONENT_OOS": Words(
        gettext_noop("None left"),
        gettext_noop("No more %(wanted)s is claimed. Scan CMD-OK to close, or tell the manager."),
    ),
    "PART_COMPLETE": Words(
        gettext_noop("Enough"), gettext_noop("%(scanned)s is complete for this kit.")
    ),
    "SCAN_PART_LOT": Words(
        gettext_noop("Scan lot"), gettext_noop("Scan the lot of %(sku)s: take %(wanted)s.")
    ),
    "WRONG_PART_LOT": Words(
        gettext_noop("Wrong lot"),
        gettext_noop("This is lot %(scanned)s. Take lot %(wanted)s: it expires first."),
    ),
    "PART_OK": Words(gettext_noop("Counted"), gettext_noop("Still to scan: %(wanted)s.")),
    "SCAN_KIT_NOW": Words(
        gettext_noop("Kit complete"),
        gettext_noop("Scan %(kit)s to confirm it, or CMD-QTY for more of the same lots."),
    ),
    "PART_SCRAPPED": Words(
        gettext_noop("Scrapped"), gettext_noop("%(sku)s is booked out. Take another one.")
    ),
    "PART_SCRAPPED_LAST": Words(
        gettext_noop("Scrapped"),
        gettext_noop("%(sku)s is booked out. There is no other one: make what you can."),
    ),
    "COMPONENTS_FIRST": Words(
        gettext_noop("Not complete"), gettext_noop("Scan %(wanted)s first, then the kit.")
    ),
    "KIT_MADE": Words(
        gettext_noop("Made"), gettext_noop("%(made)s of %(planned)s made, lot %(lot)s.")
    ),
    "LOT_RUNS_OUT": Words(
        gettext_noop("Too many"), gettext_noop("These lots reach for %(kits)s kits.")
    ),
    "KIT_OPEN": Words(
        gettext_noop("Take it apart"), gettext_noop("Scan each component that comes out.")
    ),
    "PARTS_NOW": Words(gettext_noop("Scan items"), gettext_noop("Still to scan: %(wanted)s.")),
    "SCAN_KIT_FIRST": Words(gettext_noop("Kit first"), gettext_noop("Scan a kit %(kit)s first.")),
    "PART_BACK": Words(gettext_noop("Back"), gettext_noop("Still to scan: %(wanted)s.")),
    "KIT_APART": Words(
        gettext_noop("Taken apart"), gettext_noop("%(made)s of %(planned)s are done.")
    ),
    "SCAN_BROKEN": Words(
        gettext_noop("Which one"), gettext_noop("Scan the broken component. CMD-UNDO if none is.")
    ),
    "KIT_UNFINISHED": Words(
        gettext_noop("Kit unfinished"),
        gettext_noop("Scan %(wanted)s to finish this kit, or CMD-UNDO to clear it."),
    ),
    "KITS_ARE_LEFT": Words(
        gettext_noop("Not all made"),
        gettext_noop("%(left)s of %(planned)s are left. CMD-OK again closes the order short."),
    ),
    "KIT_ORDER_DONE": Words(
        gettext_noop("Order done"), gettext_noop("%(made)s of %(planned)s. Take the next order.")
    ),
}
