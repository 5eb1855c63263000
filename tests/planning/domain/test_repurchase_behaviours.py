"""Cycles, cross-purchase, segments and the forecast table, by the ids of the behaviour page."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from planning.domain import cross_purchase, cycles, rebuy, repurchase_demand
from planning.domain.cycles import Cycle, Waits
from planning.domain.rebuy import Pairs, Prediction, Rates
from planning.domain.segments import Segment, cohort_rate, repeat_rate, segment_of


def lines(rows: list[tuple[int, int, int]]) -> rebuy.Lines:
    return rebuy.lines_of(*np.array(rows, dtype=np.int64).T)


def segment(purchases: int, first: int, touch: int, alive: float | None = None) -> Segment:
    said = None if alive is None else np.array([alive])
    return segment_of(np.array([purchases]), np.array([first]), np.array([touch]), said)[0]


def test_b02_high_has_two_purchases_and_a_visit_in_thirty_days():
    assert segment(2, 200, 30) is Segment.HIGH
    assert segment(2, 200, 31) is Segment.OTHER
    assert segment(1, 200, 30) is Segment.OTHER


def test_b03_dormant_is_one_purchase_and_sixty_to_ninety_silent_days():
    assert [segment(1, 300, days) for days in (31, 59, 60, 90, 91)] == [
        Segment.COOLING,
        Segment.COOLING,
        Segment.DORMANT,
        Segment.DORMANT,
        Segment.LOST,
    ]
    assert segment(2, 300, 75) is Segment.OTHER


def test_b04_new_is_a_first_purchase_in_thirty_days_and_segments_part_everybody():
    assert segment(1, 30, 30) is Segment.NEW
    assert segment(1, 31, 31) is Segment.COOLING
    assert segment(2, 10, 5) is Segment.HIGH  # high comes first
    assert segment(3, 400, 200, alive=0.19) is Segment.LOST
    assert segment(3, 400, 200, alive=0.2) is Segment.OTHER
    every = [(n, f, t) for n in (1, 2, 5) for f in range(0, 130, 5) for t in range(0, f + 1, 5)]
    found = segment_of(*np.array(every).T)
    assert len(found) == len(every)
    assert set(found) == set(Segment)


def test_b05_the_cycle_of_the_saver_is_four_point_two_months():
    # Eleven customers, one gap each: 118 ... 138 days around 128.
    rows = [(n, 7, 0) for n in range(11)] + [(n, 7, 118 + 2 * n) for n in range(11)]

    found = cycles.cycles(cycles.waits_of(lines(rows), 400))[7]

    assert (found.gaps, found.waiting) == (11, 11)
    assert (found.quarter, found.median, found.three_quarters) == (123, 128, 133)
    assert round(found.months, 1) == 4.2
    assert not found.low_confidence
    few = cycles.cycles(cycles.waits_of(lines(rows[:9] + rows[11:20]), 400))[7]
    assert few.gaps == 9
    assert few.low_confidence


def test_waiting_customers_lengthen_the_planned_cycle_to_the_likeliest_gamma():
    gaps = np.array([30, 40, 50, 60, 20, 10, 45, 33, 28, 39])
    ten, two = np.zeros(10, dtype=np.int64), np.zeros(2, dtype=np.int64)

    found = cycles.cycles(Waits(gaps, ten, np.array([100, 10]), two))[0]
    alone = cycles.cycles(Waits(gaps, ten, two[:0], two[:0]))[0]

    def loss(shape: float, scale: float) -> float:
        seen = gamma.logpdf(gaps, shape, scale=scale).sum()
        open_part = gamma.logsf([100, 10], shape, scale=scale).sum()
        return float(0.5 * np.log(shape) ** 2 - seen - open_part)

    best = loss(found.shape, found.scale)
    for up, out in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.02, 0.98), (0.98, 1.02)):
        assert loss(found.shape * up, found.scale * out) > best
    assert found.planned(0.5) > alone.planned(0.5)
    assert found.planned(0.5) == pytest.approx(gamma.median(found.shape, scale=found.scale))


def test_a_wait_is_judged_by_the_time_already_waited_even_far_out():
    shape, scale = np.array([2.0, 2.0, 2.0]), np.full(3, 20.0)
    waited = np.array([0.0, 60.0, 1e6])

    chance = cycles.within(shape, scale, waited, 30.0)
    middle = cycles.middle_wait(shape, scale, waited)

    left, _ = quad(lambda t: gamma.pdf(t, 2, scale=20), 60, 90)
    assert chance[1] == pytest.approx(left / gamma.sf(60, 2, scale=20))
    assert gamma.sf(60 + middle[1], 2, scale=20) == pytest.approx(gamma.sf(60, 2, scale=20) / 2)
    assert middle[2] == pytest.approx(20 * np.log(2))
    assert np.isfinite(chance).all()


def test_no_gap_one_gap_and_equal_gaps_stay_finite():
    none = cycles.cycles(cycles.waits_of(lines([(0, 0, 3)]), 9))
    one = cycles.cycles(cycles.waits_of(lines([(0, 0, 3), (0, 0, 4)]), 9))[0]
    same = cycles.cycles(
        Waits(np.full(30, 7), np.zeros(30, np.int64), np.zeros(0, int), np.zeros(0, int))
    )[0]

    assert none == {}
    assert (one.gaps, one.waiting, one.median) == (1, 1, 1)
    assert np.isfinite([one.shape, one.scale, same.shape, same.scale]).all()
    assert same.planned(0.5) == pytest.approx(7, rel=0.1)


def test_b06_thirty_four_of_a_hundred_buy_the_accessory_within_two_months():
    saver, charger, cover = 0, 1, 2
    rows = [(n, saver, 100) for n in range(100)]
    rows += [(n, charger, 101 + n) for n in range(33)]  # days 1 to 33 after the saver
    rows += [(33, charger, 161), (34, charger, 162)]  # day 61 counts, day 62 does not
    rows += [(35, charger, 100), (36, charger, 90)]  # the same day and before do not count
    rows += [(n, saver, 240) for n in range(200, 220)]  # watched for less than 61 days
    rows += [(n, charger, 241) for n in range(200, 220)]
    rows += [(n, cover, 50) for n in range(300, 340)]

    found = cross_purchase.crossings(lines(rows), cut=300)
    after = found.after(saver, charger)

    assert (after.watched, after.bought, after.share) == (100, 34, 0.34)
    # pooled share of the charger after any other product: 34 of 100 savers and 40 covers
    assert found.pooled[charger] == pytest.approx(34 / 140)
    mixed = (34 + found.kappa * 34 / 140) / (100 + found.kappa)
    assert after.planned == pytest.approx(mixed)
    assert found.planned()[saver, charger] == pytest.approx(mixed)
    assert after.low < mixed < after.high
    assert after.lift == pytest.approx(mixed / (34 / 140))
    assert found.after(cover, charger).bought == 0
    only = cross_purchase.crossings(lines(rows), 300, products=np.array([saver, charger]))
    assert only.bought.tolist() == [[0, 34], [1, 0]]  # customer 36 came the other way round
    assert cross_purchase.crossings(lines(rows[:1]), 100).bought.tolist() == [[0]]


def prediction(cut: dt.date, silent: list[int], chance: list[float], product: list[int]):
    day = (cut - dt.date(1970, 1, 1)).days
    size = len(product)
    last = day - np.array(silent)
    ones = np.ones(size, dtype=np.int64)
    pairs = Pairs(day, np.arange(size), np.array(product), ones, last, last)
    return Prediction(pairs, 60, np.array(chance), Rates(np.ones(9), 1.0), None)


#: Without memory: half are back after 30 days, however long they waited.
STEADY = Cycle(12, 4, 20.0, 30.0, 40.0, 1.0, 30 / np.log(2))
QUICK = Cycle(9, 4, 5.0, 7.0, 10.0, 1.0, 7 / np.log(2))


def test_b08_the_table_names_date_chance_and_companion_soonest_first():
    saver, charger = 0, 1
    found = prediction(
        dt.date(2025, 9, 15), [0, 80, 5], [0.60, 0.76, 0.45], [saver, saver, charger]
    )
    rows = [(n, saver, 100) for n in range(100)] + [(n, charger, 120) for n in range(34)]
    crossed = cross_purchase.crossings(lines(rows), cut=300)

    one, two = repurchase_demand.table(found, {saver: STEADY, charger: QUICK}, crossed)

    assert (one.product, one.date, one.chance) == (charger, dt.date(2025, 9, 22), 0.45)
    assert (one.buyers, one.gaps, one.low_confidence, one.related) == (1, 9, True, None)
    assert (two.product, two.date) == (saver, dt.date(2025, 10, 15))
    assert two.chance == pytest.approx(0.68)
    assert (two.buyers, two.gaps, two.low_confidence) == (2, 12, False)
    assert two.related is not None
    assert (two.related.then, two.related.share) == (charger, 0.34)
    assert repurchase_demand.table(found, {}, None) == []


def test_expected_repurchases_fall_on_weeks_by_the_cycle():
    found = prediction(dt.date(2026, 3, 1), [0, 80], [0.5, 0.2], [0, 1])

    weeks = repurchase_demand.by_week(found, {0: STEADY}, np.array([3.0, 10.0]), 9)

    # product 0 without memory: week 1 holds (1 - 2**-(7/30)) / (1 - 2**-(60/30)) of the chance
    assert weeks[0][0] == pytest.approx(1.5 * (1 - 2 ** (-7 / 30)) / 0.75)
    assert weeks[0][1] == pytest.approx(weeks[0][0] * 2 ** (-7 / 30))
    # product 1 has no cycle: even over the 60 days
    assert weeks[1] == pytest.approx(np.full(9, 2.0 * 7 / 60), rel=1e-4)


def test_blocks_of_seven_days_are_shared_out_to_calendar_weeks():
    blocks = np.array([7.0, 14.0])

    assert repurchase_demand.by_monday(blocks, 0).tolist() == [7, 14]
    # a block that starts on Thursday has four days in its week and three in the next
    assert repurchase_demand.by_monday(blocks, 3).tolist() == [4, 3 + 8, 6]


def test_b14_repeats_are_named_in_demand_and_never_twice():
    part = repurchase_demand.component(100.0, 0.4, 50.0)
    assert (part.new, part.repeat, part.total, part.capped) == (60, 50, 110, False)
    high = repurchase_demand.component(100.0, 0.4, 90.0)
    assert (high.repeat, high.total, high.capped) == (pytest.approx(56), pytest.approx(116), True)
    low = repurchase_demand.component(100.0, 0.4, 10.0)
    assert (low.repeat, low.total, low.capped) == (28, 88, True)
    # what history holds already changes nothing when the customers say the same
    assert repurchase_demand.component(100.0, 0.4, 40.0).total == 100
    assert repurchase_demand.component(100.0, 0.0, 90.0).total == pytest.approx(140)
    assert repurchase_demand.component(0.0, 0.0, 5.0).total == 0

    # 100 expected savers, 34 % take the charger: 34, of which its own forecast holds 20
    assert repurchase_demand.companion_need(100, 0.34, 20) == (34, 14)
    assert repurchase_demand.companion_need(100, 0.34, 40) == (34, 0)


def test_the_repurchase_rate_and_the_cohort_rate_of_a_growing_shop():
    assert repeat_rate(np.array([0, 1, 2, 5])) == (2, 3)
    # 90 days of watching: the third is too young, the fourth came back too late
    first, second = np.array([90, 200, 89, 300]), np.array([90, 10, 5, 91])
    assert cohort_rate(first, second) == (2, 3)
    assert cohort_rate(np.array([100]), np.array([-1])) == (0, 1)
