"""How often each customer will buy again, and whether the customer is still one.

Both models say: while a customer lives, purchases come at random at a rate of the customer's own
(gamma over customers), and after a purchase the customer may leave for good with a chance of the
customer's own (beta over customers). BG/NBD lets nobody leave before the first repeat; MBG/NBD
does, so a customer of one purchase is not alive for certain. Time is in weeks throughout.
Source: Fader, Hardie, Lee 2005, Marketing Science 24(2) (BG/NBD); Batislam, Denizel, Filiztekin
2007, IJRM 24(3) (MBG/NBD); Fader, Hardie 2013, note 025 (gamma-gamma spend).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

from core.errors import InputRefused, gettext_noop

Floats = NDArray[np.float64]
#: Parameters are searched between exp(-7) and exp(9), from 1 (algorithms.md 2.1).
LOG_BOUNDS = (-7.0, 9.0)
#: Below so many customers only the shop's figures are shown, none of a single customer.
LEAST_CUSTOMERS = 200
#: Nearer to a pole of the closed form than this, the mean of two neighbors is taken.
POLE = 1e-4


class TooFewCustomers(InputRefused):
    """No customer has a history, so nothing can be fitted."""

    code = "TOO_FEW_CUSTOMERS"
    text = gettext_noop("No purchase lies before the cut. Choose a later cut, or a longer file.")


class Kind(StrEnum):
    """Which of the two drop-out rules holds."""

    BG = "BG/NBD"
    MBG = "MBG/NBD"


@dataclass(frozen=True)
class Histories:
    """What the models know of N customers: float64[N] each, times in weeks.

    `repeats` counts purchase days after the first, `last` is the time of the last one and `age`
    the time of the cut, both counted from the customer's first purchase.
    """

    repeats: Floats
    last: Floats
    age: Floats

    def __len__(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True)
class Model:
    """A fitted model: `r`, `alpha` of the rate (weeks), `a`, `b` of leaving."""

    kind: Kind
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int

    @property
    def individual(self) -> bool:
        """Whether there were customers enough to speak of a single one."""
        return self.customers >= LEAST_CUSTOMERS

    @property
    def at_bound(self) -> bool:
        """Whether a parameter ran to the edge: the data do not determine it."""
        logs = np.log([self.r, self.alpha, self.a, self.b])
        return bool(np.any((logs < LOG_BOUNDS[0] + 0.01) | (logs > LOG_BOUNDS[1] - 0.01)))


def fit(known: Histories, kind: Kind = Kind.BG) -> Model:
    """Return the model of greatest likelihood; equal histories are computed once.

    Raises:
        TooFewCustomers: there is no customer at all.
    """
    if not len(known):
        raise TooFewCustomers
    rows, weights = np.unique(
        np.column_stack([known.repeats, known.last, known.age]), axis=0, return_counts=True
    )
    part = Histories(*np.ascontiguousarray(rows.T))
    best = minimize(
        lambda logs: _loss(np.exp(logs), part, weights.astype(np.float64), kind),
        np.zeros(4),
        jac=True,
        method="L-BFGS-B",
        bounds=[LOG_BOUNDS] * 4,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    return Model(kind, r, alpha, a, b, -float(best.fun) * len(known), len(known))


def better(known: Histories) -> Model:
    """Return the likelier of the two models; both have four parameters, so it compares fairly."""
    return max((fit(known, kind) for kind in Kind), key=lambda model: model.log_likelihood)


def _loss(
    theta: Floats, known: Histories, weights: Floats, kind: Kind
) -> tuple[float, NDArray[np.float64]]:
    """Return minus the mean log-likelihood and its gradient by the logs of the parameters."""
    value, gradient = (_bg if kind is Kind.BG else _mbg)(theta, known)
    total = weights.sum()
    return -float(weights @ value) / total, -(gradient @ weights) * theta / total


def _rate_terms(theta: Floats, known: Histories) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the gamma part, its derivative by r, and the logs of the two waiting terms."""
    r, alpha = theta[0], theta[1]
    x = known.repeats
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    slope = digamma(r + x) - digamma(r) + np.log(alpha)
    return value, slope, np.log(alpha + known.age), np.log(alpha + known.last)


def _bg(theta: Floats, known: Histories) -> tuple[Floats, Floats]:
    """Return log-likelihood [N] and gradient [4, N]; algorithms.md 2.1 prints the formula."""
    r, alpha, a, b = theta
    x = known.repeats
    value, slope, to_cut, to_last = _rate_terms(theta, known)
    repeated = x > 0
    beyond = np.where(repeated, b + x - 1, 1.0)
    alive = -(r + x) * to_cut
    gone = np.where(repeated, np.log(a) - np.log(beyond) - (r + x) * to_last, -np.inf)
    both = np.logaddexp(alive, gone)
    w = np.exp(gone - both)
    value = value + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both
    shared = digamma(a + b) - digamma(a + b + x)
    by_r, by_alpha = _rate_gradient((r, alpha), known, slope, w)
    by_a = shared + w / a
    by_b = shared + digamma(b + x) - digamma(b) - np.where(repeated, w / beyond, 0.0)
    return value, np.stack([by_r, by_alpha, by_a, by_b])


