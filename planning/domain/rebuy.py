"""Which products a customer will buy again, and with what chance.

A pair is a customer and a product already bought; the event is that it is bought again within a
window of days. Two models: a Poisson-gamma rate per product, which anyone can redo on paper, and
a logistic one on eight facts, trained on the window before the one that is predicted.
Source: algorithms.md 2.2; Bhagat et al. 2018, KDD (Poisson-gamma rate of repeat purchases);
McCullagh and Nelder 1989, ch. 4 (logistic fit by Newton steps).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from core.errors import InputRefused, gettext_noop
from planning.domain import buy_till_you_die as btyd
from planning.domain.purchases import by_day, cut_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WINDOW_DAYS: Final = 60
#: Fewer pairs than this do not carry eight coefficients: the Poisson-gamma rate is used.
LEAST_PAIRS: Final = 5_000
#: Pairs of the whole shop that a product's own share of repeaters is mixed with.
SHARE_PAIRS: Final = 20.0
#: Ridge on standardized coefficients, as if so many pairs said that a fact does not matter.
RIDGE: Final = 1.0
#: Newton steps; the fit is convex and takes about eight.
STEPS: Final = 50
FACTS: Final = (
    "times bought",
    "days since bought",
    "days since first bought",
    "orders expected of the customer",
    "share that buys the product again",
    "recent sales of the product",
    "days since the customer's last order",
    "orders of the customer",
)


class NoPairs(InputRefused):
    """Nobody had bought anything by the cut."""

    code = "NO_PAIRS"
    text = gettext_noop("No product was bought before the cut. Choose a later cut.")


@dataclass(frozen=True)
class Lines:
    """One row for each customer, product and day on which the customer bought it: int64[M] each.

    Customers and products count from 0, days from 1970-01-01. Sorted by customer, product, day.
    """

    customer: Ints
    product: Ints
    day: Ints


@dataclass(frozen=True)
class Pairs:
    """The pairs known at the end of day `cut`, with what is known of each: [N] each.

    `times` counts the days on which the pair bought, `first` and `last` are the days themselves.
    """

    cut: int
    customer: Ints
    product: Ints
    times: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def age(self) -> Ints:
        """Days since the product was first bought [N]."""
        return self.cut - self.first

    @property
    def silent(self) -> Ints:
        """Days since the product was last bought [N]."""
        return self.cut - self.last


def lines_of(customer: Ints, product: Ints, day: Ints) -> Lines:
    """Sort, and merge lines of one customer, product and day."""
    order = np.lexsort((day, product, customer))
    one, two, three = customer[order], product[order], day[order]
    if len(one):
        new = np.concatenate(
            [[True], (np.diff(one) != 0) | (np.diff(two) != 0) | (np.diff(three) != 0)]
        )
        one, two, three = one[new], two[new], three[new]
    return Lines(one, two, three)


def pairs_at(known: Lines, cut: int) -> Pairs:
    """Return the pairs of all lines up to the end of day `cut`; raises NoPairs without any."""
    rows = known.day <= cut
    customer, product, day = known.customer[rows], known.product[rows], known.day[rows]
    if not len(day):
        raise NoPairs
    starts = np.flatnonzero(
        np.concatenate([[True], (np.diff(customer) != 0) | (np.diff(product) != 0)])
    )
    ends = np.concatenate([starts[1:], [len(day)]]) - 1
    return Pairs(cut, customer[starts], product[starts], ends - starts + 1, day[starts], day[ends])


def bought_again(known: Lines, pairs: Pairs, days: int = WINDOW_DAYS) -> Flags:
    """Return whether each pair bought within `days` after the cut [N]."""
    rows = (known.day > pairs.cut) & (known.day <= pairs.cut + days)
    most = int(known.product.max(initial=0)) + 1
    later = np.unique(known.customer[rows] * most + known.product[rows])
    return np.isin(pairs.customer * most + pairs.product, later, assume_unique=False)


def facts(known: Lines, pairs: Pairs, days: int = WINDOW_DAYS) -> Floats:
    """Return the eight facts of each pair [N, 8], from nothing later than the cut."""
    upto = known.day <= pairs.cut
    customers = int(known.customer.max()) + 1
    products = int(known.product.max()) + 1
    expected, silent, orders = _of_customers(known, pairs.cut, days, customers)
    recent = upto & (known.day > pairs.cut - days)
    sales = np.bincount(known.product[recent], minlength=products)
    return np.column_stack(
        [
            np.log1p(pairs.times),
            np.log1p(pairs.silent),
            np.log1p(pairs.age),
            np.log(np.maximum(expected[pairs.customer], 1e-6)),
            repeat_share(pairs, products)[pairs.product],
            np.log1p(sales[pairs.product]),
            np.log1p(silent[pairs.customer]),
            np.log1p(orders[pairs.customer]),
        ]
    )


def _of_customers(known: Lines, cut: int, days: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Return expected order days within `days`, days of silence, order days: [count] each."""
    orders = by_day((), known.customer, known.day, np.ones(len(known.day)))
    seen = cut_at(orders, cut)
    model = btyd.fit(seen.histories)
    expected, silent, past = np.zeros(count), np.zeros(count), np.zeros(count)
    expected[seen.customer] = btyd.expected(model, seen.histories, days / 7)
    silent[seen.customer] = cut - seen.last
    past[seen.customer] = seen.histories.repeats + 1
    return expected, silent, past


