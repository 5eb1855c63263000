"""Repurchase models against published figures, quadrature and awkward histories."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln
from scipy.stats import beta, gamma

from planning.domain import buy_till_you_die as btyd
from planning.domain import purchases, repurchase_report
from planning.domain.buy_till_you_die import Histories, Kind, Model

PAPER = Model(Kind.BG, 0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
MODELS = [PAPER, Model(Kind.MBG, 0.525, 6.183, 0.891, 1.614, -9582.1, 2357)]


def of(*rows: tuple[float, float, float]) -> Histories:
    return Histories(*np.array(rows, dtype=float).T)


def test_the_published_sample_gives_the_published_parameters_and_holdout(shared_data):
    file = shared_data / "cdnow" / "cdnow_sample.csv.gz"
    known = purchases.read_purchases(file, ("customer_id_sample", "date", "value"))

    made = repurchase_report.report(known, purchases.middle_cut(known), int(known.day.max()))

    assert purchases.day_of(made.cut).isoformat() == "1997-09-30"
    model = made.bg
    assert [model.r, model.a, model.b] == pytest.approx([0.2426, 0.7930, 2.4261], abs=0.001)
    assert model.alpha == pytest.approx(4.4136, abs=0.005)
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert made.mbg.log_likelihood == pytest.approx(-9582.14, abs=0.01)
    assert made.spend is not None
    assert [made.spend.p, made.spend.q, made.spend.v] == pytest.approx(
        [6.25, 3.74, 15.44], abs=0.01
    )
    judged = made.holdout
    assert judged is not None
    assert judged["weeks"] == 39
    assert judged["actual"] == 1882
    assert judged["expected"] == pytest.approx(1653.4, abs=0.5)
    assert judged["mae"] == pytest.approx(0.785, abs=0.001)
    assert judged["mae_rate_times_time"] == pytest.approx(1.024, abs=0.001)
    assert judged["correlation"] == pytest.approx(0.626, abs=0.001)
    assert judged["auc"] == pytest.approx(0.7725, abs=0.0002)
    assert judged["chance_mean"] == pytest.approx(0.2618, abs=0.0002)
    assert judged["logloss"] == pytest.approx(0.5056, abs=0.0002)
    assert judged["brier"] == pytest.approx(0.1612, abs=0.0002)
    rows = [(row["expected"], row["actual"]) for row in judged["by_repeats"]]
    assert [round(one, 3) for one, _ in rows] == [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 5.330]
    assert [round(one, 3) for _, one in rows] == [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 5.581]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_gradient_is_the_slope_of_the_likelihood(kind):
    known = of((0, 0, 30), (3, 10, 38), (1, 2, 5), (40, 30.5, 31))
    weights = np.array([5.0, 1.0, 2.0, 1.0])
    theta = np.array([0.7, 3.0, 0.9, 2.0])

    _, slope = btyd._loss(theta, known, weights, kind)

    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-6
        up, _ = btyd._loss(np.exp(np.log(theta) + step), known, weights, kind)
        down, _ = btyd._loss(np.exp(np.log(theta) - step), known, weights, kind)
        assert slope[place] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_expected_purchases_agree_with_integrating_over_rate_and_leaving(model):
    x, last, age, weeks = 3.0, 10.0, 38.0, 26.0
    tail = model.b + x + (1 if model.kind is Kind.MBG else 0)

    def purchases_of(p: float) -> float:
        # the rate is gamma: E[1 - exp(-rate p t)] in closed form
        left = ((model.alpha + age) / (model.alpha + age + p * weeks)) ** (model.r + x)
        return float((1 - left) / p * beta.pdf(p, model.a, tail))

    by_hand, _ = quad(purchases_of, 0, 1, epsabs=1e-10)
    known = of((x, last, age))

    assert btyd.expected(model, known, weeks)[0] == pytest.approx(
        by_hand * btyd.alive(model, known)[0], rel=1e-7
    )


def test_alive_and_chance_by_hand():
    model = Model(Kind.BG, 1.0, 10.0, 1.5, 3.0, 0.0, 500)
    known = of((2, 10, 30), (0, 0, 30))

    # odds of having left: a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    left = 1.5 / 4 * (40 / 20) ** 3
    assert btyd.alive(model, known) == pytest.approx([1 / (1 + left), 1.0])
    assert btyd.chance(model, known, 40.0) == pytest.approx([(1 - 0.5**3) / (1 + left), 1 - 0.5**1])
    early = Model(Kind.MBG, 1.0, 10.0, 1.5, 3.0, 0.0, 500)
    assert btyd.alive(early, known) == pytest.approx([1 / (1 + 1.5 / 5 * 8), 1 / (1 + 1.5 / 3 * 4)])


def test_the_likelihood_of_one_customer_is_the_integral_it_stands_for():
    r, alpha, a, b = 0.8, 5.0, 0.9, 2.5
    x, last, age = 2.0, 6.0, 9.0

    def given_rate(rate: float) -> float:
        stay = np.exp(-rate * age) * np.exp(
            gammaln(b + x) + gammaln(a + b) - gammaln(b) - gammaln(a + b + x)
        )
        leave = np.exp(-rate * last) * np.exp(
            gammaln(a + 1) + gammaln(b + x - 1) + gammaln(a + b)
            - gammaln(a) - gammaln(b) - gammaln(a + b + x)
        )  # fmt: skip
        return float(rate**x * (stay + leave) * gamma.pdf(rate, r, scale=1 / alpha))

    integral, _ = quad(given_rate, 0, np.inf)
    value, _ = btyd._bg(np.array([r, alpha, a, b]), of((x, last, age)))

    assert value[0] == pytest.approx(np.log(integral), rel=1e-7)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("a", [0.3, 1.0, 1.7])
def test_awkward_histories_stay_finite_and_not_negative(kind, a):
    model = Model(kind, 0.5, 4.0, a, 1.0 - a if a < 1 else 0.4, 0.0, 500)
    known = of((0, 0, 0), (0, 0, 520), (3000, 519, 520), (3000, 1, 520), (1, 0.1, 520))

    for answer in (
        btyd.alive(model, known),
        btyd.chance(model, known, 8.6),
        btyd.expected(model, known, 8.6),
        btyd.expected(model, known, 0.0),
    ):
        assert np.isfinite(answer).all()
        assert (answer >= 0).all()
    assert btyd.expected(model, known, 0.0) == pytest.approx(0.0, abs=1e-9)
    assert btyd.expected(model, known, 8.6)[2] == pytest.approx(3000.5 / 524 * 8.6, rel=0.35)


def test_few_and_constant_histories_are_fitted_but_marked():
    single = btyd.fit(of((0, 0, 10)))
    assert np.isfinite([single.r, single.alpha, single.a, single.b, single.log_likelihood]).all()
    assert not single.individual
    assert single.at_bound
    with pytest.raises(btyd.TooFewCustomers):
        btyd.fit(of((0, 0, 1)).__class__(np.zeros(0), np.zeros(0), np.zeros(0)))


def test_a_customer_without_repeats_is_worth_the_mean_of_the_shop():
    spend = btyd.Spend(p=6.0, q=4.0, v=15.0, customers=900)

    # (p v + p x z) / (p x + q - 1)
    worth = spend.mean(np.array([0.0, 2.0]), np.array([0.0, 40.0]))

    assert worth == pytest.approx([6 * 15 / 3, (6 * 15 + 12 * 40) / 15])
    assert btyd.fit_spend(np.array([1.0]), np.array([9.0])) is None
