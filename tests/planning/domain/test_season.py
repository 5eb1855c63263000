"""B-07, A-36: seasons of the year in numbers, and in forecasts."""

import datetime as dt

import numpy as np
import pytest

from planning.domain import forecast_run
from planning.domain.season import SeasonIndex, season_index, summer_over_winter
from planning.domain.series import Panel

#: Index of the months of a year whose summer asks for 3.2 times its winter.
MONTHS = np.array([0.5, 0.5, 1.0, 1.0, 1.0, 1.6, 1.6, 1.6, 1.0, 1.0, 0.7, 0.5])


def test_b_07_a_ratio_of_3_2_reads_higher_by_220_percent_and_not_by_320():
    season = SeasonIndex(MONTHS, cycles=2, trust=0.5)

    contrast = summer_over_winter(season)
    south = summer_over_winter(season, is_southern=True)

    assert contrast is not None
    assert south is not None
    assert contrast.ratio == pytest.approx(3.2)
    assert contrast.more_percent == pytest.approx(220)
    assert (contrast.cycles, contrast.trust) == (2, 0.5)
    assert south.ratio == pytest.approx(1 / 3.2)
    assert south.more_percent == pytest.approx(-68.75)


def test_b_07_the_method_finds_the_ratio_in_two_years_of_weeks():
    """Weeks 23-35 ask for 320, weeks 49-9 for 100; windows of five weeks soften the edges."""
    year = np.full(52, 200.0)
    year[22:35], year[48:], year[:9] = 320, 100, 100

    found = summer_over_winter(season_index(np.tile(year, 2), np.tile(np.arange(52), 2), 52))
    none = summer_over_winter(season_index(year[:30], np.arange(30), 52))
    flat = summer_over_winter(season_index(np.full(104, 7.0), np.tile(np.arange(52), 2), 52))

    assert found is not None
    assert flat is not None
    assert found.ratio == pytest.approx(4_016 / 1_420), "2.83: the edges of 13 weeks are softened"
    assert none is None
    assert flat.ratio == pytest.approx(1)
    assert summer_over_winter(SeasonIndex(np.ones(7), 2, 0.5)) is None


def test_a_36_fashion_is_forecast_with_the_season_its_history_shows():
    """Three years of coats: autumn asks for four times spring; the run stands before autumn."""
    weeks = 52 * 3 + 34
    starts = tuple(dt.date(2023, 1, 2) + dt.timedelta(weeks=n) for n in range(weeks))
    place = np.array([min(day.isocalendar().week, 52) - 1 for day in starts])
    shape = np.where((place >= 34) & (place < 46), 4.0, 1.0)
    rng = np.random.default_rng(3)
    sold = rng.poisson(20 * shape, size=(12, weeks)).astype(float)
    names = tuple(f"COAT-{n}" for n in range(12))
    periods = tuple(day.isoformat() for day in starts)
    seasonal = Panel(names, periods, sold, "W", starts=starts)
    even = Panel(names, periods, rng.poisson(20, (12, weeks)).astype(float), "W", starts=starts)

    autumn = forecast_run.run(seasonal, 8).results[weeks].mean
    calm = forecast_run.run(even, 8).results[weeks].mean

    recent = sold[:, -8:].sum(axis=1)
    assert (autumn > 1.8 * recent).all(), "the last weeks alone would say the same again"
    assert 2.0 < autumn.sum() / recent.sum() < 2.92, "2.92: three years are trusted to 75 %"
    assert calm.mean() == pytest.approx(8 * 20, rel=0.1)
