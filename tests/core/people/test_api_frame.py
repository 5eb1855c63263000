from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from rest_framework.exceptions import ParseError

from core.api.fields import parse_id
from core.api.parsing import MOST_BYTES, StrictJSONParser
from core.api.problems import Problem
from core.api.versions import check_if_match, etag_of
from core.errors import NotFound
from tests.factories.core import bearer, make_key, make_user, sign_in

pytestmark = pytest.mark.django_db
SCHEMA = "/api/v1/schema/?format=json"


class Body:
    """A request body as the parser gets it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def read(self, most: int) -> bytes:
        return self.raw[:most]


class Sent:
    """A request with headers."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def parse(raw: bytes):
    return StrictJSONParser().parse(Body(raw))


def test_a_stranger_gets_a_problem_with_a_way_in(client):
    answer = client.get(SCHEMA)

    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["code"]) == (401, "NO_CREDENTIALS")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert problem["reference"] == answer["X-Request-ID"]


@pytest.mark.parametrize("header", ["Bearer qk_ab_cd", "Bearer", "Basic abc", "qk_x"])
def test_a_wrong_credential_is_refused_and_never_ignored(client, header):
    sign_in(client, make_user("admin"))

    answer = client.get(SCHEMA, HTTP_AUTHORIZATION=header)

    assert (answer.status_code, answer.json()["code"]) == (401, "BAD_CREDENTIALS")


def test_a_key_without_the_right_is_told_which_one(client):
    answer = client.get(SCHEMA, **bearer(make_key({"orders.view"}).token))

    assert (answer.status_code, answer.json()["code"]) == (403, "MISSING_CAPABILITY")
    assert "Read the API documentation" in answer.json()["detail"]


def test_an_unknown_address_of_the_api_is_a_problem_too(client):
    answer = client.get("/api/v1/nothing/", **bearer(make_key().token))

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer["Content-Type"] == "application/problem+json"


def test_answers_say_how_much_is_left_and_the_limit_holds(client, settings):
    cache.clear()
    settings.API_RATE = "3/min"
    token = bearer(make_key().token)

    answers = [client.get(SCHEMA, **token) for _try in range(4)]

    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert (answers[3].status_code, answers[3].json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert int(answers[3]["Retry-After"]) > 0


def test_the_schema_describes_the_errors_of_every_operation(client):
    schema = client.get(SCHEMA, **bearer(make_key().token)).json()

    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert schema["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert all("401" in op["responses"] for op in operations)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b"\xff\xfe",
        b"{",
        b"",
    ],
)
def test_rel_h_10_json_that_could_be_misread_is_refused(raw):
    with pytest.raises(ParseError):
        parse(raw)


def test_rel_h_10_a_large_body_is_refused_before_it_is_read():
    with pytest.raises(Problem) as caught:
        parse(b" " * (MOST_BYTES + 1))

    assert caught.value.status_code == 413


def test_numbers_keep_every_digit():
    assert parse(json.dumps({"price": 1}).replace("1", "0.10").encode()) == {"price": "0.10"}


def test_a_write_names_the_version_it_changes():
    check_if_match(Sent(If_Match='"7"'), 7)
    check_if_match(Sent(If_Match='W/"7", "8"'), 7)
    check_if_match(Sent(), 7, required=False)

    for sent, status in ((Sent(), 428), (Sent(If_Match='"6"'), 412)):
        with pytest.raises(Problem) as caught:
            check_if_match(sent, 7)
        assert caught.value.status_code == status
    assert etag_of(7) == '"7"'


@pytest.mark.parametrize("value", ["ord_0", "17", "shp_17", "ord_17x", "ord_", "ord_1e3"])
def test_an_id_says_what_it_names(value):
    assert parse_id("ord", "ord_17") == 17
    with pytest.raises(NotFound):
        parse_id("ord", value)


def test_a_filter_nobody_knows_gets_an_answer_the_schema_has(client):
    key = bearer(make_key().token)
    schema = client.get(SCHEMA, **key).json()
    choices = [
        (path, parameter["name"], operation["responses"])
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if method == "get" and parameter["in"] == "query" and "{" not in path
        if "enum" in json.dumps(parameter)
    ]

    told = {
        (path, name): str(client.get(path, {name: "no such thing"}, **key).status_code) in responses
        for path, name, responses in choices
    }

    assert len(told) >= 3
    assert [where for where, is_documented in told.items() if not is_documented] == []
