"""Kits, checks, history, refusals and the cost of placing in statements."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.actors import SYSTEM
from inventory.models import Bom, BomLine, StockLevel
from orders.domain.drafts import PaymentDraft
from orders.models import Order, OrderLine, Payment, RoutingDecision, Shipment, ShipmentLine
from orders.services import master_data, paying, placing, row_writing
from orders.services.master_data import UnknownChannel
from orders.services.order_rows import OrderRefused
from orders.services.paying import PaymentReferenceUsed
from orders.services.placing import TooManyOrders
from tests.factories import orders as make
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def tea():
    make.channel()
    return make.sku("TEA")


@pytest.fixture
def la():
    return make.warehouse("LA")


def kit(code: str, *parts: tuple[object, int, str]):
    row = make.sku(code, kind="virtual_kit")
    version = Bom.objects.filter(kit=row).count() + 1
    bom = Bom.objects.create(kit=row, version=version, created_at=NOW)
    for part, qty, share in parts:
        BomLine.objects.create(bom=bom, component=part, qty=qty, price_share=Decimal(share))
    return row


def test_x14_a_kit_becomes_component_lines_that_are_reserved_and_shipped(tea, la):
    cup = make.sku("CUP")
    kit("SET", (tea, 1, "0.6"), (cup, 2, "0.4"))
    make.put(tea, la, 9)
    make.put(cup, la, 9)

    order = make.place_one(make.line("SET", 2, "25"))

    lines = {line.sku_code: line for line in OrderLine.objects.filter(order=order)}
    shipped = dict(
        ShipmentLine.objects.filter(shipment__order=order).values_list("sku__code", "qty")
    )
    assert shipped == {"TEA": 2, "CUP": 4}
    assert (lines["SET"].kind, lines["CUP"].kind) == ("kit", "component")
    assert (lines["CUP"].kit_position, lines["CUP"].qty_per_kit) == (1, 2)
    assert lines["TEA"].price_share + lines["CUP"].price_share == 1
    assert order.total_amount == 50


def test_x14_an_open_order_keeps_the_version_it_was_exploded_with(tea, la):
    row = kit("SET", (tea, 1, "1"))
    make.put(tea, la, 9)
    order = make.place_one(make.line("SET"))

    Bom.objects.filter(kit=row).update(is_current=False)
    newer = Bom.objects.create(kit=row, version=2, created_at=NOW)
    BomLine.objects.create(bom=newer, component=tea, qty=5, price_share=Decimal(1))
    later = make.place_one(make.line("SET"))

    def parts(one):
        return OrderLine.objects.get(order=one, kind="component").qty

    assert (parts(order), parts(later)) == (1, 5)


def test_x14_a_kit_short_of_a_component_names_it(tea, la):
    cup = make.sku("CUP")
    kit("SET", (tea, 1, "0.6"), (cup, 2, "0.4"))
    make.put(tea, la, 9)
    make.put(cup, la, 1)

    order = make.place_one(make.line("SET"))

    assert order.attention_codes == ["OUT_OF_STOCK", "KIT_COMPONENT_OOS:CUP"]
    assert StockLevel.objects.get(sku=tea).reserved == 0


def test_x14_only_whole_kits_are_shipped_from_short_stock(la):
    make.channel(partial_policy="ship_available")
    tea, cup = make.sku("TEA"), make.sku("CUP")
    kit("SET", (tea, 1, "0.6"), (cup, 2, "0.4"))
    make.put(tea, la, 9)
    make.put(cup, la, 5)

    order = make.place_one(make.line("SET", 4))

    shipped = dict(
        ShipmentLine.objects.filter(shipment__order=order).values_list("sku__code", "qty")
    )
    assert shipped == {"TEA": 2, "CUP": 4}


def test_two_kits_sharing_a_part_never_promise_it_twice(tea, la):
    kit("ONE", (tea, 2, "1"))
    kit("TWO", (tea, 2, "1"))
    make.put(tea, la, 3)

    first, second = make.place(make.draft(make.line("ONE")), make.draft(make.line("TWO")))

    assert (first.stage, second.stage) == ("routed", "attention")
    assert StockLevel.objects.get().reserved == 2


def test_an_unknown_sku_stops_the_whole_order(tea, la):
    make.put(tea, la, 9)

    order = make.place_one(make.line("TEA"), make.line("GHOST"))

    ghost = OrderLine.objects.get(order=order, sku_code="GHOST")
    assert (order.stage, order.attention_codes) == ("attention", ["UNKNOWN_SKU:GHOST"])
    assert (ghost.sku, Shipment.objects.count()) == (None, 0)


def test_history_reserves_and_routes_nothing(tea, la):
    make.put(tea, la, 9)

    order = make.place_one(is_history=True)

    assert (order.status, order.stage, order.is_history) == ("completed", "delivered", True)
    assert (Shipment.objects.count(), RoutingDecision.objects.count()) == (0, 0)
    assert StockLevel.objects.get().reserved == 0


def test_fees_are_billed_and_not_shipped(tea, la):
    make.put(tea, la, 9)

    order = make.place_one(make.line("TEA"), make.line("GIFTWRAP", price="2", kind="fee"))

    assert (order.total_amount, ShipmentLine.objects.count(), order.stage) == (12, 1, "routed")


def test_a_promise_of_the_channel_stays_and_is_the_base(tea, la):
    make.put(tea, la, 9)
    day = NOW.date().replace(day=29)

    order = make.place_one(promised_by=day)

    assert (order.promised_by, order.promised_at_order_by, order.promise_is_external) == (
        day,
        day,
        True,
    )


def test_payments_are_stored_with_the_order(tea, la):
    make.put(tea, la, 9)

    order = make.place_one(paid_amount=None, payments=(PaymentDraft(Decimal(10), "USD", "pay-1"),))

    assert (order.paid_amount, Payment.objects.get().order) == (10, order)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"lines": ()}, "no lines"),
        ({"lines": (make.line(qty=0),)}, "quantity"),
        ({"lines": (make.line(qty=1_000_001),)}, "quantity"),
        ({"lines": (make.line(price="NaN"),)}, "amounts"),
        ({"lines": (make.line(price="-1"),)}, "amounts"),
        ({"lines": (make.line(position=1), make.line(position=1))}, "position"),
        ({"external_id": ""}, "order id"),
        ({"currency": "XYZ"}, "currency"),
        ({"discount_amount": Decimal(11)}, "discounts"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused_and_nothing_is_written(tea, la, change, why):
    with pytest.raises(OrderRefused) as caught:
        make.place_all(make.draft(), make.draft(**{"external_id": "bad", **change}))

    assert why in str(caught.value)
    assert Order.objects.count() == 0


def test_an_unknown_channel_is_named(tea, la):
    with pytest.raises(UnknownChannel) as caught:
        make.place_all(make.draft(channel="nowhere"))

    assert "nowhere" in str(caught.value)


def test_more_than_five_hundred_at_once_are_refused(tea):
    with pytest.raises(TooManyOrders):
        make.place_all(*[make.draft()] * 501)


def test_placing_costs_the_same_statements_for_one_order_and_for_a_hundred(tea, la, monkeypatch):
    make.put(tea, la, 1000)
    monkeypatch.setattr(master_data, "SECONDS", 60.0)
    make.place_one()
    counts = {}

    for number in (1, 100):
        drafts = [make.draft() for _ in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            placing.place(drafts, actor=SYSTEM, as_of=NOW, source="test")
        words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT nextval")
        counts[str(number)] = sum(
            not query["sql"].startswith(words) and "core_documentnumber" not in query["sql"]
            for query in captured
        )

    baseline = json.loads((Path(__file__).parent / "place_statements.json").read_text())
    assert counts == baseline[connection.vendor]


def test_a_few_rows_and_many_rows_are_stored_alike(tea, la, monkeypatch):
    make.put(tea, la, 10)
    facts = ("status", "stage", "currency", "total_amount", "attention_codes", "promised_by")
    lines = ("position", "kind", "sku_id", "qty", "unit_price", "backorder_qty", "price_share")
    stored = []

    for few in (0, 20):
        monkeypatch.setattr(row_writing, "FEW_ROWS", few)
        order = make.place_one(make.line("TEA", 2), make.line("GIFT", kind="fee"))
        stored.append(
            (
                Order.objects.values_list(*facts).get(pk=order.pk),
                list(
                    OrderLine.objects.filter(order=order).order_by("position").values_list(*lines)
                ),
                RoutingDecision.objects.values_list("candidates", "chosen").get(order=order),
            )
        )

    assert stored[0] == stored[1]


def paid(reference: str, amount: str = "10", currency: str = "USD", **more):
    payment = PaymentDraft(Decimal(amount), currency, reference)
    return make.draft(paid_amount=None, payments=(payment,), **more)


def test_a_payment_of_another_order_is_refused_by_name_and_nothing_is_written(tea, la):
    make.put(tea, la, 5)
    first = make.place(paid("pay-1"))[0]

    with pytest.raises(PaymentReferenceUsed) as caught:
        make.place(make.draft(), paid("pay-1", external_id="second"))

    assert (caught.value.code, caught.value.status) == ("PAYMENT_REFERENCE_USED", 409)
    assert caught.value.data == {
        "reference": "pay-1",
        "holder": first.number,
        "external_id": "second",
    }
    assert f"belongs to order {first.number}" in str(caught.value)
    assert Order.objects.count() == 1


def test_one_payment_for_two_orders_of_a_call_is_refused(tea, la):
    with pytest.raises(PaymentReferenceUsed) as caught:
        make.place(paid("pay-1", external_id="a"), paid("pay-1", external_id="b"))

    assert (caught.value.data["external_id"], caught.value.data["holder"]) == ("b", "a")
    assert Order.objects.count() == 0


def test_a_repeated_order_keeps_its_own_payment(tea, la):
    draft = paid("pay-1")
    make.place(draft)

    again = make.place_all(draft)[0]

    assert (again.outcome, Payment.objects.count()) == ("repeated", 1)


@pytest.mark.parametrize(
    ("reference", "amount", "currency", "why"),
    [
        ("pay-1", "0", "USD", "above zero"),
        ("pay-1", "NaN", "USD", "above zero"),
        ("pay-1", "1", "EUR", "another currency"),
        ("", "1", "USD", "1 to 120 characters"),
        ("p" * 121, "1", "USD", "1 to 120 characters"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(tea, la, reference, amount, currency, why):
    with pytest.raises(OrderRefused) as caught:
        make.place(paid(reference, amount, currency))

    assert why in str(caught.value)
    assert Order.objects.count() == 0


def test_a_payment_recorded_for_another_order_is_refused_by_name(tea, la):
    first, second = make.place(paid("pay-1"), make.draft())

    payment = PaymentDraft(Decimal(5), "USD", "pay-1")
    with pytest.raises(PaymentReferenceUsed) as caught:
        paying.record_payment(second.pk, payment, actor=SYSTEM, at=make.NOW)

    assert caught.value.data["holder"] == first.number
    assert Order.objects.get(pk=second.pk).paid_amount == 10


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "10000000000"])
def test_a_payment_without_a_real_amount_is_not_recorded(tea, la, amount):
    order = make.place_one()

    payment = PaymentDraft(Decimal(amount), "USD", "pay-1")
    with pytest.raises(paying.PaymentRefused):
        paying.record_payment(order.pk, payment, actor=SYSTEM, at=make.NOW)

    assert Payment.objects.count() == 0
