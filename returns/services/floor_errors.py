"""What the return floor refuses."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StateConflict, gettext_noop


class ArrivalNotFound(NotFound):
    """No returned parcel has this id."""

    code = "ARRIVAL_NOT_FOUND"
    text = gettext_noop("This parcel is not on the list of returns. Scan its label again.")


class ArrivalClosed(StateConflict):
    """The parcel is taken in, or its opening was cancelled."""

    code = "ARRIVAL_CLOSED"
    text = gettext_noop("This parcel is taken in already. Scan the next one.")


class ArrivalUnknown(StateConflict):
    """Nobody has said whose parcel it is."""

    code = "ARRIVAL_UNKNOWN"
    text = gettext_noop(
        "Nobody knows whose parcel this is. Scan its order, or CMD-NEW for a return without one."
    )


class ArrivalNamed(StateConflict):
    """The parcel belongs to a return, so it can't be given to another one."""

    code = "ARRIVAL_NAMED"
    text = gettext_noop("This parcel belongs to %(number)s. Finish it, then scan the next one.")


class NothingCounted(StateConflict):
    """A parcel is finished with nothing in it, and nobody said that it is empty."""

    code = "NOTHING_COUNTED"
    text = gettext_noop("Nothing is counted. Scan an item, or CMD-EMPTY when the parcel is empty.")


class PhotosMissingHere(StateConflict):
    """An empty parcel needs photos before it is believed."""

    code = "ARRIVAL_PHOTOS_MISSING"
    text = gettext_noop("Take a photo of the empty parcel first; the customer will ask for it.")


class WeightMissing(InputRefused):
    """An empty parcel is weighed."""

    code = "ARRIVAL_WEIGHT_MISSING"
    text = gettext_noop("Weigh the empty parcel: scan CMD-WEIGHT- with its grams.")


class NoReturnBin(StateConflict):
    """The warehouse has no place for goods that come back."""

    code = "NO_RETURN_BIN"
    text = gettext_noop(
        "%(warehouse)s has no bin for returns. Ask the manager for one of the kind quarantine."
    )


class NotAReturnBin(StateConflict):
    """Goods that nobody inspected may not lie among goods for sale."""

    code = "NOT_A_RETURN_BIN"
    text = gettext_noop(
        "%(bin)s is no bin for returns. Scan one of the kind quarantine, receiving or damaged."
    )


class UnitsInspected(StateConflict):
    """Somebody has dealt with these units: each is restocked once."""

    code = "UNITS_INSPECTED"
    text = gettext_noop("Only %(left_qty)s units are left to inspect. Scan the next item.")


class UnitsStillHeld(StateConflict):
    """Goods nobody asked for wait for word from the customer."""

    code = "UNITS_STILL_HELD"
    text = gettext_noop(
        "The customer may still ask for these goods. Keep them apart until %(day)s."
    )


class DispositionRefused(StateConflict):
    """Such goods can't become this."""

    code = "DISPOSITION_REFUSED"
    text = gettext_noop("That is not possible for these goods. Choose another way, or CMD-HOLD.")


class ShelfRefused(StateConflict):
    """The scanned bin does not fit what is to go there; `why` says in what."""

    code = "SHELF_REFUSED"
    text = gettext_noop("%(bin)s is not right for these goods. Scan the bin the card names.")


class GradeMissing(InputRefused):
    """Goods go nowhere before somebody graded them."""

    code = "GRADE_MISSING"
    text = gettext_noop("Grade the item first: scan CMD-GRADE-A to CMD-GRADE-D.")
