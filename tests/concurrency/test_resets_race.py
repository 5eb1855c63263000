"""Two people decide on one reset of a second factor, or two ask for one, at the same instant."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from core.actors import Actor
from core.models import AuditEntry, OutboundMail, SecondFactorReset
from core.services import second_factor_resets as resets
from tests.factories.core import NOW, make_user, with_second_factor
from tests.helpers.race import ALL_COME_S, Meeting, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def actor(person) -> Actor:
    return Actor("user", person.pk, str(person))


@pytest.fixture
def admins():
    return [actor(make_user("admin")) for _number in range(5)]


@pytest.fixture
def subject():
    person = make_user("operator")
    with_second_factor(person)
    return person


@pytest.fixture
def asked(admins, subject):
    return resets.ask(subject.pk, reason="lost", actor=admins[0], at=NOW)


def decided(subject) -> list[str]:
    found = AuditEntry.objects.of(f"user:{subject.pk}").filter(
        action__in=("users.second_factor_reset_approved", "users.second_factor_reset_rejected")
    )
    return [row.action.rpartition("_")[2] for row in found]


def approve_four_times(asked, admins):
    def approve(who):
        return lambda: resets.approve(asked.pk, actor=who, at=NOW)

    return race([approve(who) for who in admins[1:]])


def test_of_four_approvals_at_once_one_has_effect(asked, admins, subject):
    outcomes = approve_four_times(asked, admins)

    errors = sorted(type(outcome.error).__name__ for outcome in outcomes)
    assert errors == ["NoneType", "ResetOver", "ResetOver", "ResetOver"]
    assert decided(subject) == ["approved"]
    assert OutboundMail.objects.count() == 1
    assert Authenticator.objects.filter(user=subject).count() == 0


def test_an_approval_and_a_rejection_at_once_leave_one_decision(asked, admins, subject):
    outcomes = race(
        [
            lambda: resets.approve(asked.pk, actor=admins[1], at=NOW).state,
            lambda: resets.reject(asked.pk, reason="no", actor=admins[2], at=NOW).state,
        ]
    )

    won = [outcome.value for outcome in outcomes if outcome.won]
    asked.refresh_from_db()
    assert won == [asked.state]
    assert decided(subject) == [asked.state]
    left = Authenticator.objects.filter(user=subject).count()
    assert left == (0 if asked.state == "approved" else 2)


def test_control_without_the_guard_several_decisions_take_effect(
    asked, admins, subject, monkeypatch
):
    """Look first and write afterwards: what the conditional update is there to prevent."""

    meeting = Meeting(patience_s=ALL_COME_S)

    def look_then_write(reset_id, to, at, decided_by):
        if not SecondFactorReset.objects.open(at).filter(pk=reset_id).exists():
            return False
        meeting.wait()
        rows = SecondFactorReset.objects.filter(pk=reset_id)
        return bool(rows.update(state=to, decided_by=decided_by, decided_at=at))

    monkeypatch.setattr(resets, "_claim", look_then_write)

    outcomes = approve_four_times(asked, admins)

    assert sum(outcome.won for outcome in outcomes) > 1
    assert len(decided(subject)) > 1


def test_of_four_requests_at_once_one_is_open(admins, subject):
    def ask(who):
        return lambda: resets.ask(subject.pk, reason="lost", actor=who, at=NOW)

    outcomes = race([ask(who) for who in admins[:4]])

    errors = sorted(type(outcome.error).__name__ for outcome in outcomes)
    assert errors == ["NoneType", *["ResetAlreadyOpen"] * 3]
    assert SecondFactorReset.objects.filter(state="open").count() == 1
