"""Grades of returned goods and what becomes of them (X21).

A is as new, B was opened or used a little, C can be repaired, D is waste. The grade proposes; a
rule for the SKU or its category goes before it; what can't be done falls back to quarantine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

GRADES: Final = ("A", "B", "C", "D")
RESTOCK, OPEN_BOX, REFURBISH, SCRAP = "restock", "open_box", "refurbish", "scrap"
DONATE, SUPPLIER, QUARANTINE = "donate", "supplier", "quarantine"
DISPOSITIONS: Final = (RESTOCK, OPEN_BOX, REFURBISH, SCRAP, DONATE, SUPPLIER, QUARANTINE)
#: The goods stay in the house and are looked at again.
WAITING: Final = frozenset({REFURBISH, QUARANTINE, SUPPLIER})
#: The goods go to a bin that is scanned; the others leave the books.
TO_A_BIN: Final = frozenset({RESTOCK, OPEN_BOX, REFURBISH, SUPPLIER, QUARANTINE})
SELLABLE: Final = frozenset({RESTOCK, OPEN_BOX})
BY_GRADE: Final[Mapping[str, str]] = {
    "A": RESTOCK,
    "B": OPEN_BOX,
    "C": REFURBISH,
    "D": SCRAP,
}
SEALED, OPENED = "sealed", "opened"
SEALS: Final = ("", SEALED, OPENED)

#: What is looked at, by words in the category's name; the last entry serves every other category.
CHECKLISTS: Final[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = (
    (
        ("apparel", "cloth", "shoe", "fashion", "textile"),
        ("TAGS_ON", "NOT_WORN", "CLEAN", "NO_SMELL", "COMPLETE"),
    ),
    (
        ("electr", "lamp", "phone", "computer", "device"),
        ("RIGHT_ITEM", "NO_DAMAGE", "ACCESSORIES", "SWITCHES_ON", "DATA_ERASED"),
    ),
    (
        ("food", "tea", "drink", "beauty", "cosmetic", "health"),
        ("SEAL_INTACT", "BEST_BEFORE", "NO_DAMAGE"),
    ),
    ((), ("RIGHT_ITEM", "COMPLETE", "NO_DAMAGE", "NOT_USED")),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of goods of a SKU or category with a grade; empty: of every one."""

    disposition: str
    grade: str = ""
    sku_id: int | None = None
    category: str = ""

    def fits(self, sku_id: int | None, category: str, grade: str) -> bool:
        """Say whether the rule speaks about such goods."""
        return (
            self.grade in {"", grade}
            and self.sku_id in {None, sku_id}
            and self.category in {"", category}
        )

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        """Return how exact the rule is: a SKU beats a category, a grade beats none."""
        return (self.sku_id is not None, bool(self.category), bool(self.grade))


@dataclass(frozen=True, slots=True)
class Goods:
    """What is known about the goods: `is_sellable` says that their lot may still be sold."""

    sku_id: int | None
    category: str = ""
    is_sellable: bool = True
    has_open_box: bool = False
    has_supplier: bool = True


def checklist(category: str) -> tuple[str, ...]:
    """Return the codes of what to look at for goods of a category."""
    name = category.lower()
    return next(
        codes for words, codes in CHECKLISTS if not words or any(word in name for word in words)
    )


def possible(goods: Goods) -> tuple[str, ...]:
    """Return the dispositions such goods can get, in the order of `DISPOSITIONS`."""
    if goods.sku_id is None:
        return (SCRAP, DONATE, QUARANTINE)
    out = set()
    if not goods.is_sellable:
        out |= {RESTOCK, OPEN_BOX, DONATE}
    if not goods.has_open_box:
        out.add(OPEN_BOX)
    if not goods.has_supplier:
        out.add(SUPPLIER)
    return tuple(name for name in DISPOSITIONS if name not in out)


def propose(goods: Goods, grade: str, rules: Sequence[Rule] = ()) -> str:
    """Return what becomes of goods of a grade.

    The most exact rule that fits, else the grade's own way; quarantine when that is not possible.
    """
    fitting = [rule for rule in rules if rule.fits(goods.sku_id, goods.category, grade)]
    best = max(fitting, key=lambda rule: rule.weight, default=None)
    wanted = best.disposition if best else BY_GRADE[grade]
    return wanted if wanted in possible(goods) else QUARANTINE
