"""Words of rounds with a cart and of the put wall."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "TOTE_ON": Words(
        gettext_noop("Tote in slot %(slot)s"),
        gettext_noop("Scan the tote for slot %(next_slot)s, or CMD-OK to start with these."),
    ),
    "ALL_TOTES_ON": Words(
        gettext_noop("Cart ready"), gettext_noop("Every slot has its tote. Go to the first bin.")
    ),
    "WALK_BEGINS": Words(
        gettext_noop("Go"), gettext_noop("%(left)s orders stay behind for another round.")
    ),
    "SCAN_TOTES_FIRST": Words(
        gettext_noop("Totes first"), gettext_noop("Scan a tote for slot %(next_slot)s first.")
    ),
    "SCAN_SLOT_NOW": Words(
        gettext_noop("To the slots"), gettext_noop("Put into the lit slots: %(slots)s.")
    ),
    "SLOT_OK": Words(gettext_noop("Right slot"), gettext_noop("Still to put: %(slots)s.")),
    "STOP_DONE": Words(gettext_noop("Stop done"), gettext_noop("The next bin is on the card.")),
    "STOP_SHORT": Words(
        gettext_noop("Stop short"),
        gettext_noop("The missing units are looked for elsewhere. Go to the next bin."),
    ),
    "SHORT_SCAN_SLOTS": Words(
        gettext_noop("Short"), gettext_noop("Most urgent orders first: %(slots)s.")
    ),
    "WRONG_SLOT": Words(
        gettext_noop("Wrong slot"),
        gettext_noop("%(scanned)s gets none of this. Put into the lit slots: %(slots)s."),
    ),
    "TOTE_NOT_ON_CART": Words(
        gettext_noop("Not on this cart"),
        gettext_noop("Tote %(scanned)s is not on cart %(cart)s. Put into: %(slots)s."),
    ),
    "SCAN_BIN_BACK": Words(
        gettext_noop("Put units back"),
        gettext_noop("%(surplus)s too many in hand. Put them back, then scan bin %(bin)s."),
    ),
    "SURPLUS_BACK": Words(
        gettext_noop("Put back"), gettext_noop("The units are in their bin. Go on.")
    ),
    "STOP_SKIPPED": Words(
        gettext_noop("Skipped"), gettext_noop("This stop comes again at the end.")
    ),
    "SLOT_UNDONE": Words(
        gettext_noop("Undone"),
        gettext_noop("Take %(qty)s units out of slot %(slot)s and scan the right slot."),
    ),
    "ROUND_NOT_DONE": Words(
        gettext_noop("Stops left"),
        gettext_noop("%(left)s stops are left. Scan cart %(cart)s again to end anyway."),
    ),
    "SCAN_CART_NOW": Words(
        gettext_noop("All fetched"), gettext_noop("Bring the cart in and scan %(cart)s.")
    ),
    "ROUND_CLOSED": Words(
        gettext_noop("Round done"), gettext_noop("The totes wait for the next step.")
    ),
    "ROUND_IS_CLOSED": Words(
        gettext_noop("Round ended"), gettext_noop("Scan a cart to take the next round.")
    ),
    "ROUND_OF_ANOTHER": Words(
        gettext_noop("Another picker"),
        gettext_noop("Somebody else walks this round. Scan cart %(wanted)s to take it over."),
    ),
    "ROUND_TAKEN_OVER": Words(
        gettext_noop("Round is yours"), gettext_noop("Go on where the card stands.")
    ),
    "TOTE_ON_THIS_CART": Words(
        gettext_noop("Tote on this cart"),
        gettext_noop("Tote %(tote)s is in slot %(slot)s already. Scan another tote."),
    ),
    "TOTE_ON_OTHER_CART": Words(
        gettext_noop("Tote on another cart"),
        gettext_noop("Tote %(tote)s is on cart %(cart)s. Take an empty tote."),
    ),
    "NOT_A_TOTE": Words(
        gettext_noop("Not a tote"),
        gettext_noop("%(tote)s is not a tote. Scan the code on the tote for slot %(slot)s."),
    ),
    "ORDER_HAS_TOTE": Words(
        gettext_noop("Other tote"),
        gettext_noop("This order is in tote %(tote)s already. Put that tote into the slot."),
    ),
    "NO_ROUND_WAITS": Words(
        gettext_noop("Nothing waits"),
        gettext_noop("Nothing waits for cart %(cart)s. Release a wave first."),
    ),
    "ROUND_NOT_OPEN": Words(
        gettext_noop("Round ended"),
        gettext_noop("This round is not open any more. Scan the cart again."),
    ),
    "NOTHING_TO_SORT": Words(
        gettext_noop("Nothing to sort"),
        gettext_noop("Tote %(tote)s holds nothing to sort. Scan a tote of a finished batch."),
    ),
    "WALL_IS_FULL": Words(
        gettext_noop("Wall is full"),
        gettext_noop("All %(count)s slots collect orders. Pack a complete one first."),
    ),
    "SLOT_ELSEWHERE": Words(
        gettext_noop("Other wall"),
        gettext_noop("This order collects at wall %(wall)s, slot %(slot)s. Bring the tote there."),
    ),
    "SCAN_BATCH_TOTE": Words(
        gettext_noop("Tote first"), gettext_noop("Scan the tote of a finished batch.")
    ),
    "SCAN_ITEM_TO_SORT": Words(
        gettext_noop("Scan item"), gettext_noop("Take an item from tote %(tote)s and scan it.")
    ),
    "TOTE_AT_WALL": Words(
        gettext_noop("Tote open"), gettext_noop("Take an item from tote %(tote)s and scan it.")
    ),
    "PUT_INTO_SLOT": Words(
        gettext_noop("Slot %(slot)s"), gettext_noop("Put %(qty)s into slot %(slot)s and scan it.")
    ),
    "WRONG_WALL_SLOT": Words(
        gettext_noop("Wrong slot"),
        gettext_noop("This is %(scanned)s. Put it into slot %(slot)s."),
    ),
    "PUT_OK": Words(gettext_noop("Sorted"), gettext_noop("Scan the next item of tote %(tote)s.")),
    "SLOT_COMPLETE": Words(
        gettext_noop("Slot complete"),
        gettext_noop("Slot %(slot)s has all its items: take it to packing."),
    ),
    "TOTE_SORTED": Words(
        gettext_noop("Tote empty"), gettext_noop("Scan the next tote of a batch.")
    ),
    "TOO_MANY_TO_SORT": Words(
        gettext_noop("Too many"), gettext_noop("No order needs that many. Scan them one by one.")
    ),
    "TO_OVERFLOW": Words(
        gettext_noop("Not needed"),
        gettext_noop("No order here needs %(scanned)s. Put it into %(overflow)s and scan that."),
    ),
    "TO_OVERFLOW_PUT_BACK": Words(
        gettext_noop("Order stopped"),
        gettext_noop("Put %(scanned)s into %(overflow)s and scan that: its put-back task follows."),
    ),
    "UNIT_STAYS": Words(
        gettext_noop("Order stopped"),
        gettext_noop("Leave %(scanned)s in tote %(tote)s until its order goes on."),
    ),
    "OVERFLOW_BOOKED": Words(
        gettext_noop("In the overflow"),
        gettext_noop("%(qty)s %(scanned)s booked into %(overflow)s. Scan the next item."),
    ),
    "OVERFLOW_PUT_BACK": Words(
        gettext_noop("In the overflow"),
        gettext_noop("%(qty)s %(scanned)s go back from %(overflow)s. Scan the next item."),
    ),
    "OVERFLOW_TO_COUNT": Words(
        gettext_noop("To be counted"),
        gettext_noop("The books have no %(scanned)s to spare: %(overflow)s will be counted."),
    ),
}
