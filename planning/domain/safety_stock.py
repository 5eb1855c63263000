"""How much stock a service level asks for: lead times, variance and quantiles of demand.

Arrays hold one value per SKU-warehouse, shape [N]. Demand is float64 in units, lead times are in
days, variances of demand in squared units. Nothing here knows of money in a currency: costs come
as ratios or as plain numbers of one currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

FloatArray = NDArray[np.float64]

#: The least variance of a demand, as a multiple of its mean. Source: van Donselaar & Broekmeulen.
LEAST_DISPERSION = 1.05
#: Receipts of the lane's class that a lane's own receipts are shrunk to, and how many of its own
#: count. Source: design choice of the project, in the manner of an empirical Bayes estimate.
PSEUDO_RECEIPTS = 6
MOST_RECEIPTS = 12
#: B-39: the part of the demand over lead time and review that a destination keeps back.
DESTINATION_SHARE = 0.15
#: A conservative mode divides the risk of a stock-out by this: .95 becomes .98.
CONSERVATIVE_DIVISOR = 2.5
DAYS_A_YEAR = 365.0
DAYS_A_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days from order to shelf: mean, variance (days squared), and the receipts behind it."""

    mean_days: float
    var_days: float
    own_n: int = 0


def lead_time(own_days: Sequence[float], class_mean_days: float, class_var_days: float) -> LeadTime:
    """Return a lane's lead time from its last receipts, shrunk to the class of the lane.

    `own_days` runs from the oldest receipt to the newest; the last 12 count. With n of them the
    class weighs as 6 more: mean = (sum + 6 class mean)/(n + 6); the variance is that of the n + 6
    receipts around the shrunk mean. Without own receipts it is the class.

    Raises:
        ValueError: a number is negative.
    """
    days = np.asarray(own_days[-MOST_RECEIPTS:], dtype=np.float64)
    if (days < 0).any() or class_mean_days < 0 or class_var_days < 0:
        raise ValueError("A lead time is negative.")
    n = len(days)
    weight = n + PSEUDO_RECEIPTS
    mean = (float(days.sum()) + PSEUDO_RECEIPTS * class_mean_days) / weight
    squares = float(((days - mean) ** 2).sum())
    squares += PSEUDO_RECEIPTS * (class_var_days + (class_mean_days - mean) ** 2)
    return LeadTime(mean_days=mean, var_days=squares / weight, own_n=n)


def demand_variance(
    forecast_var: ArrayLike, daily: ArrayLike, lead_var_days: ArrayLike
) -> FloatArray:
    """Return V(P) + d^2 var(L): forecast error over the time to cover, and its wandering length.

    Source: Silver, Pyke, Thomas, Inventory and Production Management, 2017, chapter 7.
    """
    spread = np.square(np.asarray(daily, dtype=np.float64)) * np.asarray(lead_var_days)
    return np.asarray(np.asarray(forecast_var, dtype=np.float64) + spread, dtype=np.float64)


