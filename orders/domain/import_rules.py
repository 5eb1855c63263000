"""Tell goods from everything else in a shop's order lines.

A shop's export mixes goods with postage, fees, vouchers, tests, write-offs and credit notes. The
rules are data of the mapping, so another shop needs other words, not other code. They are asked in
this order: credit note by the prefix of the document, booking by its prefix, code of a known group,
quantity below one, price below zero; what remains is goods, and goods at price 0 are free.

Worked example with the mapping `online-retail`: C489449 / 22087 / -12 is a return; 489434 / POST
/ 1 is set aside as POSTAGE; 489464 / 21733 / -96 at price 0 as NEGATIVE_QTY.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

LineUse = Literal["goods", "free", "return", "set_aside"]

#: Reasons of the rules themselves; the groups of a mapping add their own.
ADJUSTMENT = "ADJUSTMENT"
NEGATIVE_QTY = "NEGATIVE_QTY"
NEGATIVE_PRICE = "NEGATIVE_PRICE"
#: Reasons that depend on what is stored already, or on the run.
UNREADABLE = "UNREADABLE"
ORDER_NOT_WHOLE = "ORDER_NOT_WHOLE"
OUTSIDE_DATES = "OUTSIDE_DATES"
ALREADY_IMPORTED = "ALREADY_IMPORTED"
ORDER_DIFFERS = "ORDER_DIFFERS"
UNKNOWN_SKU = "UNKNOWN_SKU"
PAYMENT_REFERENCE_USED = "PAYMENT_REFERENCE_USED"
PAYMENT_WITHOUT_AMOUNT = "PAYMENT_WITHOUT_AMOUNT"
ORDER_REFUSED = "ORDER_REFUSED"


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What one line is, and the reason code when it is set aside."""

    use: LineUse
    reason: str = ""


GOODS = LineVerdict("goods")
FREE = LineVerdict("free")
RETURN = LineVerdict("return")


@dataclass(frozen=True)
class LineRules:
    """The rules of one mapping. Prefixes are of the document number; `*` in a code is any text."""

    cancel_prefixes: tuple[str, ...] = ()
    adjustment_prefixes: tuple[str, ...] = ()
    code_groups: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @classmethod
    def of(
        cls,
        *,
        cancel: Sequence[str] = (),
        adjustment: Sequence[str] = (),
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> LineRules:
        """Build the rules from the words of a mapping; empty words are left out."""
        patterns = tuple(
            (reason, _pattern(tuple(codes))) for reason, codes in (groups or {}).items() if codes
        )
        return cls(
            tuple(word for word in cancel if word),
            tuple(word for word in adjustment if word),
            patterns,
        )

    def judge(
        self, order_id: str, sku_code: str, qty: int, unit_price: Decimal | None
    ) -> LineVerdict:
        """Say what a line is. `qty` in pieces may be negative; a missing price is not zero."""
        if self.cancel_prefixes and order_id.startswith(self.cancel_prefixes):
            return RETURN
        if self.adjustment_prefixes and order_id.startswith(self.adjustment_prefixes):
            return LineVerdict("set_aside", ADJUSTMENT)
        for reason, pattern in self.code_groups:
            if pattern.fullmatch(sku_code):
                return LineVerdict("set_aside", reason)
        if qty < 1:
            return LineVerdict("set_aside", NEGATIVE_QTY)
        if unit_price is None or unit_price > 0:
            return GOODS
        return FREE if unit_price == 0 else LineVerdict("set_aside", NEGATIVE_PRICE)


@lru_cache(maxsize=256)
def _pattern(codes: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(code).replace(r"\*", ".*") for code in codes)
    return re.compile(words, re.IGNORECASE | re.DOTALL)
