"""The event index, deviations and the three levels, with answers worked out by hand."""

import datetime as dt
import math

import numpy as np
import pytest

from planning.domain import risk
from planning.domain.risk import Index, Mode, Reading

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_b38_the_index_joins_what_the_signals_say_and_missing_ones_say_nothing():
    index = risk.event_index(
        [
            Reading("lane_transit", 2.5, "LA: +18 days"),  # s = .5, w = .6 -> .7 stays calm
            Reading("lane_transit", 1.0),
            Reading("exchange_rate", -7.0),  # s = 1, w = .3 -> .7
            Reading("weather", 0.4),  # s = 0
        ]
    )

    assert index.value == pytest.approx(100 * (1 - 0.7 * 0.7))
    assert index.terms == (
        ("exchange_rate", 1.0, 0.3, ""),
        ("lane_transit", 0.5, 0.6, "LA: +18 days"),
        ("weather", 0.0, 0.2, ""),
    )
    assert risk.event_index([]) == Index(0.0, ())
    assert risk.event_index([Reading("policy_flag", None, "Tariff")]).value == pytest.approx(70)


def test_b38_careful_at_70_at_once_and_back_after_seven_days_below_60():
    calm = risk.next_mode(Mode(), 69.9, now=NOW)
    on = risk.next_mode(calm, 70.0, now=NOW)
    still = risk.next_mode(on, 60.0, now=NOW + DAY)
    falling = risk.next_mode(still, 59.9, now=NOW + 2 * DAY)
    again = risk.next_mode(falling, 65.0, now=NOW + 5 * DAY)
    low = risk.next_mode(again, 10.0, now=NOW + 6 * DAY)
    almost = risk.next_mode(low, 10.0, now=NOW + 13 * DAY - dt.timedelta(minutes=5))
    off = risk.next_mode(almost, 10.0, now=NOW + 13 * DAY)

    assert calm == Mode()
    assert on == Mode(True, NOW)
    assert still == Mode(True, NOW)
    assert falling == Mode(True, NOW, NOW + 2 * DAY)
    assert again == Mode(True, NOW, None), "a higher reading starts the count again"
    assert almost == Mode(True, NOW, NOW + 6 * DAY)
    assert off == Mode()
    assert risk.next_mode(Mode(), 0.0, now=NOW, flagged=True) == Mode(True, NOW)


def test_b38_replayed_shift_switches_on_soon_and_calm_noise_does_not():
    draw = np.random.default_rng(5)
    transit = np.concatenate([draw.normal(30, 2, 270), draw.normal(48, 2, 30)])
    supplier = draw.normal(2, 0.5, 300)
    supplier[270:] += 4
    mode, careful = Mode(), []

    for day in range(182, 300):
        index = risk.event_index(
            [
                Reading("lane_transit", risk.robust_z(transit[day - 182 : day], transit[day])),
                Reading(
                    "confirmation_delay", risk.robust_z(supplier[day - 182 : day], supplier[day])
                ),
            ]
        )
        mode = risk.next_mode(mode, index.value, now=NOW + day * DAY)
        careful.append(mode.is_careful)

    assert sum(careful[:88]) <= 2, "false days in the calm quarter"
    assert careful.index(True, 88) - 88 <= 10
    assert careful[-1]


def test_b39_careful_planning_keeps_15_per_cent_and_misses_less_often():
    careful = risk.caution(0.95, True, 0.1)

    assert careful.service_share == pytest.approx(0.98)
    assert careful.least_buffer_share == 0.15
    assert (careful.uses_announced_lead_time, careful.takes_price_commitments) == (True, False)
    assert risk.caution(0.95, False, 0.1) == risk.Caution(0.95, 0.1, False, True)
    assert risk.lowered_confidence(80, 70) == pytest.approx(52)


def test_b42_thirty_per_cent_is_calm_and_more_is_listed_or_fires():
    wide, narrow = (0.0, 1e9), (90.0, 110.0)

    assert risk.judge_deviation(130, 100, narrow).verdict == "calm"
    assert risk.judge_deviation(130.1, 100, wide).verdict == "listed"
    fired = risk.judge_deviation(130.1, 100, narrow)
    assert (fired.verdict, fired.reasons) == ("fires", ("OUTSIDE_BAND",))
    assert fired.share == pytest.approx(0.301)
    assert risk.judge_deviation(69, 100, narrow).share == -0.31
    # six units of forecast are too few for one series: the category is asked
    assert risk.judge_deviation(12, 6, (2, 9)).verdict == "listed"
    assert risk.judge_deviation(3, 0, (0, 2)).share == 0.75, "by at least four units"


