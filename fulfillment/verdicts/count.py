"""Words of counting."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "COUNT_SCAN_ITEMS": Words(
        gettext_noop("Count now"),
        gettext_noop("Scan every unit in %(bin)s, then CMD-OK. Leave damaged units out."),
    ),
    "COUNT_ADDED": Words(gettext_noop("Counted"), gettext_noop("%(sku)s: %(counted)s so far.")),
    "COUNT_SCAN_LOT": Words(
        gettext_noop("Scan lot"), gettext_noop("Scan the lot on the box of %(sku)s.")
    ),
    "COUNT_SCAN_ITEM": Words(
        gettext_noop("Scan item"), gettext_noop("Scan an item of bin %(bin)s, or CMD-OK.")
    ),
    "COUNT_FINISH_FIRST": Words(
        gettext_noop("Finish first"),
        gettext_noop("Bin %(bin)s is not finished. Scan CMD-OK, or CMD-SKIP to leave it."),
    ),
    "COUNT_UNKNOWN_LOT": Words(
        gettext_noop("Unknown lot"),
        gettext_noop("Lot %(scanned)s of %(sku)s is not known. Put the box aside, tell the lead."),
    ),
    "COUNT_EMPTY_ASK": Words(
        gettext_noop("Empty?"),
        gettext_noop("Nothing is counted in %(bin)s. Scan CMD-OK again if it is empty."),
    ),
    "COUNT_DONE": Words(gettext_noop("Count booked"), gettext_noop("Bin %(bin)s is done.")),
    "COUNT_RECOUNT": Words(
        gettext_noop("Second person"),
        gettext_noop("Somebody else counts %(bin)s now. Take the next bin."),
    ),
    "COUNT_REVIEW": Words(
        gettext_noop("To the office"),
        gettext_noop("The difference in %(bin)s waits for approval. Take the next bin."),
    ),
    "COUNT_LEFT": Words(
        gettext_noop("Left"), gettext_noop("Nothing of %(bin)s is kept. It waits for a count.")
    ),
    "NOT_COUNTABLE": Words(gettext_noop("No storage bin"), gettext_noop("Scan a storage bin.")),
    "SAME_PERSON_COUNTS": Words(
        gettext_noop("Second person"), gettext_noop("Somebody else must count this bin.")
    ),
    "ANOTHER_PERSON_COUNTS": Words(
        gettext_noop("Taken"), gettext_noop("Somebody else is counting this bin.")
    ),
    "COUNT_STATE_CONFLICT": Words(
        gettext_noop("Not open"), gettext_noop("This count is closed or waits. Take another bin.")
    ),
    "COUNT_QUANTITY_REFUSED": Words(
        gettext_noop("Too many"), gettext_noop("A bin does not hold that many. Scan again.")
    ),
    "NOTHING_COUNTED": Words(
        gettext_noop("Nothing yet"), gettext_noop("Nothing is counted yet. Scan an item.")
    ),
}
