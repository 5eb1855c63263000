from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core import jobs
from core.actors import SYSTEM, Actor
from core.models import (
    AuditEntry,
    Notice,
    OutboundMail,
    SecondFactorReset,
    TrustedBrowser,
    UserSession,
)
from core.services import second_factor_resets as resets
from core.services import trusted_browsers
from core.services.people import OwnRightsFixed
from core.services.trusted_browsers import BrowserDraft
from tests.factories.core import NOW, PASSWORD, make_key, make_user, sign_in, with_second_factor
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def actor(person) -> Actor:
    return Actor("user", person.pk, str(person))


@pytest.fixture
def asker():
    return make_user("admin", full_name="Ada Asker")


@pytest.fixture
def decider():
    return make_user("admin", full_name="Dora Decider")


@pytest.fixture
def subject(asker, decider):
    person = make_user("order_desk", full_name="Lena Lost", password=PASSWORD)
    with_second_factor(person)
    return person


@pytest.fixture
def asked(asker, subject):
    return resets.ask(subject.pk, reason="phone stolen", actor=actor(asker), at=NOW)


def entries(subject) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.of(f"user:{subject.pk}").filter(action__contains="_reset_")
    return [(row.action, row.actor_label, row.reason) for row in found.order_by("pk")]


def test_a2_asking_changes_nothing_but_tells_those_who_may_approve(asked, asker, decider, subject):
    make_user("auditor")

    assert (asked.state, asked.expires_at) == ("open", NOW + 24 * HOUR)
    assert Authenticator.objects.filter(user=subject).count() == 2
    notice = Notice.objects.get()
    assert (notice.user_id, notice.url) == (decider.pk, f"/settings/users/{subject.pk}/")
    assert notice.data == {"asker": "Ada Asker", "name": "Lena Lost"}
    assert entries(subject) == [("users.second_factor_reset_asked", "Ada Asker", "phone stolen")]


def test_a2_approval_by_a_second_person_ends_all_that_was_trusted(client, asked, decider, subject):
    trusted_browsers.trust(subject, BrowserDraft("a browser"), at=NOW)
    sign_in(client, subject)
    client.get("/me/")
    key = make_key({"orders.view"}, owner=subject).key

    found = resets.approve(asked.pk, actor=actor(decider), at=NOW + HOUR)

    key.refresh_from_db()
    assert (found.state, found.decided_by, found.decided_at) == ("approved", decider, NOW + HOUR)
    assert Authenticator.objects.filter(user=subject).count() == 0
    assert TrustedBrowser.objects.count() == 0
    assert UserSession.objects.filter(user=subject).count() == 0
    assert client.get("/me/").status_code == 302
    assert key.revoke_reason == "second_factor_changed"
    assert entries(subject)[-1] == (
        "users.second_factor_reset_approved",
        "Dora Decider",
        "phone stolen",
    )
    assert Notice.objects.get().read_at == NOW + HOUR


def test_a2_the_person_is_told_by_mail_in_their_language(asked, decider, subject, mailoutbox):
    subject.language = "zh-hans"
    subject.save()

    resets.approve(asked.pk, actor=actor(decider), at=NOW + HOUR)

    intent = OutboundMail.objects.get()
    assert (intent.to, intent.template) == (subject.email, "account/second_factor_reset")
    jobs.run_due(dt.datetime.now(dt.UTC) + HOUR, 10)
    assert mailoutbox[0].subject == "您的第二因素已重置"
    assert "Ada Asker" in mailoutbox[0].body
    assert "http://localhost:8000/me/security/" in mailoutbox[0].body


def test_a2_the_person_must_set_up_a_new_factor_after_the_next_sign_in(
    client, asked, decider, subject
):
    resets.approve(asked.pk, actor=actor(decider), at=NOW + HOUR)

    first = client.post("/accounts/login/", {"login": subject.username, "password": PASSWORD})

    assert first["Location"] == "/"
    blocked = client.get("/orders/")
    assert (blocked.status_code, blocked["Location"]) == (303, reverse("security"))
    assert client.get("/api/v1/orders/").json()["code"] == "SECOND_FACTOR_FIRST"
    page = client.get(reverse("security")).content.decode()
    assert "A second factor is required here" in page


@pytest.mark.django_db(transaction=True)
def test_a2_a_new_factor_opens_the_product_again(client, asked, decider, subject):
    resets.approve(asked.pk, actor=actor(decider), at=NOW + HOUR)
    subject.refresh_from_db()
    sign_in(client, subject)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = totp_code(secret)

    client.post(reverse("mfa_activate_totp"), {"code": code})

    subject.refresh_from_db()
    assert subject.second_factor_due is False
    assert client.get("/orders/").status_code == 200


