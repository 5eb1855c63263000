import pytest

from planning.domain.alert_bands import (
    Band,
    Covers,
    FlatLimits,
    Leads,
    Overstock,
    band,
    flat_band,
    order_by_days,
    overstock,
    pace,
    pauses,
    with_pace,
)

LEADS = Leads(fastest_days=8, regular_days=35, review_days=7, safety_days=5)


@pytest.mark.parametrize(
    ("days", "color"),
    [
        (0.0, "red"),
        (14.99, "red"),  # B-09
        (15.0, "yellow"),  # B-10
        (30.0, "yellow"),
        (30.01, "green"),  # B-11
        (None, "green"),
    ],
)
def test_b_09_b_10_b_11_flat_bands_at_their_edges(days: float | None, color: str) -> None:
    assert flat_band(days) == color


@pytest.mark.parametrize(
    ("covers", "color", "reason"),
    [
        (Covers(14.9, 90, 90), Band.RED, "FLAT_COVER"),
        (Covers(40, 12.9, 90), Band.RED, "FASTEST_LEAD"),  # fastest 8 + safety 5 = 13
        (Covers(40, 13, 46.9), Band.YELLOW, "REGULAR_LEAD"),  # 35 + 7 + 5 = 47
        (Covers(20, 13, 46.9), Band.YELLOW, "FLAT_COVER"),
        (Covers(40, 13, 47), Band.GREEN, "ENOUGH"),
        (Covers(None, None, None), Band.GREEN, "NO_DEMAND"),
    ],
)
def test_e5_the_worse_band_wins_and_says_why(covers: Covers, color: Band, reason: str) -> None:
    found = band(covers, LEADS)

    assert (found.band, found.reason) == (color, reason)
    assert found.terms["lead_red_days"] == 13
    assert found.terms["lead_yellow_days"] == 47
    assert found.warnings == ("YELLOW_BELOW_REGULAR_LEAD",)


def test_e5_limits_below_the_lead_time_warn() -> None:
    assert band(Covers(9, 9, 9), Leads(20, 40)).warnings == (
        "RED_BELOW_FASTEST_LEAD",
        "YELLOW_BELOW_REGULAR_LEAD",
    )
    with pytest.raises(ValueError, match="exceed"):
        FlatLimits(red_days=31, yellow_days=30)


@pytest.mark.parametrize(
    ("position_days", "order_by", "paused"),
    [(60.0, 20, True), (47.0, 7, True), (46.9, 6, False), (30.0, -10, False), (None, None, True)],
)
def test_b_11_e11_green_pauses_unless_the_order_by_date_comes_before_the_next_review(
    position_days: float | None, order_by: int | None, paused: bool
) -> None:
    assert order_by_days(position_days, LEADS) == order_by
    assert pauses(Band.GREEN, order_by, LEADS.review_days) is paused
    assert pauses(Band.YELLOW, order_by, LEADS.review_days) is False


@pytest.mark.parametrize(
    ("days", "turnover", "wanted"),
    [
        (30.0, 40.0, Overstock.NONE),
        (30.01, 50.0, Overstock.PROMOTE),
        (40.0, 50.01, Overstock.CLEAR),  # B-31: strictly above 50
        (85.01, None, Overstock.CLEAR),
        (239.9, None, Overstock.CLEAR),
        (240.0, None, Overstock.STOP),  # B-47
        (None, None, Overstock.STOP),
    ],
)
def test_a_28_b_31_b_47_too_much_stock(
    days: float | None, turnover: float | None, wanted: Overstock
) -> None:
    assert overstock(days, turnover, 35.0, on_hand=100) == wanted
    assert overstock(days, turnover, 35.0, on_hand=0) == Overstock.NONE


def test_b_46_fifteen_percent_ahead_of_plan_is_yellow() -> None:
    green = band(Covers(90, 90, 90), LEADS)

    assert with_pace(green, pace(114.9, 100)).band == Band.GREEN
    found = with_pace(green, pace(115, 100))
    assert (found.band, found.reason, found.terms["pace_ratio"]) == (Band.YELLOW, "PACE", 1.15)
    assert with_pace(band(Covers(3, 3, 3), LEADS), pace(200, 100)).reason == "FLAT_COVER"
    assert pace(3, 0).is_ahead is True
