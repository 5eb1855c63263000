from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from core.models import AuditEntry, TrustedBrowser
from core.services import people, trusted_browsers
from core.services.people import AccessDraft
from core.services.trusted_browsers import BrowserDraft, NotForAdministrators
from tests.factories.core import (
    NOW,
    PASSWORD,
    code_now,
    make_user,
    prove_identity,
    sign_in,
    with_second_factor,
)
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
CODE_PAGE = "/accounts/2fa/authenticate/"
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


@pytest.fixture
def clerk():
    person = make_user("order_desk", password=PASSWORD)
    with_second_factor(person)
    return person


def type_password(client: Client, person) -> str:
    """Return where the password leads: home, or to the second factor."""
    found = client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    return found["Location"]


def trust(client: Client, person) -> None:
    assert type_password(client, person) == CODE_PAGE
    answer = client.post(CODE_PAGE, {"code": code_now(), "remember": "on"})
    assert answer["Location"] == "/"


def sign_out(client: Client) -> None:
    client.post(reverse("account_logout"))


def test_g2_a_remembered_browser_is_not_asked_for_thirty_days(client, clerk):
    with time_machine.travel(NOW, tick=False) as moment:
        trust(client, clerk)
        sign_out(client)
        moment.shift(30 * DAY - SECOND)
        assert type_password(client, clerk) == "/"
        assert TrustedBrowser.objects.get().last_used_at == NOW + 30 * DAY - SECOND
        sign_out(client)
        moment.shift(SECOND)

        assert type_password(client, clerk) == CODE_PAGE


def test_g2_without_the_tick_the_browser_is_asked_again(client, clerk):
    type_password(client, clerk)
    client.post(CODE_PAGE, {"code": code_now()})
    sign_out(client)

    assert type_password(client, clerk) == CODE_PAGE
    assert TrustedBrowser.objects.count() == 0


def test_g2_a_remembered_browser_is_noted_with_its_end(client, clerk):
    with time_machine.travel(NOW, tick=False):
        trust(client, clerk)

    row = TrustedBrowser.objects.get()
    entry = AuditEntry.objects.get(action="users.browser_trusted")
    assert (row.trusted_at, row.expires_at) == (NOW, NOW + 30 * DAY)
    assert len(row.token_hash) == 64
    assert row.token_hash != client.cookies["quayside_browser"].value
    assert entry.after["until"] == "2026-05-21T09:00:00+00:00"


def test_g2_trust_stays_in_one_browser_and_with_one_person(client, clerk):
    trust(client, clerk)
    other = make_user("order_desk", password=PASSWORD)
    with_second_factor(other)
    sign_out(client)

    assert type_password(client, other) == CODE_PAGE
    assert type_password(Client(), clerk) == CODE_PAGE


def test_g2_one_cookie_alone_is_not_enough(client, clerk):
    trust(client, clerk)
    sign_out(client)
    for name in ("quayside_trust", "quayside_browser"):
        half = Client()
        half.cookies[name] = client.cookies[name].value

        assert type_password(half, clerk) == CODE_PAGE, name


@pytest.mark.parametrize("role", ["admin", ("order_desk", "admin")])
def test_g2_an_administrator_gets_no_box_and_no_trust(client, role):
    boss = make_user(role, password=PASSWORD)
    with_second_factor(boss)
    type_password(client, boss)
    assert b'name="remember"' not in client.get(CODE_PAGE).content

    answer = client.post(CODE_PAGE, {"code": code_now(), "remember": "on"})

    assert answer["Location"] == "/"
    assert TrustedBrowser.objects.count() == 0
    with pytest.raises(NotForAdministrators):
        trusted_browsers.trust(boss, BrowserDraft("text"), at=NOW)