def repeat_share(pairs: Pairs, products: int) -> Floats:
    """Return the share of a product's customers that bought it twice, mixed with the shop's."""
    again = pairs.times > 1
    buyers = np.bincount(pairs.product, minlength=products)
    repeaters = np.bincount(pairs.product[again], minlength=products)
    shares = (repeaters + SHARE_PAIRS * again.mean()) / (buyers + SHARE_PAIRS)
    return np.asarray(shares, dtype=np.float64)


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic model: coefficients per fact, of raw facts, and the constant."""

    weights: Floats
    constant: float
    pairs: int

    def chance(self, given: Floats) -> Floats:
        """Return the chance [N] of the event for facts [N, 8]."""
        return np.asarray(expit(given @ self.weights + self.constant), dtype=np.float64)


def fit_logistic(given: Floats, happened: Flags) -> Logistic:
    """Fit by Newton steps on standardized facts with a light ridge; a constant fact weighs 0."""
    mean, scale = given.mean(axis=0), given.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    design = np.column_stack([np.ones(len(given)), (given - mean) / scale])
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 1e-6
    theta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        said = expit(design @ theta)
        slope = design.T @ (said - happened) + ridge * theta
        curve = (design * (said * (1 - said))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        theta -= step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-10:
            break
    weights = theta[1:] / scale
    return Logistic(weights, float(theta[0] - weights @ mean), len(given))


@dataclass(frozen=True)
class Rates:
    """The Poisson-gamma model: a product's rate has shape `alpha` [P] and `beta` days."""

    alpha: Floats
    beta: float

    def chance(self, pairs: Pairs, days: float = WINDOW_DAYS) -> Floats:
        """Return 1 - ((beta + T) / (beta + T + days)) ** (alpha_p + k) for each pair [N]."""
        waited = self.beta + pairs.age
        powers = self.alpha[pairs.product] + pairs.times - 1
        none = np.exp(powers * (np.log(waited) - np.log(waited + days)))
        return np.asarray(1 - none, dtype=np.float64)


def fit_rates(pairs: Pairs, products: int) -> Rates:
    """Fit one prior to all repeats, then give each product its own rate, mixed with the shop's.

    The prior is that of greatest likelihood; it weighs as much as 20 pairs of the product.
    """
    rows, weights = np.unique(
        np.column_stack([pairs.times - 1, pairs.age]), axis=0, return_counts=True
    )
    k, age = rows.T.astype(np.float64)

    def loss(logs: Floats) -> float:
        shape, beta = np.exp(logs)
        each = gammaln(shape + k) - gammaln(shape) + shape * np.log(beta)
        return -float(weights @ (each - (shape + k) * np.log(beta + age))) / len(pairs)

    start = np.array([np.log(0.3), np.log(200.0)])
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(-9, 5), (-2, 12)])
    shape, beta = (float(value) for value in np.exp(best.x))
    repeats = np.bincount(pairs.product, weights=pairs.times - 1, minlength=products)
    time = np.bincount(pairs.product, weights=pairs.age, minlength=products)
    rate = (repeats + SHARE_PAIRS * shape) / (time + SHARE_PAIRS * beta)
    return Rates(np.asarray(beta * rate, dtype=np.float64), beta)


@dataclass(frozen=True)
class Prediction:
    """Chances [N] that the pairs buy again within `days`; `model` is None for plain rates."""

    pairs: Pairs
    days: int
    chance: Floats
    rates: Rates
    model: Logistic | None

    @property
    def method(self) -> str:
        """Return the name of the model that gave the chances."""
        return "poisson_gamma" if self.model is None else "logistic"


def predict(known: Lines, cut: int, days: int = WINDOW_DAYS) -> Prediction:
    """Predict who buys what again within `days` after `cut`, from nothing later than the cut.

    The logistic model learns on the window that ends at the cut; with fewer than 5,000 pairs
    there, or only one outcome, the Poisson-gamma rates answer.

    Raises: NoPairs.
    """
    pairs = pairs_at(known, cut)
    rates = fit_rates(pairs, int(known.product.max()) + 1)
    model = _learned(known, cut, days)
    if model is None:
        return Prediction(pairs, days, rates.chance(pairs, days), rates, None)
    return Prediction(pairs, days, model.chance(facts(known, pairs, days)), rates, model)


def _learned(known: Lines, cut: int, days: int) -> Logistic | None:
    before = cut - days
    if not len(known.day) or int(known.day.min()) > before:
        return None
    past = pairs_at(known, before)
    again = bought_again(known, past, days)
    if len(past) < LEAST_PAIRS or again.all() or not again.any():
        return None
    return fit_logistic(facts(known, past, days), again)
