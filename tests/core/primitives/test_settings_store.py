from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from config import wiring
from core import settings_store
from core.actors import Actor
from core.models import AuditEntry, Setting
from core.setting_names import declare, dump, parse

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ANNA = Actor("user", 3, "Anna")
SPECS = (
    declare("test.days", 14, "int", "Days", unit="days", minimum=1, maximum=30),
    declare("test.rate", Decimal("0.15"), "decimal", "Rate"),
    declare("test.on", True, "bool", "Switch"),
    declare("test.mode", "fast", "choice", "Mode", choices=("fast", "cheap")),
    declare("test.codes", ("DE", "FR"), "words", "Countries"),
    declare("test.cutoff", dt.time(16, 30), "time", "Cut-off"),
)


@pytest.fixture(autouse=True)
def declared(monkeypatch) -> None:
    monkeypatch.setattr(wiring, "SETTINGS", (f"{__name__}.SPECS",))
    settings_store.forget()


def test_a_setting_without_a_row_has_its_default():
    assert settings_store.get("test.days") == 14


def test_a_changed_setting_is_seen_at_once_and_logged():
    settings_store.get("test.days")

    settings_store.put("test.days", "21", actor=ANNA, at=NOW)

    assert settings_store.get("test.days") == 21
    entry = AuditEntry.objects.of("setting:test.days").get()
    assert (entry.before, entry.after, entry.actor_label) == (
        {"value": "14"},
        {"value": "21"},
        "Anna",
    )


@pytest.mark.parametrize("raw", ["0", "31", "many", "", "NaN"])
def test_a_value_that_does_not_fit_is_refused(raw):
    with pytest.raises(settings_store.SettingRefused):
        settings_store.put("test.days", raw, actor=ANNA, at=NOW)

    assert Setting.objects.count() == 0


def test_a_reset_setting_has_its_default_again():
    settings_store.put("test.mode", "cheap", actor=ANNA, at=NOW)

    settings_store.reset("test.mode", actor=ANNA, at=NOW)

    assert settings_store.get("test.mode") == "fast"
    assert AuditEntry.objects.count() == 2


def test_the_overview_says_what_is_default_and_what_is_not():
    settings_store.put("test.on", "false", actor=ANNA, at=NOW)

    views = {view.spec.name: view for view in settings_store.overview()}

    assert list(views) == sorted(views)
    assert (views["test.on"].value, views["test.on"].is_default) == (False, False)
    assert views["test.on"].changed_by_key == "user:3"
    assert views["test.days"].is_default


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_stored_value_reads_back_as_it_was(spec):
    assert parse(spec, dump(spec.default)) == spec.default


def test_an_unknown_setting_is_refused():
    with pytest.raises(settings_store.UnknownSetting):
        settings_store.get("test.nothing")


def test_a_default_outside_its_own_bounds_is_refused():
    with pytest.raises(ValueError, match="above 3"):
        declare("test.bad", 4, "int", "Bad", maximum=3)


def test_reads_are_cached(django_assert_num_queries):
    settings_store.get("test.mode")

    with django_assert_num_queries(0):
        days = settings_store.get("test.days")

    assert days == settings_store.get("test.days")
    assert isinstance(days, int)
