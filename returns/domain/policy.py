"""What comes back, until when, for what and at whose cost: the rulebook asked about one request.

Every rule whose condition holds for a line is asked. Rules are ranked by priority number, then
code; each question (effect) is answered by the first rule that sets it, so priority settles
quarrels about one question and never silences a rule about another.

Worked: STANDARD (100) gives 30 days and no fee; FAULT (20, `fault == "seller"`) gives 90 days.
A line delivered on Sat 3 January for a fault of the seller is open until 3 April, in whose place
the next working day counts if it is none; the fee of STANDARD still holds, since FAULT is silent.

Days are those of the warehouse's zone. Amounts are in the order's currency; `rate` says what one
unit of it is worth in the base currency, in which rules are written. Nothing here writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from core import money
from core.conditions import Condition, Value
from orders.domain.promise import WorkCalendar
from returns.domain.policy_effects import BY_NAME, FALLBACK, GATHERED, EffectValue
from returns.domain.policy_effects import as_json as plain_effects

UNLIMITED: Final = -1
HUNDRED: Final = Decimal(100)
#: A kept item can't be exchanged or repaired: nothing comes back.
NOT_WHEN_KEPT: Final = frozenset({"exchange", "repair"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule, ready to be asked. The smallest `priority` speaks first."""

    code: str
    version: int
    name: str
    priority: int
    condition: Condition
    effects: Mapping[str, EffectValue]

    @property
    def rank(self) -> tuple[int, str]:
        """Return the place among the rules."""
        return (self.priority, self.code)


