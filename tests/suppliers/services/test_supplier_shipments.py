"""V4: shipments a supplier announces against an order, and the limits of fake ones."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import settings_store
from core.actors import SYSTEM, Actor
from core.gs1 import sscc
from core.models import Notice, OutboxEvent
from suppliers.models import Asn, AsnContent, PurchaseOrder
from suppliers.queries.eta import next_arrivals
from suppliers.services import answers, arrivals, supplier_shipments
from suppliers.services.answer_errors import (
    ShipmentArrived,
    ShipmentLimit,
    ShipmentNotPossible,
    ShipmentRefused,
)
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.services.supplier_shipments import ShipmentRow
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.factories.supplier_terms import ORDER_DAY

pytestmark = pytest.mark.django_db
NOW = buy.NOW
VENDOR = Actor("supplier", 1, "Hill Tea")
ETA = ORDER_DAY + dt.timedelta(days=50)
SOON = ORDER_DAY + dt.timedelta(days=20)
EXPIRY = ORDER_DAY + dt.timedelta(days=400)
ONE, TWO = sscc("4006381", 1), sscc("4006381", 2)


@pytest.fixture
def order():
    """A confirmed order of 100 tins with lots, and 50 boxes without."""
    trade = buy.trade(code="HILL")
    tins, boxes = buy.goods(trade, "TIN", "10"), buy.goods(trade, "BOX", "4")
    type(tins).objects.filter(pk=tins.pk).update(lot_tracked=True, shelf_life_days=720)
    found = buy.sent(trade, {tins: 100, boxes: 50}, required_by=ORDER_DAY + dt.timedelta(days=40))
    answers.accept(found.pk, revision=1, event_key="a", actor=VENDOR, at=NOW)
    return PurchaseOrder.objects.get(pk=found.pk)


def row(order, code, qty, code_of_carton="", lot="", expires_on=None):
    return ShipmentRow(order.lines.get(sku__code=code).pk, qty, code_of_carton, lot, expires_on)


def draft(order, *rows, **more):
    return ShipmentDraft(order_id=order.pk, rows=rows, **{"expected_on": ETA, **more})


def submit(order, *rows, **more):
    return supplier_shipments.submit(draft(order, *rows, **more), actor=VENDOR, at=NOW)


def refused(order, *rows, **more):
    with pytest.raises(ShipmentRefused) as caught:
        submit(order, *rows, **more)
    return [(problem.row, problem.code) for problem in caught.value.data["problems"]]


def test_a_shipment_becomes_an_arrival_tied_to_the_order_line_by_line(order):
    asn = submit(
        order,
        row(order, "TIN", 60, ONE, "L1", EXPIRY),
        row(order, "TIN", 20, TWO, "L2", EXPIRY),
        row(order, "BOX", 10, TWO),
        carrier="Ocean",
        reference="S-1",
    )

    asn.refresh_from_db()
    order.refresh_from_db()
    assert (asn.purchase_order, asn.state, asn.expected_on) == (order, "announced", ETA)
    assert [
        (line.sku.code, line.announced_qty, line.purchase_line.sku.code)
        for line in asn.lines.order_by("pk")
    ] == [("TIN", 80, "TIN"), ("BOX", 10, "BOX")]
    assert sorted(asn.cartons.values_list("sscc", flat=True)) == [ONE, TWO]
    assert list(
        AsnContent.objects.order_by("position").values_list(
            "carton__sscc", "qty", "lot_code", "expires_on"
        )
    ) == [(ONE, 60, "L1", EXPIRY), (TWO, 20, "L2", EXPIRY), (TWO, 10, "", None)]
    assert list(order.lines.order_by("position").values_list("shipped_qty", flat=True)) == [80, 10]
    assert order.expected_on == ETA


def test_rows_that_cannot_be_are_named_one_by_one_and_nothing_is_written(order):
    assert refused(order) == [(0, "NO_ROWS")]
    assert refused(
        order,
        row(order, "TIN", 5, ONE),
        row(order, "TIN", 0, TWO, "L1", EXPIRY),
        row(order, "TIN", 200, "123", "L1", ORDER_DAY),
        ShipmentRow(0, 4),
        row(order, "BOX", 1, ONE),
        row(order, "BOX", 1, ONE),
    ) == [
        (1, "LOT_MISSING"),
        (1, "EXPIRY_MISSING"),
        (2, "CARTON_EMPTY"),
        (3, "EXPIRED"),
        (3, "SSCC_BAD"),
        (4, "LINE_UNKNOWN"),
        (6, "ROW_TWICE"),
        (3, "OVER_ORDER"),
    ]
    assert refused(order, row(order, "BOX", 1), expected_on=None) == [(0, "DAY_MISSING")]
    assert refused(order, row(order, "BOX", 1), expected_on=ORDER_DAY + dt.timedelta(days=366)) == [
        (0, "DAY_FAR")
    ]
    assert not Asn.objects.exists()


def test_rel_h_14_all_shipments_together_announce_no_more_than_the_order(order):
    submit(order, row(order, "BOX", 30, ONE))

    assert refused(order, row(order, "BOX", 21)) == [(1, "OVER_ORDER")]
    assert refused(order, row(order, "BOX", 1, ONE)) == [(1, "SSCC_KNOWN")]
    submit(order, row(order, "BOX", 20))

    assert sum(Asn.objects.values_list("lines__announced_qty", flat=True)) == 50


def test_rel_h_14_a_supplier_announces_only_so_many_shipments_a_day_and_the_buyer_hears(order):
    settings_store.put("suppliers.arrivals_per_day", "2", actor=SYSTEM, at=NOW)
    for _day in range(2):
        submit(order, row(order, "BOX", 1))

    with pytest.raises(ShipmentLimit):
        submit(order, row(order, "BOX", 1))
    for _twice in range(2):
        supplier_shipments.raise_alarm(order, at=NOW)

    assert Asn.objects.count() == 2
    assert Notice.objects.filter(kind="shipment_limit").count() == 1
    later = NOW + dt.timedelta(days=1)
    fine = supplier_shipments.submit(draft(order, row(order, "BOX", 1)), actor=VENDOR, at=later)
    assert fine.state == "announced"


def test_rel_h_14_nothing_is_announced_of_an_order_that_is_not_confirmed():
    trade = buy.trade(code="HILL")
    order = buy.sent(trade, {buy.goods(trade, "TIN"): 10})

    with pytest.raises(ShipmentNotPossible):
        submit(order, row(order, "TIN", 1))


def test_a_shipment_is_amended_or_taken_back_until_it_arrives(order):
    asn = submit(order, row(order, "BOX", 30, ONE), row(order, "TIN", 4, "", "L1", EXPIRY))
    supplier_shipments.amend(
        asn.pk, draft(order, row(order, "BOX", 50, ONE), tracking="T1"), actor=VENDOR, at=NOW
    )
    asn.refresh_from_db()
    amended = list(asn.lines.values_list("sku__code", "announced_qty"))
    shipped = list(order.lines.order_by("position").values_list("shipped_qty", flat=True))

    supplier_shipments.take_back(asn.pk, actor=VENDOR, at=NOW)
    second = submit(order, row(order, "BOX", 50, ONE))
    Asn.objects.filter(pk=second.pk).update(state="arrived", arrived_at=NOW)

    assert (amended, shipped, asn.tracking) == ([("BOX", 50)], [0, 50], "T1")
    assert Asn.objects.get(pk=asn.pk).state == "cancelled"
    with pytest.raises(ShipmentArrived):
        supplier_shipments.amend(
            second.pk, draft(order, row(order, "BOX", 1)), actor=VENDOR, at=NOW
        )
    with pytest.raises(ShipmentArrived):
        supplier_shipments.take_back(second.pk, actor=VENDOR, at=NOW)
    assert arrivals.lock(second.pk).lines.get().announced_qty == 50


def test_b_16_an_order_that_waits_shows_when_the_next_units_come(order, client):
    make.channel()
    waiting = make.place_one(make.line("TIN", 3))
    page = reverse("order", args=[waiting.pk])
    sign_in(client, make_user("order_desk"))
    confirmed = client.get(page).content.decode()

    submit(order, row(order, "TIN", 60, ONE, "L1", EXPIRY), expected_on=SOON)
    announced = client.get(page).content.decode()

    facts = OutboxEvent.objects.filter(name="suppliers.eta_changed").order_by("pk")
    wanted = ORDER_DAY + dt.timedelta(days=40)
    assert next_arrivals({order.lines.get(sku__code="BOX").sku_id}) == {
        order.lines.get(sku__code="BOX").sku_id: wanted
    }
    assert f"Next units arrive {wanted}" in re.sub(r"<[^>]+>", "", confirmed)
    assert f"Next units arrive {SOON}" in re.sub(r"<[^>]+>", "", announced)
    assert [fact.payload["on"] for fact in facts] == [wanted.isoformat()] * 2
