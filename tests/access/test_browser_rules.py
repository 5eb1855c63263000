"""Rules that hold on every URL: headers, CSRF, safe methods, hosts, redirects."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from tests.access import matrix, world
from tests.access.matrix import METHODS, Row
from tests.access.resolver import Url, all_urls
from tests.access.world import World
from tests.factories.core import PASSWORD, make_key, make_user, sign_in

pytestmark = pytest.mark.django_db
ROWS = matrix.rows()
PAIRS = [
    (url, row)
    for url in all_urls()
    if (row := matrix.row_for(url.name, ROWS)) is not None and not row.loose
]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
#: Mail programs post here without cookie or form: the signed link is the proof (RFC 8058).
BY_SIGNED_LINK = {"mail-off"}
#: Documents that a page of ours may hold in a frame, to print them.
FRAMED = {"floor-print-file"}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
}
#: What reading may write: the signs of life of a session or a key, who read personal data, and
#: which forecast a supplier was shown (B-17).
TOUCHED = {
    "django_session",
    "core_usersession",
    "core_apikey",
    "core_auditentry",
    "planning_forecastshareevent",
}


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        override_settings(API_RATE=None, ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False),
        transaction.atomic(),
    ):
        yield world.build()
        transaction.set_rollback(True)


def path_of(company: World, url: Url, row: Row, principal: str) -> str:
    return reverse(url.name, kwargs=company.objects[row.object].own_of(principal))


def reader_of(row: Row) -> str | None:
    """Return a principal that may read the URL, the most powerful first."""
    allowed = row.allowed.get("get", frozenset())
    order = ("admin", "operator", "order_desk", "warehouse_manager", "buyer", "key", "anonymous")
    return next((name for name in order if name in allowed), None)


def test_rel_f_01_every_answer_carries_the_headers(company):
    problems = []
    for url, row in PAIRS:
        for principal in {reader_of(row) or "admin", "anonymous"}:
            response = company.clients[principal].get(path_of(company, url, row, principal))
            found = response.headers
            may_frame = url.name in FRAMED and response.status_code == HTTPStatus.OK
            wanted_headers = HEADERS | ({"X-Frame-Options": "SAMEORIGIN"} if may_frame else {})
            wrong = [name for name, value in wanted_headers.items() if found.get(name) != value]
            policy = {part.strip() for part in found.get("Content-Security-Policy", "").split(";")}
            is_page = "text/html" in found.get("Content-Type", "text/html")
            wanted = POLICY if is_page else {"default-src 'none'"}
            if not policy >= wanted or "unsafe" in str(policy):
                wrong.append("Content-Security-Policy")
            if "camera=(self)" not in found.get("Permissions-Policy", ""):
                wrong.append("Permissions-Policy")
            if found.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
                wrong.append("Referrer-Policy")
            if wrong:
                problems.append(f"{principal} {url.name}: {wrong}")

    assert not problems, "\n".join(problems)


def test_pages_of_people_are_never_stored(company):
    problems = []
    for url, row in PAIRS:
        principal = reader_of(row)
        if principal in {None, "anonymous"} or "anonymous" in row.allowed.get("get", ()):
            continue
        response = company.clients[principal].get(path_of(company, url, row, principal))
        control = response.headers.get("Cache-Control", "")
        if response.status_code == 200 and "no-store" not in control and "no-cache" not in control:
            problems.append(f"{url.name}: {control!r}")

    assert not problems, "\n".join(problems)


def test_rel_a_09_every_unsafe_request_needs_a_token(company):
    """The API is tried with the session of a person: a key needs no token, a browser does."""
    strict = sign_in(Client(enforce_csrf_checks=True), company.users["admin"])
    problems = []
    for url, row in PAIRS:
        for method in METHODS[1:]:
            if "admin" not in row.allowed.get(method, ()):
                continue
            path = path_of(company, url, row, "admin")
            save = transaction.savepoint()
            status = getattr(strict, method)(path).status_code
            transaction.savepoint_rollback(save)
            if status != 403 and url.name not in BY_SIGNED_LINK:
                problems.append(f"{method.upper()} {path}: {status}")

    assert not problems, "\n".join(problems)


def test_rel_a_09_what_a_signed_link_proves_is_open_to_nobody_without_it():
    rows = [row for url, row in PAIRS if url.name in BY_SIGNED_LINK]
    assert [row.allowed.get("post") for row in rows] == [rows[0].allowed["get"]]
    answer = Client(enforce_csrf_checks=True).post(reverse("mail-off", args=["1.forged"]))
    assert answer.status_code == 404


def test_rel_a_09_a_browser_that_says_cross_site_is_refused(company):
    client = company.clients["admin"]

    answer = client.post(reverse("profile"), {}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "another site" in answer.content.decode()


class Writes:
    """Notes the tables that statements change; wraps the execution of each."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute, sql, params, many, context):
        found = re.match(
            r'\s*(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)', sql, re.IGNORECASE
        )
        if found:
            self.tables.add(found[2])
        return execute(sql, params, many, context)