def totp_code(secret: str) -> str:
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415  # only here

    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def test_a2_rejection_leaves_all_and_tells_who_asked(asked, asker, decider, subject):
    resets.reject(asked.pk, reason="not her voice", actor=actor(decider), at=NOW + HOUR)

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("rejected", decider)
    assert Authenticator.objects.filter(user=subject).count() == 2
    told = Notice.objects.get(user=asker)
    assert told.data == {"actor": "Dora Decider", "name": "Lena Lost"}
    assert entries(subject)[-1] == (
        "users.second_factor_reset_rejected",
        "Dora Decider",
        "not her voice",
    )


@pytest.mark.parametrize("act", [resets.approve, resets.withdraw])
def test_a2_a_decided_request_is_never_decided_again(asked, asker, decider, act):
    resets.reject(asked.pk, reason="no", actor=actor(decider), at=NOW)
    who = asker if act is resets.withdraw else decider

    with pytest.raises(resets.ResetOver):
        act(asked.pk, actor=actor(who), at=NOW)


def test_a2_who_asked_never_decides_and_neither_does_the_subject(asked, asker, subject):
    for person in (asker, subject):
        with pytest.raises(resets.TwoPeopleNeeded):
            resets.approve(asked.pk, actor=actor(person), at=NOW)
        with pytest.raises(resets.TwoPeopleNeeded):
            resets.reject(asked.pk, reason="x", actor=actor(person), at=NOW)
    with pytest.raises(resets.TwoPeopleNeeded):
        resets.approve(asked.pk, actor=SYSTEM, at=NOW)


def test_a2_only_who_asked_withdraws(asked, asker, decider, subject):
    with pytest.raises(resets.NotYours):
        resets.withdraw(asked.pk, actor=actor(decider), at=NOW)

    found = resets.withdraw(asked.pk, actor=actor(asker), at=NOW)

    assert (found.state, found.decided_by) == ("withdrawn", None)
    assert entries(subject)[-1][:2] == ("users.second_factor_reset_withdrawn", "Ada Asker")


def test_a2_a_request_ends_after_a_day_by_the_clock(asked, decider, subject):
    with pytest.raises(resets.ResetOver):
        resets.approve(asked.pk, actor=actor(decider), at=NOW + 24 * HOUR)

    assert resets.expire_due(NOW + 24 * HOUR - dt.timedelta(seconds=1)) == 0
    assert resets.expire_due(NOW + 24 * HOUR) == 1
    assert resets.expire_due(NOW + 24 * HOUR) == 0

    asked.refresh_from_db()
    assert (asked.state, asked.decided_at) == ("expired", NOW + 24 * HOUR)
    assert entries(subject)[-1][:2] == ("users.second_factor_reset_expired", "system")
    assert Authenticator.objects.filter(user=subject).count() == 2


def test_a2_one_request_a_person_is_open_and_a_late_one_makes_room(asked, asker, subject):
    with pytest.raises(resets.ResetAlreadyOpen):
        resets.ask(subject.pk, reason="again", actor=actor(asker), at=NOW + HOUR)

    fresh = resets.ask(subject.pk, reason="again", actor=actor(asker), at=NOW + 25 * HOUR)

    states = SecondFactorReset.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["expired", "open"]
    assert fresh.pk != asked.pk


def test_a2_what_cannot_be_asked_says_why(asker, decider, subject):
    plain = make_user("operator", full_name="Pia Plain")
    with pytest.raises(OwnRightsFixed):
        resets.ask(subject.pk, reason="x", actor=actor(subject), at=NOW)
    with pytest.raises(resets.TwoPeopleNeeded):
        resets.ask(subject.pk, reason="x", actor=SYSTEM, at=NOW)
    with pytest.raises(resets.NoSecondFactor, match="Pia Plain has no second factor"):
        resets.ask(plain.pk, reason="x", actor=actor(asker), at=NOW)
    with_second_factor(decider)
    with pytest.raises(resets.NobodyToDecide):
        resets.ask(decider.pk, reason="x", actor=actor(asker), at=NOW)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("decided_by_a_third", {"state": "approved", "decided_by": "asker", "decided_at": NOW}),
        ("decided_by_a_third", {"state": "approved", "decided_by": "subject", "decided_at": NOW}),
        ("decision_has_a_person", {"state": "approved", "decided_at": NOW}),
        ("decision_has_a_person", {"decided_by": "decider"}),
        ("decision_has_a_time", {"state": "approved", "decided_by": "decider"}),
        ("asked_by_another", {"asked_by": "subject"}),
        ("(state_known|decision_has_a_person)", {"state": "done", "decided_at": NOW}),
        ("ends", {"expires_at": NOW}),
        ("has_a_reason", {"reason": ""}),
    ],
)
def test_a2_the_database_refuses_one_person_in_two_parts(
    asked, asker, decider, subject, rule, change
):
    named = {"asker": asker, "decider": decider, "subject": subject}
    values = {name: named.get(value, value) for name, value in change.items()}

    with pytest.raises(IntegrityError, match=f"secondfactorreset_{rule}"), transaction.atomic():
        SecondFactorReset.objects.filter(pk=asked.pk).update(**values)


