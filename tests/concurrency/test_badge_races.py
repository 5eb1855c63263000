"""Many devices guess at one PIN, register one code or sign in at once; a control must fail."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from core.models import User, UserSession
from core.services import badges
from core.sessions import DEVICE_COOKIE
from fulfillment.models import FloorDevice, Shift
from fulfillment.services import devices
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.core import NOW, make_user
from tests.helpers.race import ALL_COME_S, Meeting, Outcome, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PIN = "407193"
DEVICES = 12


@pytest.fixture
def looked_at(monkeypatch):
    """Return the list of PINs that were really compared."""
    seen: list[str] = []
    check = badges.check_password

    def noted(pin: str, stored: str) -> bool:
        seen.append(pin)
        return check(pin, stored)

    monkeypatch.setattr(badges, "check_password", noted)
    return seen


def worker() -> User:
    user = make_user("operator")
    badges.issue_badge(user.pk, actor=SYSTEM, at=NOW)
    badges.set_pin(user.pk, PIN, actor=SYSTEM, at=NOW)
    user.refresh_from_db()
    return user


def guess_at_once(user: User) -> list[Outcome]:
    code = str(user.badge_code)
    return race(
        [
            lambda pin=f"4071{number:02}": badges.prove(code, pin, device="bench", at=NOW)
            for number in range(DEVICES)
        ]
    )


def test_w1_however_many_devices_guess_five_pins_are_looked_at(looked_at):
    user = worker()

    outcomes = guess_at_once(user)

    user.refresh_from_db()
    assert (len(looked_at), user.pin_failed_count, wins(outcomes)) == (5, 5, 0)
    locked = [isinstance(outcome.error, badges.BadgeLocked) for outcome in outcomes]
    assert sum(locked) == DEVICES - 4


def test_w1_control_without_the_guard_more_pins_are_looked_at(looked_at, monkeypatch):
    """Only the CHECK on the row stops the guesses then, at ten."""
    monkeypatch.setattr(badges, "_is_open", lambda at: Q())
    user = worker()

    outcomes = guess_at_once(user)

    stopped = sum(isinstance(outcome.error, IntegrityError) for outcome in outcomes)
    assert (len(looked_at), stopped) == (10, DEVICES - 10)


def test_w1_control_counting_in_python_loses_guesses(looked_at, monkeypatch):
    """Read, add one, write: the guesses that overlap are not counted."""
    meeting = Meeting(DEVICES, patience_s=ALL_COME_S)

    def read_then_write(user_id, at):
        row = User.objects.get(pk=user_id)
        meeting.wait()
        if row.pin_failed_count >= badges.FIRST_LOCK_AT:
            return 0
        User.objects.filter(pk=user_id).update(
            pin_failed_count=row.pin_failed_count + 1, pin_failed_at=at
        )
        return row.pin_failed_count + 1

    monkeypatch.setattr(badges, "_claim_guess", read_then_write)
    user = worker()

    guess_at_once(user)

    assert len(looked_at) > 5


def test_w1_a_registration_code_registers_one_browser():
    station = floor.station(make.warehouse())
    _device, code = devices.open_device(station, "Tablet", actor=SYSTEM, at=NOW)

    outcomes = race([lambda: devices.register(code, at=NOW) for _ in range(6)])

    assert wins(outcomes) == 1
    refused = sum(isinstance(outcome.error, devices.CodeOver) for outcome in outcomes)
    assert (refused, FloorDevice.objects.get().token_hash is not None) == (5, True)


def test_w1_two_badges_at_once_on_one_device_leave_one_worker_signed_in():
    _device, token = floor.device(make.warehouse())

    def start(user: User) -> int:
        browser = Client()
        browser.cookies[DEVICE_COOKIE] = token
        form = {"badge": user.badge_code, "pin": PIN}
        return browser.post(reverse("floor-badge"), form).status_code

    outcomes = race([lambda user=user: start(user) for user in (worker(), worker(), worker())])

    # Whose session the next worker ended before the answer was written is told so (400).
    assert {outcome.value for outcome in outcomes} <= {302, 400}
    assert 302 in {outcome.value for outcome in outcomes}
    kept = Shift.objects.get(ended_at=None)
    assert list(UserSession.objects.values_list("user_id", flat=True)) == [kept.user_id]
