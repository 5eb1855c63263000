"""Try a policy rule without deciding anything: a version against the last returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import audit, jobs
from core.actors import Actor
from core.money import quantize
from core.services import rates
from returns.domain.policy import Book, LineVerdict, PolicyDecision, RequestFacts, decide
from returns.models import PolicyRule, PolicyTrial, ReturnRequest
from returns.services import policies, policy_facts, policy_rules
from returns.services.policy_facts import Asking

MOST_SHOWN = 200
STEP = 20
ZERO = Decimal(0)


@transaction.atomic
def start(rule_id: int, requests_qty: int, *, actor: Actor, at: dt.datetime) -> PolicyTrial:
    """Queue a dry run of a version over the last returns; a job fills its result."""
    trial = PolicyTrial.objects.create(
        rule_id=rule_id, requests_qty=requests_qty, started_at=at, started_by=actor.key
    )
    jobs.enqueue(
        "returns.try_policy",
        key=f"policy-trial:{trial.pk}",
        args={"trial_id": trial.pk},
        queue="interactive",
        started_by=actor.key,
        title=f"Try rule {trial.rule}",
    )
    audit.record(
        actor=actor,
        action="returns.policy_rule_tried",
        target=f"policy_rule:{rule_id}",
        after={"returns": requests_qty},
        at=at,
    )
    return trial


def run(trial_id: int, *, at: dt.datetime, progress: Callable[[int, int], object]) -> PolicyTrial:
    """Fill a dry run: each of the last returns by the rulebook of now, and with the version.

    Each is asked as of the moment it came in. A version that is active already is compared with
    its absence. Repeatable; a done one stays.
    """
    trial = PolicyTrial.objects.select_related("rule").get(pk=trial_id)
    if trial.state == "done":
        return trial
    before, after = books_of(trial.rule)
    newest = ReturnRequest.objects.filter(kind="return", order__isnull=False)
    rows = list(newest.order_by("-requested_at", "-pk")[: trial.requests_qty])
    tally = Tally()
    for place, request in enumerate(rows, 1):
        facts = policy_facts.facts_of(policies.asking_of(request, request.requested_at))
        if facts.lines:
            tally.add(request, facts, decide(before, facts), decide(after, facts))
        if place % STEP == 0 or place == len(rows):
            progress(place, len(rows))
    PolicyTrial.objects.filter(pk=trial_id, state="running").update(
        state="done", result=tally.as_json(), done_at=at
    )
    return PolicyTrial.objects.get(pk=trial_id)


def books_of(rule: PolicyRule) -> tuple[Book, Book]:
    """Return the rulebook without the change a version makes, and with it."""
    now = policy_rules.book()
    if rule.state == PolicyRule.State.ACTIVE:
        kept = tuple(one for one in now.rules if one.code != rule.code)
        return Book(now.version, kept), now
    return now, policy_rules.book_with(rule.pk)


@dataclass(frozen=True, slots=True)
class Tested:
    """What the tester shows: the facts and the answer to them."""

    facts: RequestFacts
    decision: PolicyDecision


def explain(asking: Asking, *, with_version: int | None = None) -> Tested:
    """Return what the rulebook, or one with a version in it, says to lines of an order.

    Raises:
        OrderNotFound: no such order, or a line is not of it.
    """
    book = policy_rules.book() if with_version is None else policy_rules.book_with(with_version)
    facts = policy_facts.facts_of(asking)
    return Tested(facts, policies.decide_facts(facts, book))


def worth(facts: RequestFacts, decision: PolicyDecision) -> Decimal:
    """Return what the customer would get under a decision, in the base currency, not rounded.

    Allowed lines at what was paid, less restocking and the fee for the way back, plus the bonus of
    those who take store credit.
    """
    total = ZERO
    for line in facts.lines:
        verdict = decision.line(line.order_line_id)
        if verdict.is_allowed:
            bonus = verdict.bonus_share if line.outcome == "store_credit" else ZERO
            total += line.unit_value * line.qty * (1 - verdict.restocking_share + bonus)
    if total:
        total -= min(total, decision.return_shipping_amount)
    return total * (facts.rate or Decimal(1))


@dataclass
class Tally:
    """The difference a version makes, return by return."""

    returns: int = 0
    changed: int = 0
    before: Decimal = ZERO
    after: Decimal = ZERO
    newly_refused: int = 0
    newly_allowed: int = 0
    newly_reviewed: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        request: ReturnRequest,
        facts: RequestFacts,
        old: PolicyDecision,
        new: PolicyDecision,
    ) -> None:
        """Count one return with its decisions before and after."""
        money = worth(facts, old), worth(facts, new)
        self.returns += 1
        self.before += money[0]
        self.after += money[1]
        if _essence(old) == _essence(new):
            return
        self.changed += 1
        counts = [sum(line.is_allowed for line in one.lines) for one in (old, new)]
        self.newly_refused += max(0, counts[0] - counts[1])
        self.newly_allowed += max(0, counts[1] - counts[0])
        self.newly_reviewed += new.needs_review and not old.needs_review
        if len(self.rows) < MOST_SHOWN:
            base = rates.base_currency()
            self.rows.append(
                {
                    "request": request.pk,
                    "number": request.number,
                    "before": str(quantize(money[0], base)),
                    "after": str(quantize(money[1], base)),
                    "lines": [_change(a, b) for a, b in zip(old.lines, new.lines, strict=True)],
                    "review": [old.needs_review, new.needs_review],
                }
            )

    def as_json(self) -> dict[str, Any]:
        """Return the result as it is stored; amounts in the base currency."""
        base = rates.base_currency()
        return {
            "returns": self.returns,
            "changed": self.changed,
            "newly_refused": self.newly_refused,
            "newly_allowed": self.newly_allowed,
            "newly_reviewed": self.newly_reviewed,
            "currency": base,
            "before": str(quantize(self.before, base)),
            "after": str(quantize(self.after, base)),
            "difference": str(quantize(self.after, base) - quantize(self.before, base)),
            "rows": self.rows,
        }


def _essence(decision: PolicyDecision) -> dict[str, Any]:
    data = decision.as_json()
    return {name: value for name, value in data.items() if name not in {"rules", "version"}}


def _change(old: LineVerdict, new: LineVerdict) -> dict[str, Any]:
    return {
        "order_line": new.order_line_id,
        "refusal": [old.refusal, new.refusal],
        "deadline": [_day(old.deadline_on), _day(new.deadline_on)],
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
