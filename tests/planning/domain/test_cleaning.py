"""The cleaned copy of demand, against answers worked out by hand."""

import datetime as dt

import numpy as np
import pytest

from benchmarks import planning_cleaning
from planning.domain.cleaning import (
    Change,
    CleaningSettings,
    Marks,
    clean,
    find_spikes,
    tail_caps,
    window_statistics,
)
from planning.domain.netting import Line, net_cancellations, project_lines
from planning.domain.odd_days import (
    promotion_days,
    replace_odd_days,
    uplifts,
    weekday_mean,
)

CALM = [10.0, 12, 9, 11, 10, 8, 12, 10, 11, 9, 10, 12, 11, 10, 9, 10]


def weeks(*values: float) -> np.ndarray:
    return np.array([values], dtype=np.float64)


def test_b43_a_spike_becomes_the_median_of_its_window_and_is_reported():
    demand = weeks(*CALM)
    demand[0, 7] = 60.0

    cleaned = clean(demand)

    # the twelve weeks around: 8 9 9 10 10 10 10 11 11 12 12 12 without week 0 .. median 10.5
    around = sorted([12, 9, 11, 10, 8, 12, 11, 9, 10, 12, 11, 10])
    median = (around[5] + around[6]) / 2
    scale = max(1.4826 * 1.0, 1.2 * np.sqrt(median))
    (spike,) = [one for one in cleaned.changes() if one.reason == "SPIKE"]
    assert (spike.series, spike.period, spike.old, spike.new) == (0, 7, 60.0, 10.5)
    assert median == 10.5
    assert dict(spike.terms) == pytest.approx({"window_median": 10.5, "score": (60 - 10.5) / scale})
    assert demand[0, 7] == 60.0, "the raw series is never written to"
    assert cleaned.raw[0, 7] == 60.0


def test_b43_two_odd_weeks_in_a_row_are_a_new_level_and_the_newest_two_are_not_judged():
    shifted = weeks(*CALM)
    shifted[0, 7:9] = 60.0
    newest = weeks(*CALM)
    newest[0, -1] = 60.0

    rules = CleaningSettings()

    assert not find_spikes(shifted, rules)[0].any()
    assert not find_spikes(newest, rules)[0].any()
    assert find_spikes(newest, CleaningSettings(unjudged_weeks=0))[0].nonzero()[1].tolist() == [15]


def test_stock_out_weeks_are_scaled_by_their_days_or_left_out():
    demand = weeks(10, 3, 4, 0, 10, 1)
    days = weeks(7, 2, 4, 3, 7, 1)

    cleaned = clean(demand, Marks(in_stock_days=days))

    np.testing.assert_array_equal(cleaned.qty[0], [10, 10.5, 7, 0, 10, np.nan])
    assert list(cleaned.changes()) == [
        Change(0, 1, "STOCKOUT_SHORT", 3.0, 10.5, (("in_stock_days", 2.0),)),
        Change(0, 2, "STOCKOUT_SHORT", 4.0, 7.0, (("in_stock_days", 4.0),)),
        Change(0, 5, "STOCKOUT", 1.0, None, (("in_stock_days", 1.0),)),
    ]


def test_b40_promotion_weeks_leave_the_base_by_calendar_price_and_coupons():
    demand = weeks(*CALM)
    calendar = np.zeros(demand.shape, dtype=bool)
    calendar[0, 3] = True
    price = np.full(demand.shape, 10.0)
    price[0, 6] = 9.0  # exactly ten per cent: not yet
    price[0, 9] = 8.99
    coupons = np.full(demand.shape, 2.0)
    coupons[0, 11] = 4.0  # twice the usual: not yet
    coupons[0, 13] = 5.0

    cleaned = clean(demand, Marks(promoted=calendar, price=price, coupons=coupons))

    left_out = [one.period for one in cleaned.changes() if one.reason == "PROMOTION"]
    assert left_out == [3, 9, 13]
    assert np.isnan(cleaned.qty[0, left_out]).all()