@dataclass(frozen=True, slots=True)
class Book:
    """The rules that hold together under one version number."""

    version: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One order line of which `qty` units shall come back. `unit_value` is what was paid for one.

    `reason` is a detail's code, `reason_group` its parent's; "" where nothing was chosen yet.
    """

    order_line_id: int
    qty: int = 1
    sku: str = ""
    product: str = ""
    category: str = ""
    brand: str = ""
    sku_kind: str = "goods"
    shelf_life_days: int = 0
    unit_value: Decimal = Decimal(0)
    shipped_on: dt.date | None = None
    delivered_on: dt.date | None = None
    reason: str = ""
    reason_group: str = ""
    fault: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is known about a request. `discount_percent` is of the whole order, 0 to 100."""

    today: dt.date
    order_on: dt.date
    currency: str
    lines: tuple[LineFacts, ...]
    rate: Decimal | None = Decimal(1)
    channel: str = ""
    country: str = ""
    warehouse: str = ""
    is_cross_border: bool = False
    segment: str = ""
    customer_tags: tuple[str, ...] = ()
    order_count: int = 1
    return_count: int = 0
    kept_count: int = 0
    risk_score: int = 0
    discount_percent: Decimal = Decimal(0)
    is_full_return: bool = False
    method: str = ""
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What the rulebook says of one line. `window_days` -1 and `deadline_on` None: no end.

    `allowed_if_faulty`: refused as asked, but open for a fault of the seller or carrier. Shares
    are 0 to 1. `refusal` is a code, "" when allowed.
    """

    order_line_id: int
    is_allowed: bool
    refusal: str
    window_days: int
    starts_on: dt.date | None
    deadline_on: dt.date | None
    resolutions: tuple[str, ...]
    methods: tuple[str, ...]
    reason_groups: tuple[str, ...] = ()
    restocking_share: Decimal = Decimal(0)
    bonus_share: Decimal = Decimal(0)
    is_final_sale: bool = False
    is_returnless: bool = False
    keep_as: str = ""
    needs_review: bool = False
    allowed_if_faulty: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as it is stored."""
        return {name: _stored(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LineVerdict:
        """Return the verdict that `as_json` stored."""
        values = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        for name in ("starts_on", "deadline_on"):
            values[name] = dt.date.fromisoformat(values[name]) if values.get(name) else None
        for name in ("resolutions", "methods", "reason_groups"):
            values[name] = tuple(values.get(name, ()))
        for name in ("restocking_share", "bonus_share"):
            values[name] = Decimal(values.get(name, "0"))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that held, for which lines, what it settled and where another spoke first."""

    code: str
    version: int
    name: str
    changes: Mapping[str, object]
    overruled: tuple[str, ...]
    order_line_ids: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the rule's part as it is stored."""
        return {
            "code": self.code,
            "version": self.version,
            "name": self.name,
            "changes": dict(self.changes),
            "overruled": list(self.overruled),
            "order_line_ids": list(self.order_line_ids),
        }


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """The answer for a request. `return_shipping_amount` is what the customer pays, once."""

    version: int
    lines: tuple[LineVerdict, ...]
    currency: str
    return_shipping_amount: Decimal
    label_payer: str
    refunds_original_shipping: bool
    processing_event: str
    destination_code: str
    needs_review: bool
    review_reasons: tuple[str, ...]
    rules: tuple[FiredRule, ...]

    @property
    def auto_approves(self) -> bool:
        """Whether no person is needed: every line is allowed and no rule asks for one."""
        return not self.needs_review and all(line.is_allowed for line in self.lines)

    def line(self, order_line_id: int) -> LineVerdict:
        """Return the verdict on one order line.

        Raises:
            KeyError: the request has no such line.
        """
        for verdict in self.lines:
            if verdict.order_line_id == order_line_id:
                return verdict
        raise KeyError(order_line_id)

    def as_json(self) -> dict[str, Any]:
        """Return the decision as a snapshot: texts, numbers, lists only."""
        names = [name for name in self.__dataclass_fields__ if name not in {"lines", "rules"}]
        return {
            **{name: _stored(getattr(self, name)) for name in names},
            "lines": [line.as_json() for line in self.lines],
            "rules": [rule.as_json() for rule in self.rules],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PolicyDecision:
        """Return the decision of a snapshot."""
        values = {name: data[name] for name in cls.__dataclass_fields__}
        values["lines"] = tuple(LineVerdict.from_json(line) for line in data["lines"])
        values["return_shipping_amount"] = Decimal(data["return_shipping_amount"])
        values["review_reasons"] = tuple(data["review_reasons"])
        values["rules"] = tuple(_fired(rule) for rule in data["rules"])
        return cls(**values)


def _fired(data: Mapping[str, Any]) -> FiredRule:
    lists = {"overruled": tuple(data["overruled"]), "order_line_ids": tuple(data["order_line_ids"])}
    return FiredRule(**{**data, **lists})


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def decide(book: Book, facts: RequestFacts) -> PolicyDecision:
    """Return what the rulebook says of a request; the lines keep their order.

    Without a rate the amounts of conditions are those of the order, and a person decides.
    """
    ranked = sorted(book.rules, key=lambda rule: rule.rank)
    held = {line.order_line_id: _holding(ranked, facts, line) for line in facts.lines}
    answers = {pk: _answers(rules) for pk, rules in held.items()}
    lines = tuple(
        _verdict(line, facts, answers[line.order_line_id], ranked) for line in facts.lines
    )
    together = _first_rules(held.values())
    whole = {name: rule.effects[name] for name, rule in together.items()}
    reviewers = _reviewers(held, lines, rated=facts.rate is not None)
    return PolicyDecision(
        version=book.version,
        lines=lines,
        currency=facts.currency,
        return_shipping_amount=_fee(facts, lines, whole),
        label_payer=str(whole.get("label_payer", FALLBACK["label_payer"])),
        refunds_original_shipping=bool(whole.get("refund_shipping", False)),
        processing_event=str(whole.get("money_when", FALLBACK["money_when"])),
        destination_code=str(whole.get("destination", "")),
        needs_review=bool(reviewers),
        review_reasons=reviewers,
        rules=_fired_rules(ranked, held, together),
    )


def values_of(facts: RequestFacts, line: LineFacts) -> dict[str, Value]:
    """Return what conditions see of a line and its request; amounts in the base currency."""
    rate = Decimal(1) if facts.rate is None else facts.rate
    since = -1 if line.delivered_on is None else (facts.today - line.delivered_on).days
    shared = (
        *("channel", "country", "is_cross_border", "warehouse", "segment", "customer_tags"),
        *("order_count", "return_count", "kept_count", "risk_score", "today"),
        *("discount_percent", "is_full_return", "method", "currency"),
    )
    own = (
        *("product", "sku", "category", "brand", "sku_kind", "shelf_life_days"),
        *("reason", "reason_group", "fault", "outcome"),
    )
    return {
        **{name: getattr(facts, name) for name in shared},
        **{name: getattr(line, name) for name in own},
        "order_day": facts.order_on,
        "days_since_delivery": since,
        "total": sum((one.unit_value * one.qty for one in facts.lines), Decimal(0)) * rate,
        "unit_value": line.unit_value * rate,
        "item_count": sum(one.qty for one in facts.lines),
    }


def _holding(ranked: Sequence[Rule], facts: RequestFacts, line: LineFacts) -> list[Rule]:
    values = values_of(facts, line)
    return [rule for rule in ranked if rule.condition.matches(values)]


def _answers(rules: Sequence[Rule]) -> dict[str, EffectValue]:
    """Return the answer to each question for one line; gathered effects are united."""
    found: dict[str, EffectValue] = {}
    for rule in rules:
        for name, value in rule.effects.items():
            if name in GATHERED and name in found:
                found[name] = _united(found[name], value)
            else:
                found.setdefault(name, value)
    return {**FALLBACK, **found}


def _united(one: Any, other: Any) -> EffectValue:
    if isinstance(one, tuple):
        return tuple(dict.fromkeys((*one, *other)))
    larger: EffectValue = max(one, other)
    return larger


def _verdict(
    line: LineFacts, facts: RequestFacts, answers: Mapping[str, Any], ranked: Sequence[Rule]
) -> LineVerdict:
    verdict = _line(line, facts, answers)
    if verdict.is_allowed or verdict.refusal in {"NOT_SHIPPED", "NOT_DELIVERED"}:
        return verdict
    faulty = replace(line, reason="", reason_group="DAMAGED", fault="seller", outcome="")
    asked = replace(facts, method="")
    other = _line(faulty, asked, _answers(_holding(ranked, asked, faulty)))
    return replace(verdict, allowed_if_faulty=other.is_allowed)


def _line(line: LineFacts, facts: RequestFacts, answers: Mapping[str, Any]) -> LineVerdict:
    starts_on = _start(line, facts, str(answers["window_start"]))
    days = int(answers["window_days"])
    if days != UNLIMITED:
        days = max(days, int(answers.get("min_window_days", 0)))
    deadline_on = _deadline(starts_on, days, answers, facts.calendar)
    keep_as = "" if answers["keep"] == "no" else str(answers["keep"])
    resolutions, methods = _offers(answers, is_kept=bool(keep_as))
    refusal = _refusal(line, facts, answers, starts_on, deadline_on) or _choice_refusal(
        line.outcome, facts.method, resolutions, methods
    )
    return LineVerdict(
        order_line_id=line.order_line_id,
        is_allowed=not refusal,
        refusal=refusal,
        window_days=days,
        starts_on=starts_on,
        deadline_on=deadline_on,
        resolutions=resolutions,
        methods=methods,
        reason_groups=tuple(
            part.strip() for part in str(answers["reason_groups"]).split(",") if part.strip()
        ),
        restocking_share=Decimal(answers["restocking_percent"]) / HUNDRED,
        bonus_share=Decimal(answers["bonus_percent"]) / HUNDRED,
        is_final_sale=bool(answers["final_sale"]),
        is_returnless=bool(keep_as),
        keep_as=keep_as,
        needs_review=bool(answers["review"]),
    )


def _start(line: LineFacts, facts: RequestFacts, start: str) -> dt.date | None:
    if start == "ordered":
        return facts.order_on
    return line.shipped_on if start == "shipped" else line.delivered_on


def _deadline(
    starts_on: dt.date | None, days: int, answers: Mapping[str, Any], calendar: WorkCalendar
) -> dt.date | None:
    if starts_on is None or days == UNLIMITED:
        return None
    last = starts_on + dt.timedelta(days=days)
    last = max(last, answers.get("open_until", last))
    return calendar.next_open(last) if answers["extends_to_workday"] else last


def _refusal(
    line: LineFacts,
    facts: RequestFacts,
    answers: Mapping[str, Any],
    starts_on: dt.date | None,
    deadline_on: dt.date | None,
) -> str:
    refusals = (
        (line.shipped_on is None and line.delivered_on is None, "NOT_SHIPPED"),
        (starts_on is None, "NOT_DELIVERED"),
        (answers["reject"], "REFUSED_BY_RULE"),
        (answers["final_sale"], "FINAL_SALE"),
        (deadline_on is not None and facts.today > deadline_on, "OUT_OF_WINDOW"),
    )
    return next((why for refused, why in refusals if refused), "")


def _choice_refusal(
    outcome: str, method: str, resolutions: tuple[str, ...], methods: tuple[str, ...]
) -> str:
    if not resolutions:
        return "NO_OUTCOME_LEFT"
    wanted = "returnless" if outcome == "refund" and "returnless" in resolutions else outcome
    if wanted and wanted not in resolutions:
        return "OUTCOME_NOT_OFFERED"
    is_way_refused = bool(method) and methods != ("keep",) and method not in methods
    return "METHOD_NOT_OFFERED" if is_way_refused else ""


def _offers(
    answers: Mapping[str, Any], *, is_kept: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    offered = dict.fromkeys((*answers["outcomes"], *answers.get("with_outcomes", ())))
    outcomes = [one for one in offered if one not in answers.get("without_outcomes", ())]
    if is_kept:
        outcomes = [
            "returnless" if one == "refund" else one for one in outcomes if one not in NOT_WHEN_KEPT
        ]
        return tuple(outcomes), ("keep",)
    ways = [one for one in answers["methods"] if one not in answers.get("without_methods", ())]
    return tuple(outcomes), tuple(ways)


def _first_rules(held: Iterable[Sequence[Rule]]) -> dict[str, Rule]:
    """Return the first rule over all lines that answers each question of the whole request."""
    first: dict[str, Rule] = {}
    for rules in held:
        for rule in rules:
            for name in rule.effects:
                if not BY_NAME[name].is_of_request:
                    continue
                if name not in first or rule.rank < first[name].rank:
                    first[name] = rule
    return first


def _reviewers(
    held: Mapping[int, Sequence[Rule]], lines: Sequence[LineVerdict], *, rated: bool
) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for line in lines:
        if line.needs_review:
            rules = held[line.order_line_id]
            codes[next(rule.code for rule in rules if "review" in rule.effects)] = None
    if not rated:
        codes["NO_EXCHANGE_RATE"] = None
    return tuple(codes)


def _fee(
    facts: RequestFacts, lines: Sequence[LineVerdict], whole: Mapping[str, EffectValue]
) -> Decimal:
    """Return what the customer pays for the way back: nothing where nothing is sent."""
    amount = Decimal(str(whole.get("return_shipping_amount", 0)))
    if not any(line.is_allowed and not line.is_returnless for line in lines):
        return money.quantize(Decimal(0), facts.currency)
    return money.quantize(amount / (facts.rate or Decimal(1)), facts.currency)


def _fired_rules(
    ranked: Sequence[Rule], held: Mapping[int, Sequence[Rule]], together: Mapping[str, Rule]
) -> tuple[FiredRule, ...]:
    fired = []
    for rule in ranked:
        lines = tuple(pk for pk, rules in held.items() if rule in rules)
        if not lines:
            continue
        won = {
            name: value
            for name, value in rule.effects.items()
            if together.get(name) == rule or _wins(rule, name, [held[pk] for pk in lines])
        }
        fired.append(
            FiredRule(
                code=rule.code,
                version=rule.version,
                name=rule.name,
                changes=plain_effects(won),
                overruled=tuple(name for name in rule.effects if name not in won),
                order_line_ids=lines,
            )
        )
    return tuple(fired)


def _wins(rule: Rule, name: str, held: Sequence[Sequence[Rule]]) -> bool:
    """Say whether a rule settles a question of a line (not of the request) for one of its lines."""
    if name in GATHERED:
        return True
    if BY_NAME[name].is_of_request and name != "review":
        return False
    return any(next(one for one in rules if name in one.effects) == rule for rules in held)
