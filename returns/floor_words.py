"""What the return floor says: verdicts on scans, checks, grades' ways. Translated when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

#: Title and sentence by verdict code; `%(...)s` is what was scanned and what is wanted.
VERDICTS: Mapping[str, tuple[Any, Any]] = {
    "PARCEL_OPENED": (_("Parcel open"), _("Scan every item in it, then CMD-OK.")),
    "PARCEL_NAMED": (_("Return %(number)s"), _("Scan every item in it, then CMD-OK.")),
    "PARCEL_DONE": (_("Taken in"), _("Put the goods of %(number)s into %(bin)s.")),
    "UNDELIVERED_SHELVED": (
        _("Back on the shelf"),
        _("Carry the goods of %(number)s to %(bin)s. Then scan the next parcel."),
    ),
    "PARCEL_LEFT": (_("Left"), _("Nothing of this parcel is kept. Scan the next one.")),
    "PARCEL_WEIGHED": (_("Weighed"), _("%(weight)s g are kept.")),
    "SCAN_PARCEL": (
        _("Scan parcel"),
        _("Scan the return, label or order number on the parcel first."),
    ),
    "RETURN_BIN_SET": (_("Bin %(bin)s"), _("The goods of this parcel wait in %(bin)s.")),
    "ITEM_COUNTED": (_("Counted"), _("%(sku)s: %(counted)s of %(announced)s.")),
    "ITEM_EXTRA": (
        _("More than announced"),
        _("%(sku)s: %(counted)s, announced are %(announced)s. Scan on; the desk decides."),
    ),
    "ITEM_NOT_ANNOUNCED": (
        _("Not announced"),
        _("%(sku)s is not on the list. It is kept apart; scan the next item."),
    ),
    "ITEM_FOREIGN": (
        _("Not ours"),
        _("It is kept for 30 days under this return. Scan the next item."),
    ),
    "UNKNOWN_ITEM": (
        _("Unknown code"),
        _("No item has the code %(scanned)s. Scan CMD-FOREIGN when it is not ours."),
    ),
    "SCAN_UNDONE": (_("Taken back"), _("The last scan does not count.")),
    "QTY_SET": (_("Units set"), _("%(counted)s units now.")),
    "COMMAND_NOT_HERE": (_("Not here"), _("%(scanned)s does nothing on this screen.")),
    "NOTHING_WAITS": (
        _("Nothing waits"),
        _("Nothing of %(scanned)s waits here to be inspected. Scan an item of the list."),
    ),
    "INSPECT_NOW": (_("Inspect"), _("Look at %(sku)s, then scan its grade.")),
    "GRADED": (_("Grade %(grade)s"), _("Scan the bin the card names, or CMD-OK without a bin.")),
    "WAY_CHOSEN": (_("Chosen"), _("Scan the bin the card names, or CMD-OK without a bin.")),
    "SEAL_KEPT": (_("Kept"), _("The seal is noted. Scan the grade.")),
    "CHECK_KEPT": (_("Noted"), _("Scan it again to take it back. Then scan the grade.")),
    "UNITS_ACCEPTED": (_("Accepted"), _("The units count as returned.")),
    "UNITS_REFUSED": (
        _("Not accepted"),
        _("No money is given back for these units. CMD-ACCEPT takes it back."),
    ),
    "UNITS_LEFT": (_("Left"), _("Nothing is kept. The units wait for the next inspection.")),
    "UNITS_DONE": (_("Done"), _("%(qty)s of %(sku)s are booked. The next item is on the card.")),
    "INSPECTION_DONE": (_("Return inspected"), _("All units of this return are dealt with.")),
    "ONLY_SO_MANY": (_("Too many"), _("Only %(left)s units are left to inspect.")),
    "GRADE_OR_BIN": (_("Grade it"), _("Scan a grade, CMD-GRADE-A to CMD-GRADE-D, or a bin.")),
    "GRADE_MISSING": (_("Grade it"), _("Scan a grade first, CMD-GRADE-A to CMD-GRADE-D.")),
    "DISPOSITION_REFUSED": (
        _("Not possible"),
        _("That is not possible for these goods. Choose another way."),
    ),
    "SCAN_SHELF": (_("Scan bin"), _("These goods are for sale: scan the bin they go to, %(bin)s.")),
    "NO_BIN_NEEDED": (_("No bin"), _("These goods leave the books. Scan CMD-OK.")),
}
REFUSED = (_("Not possible"), "%(text)s")
NO_PHOTO = _("No photo was taken. Take one, then keep it.")

#: What is looked at, by code of `domain.grading.CHECKLISTS`.
CHECKS: Mapping[str, Any] = {
    "RIGHT_ITEM": _("It is the item on the card"),
    "COMPLETE": _("All parts are there"),
    "NO_DAMAGE": _("No damage to see"),
    "NOT_USED": _("No trace of use"),
    "TAGS_ON": _("Tags are on it"),
    "NOT_WORN": _("It was not worn"),
    "CLEAN": _("It is clean"),
    "NO_SMELL": _("It has no smell"),
    "ACCESSORIES": _("Cables and manual are there"),
    "SWITCHES_ON": _("It switches on"),
    "DATA_ERASED": _("No data of the customer on it"),
    "SEAL_INTACT": _("The seal is intact"),
    "BEST_BEFORE": _("The date is long enough"),
}

#: What the card calls each way, and the command that chooses it.
WAYS: Mapping[str, tuple[Any, str]] = {
    "restock": (_("Back on the shelf"), "CMD-RESTOCK"),
    "open_box": (_("Sell as opened"), "CMD-OPENBOX"),
    "refurbish": (_("Repair"), "CMD-REPAIR"),
    "scrap": (_("Scrap"), "CMD-SCRAP"),
    "donate": (_("Donate"), "CMD-DONATE"),
    "supplier": (_("Claim from supplier"), "CMD-SUPPLIER"),
    "quarantine": (_("Keep apart"), "CMD-HOLD"),
}

#: The tones the page plays.
TONES: Mapping[str, str] = {
    "accept": "high",
    "complete": "rising",
    "warn": "low",
    "reject": "double-low",
}


def title_and_text(code: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the translated title and sentence of a verdict; a service's refusal brings its own."""
    title, text = VERDICTS.get(code, REFUSED)
    filled = _Filled(data)
    if "text" in data:
        return str(title) % filled, translate(str(data["text"]))
    return str(title) % filled, str(text) % filled


class _Filled(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"