def nb_quantile(level: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> FloatArray:
    """Return the least whole number of units that covers demand with probability `level`.

    Demand is negative binomial with this mean and variance (at least 1.05 times the mean). A mean
    of 0 gives 0. Shapes broadcast.

    Raises:
        ValueError: a level outside 0 to 1 (exclusive), or a negative mean.
    """
    tau, mu = np.asarray(level, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    if ((tau <= 0) | (tau >= 1)).any():
        raise ValueError("A service level lies between 0 and 1.")
    if (mu < 0).any():
        raise ValueError("A mean demand is negative.")
    size, chance = _negative_binomial(mu, variance)
    units = stats.nbinom.ppf(tau, size, chance)
    return np.asarray(np.where(mu > 0, units, 0.0), dtype=np.float64)


def expected_shortage(stock: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> FloatArray:
    """Return E(D - stock)+ in units for a negative binomial demand; a negative stock adds itself.

    With k P_n(k) = mu P_{n+1}(k - 1) the sum closes: mu P_{n+1}(D >= S) - S P_n(D > S).
    """
    mu = np.asarray(mean, dtype=np.float64)
    held = np.asarray(stock, dtype=np.float64)
    size, chance = _negative_binomial(mu, variance)
    whole = np.maximum(held, 0.0)
    short = mu * _above(whole - 1, size + 1, chance) - whole * _above(whole, size, chance)
    short = np.where(mu > 0, np.maximum(short, 0.0), 0.0)
    return np.asarray(np.where(held < 0, mu - held, short), dtype=np.float64)


def shortage_of_one(stock: float, mean: float, variance: float) -> float:
    """Return `expected_shortage` of one case: the same number, without the cost of arrays."""
    if stock < 0:
        return mean - stock
    if mean <= 0:
        return 0.0
    wide = max(variance, LEAST_DISPERSION * mean)
    size, missing = mean * mean / (wide - mean), 1 - mean / wide
    whole = floor(stock)
    least = stock - 1
    here = 1.0 if least < 0 else float(special.betainc(floor(least) + 1, size + 1, missing))
    above = float(special.betainc(whole + 1, size, missing))
    return max(mean * here - stock * above, 0.0)


def out_chance(stock: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> FloatArray:
    """Return P(D > stock): the chance that the next unit after `stock` is asked for."""
    mu = np.asarray(mean, dtype=np.float64)
    held = np.asarray(stock, dtype=np.float64)
    size, chance = _negative_binomial(mu, variance)
    return np.asarray(np.where(mu > 0, stats.nbinom.sf(held, size, chance), held < 0), np.float64)


def _above(units: FloatArray, size: FloatArray, chance: FloatArray) -> FloatArray:
    """Return P(D > units) of a negative binomial, without the checks of `scipy.stats`."""
    whole = np.floor(np.maximum(units, 0.0))
    return np.where(units < 0, 1.0, special.betainc(whole + 1, size, 1 - chance))


def _negative_binomial(mu: FloatArray, variance: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return size and chance of the distribution; a mean of 0 borrows 1, its caller masks it."""
    safe = np.where(mu > 0, mu, 1.0)
    wide = np.maximum(np.asarray(variance, dtype=np.float64), LEAST_DISPERSION * safe)
    return safe**2 / (wide - safe), safe / wide


def fill_rate(
    order_up_to: ArrayLike,
    lead: tuple[ArrayLike, ArrayLike],
    protection: tuple[ArrayLike, ArrayLike],
    *,
    lost_sales: bool = True,
) -> FloatArray:
    """Return the share of demand served from stock under (R, S).

    `lead` and `protection` are (mean, variance) of demand over L and over L + R. The bracket
    x = [E(D_{L+R} - S)+ - E(D_L - S)+]/E D_R is the unserved share with back-orders (1 - x);
    with lost sales it is 1 - x/(1 + x).

    Source: van Donselaar & Broekmeulen, Int. J. Production Economics 143 (2013).
    """
    review = np.asarray(protection[0], dtype=np.float64) - np.asarray(lead[0], dtype=np.float64)
    gap = expected_shortage(order_up_to, *protection) - expected_shortage(order_up_to, *lead)
    x = np.divide(np.maximum(gap, 0.0), review, out=np.zeros_like(gap), where=review > 0)
    return np.asarray(1 - x / (1 + x) if lost_sales else 1 - x, dtype=np.float64)


def economic_level(
    unit_cost: float, lost_margin: float, review_days: float, holding_a_year: float = 0.25
) -> float:
    """Return the service level at which a unit more costs as much as it saves, lost sales.

    tau = 1 - h c R/(m + h c R): h holding a year, c cost, R review in years, m margin + goodwill.

    Raises:
        ValueError: margin and holding are both 0, or one is negative.
    """
    held = holding_a_year * unit_cost * review_days / DAYS_A_YEAR
    if held < 0 or lost_margin < 0 or held + lost_margin == 0:
        raise ValueError("A service level needs a cost of holding or a margin to lose.")
    return 1 - held / (lost_margin + held)


def conservative_level(level: float) -> float:
    """Return the level of the conservative mode: 1 - (1 - level)/2.5."""
    return 1 - (1 - level) / CONSERVATIVE_DIVISOR


def destination_buffer(protection_mean: float, share: float = DESTINATION_SHARE) -> int:
    """Return the units a destination keeps back: 15 % of demand over lead and review (B-39).

    Rounded up: a part of a unit can't be kept.
    """
    return int(np.ceil(round(share * protection_mean, 6)))


@dataclass(frozen=True, slots=True)
class BudgetLevels:
    """Service levels that spend a stock budget best, [N], and the price of money behind them."""

    levels: FloatArray
    price: float
    stock_value: float


def budget_levels(
    mean: FloatArray,
    variance: FloatArray,
    unit_cost: FloatArray,
    lost_margin: FloatArray,
    budget: float,
) -> BudgetLevels:
    """Return tau_i = 1 - lambda c_i/m_i with one lambda for all, so that stock costs the budget.

    Stock value of a choice is the sum of c (S_i - mu_i)+: what is left of S on average before the
    next order. lambda is found by bisection on a log scale; levels stay within .5 to .999, so a
    budget outside what those allow gets the nearest end. This loses the least margin for the money.

    Raises:
        ValueError: a margin or cost is not positive.
    """
    if (lost_margin <= 0).any() or (unit_cost <= 0).any():
        raise ValueError("Costs and margins must be above 0 to share a budget.")
    ratio = unit_cost / lost_margin

    def spent(price: float) -> tuple[FloatArray, float]:
        levels = np.clip(1 - price * ratio, 0.5, 0.999)
        stock = nb_quantile(levels, mean, variance)
        return levels, float((unit_cost * np.maximum(stock - mean, 0.0)).sum())

    low, high = float(0.0005 / ratio.max()), float(0.6 / ratio.min())
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        if spent(middle)[1] > budget:
            low = middle
        else:
            high = middle
    levels, value = spent(high)
    return BudgetLevels(levels=levels, price=high, stock_value=value)
