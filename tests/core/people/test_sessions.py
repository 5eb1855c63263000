from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from core import jobs
from core.models import AuditEntry, UserSession
from tests.factories.core import PASSWORD, make_key, make_user, prove_identity, sign_in

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 21, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def opens(client: Client) -> bool:
    """Open a light page: the longest session below asks for it 170 times."""
    return client.get("/notices/").status_code == 200


@pytest.mark.parametrize(
    ("role", "idle", "is_in"),
    [
        ("order_desk", dt.timedelta(hours=1, minutes=59), True),
        ("order_desk", dt.timedelta(hours=2, minutes=1), False),
        ("operator", dt.timedelta(hours=11, minutes=59), True),
        ("operator", dt.timedelta(hours=12, minutes=1), False),
        (("operator", "order_desk"), dt.timedelta(hours=2, minutes=1), False),
    ],
)
def test_rel_a_05_an_idle_session_ends(client, role, idle, is_in):
    with time_machine.travel(NOW, tick=False) as moment:
        sign_in(client, make_user(role))
        assert opens(client)

        moment.shift(idle)

        assert opens(client) is is_in


def test_rel_a_05_no_session_lives_longer_than_a_week(client):
    with time_machine.travel(NOW, tick=False) as moment:
        sign_in(client, make_user("order_desk"))
        assert opens(client)
        for _hour in range(7 * 24):
            moment.shift(dt.timedelta(hours=1))
            last = opens(client)
            if not last:
                break

        assert last is True
        moment.shift(MINUTE)
        assert opens(client) is False


def test_the_last_seen_time_is_written_once_a_minute(client):
    person = make_user("order_desk")
    with time_machine.travel(NOW, tick=False) as moment:
        sign_in(client, person)
        opens(client)
        moment.shift(dt.timedelta(seconds=30))
        opens(client)
        assert UserSession.objects.get(user=person).last_seen_at == NOW
        moment.shift(dt.timedelta(seconds=31))
        opens(client)

        assert UserSession.objects.get(user=person).last_seen_at == NOW + dt.timedelta(seconds=61)


def test_rel_a_05_an_ended_browser_is_out_at_once(client):
    person = make_user("order_desk")
    other = sign_in(Client(), person)
    opens(other)
    sign_in(client, person)
    opens(client)
    listed = UserSession.objects.get(session_key=other.session.session_key)

    client.post(reverse("security-session-end", args=[listed.pk]))

    assert (opens(other), opens(client)) == (False, True)


def test_rel_a_05_sign_out_ends_the_session_and_clears_the_browser(client):
    person = make_user("order_desk")
    sign_in(client, person)
    opens(client)
    key = client.session.session_key

    answer = client.post(reverse("account_logout"), secure=True)

    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer["Location"] == "/accounts/login/"
    assert Session.objects.filter(session_key=key).count() == 0
    assert UserSession.objects.filter(session_key=key).count() == 0


def test_rel_a_05_a_new_password_ends_other_sessions_and_own_keys(client):
    person = make_user("order_desk", password=PASSWORD)
    other = sign_in(Client(), person)
    opens(other)
    own = make_key({"orders.view"}, owner=person).key
    sign_in(client, person)
    opens(client)

    client.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "four quiet boats sail",
            "password2": "four quiet boats sail",
        },
    )

    own.refresh_from_db()
    assert (opens(other), opens(client)) == (False, True)
    assert own.revoke_reason == "password_changed"


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("short one", "at least 15"),
        ("quayside12345678", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("x" * 200, "at most 128"),
    ],
)
def test_g3_a_weak_password_is_refused_with_the_reason(client, password, hint):
    person = make_user("order_desk", password=PASSWORD)
    sign_in(client, person)

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert hint in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_shorter_password_does_beside_a_second_factor(client):
    person = make_user("order_desk", password=PASSWORD)
    with_factor(person)
    sign_in(client, person)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "nine lamps", "password2": "nine lamps"},
    )

    person.refresh_from_db()
    assert person.check_password("nine lamps")


