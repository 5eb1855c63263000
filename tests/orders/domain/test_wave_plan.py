"""Re-planning a wave together: optimal against an independent solution, never worse than greedy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.wave_plan import WaveLine, WaveOrder, cost_of, plan_one_by_one, plan_wave

SPLIT = 3.0


def order(key: int, parcels: dict[int, float], *lines: WaveLine) -> WaveOrder:
    return WaveOrder(key, parcels, lines or (WaveLine(1, 1),))


def test_an_order_gives_way_when_another_saves_more():
    orders = [order(1, {1: 5.0, 2: 6.0}), order(2, {1: 5.0, 2: 9.0})]
    stock = {(1, 1): 1, (2, 1): 1}

    alone = plan_one_by_one(orders, stock, split_amount=SPLIT)
    together = plan_wave(orders, stock, split_amount=SPLIT)

    assert (alone.cost, together.cost) == (14.0, 11.0)
    assert together.sites == {1: (2,), 2: (1,)}


def test_serving_a_line_comes_before_saving_money():
    orders = [order(1, {1: 500.0}), order(2, {1: 1.0}, WaveLine(2, 1))]

    plan = plan_wave(orders, {(1, 1): 1, (1, 2): 0}, split_amount=SPLIT)

    assert plan.sites == {1: (1,), 2: (None,)}
    assert plan.unserved() == 1


def test_without_time_the_orders_are_planned_one_by_one():
    orders = [order(n, {1: 5.0, 2: 6.0 + n}) for n in range(40)]
    stock = {(1, 1): 20, (2, 1): 20}

    plan = plan_wave(orders, stock, split_amount=SPLIT, time_limit_s=0.0)

    assert plan.unserved() == 0


def _brute_force(orders: list[WaveOrder], stock: dict[tuple[int, int], int]) -> tuple[int, float]:
    choices = [
        list(itertools.product([None, *sorted(one.parcels)], repeat=len(one.lines)))
        for one in orders
    ]
    best = (10**9, 0.0)
    for picked in itertools.product(*choices):
        left = dict(stock)
        for one, sites in zip(orders, picked, strict=True):
            for line, site in zip(one.lines, sites, strict=True):
                if site is not None:
                    left[site, line.sku_id] = left.get((site, line.sku_id), 0) - line.qty
        if min(left.values(), default=0) < 0:
            continue
        lacking = sum(site is None for sites in picked for site in sites)
        cost = sum(
            cost_of(one, sites, split_amount=SPLIT)
            for one, sites in zip(orders, picked, strict=True)
        )
        best = min(best, (lacking, cost))
    return best


@st.composite
def waves(draw):
    prices = st.integers(1, 40).map(lambda cents: cents / 4)
    orders = []
    for key in range(draw(st.integers(1, 3))):
        skus = draw(st.lists(st.integers(1, 2), min_size=1, max_size=2, unique=True))
        parcels = {site: draw(prices) for site in (1, 2)}
        lines = tuple(WaveLine(sku, draw(st.integers(1, 2))) for sku in skus)
        orders.append(WaveOrder(key, parcels, lines))
    stock = {(site, sku): draw(st.integers(0, 4)) for site in (1, 2) for sku in (1, 2)}
    return orders, stock


@given(waves())
def test_small_waves_reach_the_brute_force_optimum(wave):
    orders, stock = wave

    plan = plan_wave(orders, stock, split_amount=SPLIT)

    lacking, cost = _brute_force(orders, stock)
    assert plan.unserved() == lacking
    assert plan.cost == pytest.approx(cost, rel=5e-3)


def wave_of_300() -> tuple[list[WaveOrder], dict[tuple[int, int], int]]:
    """300 orders of 1-5 lines over 4 warehouses and 60 SKUs, stock for about 1.05 of demand."""
    rng = np.random.default_rng(20260121)
    popularity = 1 / np.arange(1, 61) ** 0.9
    popularity /= popularity.sum()
    orders, demand = [], dict.fromkeys(range(60), 0)
    for key in range(300):
        count = int(rng.choice([1, 2, 3, 4, 5], p=[0.62, 0.2, 0.1, 0.05, 0.03]))
        skus = rng.choice(60, size=count, replace=False, p=popularity)
        lines = tuple(WaveLine(int(sku), int(rng.integers(1, 4))) for sku in skus)
        for line in lines:
            demand[line.sku_id] += line.qty
        parcels = {site: round(float(rng.uniform(6, 14)), 2) for site in range(1, 5)}
        orders.append(WaveOrder(key, parcels, lines))
    stock = {}
    for sku, units in demand.items():
        shares = rng.dirichlet([1.0] * 4)
        for site, share in enumerate(shares, start=1):
            stock[site, sku] = int(np.ceil(units * 1.05 * share))
    return orders, stock


def test_300_orders_together_beat_one_by_one_and_the_solver_proves_the_gap():
    orders, stock = wave_of_300()

    together = plan_wave(orders, stock, split_amount=SPLIT)
    alone = plan_one_by_one(orders, stock, split_amount=SPLIT)

    assert together.is_exact
    assert together.unserved() <= alone.unserved()
    if together.unserved() == alone.unserved():
        assert together.cost < alone.cost
