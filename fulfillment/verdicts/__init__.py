"""The words of the floor: what each reason code says to the person with the scanner.

A title of two or three words that can be read from an arm's length, and one sentence that names
what to do next. `%(...)s` is filled with what was scanned and what is wanted. One table serves the
screens, the scan answers and the translations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from fulfillment.verdicts import (
    boxes,
    count,
    inbound,
    inserts,
    kits,
    moves,
    outbound,
    pallets,
    printing,
    rounds,
)
from fulfillment.verdicts.wording import Words

__all__ = ["TONES", "WORDS", "Words", "title_and_text"]

#: One module per flow; a code has the same words wherever it is given.
WORDS: Mapping[str, Words] = {
    **outbound.WORDS,
    **printing.WORDS,
    **inbound.WORDS,
    **boxes.WORDS,
    **pallets.WORDS,
    **moves.WORDS,
    **kits.WORDS,
    **inserts.WORDS,
    **count.WORDS,
    **rounds.WORDS,
}

#: The tones of screens.md 2.5: the page plays them, colour and words say the same.
TONES: Mapping[str, str] = {
    "accept": "high",
    "complete": "rising",
    "warn": "low",
    "reject": "double-low",
}


def title_and_text(code: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the translated title and sentence of a reason code, filled with `data`.

    A code of the form `ON_HOLD:FRAUD` is read by its part before the colon, as a stop.
    """
    words = WORDS.get(code) or WORDS["STEP_STOPPED"]
    filled = {"why": code, **data}
    return str(_(words.title)) % _Quiet(filled), str(_(words.text)) % _Quiet(filled)


class _Quiet(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"
