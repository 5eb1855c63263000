"""X22 under contention: the last unit goes to one, and an order never meets its own expiry."""

import datetime as dt

import pytest
from django.db import connection

from core.actors import Actor
from inventory.models import Reservation, StockLevel
from orders.models import Order
from returns.models import Exchange, ReturnRequest
from returns.services import exchange_orders, exchanges, progress
from returns.services.exchanges import ExchangeMoved, VariantGone
from tests.factories import exchanges as make
from tests.factories.return_labels import NOW, approve
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("user", 7, "Ann")
OVER = NOW + dt.timedelta(days=10)


def two_for_the_last():
    """Return the lines of two approved returns that both want the only XL."""
    place = make.shirts()
    requests = [make.wanted(place, "SHIRT-XL") for _one in range(2)]
    for request in requests:
        approve(request)
    return [request.lines.get().pk for request in requests]


def opening(line_id):
    return lambda: exchanges.open_for(line_id, actor=ANN, at=NOW)


def test_x22_the_last_unit_is_kept_for_one_of_two_exchanges():
    lines = two_for_the_last()

    outcomes = race([opening(pk) for pk in lines])

    assert wins(outcomes) == 1
    [lost] = [one.error for one in outcomes if not one.won]
    assert isinstance(lost, VariantGone)
    assert Exchange.objects.get().state == "reserved"
    assert StockLevel.objects.get(sku__code="SHIRT-XL").reserved == 1
    assert_books_balance()


def test_x22_without_the_promise_in_stock_both_would_have_the_last_unit(monkeypatch):
    lines = two_for_the_last()
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(exchanges.reservations, "reserve", lambda *_demands, **_call: [])
    monkeypatch.setattr(exchanges, "best_place", meeting.after(exchanges.best_place))
    monkeypatch.setattr(progress, "lock", _read)
    monkeypatch.setattr(exchanges.closing.progress, "lock", _read)

    outcomes = one_by_one_where_one_writes([opening(pk) for pk in lines], meeting)

    assert wins(outcomes) == 2
    assert Exchange.objects.filter(state="reserved").count() == 2
    assert StockLevel.objects.get(sku__code="SHIRT-XL").atp_qty == 1


def one_by_one_where_one_writes(competitors, meeting):
    """Race them; a database with one writer at a time lets them look one after the other."""
    if connection.vendor == "sqlite":
        meeting.patience_s = 0
    return race(competitors)


def _read(request_id):
    return ReturnRequest.objects.get(pk=request_id)


def kept():
    place = make.shirts()
    request = make.wanted(place)
    approve(request)
    return exchanges.open_for(request.lines.get().pk, actor=ANN, at=NOW)


def ordering(exchange):
    return lambda: exchange_orders.order_now(exchange.pk, actor=ANN, at=OVER)


def test_x22_an_order_at_the_minute_of_expiry_has_the_unit_or_does_not_exist():
    exchange = kept()

    ordered, expired = race(
        [ordering(exchange), lambda: exchanges.expire_due(as_of=OVER)], timeout_s=90
    )

    exchange.refresh_from_db()
    placed = Order.objects.filter(replaces__isnull=False).count()
    assert expired.won
    assert (placed, expired.value) in {(1, 0), (0, 1)}
    assert ordered.won == bool(placed)
    assert exchange.state == ("ordered" if placed else "expired")
    assert placed or isinstance(ordered.error, ExchangeMoved)
    pending = Reservation.objects.filter(state="pending", level__sku__code="SHIRT-L")
    assert [row.owner_key.partition(":")[0] for row in pending] == ["shipment_line"] * placed
    assert_books_balance()


def test_x22_without_the_guard_an_expired_exchange_would_still_be_ordered(monkeypatch):
    exchange = kept()
    stale = Exchange.objects.select_related("line__order_line", "sku").get(pk=exchange.pk)
    exchanges.expire_due(as_of=OVER)
    monkeypatch.setattr(exchange_orders, "lock", lambda _pk: (stale.line.request, stale))
    monkeypatch.setattr(exchange_orders, "change", _change_unguarded)

    ordering(exchange)()

    assert Exchange.objects.get().state == "ordered"
    assert [step.code for step in stale.line.request.steps.order_by("pk")][-2:] == [
        "EXCHANGE_EXPIRED",
        "EXCHANGE_ORDERED",
    ]


def _change_unguarded(row, event, **columns):
    states = {"order": "ordered", "complete": "done"}
    Exchange.objects.filter(pk=row.pk).update(state=states[event], **columns)


def test_x22_one_line_asked_for_twice_at_once_keeps_one_unit():
    place = make.shirts()
    request = make.wanted(place)
    approve(request)
    line_id = request.lines.get().pk

    outcomes = race([opening(line_id)] * 3)

    assert {one.value.pk for one in outcomes if one.won} == {Exchange.objects.get().pk}
    assert StockLevel.objects.get(sku__code="SHIRT-L").reserved == 1
