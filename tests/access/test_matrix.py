"""rel_a_01: every URL, every principal, every object: the reviewed file says what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse

from tests.access import matrix, world
from tests.access.matrix import METHODS, Row
from tests.access.objects import Parameters
from tests.access.resolver import Url, all_urls
from tests.access.world import PRINCIPALS, STRANGERS, World

URLS = {url.name: url for url in all_urls()}
ROWS = matrix.rows()
MIGHTY = ("admin", "key")
#: The repair site asks for one right on every page: a sample of those without it is enough.
SAMPLE = ("anonymous", "key", "operator", "warehouse_manager", "auditor", "admin")
REFUSALS = {403: "no", 404: "gone", 405: "no-method", 410: "gone"}
pytestmark = pytest.mark.django_db
PAST_THE_GUARD = frozenset({400, 409, 412, 413, 415, 422, 428, 503})


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all rows; each request is undone to a savepoint."""
    with (
        django_db_blocker.unblock(),
        override_settings(API_RATE=None, ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False),
        transaction.atomic(),
    ):
        yield world.build()
        transaction.set_rollback(True)


def test_every_url_has_a_row():
    missing = sorted(name for name in URLS if matrix.row_for(name, ROWS) is None)

    assert not missing, "add rows to tests/access_matrix.toml for: " + ", ".join(missing)


def test_every_row_has_a_url():
    stale = sorted(name for name in ROWS if "*" not in name and name not in URLS)

    assert not stale


def test_a_new_url_without_a_row_is_noticed():
    assert matrix.row_for("orders-secret-export", ROWS) is None


@pytest.mark.parametrize("name", sorted(URLS))
def test_rel_a_01(name: str, company: World):
    row = matrix.row_for(name, ROWS)
    assert row is not None, "no row in tests/access_matrix.toml"
    url = URLS[name]
    tried = (_try(company, row, url, attempt) for attempt in _attempts(company, row))
    problems = [problem for problem in tried if problem]

    assert not problems, "\n".join(problems)


@dataclass(frozen=True)
class Attempt:
    """One request: who, how, and on which object."""

    principal: str
    method: str
    which: str
    parameters: Parameters


def _attempts(company: World, row: Row) -> Iterator[Attempt]:
    """Yield what is worth trying: a refusal depends on who asks, not on which object.

    Who gets in tries every object; who does not tries the one in reach; a method nobody may use
    is tried by the two who may most.
    """
    if row.object not in company.objects:
        pytest.fail(f"tests/access/objects*.py knows no kind {row.object}")
    found = company.objects[row.object]
    for principal in SAMPLE if row.loose else PRINCIPALS:
        own = found.own_of(principal)
        for method in METHODS[:1] if row.loose else METHODS:
            if not row.allowed.get(method) and principal not in MIGHTY and method != "get":
                continue
            yield Attempt(principal, method, "own", own)
            if not row.lets_in(principal, method) or principal in STRANGERS:
                continue
            if found.foreign is not None:
                yield Attempt(principal, method, "foreign", found.foreign_of())
            if found.missing is not None:
                yield Attempt(principal, method, "missing", found.missing)


def _try(company: World, row: Row, url: Url, attempt: Attempt) -> str:
    """Return what differs from the row, or nothing."""
    path = _path_by_route(url) if row.loose else reverse(url.name, kwargs=attempt.parameters)
    found = _answer(company, attempt, path, row.data)
    expected = _expected(row, url, attempt)
    if found in expected:
        return ""
    asked = f"{attempt.principal} {attempt.method.upper()} {path} ({attempt.which})"
    return f"{asked}: {found}, expected {sorted(expected)}"


def _path_by_route(url: Url) -> str:
    """Return a path of the repair site, whose URLs partly have no name."""
    route = re.sub(r"\(\?P<app_label>(\w+)[^)]*\)", r"\1", url.route)
    route = re.sub(r"\(\?P<url>[^)]*\)", "nothing-here", route)
    return "/" + re.sub(r"<[^>]+>", "1", route).replace("^", "").replace("$", "")


def _answer(company: World, attempt: Attempt, path: str, data: dict[str, str]) -> str:
    """Return what happened in one word, and undo it."""
    client, method = company.clients[attempt.principal], attempt.method
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    save = transaction.savepoint()
    body: dict[str, object] = {}
    if method != "get" and path.startswith("/api/"):
        body = {"content_type": "application/json", "data": "{}"}
    elif method == "post" and data:
        body = {"data": data}
    try:
        return _word(getattr(client, method)(path, **body))
    finally:
        transaction.savepoint_rollback(save)
        client.cookies.clear()
        for name, value in cookies.items():
            client.cookies[name] = value


def _word(response: HttpResponse) -> str:
    status = response.status_code
    location = response.headers.get("Location", "")
    if status == 401 or (status in {302, 303} and location.startswith("/accounts/login/?next=")):
        return "sign-in"
    if status in REFUSALS:
        return REFUSALS[status]
    if status < 400 or status in PAST_THE_GUARD:
        return "in"
    return f"status {status}"


def _expected(row: Row, url: Url, attempt: Attempt) -> frozenset[str]:
    principal = attempt.principal
    if row.loose:
        return _expected_loosely(row, principal)
    if principal in row.absent:
        return frozenset({"gone", "no-method"})
    if not row.allowed.get(attempt.method):
        return frozenset({"no-method", "no", "sign-in"})
    if row.lets_in(principal, attempt.method):
        return _reached(row, principal, attempt.which)
    is_api = url.route.startswith("api/")
    is_stranger = principal in STRANGERS or (principal == "key" and not is_api)
    return frozenset({"sign-in"}) if is_stranger else frozenset({"no"})


def _expected_loosely(row: Row, principal: str) -> frozenset[str]:
    """The repair site: those let in may still meet a refusal of the page, others never get in."""
    if row.lets_in(principal, "get"):
        return frozenset({"in", "no", "gone", "no-method"})
    return frozenset({"sign-in", "no"})


def _reached(row: Row, principal: str, which: str) -> frozenset[str]:
    if which == "own" or (which == "foreign" and row.reaches_foreign(principal)):
        return frozenset({"in"})
    refused_here = which == "foreign" and row.refusal == "no"
    return frozenset({"gone", "no"}) if refused_here else frozenset({"gone"})


def test_the_matrix_tries_what_it_says(company: World):
    """A row that lets everybody in must be noticed: the check itself is checked."""
    wrong = Row("users-index", {"get": frozenset(PRINCIPALS)}, "none", "none", False)

    found = _try(company, wrong, URLS["users-index"], Attempt("operator", "get", "own", {}))

    assert "operator GET" in found
    assert connection.in_atomic_block
