from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.actors import SYSTEM
from core.models import AuditEntry, User
from core.permissions import principal_for_user
from core.services import people
from tests.factories.core import NOW, make_user, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ada(client):
    person = make_user("admin", full_name="Ada Admin")
    sign_in(client, person)
    return person


@pytest.fixture
def olga():
    return make_user("order_desk", full_name="Olga Desk", channels=["WEB"], warehouses=["RTM"])


def start(client, person, reason="a call for help"):
    return client.post(reverse("user-view-as", args=[person.pk]), {"reason": reason})


def notes(person) -> list[tuple]:
    found = AuditEntry.objects.of(f"user:{person.pk}").filter(action__startswith="users.view_as")
    return [(row.action, row.actor_label, row.reason, row.after) for row in found.order_by("pk")]


def test_a2_one_sees_with_the_rights_of_the_other_person(client, ada, olga):
    assert client.get("/settings/users/").status_code == 200

    answer = start(client, olga)

    assert answer["Location"] == "/"
    assert client.get("/orders/").status_code == 200
    assert client.get("/settings/users/").status_code == 403


def test_a2_the_principal_is_the_others_and_the_actor_oneself(client, ada, olga):
    start(client, olga)

    principal = client.get("/orders/").wsgi_request._quayside_principal

    theirs = principal_for_user(olga)
    assert (principal.actor.id, principal.actor.label) == (ada.pk, "Ada Admin")
    assert principal.capabilities == theirs.capabilities
    assert (principal.warehouse_codes, principal.channel_codes) == ({"RTM"}, {"WEB"})


def test_a2_start_and_stop_are_noted_with_both_names(client, ada, olga):
    with time_machine.travel(NOW, tick=False):
        start(client, olga)
        stopped = client.post(reverse("view-as-stop"))
        assert client.get("/settings/users/").status_code == 200

    assert stopped["Location"] == f"/settings/users/{olga.pk}/"
    until = "2026-04-21T09:30:00+00:00"
    assert notes(olga) == [
        (
            "users.view_as_started",
            "Ada Admin",
            "a call for help",
            {"name": "Olga Desk", "until": until},
        ),
        ("users.view_as_stopped", "Ada Admin", "", {"name": "Olga Desk", "why": "stopped"}),
    ]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path", ["/orders/", "/settings/users/invite/", "/language/", "/api/v1/orders/", "/nowhere/"]
)
def test_a2_nothing_can_be_changed(client, ada, olga, method, path):
    start(client, olga)

    answer = getattr(client, method)(path)

    assert answer.status_code == 403
    assert "You are viewing as Olga Desk: nothing can be changed." in text_of(answer)


def text_of(answer) -> str:
    known = answer.json()["detail"] if answer["Content-Type"].startswith("application/p") else ""
    return known or answer.content.decode()


def test_a2_a_refused_change_fits_into_the_page_it_came_from(client, ada, olga):
    start(client, olga)

    answer = client.post("/orders/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#error-region")
    assert b"</html>" not in answer.content


@pytest.mark.parametrize(
    "name",
    [
        "profile",
        "security",
        "api-keys-index",
        "api-key-new",
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    ],
)
def test_a2_personal_pages_stay_shut(client, ada, olga, name):
    start(client, olga)

    answer = client.get(reverse(name))

    assert answer.status_code == 403
    assert "stay closed while you view as Olga Desk" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You are viewing as Olga Desk. Nothing can be changed."),
        ("zh-hans", "您正以 Olga Desk 的视角查看"),
    ],
)
@pytest.mark.parametrize("path", ["/orders/", "/floor/"])
def test_a2_a_banner_says_so_on_every_page(client, ada, language, text, path):
    ada.language = language
    ada.save()
    person = make_user(("order_desk", "operator"), full_name="Olga Desk")
    assert "view-as/stop" not in client.get(path).content.decode()
    start(client, person)

    page = client.get(path).content.decode()

    assert text in page
    assert 'action="/view-as/stop/"' in page
    client.post(reverse("view-as-stop"))
    assert "view-as/stop" not in client.get(path).content.decode()


def test_a2_it_ends_after_half_an_hour(client, ada, olga):
    with time_machine.travel(NOW, tick=False) as moment:
        start(client, olga)
        moment.shift(30 * MINUTE - dt.timedelta(seconds=1))
        assert client.get("/settings/users/").status_code == 403
        moment.shift(dt.timedelta(seconds=1))

        answer = client.get("/settings/users/")

        assert (answer.status_code, answer["Location"]) == (303, f"/settings/users/{olga.pk}/")
        assert client.get("/settings/users/").status_code == 200
    assert notes(olga)[-1][3] == {"name": "Olga Desk", "why": "expired"}


