"""Words of the dock: receiving, unidentified goods, put-away."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "WHICH_WAREHOUSE": Words(
        gettext_noop("Which warehouse"),
        gettext_noop("Choose the warehouse on the page, then open the arrival."),
    ),
    "SCAN_GOODS_NOW": Words(
        gettext_noop("Scan item"), gettext_noop("Scan an item from the box, or CMD-OK to finish.")
    ),
    "SCAN_LOT_OF_GOODS": Words(
        gettext_noop("Scan lot"),
        gettext_noop("Scan the lot of %(sku)s. No lot on the box: CMD-HOLD."),
    ),
    "SCAN_EXPIRY": Words(
        gettext_noop("Scan expiry"),
        gettext_noop("Lot %(lot)s is new here. Scan its expiry date. No date: CMD-HOLD."),
    ),
    "GOODS_COUNTED": Words(
        gettext_noop("Counted"),
        gettext_noop("%(sku)s: %(qty)s. Scan more, or CMD-QTY for all, or CMD-OK to book."),
    ),
    "GOODS_BOOKED": Words(
        gettext_noop("Booked"), gettext_noop("%(qty)s of %(sku)s. Still expected: %(open)s.")
    ),
    "EXCESS_HELD": Words(
        gettext_noop("Too many"),
        gettext_noop("%(held)s of %(sku)s are above the tolerance. Put all excess on the hold."),
    ),
    "GOODS_EXPIRED": Words(
        gettext_noop("Expired"),
        gettext_noop("Lot %(lot)s is past its last day. Scan CMD-HOLD to hold it apart."),
    ),
    "GOODS_SHORT_DATED": Words(
        gettext_noop("Short-dated"),
        gettext_noop("Lot %(lot)s ends too soon. CMD-HOLD, or a supervisor's badge to accept."),
    ),
    "LOT_OTHER_EXPIRY": Words(
        gettext_noop("Other expiry"),
        gettext_noop("Lot %(lot)s is known with another expiry. CMD-UNDO to scan again, CMD-HOLD."),
    ),
    "LIFE_FIRST": Words(
        gettext_noop("Hold or accept"),
        gettext_noop("Scan CMD-HOLD, a supervisor's badge, or CMD-UNDO."),
    ),
    "LIFE_APPROVED": Words(
        gettext_noop("Accepted"), gettext_noop("Lot %(lot)s: count it, then CMD-OK.")
    ),
    "BADGE_MAY_NOT": Words(
        gettext_noop("Not this badge"),
        gettext_noop("This person can't accept short-dated goods. Ask a manager."),
    ),
    "COUNT_DAMAGED": Words(
        gettext_noop("Damaged"),
        gettext_noop("Only the damaged units of %(sku)s: CMD-QTY, or CMD-OK for %(qty)s."),
    ),
    "COUNT_HELD": Words(
        gettext_noop("To hold"),
        gettext_noop("Only what is held of %(sku)s: CMD-QTY, or CMD-OK for %(qty)s."),
    ),
    "BOOK_FIRST": Words(
        gettext_noop("Book first"),
        gettext_noop("%(qty)s of %(sku)s are counted. CMD-OK books them, CMD-UNDO drops them."),
    ),
    "TOO_MANY_AT_DOCK": Words(
        gettext_noop("Too many"), gettext_noop("This is more than a dock holds. Count again.")
    ),
    "NOT_ON_ARRIVAL": Words(
        gettext_noop("Not announced"),
        gettext_noop("%(scanned)s is not on this arrival. CMD-HOLD gives it a tag."),
    ),
    "UNKNOWN_GOODS": Words(
        gettext_noop("Unknown goods"),
        gettext_noop("Nothing here is called %(scanned)s. CMD-HOLD gives it a tag."),
    ),
    "UNKNOWN_COUNTED": Words(
        gettext_noop("Counted"), gettext_noop("%(qty)s units. CMD-HOLD gives them a tag.")
    ),
    "GOODS_TAGGED": Words(
        gettext_noop("On hold"),
        gettext_noop("Tag %(tag)s for %(qty)s units. Take a photo under Unidentified goods."),
    ),
    "DOCK_OK": Words(gettext_noop("Dock"), gettext_noop("Goods go to dock %(scanned)s from now.")),
    "ARRIVED_CARTON": Words(
        gettext_noop("Carton here"), gettext_noop("Open it and scan an item from it.")
    ),
    "BOOKING_UNDONE": Words(
        gettext_noop("Undone"), gettext_noop("The last booking is taken back. Count again.")
    ),
    "RECEIPT_DONE": Words(
        gettext_noop("Finished"), gettext_noop("Put the goods away, or open the next arrival.")
    ),
    "SAMPLE_DUE": Words(
        gettext_noop("Inspect"),
        gettext_noop("Look at %(sample)s of %(sku)s. CMD-OK: all fine. CMD-QTY: how many failed."),
    ),
    "SAMPLE_FIRST": Words(
        gettext_noop("Inspect first"),
        gettext_noop("Look at %(sample)s of %(sku)s. CMD-OK: all fine. CMD-QTY: how many failed."),
    ),
    "SAMPLE_TOO_MANY": Words(
        gettext_noop("Too many"), gettext_noop("Only %(sample)s are inspected. Count again.")
    ),
    "SAMPLE_ANSWERED": Words(gettext_noop("Inspected"), gettext_noop("%(sku)s may be put away.")),
    "SAMPLE_FAILED": Words(
        gettext_noop("Sample failed"),
        gettext_noop("%(failed)s of %(sku)s failed. Carry the whole line to the hold."),
    ),
    "SCAN_DOCK_GOODS": Words(
        gettext_noop("Scan goods"), gettext_noop("Scan an item or its lot at the dock first.")
    ),
    "NOT_AT_DOCK": Words(
        gettext_noop("Not at the dock"),
        gettext_noop("No %(scanned)s may leave the dock. Finish its receipt and inspection first."),
    ),
    "WHICH_LOT": Words(
        gettext_noop("Which lot"), gettext_noop("Several lots of %(sku)s are here. Scan the lot.")
    ),
    "CARRY_TO_SHELF": Words(
        gettext_noop("Carry"), gettext_noop("%(qty)s of %(sku)s to %(bins)s. Scan the bin there.")
    ),
    "SCAN_SHELF_NOW": Words(
        gettext_noop("Scan bin"), gettext_noop("Scan the bin you put %(sku)s in.")
    ),
    "NOT_SO_MANY_AT_DOCK": Words(
        gettext_noop("Not so many"), gettext_noop("%(most)s of %(sku)s are at the dock.")
    ),
    "PUT_AWAY_DONE": Words(
        gettext_noop("Put away"), gettext_noop("Booked into %(bin)s. Scan the next goods.")
    ),
    "PUT_AWAY_UNDONE": Words(
        gettext_noop("Undone"), gettext_noop("Carry the goods back to the dock.")
    ),
    "SHELF_HAS_OTHER_LOT": Words(
        gettext_noop("Other lot"),
        gettext_noop("%(scanned)s holds another lot of %(sku)s. Take %(bins)s."),
    ),
    "SHELF_OF_OTHER_CLIMATE": Words(
        gettext_noop("Wrong temperature"),
        gettext_noop("%(scanned)s is too warm or too cold for %(sku)s. Take %(bins)s."),
    ),
    "SHELF_OF_OTHER_HAZARD": Words(
        gettext_noop("Wrong hazard zone"),
        gettext_noop("%(scanned)s is not for the hazard class of %(sku)s. Take %(bins)s."),
    ),
    "NOT_A_SHELF": Words(
        gettext_noop("Not a shelf"),
        gettext_noop("%(scanned)s is no shelf for stock. Take %(bins)s."),
    ),
    "SHELF_CLOSED": Words(
        gettext_noop("Bin closed"), gettext_noop("%(scanned)s is out of use. Take %(bins)s.")
    ),
}
