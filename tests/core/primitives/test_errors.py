from __future__ import annotations

import pickle

import pytest

from core import errors
from core.idempotency import KeyMissing
from core.settings_store import SettingRefused


def test_an_error_says_what_happened_with_its_data():
    error = SettingRefused(name="Days", why="31 is above 30")

    assert str(error) == "Days: 31 is above 30. Enter another value."
    assert (error.code, error.status) == ("SETTING_REFUSED", 422)
    assert error.data == {"name": "Days", "why": "31 is above 30"}


def test_an_error_may_bring_its_own_sentence():
    assert str(errors.StateConflict("The wave is released.")) == "The wave is released."


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.DomainError, 409),
        (errors.StateConflict, 409),
        (errors.NotPermitted, 403),
        (errors.NotFound, 404),
        (errors.StaleVersion, 409),
        (errors.InputRefused, 422),
        (KeyMissing, 400),
    ],
)
def test_an_error_has_its_http_status(kind, status):
    assert kind().status == status


def test_an_error_survives_a_trip_between_processes():
    error = pickle.loads(pickle.dumps(SettingRefused(name="a", why="b")))  # noqa: S301  # own data

    assert (type(error), error.data) == (SettingRefused, {"name": "a", "why": "b"})
