"""Words of transfers and of goods moved within a warehouse."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "TRANSFER_ELSEWHERE": Words(
        gettext_noop("Not here"),
        gettext_noop("The next step of this transfer is in warehouse %(place)s."),
    ),
    "TRANSFER_CLOSED": Words(
        gettext_noop("Nothing to do"), gettext_noop("Transfer %(scanned)s is closed.")
    ),
    "TRANSFER_STARTED": Words(
        gettext_noop("Start"), gettext_noop("Go to bin %(bin)s and scan it.")
    ),
    "TRANSFER_NOTHING_FOUND": Words(
        gettext_noop("Nothing found"),
        gettext_noop("No bin has free units for it. Tell the warehouse manager."),
    ),
    "TRANSFER_SCAN_NEXT": Words(
        gettext_noop("Not started"), gettext_noop("Scan CMD-NEXT to pick %(number)s.")
    ),
    "TRANSFER_SCAN_OK": Words(
        gettext_noop("All picked"),
        gettext_noop("Scan CMD-OK when the goods are loaded to %(place)s."),
    ),
    "TRANSFER_PICK_SHORT": Words(
        gettext_noop("Short"),
        gettext_noop("%(counted)s of %(qty)s taken. %(found)s more wait in other bins."),
    ),
    "TRANSFER_SHIPPED": Words(
        gettext_noop("Shipped"), gettext_noop("%(number)s is on its way to %(place)s.")
    ),
    "TRANSFER_COUNTED": Words(
        gettext_noop("Counted"),
        gettext_noop("%(counted)s of %(qty)s. Scan the next, a bin, or CMD-OK."),
    ),
    "SCAN_LOT_OF": Words(
        gettext_noop("Scan lot"), gettext_noop("Scan the lot of %(sku)s: %(lot)s.")
    ),
    "LOT_NOT_SHIPPED": Words(
        gettext_noop("Wrong lot"),
        gettext_noop("Lot %(scanned)s was not sent. On the way: %(lot)s. Put it aside."),
    ),
    "NOT_ON_TRANSFER": Words(
        gettext_noop("Not expected"),
        gettext_noop("%(scanned)s is not on the way. Put it aside and tell the manager."),
    ),
    "MORE_THAN_SHIPPED": Words(
        gettext_noop("Too many"),
        gettext_noop("More than was sent. Put it aside and tell the warehouse manager."),
    ),
    "SCAN_TRANSFER_ITEM": Words(
        gettext_noop("Scan item"), gettext_noop("Scan an item of this transfer.")
    ),
    "COUNTED_DAMAGED": Words(
        gettext_noop("Damaged"), gettext_noop("The last %(sku)s is counted as damaged.")
    ),
    "BIN_NOT_TOTE": Words(
        gettext_noop("Wrong place"), gettext_noop("%(scanned)s is a tote. Scan a bin or the dock.")
    ),
    "SCAN_TARGET_BIN": Words(
        gettext_noop("Which bin"),
        gettext_noop("Scan the bin the goods stand in: this warehouse has no dock."),
    ),
    "TRANSFER_MISSING": Words(
        gettext_noop("Missing"),
        gettext_noop("%(missing)s of %(qty)s are missing. Look again, or CMD-OK to report it."),
    ),
    "TRANSFER_BOOKED": Words(
        gettext_noop("Booked"), gettext_noop("%(counted)s units are in bin %(bin)s.")
    ),
    "TRANSFER_SHORT": Words(
        gettext_noop("Reported"),
        gettext_noop("%(missing)s units are missing. The manager decides about them."),
    ),
    "REFILL_SCAN_TARGET": Words(
        gettext_noop("To the pick bin"), gettext_noop("Scan bin %(target)s and fill it.")
    ),
    "REFILL_WRONG_TARGET": Words(
        gettext_noop("Wrong bin"), gettext_noop("This is %(scanned)s. Fill bin %(target)s.")
    ),
    "REFILL_PART": Words(
        gettext_noop("Part"), gettext_noop("Take the %(counted)s you have to bin %(target)s.")
    ),
    "REFILL_DONE": Words(gettext_noop("Refilled"), gettext_noop("%(target)s is filled.")),
    "REFILL_EMPTY": Words(
        gettext_noop("Source empty"),
        gettext_noop("A count of bin %(bin)s is asked for. %(more)s other refills wait."),
    ),
    "MOVE_BIN_FIRST": Words(
        gettext_noop("Bin first"), gettext_noop("Scan the bin the goods lie in.")
    ),
    "MOVE_FROM": Words(gettext_noop("From here"), gettext_noop("Scan the items you take.")),
    "MOVE_SCAN_ITEM": Words(
        gettext_noop("Scan item"), gettext_noop("Scan an item, or the bin it goes to.")
    ),
    "MOVE_SCAN_LOT": Words(gettext_noop("Scan lot"), gettext_noop("Scan the lot of %(sku)s.")),
    "MOVE_NOT_HERE": Words(
        gettext_noop("Not in this bin"),
        gettext_noop("No free %(scanned)s is booked in %(bin)s. Put it aside for a count."),
    ),
    "MOVE_TOO_MANY": Words(
        gettext_noop("Too many"),
        gettext_noop("Fewer free units of %(sku)s are booked in %(bin)s. Leave some there."),
    ),
    "MOVE_TAKEN": Words(
        gettext_noop("Taken"), gettext_noop("%(qty)s in hand. Scan more, or the bin they go to.")
    ),
    "MOVE_SAME_BIN": Words(
        gettext_noop("Same bin"), gettext_noop("They come from %(bin)s. Scan another bin.")
    ),
    "MOVE_DAMAGED": Words(
        gettext_noop("Damaged"), gettext_noop("They are booked as damaged. Scan their new bin.")
    ),
    "MOVE_DONE": Words(gettext_noop("Moved"), gettext_noop("Booked into bin %(target)s.")),
}
