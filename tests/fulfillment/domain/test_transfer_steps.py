"""Each scan of a receiving worker: what is counted, refused, and when it is booked."""

from __future__ import annotations

import pytest

from fulfillment.domain.pick_steps import Scanned
from fulfillment.domain.transfer_steps import Awaited, Tally, advance

AWAITED = [Awaited("CUP", "", 3), Awaited("TEA", "L3", 2), Awaited("TEA", "L5", 1)]
CUP, TEA = Scanned("item", "CUP"), Scanned("item", "TEA")
L3, L5 = Scanned("lot", "L3"), Scanned("lot", "L5")
DOCK = Scanned("bin", "DOCK-1")


def command(name: str) -> Scanned:
    return Scanned("command", f"CMD-{name}")


def run(*scans: Scanned) -> tuple[list[tuple[str, str]], Tally, str]:
    tally, answers, done = Tally(), [], ""
    for scan in scans:
        step = advance(Tally.from_json(tally.as_json()), AWAITED, scan)
        tally, done = step.tally, step.done
        answers.append((step.verdict, step.why))
    return answers, tally, done


def counted(tally: Tally) -> list[tuple[str, str, int, str]]:
    return [(row.sku, row.lot, row.qty, row.condition) for row in tally.counted]


def test_items_and_lots_are_counted_and_a_bin_books_them():
    answers, tally, done = run(
        CUP, command("QTY-3"), TEA, L3, Scanned("item", "TEA", "L5"), TEA, L3, DOCK
    )

    assert [verdict for verdict, _why in answers] == ["accept"] * 7 + ["complete"]
    assert counted(tally) == [
        ("CUP", "", 3, "good"),
        ("TEA", "L3", 1, "good"),
        ("TEA", "L5", 1, "good"),
        ("TEA", "L3", 1, "good"),
    ]
    assert done == "book"


def test_ok_with_units_missing_asks_once():
    answers, tally, done = run(CUP, command("OK"), command("OK"))

    assert answers[1:] == [("warn", "TRANSFER_MISSING"), ("complete", "TRANSFER_SHORT")]
    assert (tally.qty, done) == (1, "short")
    answers, _tally, done = run(CUP, command("OK"), CUP, command("OK"))
    assert (answers[-1], done) == (("warn", "TRANSFER_MISSING"), "")


def test_damaged_and_undo_speak_of_the_last_scan():
    answers, tally, _done = run(CUP, CUP, command("DAMAGED"))
    assert answers[-1] == ("warn", "COUNTED_DAMAGED")
    assert counted(tally) == [("CUP", "", 1, "good"), ("CUP", "", 1, "damaged")]

    answers, tally, _done = run(CUP, TEA, *[command("UNDO")] * 3)
    assert answers[2:] == [
        ("accept", "STEP_UNDONE"),
        ("accept", "STEP_UNDONE"),
        ("reject", "NOTHING_TO_UNDO"),
    ]
    assert tally == Tally()
    answers, tally, _done = run(CUP, command("OK"), command("UNDO"))
    assert (answers[-1], tally.qty, tally.is_sure) == (("accept", "STEP_UNDONE"), 1, False)


@pytest.mark.parametrize(
    ("scans", "why"),
    [
        ([Scanned("item", "POT")], "NOT_ON_TRANSFER"),
        ([Scanned("item", "CUP", qty=4)], "MORE_THAN_SHIPPED"),
        ([CUP, command("QTY-4")], "MORE_THAN_SHIPPED"),
        ([CUP, command("QTY-0")], "SCAN_TRANSFER_ITEM"),
        ([TEA, Scanned("lot", "L9")], "LOT_NOT_SHIPPED"),
        ([TEA, L5, TEA, L5], "MORE_THAN_SHIPPED"),
        ([TEA, DOCK], "SCAN_LOT_OF"),
        ([TEA, command("OK")], "SCAN_LOT_OF"),
        ([L3], "SCAN_TRANSFER_ITEM"),
        ([DOCK], "SCAN_TRANSFER_ITEM"),
        ([CUP, Scanned("tote", "T-001")], "BIN_NOT_TOTE"),
        ([command("DAMAGED")], "SCAN_TRANSFER_ITEM"),
        ([command("PRINT")], "COMMAND_NOT_HERE"),
        ([Scanned("unknown", "?")], "UNKNOWN_CODE"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(scans, why):
    answers, _tally, done = run(*scans)

    assert (answers[-1], done) == (("reject", why), "")
