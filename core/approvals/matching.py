"""Which rule a document falls under: pure, exact, and in doubt the strictest.

A rule fits when the amount is in its range and each of its conditions accepts one of the values
the document has for that fact. Nothing fits: the strictest rule of all stands in, so that a case
nobody thought of goes to the top and never through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Facts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as far as matching goes. Amounts in the base currency, `below_amount` excluded."""

    id: int
    level: int
    step_count: int
    from_amount: Decimal = Decimal(0)
    below_amount: Decimal | None = None
    conditions: Facts = field(default_factory=dict)
    is_automatic: bool = False

    def fits(self, amount: Decimal, facts: Facts) -> bool:
        """Say whether a document of this amount and these facts falls under the rule."""
        if amount < self.from_amount:
            return False
        if self.below_amount is not None and amount >= self.below_amount:
            return False
        return all(
            set(wanted) & set(facts.get(fact, ())) for fact, wanted in self.conditions.items()
        )

    @property
    def strictness(self) -> tuple[bool, int, int, Decimal, int]:
        """Return the order of rules: people before none, level, steps, amount, the older one."""
        return (not self.is_automatic, self.level, self.step_count, self.from_amount, -self.id)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule to be: a role, people, or both."""

    role_id: int | None = None
    people_ids: frozenset[int] = frozenset()


def choose(rules: Iterable[Rule], amount: Decimal, facts: Facts) -> Rule | None:
    """Return the rule for a document; None where there is no rule that asks anybody.

    Several fit: the strictest. None fits: the strictest of all, which always asks somebody.
    """
    known = sorted(rules, key=lambda rule: rule.strictness, reverse=True)
    for rule in known:
        if rule.fits(amount, facts):
            return rule
    return known[0] if known and not known[0].is_automatic else None


def is_stand_in(rule: Rule, amount: Decimal, facts: Facts) -> bool:
    """Say whether the rule was chosen because no rule fits."""
    return not rule.fits(amount, facts)


def highest(rules: Iterable[Rule]) -> Rule | None:
    """Return the strictest rule that asks somebody."""
    asking = [rule for rule in rules if not rule.is_automatic]
    return max(asking, key=lambda rule: rule.strictness, default=None)


def empty_steps(steps: Sequence[Step]) -> list[int]:
    """Return the positions, from 1, of steps that name nobody."""
    return [
        position
        for position, step in enumerate(steps, start=1)
        if step.role_id is None and not step.people_ids
    ]


def repeated_steps(steps: Sequence[Step]) -> list[int]:
    """Return the positions, from 1, of steps that send the document round to the same people."""
    seen: set[Step] = set()
    repeated = []
    for position, step in enumerate(steps, start=1):
        if step in seen:
            repeated.append(position)
        seen.add(step)
    return repeated
