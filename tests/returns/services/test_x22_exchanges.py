"""X22: an exchange's unit is kept from approval to dispatch, and nobody is promised it twice."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock, jobs
from core.actors import Actor
from core.events.delivering import deliver_due
from inventory.models import Product, Reservation, Sku, StockLevel
from inventory.services import releasing
from orders.models import Order, OrderHold, OrderLine, Shipment
from orders.models.orders import HoldKind
from returns.models import Exchange, Refund, ReturnLine, ReturnRequest
from returns.services import exchange_offers, exchange_orders, exchanges, progress
from returns.services.exchanges import VariantGone
from tests.factories import core as people
from tests.factories import exchanges as make
from tests.factories import orders
from tests.factories.return_labels import NOW, approve

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
DAY = dt.timedelta(days=1)


def settle():
    """Deliver what was published and run what was queued, until nothing is left."""
    for minutes in range(1, 6):
        deliver_due(clock.now() + dt.timedelta(minutes=minutes))
        jobs.run_due(clock.now() + dt.timedelta(minutes=minutes))


@pytest.fixture
def shirts():
    return make.shirts()


def kept(request):
    """Approve a request and return its exchange."""
    approve(request)
    settle()
    return Exchange.objects.get(line__request=request)


def level(code):
    return StockLevel.objects.get(sku__code=code)


def inspect(request, accepted):
    """Take a return through arrival and inspection, with so many units accepted."""
    for event in ("arrive", "inspect"):
        if event == "inspect":
            ReturnLine.objects.filter(request=request).update(
                received_qty=1, accepted_qty=accepted, refused_qty=1 - accepted
            )
        progress.move(request.pk, event, actor=ANN, at=NOW + 5 * DAY)
        settle()
    request.refresh_from_db()


def test_x22_offers_are_variants_free_after_safety_stock_with_their_difference(shirts):
    request = make.wanted(shirts)
    line = request.lines.get()

    found = exchanges.offers(line.order_line_id, at=NOW)
    assert [(one.sku_code, one.available_qty, one.difference_amount) for one in found] == [
        ("SHIRT-L", 2, Decimal("0.00")),
        ("SHIRT-XL", 1, Decimal("3.50")),
    ]
    assert [one.unit_price_amount for one in found] == [Decimal("10.00"), Decimal("13.50")]
    StockLevel.objects.filter(sku__code="SHIRT-L").update(buffer=1)
    two = exchanges.offers(line.order_line_id, at=NOW, qty=2)
    assert two == []
    StockLevel.objects.filter(sku__code="SHIRT-L").update(buffer=2)
    assert [one.sku_code for one in exchanges.offers(line.order_line_id, at=NOW)] == ["SHIRT-XL"]
    large = Sku.objects.get(code="SHIRT-L")
    with pytest.raises(VariantGone, match="SHIRT-L is sold out"):
        exchanges.still_offered(line.order_line_id, large.pk, 1, at=NOW)


def test_x22_offers_cost_the_same_queries_for_many_variants(shirts, django_assert_max_num_queries):
    line = make.wanted(shirts).lines.get()
    product = Product.objects.get(code="SHIRT")
    for number in range(20):
        row = orders.sku(f"SHIRT-{number:02}", product=product)
        orders.put(row, shirts, 1)

    with django_assert_max_num_queries(9):
        found = exchanges.offers(line.order_line_id, at=NOW)

    assert len(found) == 22


def test_x22_approval_keeps_the_unit_for_ten_days_visibly(shirts, client):
    request = make.wanted(shirts)
    assert level("SHIRT-L").reserved == 0

    exchange = kept(request)

    promise = Reservation.objects.get(owner_key=exchange.line.key)
    assert (exchange.state, exchange.warehouse_id, exchange.qty) == ("reserved", shirts.pk, 1)
    assert (promise.purpose, promise.qty, promise.state) == ("EXCHANGE", 1, "pending")
    assert exchange.expires_at == promise.expires_at == NOW + 10 * DAY
    assert level("SHIRT-L").atp_qty == 1
    people.sign_in(client, people.make_user(role="warehouse_manager"))
    shown = client.get(reverse("sku", args=[exchange.sku_id])).content.decode()
    assert "1 for exchanges" in shown
    assert exchanges.open_for(exchange.line_id, actor=ANN, at=NOW + DAY).pk == exchange.pk
    assert exchanges.for_request(request.pk) == [exchange]
    assert request.steps.filter(code="EXCHANGE_RESERVED", is_public=True).count() == 1


def test_x22_the_scan_in_transit_keeps_it_longer_and_arrival_orders_it_on_hold(shirts):
    request = make.wanted(shirts)
    exchange = kept(request)
    later = NOW + 6 * DAY

    progress.move(request.pk, "hand_over", actor=ANN, at=later)
    settle()
    exchange.refresh_from_db()
    assert (exchange.expires_at, exchange.extended_at) == (later + 14 * DAY, later)
    assert Reservation.objects.get(owner_key=exchange.line.key, state="pending").expires_at == (
        later + 14 * DAY
    )
    assert exchanges.extend(exchange.pk, actor=ANN, at=later).expires_at == later + 14 * DAY
    progress.move(request.pk, "arrive", actor=ANN, at=later + DAY)
    settle()

    exchange.refresh_from_db()
    order = exchange.order
    assert (exchange.state, order.stage, order.replaces) == ("ordered", "held", request.order)
    assert (order.total_amount, order.external_id) == (0, f"{request.number}-1-{exchange.pk}")
    hold = OrderHold.objects.get(order=order)
    assert (hold.kind, hold.stock_until) == (HoldKind.AWAITING_RETURN, None)
    assert (level("SHIRT-L").reserved, level("SHIRT-L").atp_qty) == (1, 1)
    assert Reservation.objects.get(
        level__sku__code="SHIRT-L", state="pending"
    ).owner_key.startswith("shipment_line:")
    assert exchange_orders.order_now(exchange.pk, actor=ANN, at=later).order_id == order.pk
    assert Order.objects.filter(replaces=request.order).count() == 1


def test_x22_an_accepted_inspection_sends_it_and_closes_the_line(shirts):
    request = make.wanted(shirts)
    exchange = kept(request)

    inspect(request, accepted=1)

    exchange.refresh_from_db()
    assert exchange.state == "done"
    assert exchange.order.stage == "routed"
    assert not OrderHold.objects.filter(order=exchange.order, released_at__isnull=True).exists()
    assert Shipment.objects.get(order=exchange.order).status == "planned"
    assert request.lines.get().state == "closed"
    assert request.status == "resolved"
    assert Refund.objects.count() == 0


def test_x22_goods_that_are_not_accepted_take_the_order_back(shirts):
    request = make.wanted(shirts)
    exchange = kept(request)

    inspect(request, accepted=0)

    exchange.refresh_from_db()
    assert (exchange.state, exchange.order.stage) == ("released", "cancelled")
    assert level("SHIRT-L").atp_qty == 2


def test_x22_a_dearer_variant_waits_for_the_payment_and_charges_nobody(shirts):
    request = make.wanted(shirts, "SHIRT-XL")
    exchange = kept(request)
    assert exchange.difference_amount == Decimal("3.50")

    inspect(request, accepted=1)

    exchange.refresh_from_db()
    order = exchange.order
    assert (order.total_amount, order.paid_amount) == (Decimal("3.50"), 0)
    standing = OrderHold.objects.filter(order=order, released_at__isnull=True)
    assert list(standing.values_list("kind", flat=True)) == [HoldKind.PAYMENT]


def test_x22_a_cheaper_variant_gives_the_difference_back_once(shirts):
    Sku.objects.filter(code="SHIRT-L").update(list_price=Decimal("18.25"))
    request = make.wanted(shirts)
    exchange = kept(request)

    inspect(request, accepted=1)
    exchange_orders.settle(exchange.pk, at=NOW + 6 * DAY)
    settle()

    refund = Refund.objects.get()
    assert (refund.amount, refund.order) == (Decimal("1.75"), request.order)
    exchange.refresh_from_db()
    assert exchange.order.total_amount == 0


def test_x22_time_over_gives_the_unit_back_and_asks_the_customer(shirts):
    request = make.wanted(shirts)
    exchange = kept(request)
    over = NOW + 10 * DAY

    assert exchanges.expire_due(as_of=over - dt.timedelta(seconds=1)) == 0
    # Stock lets the promise lapse by itself at the same minute: both orders of the two must do.
    releasing.expire_due(over)
    assert exchanges.expire_due(as_of=over) == 1
    assert exchanges.expire_due(as_of=over) == 0

    exchange.refresh_from_db()
    assert (exchange.state, level("SHIRT-L").atp_qty) == ("expired", 2)
    with pytest.raises(exchanges.ExchangeMoved):
        exchange_orders.order_now(exchange.pk, actor=ANN, at=over)
    with pytest.raises(exchanges.ChoiceUnknown):
        exchanges.choose(exchange.pk, "lottery", actor=ANN, at=over)
    exchanges.choose(exchange.pk, "store_credit", actor=ANN, at=over)
    exchange.refresh_from_db()
    assert (exchange.state, request.lines.get().resolution) == ("converted", "store_credit")


def test_x22_who_waits_gets_the_next_unit(shirts):
    request = make.wanted(shirts, "SHIRT-S")
    exchange = kept(request)
    assert (exchange.state, exchange.expires_at) == ("expired", None)

    exchanges.choose(exchange.pk, "wait", actor=ANN, at=NOW)
    exchange.refresh_from_db()
    assert exchange.state == "waiting"
    orders.put(Sku.objects.get(code="SHIRT-S"), shirts, 1)
    settle()

    exchange.refresh_from_db()
    assert (exchange.state, level("SHIRT-S").reserved) == ("reserved", 1)


@pytest.mark.parametrize("event", ["cancel", "expire"])
def test_x22_the_end_of_a_return_gives_the_unit_back(shirts, event):
    request = make.wanted(shirts)
    exchange = kept(request)

    progress.move(request.pk, event, actor=ANN, at=NOW + DAY)
    settle()

    exchange.refresh_from_db()
    assert (exchange.state, level("SHIRT-L").reserved) == ("released", 0)


def test_x22_a_policy_that_trusts_sends_at_the_first_scan(shirts):
    request = make.wanted(shirts, processing_event=ReturnRequest.Event.IN_TRANSIT)
    exchange = kept(request)

    progress.move(request.pk, "hand_over", actor=ANN, at=NOW + DAY)
    settle()

    exchange.refresh_from_db()
    assert (exchange.state, exchange.order.stage) == ("done", "routed")
    assert request.lines.get().state == "open"
    inspect(request, accepted=1)
    assert request.lines.get().state == "closed"


def test_a_replacement_of_what_the_customer_keeps_goes_out_at_once(shirts):
    request = make.wanted(shirts, "SHIRT-M", resolution="replacement", method="keep")
    ReturnLine.objects.filter(request=request).update(
        is_kept=True, exchange_sku=None, accepted_qty=1
    )

    exchange = kept(request)

    assert (exchange.kind, exchange.sku.code, exchange.state) == (
        "replacement",
        "SHIRT-M",
        "done",
    )
    assert OrderLine.objects.get(order=exchange.order).unit_price == 0
    assert exchange.order.stage == "routed"


def test_a_repair_keeps_no_unit_until_it_is_done(shirts):
    request = make.wanted(shirts, "SHIRT-M", resolution="repair")

    exchange = kept(request)

    assert (exchange.kind, exchange.state) == ("repair", "waiting")
    assert not Reservation.objects.filter(owner_key=exchange.line.key).exists()


def test_x22_some_units_accepted_leave_the_order_held_for_a_person(shirts):
    request = make.wanted(shirts, qty=2)
    exchange = kept(request)
    progress.move(request.pk, "arrive", actor=ANN, at=NOW + DAY)
    settle()
    ReturnLine.objects.filter(request=request).update(received_qty=2, accepted_qty=1, refused_qty=1)
    progress.move(request.pk, "inspect", actor=ANN, at=NOW + DAY)
    settle()

    exchange.refresh_from_db()
    assert (exchange.state, exchange.order.stage) == ("ordered", "held")
    assert request.steps.get(code="EXCHANGE_UNDECIDED").data["accepted"] == 1
    exchange_orders.complete(exchange.pk, actor=ANN, at=NOW + 2 * DAY)
    exchange.order.refresh_from_db()
    assert exchange.order.stage == "routed"


def test_x22_a_customer_sees_the_dozen_variants_nearest_in_price():
    found = [
        exchange_offers.Offer(pk, f"S{pk:02}", "", "", 5, Decimal(1), Decimal(step), "USD")
        for pk, step in enumerate([9, -3, 0, 3, 0, *range(10, 20)], start=1)
    ]

    shown = exchange_offers.nearest(found)

    assert [one.sku_code for one in shown[:5]] == ["S03", "S05", "S02", "S04", "S01"]
    assert len(shown) == 12
