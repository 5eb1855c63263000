"""Words of picking, packing, dispatch, put-backs and of every floor screen."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "BIN_OK": Words(gettext_noop("Right bin"), gettext_noop("Scan the item: %(sku)s.")),
    "ITEM_OK": Words(
        gettext_noop("Counted"), gettext_noop("%(counted)s of %(qty)s. Scan the next.")
    ),
    "SCAN_LOT_NOW": Words(gettext_noop("Scan lot"), gettext_noop("Scan lot %(lot)s on the box.")),
    "SCAN_TOTE_NOW": Words(gettext_noop("To the tote"), gettext_noop("Scan tote %(tote)s.")),
    "TASK_DONE": Words(gettext_noop("Done"), gettext_noop("The next task is on the card.")),
    "SCAN_BIN_FIRST": Words(gettext_noop("Bin first"), gettext_noop("Scan bin %(bin)s first.")),
    "SCAN_ITEM_NOW": Words(gettext_noop("Scan item"), gettext_noop("Scan the item: %(sku)s.")),
    "WRONG_BIN": Words(
        gettext_noop("Wrong bin"), gettext_noop("This is %(scanned)s. Go to bin %(bin)s.")
    ),
    "WRONG_ITEM": Words(
        gettext_noop("Wrong item"), gettext_noop("This is %(scanned)s. Take %(sku)s.")
    ),
    "WRONG_LOT": Words(
        gettext_noop("Wrong lot"), gettext_noop("This is lot %(scanned)s. Take lot %(lot)s.")
    ),
    "LATER_LOT": Words(
        gettext_noop("Other lot?"),
        gettext_noop("Planned is lot %(lot)s. Scan CMD-OK to take %(scanned)s for the whole task."),
    ),
    "LATER_LOT_ASK": Words(
        gettext_noop("Other lot"),
        gettext_noop(
            "Planned is lot %(lot)s: take it, or a supervisor scans their badge to allow "
            "%(scanned)s."
        ),
    ),
    "SCAN_BADGE_NOW": Words(
        gettext_noop("Badge wanted"),
        gettext_noop("A supervisor scans their badge to allow the other lot. Or take %(lot)s."),
    ),
    "BADGE_NOT_HERE": Words(
        gettext_noop("No badge here"), gettext_noop("Nothing waits for a badge. Go on scanning.")
    ),
    "BADGE_MAY_NOT_SWAP": Words(
        gettext_noop("Not this badge"),
        gettext_noop("This person can't allow another lot. Ask a supervisor, or take %(lot)s."),
    ),
    "LOT_SWAPPED": Words(
        gettext_noop("Lot changed"), gettext_noop("Take lot %(lot)s now. Scan the item: %(sku)s.")
    ),
    "LOT_SWAP_REFUSED": Words(
        gettext_noop("Lot not free"), gettext_noop("This lot can't be taken. Take lot %(lot)s.")
    ),
    "LOT_EXPIRED": Words(
        gettext_noop("Lot expired"), gettext_noop("Leave it where it is and tell the lead.")
    ),
    "LOT_FROZEN": Words(
        gettext_noop("Lot stopped"), gettext_noop("Leave it where it is and tell the lead.")
    ),
    "LOT_NOT_ALLOWED": Words(
        gettext_noop("Lot not allowed"),
        gettext_noop("Lot %(scanned)s is too short-dated for this order. Take lot %(lot)s."),
    ),
    "WRONG_TOTE": Words(
        gettext_noop("Wrong tote"), gettext_noop("This order is in tote %(tote)s. Scan that one.")
    ),
    "TOTE_IN_USE": Words(
        gettext_noop("Tote in use"),
        gettext_noop("Tote %(scanned)s holds another order. Take an empty tote."),
    ),
    "SCAN_EACH_UNIT": Words(
        gettext_noop("Scan each unit"),
        gettext_noop("A line this small is not counted. Scan the next unit."),
    ),
    "TOO_MANY": Words(
        gettext_noop("Too many"), gettext_noop("%(counted)s of %(qty)s are counted. Put it back.")
    ),
    "UNKNOWN_CODE": Words(
        gettext_noop("Unknown code"),
        gettext_noop("Nothing here is called %(scanned)s. Scan %(wanted)s."),
    ),
    "AMBIGUOUS": Words(
        gettext_noop("Which one"),
        gettext_noop("%(scanned)s fits several things. Scan the item code, then the lot."),
    ),
    "COMMAND_NOT_HERE": Words(
        gettext_noop("Not here"), gettext_noop("%(scanned)s does nothing at this step.")
    ),
    "SHORT_NONE_FOUND": Words(
        gettext_noop("Short"), gettext_noop("None found. The rest is looked for elsewhere.")
    ),
    "SHORT_REST_ELSEWHERE": Words(
        gettext_noop("Short"),
        gettext_noop("In the tote: %(counted)s of %(qty)s. The rest is looked for elsewhere."),
    ),
    "SHORT_SCAN_TOTE": Words(
        gettext_noop("Short"), gettext_noop("Scan the tote for the %(counted)s you have.")
    ),
    "TASK_SKIPPED": Words(
        gettext_noop("Skipped"), gettext_noop("The task comes again at the end.")
    ),
    "STEP_UNDONE": Words(gettext_noop("Undone"), gettext_noop("One step back.")),
    "NOTHING_TO_UNDO": Words(
        gettext_noop("Nothing to undo"), gettext_noop("The last scan changed nothing.")
    ),
    "STEP_STOPPED": Words(
        gettext_noop("Stop"),
        gettext_noop("This order is blocked (%(why)s). Put the goods aside and scan the next."),
    ),
    "NOT_IN_ORDER": Words(
        gettext_noop("Not in order"),
        gettext_noop("%(scanned)s is not in this order. Put it aside."),
    ),
    "SCAN_BOX_NOW": Words(
        gettext_noop("Scan box"), gettext_noop("All units are in. Scan the box, or CMD-CLOSEBOX.")
    ),
    "BOX_OK": Words(gettext_noop("Box closed"), gettext_noop("The label prints. Scan it.")),
    "LABEL_NOT_READY": Words(
        gettext_noop("Label waits"),
        gettext_noop("The label is being made. Wait, or put the box on the later shelf."),
    ),
    "LABEL_PRINTS": Words(gettext_noop("Label prints"), gettext_noop("Scan the label to confirm.")),
    "WRONG_LABEL": Words(
        gettext_noop("Wrong label"),
        gettext_noop("This label is %(scanned)s. This box needs %(wanted)s."),
    ),
    "CARTON_DONE": Words(gettext_noop("Packed"), gettext_noop("Take the next tote.")),
    "CARTON_IS_CLOSED": Words(
        gettext_noop("Already packed"), gettext_noop("This box is done. Take the next tote.")
    ),
    "TO_HOLD_SHELF": Words(
        gettext_noop("To hold shelf"), gettext_noop("Put the tote on the hold shelf.")
    ),
    "PARCEL_LOADED": Words(
        gettext_noop("Loaded"), gettext_noop("%(loaded)s of %(expected)s. Scan the next parcel.")
    ),
    "PARCEL_KNOWN": Words(
        gettext_noop("Already loaded"), gettext_noop("%(scanned)s is on this manifest.")
    ),
    "PARCELS_LEFT": Words(
        gettext_noop("Parcels left"),
        gettext_noop(
            "%(left)s wait for this carrier: %(parcels)s. Load them, or scan CMD-OK again to leave "
            "them here."
        ),
    ),
    "PARCEL_NOT_READY": Words(
        gettext_noop("Not packed"), gettext_noop("%(scanned)s is not packed yet. Leave it here.")
    ),
    "WRONG_CARRIER": Words(
        gettext_noop("Wrong carrier"), gettext_noop("%(scanned)s goes with another carrier.")
    ),
    "PARCEL_STOPPED": Words(
        gettext_noop("Stop parcel"), gettext_noop("%(scanned)s must not leave. To the hold shelf.")
    ),
    "PUT_BACK_OK": Words(gettext_noop("Put back"), gettext_noop("Booked into bin %(scanned)s.")),
    "NOTHING_TO_DO": Words(
        gettext_noop("Nothing to do"), gettext_noop("No pick waits. Look at packing or dispatch.")
    ),
    "OPENED": Words(gettext_noop("Opened"), gettext_noop("Its next step is on the card.")),
}
