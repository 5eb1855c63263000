"""B-38: the index switches planning to careful within minutes and back after seven calm days."""

from __future__ import annotations

import datetime as dt

import pytest

from core import settings_store
from core.actors import Actor
from core.models import AuditEntry
from planning.models import ConservativeSwitch, RiskFlag, RiskMode
from planning.queries.risk_state import state
from planning.services import risk_index
from planning.services.risk_errors import RiskRefused
from planning.services.risk_index import ReadingEntry, evaluate

pytestmark = pytest.mark.django_db
ANNA = Actor("user", 7, "Anna")
NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)


def later(days: float) -> dt.datetime:
    return NOW + dt.timedelta(days=days)


def enter(value: float | None, at: dt.datetime, signal: str = "manual", days: int = 30) -> None:
    risk_index.enter(ReadingEntry(signal, value, "Port strike", days), actor=ANNA, now=at)


def test_b_38_on_at_70_at_once_and_back_after_seven_days_below_60() -> None:
    enter(69.9, NOW)
    assert not state(NOW).is_conservative
    enter(70, NOW)
    known = state(NOW)
    assert (known.is_conservative, known.index, known.causes) == (True, 70, ("Port strike",))

    enter(60, later(1))
    assert evaluate(now=later(9)).is_careful, "60 is not below 60: no day was calm"
    enter(59.9, later(9))
    assert evaluate(now=later(15.99)).is_careful
    enter(61, later(15.995))
    enter(59, later(16))
    assert evaluate(now=later(22.99)).is_careful, "one higher reading starts the week again"
    off = evaluate(now=later(23))
    assert (off.is_careful, off.has_switched) == (False, True)
    assert not evaluate(now=later(23)).has_switched

    switches = list(ConservativeSwitch.objects.order_by("at").values_list("is_on", "at"))
    assert switches == [(True, NOW), (False, later(23))]
    audited = AuditEntry.objects.filter(action__startswith="planning.conservative_mode")
    assert set(audited.values_list("actor_kind", flat=True)) == {"user", "system"}


def test_b_38_signals_add_up_and_a_high_flag_switches_at_once() -> None:
    enter(4, NOW, "lane_transit")
    enter(2.5, NOW, "confirmation_delay", days=1)
    assert RiskMode.objects.get().index_value == pytest.approx(100 * (1 - 0.4 * 0.75))
    assert state(NOW).is_conservative
    terms = RiskMode.objects.get().terms
    assert [(term["signal"], term["strength"]) for term in terms] == [
        ("lane_transit", 1.0),
        ("confirmation_delay", 0.5),
    ]
    assert evaluate(now=later(1)).index == pytest.approx(60), "a reading counts until it ends"
    assert evaluate(now=later(30)).index == 0
    assert evaluate(now=later(29)).index == 0, "an evaluation that comes late changes nothing"
    assert RiskMode.objects.get().calm_since == later(30)
    assert not evaluate(now=later(37)).is_careful
    RiskFlag.objects.create(
        subject_kind="country", subject_key="country:CN", country="CN", level="high",
        reason="Tariff", from_on=later(40).date(), author_key="user:7", created_at=NOW,
    )  # fmt: skip
    assert not evaluate(now=later(39)).is_careful
    assert evaluate(now=later(40)).is_careful


def test_b_38_limits_are_settings_and_entries_say_why() -> None:
    settings_store.put("planning.index_on_at", "50", actor=ANNA, at=NOW)
    enter(50, NOW)
    assert state(NOW).is_conservative
    for entry in (
        ReadingEntry("manual", 101, "x"),
        ReadingEntry("manual", None, "x"),
        ReadingEntry("manual", 5, " "),
        ReadingEntry("moon", 5, "x"),
        ReadingEntry("weather", 5, "x", 91),
    ):
        with pytest.raises(RiskRefused):
            risk_index.enter(entry, actor=ANNA, now=NOW)
