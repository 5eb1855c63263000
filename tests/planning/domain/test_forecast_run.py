"""A forecast of many series: edge cases, choice of methods, shards, measured figures."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planning.domain import accuracy, backtest, forecast_run
from planning.domain.forecasting import Class
from planning.domain.series import Panel
from planning.domain.shards import DaskShards


def panel(qty: Any, frequency: Any = "W") -> Panel:
    units = np.asarray(qty, dtype=np.float64)
    names = tuple(f"s{row:04d}" for row in range(len(units)))
    return Panel(names, tuple(map(str, range(units.shape[1]))), units, frequency)


def shop(count: int, periods: int, seed: int = 3) -> Panel:
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(1.0, 1.0, count)[:, None]
    sold = rng.random((count, periods)) < rng.uniform(0.2, 1.0, count)[:, None]
    return panel(rng.poisson(rng.gamma(2.0, mean / 2.0, (count, periods))) * sold)


@pytest.mark.parametrize("periods", [1, 7, 12, 30, 520])
def test_odd_histories_give_finite_forecasts_that_are_not_negative(periods: int) -> None:
    one = np.zeros(periods)
    one[-1] = 1
    spike = np.ones(periods)
    spike[periods // 2] = 1e6
    gaps = np.where(np.arange(periods) % 3 == 0, np.nan, 4.0)
    odd = panel([np.zeros(periods), one, spike, gaps, np.full(periods, np.nan), np.ones(periods)])

    outcome = forecast_run.run(odd, 4)

    made = outcome.results[periods]
    for values in (made.level, made.mean, made.variance, made.quantiles, made.confidence):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert made.confidence.max() <= 100
    assert made.mean[0] == made.mean[4] == 0
    assert (np.diff(made.quantiles, axis=0) >= 0).all()
    for kind in Class:  # every class can say what it was forecast with
        assert sum(forecast_run.weights_by_name(outcome.choices[periods], kind).values()) > 0.99


def test_a_steady_series_is_forecast_at_its_level() -> None:
    made = forecast_run.run(panel(np.full((3, 60), 8.0)), 4).results[60]

    assert made.level == pytest.approx(8)
    assert made.mean == pytest.approx(32)
    assert made.confidence == pytest.approx(100)


def test_one_bad_month_for_everybody_does_not_choose_the_method() -> None:
    calm = np.ones((2, 2, 9, len(Class)))
    calm[:, 0] = 1.2  # the second method is better at every origin but one
    calm[:, 0, 4], calm[:, 1, 4] = 10.0, 100.0

    weights = forecast_run.choose(np.concatenate([calm, np.full((2, 12, 9, 5), 50.0)], axis=1))

    assert weights[0, Class.REGULAR, :2].tolist() == [0, 1]
    assert weights.sum(axis=2) == pytest.approx(1)


class _Remote:
    """Stands in for a Dask client: whatever travels is pickled, as between two machines."""

    def scatter(self, value: Any) -> bytes:
        return pickle.dumps(value)

    def submit(self, work: Callable[..., Any], *given: Any, pure: bool) -> bytes:
        assert not pure
        read = [pickle.loads(one) if isinstance(one, bytes) else one for one in given]  # noqa: S301
        return pickle.dumps(work(*read))

    def gather(self, sent: Sequence[bytes]) -> list[Any]:
        return [pickle.loads(one) for one in sent]  # noqa: S301


def test_shards_elsewhere_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_run, "SHARD", 40)
    demand = shop(100, 40)
    steps: list[tuple[int, int]] = []

    here = forecast_run.run(demand, 4, [30, 36], progress=lambda *at: steps.append(at))
    there = forecast_run.run(demand, 4, [30, 36], DaskShards(_Remote()))

    assert steps[-1] == (18, 18)
    for origin in (30, 36):
        for name in ("level", "mean", "variance", "quantiles", "confidence"):
            one, other = (getattr(made.results[origin], name) for made in (here, there))
            assert np.array_equal(one, other)


def test_the_confidence_score_orders_the_realised_error() -> None:
    figures = backtest.backtest(shop(600, 60), 4, range(48, 57)).accuracy

    assert list(figures.by_confidence) == sorted(figures.by_confidence, reverse=True)
    assert figures.by_confidence[0] >= 1.6 * figures.by_confidence[-1]
    pinballs = list(figures.pinball_by_confidence)
    assert pinballs == sorted(pinballs, reverse=True)
    assert abs(figures.coverage_90 - 0.9) <= 0.05
    assert abs(figures.coverage_95 - 0.95) <= 0.05
    assert abs(figures.bias) <= 0.05
    assert figures.ratio_ma8_4week < 1


def test_top_series_are_the_largest_of_those_that_sell_often() -> None:
    often, large, rare = np.ones(30), np.full(30, 9.0), np.zeros(30)
    rare[20] = 1_000
    flags = accuracy.top_series(panel([often, large, rare]), 28, 1)
    assert flags.tolist() == [False, True, False]


def test_uci_w_is_better_than_the_mean_of_eight_weeks(shared_data: Path) -> None:
    file = shared_data / "demand-uci-weekly" / "sales_transactions_weekly.csv.gz"
    units = pd.read_csv(file).iloc[:, 1:].to_numpy(dtype=np.float64)
    kept = units[(units[:, :36] > 0).sum(axis=1) >= 5]

    figures = backtest.backtest(panel(kept), 4, range(36, 45)).accuracy

    assert len(kept) == 696
    assert figures.ma8_week == pytest.approx(0.2412, abs=5e-5)
    assert figures.ratio_ma8_week <= 0.975
    assert figures.ratio_ma8_4week <= 0.905
    assert abs(figures.coverage_90 - 0.9) <= 0.05
    assert abs(figures.coverage_95 - 0.95) <= 0.05
