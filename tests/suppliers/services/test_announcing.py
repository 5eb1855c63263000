"""Staff announce what comes of a purchase order; the dock opens it by the order's number."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from core.gs1 import sscc
from core.models import AuditEntry, OutboxEvent
from suppliers.models import Asn, AsnContent, PurchaseLine, PurchaseOrder
from suppliers.queries.on_order import on_order
from suppliers.services import announcing, arrivals
from suppliers.services.announce_errors import ArrivalCame, DayTooFar, NothingToCome, OverOrder
from suppliers.services.drafts import OrderArrivalDraft
from suppliers.services.errors import NothingAnnounced
from tests.factories import core as people
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.factories.supplier_terms import ORDER_DAY

pytestmark = pytest.mark.django_db
NOW = buy.NOW
ETA = ORDER_DAY + dt.timedelta(days=50)


@pytest.fixture
def order():
    """100 tins and 50 boxes, at the supplier."""
    trade = buy.trade(code="HILL", is_new=False, inspection="none", over_pct=10, over_qty=5)
    inbound.dock(trade.place)
    needs = {buy.goods(trade, "TIN", "10"): 100, buy.goods(trade, "BOX", "4"): 50}
    return buy.sent(trade, needs, required_by=ORDER_DAY + dt.timedelta(days=40))


def line(order, code) -> PurchaseLine:
    return order.lines.select_related("sku").get(sku__code=code)


def announce(order, units, **more) -> Asn:
    by_line = {line(order, code).pk: qty for code, qty in units.items()}
    draft = OrderArrivalDraft(order_id=order.pk, units=by_line, **more)
    return announcing.announce(draft, actor=inbound.SYSTEM, at=NOW)


def test_an_arrival_of_an_order_is_tied_line_by_line_and_moves_its_day(order):
    asn = announce(order, {"TIN": 60}, expected_on=ETA, reference="SHIP-1", carrier="Ocean")

    rows = asn.lines.values_list("sku__code", "announced_qty", "purchase_line__order")
    assert list(rows) == [("TIN", 60, order.pk)]
    assert (asn.purchase_order_id, asn.state, asn.reference) == (order.pk, "announced", "SHIP-1")
    now = PurchaseOrder.objects.get()
    assert (line(order, "TIN").shipped_qty, now.expected_on) == (60, ETA)
    assert OutboxEvent.objects.filter(name="suppliers.eta_changed").count() == 1
    position = on_order()[asn.warehouse_id, line(order, "TIN").sku_id]
    assert (position.open_qty, position.in_transit_qty) == (40, 60)


def test_no_more_is_announced_than_is_open_until_an_arrival_is_cancelled(order):
    first = announce(order, {"TIN": 60, "BOX": 50})

    with pytest.raises(OverOrder) as over:
        announce(order, {"TIN": 41})
    for nothing in ({}, {"TIN": 0}):
        with pytest.raises(NothingAnnounced):
            announce(order, nothing)
    with pytest.raises(DayTooFar):
        announce(order, {"TIN": 40}, expected_on=ORDER_DAY + dt.timedelta(days=400))
    arrivals.cancel(first.pk, reason="wrong", actor=inbound.SYSTEM, at=NOW)
    again = announce(order, {"TIN": 100, "BOX": 50})

    assert over.value.data == {"sku": "TIN", "left": 40}
    assert [row.state for row in Asn.objects.order_by("pk")] == ["cancelled", "announced"]
    assert (line(order, "TIN").shipped_qty, again.lines.count()) == (100, 2)
    arrivals.close_short(again.pk, reason="NOT_SENT", actor=inbound.SYSTEM, at=NOW)
    assert (line(order, "TIN").shipped_qty, line(order, "TIN").open_qty) == (0, 100)


def test_drafts_and_ended_orders_get_no_arrivals(order):
    trade = buy.trade(code="LAKE")
    draft = buy.draft(trade, {buy.goods(trade, "POT", "2"): 5})
    PurchaseOrder.objects.filter(pk=order.pk).update(state="closed", closed_at=NOW)

    for found in (draft, order):
        with pytest.raises(NothingToCome):
            announcing.announce(
                OrderArrivalDraft(order_id=found.pk, units={found.lines.first().pk: 1}),
                actor=inbound.SYSTEM,
                at=NOW,
            )
        with pytest.raises(NothingToCome):
            announcing.come_of_order(found.pk, actor=inbound.SYSTEM, at=NOW)
    assert Asn.objects.count() == 0


def test_x16_goods_nobody_announced_are_counted_against_the_order_they_name(order):
    announced = announce(order, {"TIN": 60})
    first = announcing.come_of_order(order.pk, actor=inbound.SYSTEM, at=NOW)
    arrivals.cancel(first.pk, reason="wrong", actor=inbound.SYSTEM, at=NOW)

    asn = announcing.come_of_order(order.pk, actor=inbound.SYSTEM, at=NOW)
    same = announcing.come_of_order(order.pk, actor=inbound.SYSTEM, at=NOW)
    opened = inbound.receipt(asn)
    kinds = inbound.count(opened, line(order, "TIN").sku, 130)

    assert (first, same) == (announced, asn)
    assert dict(asn.lines.values_list("sku__code", "announced_qty")) == {"TIN": 100, "BOX": 50}
    assert (asn.is_unplanned, asn.expected_on) == (False, order.due_on)
    assert kinds == {"good": 100, "over": 30}
    assert line(order, "TIN").received_qty == 100


def test_an_announced_arrival_gets_another_day_until_it_came(order):
    asn = announce(order, {"TIN": 60, "BOX": 50}, expected_on=ETA)
    later = ETA + dt.timedelta(days=9)

    moved = announcing.reschedule(asn.pk, expected_on=later, actor=inbound.SYSTEM, at=NOW)
    announcing.reschedule(asn.pk, expected_on=later, actor=inbound.SYSTEM, at=NOW)
    with pytest.raises(DayTooFar):
        announcing.reschedule(asn.pk, expected_on=dt.date(2062, 1, 1), actor=inbound.SYSTEM, at=NOW)
    inbound.receipt(asn)
    with pytest.raises(ArrivalCame):
        announcing.reschedule(asn.pk, expected_on=ETA, actor=inbound.SYSTEM, at=NOW)

    assert (moved.expected_on, PurchaseOrder.objects.get().expected_on) == (later, later)
    note = AuditEntry.objects.get(action="suppliers.arrival_rescheduled")
    assert note.after == {"expected_on": [ETA.isoformat(), later.isoformat()]}


def test_p7_a_warehouse_manager_announces_what_is_open_without_seeing_a_price(order, client):
    manager = people.sign_in(client, people.make_user("warehouse_manager"))
    PurchaseLine.objects.filter(order=order).update(unit_price="78.654321")
    url = reverse("purchase-order-arrival", args=[order.pk])
    tin, box = line(order, "TIN").pk, line(order, "BOX").pk

    page = manager.get(reverse("purchase-order", args=[order.pk])).content.decode()
    form = manager.get(url).content.decode()
    too_many = manager.post(url, {f"qty_{tin}": "101"})
    done = manager.post(url, {f"qty_{tin}": "100", f"qty_{box}": "", "reference": "SHIP-1"})

    assert url in page
    assert f'name="qty_{tin}" value="100"' in form
    assert "78.65" not in page + form
    assert (too_many.status_code, done.status_code) == (422, 303)
    assert "100 units are still open on the order" in too_many.content.decode()
    asn = Asn.objects.get()
    assert done.headers["Location"] == reverse("arrival", args=[asn.pk])
    day = reverse("arrival-day", args=[asn.pk])
    assert manager.post(day, {"expected_on": "2062-01-01"}).status_code == 422
    assert manager.post(day, {"expected_on": ""}).status_code == 422
    manager.post(url, {f"qty_{box}": "50"})
    assert "Nothing of this order is still to be announced." in manager.get(url).content.decode()


def test_the_arrival_page_shows_what_lies_in_which_carton(order, client):
    office = people.sign_in(client, people.make_user("buyer"))
    asn = announce(order, {"TIN": 60})
    carton = asn.cartons.create(sscc=sscc("4006381", 1))
    rows = [(carton, 40, "L1", dt.date(2027, 5, 6)), (None, 20, "", None)]
    for position, (box, qty, lot, expires_on) in enumerate(rows, start=1):
        AsnContent.objects.create(
            asn_line=asn.lines.get(),
            carton=box,
            position=position,
            qty=qty,
            lot_code=lot,
            expires_on=expires_on,
        )

    page = office.get(reverse("arrival", args=[asn.pk])).content.decode()

    for shown in (carton.sscc, "L1", "2027-05-06", "loose", "1 carton", order.number):
        assert shown in page
