from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order, OrderHold
from tests.factories import orders as make
from tests.factories.core import bearer, make_key

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders/"


@pytest.fixture
def tea():
    make.channel()
    row = make.sku("TEA")
    make.put(row, make.warehouse("LA"), 9)
    return row


def caller(*capabilities, channels=None, warehouses=None):
    key = make_key(capabilities, channel_codes=channels, warehouse_codes=warehouses)
    return bearer(key.token)


def body(**changes):
    return {
        "channel": "shop",
        "external_id": "web-1",
        "placed_at": "2026-01-21T09:00:00Z",
        "ship_to": {
            "name": "Ada Brook",
            "line1": "12 Mill Lane",
            "city": "Springfield",
            "postcode": "62704",
            "country": "US",
        },
        "lines": [{"sku": "TEA", "qty": 2, "unit_price": "10.00"}],
        "paid_amount": "20.00",
        **changes,
    }


def post(client, url, data, who, key="k-1"):
    return client.post(url, data, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key, **who)


def test_an_order_is_placed_routed_and_answered_without_street(client, tea):
    response = post(client, ORDERS, body(), caller("orders.create", "orders.view"))
    answer = response.json()

    assert response.status_code == 201
    assert (answer["stage"], answer["lines"][0]["sku_code"]) == ("routed", "TEA")
    assert answer["total"] == {"amount": "20.0000", "currency": "USD"}
    assert answer["shipments"][0]["warehouse_code"] == "LA"
    assert "Mill Lane" not in response.content.decode()


def test_the_same_order_under_another_key_changes_nothing(client, tea):
    who = caller("orders.create")
    first = post(client, ORDERS, body(), who, "k-1")
    again = post(client, ORDERS, body(), who, "k-2")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Order.objects.count() == 1


def test_a_write_without_an_idempotency_key_is_refused(client, tea):
    response = client.post(
        ORDERS, body(), content_type="application/json", **caller("orders.create")
    )

    assert (response.status_code, Order.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": [{"sku": "TEA", "qty": 0}]},
        {"lines": [{"sku": "TEA", "qty": 1, "unit_price": "NaN"}]},
        {"placed_at": "yesterday"},
        {"currency": "XYZ"},
    ],
)
def test_a_body_that_makes_no_sense_is_refused_and_nothing_written(client, tea, change):
    response = post(client, ORDERS, body(**change), caller("orders.create"))

    assert response.status_code in {400, 422}
    assert response["Content-Type"].startswith("application/problem+json")
    assert Order.objects.count() == 0


def test_a_channel_outside_the_keys_scope_does_not_exist(client, tea):
    response = post(client, ORDERS, body(), caller("orders.create", channels=["other"]))

    assert (response.status_code, Order.objects.count()) == (404, 0)


def test_hold_release_and_cancel(client, tea):
    order = make.place_one()
    url = f"{ORDERS}ord_{order.pk}/"
    who = caller("orders.view", "orders.hold", "orders.cancel")

    held = post(client, f"{url}hold/", {"kind": "FRAUD", "note": "score 91"}, who, "a")
    freed = post(client, f"{url}release/", {"kind": "FRAUD", "reason": "called"}, who, "b")
    twice = post(client, f"{url}release/", {"kind": "FRAUD", "reason": "called"}, who, "c")
    ended = post(client, f"{url}cancel/", {"reason": "customer asked"}, who, "d")

    assert (held.json()["stage"], held.json()["holds"][0]["kind"]) == ("held", "FRAUD")
    assert freed.json()["stage"] == "routed"
    assert (twice.status_code, twice.json()["code"]) == (409, "HOLD_NOT_OPEN")
    assert ended.json()["status"] == "cancelled"
    assert OrderHold.objects.filter(released_at=None).count() == 0


def test_the_list_costs_the_same_for_one_order_and_for_five(client, tea):
    who = caller("orders.view")
    client.get(ORDERS, **who)
    counts = []
    for number in (1, 4):
        make.place(*[make.draft() for _ in range(number)])
        with CaptureQueriesContext(connection) as captured:
            response = client.get(ORDERS, **who)
        counts.append(len(captured))

    assert len(response.json()["results"]) == 5
    assert counts[0] == counts[1]
    assert counts[0] <= 12


PAYMENT = {"amount": "20.00", "currency": "USD", "gateway_reference": "pay-1"}


def test_a_payment_reference_of_another_order_is_a_409_problem(client, tea):
    who = caller("orders.create")
    first = post(client, ORDERS, body(paid_amount=None, payments=[PAYMENT]), who, "k-1")
    again = post(client, ORDERS, body(external_id="web-2", payments=[PAYMENT]), who, "k-2")

    assert (first.status_code, first.json()["paid"]["amount"]) == (201, "20.0000")
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    assert again.json()["code"] == "PAYMENT_REFERENCE_USED"
    assert first.json()["number"] in again.json()["detail"]
    assert Order.objects.count() == 1


def test_a_payment_is_recorded_once_and_for_one_order_only(client, tea):
    one, other = make.place(make.draft(paid_amount=Decimal(0)), make.draft(paid_amount=Decimal(0)))
    who = caller("orders.record_payment", "orders.view")

    first = post(client, f"{ORDERS}ord_{one.pk}/payments/", PAYMENT, who, "k-1")
    again = post(client, f"{ORDERS}ord_{one.pk}/payments/", PAYMENT, who, "k-2")
    wrong = post(client, f"{ORDERS}ord_{other.pk}/payments/", PAYMENT, who, "k-3")

    assert [one.status_code for one in (first, again, wrong)] == [200, 200, 409]
    assert again.json()["paid"]["amount"] == "20.0000"
    assert wrong.json()["code"] == "PAYMENT_REFERENCE_USED"


BASKET = {
    "channel": "shop",
    "ship_to": {"country": "US", "postcode": "62704"},
    "lines": [{"sku": "TEA", "qty": 2}],
}


def ask_options(client, who, **changes):
    url = "/api/v1/delivery-options/"
    return client.post(url, {**BASKET, **changes}, content_type="application/json", **who)


def test_a26_delivery_options_are_answered_with_level_price_and_last_minute(client, tea):
    answer = ask_options(client, caller("orders.create"))

    [option] = answer.json()["options"]
    assert answer.status_code == 200
    assert option["service_code"] == "STANDARD"
    assert option["level"] in {"same_day", "two_day", "standard"}
    assert option["cost"]["currency"] == "USD"
    assert option["order_by"].endswith("Z")
    assert Order.objects.count() == 0


def test_a26_a_basket_without_stock_has_no_options(client, tea):
    answer = ask_options(client, caller("orders.create"), lines=[{"sku": "TEA", "qty": 99}])

    assert answer.json() == {"options": []}


def test_a26_an_unknown_sku_and_a_foreign_channel_are_refused(client, tea):
    unknown = ask_options(client, caller("orders.create"), lines=[{"sku": "GHOST", "qty": 1}])
    foreign = ask_options(client, caller("orders.create", channels=["other"]))

    assert (unknown.status_code, unknown.json()["code"]) == (422, "BASKET_REFUSED")
    assert foreign.status_code == 404
