"""What returns teach: counted tables and shares."""

from __future__ import annotations

from decimal import Decimal

from returns.domain.insight import (
    Back,
    Share,
    by_cause,
    by_reason,
    by_resolution,
    matrix,
    percentile,
    top_skus,
)


def back(cause, reason, sku, qty, *, lot="", supplier="ACME", value="10", resolution="refund"):
    return Back(cause, reason, sku, lot, supplier, not lot, resolution, qty, Decimal(value) * qty)


BACKS = [
    back("DAMAGED", "BROKEN", "TEA", 3, lot="R1"),
    back("DAMAGED", "BROKEN", "TEA", 1, lot="R2"),
    back("DAMAGED", "LEAKED", "CUP", 1),
    back("DISSATISFIED", "TOO_SMALL", "CUP", 4, resolution="exchange"),
    back("INACCURATE", "WRONG_ITEM", "POT", 1),
]


def keys(rows):
    return [(row.key, row.qty) for row in rows]


def test_a_25_the_return_rate_splits_by_damage_inaccuracy_and_dissatisfaction():
    rows = by_cause(BACKS)
    assert keys(rows) == [(("DAMAGED",), 5), (("DISSATISFIED",), 4), (("INACCURATE",), 1)]
    assert [row.share for row in rows] == [0.5, 0.4, 0.1]
    assert rows[0].value == Decimal(50)


def test_a_18_reason_by_sku_by_lot_by_supplier_counts_units_of_each_lot():
    rows = matrix(BACKS)
    assert keys(rows) == [
        (("DISSATISFIED", "TOO_SMALL", "CUP", "", "ACME", True), 4),
        (("DAMAGED", "BROKEN", "TEA", "R1", "ACME", False), 3),
        (("DAMAGED", "BROKEN", "TEA", "R2", "ACME", False), 1),
        (("DAMAGED", "LEAKED", "CUP", "", "ACME", True), 1),
        (("INACCURATE", "WRONG_ITEM", "POT", "", "ACME", True), 1),
    ]
    assert sum(row.value for row in rows) == Decimal(100)
    assert keys(by_reason(BACKS))[:2] == [
        (("DAMAGED", "BROKEN"), 4),
        (("DISSATISFIED", "TOO_SMALL"), 4),
    ]


def test_a_18_the_top_ten_are_the_goods_with_most_units():
    many = [back("DAMAGED", "BROKEN", f"S{number:02}", number) for number in range(1, 13)]
    assert keys(top_skus(many))[0] == (("S12",), 12)
    assert len(top_skus(many)) == 10
    assert keys(by_resolution(BACKS)) == [(("refund",), 6), (("exchange",), 4)]


def test_a_share_of_nothing_is_no_rate_and_percentiles_are_values_that_occurred():
    assert Share(1, 4).rate == 0.25
    assert Share(0, 0).rate is None
    assert percentile([], 0.5) is None
    assert percentile([5, 1, 3, 2, 4], 0.5) == 3
    assert percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == 9
