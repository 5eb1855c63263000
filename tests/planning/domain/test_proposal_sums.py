"""The arithmetic of a proposal adds up for a reader, whatever the terms."""

from __future__ import annotations

import random

import pytest

from planning.domain.position import Arrival, ArrivalKind, Picture
from planning.domain.proposal_sums import Sign, balance, steps_of
from planning.domain.review import Row, Terms, review
from planning.domain.safety_stock import LeadTime

#: The picture of the sketch: 479 + 120 - 214 - 120 = 265, in cartons of 40: 280.
TERMS = {
    "daily": 11.4, "mean": 478.8, "level": 599, "service_level": 0.95, "lead_days": 35,
    "review_days": 7, "usable": 214, "on_hand": 260, "reserved": 46, "held": 0,
    "backordered": 0, "in_transit": 120, "approved": 0, "pending": 0, "draft": 0,
    "position": 334, "need": 265, "moq": 200, "pack": 40, "qty": 280,
}  # fmt: skip


def lines(terms) -> list[tuple[str, str, int]]:
    return [(step.sign.value, step.code, step.qty) for step in steps_of(terms)]


def test_p4_the_arithmetic_of_the_sketch():
    assert lines(TERMS) == [
        ("add", "DEMAND", 479),
        ("add", "SAFETY", 120),
        ("sum", "TARGET", 599),
        ("take", "USABLE", 214),
        ("take", "IN_TRANSIT", 120),
        ("sum", "NEED", 265),
        ("round", "ROUNDED", 280),
    ]


def test_p4_partners_seasons_price_breaks_and_budgets_are_lines_of_their_own():
    row = {"why": "PARTNER", "name": "SAVER", "qty": 34, "chance": 0.34}
    more = TERMS | {"extra": 50, "extra_rows": [row], "wanted": 649}
    found = lines(more | {"qty": 400, "decision": "PRICE_BREAK"})

    assert found[3:5] == [("add", "PARTNER", 34), ("add", "EXTRA", 16)]
    assert found[-2:] == [("sum", "NEED", 315), ("round", "PRICE_BREAK", 400)]
    assert lines({}) == []
    assert lines(TERMS | {"usable": 400, "qty": 79})[-1] == ("round", "AS_NEEDED", 79)
    assert lines(TERMS | {"qty": 0})[-1] == ("round", "WAITS", 0)
    assert lines(more | {"qty": 120, "decision": "BUDGET"})[-1] == ("round", "CUT", 120)


def test_p4_without_demand_data_the_stock_limits_stand_in_the_place_of_the_forecast():
    limits = {"level": 0, "mean": 0, "min_qty": 20, "max_qty": 90, "usable": 12, "qty": 78}

    assert lines(limits | {"wanted": 90}) == [
        ("add", "MOST", 90),
        ("take", "USABLE", 12),
        ("sum", "NEED", 78),
        ("round", "AS_NEEDED", 78),
    ]
    assert lines(limits | {"wanted": 20, "usable": 50, "qty": 0})[0] == ("add", "LEAST", 20)
    assert lines(limits | {"wanted": 20, "usable": 50, "qty": 0})[-1] == ("round", "AS_NEEDED", 0)
    assert lines(TERMS | {"wanted": 0, "usable": 5, "in_transit": 0, "qty": 0})[0] == (
        "take",
        "USABLE",
        5,
    )


@pytest.mark.parametrize("seed", range(20))
def test_p4_the_steps_of_a_review_give_its_need_and_its_units(seed):
    draw = random.Random(seed)
    kinds = list(ArrivalKind)
    rows = [
        Row(
            key=str(n),
            picture=Picture(
                on_hand=draw.randint(0, 400),
                held=draw.randint(0, 20),
                reserved=draw.randint(0, 90),
                backordered=draw.randint(0, 9),
                arrivals=tuple(
                    Arrival(draw.choice(kinds), draw.randint(1, 90), draw.randint(0, 60))
                    for _ in range(draw.randint(0, 3))
                ),
            ),
            daily=draw.uniform(0.01, 20),
            forecast_var=draw.uniform(0, 4000),
            terms=Terms(
                LeadTime(35, 9), LeadTime(9, 2), draw.choice((1, 50)), draw.choice((1, 12))
            ),
            extra_qty=draw.choice((0, 0, 17)),
        )
        for n in range(15)
    ]

    for advice in review(rows):
        steps = steps_of(advice.terms)
        need = next(step for step in steps if step.code == "NEED")
        first_sum = next(n for n, step in enumerate(steps) if step.sign == Sign.SUM)
        assert balance(steps[:first_sum]) == steps[first_sum].qty
        assert max(0, need.qty) == advice.terms["need"]
        assert steps[-1].qty == advice.qty
        assert all(step.qty >= 0 for step in steps if step.code not in {"NEED", "USABLE"})
