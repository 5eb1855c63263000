"""Whether an approval still covers a changed purchase order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

SUPPLIER, CURRENCY, WAREHOUSE = "SUPPLIER", "CURRENCY", "WAREHOUSE"
PRICE, SHARE, AMOUNT, APPROVER = "PRICE", "SHARE", "AMOUNT", "APPROVER"

_FIXED: Final = (("supplier", SUPPLIER), ("currency", CURRENCY), ("warehouse", WAREHOUSE))


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the total may move, both at once: `share_pct` percent, `amount` of base currency."""

    share_pct: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """`causes` name why a new approval is needed; none: the approval carries over."""

    causes: tuple[str, ...]
    change_pct: Decimal
    change_base: Decimal

    @property
    def carries_over(self) -> bool:
        """Return whether the approval still holds."""
        return not self.causes


def judge(before: Mapping[str, Any], after: Mapping[str, Any], limits: Limits) -> Verdict:
    """Compare the snapshot that somebody approved with a changed one.

    Both totals are valued at the approved exchange rate, so a rate that moved is no change. A SKU
    that was not approved has no approved price.

    Source: X25, PUR-07.
    """
    causes = [cause for name, cause in _FIXED if before[name] != after[name]]
    if not _prices(after).items() <= _prices(before).items():
        causes.append(PRICE)
    was, now = Decimal(before["total"]), Decimal(after["total"])
    moved = abs(now - was)
    share = moved / was * 100 if was else Decimal(100 if moved else 0)
    amount = moved * Decimal(before["fx_rate"])
    if share > limits.share_pct:
        causes.append(SHARE)
    if amount > limits.amount:
        causes.append(AMOUNT)
    return Verdict(tuple(causes), share, amount)


def _prices(snapshot: Mapping[str, Any]) -> dict[str, str]:
    return {line["sku"]: line["unit_price"] for line in snapshot["lines"]}
