"""Each scan at the kitting bench: components, lots, quantities, broken ones, and taking apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fulfillment.domain.kit_steps import KitFacts, KitTally, Part, advance
from fulfillment.domain.pick_steps import Scanned

PARTS = (Part("TEA", 2, (("L3", 3), ("L5", 9))), Part("CUP", 1, (("", 6),)))
BUILD = KitFacts("SET", 4, PARTS)
UNKIT = replace(BUILD, is_unkit=True, kit_lots=(("W-1", 2), ("W-2", 1)))
TEA, CUP, SET = (Scanned("item", code) for code in ("TEA", "CUP", "SET"))
L3, L5 = Scanned("lot", "L3"), Scanned("lot", "L5")


def command(name: str) -> Scanned:
    return Scanned("command", f"CMD-{name}")


def run(facts: KitFacts, *scans: Scanned):
    tally, answers, step = KitTally(), [], None
    for scan in scans:
        step = advance(KitTally.from_json(tally.as_json()), facts, scan)
        tally = step.tally
        answers.append((step.verdict, step.why))
    return answers, step


def test_components_in_any_order_then_the_kit_confirms():
    answers, step = run(BUILD, TEA, L3, CUP, Scanned("item", "TEA", "L3"), SET)

    assert answers == [
        ("accept", "SCAN_PART_LOT"),
        ("accept", "PART_OK"),
        ("accept", "PART_OK"),
        ("accept", "SCAN_KIT_NOW"),
        ("complete", "KIT_MADE"),
    ]
    assert (step.done, step.kits) == ("build", 1)
    assert step.tally.taken == (("TEA", "L3", 1), ("CUP", "", 1), ("TEA", "L3", 1))


def test_a_quantity_makes_as_many_as_the_lots_reach_for():
    whole = (TEA, L3, command("QTY-2"), CUP)

    assert run(BUILD, *whole, command("QTY-2"))[0][-1] == ("reject", "LOT_RUNS_OUT")
    assert run(BUILD, *whole, command("QTY-2"))[1].kits == 1
    later = replace(BUILD, parts=(Part("TEA", 2, (("L5", 9),)), PARTS[1]))
    _answers, step = run(later, TEA, L5, command("QTY-2"), CUP, command("QTY-4"))
    assert (step.done, step.kits) == ("build", 4)


def test_the_lot_that_expires_first_goes_first_and_runs_out():
    answers, step = run(BUILD, TEA, L5)
    assert (answers[-1], step.wanted) == (("reject", "WRONG_PART_LOT"), "L3")
    short = replace(BUILD, parts=(Part("TEA", 2, (("L3", 1), ("L5", 9))), PARTS[1]))

    answers, step = run(short, TEA, L3, TEA, L3)

    assert (answers[-1], step.wanted) == (("reject", "WRONG_PART_LOT"), "L5")
    assert run(short, TEA, L3, TEA, L5, CUP, SET)[1].done == "build"


def test_a_broken_component_is_thrown_away_and_not_counted():
    answers, step = run(BUILD, command("DAMAGED"), TEA, L3)

    assert answers[-1] == ("warn", "PART_SCRAPPED")
    assert (step.done, step.scrap, step.tally) == ("scrap", ("TEA", "L3"), KitTally())


def test_closing_short_asks_once_and_only_between_kits():
    answers, step = run(BUILD, command("OK"), command("OK"))
    assert answers == [("warn", "KITS_ARE_LEFT"), ("complete", "KIT_ORDER_DONE")]
    assert step.done == "close"
    assert run(BUILD, CUP, command("OK"))[0][-1] == ("reject", "KIT_UNFINISHED")
    assert run(BUILD, command("OK"), CUP, command("UNDO"), command("OK"))[0][-1][0] == "warn"


def test_a_kit_is_taken_apart_component_by_component():
    lot = Scanned("lot", "W-1")
    answers, step = run(UNKIT, SET, lot, command("QTY-2"), CUP, command("DAMAGED"), TEA)

    assert answers == [
        ("accept", "SCAN_PART_LOT"),
        ("accept", "KIT_OPEN"),
        ("accept", "KIT_OPEN"),
        ("accept", "PART_BACK"),
        ("warn", "SCAN_BROKEN"),
        ("complete", "KIT_APART"),
    ]
    assert (step.done, step.kits, step.tally.kit_lot, step.tally.broken) == (
        "unkit",
        2,
        "W-1",
        ("TEA",),
    )
    answers, step = run(UNKIT, SET, lot, command("DAMAGED"), TEA, command("UNDO"))
    assert (step.tally.broken, step.tally.kits) == ((), 1)


@pytest.mark.parametrize(
    ("facts", "scans", "why"),
    [
        (BUILD, [SET], "COMPONENTS_FIRST"),
        (BUILD, [Scanned("item", "POT")], "NOT_IN_KIT"),
        (BUILD, [CUP, CUP], "PART_COMPLETE"),
        (BUILD, [L3], "SCAN_COMPONENT"),
        (BUILD, [Scanned("bin", "A-01")], "SCAN_COMPONENT"),
        (BUILD, [command("QTY-2")], "SCAN_COMPONENT"),
        (BUILD, [command("UNDO")], "NOTHING_TO_UNDO"),
        (BUILD, [command("PRINT")], "COMMAND_NOT_HERE"),
        (replace(BUILD, left_qty=0), [CUP], "NO_KITS_LEFT"),
        (replace(BUILD, parts=(Part("CUP", 1, ()),)), [CUP], "KIT_COMPONENT_OOS"),
        (UNKIT, [TEA], "SCAN_KIT_FIRST"),
        (UNKIT, [SET, Scanned("lot", "W-9")], "WRONG_PART_LOT"),
        (UNKIT, [SET, Scanned("lot", "W-2"), command("QTY-2")], "LOT_RUNS_OUT"),
        (UNKIT, [SET, Scanned("lot", "W-1"), SET], "PARTS_NOW"),
        (UNKIT, [SET, Scanned("lot", "W-1"), CUP, CUP], "PART_COMPLETE"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(facts, scans, why):
    answers, step = run(facts, *scans)

    assert (answers[-1], step.done) == (("reject", why), "")


def test_x14_an_optional_part_that_is_short_is_built_without_and_not_asked_back():
    card = Part("CARD", 2, (("", 1),), is_optional=True)
    facts = replace(BUILD, parts=(PARTS[1], card))
    answers, step = run(facts, Scanned("item", "CARD"), CUP, SET)
    assert answers == [
        ("reject", "PART_LEFT_OUT"),
        ("accept", "SCAN_KIT_NOW"),
        ("complete", "KIT_MADE"),
    ]
    assert step.done == "build"
    there = replace(facts, parts=(PARTS[1], replace(card, lots=(("", 2),))))
    assert run(there, CUP, SET)[0][-1] == ("reject", "COMPONENTS_FIRST")

    apart = replace(UNKIT, parts=(PARTS[1], replace(card, is_absent=True)))
    answers, step = run(apart, SET, Scanned("lot", "W-1"), Scanned("item", "CARD"), CUP)
    assert answers[2:] == [("reject", "NOT_IN_THIS_KIT"), ("complete", "KIT_APART")]
    assert step.done == "unkit"
