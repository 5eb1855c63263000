"""What a packer's scans lead to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fulfillment.domain.pack_steps import PackCard, PackLine, advance
from fulfillment.domain.pick_steps import Scanned

CARD = PackCard(
    lines=(PackLine(1, "TEA", "R2406", 2, 0), PackLine(2, "CUP", "", 1, 0)),
    box_codes=frozenset({"BOX-M"}),
)


def test_every_unit_then_box_then_label_completes_the_carton():
    card = CARD
    whys = []
    for scan in (
        Scanned("item", "TEA"),
        Scanned("item", "CUP"),
        Scanned("item", "TEA", lot="R2406"),
        Scanned("item", "BOX-M"),
    ):
        answer = advance(card, scan)
        whys.append(answer.why)
        card = answer.card

    last = advance(replace(card, tracking_number="QS123"), Scanned("unknown", "QS123"))

    assert whys == ["ITEM_OK", "ITEM_OK", "SCAN_BOX_NOW", "BOX_OK"]
    assert (last.verdict, last.done) == ("complete", "confirm")


@pytest.mark.parametrize(
    ("scan", "why"),
    [
        (Scanned("item", "POT"), "NOT_IN_ORDER"),
        (Scanned("item", "TEA", lot="R2405"), "WRONG_LOT"),
        (Scanned("item", "CUP", qty=2), "TOO_MANY"),
        (Scanned("tote", "T-1"), "SCAN_ITEM_NOW"),
    ],
)
def test_what_does_not_belong_is_refused(scan, why):
    answer = advance(CARD, scan)

    assert (answer.verdict, answer.why, answer.card) == ("reject", why, CARD)


def test_x07_a_hold_stops_the_pack_screen():
    answer = advance(replace(CARD, blocked="ON_HOLD:FRAUD"), Scanned("item", "TEA"))

    assert (answer.verdict, answer.why) == ("reject", "ON_HOLD:FRAUD")


def test_the_box_closes_only_after_the_last_unit():
    assert advance(CARD, Scanned("item", "BOX-M")).why == "NOT_IN_ORDER"


def test_another_parcels_label_stops():
    card = replace(CARD, step="label", tracking_number="QS123")

    assert advance(card, Scanned("unknown", "QS999")).why == "WRONG_LABEL"


def test_a_lot_code_alone_counts_a_unit_of_the_sku_that_has_it_here():
    answer = advance(CARD, Scanned("lot", "R2406"))

    assert (answer.verdict, answer.why, answer.line_id, answer.units) == ("accept", "ITEM_OK", 1, 1)
    assert advance(CARD, Scanned("lot", "R9999")).why == "NOT_IN_ORDER"


def test_a_lot_code_that_two_skus_share_is_asked_not_guessed():
    shared = replace(CARD, lines=(*CARD.lines, PackLine(3, "MINT", "R2406", 1, 0)))

    answer = advance(shared, Scanned("lot", "R2406"))

    assert (answer.verdict, answer.why, answer.units) == ("reject", "AMBIGUOUS", 0)