def test_g2_trust_ends_with_a_right_to_manage_that_came_by_the_role(client, clerk):
    trust(client, clerk)
    sign_out(client)
    clerk.role_grants.get().role.grants.create(capability="settings.manage")

    assert type_password(client, clerk) == CODE_PAGE


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_g2_the_box_stands_before_the_code_that_sends_itself(client, clerk, language):
    client.cookies["django_language"] = language
    type_password(client, clerk)

    page = client.get(CODE_PAGE).content.decode()

    label = "Do not ask in this browser for 30 days" if language == "en" else "30 天内"
    assert label in page
    assert page.index('name="remember"') < page.index('name="code"')


def change_password(client, person):
    prove_identity(client, person)
    new = "four quiet boats sail"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )


def change_factor(client, person):
    prove_identity(client, person)
    client.post(reverse("mfa_deactivate_totp"))


def suspend(_client, person):
    people.suspend(person.pk, reason="left", actor=SYSTEM, at=NOW)


def change_roles(_client, person):
    people.set_access(person.pk, AccessDraft(("planner",)), actor=SYSTEM, at=NOW)


def sign_out_everywhere(_client, person):
    people.sign_out_everywhere(person.pk, actor=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    "act", [change_password, change_factor, suspend, change_roles, sign_out_everywhere]
)
def test_g10_trust_ends_when_access_changes(client, clerk, act):
    make_user("admin")
    trust(client, clerk)

    act(client, clerk)

    assert TrustedBrowser.objects.count() == 0
    entry = AuditEntry.objects.filter(action="users.trust_ended").order_by("pk").last()
    assert (entry.target_id, entry.after) == (str(clerk.pk), {"browsers": 1})


def test_g10_signing_the_others_out_ends_their_trust_and_keeps_ones_own(client, clerk):
    with time_machine.travel(NOW, tick=False) as moment:
        trust(Client(), clerk)
        moment.shift(dt.timedelta(minutes=2))
        trust(client, clerk)

        client.post(reverse("security-sessions-end"))

        own = trusted_browsers.token_hash(client.cookies["quayside_browser"].value)
        assert [row.token_hash for row in TrustedBrowser.objects.all()] == [own]


def test_g10_the_page_lists_browsers_and_ends_one(client, clerk):
    trust(client, clerk)
    page = client.get(reverse("security")).content.decode()
    assert "Browsers without a second factor" in page

    answer = client.post(reverse("security-trust-end", args=[TrustedBrowser.objects.get().pk]))

    assert answer["Location"] == reverse("security")
    page = client.get(reverse("security")).content.decode()
    assert "That browser is asked for the second factor again." in page
    assert "Browsers without a second factor" not in page
    sign_out(client)
    assert type_password(client, clerk) == CODE_PAGE


def test_g10_the_trust_of_somebody_else_is_not_found(client, clerk):
    trust(Client(), clerk)
    sign_in(client, make_user("order_desk"))

    answer = client.post(reverse("security-trust-end", args=[TrustedBrowser.objects.get().pk]))

    assert (answer.status_code, TrustedBrowser.objects.count()) == (404, 1)


def test_g10_signing_out_keeps_the_trust_over_https(client, clerk):
    trust(client, clerk)

    answer = client.post(reverse("account_logout"), secure=True)

    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_g10_the_page_takes_as_many_queries_for_many_browsers(client, clerk):
    sign_in(client, clerk)
    client.get(reverse("security"))
    for more in (1, 11):
        for number in range(more):
            draft = BrowserDraft(f"browser {more} {number}")
            trusted_browsers.trust(clerk, draft, at=dt.datetime.now(dt.UTC))
        with query_baseline("core.security"):
            page = client.get(reverse("security"))
        assert page.status_code == 200
    assert len(page.context["trusted_browsers"]) == 12


def test_trust_that_is_over_is_deleted(clerk):
    trusted_browsers.trust(clerk, BrowserDraft("old"), at=NOW - 31 * DAY)
    trusted_browsers.trust(clerk, BrowserDraft("new"), at=NOW)

    assert trusted_browsers.forget_expired(NOW) == 1
    assert trusted_browsers.forget_expired(NOW) == 0
    assert [row.trusted_at for row in TrustedBrowser.objects.all()] == [NOW]
