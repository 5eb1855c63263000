"""The rulebook: every condition, every effect, windows, priorities, snapshots."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.conditions import BadCondition
from orders.domain.promise import WorkCalendar
from returns.domain import policy_effects
from returns.domain.abuse import AbuseFacts, risk_score
from returns.domain.policy import (
    Book,
    LineFacts,
    PolicyDecision,
    RequestFacts,
    Rule,
    decide,
    values_of,
)
from returns.domain.policy_defaults import REASONS, RULES
from returns.domain.policy_names import LANGUAGE, NAMES

DAY = dt.date(2026, 3, 10)  # a Tuesday
LINE = LineFacts(
    order_line_id=7,
    qty=2,
    sku="TEAPOT-RED",
    product="TEAPOT",
    category="Tea ware",
    brand="Mingjian",
    shelf_life_days=365,
    unit_value=Decimal("20.00"),
    shipped_on=dt.date(2026, 2, 25),
    delivered_on=dt.date(2026, 3, 1),
    reason="WRONG_ITEM",
    reason_group="INACCURATE",
    fault="seller",
    outcome="exchange",
)
FACTS = RequestFacts(
    today=DAY,
    order_on=dt.date(2026, 2, 24),
    currency="EUR",
    rate=Decimal("1.10"),
    lines=(LINE,),
    channel="web-de",
    country="DE",
    warehouse="RTM",
    is_cross_border=True,
    segment="VIP",
    customer_tags=("tea-club", "no-returns"),
    order_count=6,
    return_count=4,
    kept_count=2,
    risk_score=72,
    discount_percent=Decimal("15.00"),
    is_full_return=True,
    method="store",
)
#: name -> a condition that holds for FACTS, and facts for which it does not.
CONDITIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "channel": ('channel == "web-de"', {"channel": "ebay"}),
    "country": ('country in ["DE", "AT"]', {"country": "US"}),
    "is_cross_border": ("is_cross_border", {"is_cross_border": False}),
    "warehouse": ('warehouse == "RTM"', {"warehouse": "LA"}),
    "segment": ('segment == "VIP"', {"segment": ""}),
    "customer_tags": ('"no-returns" in customer_tags', {"customer_tags": ("tea-club",)}),
    "order_count": ("order_count >= 6", {"order_count": 5}),
    "return_count": ("return_count > 3", {"return_count": 3}),
    "kept_count": ("kept_count >= 2", {"kept_count": 1}),
    "risk_score": ("risk_score >= 70", {"risk_score": 69}),
    "order_day": ('order_day < d"2026-02-25"', {"order_on": dt.date(2026, 2, 25)}),
    "today": ('today >= d"2026-03-10"', {"today": dt.date(2026, 3, 9)}),
    "days_since_delivery": ("days_since_delivery <= 9", {"today": dt.date(2026, 3, 11)}),
    "discount_percent": ("discount_percent > 0", {"discount_percent": Decimal(0)}),
    "total": ("total == 44", {"rate": Decimal(1)}),
    "item_count": ("item_count >= 2", {"qty": 1}),
    "is_full_return": ("is_full_return", {"is_full_return": False}),
    "unit_value": ("unit_value >= 22", {"unit_value": Decimal("19.99")}),
    "product": ('product == "TEAPOT"', {"product": "CUP"}),
    "sku": ('sku in ["TEAPOT-RED"]', {"sku": "TEAPOT-BLUE"}),
    "category": ('category != "Tea"', {"category": "Tea"}),
    "brand": ('brand == "Mingjian"', {"brand": ""}),
    "sku_kind": ('sku_kind == "goods"', {"sku_kind": "virtual_kit"}),
    "shelf_life_days": ("shelf_life_days > 0", {"shelf_life_days": 0}),
    "reason": ('reason == "WRONG_ITEM"', {"reason": "TOO_SMALL"}),
    "reason_group": ('reason_group == "INACCURATE"', {"reason_group": "DAMAGED"}),
    "fault": ('fault in ["seller", "carrier"]', {"fault": "customer"}),
    "outcome": ('outcome == "exchange"', {"outcome": "refund"}),
    "method": ('method == "store" or method == "drop_off"', {"method": "label"}),
    "currency": ('currency == "EUR"', {"currency": "USD"}),
}
LINE_FIELDS = frozenset(LineFacts.__dataclass_fields__)


def rule(code: str, condition: str = "", priority: int = 50, **effects: Any) -> Rule:
    return Rule(code, 1, code, priority, LANGUAGE.check(condition), policy_effects.read(effects))


def with_facts(**changes: Any) -> RequestFacts:
    mine = {name: value for name, value in changes.items() if name in LINE_FIELDS}
    others = {name: value for name, value in changes.items() if name not in LINE_FIELDS}
    return replace(FACTS, lines=(replace(LINE, **mine),), **others)


def decided(*rules: Rule, facts: RequestFacts = FACTS) -> PolicyDecision:
    return decide(Book(3, rules), facts)


def defaults() -> Book:
    return Book(
        1,
        tuple(
            Rule(
                seed.code,
                1,
                seed.name,
                seed.priority,
                LANGUAGE.check(seed.condition),
                policy_effects.read(seed.effects),
            )
            for seed in RULES
        ),
    )


def test_a_17_every_name_of_the_language_is_in_the_table_and_has_a_fact():
    assert set(CONDITIONS) == {item.name for item in NAMES} == set(values_of(FACTS, LINE))
    assert len(CONDITIONS) >= 20
    for item in NAMES:
        assert LANGUAGE.check(item.example).names[0] == item.name


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_17_each_condition_holds_and_fails_and_decides(name):
    condition, changes = CONDITIONS[name]
    asked = rule("ASKED", condition, reject=True)

    hit = decided(asked)
    miss = decided(asked, facts=with_facts(**changes))

    assert LANGUAGE.check(condition).names == (name,)
    assert (hit.line(7).refusal, [fired.code for fired in hit.rules]) == (
        "REFUSED_BY_RULE",
        ["ASKED"],
    )
    assert "REFUSED_BY_RULE" not in miss.line(7).refusal
    assert miss.rules == ()


@pytest.mark.parametrize(
    ("effects", "field", "expected"),
    [
        ({"window_days": 9}, "window_days", 9),
        ({"window_days": 5, "min_window_days": 14}, "window_days", 14),
        ({"window_days": -1, "min_window_days": 14}, "deadline_on", None),
        ({"window_start": "shipped"}, "starts_on", dt.date(2026, 2, 25)),
        ({"window_start": "ordered"}, "starts_on", dt.date(2026, 2, 24)),
        ({"open_until": "2026-05-29"}, "deadline_on", dt.date(2026, 5, 29)),
        ({"final_sale": True}, "refusal", "FINAL_SALE"),
        ({"window_days": 8, "extends_to_workday": False}, "refusal", "OUT_OF_WINDOW"),
        ({"keep": "donate"}, "keep_as", "donate"),
        ({"outcomes": "exchange,repair"}, "resolutions", ("exchange", "repair")),
        (
            {"with_outcomes": ["replacement"]},
            "resolutions",
            ("refund", "store_credit", "exchange", "replacement"),
        ),
        ({"without_outcomes": ["refund"]}, "resolutions", ("store_credit", "exchange")),
        ({"without_outcomes": ["exchange"]}, "refusal", "OUTCOME_NOT_OFFERED"),
        ({"outcomes": ["refund"], "without_outcomes": ["refund"]}, "refusal", "NO_OUTCOME_LEFT"),
        ({"methods": ["store", "own"]}, "methods", ("store", "own")),
        ({"without_methods": ["store"]}, "refusal", "METHOD_NOT_OFFERED"),
        ({"reason_groups": "DAMAGED, INACCURATE"}, "reason_groups", ("DAMAGED", "INACCURATE")),
        ({"restocking_percent": "12.5"}, "restocking_share", Decimal("0.125")),
        ({"bonus_percent": 10}, "bonus_share", Decimal("0.1")),
        ({"review": True}, "needs_review", True),
    ],
)
def test_a_17_each_effect_of_a_line(effects, field, expected):
    verdict = decided(rule("ONE", **effects)).line(7)

    assert getattr(verdict, field) == expected


@pytest.mark.parametrize(
    ("effects", "field", "expected"),
    [
        ({"return_shipping_amount": "4.95"}, "return_shipping_amount", Decimal("4.50")),
        ({"label_payer": "customer"}, "label_payer", "customer"),
        ({"refund_shipping": True}, "refunds_original_shipping", True),
        ({"money_when": "in_transit"}, "processing_event", "in_transit"),
        ({"destination": "HUB"}, "destination_code", "HUB"),
        ({"review": True}, "review_reasons", ("ONE",)),
    ],
)
def test_a_17_each_effect_of_a_request(effects, field, expected):
    assert getattr(decided(rule("ONE", **effects)), field) == expected


def test_a_17_priority_settles_only_the_same_question():
    decision = decided(
        rule("STANDARD", priority=100, window_days=30, return_shipping_amount="5.50"),
        rule("SHORT", priority=40, window_days=20, bonus_percent=5),
        rule("VIP", 'segment == "VIP"', priority=20, window_days=60),
    )

    assert decision.version == 3
    assert decision.line(7).window_days == 60
    assert decision.line(7).bonus_share == Decimal("0.05")
    assert decision.return_shipping_amount == Decimal("5.00")
    assert [(fired.code, fired.changes, fired.overruled) for fired in decision.rules] == [
        ("VIP", {"window_days": 60}, ()),
        ("SHORT", {"bonus_percent": "5"}, ("window_days",)),
        ("STANDARD", {"return_shipping_amount": "5.5"}, ("window_days",)),
    ]


def test_a_17_a_request_takes_the_first_rule_of_any_line_and_a_line_its_own():
    other = replace(LINE, order_line_id=8, fault="customer", outcome="refund")
    facts = replace(FACTS, lines=(other, LINE))
    decision = decided(
        rule("STANDARD", priority=100, return_shipping_amount="5.50", restocking_percent=10),
        rule(
            "FAULT",
            'fault == "seller"',
            priority=20,
            return_shipping_amount="0",
            restocking_percent=0,
        ),
        facts=facts,
    )

    assert decision.return_shipping_amount == Decimal("0.00")
    assert decision.line(8).restocking_share == Decimal("0.1")
    assert decision.line(7).restocking_share == 0
    assert [fired.order_line_ids for fired in decision.rules] == [(7,), (8, 7)]


def test_a_17_a_review_is_bypassed_by_a_rule_that_speaks_first():
    border = rule("BORDER", "is_cross_border", priority=50, review=True)
    trusted = rule("TRUSTED", 'segment == "VIP"', priority=10, review=False)

    assert decided(border).review_reasons == ("BORDER",)
    assert not decided(border, trusted).needs_review
    assert decided(border, trusted).auto_approves


@pytest.mark.parametrize(
    ("delivered_on", "days", "holidays", "deadline_on"),
    [
        (dt.date(2026, 3, 2), 4, (), dt.date(2026, 3, 6)),  # a Friday
        (dt.date(2026, 3, 2), 5, (), dt.date(2026, 3, 9)),  # Saturday -> Monday
        (dt.date(2026, 3, 2), 5, (dt.date(2026, 3, 9),), dt.date(2026, 3, 10)),
    ],
)
def test_a_15_a_window_ends_on_a_working_day_and_its_last_day_counts(
    delivered_on, days, holidays, deadline_on
):
    calendar = WorkCalendar(holidays=frozenset(holidays))
    facts = with_facts(delivered_on=delivered_on, calendar=calendar, today=deadline_on)
    short = rule("SHORT", window_days=days)

    on_time = decided(short, facts=facts).line(7)
    late = decided(short, facts=replace(facts, today=deadline_on + dt.timedelta(days=1)))

    assert (on_time.deadline_on, on_time.is_allowed) == (deadline_on, True)
    assert late.line(7).refusal == "OUT_OF_WINDOW"


def test_a_15_nothing_counts_before_it_is_delivered():
    waiting = with_facts(delivered_on=None)
    unsent = with_facts(delivered_on=None, shipped_on=None)

    assert decided(facts=waiting).line(7).refusal == "NOT_DELIVERED"
    assert decided(facts=unsent).line(7).refusal == "NOT_SHIPPED"
    assert not decided(facts=unsent).line(7).allowed_if_faulty
    assert decided(rule("SENT", window_start="shipped"), facts=waiting).line(7).is_allowed


def test_a_15_the_first_rulebook_states_window_fee_and_what_may_be_chosen():
    plain = with_facts(
        reason="",
        reason_group="",
        fault="",
        outcome="",
        method="",
        is_cross_border=False,
        risk_score=0,
        customer_tags=(),
    )

    decision = decide(defaults(), plain)
    verdict = decision.line(7)

    assert (verdict.window_days, verdict.deadline_on) == (30, dt.date(2026, 3, 31))
    assert verdict.resolutions == ("refund", "store_credit", "exchange")
    assert verdict.methods == ("label", "qr", "own", "drop_off", "store", "pickup")
    assert (decision.return_shipping_amount, decision.label_payer) == (Decimal("0.00"), "seller")
    assert (decision.processing_event, decision.auto_approves) == ("validated", True)
    assert {fired.code for fired in decision.rules} == {"STANDARD", "EU-LAW"}


def test_a_17_the_first_rulebook_takes_our_faults_back_longer_and_keeps_cheap_goods():
    late = with_facts(today=dt.date(2026, 4, 20), outcome="", method="", is_cross_border=False)
    cheap = with_facts(unit_value=Decimal("9.00"), outcome="refund", is_cross_border=False)
    mind = with_facts(today=dt.date(2026, 4, 20), fault="customer", reason="CHANGED_MIND")

    faulty = decide(defaults(), late)
    kept = decide(defaults(), cheap)
    refused = decide(defaults(), mind).line(7)

    assert faulty.line(7).deadline_on == dt.date(2026, 6, 1)  # 30 May is a Saturday
    assert faulty.line(7).resolutions == (
        *("refund", "store_credit", "exchange", "replacement", "repair"),
    )
    assert faulty.refunds_original_shipping
    assert kept.line(7).is_returnless
    assert kept.line(7).resolutions == ("returnless", "store_credit", "replacement")
    assert (kept.line(7).methods, kept.line(7).is_allowed) == (("keep",), True)
    assert (refused.refusal, refused.allowed_if_faulty) == ("OUT_OF_WINDOW", True)
    assert decide(defaults(), FACTS).review_reasons == ("RISK",)


def test_a_17_without_a_rate_a_person_decides():
    decision = decided(rule("FEE", return_shipping_amount="5"), facts=replace(FACTS, rate=None))

    assert decision.return_shipping_amount == Decimal("5.00")
    assert decision.review_reasons == ("NO_EXCHANGE_RATE",)


def test_a_17_a_snapshot_reads_back_as_the_same_decision():
    decision = decide(defaults(), FACTS)

    assert PolicyDecision.from_json(decision.as_json()) == decision


@pytest.mark.parametrize(
    ("effects", "name", "why"),
    [
        ({"gift": 1}, "gift", "UNKNOWN_EFFECT"),
        ({"window_days": "soon"}, "window_days", "NOT_A_NUMBER"),
        ({"window_days": "2.5"}, "window_days", "NOT_A_NUMBER"),
        ({"min_window_days": -1}, "min_window_days", "OUT_OF_BOUNDS"),
        ({"restocking_percent": 101}, "restocking_percent", "OUT_OF_BOUNDS"),
        ({"return_shipping_amount": "NaN"}, "return_shipping_amount", "NOT_A_NUMBER"),
        ({"open_until": "2026-02-30"}, "open_until", "NOT_A_DAY"),
        ({"keep": "perhaps"}, "keep", "NOT_A_CHOICE"),
        ({"methods": ["pigeon"]}, "methods", "NOT_A_CHOICE"),
        ({"review": "maybe"}, "review", "NOT_A_CHOICE"),
    ],
)
def test_a_17_what_a_rule_can_not_set_is_refused_before_it_is_stored(effects, name, why):
    with pytest.raises(policy_effects.BadEffect) as caught:
        policy_effects.read(effects)

    assert (caught.value.name, caught.value.why) == (name, why)


def test_a_17_effects_are_stored_as_plain_values_and_read_back():
    typed = policy_effects.read(
        {
            "window_days": "30",
            "return_shipping_amount": "4.50",
            "open_until": "2027-01-31",
            "review": "yes",
            "methods": "label, store",
            "keep": "",
        }
    )

    stored = policy_effects.as_json(typed)

    assert stored == {
        "window_days": 30,
        "return_shipping_amount": "4.5",
        "open_until": "2027-01-31",
        "review": True,
        "methods": ["label", "store"],
    }
    assert policy_effects.read(stored) == typed


def test_a_17_a_condition_can_not_ask_for_what_is_no_name():
    with pytest.raises(BadCondition) as caught:
        LANGUAGE.check('customer.email == "a@b.c"')

    assert (caught.value.why, caught.value.what) == ("UNKNOWN_NAME", "customer")


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        (AbuseFacts(), 0),
        (AbuseFacts(1, 1, 1, 1), 25),
        (AbuseFacts(10, 10, 10, 10), 77),
        (AbuseFacts(20, 4, 0, 0), 10),
        (AbuseFacts(97, 0, 0, 0, mismatch_count=5, missing_count=2), 40),
        (AbuseFacts(100, 100, 100, 100, 9, 9), 100),
    ],
)
def test_a_17_the_risk_score_of_a_customer(facts, score):
    assert risk_score(facts) == score


def test_a_25_the_first_reasons_have_two_levels_under_damage_inaccuracy_dissatisfaction():
    groups = [group.code for group in REASONS]
    details = [detail for group in REASONS for detail in group.details]
    codes = [*groups, *(detail.code for detail in details)]

    assert groups == ["DAMAGED", "INACCURATE", "DISSATISFIED", "UNDELIVERED"]
    assert len(codes) == len(set(codes)) == 22
    assert {detail.fault for detail in REASONS[2].details} == {"customer"}
    assert all(detail.asks_photo for detail in REASONS[0].details)