def test_a2_an_open_page_is_led_out_when_it_ends(client, ada, olga):
    with time_machine.travel(NOW, tick=False) as moment:
        start(client, olga)
        moment.shift(31 * MINUTE)

        answer = client.post("/orders/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/settings/users/{olga.pk}/")


@pytest.mark.parametrize("minutes", [1, 31])
def test_a2_a_scan_is_refused_in_words_the_scanner_shows(client, ada, minutes):
    picker = make_user("operator", full_name="Pia Picker")
    with time_machine.travel(NOW, tick=False) as moment:
        start(client, picker)
        moment.shift(minutes * MINUTE)

        answer = client.post(
            "/floor/pick/scan/",
            "{}",
            content_type="application/json",
            headers={"Accept": "application/json"},
        )

    assert (answer.status_code, answer.json()["code"]) == (403, "ONLY_LOOKING")
    assert answer.json()["detail"].startswith("You are viewing as Pia Picker")


@pytest.mark.parametrize("change", ["more rights", "suspended"])
def test_a2_it_ends_when_the_other_person_changes(client, ada, olga, change):
    start(client, olga)
    if change == "suspended":
        people.suspend(olga.pk, reason="left", actor=SYSTEM, at=NOW)
    else:
        olga.role_grants.get().role.grants.create(capability="suppliers.buy")

    answer = client.get("/orders/")

    assert answer.status_code == 303
    assert notes(olga)[-1][3]["why"] == "not_allowed"


def test_a2_signing_out_ends_it(client, ada, olga):
    start(client, olga)

    client.post(reverse("account_logout"))

    assert notes(olga)[-1][1:] == ("Ada Admin", "", {"name": "Olga Desk", "why": "signed_out"})


# --- Whom ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["buyer", "approver"])
def test_a2_nobody_looks_as_a_person_with_more_rights(client, ada, role):
    person = make_user(role, full_name="Bo Buyer")

    answer = start(client, person)

    assert answer.status_code == 422
    assert "Bo Buyer may do or see something that you may not" in answer.content.decode()
    assert notes(person) == []


@pytest.mark.parametrize("field", ["warehouses", "channels"])
def test_a2_nobody_looks_beyond_the_own_places(client, field):
    boss = make_user("admin", **{field: ["RTM", "WEB"]})
    sign_in(client, boss)
    narrow = make_user("order_desk", warehouses=["RTM"], channels=["WEB"])
    wide = make_user("order_desk", **{"warehouses": ["RTM"], "channels": ["WEB"], field: None})
    beside = make_user(
        "order_desk", **{"warehouses": ["RTM"], "channels": ["WEB"], field: ["RTM", "LAX"]}
    )

    refused = [start(client, person).status_code for person in (wide, beside)]

    assert refused == [422, 422]
    assert start(client, narrow).status_code == 303


def test_a2_neither_oneself_nor_a_suspended_person(client, ada, olga):
    User.objects.filter(pk=olga.pk).update(is_active=False)

    answers = [start(client, person) for person in (ada, olga)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "whose account is active" in answers[1].content.decode()


def test_a2_one_view_at_a_time(client, ada, olga):
    start(client, olga)

    assert start(client, make_user("operator")).status_code == 403


@pytest.mark.parametrize("role", ["auditor", "warehouse_manager", "order_desk"])
def test_a2_it_takes_the_right(client, olga, role):
    sign_in(client, make_user(role))

    assert start(client, olga).status_code == 403


def test_a2_it_takes_a_recent_proof_and_a_reason(client, olga):
    boss = make_user("admin")
    sign_in(client, boss, recent=False)
    assert start(client, olga)["Location"].startswith(reverse("account_reauthenticate"))
    sign_in(client, boss)

    assert start(client, olga, reason="").status_code == 422
    assert notes(olga) == []


@pytest.mark.parametrize("fragment", [False, True])
def test_a2_the_dialog_tells_what_happens(client, ada, olga, fragment):
    headers = {"HX-Request": "true"} if fragment else {}

    page = client.get(reverse("user-view-as", args=[olga.pk]), headers=headers)

    assert (page.status_code, b"</html>" in page.content) == (200, not fragment)
    assert "For 30 minutes you see what Olga Desk sees" in page.content.decode()


def test_stopping_without_having_started_leads_home(client, ada):
    assert client.post(reverse("view-as-stop"))["Location"] == "/"


def test_a2_looking_costs_a_known_number_of_queries(client, ada, olga):
    client.get("/notices/")
    start(client, olga)

    with query_baseline("core.view_as"):
        page = client.get("/notices/")

    assert page.status_code == 200
    assert "Olga Desk" in page.content.decode()
