"""Build a kit or take one apart, scan by scan.

Build: the components of one kit in any order (and their lots, first expired first), then the kit's
own code confirms it, or CMD-QTY-n confirms n kits of the same lots. CMD-DAMAGED makes the next
component scan throw that unit away. Take apart: the kit (and its lot), CMD-QTY-n for more of them,
then each component once; CMD-DAMAGED makes the next one come back broken. CMD-OK ends the order,
asked twice when kits are left. Nothing here writes.

Worked example: a SET of 2 TEA and 1 CUP. TEA, lot L3, CUP, TEA, lot L3 (all accepted), SET
(complete, done="build", 1 kit).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.pick_steps import Scanned, Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """One component: units per kit, and the units claimed by lot, first expired first.

    `lots` has one entry with an empty code for a component without lots. `is_optional`: the kit is
    built without it when fewer units are claimed than one kit takes. `is_absent`: the kit being
    taken apart was built without it.
    """

    sku: str
    qty: int
    lots: tuple[tuple[str, int], ...]
    is_optional: bool = False
    is_absent: bool = False

    @property
    def has_lots(self) -> bool:
        """Whether its units must be told apart by lot."""
        return any(code for code, _qty in self.lots)

    @property
    def is_left_out(self) -> bool:
        """Whether kits are built without it now."""
        return self.is_optional and sum(units for _code, units in self.lots) < self.qty


@dataclass(frozen=True, slots=True)
class KitFacts:
    """What the order asks for: `kit_lots` are those of kits to be taken apart."""

    kit: str
    left_qty: int
    parts: tuple[Part, ...]
    is_unkit: bool = False
    kit_lots: tuple[tuple[str, int], ...] = ()

    def part_of(self, sku: str) -> Part | None:
        """Return the component of this SKU."""
        return next((part for part in self.parts if part.sku == sku), None)

    @property
    def kit_has_lots(self) -> bool:
        """Whether the kits to be taken apart have lots."""
        return any(code for code, _qty in self.kit_lots)


@dataclass(frozen=True, slots=True)
class KitTally:
    """What was scanned for the kit at hand: (SKU, lot, units), oldest first.

    `waiting`: (SKU, units) whose lot comes with the next scan. `kits` and `kit_lot`: kits being
    taken apart. `broken`: components that come back damaged. `is_broken`: CMD-DAMAGED was scanned.
    """

    taken: tuple[tuple[str, str, int], ...] = ()
    waiting: tuple[str, int] | None = None
    kits: int = 0
    kit_lot: str = ""
    broken: tuple[str, ...] = ()
    is_broken: bool = False
    is_sure: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the tally as it is kept between scans."""
        return {
            "taken": [list(row) for row in self.taken],
            "waiting": list(self.waiting) if self.waiting else None,
            "kits": self.kits,
            "kit_lot": self.kit_lot,
            "broken": list(self.broken),
            "is_broken": self.is_broken,
            "is_sure": self.is_sure,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> KitTally:
        """Return the tally that `as_json` kept."""
        waiting = kept.get("waiting")
        return cls(
            tuple((sku, lot, qty) for sku, lot, qty in kept.get("taken", ())),
            (waiting[0], waiting[1]) if waiting else None,
            kept.get("kits", 0),
            kept.get("kit_lot", ""),
            tuple(kept.get("broken", ())),
            bool(kept.get("is_broken")),
            bool(kept.get("is_sure")),
        )

    def qty_of(self, sku: str, lot: str | None = None) -> int:
        """Return the units scanned of a SKU, or of one of its lots."""
        return sum(qty for code, of, qty in self.taken if code == sku and lot in (None, of))


@dataclass(frozen=True, slots=True)
class KitStep:
    """The answer to one scan. `done`: build or unkit `kits` kits, scrap `scrap`, or close."""

    tally: KitTally
    verdict: Verdict
    why: str
    done: str = ""
    kits: int = 0
    scrap: tuple[str, str] = ("", "")
    wanted: str = ""


def advance(tally: KitTally, facts: KitFacts, scan: Scanned) -> KitStep:
    """Return where the tally stands after `scan`, and the verdict for it."""
    asked = replace(tally, is_sure=False)
    if scan.kind == "command":
        return _command(tally, facts, scan.value)
    if scan.kind == "lot":
        return _lot(asked, facts, scan.value)
    if scan.kind != "item":
        return KitStep(asked, "reject", "SCAN_COMPONENT", wanted=facts.kit)
    if scan.value == facts.kit:
        return _kit(asked, facts, scan)
    part = facts.part_of(scan.value)
    if part is None:
        return KitStep(asked, "reject", "NOT_IN_KIT", wanted=" / ".join(missing(asked, facts)))
    return _back(asked, facts, part) if facts.is_unkit else _component(asked, facts, part, scan)


def missing(tally: KitTally, facts: KitFacts) -> list[str]:
    """Return the components of the kit at hand that are still to be scanned."""
    if facts.is_unkit:
        inside = (part for part in facts.parts if not part.is_absent)
        return [part.sku for part in inside if not tally.qty_of(part.sku)]
    wanted = (part for part in facts.parts if not part.is_left_out)
    return [part.sku for part in wanted if tally.qty_of(part.sku) < part.qty]


def next_lot(tally: KitTally, part: Part) -> str | None:
    """Return the lot to take the next unit from, first expired first; None: none is claimed."""
    for lot, claimed in part.lots:
        if tally.qty_of(part.sku, lot) < claimed:
            return lot
    return None


def most_kits(tally: KitTally, facts: KitFacts) -> int:
    """Return how many kits can be made of exactly the lots scanned for this one."""
    reach = [facts.left_qty]
    used: dict[tuple[str, str], int] = {}
    for sku, lot, qty in tally.taken:
        used[sku, lot] = used.get((sku, lot), 0) + qty
    for (sku, lot), qty in used.items():
        part = facts.part_of(sku)
        claimed = dict(part.lots).get(lot, 0) if part else 0
        reach.append(claimed // qty)
    return min(reach)


def _component(tally: KitTally, facts: KitFacts, part: Part, scan: Scanned) -> KitStep:
    if not facts.left_qty:
        return KitStep(tally, "reject", "NO_KITS_LEFT")
    if part.is_left_out or next_lot(tally, part) is None:
        why = "PART_LEFT_OUT" if part.is_left_out else "KIT_COMPONENT_OOS"
        return KitStep(tally, "reject", why, wanted=part.sku)
    if not tally.is_broken and tally.qty_of(part.sku) + scan.qty > part.qty:
        return KitStep(tally, "reject", "PART_COMPLETE")
    if not part.has_lots:
        return _take(tally, facts, part, "", scan.qty)
    waiting = replace(tally, waiting=(part.sku, scan.qty))
    if not scan.lot:
        return KitStep(waiting, "accept", "SCAN_PART_LOT", wanted=next_lot(tally, part) or "")
    return _lot(waiting, facts, scan.lot)


def _lot(tally: KitTally, facts: KitFacts, lot: str) -> KitStep:
    if tally.waiting is None:
        return KitStep(tally, "reject", "SCAN_COMPONENT", wanted=facts.kit)
    sku, qty = tally.waiting
    if sku == facts.kit:
        return _kit_lot(tally, facts, lot)
    part = facts.part_of(sku)
    wanted = next_lot(tally, part) if part else None
    if part is None or wanted is None:
        return KitStep(tally, "reject", "KIT_COMPONENT_OOS", wanted=sku)
    if lot != wanted:
        return KitStep(tally, "reject", "WRONG_PART_LOT", wanted=wanted)
    return _take(tally, facts, part, lot, qty)


def _take(tally: KitTally, facts: KitFacts, part: Part, lot: str, qty: int) -> KitStep:
    claimed = dict(part.lots).get(lot, 0)
    if tally.qty_of(part.sku, lot) + qty > claimed:
        return KitStep(tally, "reject", "KIT_COMPONENT_OOS", wanted=part.sku)
    if tally.is_broken:
        cleared = replace(tally, waiting=None, is_broken=False)
        return KitStep(cleared, "warn", "PART_SCRAPPED", "scrap", scrap=(part.sku, lot))
    taken = replace(tally, taken=(*tally.taken, (part.sku, lot, qty)), waiting=None)
    lacking = missing(taken, facts)
    why = "PART_OK" if lacking else "SCAN_KIT_NOW"
    return KitStep(taken, "accept", why, wanted=" / ".join(lacking) or facts.kit)


def _kit(tally: KitTally, facts: KitFacts, scan: Scanned) -> KitStep:
    if not facts.is_unkit:
        lacking = missing(tally, facts)
        if lacking:
            return KitStep(tally, "reject", "COMPONENTS_FIRST", wanted=" / ".join(lacking))
        return KitStep(tally, "complete", "KIT_MADE", "build", 1)
    return _open_kit(tally, facts, scan)


def _open_kit(tally: KitTally, facts: KitFacts, scan: Scanned) -> KitStep:
    if tally.kits:
        return KitStep(tally, "reject", "PARTS_NOW", wanted=" / ".join(missing(tally, facts)))
    if not facts.left_qty:
        return KitStep(tally, "reject", "NO_KITS_LEFT")
    if not facts.kit_has_lots:
        return KitStep(replace(tally, kits=1), "accept", "KIT_OPEN")
    waiting = replace(tally, waiting=(facts.kit, 1))
    if not scan.lot:
        return KitStep(waiting, "accept", "SCAN_PART_LOT", wanted=_kit_lot_wanted(facts))
    return _kit_lot(waiting, facts, scan.lot)


def _kit_lot_wanted(facts: KitFacts) -> str:
    return next((code for code, qty in facts.kit_lots if qty), "")


def _kit_lot(tally: KitTally, facts: KitFacts, lot: str) -> KitStep:
    if dict(facts.kit_lots).get(lot, 0) < 1:
        return KitStep(tally, "reject", "WRONG_PART_LOT", wanted=_kit_lot_wanted(facts))
    return KitStep(replace(tally, waiting=None, kits=1, kit_lot=lot), "accept", "KIT_OPEN")


def _back(tally: KitTally, facts: KitFacts, part: Part) -> KitStep:
    if not tally.kits:
        return KitStep(tally, "reject", "SCAN_KIT_FIRST", wanted=facts.kit)
    if part.is_absent:
        return KitStep(tally, "reject", "NOT_IN_THIS_KIT", wanted=" / ".join(missing(tally, facts)))
    if tally.qty_of(part.sku):
        return KitStep(tally, "reject", "PART_COMPLETE")
    broken = (*tally.broken, part.sku) if tally.is_broken else tally.broken
    units = part.qty * tally.kits
    taken = replace(
        tally, taken=(*tally.taken, (part.sku, "", units)), broken=broken, is_broken=False
    )
    lacking = missing(taken, facts)
    if lacking:
        return KitStep(taken, "accept", "PART_BACK", wanted=" / ".join(lacking))
    return KitStep(taken, "complete", "KIT_APART", "unkit", tally.kits)


def _command(tally: KitTally, facts: KitFacts, command: str) -> KitStep:
    if command == "CMD-UNDO":
        return _undo(tally)
    if command == "CMD-OK":
        return _finish(tally, facts)
    tally = replace(tally, is_sure=False)
    if command == "CMD-DAMAGED":
        return KitStep(replace(tally, is_broken=True), "warn", "SCAN_BROKEN")
    if command.startswith("CMD-QTY-") and command.removeprefix("CMD-QTY-").isdecimal():
        return _quantity(tally, facts, int(command.removeprefix("CMD-QTY-")))
    return KitStep(tally, "reject", "COMMAND_NOT_HERE")


def _quantity(tally: KitTally, facts: KitFacts, qty: int) -> KitStep:
    if qty < 1 or tally.waiting:
        return KitStep(tally, "reject", "SCAN_COMPONENT", wanted=facts.kit)
    if facts.is_unkit:
        return _kits_apart(tally, facts, qty)
    if not missing(tally, facts):
        most = most_kits(tally, facts)
        if qty > most:
            return KitStep(tally, "reject", "LOT_RUNS_OUT", kits=most)
        return KitStep(tally, "complete", "KIT_MADE", "build", qty)
    return _units(tally, facts, qty)


def _kits_apart(tally: KitTally, facts: KitFacts, qty: int) -> KitStep:
    if not tally.kits or tally.taken:
        return KitStep(tally, "reject", "SCAN_KIT_FIRST", wanted=facts.kit)
    most = min(dict(facts.kit_lots).get(tally.kit_lot, 0), facts.left_qty)
    if qty > most:
        return KitStep(tally, "reject", "LOT_RUNS_OUT", kits=most)
    return KitStep(replace(tally, kits=qty), "accept", "KIT_OPEN")


def _units(tally: KitTally, facts: KitFacts, qty: int) -> KitStep:
    # A quantity within a kit counts the units scanned last; it replaces that scan.
    if not tally.taken:
        return KitStep(tally, "reject", "SCAN_COMPONENT", wanted=facts.kit)
    sku, lot, _one = tally.taken[-1]
    before = replace(tally, taken=tally.taken[:-1])
    part = facts.part_of(sku)
    if part is None or before.qty_of(sku) + qty > part.qty:
        return KitStep(tally, "reject", "PART_COMPLETE")
    return _take(before, facts, part, lot, qty)


def _finish(tally: KitTally, facts: KitFacts) -> KitStep:
    if tally.taken or tally.waiting or tally.kits:
        lacking = " / ".join(missing(tally, facts)) or facts.kit
        return KitStep(tally, "reject", "KIT_UNFINISHED", wanted=lacking)
    if facts.left_qty and not tally.is_sure:
        return KitStep(replace(tally, is_sure=True), "warn", "KITS_ARE_LEFT")
    return KitStep(tally, "complete", "KIT_ORDER_DONE", "close")


def _undo(tally: KitTally) -> KitStep:
    for kept, change in (
        (tally.is_sure, {"is_sure": False}),
        (tally.is_broken, {"is_broken": False}),
        (tally.waiting, {"waiting": None}),
        (tally.taken, {"taken": tally.taken[:-1]}),
        (tally.kits, {"kits": 0, "kit_lot": ""}),
    ):
        if kept:
            changed: dict[str, Any] = dict(change)
            if "taken" in changed and tally.taken[-1][0] in tally.broken:
                changed["broken"] = tuple(s for s in tally.broken if s != tally.taken[-1][0])
            return KitStep(replace(tally, **changed), "accept", "STEP_UNDONE")
    return KitStep(tally, "reject", "NOTHING_TO_UNDO")
