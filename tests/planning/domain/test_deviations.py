"""B-60: the largest deviations by value, and the first cause that explains their direction."""

from __future__ import annotations

import pytest

from planning.domain.deviations import Evidence, Outcome, cause_of, largest, totals

LESS, MORE = Outcome((1, 1), 100, 40, 2), Outcome((2, 1), 10, 30, 5)
OTHERS = [Outcome((3, 1), 5, 5, 900), Outcome((4, 1), 0, 7, 0), Outcome((5, 1), 1, 2, 1)]


def test_b60_the_three_largest_by_value_and_never_those_worth_nothing():
    tie = Outcome((0, 9), 0, 20, 5)

    assert largest([LESS, MORE, *OTHERS, tie], 3) == [LESS, tie, MORE]  # 120, 100, 100
    assert largest([MORE, *OTHERS], 3) == [MORE, OTHERS[2]]
    found = totals([LESS, MORE])
    assert (found.series, found.value, found.wape, found.bias) == (
        2,
        220,
        pytest.approx(80 / 70),
        pytest.approx(40 / 70),
    )
    assert totals([]).wape is None


@pytest.mark.parametrize(
    ("one", "known", "code", "terms"),
    [
        (LESS, Evidence(stockout_days=3, promotion_days=2), "STOCKOUT", {"days": 3}),
        (MORE, Evidence(stockout_days=3, promotion_days=2), "PROMOTION", {"days": 2}),
        (LESS, Evidence(promotion_days=2, events=["Fair"]), "EVENT", {"names": ["Fair"]}),
        (LESS, Evidence(odd_days=1, override_qty=50), "ODD_DAY", {"days": 1}),
        (LESS, Evidence(override_qty=50, weeks_on_sale=2), "OVERRIDE", {"qty": 50}),
        (MORE, Evidence(weeks_on_sale=7), "NEW_PRODUCT", {"weeks": 7}),
        (MORE, Evidence(weeks_on_sale=8, before=[(10, 12)] * 3), "TREND", {"weeks": 4}),
        (MORE, Evidence(before=[(10, 12), (10, 11), (10, 12)]), "UNEXPLAINED", {}),
        (LESS, Evidence(before=[(10, 12)] * 3), "UNEXPLAINED", {}),
        (LESS, Evidence(before=[(10, 8)] * 2), "UNEXPLAINED", {}),
    ],
)
def test_b60_the_cause_explains_the_direction(one, known, code, terms):
    assert cause_of(one, known) == (code, terms)