def test_rel_a_08_reading_changes_nothing(company):
    changed = []
    for url, row in PAIRS:
        principal = reader_of(row)
        if principal is None:
            continue
        path = path_of(company, url, row, principal)
        for method in ("get", "head"):
            writes = Writes()
            save = transaction.savepoint()
            with connection.execute_wrapper(writes):
                getattr(company.clients[principal], method)(path)
            transaction.savepoint_rollback(save)
            if writes.tables - TOUCHED:
                changed.append(f"{method.upper()} {path}: {sorted(writes.tables - TOUCHED)}")

    assert not changed, "\n".join(changed)


def test_the_watch_over_writes_sees_them():
    writes = Writes()

    with connection.execute_wrapper(writes):
        make_user()

    assert writes.tables == {"core_user", "core_userscope"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "testserver@evil.example"},
        {"Host": "evil.example:443"},
    ],
)
def test_rel_a_10_a_foreign_host_is_refused(client, headers):
    assert client.get("/accounts/login/", headers=headers).status_code == 400


def test_rel_a_10_forwarded_headers_of_strangers_change_nothing(client):
    person = make_user("order_desk", password=PASSWORD)

    answer = client.post(
        "/accounts/password/reset/",
        {"email": person.email},
        headers={
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.9",
            "X-Original-URL": "/settings/users/",
            "X-HTTP-Method-Override": "DELETE",
        },
    )

    assert answer["Location"] == "/accounts/password/reset/done/"


@pytest.mark.parametrize(
    "path",
    [
        "/settings/users",
        "//settings/users/",
        "/settings//users/",
        "/%2e%2e/settings/users/",
        "/SETTINGS/users/",
    ],
)
def test_rel_a_10_no_other_spelling_of_a_path_opens_it(client, path):
    answer = client.get(path)

    assert answer.status_code in {301, 302, 404}
    assert not answer.headers.get("Location", "/").startswith("//")


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "javascript:alert(1)"]
)
def test_rel_a_10_changing_the_language_leads_nowhere_else(client, target):
    answer = client.post("/language/", {"language": "zh-hans", "next": target})

    assert (answer.status_code, answer["Location"]) == (303, "/")


def test_trace_is_refused(client):
    assert client.generic("TRACE", "/accounts/login/").status_code == 405


def test_the_cookies_of_https_are_bound_to_the_host():
    """Settings are read once, so a fresh process says what HTTPS makes of them."""
    code = (
        "import json; from config import settings as s; print(json.dumps([s.SESSION_COOKIE_NAME,"
        "s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        "s.SESSION_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QUAYSIDE_HTTPS": "true"},
        capture_output=True,
        text=True,
        check=True,
    )

    found = json.loads(done.stdout)
    assert found == ["__Host-session", "__Host-csrf", True, True, "Lax", 31_536_000, True]


def test_a_key_needs_no_token_but_never_opens_a_page(client):
    token = make_key().token

    page = client.get("/settings/api-keys/", HTTP_AUTHORIZATION=f"Bearer {token}")
    schema = client.get("/api/v1/schema/", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert (page.status_code, schema.status_code) == (302, 200)
