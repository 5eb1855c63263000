"""What arrivals and receipts refuse, as named errors."""

from __future__ import annotations

from core.errors import DomainError, InputRefused, NotFound, StateConflict, gettext_noop


class SupplierMissing(NotFound):
    """No such supplier, or it is not in use."""

    code = "SUPPLIER_MISSING"
    text = gettext_noop("Supplier %(supplier)s is not in use here. Choose another one.")


class PlaceMissing(NotFound):
    """No such warehouse."""

    code = "ARRIVAL_WAREHOUSE_MISSING"
    text = gettext_noop("Warehouse %(warehouse)s does not exist. Choose another one.")


class SkuMissing(NotFound):
    """An announced SKU is unknown; receiving never creates one."""

    code = "ARRIVAL_SKU_MISSING"
    text = gettext_noop("SKU %(sku)s does not exist. Create it under Products, then announce it.")


class NothingAnnounced(InputRefused):
    """An arrival is announced without lines, or with a line of no units."""

    code = "NOTHING_ANNOUNCED"
    text = gettext_noop("Name at least one SKU with 1 unit or more.")


class BadSscc(InputRefused):
    """An SSCC has 18 digits, the last one a check digit."""

    code = "BAD_SSCC"
    text = gettext_noop("%(sscc)s is not an SSCC: 18 digits with a check digit.")


class ArrivalKnown(StateConflict):
    """The supplier's number was announced before."""

    code = "ARRIVAL_KNOWN"
    text = gettext_noop("%(reference)s of this supplier is announced already as %(number)s.")


class ArrivalState(StateConflict):
    """The arrival can't do this in its state."""

    code = "ARRIVAL_STATE"
    text = gettext_noop("Arrival %(number)s is %(state)s. Open it to see what can be done.")


class ReceiptClosed(StateConflict):
    """The receipt is finished or waits for its inspection only."""

    code = "RECEIPT_CLOSED"
    text = gettext_noop("Receipt %(number)s is finished. Open the arrival to count more.")


class StillCounting(StateConflict):
    """Somebody still counts this arrival."""

    code = "STILL_COUNTING"
    text = gettext_noop("Receipt %(receipt)s is still being counted. Finish it first.")


class NoDock(DomainError):
    """The warehouse has no bin where goods could arrive."""

    code = "NO_DOCK"
    text = gettext_noop("Warehouse %(warehouse)s has no dock. Create a bin of kind receiving.")


class NotAnnounced(DomainError):
    """The SKU is not on this arrival: it is held as unidentified goods."""

    code = "NOT_ANNOUNCED"
    text = gettext_noop("%(sku)s was not announced here. Scan CMD-HOLD to hold it apart.")


class LotMissingAtDock(InputRefused):
    """A lot-tracked SKU arrives without its lot (X17)."""

    code = "LOT_NEEDED"
    text = gettext_noop("%(sku)s is tracked by lot. Scan the lot, or CMD-HOLD to hold it apart.")


class ExpiryMissing(InputRefused):
    """A new lot arrives without its expiry (X17)."""

    code = "EXPIRY_NEEDED"
    text = gettext_noop(
        "Lot %(lot)s is new here. Scan its expiry date, or CMD-HOLD to hold it apart."
    )


class LotExpired(StateConflict):
    """The lot is past its last day; nobody may accept it."""

    code = "LOT_EXPIRED"
    text = gettext_noop("Lot %(lot)s expired on %(expires_on)s. Scan CMD-HOLD to hold it apart.")


class LotShortDated(StateConflict):
    """The lot lives too short; a supervisor may accept it."""

    code = "LOT_SHORT_DATED"
    text = gettext_noop(
        "Lot %(lot)s expires on %(expires_on)s, too soon to accept. Scan a supervisor's badge, or "
        "CMD-HOLD to hold it apart."
    )


class NothingToUndoHere(StateConflict):
    """The receipt has no line that could be taken back."""

    code = "NOTHING_TO_UNDO"
    text = gettext_noop("Nothing is booked on this receipt yet.")


class TooLateToUndoReceipt(StateConflict):
    """The units were moved on, so the scan can't be taken back here."""

    code = "RECEIPT_MOVED_ON"
    text = gettext_noop("These units were moved on. Ask a supervisor to correct the stock.")


class InspectionDone(StateConflict):
    """The sample was answered meanwhile."""

    code = "INSPECTION_DONE"
    text = gettext_noop("This sample was answered already. Take the next one.")


class FailedTooMany(InputRefused):
    """More units failed than were inspected."""

    code = "FAILED_TOO_MANY"
    text = gettext_noop("Only %(sample_qty)s units are inspected, so %(failed_qty)s can't fail.")


class NotFreeToPutAway(StateConflict):
    """Fewer units may leave the dock than were asked for."""

    code = "NOT_FREE_TO_PUT_AWAY"
    text = gettext_noop(
        "%(free_qty)s units of %(sku)s may leave this dock. Finish the receipt and its inspection "
        "first."
    )


class BinRefused(StateConflict):
    """The bin must not take these goods; `why` is a code of `inventory.domain.put_away`."""

    code = "BIN_REFUSED"
    text = gettext_noop("Bin %(bin)s can't take %(sku)s (%(why)s). Take one of the bins shown.")


class PromisedMeanwhile(StateConflict):
    """The units are promised to orders since they were put away."""

    code = "PROMISED_MEANWHILE"
    text = gettext_noop("These units are promised to orders already. Move them to another bin.")


class ReasonNeeded(InputRefused):
    """An open quantity is given up without saying why."""

    code = "SHORT_REASON_NEEDED"
    text = gettext_noop("Choose why the rest will not come.")


class GoodsSettled(StateConflict):
    """The unidentified goods were settled meanwhile."""

    code = "GOODS_SETTLED"
    text = gettext_noop("%(number)s is %(state)s already. Reload the page.")


class PhotoMissing(DomainError):
    """Goods may leave the hold only with a picture of what they were."""

    code = "PHOTO_MISSING"
    text = gettext_noop("%(number)s has no photo. Add one at the dock, then settle it.")
