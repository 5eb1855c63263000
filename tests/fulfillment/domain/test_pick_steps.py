"""What a picker's scans lead to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.pick_steps import PickCard, Scanned, Step, advance

LATER = Scanned("item", "TEA", lot="R2405", eligible=False)
CARD = PickCard(bin_code="A-03-12", sku_code="TEA", lot_code="R2406", tote_code="", qty=2)


def walk(card: PickCard, *scans: Scanned) -> list[Step]:
    steps = []
    for scan in scans:
        step = advance(card, scan)
        steps.append(step)
        card = step.card
    return steps


def test_bin_item_item_tote_completes_the_task():
    item = Scanned("item", "TEA", lot="R2406")

    steps = walk(CARD, Scanned("bin", "A-03-12"), item, item, Scanned("tote", "T-118"))

    assert [step.why for step in steps] == ["BIN_OK", "ITEM_OK", "SCAN_TOTE_NOW", "TASK_DONE"]
    assert (steps[-1].done, steps[-1].tote, steps[-1].verdict) == ("pick", "T-118", "complete")


@pytest.mark.parametrize(
    ("scans", "why"),
    [
        ([Scanned("bin", "A-03-13")], "WRONG_BIN"),
        ([Scanned("item", "TEA")], "SCAN_BIN_FIRST"),
        ([Scanned("bin", "A-03-12"), Scanned("item", "CUP")], "WRONG_ITEM"),
        ([Scanned("bin", "A-03-12"), LATER], "LOT_NOT_ALLOWED"),
        ([Scanned("bin", "A-03-12"), Scanned("tote", "T-118")], "SCAN_ITEM_NOW"),
        ([Scanned("bin", "A-03-12"), Scanned("item", "TEA", lot="R2406", qty=3)], "TOO_MANY"),
        ([Scanned("unknown", "?")], "UNKNOWN_CODE"),
    ],
)
def test_a_wrong_scan_is_refused_and_moves_nothing(scans, why):
    steps = walk(CARD, *scans)

    before = steps[-2].card if len(steps) > 1 else CARD
    assert (steps[-1].verdict, steps[-1].why, steps[-1].card) == ("reject", why, before)


def test_x13_a_lot_that_may_not_go_to_this_customer_is_refused_by_name():
    scan = Scanned("item", "TEA", lot="R2401", eligible=False)

    assert walk(CARD, Scanned("bin", "A-03-12"), scan)[-1].why == "LOT_NOT_ALLOWED"


def test_an_item_code_without_lot_asks_for_the_lot():
    steps = walk(CARD, Scanned("bin", "A-03-12"), Scanned("item", "TEA"), Scanned("lot", "R2406"))

    assert [step.why for step in steps[1:]] == ["SCAN_LOT_NOW", "ITEM_OK"]


def test_a_quantity_command_counts_for_the_unit_just_scanned():
    card = replace(CARD, lot_code="", qty=12)

    steps = walk(
        card,
        Scanned("bin", "A-03-12"),
        Scanned("item", "TEA"),
        Scanned("command", "CMD-QTY-12"),
    )

    assert (steps[-1].card.counted_qty, steps[-1].card.step) == (12, "tote")


def test_x09_nothing_in_the_bin_ends_short_at_once():
    steps = walk(CARD, Scanned("bin", "A-03-12"), Scanned("command", "CMD-SHORT"))

    assert (steps[-1].done, steps[-1].card.reason) == ("short", "NOT_THERE")


def test_x09_some_in_the_bin_go_to_the_tote_before_the_short_is_booked():
    steps = walk(
        CARD,
        Scanned("bin", "A-03-12"),
        Scanned("item", "TEA", lot="R2406"),
        Scanned("command", "CMD-SHORT"),
        Scanned("tote", "T-118"),
    )

    assert [step.done for step in steps] == ["", "", "", "short"]
    assert steps[-1].card.counted_qty == 1


def test_another_tote_than_the_orders_own_is_refused():
    card = replace(CARD, tote_code="T-118", lot_code="", qty=1)

    steps = walk(card, Scanned("bin", "A-03-12"), Scanned("item", "TEA"), Scanned("tote", "T-9"))

    assert steps[-1].why == "WRONG_TOTE"


def test_undo_takes_the_last_unit_back():
    steps = walk(
        CARD,
        Scanned("bin", "A-03-12"),
        Scanned("item", "TEA", lot="R2406"),
        Scanned("command", "CMD-UNDO"),
    )

    assert (steps[-1].card.counted_qty, steps[-1].card.step) == (0, "item")


scans = st.builds(
    Scanned,
    kind=st.sampled_from(["bin", "item", "lot", "tote", "command", "unknown"]),
    value=st.sampled_from(["A-03-12", "TEA", "R2406", "T-1", "CMD-SHORT", "CMD-UNDO", "CMD-QTY-9"]),
    lot=st.sampled_from(["", "R2406", "R2405"]),
    qty=st.integers(1, 4),
)


@given(st.lists(scans, max_size=30))
def test_no_sequence_of_scans_counts_more_than_the_task_asks(sequence):
    card = CARD
    for scan in sequence:
        step = advance(card, scan)
        card = step.card
        assert 0 <= card.counted_qty <= card.qty
        if step.done == "pick":
            assert card.counted_qty == card.qty