# --- The link that sets a new password --------------------------------------------------------
def test_rel_h_07_a_known_and_an_unknown_address_get_the_same_answer(client):
    person = make_user("order_desk", password=PASSWORD)

    known = client.post(reverse("account_reset_password"), {"email": person.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mail.outbox == []


def test_g3_the_link_comes_by_job_works_once_and_never_skips_the_second_factor(client):
    person = make_user("order_desk", password=PASSWORD)
    with_factor(person)
    client.post(reverse("account_reset_password"), {"email": person.email})
    jobs.run_due(dt.datetime.now(dt.UTC) + MINUTE, 10)
    link = re.search(r"http://localhost:8000(\S+)", mail.outbox[0].body)[1]

    form = client.get(link, follow=True)
    new = {"password1": "four quiet boats sail", "password2": "four quiet boats sail"}
    client.post(form.redirect_chain[-1][0], new)

    person.refresh_from_db()
    assert person.check_password("four quiet boats sail")
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    answer = client.post(
        "/accounts/login/", {"login": person.username, "password": new["password1"]}
    )
    assert answer["Location"] == reverse("mfa_authenticate")


def test_g3_the_link_ends_after_a_quarter_of_an_hour(client):
    person = make_user("order_desk", password=PASSWORD)
    client.post(reverse("account_reset_password"), {"email": person.email})
    jobs.run_due(dt.datetime.now(dt.UTC) + MINUTE, 10)
    link = re.search(r"http://localhost:8000(\S+)", mail.outbox[0].body)[1]

    with time_machine.travel(dt.datetime.now(dt.UTC) + 16 * MINUTE):
        page = Client().get(link, follow=True)

    assert "This link no longer works" in page.content.decode()


# --- Second factor ----------------------------------------------------------------------------
SECRET = "JBSWY3DPEHPK3PXP"


def with_factor(person) -> Authenticator:
    return TOTP.activate(person, SECRET).instance


def code_now() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def test_g2_a_second_factor_is_asked_for_and_a_code_works_once(client):
    person = make_user("order_desk", password=PASSWORD)
    with_factor(person)
    first = client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    assert first["Location"] == reverse("mfa_authenticate")
    assert client.get("/me/").status_code == 302
    code = code_now()

    done = client.post(reverse("mfa_authenticate"), {"code": code})

    assert (done["Location"], opens(client)) == ("/", True)
    again = Client()
    again.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_rel_h_07_guessing_codes_stops_after_ten_tries(client):
    person = make_user("order_desk", password=PASSWORD)
    with_factor(person)
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})

    texts = [
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06}"}).content.decode()
        for number in range(12)
    ]

    assert "Too many tries" not in texts[0]
    assert "Too many tries" in texts[-1]


def test_the_secret_of_a_second_factor_is_encrypted_at_rest():
    stored = with_factor(make_user()).data["secret"]

    assert SECRET not in stored
    assert len(stored) > 80


@pytest.mark.django_db(transaction=True)
def test_g10_setting_up_an_app_ends_other_sessions(client):
    person = make_user("order_desk", password=PASSWORD)
    other = sign_in(Client(), person)
    opens(other)
    sign_in(client, person)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))

    done = client.post(
        reverse("mfa_activate_totp"), {"code": format_hotp_value(hotp_value(secret, counter))}
    )

    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert len(client.get(done["Location"]).context["unused_codes"]) == 10
    assert (opens(other), opens(client)) == (False, True)


def test_production_asks_everyone_for_a_second_factor(client, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    person = make_user("order_desk", password=PASSWORD)
    sign_in(client, person)

    blocked = client.get("/settings/api-keys/")
    assert (blocked.status_code, blocked["Location"]) == (303, reverse("security"))
    assert client.get(reverse("security")).status_code == 200

    with_factor(person)
    assert client.get("/settings/api-keys/").status_code == 200


# --- Sensitive acts ---------------------------------------------------------------------------
def test_a_sensitive_act_asks_again_after_half_an_hour(client):
    admin, other = make_user("admin"), make_user("buyer")
    sign_in(client, admin, recent=False)
    url = reverse("user-suspend", args=[other.pk])

    asked = client.post(url, {"reason": "left"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    by_htmx = client.post(url, {"reason": "left"}, headers={"HX-Request": "true"})
    assert (by_htmx.status_code, "reauth" in by_htmx["HX-Trigger"]) == (401, True)

    prove_identity(client, admin, seconds_ago=29 * 60)
    assert client.post(url, {"reason": "left"}).status_code == 303
    other.refresh_from_db()
    assert other.is_active is False


def test_rel_a_05_a_role_taken_while_a_page_is_open_gives_fragments_a_way_out(client):
    person = make_user("order_desk")
    sign_in(client, person)
    opens(client)
    person.role_grants.all().delete()

    answer = client.get("/settings/users/", headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert answer["HX-Retarget"] == "#error-region"
    assert "See people, roles and scopes" in answer.content.decode()


def test_rel_a_05_a_fragment_without_session_leads_to_sign_in(client):
    answer = client.get(
        "/settings/users/",
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/settings/users/?tab=all",
        },
    )

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=/settings/users/%3Ftab%3Dall"


def test_g12_a_refusal_names_who_can_help(client):
    make_user("admin", full_name="Ines Vos")
    sign_in(client, make_user("operator"))

    page = client.get("/settings/users/").content.decode()

    assert "Ask Ines Vos." in page
    assert "Reference" in page


def test_rel_h_07_ten_guesses_an_account_by_name_or_mail_then_a_pause(client):
    person = make_user("order_desk", password=PASSWORD)

    texts = [
        client.post(
            "/accounts/login/",
            {"login": person.username if number % 2 else person.email, "password": "wrong"},
        ).content.decode()
        for number in range(11)
    ]
    right = client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})

    assert "Too many tries" not in texts[9]
    assert "Too many tries" in texts[10]
    assert "Too many tries" in right.content.decode()
    failed = AuditEntry.objects.filter(action="users.sign_in_failed", target_id=str(person.pk))
    assert failed.count() == 10
