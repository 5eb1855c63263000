"""Rules of alerts: severities at their limits, contradictions refused, the nearest rule answers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from planning.domain import alert_covers, alert_goods
from planning.domain.alert_bands import Band
from planning.domain.alert_covers import CoverFacts
from planning.domain.alert_rules import (
    KINDS,
    Kind,
    Quiet,
    Rule,
    RuleBook,
    RuleRefused,
    Severity,
    check_rule,
    standard,
)

TODAY = dt.date(2026, 7, 2)
PLACE = alert_goods.Place(1, 2, "tea", Decimal("2.5"), daily=2.0)
LOW = Rule(7, Kind.LOW_COVER, least_band="yellow")


def facts(**fields) -> CoverFacts:
    given = {
        "sku_id": 1,
        "warehouse_id": 2,
        "category": "tea",
        "band": Band.GREEN,
        "reason": "ENOUGH",
        "is_covered": False,
        "reviewed_qty": 200,
        "now_qty": 200,
        "on_hand_qty": 200,
        "daily": 2.0,
        "near_days": 100.0,
        "position_days": 100.0,
        "days_since_review": 0.5,
        "lead_red": 7.0,
        "lead_yellow": 37.0,
        "regular_days": 30.0,
        "unit_value": Decimal("2.5"),
        **fields,
    }
    return CoverFacts(**given)


def seen(**fields) -> tuple[str, str, int] | None:
    found = alert_covers.judge_low_cover(alert_covers.recolor(facts(**fields)), LOW)
    return found and (found.reason, found.key, int(found.severity))


@pytest.mark.parametrize(
    ("now_qty", "expected"),
    [
        (3_001, None),  # 30.01 days
        (3_000, ("YELLOW_FLAT_COVER", "1:2", 2)),
        (1_500, ("YELLOW_FLAT_COVER", "1:2", 2)),  # 15.00 days
        (1_499, ("RED_FLAT_COVER", "1:2", 3)),  # 14.99 days
    ],
)
def test_b09_b10_b11_units_that_leave_recolor_the_cover_at_the_exact_limits(now_qty, expected):
    limits = {"lead_red": 0.0, "lead_yellow": 0.0}

    assert seen(reviewed_qty=6_000, now_qty=now_qty, daily=100.0, **limits) == expected


def test_a10_the_numbers_of_a_red_alert_are_those_of_now():
    changed = alert_covers.recolor(facts(now_qty=29, near_days=100.0, at_risk_amount=Decimal(80)))
    found = alert_covers.judge_low_cover(changed, LOW)

    assert found.terms == {
        "days": 14.5,
        "near_days": 14.5,
        "position_days": 14.5,
        "limit": 15.0,
        "units": 29,
        "daily": 2.0,
        "recommended": 0,
    }
    assert (found.amount, found.dedupe_key) == (Decimal(80), "low_cover:1:2")
    assert found.suggestion == {"code": "REPLENISH_FAST"}


def test_e05_lead_times_make_a_flat_green_sku_yellow_and_goods_that_came_do_not_lengthen_twice():
    after_sales = alert_covers.recolor(facts(reviewed_qty=80, now_qty=70, position_days=40.0))
    after_receipt = alert_covers.recolor(facts(reviewed_qty=20, now_qty=200, position_days=90.0))

    assert (after_sales.band, after_sales.reason) == (Band.YELLOW, "REGULAR_LEAD")
    assert after_sales.position_days == 35.0
    assert (after_receipt.band, after_receipt.position_days) == (Band.GREEN, 90.0)


def test_b12_red_but_covered_is_milder_until_more_leaves_than_was_foreseen():
    covered = {"reviewed_qty": 20, "is_covered": True, "days_since_review": 1.0}

    assert seen(now_qty=18, **covered) == ("RED_COVERED", "1:2", 2)
    assert seen(now_qty=10, **covered) == ("RED_FLAT_COVER", "1:2", 3)
    assert seen(band=Band.RED, reason="BY_HAND", now_qty=500) == ("RED_BY_HAND", "1:2", 3)
    assert seen(daily=0.0, now_qty=0) is None


def test_a_red_sku_that_needs_no_order_calls_nobody_unless_money_is_at_risk():
    red = {"band": Band.RED, "reason": "FLAT_COVER", "now_qty": 20, "reviewed_qty": 20}

    assert seen(**red, decision="NO_NEED") == ("RED_FLAT_COVER", "1:2", 1)
    assert seen(**red, decision="NO_NEED", at_risk_amount=Decimal(5))[2] == 2
    assert seen(**red, decision="PACKS")[2] == 3
    # What left since the review makes the decision of the review stale.
    assert seen(reviewed_qty=200, now_qty=20, decision="NO_NEED")[2] == 3


def test_e11_alt02_a_green_sku_alerts_on_its_order_by_day_and_red_ones_do_not_say_it_twice():
    rule = standard(Kind.ORDER_DUE)
    due = {"order_by_on": TODAY + dt.timedelta(days=2), "recommended_qty": 40}
    judge = alert_covers.judge_order_due

    found = judge(facts(**due), rule, TODAY)
    late = judge(facts(order_by_on=TODAY - dt.timedelta(days=1), recommended_qty=1), rule, TODAY)

    assert (found.reason, found.severity, found.terms["left"]) == ("ORDER_BY", Severity.HIGH, 2)
    assert (found.due_on, found.terms["units"]) == ("2026-07-04", 40)
    assert late.reason == "ORDER_LATE"
    assert judge(facts(**due), rule, TODAY - dt.timedelta(days=1)) is None
    assert judge(facts(**due, band=Band.RED), rule, TODAY) is None
    assert judge(facts(order_by_on=TODAY), rule, TODAY) is None  # nothing to order


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"now_qty": 60}, None),  # 30.00 days
        ({"now_qty": 61}, ("PROMOTE", 1, 1)),
        ({"now_qty": 70, "turnover_days": 50.0}, ("PROMOTE", 1, 1)),
        ({"now_qty": 70, "turnover_days": 50.1}, ("CLEAR", 2, 1)),
        ({"now_qty": 160}, ("PROMOTE", 1, 1)),  # 80 days: 50 beyond a lead time of 30
        ({"now_qty": 161}, ("CLEAR", 2, 1)),
        ({"now_qty": 480}, ("STOP", 2, 1)),  # 240 days, 950.00
        ({"now_qty": 500}, ("STOP", 2, 2)),  # 1000.00: never critical, high by its money
        ({"now_qty": 480, "daily": 0.0}, None),  # dead stock is another kind
    ],
)
def test_e14_b31_b47_too_much_stock_suggests_then_drafts_a_clearance_then_stops(fields, expected):
    found = alert_covers.judge_overstock(facts(**fields), standard(Kind.OVERSTOCK))

    assert (found and (found.reason, found.suggestion["level"], int(found.severity))) == expected


def test_b31_a_clearance_is_a_draft_of_what_is_too_much_and_keeps_the_margin_floor():
    found = alert_covers.judge_overstock(
        facts(now_qty=161, list_price=Decimal(4)), standard(Kind.OVERSTOCK)
    )

    # 161 - 2 a day x 50; the lowest price is 2.50 / 0.9 = 2.78, so 30.55 % off 4.00.
    assert found.suggestion == {
        "code": "CLEARANCE",
        "level": 2,
        "state": "draft",
        "units": 61,
        "discount_pct": 30,
    }
    assert found.amount == Decimal("152.5000")
    assert alert_covers.clearance_discount(Decimal("2.60"), Decimal("2.5")) == 0
    assert alert_covers.clearance_discount(None, Decimal("2.5")) is None


def test_expiry_counts_the_units_that_will_not_be_sold_first_expiry_first():
    lots = [
        alert_goods.LotFacts(11, "A", 30, TODAY + dt.timedelta(days=9)),  # 20 sold by then
        alert_goods.LotFacts(12, "B", 30, TODAY + dt.timedelta(days=19)),  # 20 more
        alert_goods.LotFacts(13, "C", 5, TODAY - dt.timedelta(days=1)),
    ]
    rule = standard(Kind.EXPIRY)

    left = alert_goods.unsold(lots, 2.0, TODAY)
    found = alert_goods.judge_expiry(PLACE, lots[0], left[11], rule, TODAY)

    assert left == {11: 10, 12: 10, 13: 5}
    assert (found.key, found.severity, found.amount) == ("11:2", Severity.CRITICAL, 25)
    assert found.terms == {
        "lot": "A", "units": 10, "of": 30, "on": "2026-07-11", "left": 9, "daily": 2.0,
    }  # fmt: skip
    assert alert_goods.judge_expiry(PLACE, lots[2], 5, rule, TODAY).reason == "EXPIRED"
    assert alert_goods.judge_expiry(PLACE, lots[1], 10, rule, TODAY).severity == Severity.HIGH
    assert alert_goods.judge_expiry(PLACE, lots[1], 0, rule, TODAY) is None


def test_b46_exactly_15_percent_ahead_suggests_an_air_batch_and_a_price_that_a_person_decides():
    rule = standard(Kind.DEMAND_PACE)

    found = alert_goods.judge_pace(PLACE, 23, 20.0, rule, {"cost": 90})

    assert found.terms == {"sold": 23, "planned": 20.0, "percent": 15.0}
    assert found.suggestion == {
        "code": "AIR_BATCH",
        "state": "draft",
        "price_pct": 3,
        "air": {"cost": 90},
    }
    assert alert_goods.judge_pace(PLACE, 2299, 2000.0, rule) is None  # 14.95 %
    assert alert_goods.judge_pace(PLACE, 4, 2.0, rule) is None  # fewer than 5 units
    assert alert_goods.judge_pace(PLACE, 4, 0.0, rule) is None


def test_other_kinds_fire_from_their_limits_with_the_numbers_of_the_sentence():
    miss = alert_goods.judge_miss(PLACE, 100.0, 135.0, 4, standard(Kind.FORECAST_MISS))
    dead = alert_goods.judge_dead(PLACE, 40, 180, standard(Kind.DEAD_STOCK), was_sold=True)
    back = alert_goods.judge_returns(PLACE, 6, 50, 4.0, standard(Kind.RETURNS_SPIKE))
    print_more = alert_goods.judge_inserts(PLACE, 20, "SPRING", standard(Kind.INSERT_STOCK))
    late = alert_goods.judge_late(
        alert_goods.InboundFacts(
            "A1", "Lin", 2, TODAY - dt.timedelta(days=7), 90, Decimal(450), 5, 6
        ),
        standard(Kind.LATE_INBOUND),
        TODAY,
    )

    assert (miss.reason, miss.severity, miss.amount) == ("UNDER_FORECAST", 2, Decimal("87.5"))
    assert (dead.reason, dead.severity, dead.amount) == ("STOPPED_SELLING", 2, 100)
    assert (back.severity, back.terms["percent"], back.terms["before"]) == (2, 12.0, 4.0)
    assert (print_more.reason, print_more.terms["days"]) == ("INSERTS_LOW", 10.0)
    assert (late.dedupe_key, late.severity, late.terms["late"]) == ("late_inbound:asn:6", 3, 7)
    assert alert_goods.judge_miss(PLACE, 100.0, 129.0, 4, standard(Kind.FORECAST_MISS)) is None
    assert alert_goods.judge_dead(PLACE, 40, 89, standard(Kind.DEAD_STOCK), was_sold=True) is None
    assert alert_goods.judge_returns(PLACE, 6, 50, 9.0, standard(Kind.RETURNS_SPIKE)) is None
    assert alert_goods.judge_inserts(PLACE, 30, "SPRING", standard(Kind.INSERT_STOCK)) is None


@pytest.mark.parametrize(
    ("rule", "quiet", "why"),
    [
        (Rule(0, Kind.OVERSTOCK, None, Decimal(240), Decimal(50)), Quiet(), "Swap them"),
        (Rule(0, Kind.EXPIRY, None, Decimal(14), Decimal(60)), Quiet(), "Swap them"),
        (Rule(0, Kind.OVERSTOCK, Decimal(60), Decimal(50)), Quiet(), "suggestion limit"),
        (Rule(0, Kind.OVERSTOCK, None, Decimal(29)), Quiet(), "above 30 days"),
        (Rule(0, Kind.DEAD_STOCK), Quiet(), "no limit"),
        (Rule(0, Kind.DEAD_STOCK, None, Decimal(-1)), Quiet(), "not negative"),
        (Rule(0, Kind.LOW_COVER, least_band="green"), Quiet(), "red, or red and yellow"),
        (LOW, Quiet(dt.time(22), None), "beginning and an end"),
        (LOW, Quiet(dt.time(22), dt.time(22)), "two different times"),
        (LOW, Quiet(dt.time(22), dt.time(7), has_channel=False), "hold back nothing"),
    ],
)
def test_f4_a_contradictory_condition_is_refused_with_what_to_do(rule, quiet, why):
    with pytest.raises(RuleRefused, match=why):
        check_rule(rule, quiet)


def test_standard_rules_hold_together_and_the_nearest_rule_answers():
    for kind in KINDS:
        check_rule(standard(kind))
    book = RuleBook(
        [
            Rule(1, Kind.OVERSTOCK, warn=Decimal(50)),
            Rule(2, Kind.OVERSTOCK, warn=Decimal(60), warehouse_id=2),
            Rule(3, Kind.OVERSTOCK, warn=Decimal(70), category="tea"),
        ]
    )

    answers = [
        book.rule_for(Kind.OVERSTOCK, place, category).id
        for place, category in ((2, "tea"), (2, "cups"), (9, "tea"), (9, "cups"))
    ]

    assert answers == [3, 2, 3, 1]
    assert book.rule_for(Kind.EXPIRY, 2) is None
