import re

import pytest
from django.urls import reverse

from core import files
from core.models import AuditEntry
from shipping.models import Parcel, PublicLink
from shipping.services import buying, labels
from tests.factories.core import make_user, sign_in
from tests.factories.shipping import (
    NOW,
    TIN,
    make_labelled,
    make_parcel,
    make_shipped,
    publish_order,
)
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    return sign_in(client, make_user("warehouse_manager", warehouses=["RTM"]))


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_the_same_statements_for_any_number_of_parcels(desk, count):
    for _ in range(count):
        make_parcel()

    with query_baseline("parcels-index"):
        response = desk.get(reverse("parcels-index"))

    assert response.status_code == 200


def test_the_list_shows_parcels_in_scope_and_says_which_lack_a_label(desk):
    packed, labelled = make_parcel(), make_labelled()
    elsewhere = make_parcel(warehouse_code="SZX")

    everything = text_of(desk.get(reverse("parcels-index")))
    unlabelled = text_of(desk.get(reverse("parcels-index"), {"tab": "unlabelled"}))

    assert packed.number in everything
    assert labelled.tracking_number in everything
    assert elsewhere.number not in everything
    assert packed.number in unlabelled
    assert labelled.number not in unlabelled


def test_a_tracking_number_finds_its_parcel(desk):
    wanted, other = make_labelled(), make_labelled()

    found = text_of(desk.get(reverse("parcels-index"), {"q": wanted.tracking_number.lower()}))

    assert wanted.number in found
    assert other.number not in found


def test_an_empty_list_says_how_parcels_come_about(desk):
    assert "A parcel appears here when an order is packed." in text_of(
        desk.get(reverse("parcels-index"))
    )


@pytest.mark.parametrize("items", [1, 2])
def test_a_parcel_shows_its_label_content_and_way(desk, items):
    parcel = make_labelled(items=(TIN,) * items)

    with query_baseline("parcel"):
        response = desk.get(reverse("parcel", args=[parcel.pk]))
    text = text_of(response)

    assert parcel.tracking_number in text
    assert "Packed, waiting for the carrier" in text
    assert "Rose tea tin 100 g" in text
    assert "Label bought" in text


def test_street_and_phone_are_masked_for_those_who_may_not_read_them(desk, client):
    parcel = make_labelled()

    masked = text_of(desk.get(reverse("parcel", args=[parcel.pk])))
    sign_in(client, make_user("order_desk"))
    clear = text_of(client.get(reverse("parcel", args=[parcel.pk])))

    assert "Oranienstr" not in masked
    assert "Oranienstr. 24" in clear


def test_the_label_is_downloaded_as_it_was_bought(desk):
    parcel = make_labelled()
    stored = labels.get_label(parcel.pk)

    pdf = desk.get(reverse("parcel-label", args=[parcel.pk, "pdf"]))
    zpl = desk.get(reverse("parcel-label", args=[parcel.pk, "zpl"]))

    assert b"".join(pdf.streaming_content) == files.read(stored.pdf)
    assert b"".join(zpl.streaming_content) == files.read(stored.zpl)
    assert "attachment" in pdf["Content-Disposition"]


def test_printing_again_needs_a_reason_and_keeps_it(desk):
    parcel = make_labelled()
    url = reverse("parcel-label-reprint", args=[parcel.pk])

    refused = desk.post(url, {"reason": ""})
    accepted = desk.post(url, {"reason": "Printer jam"})

    assert refused.status_code == 422
    assert accepted["Location"] == reverse("parcel-label", args=[parcel.pk, "pdf"])
    assert AuditEntry.objects.get(action="shipping.label_reprinted").reason == "Printer jam"


def test_a_label_is_voided_in_a_dialog(desk):
    parcel = make_labelled()
    url = reverse("parcel-label-void", args=[parcel.pk])

    asked = desk.get(url, headers={"HX-Request": "true"})
    done = desk.post(url, {"reason": "Wrong box"})

    parcel.refresh_from_db()
    assert parcel.state == "verified"
    assert b"<html" not in asked.content
    assert done.status_code in {302, 303}


def test_voiding_after_the_parcel_left_says_why_not(desk):
    parcel = make_shipped()

    response = desk.post(reverse("parcel-label-void", args=[parcel.pk]), {"reason": "x"})

    assert response.status_code == 409
    assert "has left under this label" in text_of(response)


def test_a_missing_label_can_be_bought_from_the_page(desk, carrier):
    parcel = make_parcel()

    desk.post(reverse("parcel-label-buy", args=[parcel.pk]))
    buying.purchase_many([parcel.label_requests.get().pk], now=NOW)

    assert Parcel.objects.get(pk=parcel.pk).state == "labelled"


def test_a_customer_link_is_shown_once_and_opens_the_page(desk, client):
    parcel = make_shipped()
    publish_order(parcel)

    response = desk.post(reverse("parcel-link", args=[parcel.pk]))

    path = re.search(r"/t/[0-9A-Za-z]{22}/", response.content.decode())[0]
    assert response["Cache-Control"] == "no-store, private"
    assert PublicLink.objects.count() == 1
    assert client.get(path).status_code == 200


def test_a_parcel_of_no_order_has_no_customer_link(desk):
    parcel = make_labelled(order_key="")

    assert desk.post(reverse("parcel-link", args=[parcel.pk])).status_code == 404


def test_the_search_finds_a_parcel_by_its_label_and_only_in_scope(desk):
    parcel, elsewhere = make_labelled(), make_labelled(warehouse_code="SZX")

    found = desk.get(reverse("search"), {"q": parcel.tracking_number})
    missed = desk.get(reverse("search"), {"q": elsewhere.tracking_number})

    assert found["Location"] == reverse("parcel", args=[parcel.pk])
    assert elsewhere.number not in text_of(missed)
