"""Which extras a parcel gets, and why the others stay out (X15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from fulfillment.domain.conditions import check
from fulfillment.domain.insert_rules import (
    CampaignFacts,
    ParcelFacts,
    Rule,
    arm_of,
    decide,
)
from tests.fulfillment.domain.test_conditions import FACTS

SPRING = CampaignFacts(7, "SPRING", "coupon", "active", dt.date(2026, 5, 1), dt.date(2026, 5, 31))
CARD, LEAFLET, BOX = 101, 102, 103
STOCK = {CARD: 5, LEAFLET: 5, BOX: 5}


def rule(code: str, **more) -> Rule:
    given = {
        "rule_id": 1,
        "version": 1,
        "condition": check(more.pop("when", "")),
        "effect": "add_insert",
        "sku_id": CARD,
    }
    return Rule(code=code, **{**given, **more})


def parcel(**more) -> ParcelFacts:
    values = {**FACTS, **more.pop("values", {})}
    return ParcelFacts(**{"values": values, "customer_key": "customer:1", "stock": STOCK, **more})


def answers(*rules: Rule, most: int = 2, **more) -> list[tuple[str, str, str]]:
    return [(d.rule.code, d.outcome, d.reason) for d in decide(rules, parcel(**more), most)]


def test_x15_at_most_two_inserts_and_a_control_customer_uses_no_place():
    control = rule("B", campaign=SPRING)

    got = answers(rule("A"), control, rule("C"), rule("D"), arms={7: "control"})

    assert got == [
        ("A", "add", ""),
        ("B", "skip", "CONTROL_GROUP"),
        ("C", "add", ""),
        ("D", "skip", "TOO_MANY_INSERTS"),
    ]
    assert answers(rule("A"), rule("C"), most=1)[1] == ("C", "skip", "TOO_MANY_INSERTS")


def test_x15_inserts_and_cards_go_into_parcel_1_only_tissue_into_each():
    rules = (
        rule("A"),
        rule("G", effect="add_gift_card"),
        rule("T", effect="add_tissue"),
        rule("U", effect="use_packaging", sku_id=BOX),
    )

    got = answers(*rules, is_first_parcel=False, values={"has_gift_note": True})

    assert got == [
        ("A", "skip", "LATER_PARCEL"),
        ("G", "skip", "LATER_PARCEL"),
        ("T", "add", ""),
        ("U", "add", ""),
    ]


@pytest.mark.parametrize(
    ("on_oos", "alternate", "expected"),
    [
        ("skip", None, ("skip", "OUT_OF_STOCK", CARD)),
        ("block", None, ("hold", "OUT_OF_STOCK", CARD)),
        ("alternate", LEAFLET, ("add", "ALTERNATE_USED", LEAFLET)),
        ("alternate", 999, ("skip", "OUT_OF_STOCK", CARD)),
    ],
)
def test_x15_what_happens_when_none_is_left_is_the_rules_choice(on_oos, alternate, expected):
    asked = rule("A", on_oos=on_oos, alternate_sku_id=alternate)

    [made] = decide([asked], parcel(stock={LEAFLET: 1}), 2)

    assert (made.outcome, made.reason, made.sku_id) == expected


def test_the_last_unit_goes_to_the_first_rule():
    got = answers(rule("A"), rule("B"), stock={CARD: 1})

    assert got == [("A", "add", ""), ("B", "skip", "OUT_OF_STOCK")]


@pytest.mark.parametrize(
    ("change", "values", "reason"),
    [
        ({"state": "paused"}, {}, "CAMPAIGN_NOT_RUNNING"),
        ({}, {"today": dt.date(2026, 6, 1)}, "CAMPAIGN_NOT_RUNNING"),
        ({"language": "fr"}, {}, "OTHER_LANGUAGE"),
        ({"brand": "Other"}, {}, "OTHER_BRAND"),
        ({"kind": "promotion"}, {"is_gift": True}, "GIFT_ORDER"),
        ({"codes_left": 0}, {}, "NO_CODE_LEFT"),
        ({"language": "de", "brand": "Mingjian", "codes_left": 1}, {"is_gift": True}, ""),
    ],
)
def test_x15_a_campaign_keeps_to_its_days_language_brand_and_out_of_gifts(change, values, reason):
    [made] = decide([rule("A", campaign=replace(SPRING, **change))], parcel(values=values), 2)

    assert made.reason == reason


def test_a_gift_card_without_a_message_is_not_printed():
    card = rule("G", effect="add_gift_card")

    assert answers(card, values={"is_gift": True}) == [("G", "skip", "NO_GIFT_NOTE")]
    assert answers(card, values={"has_gift_note": True}) == [("G", "add", "")]


def test_only_one_box_is_wanted_the_first_rules():
    boxes = (rule("U", effect="use_packaging"), rule("V", effect="use_packaging", sku_id=BOX))

    assert answers(*boxes) == [("U", "add", ""), ("V", "skip", "OTHER_BOX_FIRST")]


def test_what_is_in_the_box_stays_and_takes_its_place():
    got = answers(rule("A"), rule("B"), rule("C"), kept={"C": "insert", "X": "insert"})

    assert got == [("A", "skip", "TOO_MANY_INSERTS"), ("B", "skip", "TOO_MANY_INSERTS")]
    assert answers(rule("A"), given_up=frozenset({"A"})) == [("A", "skip", "MISSING_AT_BENCH")]


def test_a_rule_that_does_not_match_gives_no_decision_and_a_match_says_what_it_saw():
    made = decide([rule("A", when="is_gift"), rule("B", when='segment == "VIP"')], parcel(), 2)

    assert [(d.rule.code, dict(d.matched)) for d in made] == [("B", {"segment": "VIP"})]


def test_a_customer_stays_in_its_arm_and_the_share_of_the_control_group_is_as_asked():
    keys = [f"customer:{number}" for number in range(5_000)]

    arms = [arm_of("SPRING", key, 20) for key in keys]

    assert arms == [arm_of("SPRING", key, 20) for key in keys]
    assert 0.18 < arms.count("control") / 5_000 < 0.22
    assert {arm_of("SPRING", key, 0) for key in keys} == {"treated"}
    grown = [arm_of("SPRING", key, 40) for key in keys]
    assert all(now == "control" for was, now in zip(arms, grown, strict=True) if was == "control")
    assert arms != [arm_of("AUTUMN", key, 20) for key in keys]
