"""Cost follows goods: chunks are taken oldest first, totals are spread without losing a cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.domain.transit import (
    Chunk,
    merge_chunks,
    skip_chunks,
    split_cost,
    take_chunks,
    worth,
)

TWO, SIX = Decimal("2.00"), Decimal("2.60")
CHUNKS = [Chunk(5, TWO, "USD"), Chunk(3, SIX, "USD")]


def test_units_are_taken_at_the_cost_at_which_they_left():
    assert take_chunks(CHUNKS, 6) == [Chunk(5, TWO, "USD"), Chunk(1, SIX, "USD")]
    assert skip_chunks(CHUNKS, 6) == [Chunk(2, SIX, "USD")]
    assert skip_chunks(CHUNKS, 8) == []
    with pytest.raises(ValueError, match="fewer units"):
        take_chunks(CHUNKS, 9)


def test_neighbours_of_one_cost_are_one_chunk():
    assert merge_chunks([*CHUNKS, Chunk(2, SIX, "USD"), Chunk(1, TWO, "USD")]) == [
        Chunk(5, TWO, "USD"),
        Chunk(5, SIX, "USD"),
        Chunk(1, TWO, "USD"),
    ]


@pytest.mark.parametrize(
    ("chunks", "total"),
    [
        (CHUNKS, (Decimal("17.80"), "USD")),
        ([*CHUNKS, Chunk(1, None, "USD")], (None, "")),
        ([*CHUNKS, Chunk(1, TWO, "EUR")], (None, "")),
    ],
)
def test_what_chunks_cost_together(chunks, total):
    assert worth(chunks) == total


def test_a_total_is_spread_over_units_to_the_last_millionth():
    spread = split_cost(Decimal("10.00"), 3, "USD")

    assert spread == [
        Chunk(1, Decimal("3.333334"), "USD"),
        Chunk(2, Decimal("3.333333"), "USD"),
    ]
    assert worth(spread) == (Decimal("10.000000"), "USD")
    assert split_cost(None, 3) == [Chunk(3, None)]
    assert split_cost(Decimal("9.00"), 3, "USD") == [Chunk(3, Decimal("3.000000"), "USD")]