def _mbg(theta: Floats, known: Histories) -> tuple[Floats, Floats]:
    """Return log-likelihood [N] and gradient [4, N] of the model with leaving from the start."""
    r, alpha, a, b = theta
    x = known.repeats
    value, slope, to_cut, to_last = _rate_terms(theta, known)
    alive = betaln(a, b + x + 1) - (r + x) * to_cut
    gone = betaln(a + 1, b + x) - (r + x) * to_last
    both = np.logaddexp(alive, gone)
    w = np.exp(gone - both)
    shared = digamma(a + b) - digamma(a + b + x + 1)
    by_r, by_alpha = _rate_gradient((r, alpha), known, slope, w)
    by_a = shared + w / a
    by_b = shared + digamma(b + x) - digamma(b) + (1 - w) / (b + x)
    return value - betaln(a, b) + both, np.stack([by_r, by_alpha, by_a, by_b])


def _rate_gradient(
    rate: tuple[float, float], known: Histories, slope: Floats, gone: Floats
) -> tuple[Floats, Floats]:
    """Return the derivatives by r and alpha; `gone` is the weight of having left at the last."""
    r, alpha = rate
    to_cut, to_last = alpha + known.age, alpha + known.last
    by_r = slope - (1 - gone) * np.log(to_cut) - gone * np.log(to_last)
    waits = (1 - gone) / to_cut + gone / to_last
    return by_r, r / alpha - (r + known.repeats) * waits


def alive(model: Model, known: Histories) -> Floats:
    """Return the chance [N] that each customer has not left by the cut."""
    x = known.repeats
    logs = (model.r + x) * (np.log(model.alpha + known.age) - np.log(model.alpha + known.last))
    if model.kind is Kind.MBG:
        odds = np.log(model.a) - np.log(model.b + x) + logs
    else:
        beyond = np.where(x > 0, model.b + x - 1, 1.0)
        odds = np.where(x > 0, np.log(model.a) - np.log(beyond) + logs, -np.inf)
    return np.asarray(np.exp(-np.logaddexp(0.0, odds)), dtype=np.float64)


def chance(model: Model, known: Histories, weeks: float) -> Floats:
    """Return the chance [N] of at least one purchase within `weeks` after the cut.

    Exact: given life, the rate is gamma distributed with r + x and alpha + T.
    """
    to_cut = model.alpha + known.age
    none = np.exp((model.r + known.repeats) * (np.log(to_cut) - np.log(to_cut + weeks)))
    return np.asarray(alive(model, known) * (1 - none), dtype=np.float64)


def expected(model: Model, known: Histories, weeks: float | Floats) -> Floats:
    """Return the expected purchase days [N] within `weeks` (one number, or [N]) after the cut.

    The closed form has poles at a = 1 and a + b + x = 1 where it stays finite; next to one the
    mean of two neighbors is taken.
    """
    steps = model.a + model.b + (known.repeats if model.kind is Kind.BG else known.repeats + 1) - 1
    if abs(model.a - 1) < POLE or bool(np.any(np.abs(steps) < POLE)):
        near = (model.a - 3 * POLE, model.a + 3 * POLE)
        low, high = (_expected(replace(model, a=a), known, weeks) for a in near)
        return (low + high) / 2
    return _expected(model, known, weeks)


def _expected(model: Model, known: Histories, weeks: float | Floats) -> Floats:
    """Return the closed form after Euler's transformation, which stays small for large x."""
    tail = model.b + known.repeats + (1 if model.kind is Kind.MBG else 0)
    to_cut = model.alpha + known.age
    share = weeks / (to_cut + weeks)
    total = model.a + tail - 1
    inner = hyp2f1(total - model.r - known.repeats, model.a - 1, total, share)
    times = total / (model.a - 1) * (1 - np.exp((model.a - 1) * np.log1p(-share)) * inner)
    return np.asarray(np.maximum(times, 0.0) * alive(model, known), dtype=np.float64)


def expected_of_new(model: Model, weeks: Floats) -> Floats:
    """Return the expected repeats [N] of customers that are `weeks` [N] past their first buy."""
    zeros = np.zeros_like(weeks)
    return expected(model, Histories(zeros, zeros, zeros), weeks)


@dataclass(frozen=True)
class Spend:
    """A fitted gamma-gamma model of the value of a purchase: `p`, `q`, `v` (money)."""

    p: float
    q: float
    v: float
    customers: int

    def mean(self, repeats: Floats, value: Floats) -> Floats:
        """Return the expected value [N] of a purchase, from repeats and their mean value [N].

        A customer without repeats gets the shop's mean, p v / (q - 1), when q > 1.
        """
        weight = self.p * repeats
        top = self.p * self.v + weight * value
        return np.asarray(top / np.maximum(weight + self.q - 1, 1e-9), dtype=np.float64)


def fit_spend(repeats: Floats, value: Floats) -> Spend | None:
    """Return the spend model of customers with repeats and a mean value above 0, None below 200.

    `value` [N] is the mean of the repeat purchases. Value and frequency are taken as independent.
    """
    usable = (repeats > 0) & (value > 0)
    x, z = repeats[usable], value[usable]
    if len(x) < LEAST_CUSTOMERS:
        return None
    scale = float(np.mean(z))

    def loss(logs: Floats) -> float:
        p, q, v = np.exp(logs)
        one = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        two = (p * x - 1) * np.log(z / scale) + p * x * np.log(x)
        return -float(np.mean(one + two - (p * x + q) * np.log(x * z / scale + v)))

    best = minimize(loss, np.zeros(3), method="L-BFGS-B", bounds=[LOG_BOUNDS] * 3)
    p, q, v = (float(number) for number in np.exp(best.x))
    return Spend(p, q, v * scale, len(x))
