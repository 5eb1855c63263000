"""Labels and exchanges on the return's page (O10): what they show, and what the desk does there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, jobs
from core.events.delivering import deliver_due
from returns.models import CardHold, Exchange
from returns.services import return_labels
from tests.factories import core as people
from tests.factories import exchanges as make
from tests.factories import orders
from tests.factories.return_labels import approve, asked, placed_order
from tests.helpers.papers import codes_of

pytestmark = pytest.mark.django_db


def settle():
    for minutes in range(1, 6):
        deliver_due(clock.now() + dt.timedelta(minutes=minutes))
        jobs.run_due(clock.now() + dt.timedelta(minutes=minutes))


@pytest.fixture
def desk(client):
    people.sign_in(client, people.make_user(role="order_desk"))
    return client


@pytest.fixture
def home():
    place = orders.warehouse("LA", line1="1 Dock Rd", city="Los Angeles", postcode="90001")
    orders.put(orders.sku(), place, 20)
    return place


def page(desk, request):
    return desk.get(reverse("return-page", args=[request.pk])).content.decode()


def act(desk, name, pk, **data):
    return desk.post(reverse(name, args=[pk]), data)


def test_the_page_shows_the_label_and_gives_its_papers(desk, home):
    policy = {"label_payer": "customer", "return_shipping_amount": "4.50"}
    request = approve(asked(placed_order("DE"), home, policy=policy))
    settle()

    text = page(desk, request)
    number = return_labels.current(request.pk).parcel.tracking_number
    for said in ("Way back", "Print a label", number, "Customs statement", "Return slip", "4.50"):
        assert said in text
    paper = desk.get(reverse("return-label-file", args=[request.pk, "customs"]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.headers["Cache-Control"] == "private, no-store"
    assert ("Code128", number) in codes_of(paper.content)
    assert desk.get(reverse("return-label-file", args=[request.pk, "code"])).status_code == 404


def test_the_desk_takes_a_label_back_and_orders_a_driver(desk, home):
    request = approve(asked(placed_order(), home))
    settle()

    question = desk.get(reverse("return-label-void", args=[request.pk]))
    assert "The carrier is asked to void it" in question.content.decode()
    assert act(desk, "return-label-void", request.pk, reason="wrong way").status_code == 303
    day = return_labels.pickup_days(request.pk, at=clock.now())[0]
    refused = act(desk, "return-label-issue", request.pk, method="pickup", pickup_on="")
    assert refused.status_code == 422
    assert day.isoformat() in refused.content.decode()
    act(desk, "return-label-issue", request.pk, method="pickup", pickup_on=day.isoformat())
    settle()

    label = return_labels.current(request.pk)
    assert (label.state, label.method, label.pickup_on) == ("ready", "pickup", day)
    assert "Home pick-up" in page(desk, request)
    twice = act(desk, "return-label-issue", request.pk, method="qr")
    assert (twice.status_code, "has a label already" in twice.content.decode()) == (409, True)


def test_the_desk_sees_why_a_label_failed_and_asks_again(desk, home):
    orders.Sku.objects.filter(code="TEA").update(hs_code="")
    request = approve(asked(placed_order("DE"), home))
    settle()
    assert "CUSTOMS_DATA_MISSING: TEA (hs_code)" in page(desk, request)

    orders.Sku.objects.filter(code="TEA").update(hs_code="090230")
    assert act(desk, "return-label-retry", request.pk).status_code == 303
    settle()

    assert return_labels.current(request.pk).state == "ready"
    assert act(desk, "return-label-retry", request.pk).status_code == 409


def test_the_desk_records_the_parcel_a_customer_sent_himself(desk, home):
    request = approve(asked(placed_order(), home, method="own"))
    settle()

    act(desk, "return-label-tracking", request.pk, carrier="DHL", number="jd 1")

    request.refresh_from_db()
    assert request.status == "in_transit"
    assert "DHL JD1" in page(desk, request)


def test_the_page_shows_exchanges_and_does_what_the_customer_chose(desk):
    place = make.shirts()
    kept, gone = make.wanted(place), make.wanted(place, "SHIRT-S")
    for request in (kept, gone):
        approve(request, at=clock.now())
    settle()
    exchange = Exchange.objects.get(line__request=kept)
    CardHold.objects.create(
        exchange=exchange,
        gateway="practice",
        payment_reference="p",
        request_key="k",
        amount=10,
        currency="USD",
        state="held",
        expires_at=clock.now(),
        charge_at=clock.now(),
        asked_at=clock.now(),
    )

    text = page(desk, kept)
    for said in ("SHIRT-L", "kept in LA until", "Reserved", "charged on", "Order exchange"):
        assert said in text
    act(desk, "exchange-order", exchange.pk)
    exchange.refresh_from_db()
    assert exchange.order.stage == "held"
    assert exchange.order.number in page(desk, kept)
    act(desk, "exchange-send", exchange.pk)
    exchange.order.refresh_from_db()
    assert exchange.order.stage == "routed"
    assert act(desk, "exchange-cancel", exchange.pk, reason="late").status_code == 409

    sold_out = Exchange.objects.get(line__request=gone)
    assert "Customer chooses" in page(desk, gone)
    assert act(desk, "exchange-choose", sold_out.pk, choice="refund").status_code == 303
    assert gone.lines.get().resolution == "refund"
    assert "Turned into money" in page(desk, gone)


def test_a_repaired_unit_is_sent_when_it_is_back_in_stock(desk):
    place = make.shirts()
    request = make.wanted(place, "SHIRT-S", resolution="repair")
    approve(request, at=clock.now())
    settle()
    exchange = Exchange.objects.get(line__request=request)

    assert "is sold out" in act(desk, "exchange-repaired", exchange.pk).content.decode()
    orders.put(exchange.sku, place, 1)
    act(desk, "exchange-repaired", exchange.pk)

    exchange.refresh_from_db()
    assert (exchange.state, exchange.order.total_amount) == ("done", 0)


def test_the_parts_cost_the_same_for_many_lines(desk):
    place = make.shirts()
    request = make.wanted(place)
    approve(request, at=clock.now())
    settle()
    with CaptureQueriesContext(connection) as few:
        page(desk, request)
    line = request.lines.get()
    for position in range(2, 8):
        line.pk, line.position, line.order_line_id = None, position, None
        line.save(force_insert=True)
        Exchange.objects.create(
            line_id=line.pk,
            sku_id=line.sku_id,
            qty=1,
            state="expired",
            currency="USD",
            opened_at=clock.now(),
            opened_by="test",
        )
    with CaptureQueriesContext(connection) as more:
        text = page(desk, request)
    assert text.count("Customer chooses") == 6
    assert len(more) <= len(few)
