"""Returns in the API: who sees them, what is refused, a repeat changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from returns.models import ReturnRequest
from tests.factories import orders as make
from tests.factories import returns as back
from tests.factories.core import bearer, make_key

pytestmark = pytest.mark.django_db
RETURNS = "/api/v1/returns/"


@pytest.fixture
def order():
    back.ensure_rules()
    back.stocked("TEA")
    return back.delivered_order(make.line("TEA", 6), at=clock.now() - dt.timedelta(days=3))


def caller(*capabilities, channels=None, warehouses=None):
    key = make_key(capabilities, channel_codes=channels, warehouse_codes=warehouses)
    return bearer(key.token)


def body(order, **line):
    wish = {"position": 1, "qty": 2, "reason": "TOO_SMALL", "note": "private words", **line}
    return {"order": f"ord_{order.pk}", "lines": [wish]}


def post(client, url, data, who, key="k-1"):
    return client.post(url, data, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key, **who)


def test_a_return_is_asked_for_once_and_read_with_its_lines(client, order):
    who = caller("returns.view", "returns.manage")

    first = post(client, RETURNS, body(order), who)
    again = post(client, RETURNS, body(order), who)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    row = ReturnRequest.objects.get()
    found = client.get(f"{RETURNS}ret_{row.pk}/", **who)
    answer = found.json()
    assert found.headers["ETag"] == f'"{row.version}"'
    assert (answer["id"], answer["order"], answer["source"], answer["status"]) == (
        f"ret_{row.pk}",
        f"ord_{order.pk}",
        "api",
        "approved",
    )
    [line] = answer["lines"]
    assert (line["sku_code"], line["qty"], line["reason"]) == ("TEA", 2, "TOO_SMALL")
    assert line["value"] == {"amount": "20.00", "currency": "USD"}
    assert "private words" not in found.content.decode()
    listed = client.get(RETURNS, {"status": "approved"}, **who).json()["results"]
    assert [one["number"] for one in listed] == [row.number]


def test_what_can_not_be_is_a_problem_with_its_code(client, order):
    who = caller("returns.view", "returns.manage")
    cases = [
        ({"qty": 7}, 409, "UNITS_GONE"),
        ({"reason": "NONE"}, 422, "REASON_UNKNOWN"),
        ({"position": 9}, 422, "LINE_UNKNOWN"),
        ({"resolution": "repair"}, 422, "OUTCOME_REFUSED"),
        ({"resolution": "exchange", "exchange_sku": "NIX"}, 422, "EXCHANGE_MISSING"),
    ]
    for number, (change, status, code) in enumerate(cases):
        answer = post(client, RETURNS, body(order, **change), who, key=f"case-{number}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ReturnRequest.objects.exists()


def test_a_person_decides_by_the_api_and_scopes_hold(client, order):
    who = caller("returns.view", "returns.manage")
    row = back.request(order, at=clock.now())
    ReturnRequest.objects.update(status="review", decided_at=None)
    url = f"{RETURNS}ret_{row.pk}/"

    for stranger in (caller("returns.view", channels=["other"]), caller("orders.view")):
        assert client.get(url, **stranger).status_code in {403, 404}
    reader = caller("returns.view")
    assert post(client, f"{url}approve/", {}, reader).status_code == 403
    assert post(client, f"{url}reject/", {}, who, key="k-0").status_code == 422
    rejected = post(client, f"{url}reject/", {"reason": "worn"}, who, key="k-2")
    assert (rejected.status_code, rejected.json()["status"]) == (200, "rejected")
    late = post(client, f"{url}approve/", {}, who, key="k-3")
    assert (late.status_code, late.json()["code"]) == (409, "RETURN_MOVE_REFUSED")

    abroad = caller("returns.view", "returns.manage", channels=["other"])
    assert post(client, RETURNS, body(order), abroad, key="k-4").status_code == 404