# --- Screens ----------------------------------------------------------------------------------
@pytest.mark.parametrize("fragment", [False, True])
def test_a2_the_dialog_asks_with_a_reason(client, asker, decider, subject, fragment):
    sign_in(client, asker)
    headers = {"HX-Request": "true"} if fragment else {}
    url = reverse("user-reset-second-factor", args=[subject.pk])
    page = client.get(url, headers=headers)
    assert (page.status_code, b"</html>" in page.content) == (200, not fragment)
    assert "A second person who manages people must approve" in page.content.decode()
    empty = client.post(url, {"reason": ""}, headers=headers)
    assert (empty.status_code, SecondFactorReset.objects.count()) == (422, 0)

    done = client.post(url, {"reason": "phone stolen"}, headers=headers)

    assert done.status_code == (204 if fragment else 303)
    assert SecondFactorReset.objects.get().asked_by == asker
    refused = client.post(url, {"reason": "again"}, headers=headers)
    assert refused.status_code == 409
    assert "waits for a second person" in refused.content.decode()


def test_a2_asking_and_deciding_want_a_recent_proof_of_identity(client, asker, decider, subject):
    sign_in(client, asker, recent=False)
    asked = client.post(
        reverse("user-reset-second-factor", args=[subject.pk]), {"reason": "phone stolen"}
    )
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    row = resets.ask(subject.pk, reason="x", actor=actor(asker), at=dt.datetime.now(dt.UTC))
    sign_in(client, decider, recent=False)

    decided = client.post(reverse("second-factor-reset-approve", args=[row.pk]))

    assert decided["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=subject).count() == 2


def buttons(client: Client, subject) -> set[str]:
    """Return the acts on the open request that the person's page offers."""
    page = client.get(reverse("user", args=[subject.pk])).content.decode()
    return set(re.findall(r"href=\"/settings/second-factor-resets/\d+/(\w+)/", page))


def test_a2_the_page_of_the_person_shows_the_request_to_each_as_fits(
    client, asker, decider, subject
):
    with time_machine.travel(NOW, tick=False):
        resets.ask(subject.pk, reason="phone stolen", actor=actor(asker), at=NOW)
        own_admin = make_user(("admin",))
        seen = {}
        for name, person in (("asker", asker), ("decider", decider), ("third", own_admin)):
            sign_in(client, person)
            seen[name] = buttons(client, subject)
        sign_in(client, make_user("auditor"))
        seen["auditor"] = buttons(client, subject)

    both = {"approve", "reject"}
    assert seen == {"asker": {"withdraw"}, "decider": both, "third": both, "auditor": set()}


def test_a2_the_tab_lists_the_people_to_decide_on(client, asker, decider, subject):
    sign_in(client, decider)
    empty = client.get("/settings/users/?tab=resets").content.decode()
    assert "Lena Lost" not in empty
    resets.ask(subject.pk, reason="phone stolen", actor=actor(asker), at=dt.datetime.now(dt.UTC))

    page = client.get("/settings/users/?tab=resets").content.decode()

    assert ("Lena Lost" in page, "Dora Decider</a>" in page) == (True, False)


def test_a2_the_second_person_approves_on_the_screen(client, asker, decider, subject):
    row = resets.ask(subject.pk, reason="lost", actor=actor(asker), at=dt.datetime.now(dt.UTC))
    sign_in(client, decider)
    url = reverse("second-factor-reset-approve", args=[row.pk])
    question = client.get(url).content.decode()
    assert "Ada Asker asks it for Lena Lost: “lost”." in question

    done = client.post(url)

    assert done["Location"] == f"/settings/users/{subject.pk}/"
    assert Authenticator.objects.filter(user=subject).count() == 0
    again = client.post(url)
    assert again.status_code == 409
    assert "This request is closed" in again.content.decode()


def test_a2_who_asked_gets_the_reason_instead_of_an_approval(client, asker, decider, subject):
    row = resets.ask(subject.pk, reason="lost", actor=actor(asker), at=dt.datetime.now(dt.UTC))
    sign_in(client, asker)

    refused = client.post(reverse("second-factor-reset-approve", args=[row.pk]))

    assert refused.status_code == 422
    assert "A third person decides" in refused.content.decode()
    row.refresh_from_db()
    assert row.state == "open"


def test_a2_the_page_of_a_person_takes_a_known_number_of_queries(client, asker, decider, subject):
    resets.ask(subject.pk, reason="lost", actor=actor(asker), at=dt.datetime.now(dt.UTC))
    sign_in(client, decider)
    url = reverse("user", args=[subject.pk])
    client.get(url)

    with query_baseline("core.user"):
        page = client.get(url)

    assert page.status_code == 200
    assert "lost" in page.content.decode()
