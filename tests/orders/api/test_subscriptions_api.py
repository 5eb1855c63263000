"""Subscriptions over the API."""

from __future__ import annotations

import pytest

from orders.models import Subscription
from orders.services import subscription_runs
from tests.factories import orders as make
from tests.factories.core import bearer, make_key
from tests.factories.subscriptions import FIRST

pytestmark = pytest.mark.django_db
URL = "/api/v1/subscriptions/"
BODY = {
    "channel": "shop",
    "lines": [{"sku": "TEA", "qty": 2, "unit_price": "7.5000"}],
    "ship_to": {"name": "Ada", "line1": "12 Mill Lane", "postcode": "62704", "country": "US"},
    "first_on": FIRST.isoformat(),
    "interval_unit": "month",
    "interval_count": 1,
}


@pytest.fixture
def caller():
    make.channel()
    make.put(make.sku(), make.warehouse(), 9)
    key = make_key({"orders.view", "orders.manage_subscriptions"})
    return bearer(key.token)


def test_a_subscription_is_made_once_per_idempotency_key_and_walks_through_its_steps(
    client, caller
):
    headers = {**caller, "HTTP_IDEMPOTENCY_KEY": "sub-1"}
    made = [
        client.post(URL, BODY, content_type="application/json", **headers).json() for _ in range(2)
    ]
    subscription_runs.run_due(today=FIRST, lead_days=0, at=make.NOW)
    one = f"{URL}{made[0]['id']}/"

    def step(name: str, **body: object) -> tuple[int, str]:
        key = {**caller, "HTTP_IDEMPOTENCY_KEY": f"{name}-{sorted(body)}"}
        answer = client.post(f"{one}{name}/", body, content_type="application/json", **key)
        return answer.status_code, answer.json().get("state") or answer.json()["code"]

    assert made[0] == made[1]
    assert Subscription.objects.count() == 1
    assert client.get(one, **caller).json()["runs"][0]["state"] == "ordered"
    assert step("pause", until="2026-06-01") == (200, "paused")
    assert step("end", version=1, reason="gone") == (409, "SUBSCRIPTION_CHANGED")
    assert step("resume") == (200, "active")
    assert step("skip", due_on="2026-02-25") == (409, "SUBSCRIPTION_NOT_DUE")
    assert step("end") == (422, "VALUES_REFUSED")
    assert step("end", reason="moved") == (200, "ended")
    assert client.get(f"{URL}?state=ended", **caller).json()["results"][0]["next_on"] is None
