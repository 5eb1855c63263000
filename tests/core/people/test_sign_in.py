from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from tests.factories.core import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def test_g1_a_person_signs_in_by_user_name_or_e_mail(client):
    person = make_user("order_desk", password=PASSWORD)

    for typed in (person.username, person.username.upper(), person.email):
        answer = client.post(LOGIN, {"login": typed, "password": PASSWORD})

        assert (answer.status_code, answer["Location"]) == (302, "/")
        client.logout()


def test_g1_one_text_answers_a_wrong_name_and_a_wrong_password(client):
    person = make_user("order_desk", password=PASSWORD)
    suspended = make_user(password=PASSWORD, is_active=False)
    tries = (
        (person.username, "not this one"),
        ("nobody", PASSWORD),
        ("nobody@example.com", PASSWORD),
        (suspended.username, PASSWORD),
    )

    pages = [client.post(LOGIN, {"login": name, "password": word}) for name, word in tries]

    texts = {str(page.context["form"].non_field_errors()) for page in pages}
    assert len(texts) == 1
    assert "belong together" in texts.pop()


def test_rel_a_05_sign_in_rotates_the_session_and_leaves_an_entry(client):
    person = make_user("order_desk", password=PASSWORD)
    client.get(LOGIN)
    client.session["planted"] = 1
    client.session.save()
    before = client.session.session_key

    client.post(LOGIN, {"login": person.username, "password": PASSWORD})

    assert client.session.session_key != before
    entry = AuditEntry.objects.of(f"user:{person.pk}").first()
    assert (entry.action, entry.actor_id) == ("users.signed_in", person.pk)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_rel_a_10_sign_in_never_leads_to_another_site(client, target):
    person = make_user("order_desk", password=PASSWORD)

    answer = client.post(LOGIN, {"login": person.username, "password": PASSWORD, "next": target})

    assert answer["Location"] == "/"


def test_g1_a_person_returns_to_the_page_asked_for(client):
    person = make_user("order_desk", password=PASSWORD)
    asked = client.get(reverse("account_change_password"))
    assert asked["Location"].startswith(LOGIN)

    answer = client.post(
        asked["Location"],
        {"login": person.username, "password": PASSWORD, "next": "/accounts/password/change/"},
    )

    assert answer["Location"] == "/accounts/password/change/"