def test_b42_a_level_shift_is_found_by_its_run_of_errors():
    steady = [1, -1, 2, -2, 1, -1, 1, -1]
    shifted = [3.0] * 5

    assert risk.judge_deviation(100, 100, (90, 110), steady).verdict == "calm"
    found = risk.judge_deviation(100, 100, (90, 110), shifted)
    assert (found.verdict, found.reasons) == ("fires", ("TRACKING_SIGNAL",))
    assert found.tracking == 5.0
    assert found.cusum == pytest.approx(5 * (1 / math.sqrt(math.pi / 2) - 0.5))
    assert risk.judge_deviation(100, 100, (90, 110), shifted[:3]).tracking == 0.0
    assert risk.judge_deviation(100, 100, (90, 110), [0.0] * 6).tracking == 0.0


def test_b42_the_safety_factor_stays_between_one_and_two():
    assert risk.safety_factor([]) == 1.0
    assert risk.safety_factor([0.1, 0.2, 0.3, 0.1]) == 1.0
    assert risk.safety_factor([9, 1, 1, 1, 2]) == 7 / 4, "of the last four"
    assert risk.safety_factor([3, 3, 3, 3]) == 2.0


def test_b42_the_pause_ends_after_24_hours_or_on_approval():
    pause = risk.pause_from(NOW)

    assert pause.until == NOW + dt.timedelta(hours=24)
    assert pause.holds(NOW)
    assert pause.holds(NOW + dt.timedelta(hours=23, minutes=59))
    assert not pause.holds(NOW + dt.timedelta(hours=24))
    assert not risk.Pause(NOW, pause.until, approved_at=NOW).holds(NOW)


def test_b41_level_1_previews_its_actions_and_every_one_can_be_taken_back():
    changes = {
        "USE_BACKUP_SUPPLIER": [("sku:7", "supplier:1", "supplier:2")],
        "SHOW_EXPECTED_DATE": [("order:5", "2026-06-10", "2026-06-24"), ("order:6", "x", "x")],
        "SEND_SUPPORT_TEXT": [("macro:delay", "", "Your tea is late.")],
    }

    response = risk.preview(1, changes)

    assert [(step.kind, step.subject_key, step.after) for step in response.steps] == [
        ("USE_BACKUP_SUPPLIER", "sku:7", "supplier:2"),
        ("SHOW_EXPECTED_DATE", "order:5", "2026-06-24"),
        ("SEND_SUPPORT_TEXT", "macro:delay", "Your tea is late."),
    ]
    back = response.reversal()
    assert [(step.kind, step.before, step.after) for step in back.steps] == [
        ("WITHDRAW_TEXT", "Your tea is late.", ""),
        ("RESTORE_DATE", "2026-06-24", "2026-06-10"),
        ("RESTORE_SUPPLIER", "supplier:2", "supplier:1"),
    ]
    assert back.reversal() == response
    with pytest.raises(KeyError, match="PAUSE_ORDERS"):
        risk.preview(1, {"PAUSE_ORDERS": []})


def test_b42_b43_levels_2_and_3_have_their_own_actions():
    assert [kind for kind, _ in risk.PLAYBOOK[2]] == [
        "RAISE_SAFETY",
        "ASK_FOR_REVIEW",
        "PAUSE_ORDERS",
    ]
    assert [kind for kind, _ in risk.PLAYBOOK[3]] == ["REPAIR_DATA", "WRITE_REPORT"]
    with pytest.raises(KeyError):
        risk.preview(4, {})


def test_robust_z_needs_eight_days_and_a_spread():
    steady = np.array([10.0, 12, 8, 10, 11, 9, 10, 10])  # median 10, MAD 0.5

    assert risk.robust_z(steady, 12) == pytest.approx(2 / (1.4826 * 0.5))
    assert risk.robust_z(steady[:7], 12) == 0.0
    assert risk.robust_z(np.full(9, 5.0), 8) == 3.0
