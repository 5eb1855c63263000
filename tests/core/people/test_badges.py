"""W1: badge and PIN. What is counted, refused, locked and ended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password

from core import pins
from core.models import AuditEntry, User, UserSession
from core.services import badges, people
from tests.factories.core import NOW, make_user

pytestmark = pytest.mark.django_db
PIN = "407193"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def worker():
    return with_badge(make_user("operator"))


def with_badge(user: User) -> User:
    badges.issue_badge(user.pk, actor=badges.STRANGER, at=NOW)
    badges.set_pin(user.pk, PIN, actor=badges.STRANGER, at=NOW)
    user.refresh_from_db()
    return user


def prove(user: User, pin: str = PIN, at: dt.datetime = NOW) -> User:
    return badges.prove(user.badge_code or "", pin, device="bench", at=at)


def outcome(user: User, pin: str, at: dt.datetime = NOW) -> str:
    """Return the code of the refusal, or nothing where badge and PIN were taken."""
    try:
        prove(user, pin, at)
    except (badges.BadgeRefused, badges.BadgeLocked) as error:
        return error.code
    return ""


def test_w1_badge_and_pin_say_who_it_is(worker):
    assert prove(worker) == worker


def test_w1_a_badge_code_is_long_random_and_unlike_the_last(worker):
    codes = {badges.issue_badge(worker.pk, actor=badges.STRANGER, at=NOW) for _ in range(50)}

    assert len(codes) == 50
    assert {len(code) for code in codes} == {17}
    assert len(badges.ALPHABET) ** badges.LENGTH > 2**62


def test_w1_a_pin_is_stored_as_the_hash_passwords_have(worker):
    assert PIN not in worker.pin_hash
    assert check_password(PIN, worker.pin_hash)


WIDE = "\N{FULLWIDTH DIGIT FOUR}07193"


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12a456", WIDE, "", "407 193"])
def test_w1_a_pin_is_six_to_twelve_digits(pin):
    with pytest.raises(pins.PinShape):
        pins.check(pin)


@pytest.mark.parametrize(
    "pin",
    ["111111", "123456", "654321", "890123", "121212", "123123", "112211", "147258", "24680246"],
)
def test_w1_a_pin_people_try_first_is_refused(pin):
    with pytest.raises(pins.PinGuessable):
        pins.check(pin)


@pytest.mark.parametrize("pin", [PIN, "884206", "902714563018"])
def test_w1_other_pins_are_taken(pin):
    assert pins.check(pin) is None


def test_w1_an_unknown_badge_and_a_wrong_pin_get_the_same_text(worker):
    texts = set()
    for code, pin in ((worker.badge_code, "407194"), ("BDG-BCDFGHJKLMNPQ", PIN), ("", PIN)):
        with pytest.raises(badges.BadgeRefused) as refused:
            badges.prove(code, pin, device="bench", at=NOW)
        texts.add((str(refused.value), refused.value.status, str(refused.value.data)))

    assert len(texts) == 1


def test_w1_a_badge_without_pin_opens_nothing():
    person = make_user("operator")
    badges.issue_badge(person.pk, actor=badges.STRANGER, at=NOW)
    person.refresh_from_db()

    assert outcome(person, "") == "BADGE_REFUSED"


def test_w1_the_fifth_wrong_pin_locks_the_badge_for_five_minutes(worker):
    wrong = [outcome(worker, f"40719{digit}") for digit in (0, 1, 2, 4, 5)]

    assert wrong == ["BADGE_REFUSED"] * 4 + ["BADGE_LOCKED"]
    assert outcome(worker, PIN, NOW + 5 * MINUTE - dt.timedelta(seconds=1)) == "BADGE_LOCKED"
    assert outcome(worker, PIN, NOW + 5 * MINUTE) == ""


def test_w1_the_lock_says_how_long_it_lasts(worker):
    for _ in range(5):
        outcome(worker, "407190")

    with pytest.raises(badges.BadgeLocked) as locked:
        prove(worker, PIN, NOW + 2 * MINUTE)

    assert locked.value.data == {"minutes": 3}


def test_rel_s9_no_badge_takes_more_than_ten_guesses_in_a_quarter_of_an_hour(worker):
    looked_at = [
        second
        for second in range(0, 3600, 20)
        if outcome(worker, "407190", NOW + dt.timedelta(seconds=second)) == "BADGE_REFUSED"
        or User.objects.get(pk=worker.pk).pin_failed_at == NOW + dt.timedelta(seconds=second)
    ]

    windows = [sum(start <= s < start + 900 for s in looked_at) for start in looked_at]
    assert max(windows) == 10
    assert len(looked_at) > 20


def test_w1_the_right_pin_forgets_the_wrong_ones(worker):
    for _ in range(4):
        outcome(worker, "407190")
    prove(worker)

    worker.refresh_from_db()
    assert (worker.pin_failed_count, worker.pin_failed_at) == (0, None)


def test_w1_wrong_pins_are_forgotten_after_a_quarter_of_an_hour(worker):
    for _ in range(4):
        outcome(worker, "407190")

    assert outcome(worker, "407190", NOW + 15 * MINUTE) == "BADGE_REFUSED"
    worker.refresh_from_db()
    assert worker.pin_failed_count == 1


def test_w1_a_new_pin_opens_a_locked_badge(worker):
    for _ in range(5):
        outcome(worker, "407190")

    badges.set_pin(worker.pk, "884206", actor=badges.STRANGER, at=NOW)

    assert outcome(worker, "884206") == ""


def test_w1_a_suspended_person_gets_the_text_of_an_unknown_badge(worker):
    admin = make_user("admin")
    actor = badges.Actor("user", admin.pk, str(admin))
    people.suspend(worker.pk, reason="left", actor=actor, at=NOW)

    assert outcome(worker, PIN) == "BADGE_REFUSED"
    worker.refresh_from_db()
    assert worker.pin_failed_count == 0
    with pytest.raises(badges.PersonSuspended):
        badges.set_pin(worker.pk, "884206", actor=actor, at=NOW)
    with pytest.raises(badges.PersonSuspended):
        badges.issue_badge(worker.pk, actor=actor, at=NOW)


@pytest.mark.parametrize("act", ["issue", "revoke", "pin"])
def test_w1_a_changed_badge_or_pin_ends_what_the_badge_opened_and_nothing_else(worker, act):
    for number, kind in enumerate(("badge", "office", "floor")):
        UserSession.objects.create(
            user=worker, session_key=f"s{number}", kind=kind, signed_in_at=NOW, last_seen_at=NOW
        )

    match act:
        case "issue":
            badges.issue_badge(worker.pk, actor=badges.STRANGER, at=NOW)
        case "revoke":
            badges.revoke_badge(worker.pk, actor=badges.STRANGER, at=NOW)
        case _:
            badges.set_pin(worker.pk, "884206", actor=badges.STRANGER, at=NOW)

    assert sorted(UserSession.objects.values_list("kind", flat=True)) == ["floor", "office"]


def test_w1_an_old_and_a_revoked_badge_open_nothing(worker):
    old = worker.badge_code
    badges.issue_badge(worker.pk, actor=badges.STRANGER, at=NOW)
    with pytest.raises(badges.BadgeRefused):
        badges.prove(old, PIN, device="bench", at=NOW)
    worker.refresh_from_db()
    held = worker.badge_code

    for _ in range(2):
        badges.revoke_badge(worker.pk, actor=badges.STRANGER, at=NOW)

    with pytest.raises(badges.BadgeRefused):
        badges.prove(held, PIN, device="bench", at=NOW)
    assert AuditEntry.objects.filter(action="users.badge_revoked").count() == 1


def test_w1_every_wrong_pin_and_every_lock_stands_in_the_audit_log(worker):
    for _ in range(6):
        outcome(worker, "407190")
    badges_refused = AuditEntry.objects.of(f"user:{worker.pk}").filter(action="users.badge_refused")

    assert badges_refused.count() == 5
    locked = AuditEntry.objects.of(f"user:{worker.pk}").get(action="users.badge_locked")
    assert locked.after == {"device": "bench", "tries": 5}
    assert "407190" not in str(list(AuditEntry.objects.values_list("after", flat=True)))
