"""Which rule a document falls under."""

from __future__ import annotations

from decimal import Decimal

from core.approvals.matching import Rule, Step, choose, empty_steps, is_stand_in, repeated_steps

SMALL = Rule(1, 1, 1, Decimal(500), Decimal(5000))
LARGE = Rule(2, 2, 2, Decimal(5000))
FREE = Rule(3, 1, 0, Decimal(0), Decimal(500), {"off_agreement": ["no"]}, is_automatic=True)
RISKY = Rule(4, 3, 1, Decimal(0), None, {"risk": ["high"], "category": ["tea", "tins"]})
RULES = [SMALL, LARGE, FREE, RISKY]


def chosen(amount: str, **facts: str) -> int | None:
    rule = choose(RULES, Decimal(amount), {name: value.split() for name, value in facts.items()})
    return rule.id if rule else None


def test_x25_the_amount_names_the_tier_and_its_lower_end_belongs_to_it():
    assert [chosen(amount, off_agreement="no") for amount in ("499.99", "500", "4999.99")] == [
        3,
        1,
        1,
    ]
    assert chosen("5000", off_agreement="no") == 2


def test_x25_of_several_rules_that_fit_the_strictest_counts():
    assert chosen("700", risk="high", category="tins cups") == 4
    assert chosen("700", risk="high", category="cups") == 1
    twins = [Rule(7, 2, 1), Rule(8, 2, 2), Rule(9, 2, 2, is_automatic=True)]
    assert choose(twins, Decimal(1), {}).id == 8
    assert choose([Rule(7, 1, 1), Rule(6, 1, 1)], Decimal(1), {}).id == 6


def test_x25_what_no_rule_fits_goes_to_the_highest_and_never_through():
    off = {"off_agreement": ["yes"]}

    rule = choose(RULES, Decimal(100), off)

    assert rule is RISKY
    assert is_stand_in(rule, Decimal(100), off)
    assert choose([FREE], Decimal(100), off) is None
    assert choose([], Decimal(1), {}) is None


def test_steps_that_name_nobody_or_repeat_are_found():
    steps = [Step(1), Step(), Step(1), Step(1, frozenset({2}))]

    assert (empty_steps(steps), repeated_steps(steps)) == ([2], [3])
