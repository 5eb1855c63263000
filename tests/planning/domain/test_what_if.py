"""What-if: two policies under the same luck; nonsense is refused by name."""

import numpy as np
import pytest

from planning.domain.series import Panel
from planning.domain.simulation import ReplayRefused
from planning.domain.what_if import AirNotFaster, Scenario, ScenarioRefused, answer, check

CURRENT = Scenario(service_level=0.85, sea_days=30)


def panel(days: int = 300, series: int = 6) -> Panel:
    """Return steady demand with noise from a fixed seed, 20 a piece."""
    chance = np.random.default_rng(7)
    qty = chance.poisson(np.linspace(1, 6, series)[:, None], (series, days)).astype(float)
    names = tuple(f"S{number}" for number in range(series))
    periods = tuple(str(day) for day in range(days))
    return Panel(names, periods, qty, "D", np.full(qty.shape, 20.0))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"service_level": 1.0}, ScenarioRefused, "service_level must be from 0.5 to 0.999"),
        ({"sea_days": 400}, ScenarioRefused, "sea_days must be from 2 to 150"),
        ({"air_share": 1.2}, ScenarioRefused, "air_share must be from 0.0 to 1.0"),
        ({"air_days": 35}, AirNotFaster, "Air takes 35 days and sea 35"),
    ],
)
def test_nonsense_is_refused_with_the_field_and_its_bounds(change, error, words):
    with pytest.raises(error, match=words):
        check(Scenario(**change))


def test_a_history_of_fewer_than_112_days_is_refused():
    with pytest.raises(ReplayRefused, match="spans 111 days"):
        answer(panel(111, 1), CURRENT, CURRENT, seeds=(1,))


def test_a_higher_service_level_holds_more_and_loses_less_under_the_same_luck():
    asked = Scenario(service_level=0.99, sea_days=30)
    steps = []

    found = answer(
        panel(), asked, CURRENT, seeds=(1,), progress=lambda done, of: steps.append((done, of))
    )
    again = answer(panel(), asked, CURRENT, seeds=(1,))

    assert again == found
    assert found.series == 6
    assert found.days == 300 - 160
    assert found.asked.days > found.current.days
    assert found.asked.lost <= found.current.lost
    assert found.current.lost > 0
    levels = [level for level, _figures in found.curve]
    assert levels == [0.80, 0.85, 0.90, 0.95, 0.97, 0.99]
    held = [figures.holding for _level, figures in found.curve]
    assert held == sorted(held)
    assert found.curve[-1][1] == found.asked
    assert steps[-1] == (7, 7)
    counted = panel().qty[:, 160:]
    caps = np.quantile(panel().qty, 0.995, axis=1, keepdims=True)
    assert found.revenue == 20 * np.rint(np.minimum(counted, caps)).sum()


def test_shorter_lead_times_and_a_fixed_share_by_air_show_in_stock_and_freight():
    short = answer(panel(), Scenario(0.85, sea_days=15), CURRENT, seeds=(1,))
    flown = answer(panel(), Scenario(0.85, sea_days=30, air_share=1.0), CURRENT, seeds=(1,))

    assert short.asked.days < short.current.days
    assert flown.asked.air == 100.0
    assert flown.asked.freight > 2 * flown.current.freight
    assert flown.asked.days < flown.current.days
    mixed = answer(panel(), Scenario(0.873, sea_days=30, air_share=0.5), CURRENT, seeds=(1,))
    assert 45 < mixed.asked.air < 70  # whole cases round each part up
    assert [level for level, _ in mixed.curve] == [0.80, 0.85, 0.873, 0.90, 0.95, 0.97, 0.99]
