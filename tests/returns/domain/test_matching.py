"""Which order line a past cancellation took back."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

from returns.domain.matching import (
    AMBIGUOUS,
    MATCHED,
    NO_ORDER,
    TOO_FEW,
    PastLine,
    PastReturn,
    match,
)


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)


def bought(pk, on, qty, *, code="TEA", price="2.50", order=None):
    return PastLine(pk, order or pk, code, day(on), qty, Decimal(price))


def back(pk, on, qty, *, code="TEA", price="2.50", document="C1"):
    return PastReturn(pk, document, code, day(on), qty, Decimal(price))


def outcome(returns, lines):
    return [(one.outcome, one.line_id, one.candidates) for one in match(returns, lines)]


def test_the_same_quantity_and_price_beats_the_same_quantity_beats_more_units():
    lines = [bought(1, 1, 5), bought(2, 2, 5, price="2.10"), bought(3, 3, 9)]
    assert outcome([back(1, 9, 5)], lines) == [(MATCHED, 1, 1)]
    assert outcome([back(1, 9, 5)], lines[1:]) == [(MATCHED, 2, 1)]
    assert outcome([back(1, 9, 5)], lines[2:]) == [(MATCHED, 3, 1)]


def test_an_order_of_the_same_day_or_later_is_not_taken_back():
    assert outcome([back(1, 3, 5)], [bought(1, 3, 5), bought(2, 8, 5)]) == [(NO_ORDER, None, 0)]
    assert outcome([back(1, 3, 5)], [bought(1, 1, 5, code="CUP")]) == [(NO_ORDER, None, 0)]
    assert outcome([back(1, 3, 5)], [bought(1, 1, 4)]) == [(TOO_FEW, None, 0)]


def test_a_line_is_taken_once_and_the_second_return_gets_the_other():
    lines = [bought(1, 1, 5), bought(2, 5, 5)]
    assert outcome([back(1, 3, 5), back(2, 9, 5)], lines) == [(MATCHED, 1, 1), (MATCHED, 2, 1)]
    assert outcome([back(1, 3, 5), back(2, 4, 5)], lines) == [(MATCHED, 1, 1), (TOO_FEW, None, 0)]


def test_equal_lines_stay_ambiguous_unless_the_rest_of_the_cancellation_names_the_order():
    lines = [bought(1, 1, 5, order=71), bought(2, 2, 5, order=72)]
    cups = [bought(3, 2, 1, code="CUP", order=72)]
    assert outcome([back(1, 9, 5)], lines) == [(AMBIGUOUS, None, 2)]
    cup = back(2, 9, 1, code="CUP")
    assert outcome([back(1, 9, 5), cup], lines + cups) == [(MATCHED, 2, 2), (MATCHED, 3, 1)]
    alone = back(2, 9, 1, code="CUP", document="C2")
    assert outcome([back(1, 9, 5), alone], lines + cups) == [(AMBIGUOUS, None, 2), (MATCHED, 3, 1)]


def test_no_line_is_ever_matched_twice_and_never_to_fewer_units_or_a_later_day():
    random.seed(7)
    for _round in range(300):
        lines = [
            bought(pk, random.randrange(30), random.randint(1, 4), code=random.choice("AB"))
            for pk in range(1, 9)
        ]
        returns = [
            back(pk, random.randrange(40), random.randint(1, 4), code=random.choice("AB"))
            for pk in range(1, 9)
        ]
        by_line = {line.id: line for line in lines}
        verdicts = match(returns, lines)
        taken = Counter(one.line_id for one in verdicts if one.line_id)
        assert max(taken.values(), default=1) == 1
        assert sorted(one.return_id for one in verdicts) == list(range(1, 9))
        for one in returns:
            verdict = next(row for row in verdicts if row.return_id == one.id)
            if verdict.line_id:
                line = by_line[verdict.line_id]
                assert (line.code, line.at < one.at, line.qty >= one.qty) == (one.code, True, True)