def test_the_cap_is_the_quantile_of_weeks_with_demand_so_rare_sellers_keep_their_sales():
    sizes = np.arange(1.0, 22.0)  # 1 .. 21, quantile .95 = 20
    rare = np.zeros(300)
    rare[::30][:10] = [1, 2, 1, 1, 2, 1, 1, 1, 2, 40]

    assert tail_caps(sizes[None, :], CleaningSettings())[0] == 20.0
    capped = clean(rare[None, :])
    # ten sizes: .95 x 9 = 8.55 -> 2 + .55 x (40 - 2)
    assert capped.caps[0] == pytest.approx(22.9)
    assert (capped.qty[0] > 0).sum() == 10
    assert tail_caps(weeks(1, 2, 3, 400), CleaningSettings())[0] == np.inf


@pytest.mark.parametrize(
    "demand",
    [
        np.zeros((3, 60)),
        np.eye(1, 60, 20) * 9,
        np.eye(2, 520, 300) * 1e9,
        np.zeros((2, 1)),
        np.zeros((0, 10)),
        np.full((1, 5), 4.0),
    ],
)
def test_no_history_one_sale_and_huge_spikes_stay_finite(demand):
    cleaned = clean(demand, Marks(in_stock_days=np.zeros(demand.shape)))
    plain = clean(demand)

    assert np.isnan(cleaned.qty).all()
    assert np.isfinite(plain.qty).all()
    assert (plain.qty >= 0).all()
    assert (plain.qty <= demand).all()


def test_windows_leave_out_the_week_itself_and_what_is_missing():
    median, deviation = window_statistics(weeks(1, np.nan, 5, 100, 7), 2)

    np.testing.assert_array_equal(median[0], [5, 5, 7, 6, 52.5])
    np.testing.assert_array_equal(deviation[0], [0, 4, 6, 1, 47.5])


def test_cancellations_take_back_the_latest_equal_line_within_14_days():
    start = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)

    def line(key: int, day: float, customer: str = "c1", sku: str = "A", qty: int = 5) -> Line:
        return Line(key, customer, sku, qty, start + dt.timedelta(days=day))

    ordered = [line(1, 0), line(2, 3), line(3, 20, qty=6), line(4, 30, customer=""), line(5, 40)]
    cancelled = [
        line(11, 14),  # the latest before it: 2
        line(12, 14),  # then 1, fourteen days old to the hour
        line(13, 34.1, qty=6),  # older than 14 days
        line(14, 31, customer=""),  # nobody knows whose
        line(15, 39),  # before the order
        line(16, 41, sku="B"),
    ]

    assert net_cancellations(ordered, cancelled) == {11: 2, 12: 1}
    assert net_cancellations([], cancelled) == {}


def test_project_lines_exceed_the_tail_of_their_sku_and_four_weeks_of_its_other_demand():
    usual = np.full(25, 4.0)
    sku = np.array([0] * 26 + [1] * 26 + [2] * 3)
    qty = np.concatenate([usual, [41.0], usual, [40.0], [1, 1, 900]])

    # other lines: 100 units in 10 weeks, four weeks = 40; 41 is above, 40 is not
    assert np.flatnonzero(project_lines(sku, qty, weeks=10)).tolist() == [25]
    assert project_lines(np.array([]), np.array([]), 10).tolist() == []


