from dataclasses import replace

import pytest

from planning.domain.alert_bands import Band, Overstock
from planning.domain.position import Arrival, ArrivalKind, Picture
from planning.domain.review import Policy, Row, Terms, review
from planning.domain.safety_stock import LeadTime

TERMS = Terms(
    regular=LeadTime(35, 49), fastest=LeadTime(8, 4), pack_qty=12, premium=0.12, margin=0.51
)
#: 2 a day over 42 days: mean 84, variance 100 + 4 x 49 = 296; its 93 % quantile is 110.
ROW = Row(
    "A@LA",
    Picture(on_hand=64),
    daily=2.0,
    forecast_var=100.0,
    terms=TERMS,
    policy=Policy(service_level=0.93),
)


def with_stock(on_hand: int, *arrivals: Arrival) -> Row:
    return replace(ROW, picture=Picture(on_hand=on_hand, arrivals=arrivals))


def test_b_11_e11_a_green_sku_orders_when_its_lead_aware_date_comes_first() -> None:
    found = review([ROW])[0]

    # 32 days of cover: flat green, yet a regular order takes 35 + 7.
    assert (found.color.flat, found.color.band) == (Band.GREEN, Band.YELLOW)
    assert found.color.reason == "REGULAR_LEAD"
    assert found.order_by_in_days == -16  # 32 - 35 - (110 - 84)/2
    assert (found.terms["level"], found.terms["need"]) == (110, 46)
    assert (found.qty, found.fast_qty, found.reason) == (48, 0, "PACKS")
    assert found.buffer_qty == 13  # B-39: 15 % of 84


def test_b_11_green_with_time_left_rests_and_too_much_is_named() -> None:
    found = review([with_stock(130)])[0]  # 65 days; order by 65 - 35 - 13 = 17

    assert (found.qty, found.reason, found.order_by_in_days) == (0, "GREEN", 17)
    assert found.overstock == Overstock.PROMOTE
    assert review([with_stock(480)])[0].overstock == Overstock.STOP  # B-47: 240 days


def test_b_09_red_orders_at_once_and_flies_what_the_near_position_lacks() -> None:
    found = review([with_stock(10)])[0]

    assert (found.color.band, found.color.reason) == (Band.RED, "FLAT_COVER")
    assert found.qty == 108  # 110 - 10 = 100 in packs of 12
    assert found.terms["expedite_level"] == 42
    assert (found.fast_qty, found.slow_qty) == (36, 72)  # 42 - 10 = 32 in packs


def test_x25_a_second_run_orders_nothing() -> None:
    first = review([with_stock(10)])[0]
    drafted = with_stock(
        10,
        Arrival(ArrivalKind.DRAFT, first.fast_qty, 8),
        Arrival(ArrivalKind.DRAFT, first.slow_qty, 35),
    )

    second = review([drafted])[0]

    assert (second.qty, second.reason) == (0, "NO_NEED")
    assert review([drafted]) == [second]


def test_b_12_red_but_covered_buys_nothing() -> None:
    found = review([with_stock(26, Arrival(ArrivalKind.IN_TRANSIT, 120, 10))])[0]

    assert (found.color.band, found.color.is_covered) == (Band.RED, True)
    assert (found.qty, found.reason) == (0, "NO_NEED")


@pytest.mark.parametrize(
    ("row", "qty", "reason"),
    [
        (replace(ROW, policy=Policy(is_paused=True)), 0, "PAUSED"),
        (replace(ROW, daily=0.0, forecast_var=0.0), 0, "NO_DEMAND"),
        (replace(ROW, terms=replace(TERMS, moq_qty=200)), 0, "BELOW_LEAST_ORDER"),
        (replace(with_stock(130), extra_qty=34), 24, "PACKS"),  # B-14: 110 + 34 - 130 = 14
        (replace(with_stock(10), policy=Policy(is_paused=True)), 108, "PACKS"),  # B-42: red asks
    ],
)
def test_why_a_row_buys_nothing_or_more(row: Row, qty: int, reason: str) -> None:
    found = review([row])[0]
    assert (found.qty, found.reason) == (qty, reason)


def test_the_conservative_mode_takes_less_risk() -> None:
    careful = review([replace(ROW, policy=Policy(service_level=0.95, is_conservative=True))])[0]

    assert careful.terms["service_level"] == pytest.approx(0.98)
    assert careful.terms["level"] == 122
    assert review([]) == []
