"""What the floor refuses, as named errors."""

from __future__ import annotations

from core.errors import DomainError, StateConflict, gettext_noop


class NothingToRelease(DomainError):
    """None of the chosen shipments can go to the floor; `refused` says why for each."""

    code = "NOTHING_TO_RELEASE"
    text = gettext_noop(
        "None of the chosen shipments can be released. Open one to see what stops it."
    )


class TaskNotOpen(StateConflict):
    """The pick task was finished, skipped or cancelled meanwhile."""

    code = "TASK_NOT_OPEN"
    text = gettext_noop("This task is %(state)s already. Take the next one.")


class StepStopped(DomainError):
    """A hold or a cancellation stops this shipment; `why` is its code."""

    code = "STEP_STOPPED"
    text = gettext_noop("Stop: this shipment is blocked (%(why)s). Put the goods aside and go on.")


class ToteInUse(DomainError):
    """The tote holds another shipment's goods."""

    code = "TOTE_IN_USE"
    text = gettext_noop("Tote %(tote)s holds another order. Take an empty tote and scan it.")


class NotPicked(DomainError):
    """Packing needs every unit in the tote; `missing_qty` are still to be picked."""

    code = "NOT_PICKED"
    text = gettext_noop("%(missing_qty)s units are still to be picked. Finish the pick first.")


class NotVerified(DomainError):
    """A carton closes only when each unit was scanned; `left_qty` are not."""

    code = "NOT_VERIFIED"
    text = gettext_noop("%(left_qty)s units are not scanned yet. Scan them, then close the box.")


class TooManyUnits(DomainError):
    """More units were scanned than the carton line asks for; `left_qty` are still to scan."""

    code = "TOO_MANY"
    text = gettext_noop("%(left_qty)s are left to scan. Put the rest back.")


class BoxEmpty(DomainError):
    """The next box is opened when something lies in this one."""

    code = "BOX_EMPTY"
    text = gettext_noop("Box %(number)s is empty. Scan what goes in, then CMD-NEWBOX.")


class NoSuchBox(DomainError):
    """The shipment has fewer boxes."""

    code = "NO_SUCH_BOX"
    text = gettext_noop("There is no box %(number)s, %(count)s are open or closed.")


class LastUnitStays(DomainError):
    """A box with a later box closed keeps its number, so it keeps a unit too."""

    code = "LAST_UNIT_STAYS"
    text = gettext_noop("A later box is closed, so the last unit stays in box %(number)s.")


class NothingAsked(DomainError):
    """CMD-OK answers a question about box or weight; none is open."""

    code = "NOTHING_ASKED"
    text = gettext_noop("Nothing is to be confirmed. Scan the box.")


class BoxesOpen(DomainError):
    """A shipment leaves whole: all its parcels go onto one manifest."""

    code = "BOXES_OPEN"
    text = gettext_noop(
        "Box %(number)s of shipment %(shipment)s is not on this manifest. Scan it, or take the "
        "others off."
    )


class CartonIsClosed(StateConflict):
    """The box is closed and its label ordered."""

    code = "CARTON_IS_CLOSED"
    text = gettext_noop("This box is closed. A supervisor can reopen the shipment.")


class WeightMissing(DomainError):
    """A carton closes with its weight."""

    code = "WEIGHT_MISSING"
    status = 422
    text = gettext_noop("Enter the weight in grams, more than 0, then close the box.")


class ParcelNotReady(DomainError):
    """The parcel is not packed and labeled, so the carrier can't take it."""

    code = "PARCEL_NOT_READY"
    text = gettext_noop("Parcel %(parcel)s is not packed and labeled. Finish packing first.")


class ParcelGone(StateConflict):
    """The parcel was handed over on an earlier manifest."""

    code = "PARCEL_GONE"
    text = gettext_noop("Parcel %(parcel)s has left already. Put it aside and ask a supervisor.")


class ParcelElsewhere(DomainError):
    """The parcel was packed in another warehouse, whose stock must not leave from here."""

    code = "PARCEL_ELSEWHERE"
    text = gettext_noop("Parcel %(parcel)s belongs to another warehouse. Put it aside.")


class ParcelCancelled(DomainError):
    """The parcel's shipment was cancelled or is held; it stays here."""

    code = "PARCEL_STOPPED"
    text = gettext_noop("Parcel %(parcel)s must not leave (%(why)s). Put it on the hold shelf.")


class ParcelRelabelled(StateConflict):
    """The parcel got another label after its scan: the box carries the voided one."""

    code = "PARCEL_RELABELLED"
    text = gettext_noop(
        "Parcel %(parcel)s has another label since its scan. Take it off, stick the new label on, "
        "then scan it again."
    )


class WrongCarrier(DomainError):
    """The parcel belongs to another carrier than the manifest."""

    code = "WRONG_CARRIER"
    text = gettext_noop("Parcel %(parcel)s goes with %(carrier)s. Scan it onto that manifest.")


class ManifestClosed(StateConflict):
    """The manifest was handed over; nothing can be added."""

    code = "MANIFEST_CLOSED"
    text = gettext_noop("Manifest %(number)s is handed over. Open a new one.")


class ManifestEmpty(DomainError):
    """A manifest without parcels can't be handed over."""

    code = "MANIFEST_EMPTY"
    text = gettext_noop("Manifest %(number)s holds no parcel. Scan the parcels first.")


class PutBackOpenElsewhere(StateConflict):
    """The put-back task is done already."""

    code = "PUT_BACK_DONE"
    text = gettext_noop("This put-back is done already. Take the next task.")


class DecisionMade(StateConflict):
    """Somebody decided on the short shipment meanwhile."""

    code = "DECISION_MADE"
    text = gettext_noop("This was decided meanwhile: %(choice)s. Reload the order.")
