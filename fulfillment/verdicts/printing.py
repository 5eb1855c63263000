"""Words of the print queue."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from fulfillment.verdicts.wording import Words

WORDS: Mapping[str, Words] = {
    "PRINTS_AGAIN": Words(
        gettext_noop("Prints again"), gettext_noop("%(scanned)s is in the queue of its printer.")
    ),
    "TEST_PRINTS": Words(
        gettext_noop("Test page"), gettext_noop("Printer %(scanned)s prints a test page.")
    ),
    "NO_PRINTER_HERE": Words(
        gettext_noop("No printer"),
        gettext_noop("This station has no printer. A manager names one under Printers."),
    ),
    "NOTHING_PRINTED": Words(
        gettext_noop("Nothing printed"),
        gettext_noop("Nothing was printed at this station yet."),
    ),
}