def test_b43_an_odd_day_becomes_the_mean_of_its_weekday_in_the_last_8_weeks():
    days = np.tile([2.0, 4, 6, 8, 10, 12, 14], (2, 12))
    days[1, 3 * 7] = 10.0  # a Monday of ten, eight weeks before the odd one
    days[1, 11 * 7] = 90.0
    marked = np.zeros(days.shape, dtype=bool)
    marked[1, 11 * 7] = True
    nothing = np.zeros(days.shape[1], dtype=bool)

    cleaned, report = replace_odd_days(days, marked)

    assert [(odd.series, odd.day) for odd in report] == [(1, 21), (1, 77)]
    by_hand = report[1]
    assert (by_hand.reason, by_hand.old, by_hand.new, by_hand.used) == ("MARKED", 90.0, 2.0, 7)
    assert (cleaned[1, 77], days[1, 77]) == (2.0, 90.0)
    assert weekday_mean(days[1], 77, nothing) == (3.0, 8)  # (10 + 7 x 2) / 8
    assert weekday_mean(days[1], 3, nothing)[1] == 0


def test_b43_odd_days_are_found_among_their_weekdays_and_empty_shelves_take_the_usual():
    days = np.tile([5.0, 5, 6, 5, 5, 30, 5], (1, 14))  # every Saturday sells thirty
    days[0, 9 * 7 + 2] = 40.0
    days[0, 5 * 7 + 5] = 0.0
    empty = np.zeros(days.shape, dtype=bool)
    empty[0, 5 * 7 + 5] = empty[0, 3] = True

    cleaned, report = replace_odd_days(days, left_out=empty)

    assert [(odd.day, odd.reason, odd.old, odd.new) for odd in report] == [
        (40, "STOCKOUT", 0.0, 30.0),
        (65, "SPIKE", 40.0, 6.0),
    ]
    assert cleaned.sum() == days.sum() - 34 + 30


def test_b40_the_detector_tags_discounts_above_10_and_uplifts_above_50_per_cent():
    days = np.full((1, 7 * 12), 100.0)
    price = np.full(days.shape, 20.0)
    price[0, 20], price[0, 30] = 18.0, 17.99
    days[0, 41], days[0, 50] = 150.0, 151.0

    assert np.flatnonzero(promotion_days(days, price)[0]).tolist() == [30, 50]


def test_uplifts_are_pulled_to_all_by_five_pseudo_promotions():
    qty = np.array([20.0, 30, 40, 60, 5])
    base = np.array([10.0, 10, 10, 10, 0])

    found, whole = uplifts(qty, base, np.array([0, 0, 0, 1, 1]))

    assert whole == 3.5  # of 2 3 4 6
    assert found == {0: ((3 * 3 + 5 * 3.5) / 8, 3), 1: ((6 + 5 * 3.5) / 6, 1)}
    assert uplifts(np.array([]), np.array([]), np.array([], dtype=np.int64)) == ({}, 1.0)


def test_f5_injected_promotions_and_stock_outs_are_undone_on_small_made_up_demand():
    draw = np.random.default_rng(3)
    truth = draw.poisson(draw.uniform(4, 30, 60)[:, None], (60, 52)).astype(np.float64)

    run = planning_cleaning.measure(truth, planning_cleaning.smooth, partial=True)

    assert len(run["replications"]) == 3
    assert min(row["default undone"][1] for row in run["replications"]) > 0.75
    assert run["harm"][1] < 0.01
    assert min(row["precision"] for row in run["replications"]) >= 0.6


def test_f5_on_real_weeks_three_quarters_of_the_damage_are_undone(shared_data):
    file = shared_data / "demand-uci-weekly" / "sales_transactions_weekly.csv.gz"
    truth = planning_cleaning.read_series(file)
    made = planning_cleaning.inject(truth, planning_cleaning.SEED, partial=True)

    def error(history, origin=40):
        level = planning_cleaning.smooth(history[:, :origin])
        return np.abs(4 * level - truth[:, origin : origin + 4].sum(axis=1)).sum()

    marks = made.marks(40, calendar=False)
    worst, best = error(made.qty), error(truth)
    after = error(clean(made.qty[:, :40], marks).qty)
    assert truth.shape == (696, 52)
    assert (worst - after) / (worst - best) >= 0.75
    assert error(clean(truth[:, :40]).qty) <= 1.01 * best
