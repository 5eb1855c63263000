"""Screens of missing parcels and of claims on carriers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from returns.models import CarrierClaim, DeliveryCase, ReturnReason
from returns.services import parcel_watch
from tests.factories import claims as make
from tests.factories import core as people
from tests.factories import returns

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(client):
    """Return the client of somebody at the order desk; TEA is in stock."""
    returns.stocked("TEA", units=40)
    return people.sign_in(client, people.make_user("order_desk"))


def text_of(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def lost_parcel():
    parcel = make.parcel_of(make.sent_order(), at=now() - 20 * DAY)
    make.scan(parcel, "in_transit", now() - 19 * DAY)
    return parcel


def test_x24_the_desk_sees_a_lost_parcel_sends_it_again_and_claims(desk):
    parcel = lost_parcel()
    parcel_watch.watch(now())
    case, claim = DeliveryCase.objects.get(), CarrierClaim.objects.get()

    listed = text_of(desk, "delivery-cases", tab="decide")
    page = text_of(desk, "delivery-case", case.pk)
    claims = text_of(desk, "carrier-claims", tab="open")
    empty = desk.post(reverse("delivery-case-reship", args=[case.pk]), {"reason": ""})
    desk.post(reverse("delivery-case-reship", args=[case.pk]), {"reason": "Lost on the way"})
    twice = desk.post(reverse("delivery-case-refund", args=[case.pk]), {"reason": "Also"})
    case.refresh_from_db()

    assert parcel.number in listed
    assert "Its carrier went silent: it counts as lost." in page
    assert claim.number in page
    assert "70 days left" in claims
    assert (empty.status_code, twice.status_code) == (422, 409)
    assert case.state == "reshipped"
    assert case.reship.number in text_of(desk, "delivery-case", case.pk)

    desk.post(reverse("carrier-claim-send", args=[claim.pk]), {"reference": "T-77"})
    wrong = desk.post(reverse("carrier-claim-pay", args=[claim.pk]), {"amount": "0"})
    desk.post(reverse("carrier-claim-pay", args=[claim.pk]), {"amount": "18.00"})
    again = desk.post(reverse("carrier-claim-withdraw", args=[claim.pk]), {"reason": "x"})
    claim.refresh_from_db()

    assert (wrong.status_code, again.status_code) == (422, 409)
    assert (claim.state, claim.reference, claim.paid_amount) == (
        *("paid", "T-77", Decimal("18.00")),
    )
    assert "T-77" in text_of(desk, "carrier-claim", claim.pk)


def test_x24_the_desk_reports_what_a_customer_misses(desk):
    parcel = make.parcel_of(make.sent_order())
    url = reverse("delivery-case-new")
    unknown = desk.post(url, {"parcel": "NONE"})
    early = desk.post(url, {"parcel": parcel.number})
    make.scan(parcel, "delivered", now() - DAY)

    opened = desk.post(url, {"parcel": parcel.tracking_number, "words": "Not at the door."})
    case = DeliveryCase.objects.get()
    desk.post(reverse("delivery-case-close", args=[case.pk]), {"reason": "Found at neighbor's"})
    case.refresh_from_db()

    assert (unknown.status_code, early.status_code) == (422, 409)
    assert "There is no parcel NONE here." in unknown.content.decode()
    assert "still on its way" in early.content.decode()
    assert opened.url == reverse("delivery-case", args=[case.pk])
    assert (case.state, case.source, case.words) == ("closed", "desk", "Not at the door.")
    assert "carriers owe nothing" in text_of(desk, "delivery-case", case.pk)


def test_x24_a_return_of_broken_goods_offers_the_claim(desk):
    order = returns.delivered_order()
    make.parcel_of(order)
    request = returns.request(order)
    page = reverse("return-page", args=[request.pk])
    before = desk.get(page).content.decode()
    request.lines.update(reason=ReturnReason.objects.get(code="DAMAGED_IN_TRANSIT"))

    offered = desk.get(page).content.decode()
    desk.post(reverse("return-claim-damage", args=[request.pk]))
    claim = CarrierClaim.objects.get()
    after = desk.get(page).content.decode()

    assert "Claim from carrier" not in before
    assert "Claim from carrier" in offered
    assert claim.number in after
    assert "Claim from carrier" not in after


def _about_cases(captured) -> int:
    """Count the statements of the list itself: the frame around it keeps figures for a while."""
    tables = ("returns_deliverycase", "returns_carrierclaim")
    return sum(any(name in one["sql"] for name in tables) for one in captured.captured_queries)


@pytest.mark.parametrize("name", ["delivery-cases", "carrier-claims"])
def test_x24_lists_cost_the_same_for_one_and_for_many(desk, name):
    lost_parcel()
    parcel_watch.watch(now())
    text_of(desk, name)
    with CaptureQueriesContext(connection) as few:
        text_of(desk, name)
    for _more in range(3):
        lost_parcel()
    parcel_watch.watch(now())
    text_of(desk, name)
    with CaptureQueriesContext(connection) as many:
        text_of(desk, name)

    own = [_about_cases(one) for one in (few, many)]
    assert own[0] == own[1] <= 6
    assert len(many) <= 25
    assert DeliveryCase.objects.count() == CarrierClaim.objects.count() == 4


def test_x24_only_the_desk_decides(desk):
    lost_parcel()
    parcel_watch.watch(now())
    case = DeliveryCase.objects.get()
    reader = people.sign_in(Client(), people.make_user("warehouse_manager"))

    page = text_of(reader, "delivery-case", case.pk)

    assert "Send again" not in page
    assert reader.get(reverse("delivery-case-reship", args=[case.pk])).status_code == 403
