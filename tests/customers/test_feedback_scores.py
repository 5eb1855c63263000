"""A-21: CSAT and NPS with exact values, and how sure few answers are."""

from __future__ import annotations

import pytest

from customers.domain.feedback_scores import csat, nps, response_rate


def test_a_21_csat_is_the_share_of_fours_and_fives():
    score = csat({5: 20, 4: 10, 3: 5, 2: 3, 1: 2})

    assert (score.n, score.value, score.low, score.high) == (40, 75.0, None, None)


def test_a_21_nps_is_fans_less_critics():
    score = nps({10: 12, 9: 8, 8: 6, 7: 4, 6: 5, 3: 3, 0: 2})

    assert (score.n, score.value, score.low) == (40, 25.0, None)


def test_a_21_few_answers_come_with_a_range():
    # Wilson for 8 of 10, by hand: (0.8 + 0.19207) / 1.38415 -+ 0.22659.
    happy = csat({5: 5, 4: 3, 1: 2})
    fans = nps({10: 4, 8: 3, 2: 3})

    assert (happy.n, happy.value) == (10, 80.0)
    assert (happy.low, happy.high) == (pytest.approx(49.0, abs=0.1), pytest.approx(94.3, abs=0.1))
    assert (fans.n, fans.value) == (10, pytest.approx(10.0))
    # (4.75 - 3.75) / 13 = 7.7 in the middle.
    assert (fans.low + fans.high) / 2 == pytest.approx(7.69, abs=0.01)
    assert -40 < fans.low < 10 < fans.high < 60


def test_without_answers_there_is_no_score():
    assert (csat({}).value, nps({}).value, response_rate(0, 0)) == (None, None, None)
    assert response_rate(3, 12) == 25.0


def test_all_alike_is_not_certain():
    score = csat({5: 3})

    assert score.value == 100.0
    assert score.low == pytest.approx(43.8, abs=0.1)
    assert nps({0: 3}).low >= -100
