"""Which bin is offered first, and which is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.put_away import RANKS, Goods, ShelfBin, refusal, suggest

TEA, CUP = 1, 2
HOME = ShelfBin(1, "A-03", "pick", 3, 7, contents=frozenset({(TEA, 11)}))
NEAR = ShelfBin(2, "A-09", "pick", 9, 7)
FAR = ShelfBin(3, "B-01", "pick", 4, 8)
OTHER = ShelfBin(4, "A-04", "pick", 4, 7, contents=frozenset({(CUP, None)}))


def offered(goods: Goods, *bins: ShelfBin) -> list[tuple[str, str]]:
    return [(row.code, row.why) for row in suggest(bins, goods)]


def test_the_same_lot_comes_first_then_the_zone_then_any_empty_bin():
    assert offered(Goods(TEA, 11), FAR, NEAR, OTHER, HOME) == [
        ("A-03", "SAME_LOT"),
        ("A-09", "NEAR_PICK_FACE"),
        ("B-01", "EMPTY"),
    ]


def test_another_lot_goes_to_its_own_bin_unless_lots_may_be_mixed():
    assert offered(Goods(TEA, 12), HOME, FAR, NEAR)[0] == ("A-09", "NEAR_PICK_FACE")
    assert offered(Goods(TEA, 12, mixed_lots=True), HOME, FAR)[0] == ("A-03", "SAME_SKU")


def test_a_new_sku_gets_the_first_empty_bin_of_the_walk():
    assert offered(Goods(9, None), NEAR, FAR, OTHER) == [("B-01", "EMPTY"), ("A-09", "EMPTY")]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (replace(NEAR, is_active=False), "CLOSED"),
        (replace(NEAR, kind="dock"), "WRONG_KIND"),
        (replace(NEAR, is_pickable=False), "WRONG_KIND"),
        (HOME, "MIXED_LOTS"),
        (OTHER, ""),
        (replace(NEAR, climate="frozen"), "WRONG_CLIMATE"),
        (replace(NEAR, hazard="3"), "WRONG_HAZARD"),
    ],
)
def test_a_bin_is_refused_with_its_reason(place, why):
    assert refusal(place, Goods(TEA, 12)) == why


@pytest.mark.parametrize(
    ("climate", "hazard", "apart", "why"),
    [
        ("chilled", "", False, "WRONG_CLIMATE"),
        ("ambient", "3", False, ""),
        ("ambient", "3", True, "WRONG_HAZARD"),
        ("ambient", "", True, ""),
    ],
)
def test_w6_goods_demand_their_temperature_and_where_declared_their_hazard_zone(
    climate, hazard, apart, why
):
    goods = Goods(9, None, climate=climate, hazard=hazard, hazard_apart=apart)
    cold, cabinet = replace(NEAR, climate="chilled"), replace(NEAR, hazard="3")

    assert refusal(NEAR, goods) == why
    assert (refusal(cold, goods) == "") == (climate == "chilled")
    assert (refusal(cabinet, goods) == "") == (hazard == "3")


bins = st.builds(
    ShelfBin,
    bin_id=st.integers(1, 50),
    code=st.sampled_from(["A", "B", "C", "D"]),
    kind=st.sampled_from(["pick", "bulk", "dock", "tote"]),
    sequence=st.integers(0, 9),
    zone_id=st.none() | st.integers(1, 2),
    is_active=st.booleans(),
    contents=st.frozensets(st.tuples(st.integers(1, 2), st.none() | st.integers(1, 2)), max_size=2),
)


@given(st.lists(bins, unique_by=lambda row: row.bin_id), st.booleans())
def test_only_bins_that_may_take_the_goods_are_offered_best_reason_first(rows, mixed):
    goods = Goods(TEA, 1, mixed)

    found = suggest(rows, goods, limit=50)

    by_id = {row.bin_id: row for row in rows}
    assert all(refusal(by_id[row.bin_id], goods) == "" for row in found)
    assert [RANKS.index(row.why) for row in found] == sorted(RANKS.index(r.why) for r in found)
    assert suggest(list(reversed(rows)), goods, limit=50) == found
