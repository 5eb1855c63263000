import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import jobs, settings_store
from core.actors import Actor
from core.events import EventFact
from core.models import OutboundMail
from orders.services import listening
from shipping.services import buying, labels, links, parcels, portal, tracking
from shipping.services.tracking import TrackingDraft
from tests.factories import orders
from tests.factories.shipping import (
    NOW,
    ItemDraft,
    make_labelled,
    make_parcel,
    make_shipped,
    publish_order,
)
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
DASH, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
DUE = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def parcel():
    parcel = make_shipped()
    publish_order(parcel)
    return parcel


def page(client, parcel, **extra):
    token = links.issue(parcel.order_key, at=NOW)
    return client.get(reverse("tracking", args=[token]), **extra)


def _order_of_wei():
    orders.channel()
    orders.flat_service()
    orders.put(orders.sku(), orders.warehouse(), 5)
    order = orders.place_one(orders.line())
    order.email, order.ship_phone = "wei@example.com", "+49 170 1234567"
    order.save()
    return order


def scan(parcel, status, hours, **more):
    at = NOW - dt.timedelta(hours=hours)
    draft = TrackingDraft(parcel.tracking_number, f"{status}{hours}", status, at, **more)
    tracking.record_events([draft], at=NOW)


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def test_the_promise_comes_first_then_the_steps_and_the_parcel(client, parcel):
    scan(parcel, "in_transit", 1, place="Rotterdam", utc_offset_min=120)

    response = page(client, parcel)
    text = text_of(response)

    assert response.status_code == 200
    assert f"Order {parcel.order_number} arrives" in text
    assert f"Thu 23 {DASH} Sat 25 Apr" in text
    assert text.index("Thu 23") < text.index("Ordered") < text.index("Parcel 1 of 1")
    assert 'aria-current="step">On the way' in response.content.decode()
    assert "On time" in text
    assert "On its way · Rotterdam" in text
    assert "Wed 22 Apr, 10:30 · Quayside Ground" in text
    assert f"2 {TIMES} Rose tea tin 100 g" in text


def test_the_page_speaks_chinese_by_link_and_remembers(client, parcel):
    token = links.issue(parcel.order_key, at=NOW)

    response = client.get(reverse("tracking", args=[token]), {"lang": "zh-hans"})
    again = client.get(reverse("tracking", args=[token]))

    assert 'lang="zh-hans"' in response.content.decode()
    assert f"2 {TIMES} 玫瑰花茶" in text_of(response)
    assert "4月23日" in text_of(again)


def test_all_parcels_of_the_order_are_shown_and_the_slowest_sets_the_step(client, parcel):
    scan(parcel, "delivered", 1)
    make_labelled(order_key=parcel.order_key, items=(ItemDraft("CUP", "Celadon cup", 1),))

    response = page(client, parcel)
    text = text_of(response)

    assert "Parcel 1 of 2" in text
    assert "Parcel 2 of 2" in text
    assert f"1 {TIMES} Celadon cup" in text
    assert 'aria-current="step">Packed' in response.content.decode()


def test_a_delivered_order_says_when(client, parcel):
    scan(parcel, "delivered", 1)

    text = text_of(page(client, parcel))

    assert f"Order {parcel.order_number} arrived" in text
    assert "Wed 22 Apr" in text


def test_a_late_order_says_so(client):
    parcel = make_shipped()
    publish_order(
        parcel, promised_from_on=dt.date(2026, 4, 18), promised_by_on=dt.date(2026, 4, 20)
    )

    assert "Later than promised" in text_of(page(client, parcel))


def test_a_parcel_not_scanned_yet_says_that_this_is_normal(client, parcel):
    text = text_of(page(client, parcel))

    assert "Handed to the carrier" in text
    assert "first scan usually comes within a working day" in text


def test_an_order_without_parcel_shows_what_is_being_prepared(client):
    parcel = make_parcel()
    publish_order(parcel, order_key="order:unpacked", order_number="77")
    parcel.order_key = "order:unpacked"

    text = text_of(page(client, parcel))

    assert "Being prepared" in text
    assert f"2 {TIMES} Rose tea tin 100 g" in text


def test_rel_h_08_the_page_shows_no_street_phone_mail_or_full_name(client, parcel):
    body = page(client, parcel).content.decode()

    for secret in ("Oranienstr", "10997", "Li Wei", "example.com", "0.94", "R2406", "RTM"):
        assert secret not in body
    assert "Wei" in body
    assert "Berlin" in body


def test_rel_h_08_the_page_is_not_stored_not_indexed_and_leaks_no_address(client, parcel):
    response = page(client, parcel)

    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    hosts = re.findall(r'(?:href|src|action)="(https?://[^"]+)"', response.content.decode())
    assert [urlsplit(host).netloc for host in hosts] == []


def test_rel_h_08_a_wrong_expired_or_revoked_link_shows_the_same_page(client, parcel):
    expired = links.issue(parcel.order_key, at=NOW - dt.timedelta(days=400))
    revoked = links.issue(parcel.order_key, at=NOW)
    links.revoke(parcel.order_key, actor=ANN, reason="x", at=NOW)

    answers = [
        client.get(reverse("tracking", args=[token]))
        for token in (links.new_token(), expired, revoked)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "Find my order" in text_of(answers[0])


def test_rel_h_08_ten_thousand_guesses_find_nothing_and_soon_have_to_wait(client, parcel):
    links.issue(parcel.order_key, at=NOW)

    statuses = [
        client.get(reverse("tracking", args=[links.new_token()])).status_code
        for _ in range(portal.MISSES + 10)
    ]

    assert statuses == [404] * portal.MISSES + [429] * 10
    assert page(client, parcel).status_code == 200


def test_rel_h_08_another_orders_link_shows_only_that_order(client, parcel):
    other = make_shipped(items=(ItemDraft("SECRET", "Somebody else's cup", 1),))
    publish_order(other)

    assert "Somebody else" not in text_of(page(client, parcel))


def test_search_answers_alike_whether_or_not_the_pair_fits(client, parcel):
    def answer(email):
        response = client.post(
            reverse("tracking-find"), {"order_number": parcel.order_number, "contact": email}
        )
        return response.status_code, re.sub(r'value="[^"]{16,}"', "", response.content.decode())

    right, wrong = answer("li.wei@example.com"), answer("nobody@example.com")
    jobs.run_due(DUE)

    assert right == wrong
    assert right[0] == 200
    assert OutboundMail.objects.count() == 1


def test_the_mail_carries_a_link_that_opens_the_page(client, parcel):
    client.post(
        reverse("tracking-find"),
        {"order_number": parcel.order_number, "contact": "li.wei@example.com"},
    )
    jobs.run_due(DUE)
    jobs.run_due(DUE)

    [sent] = mail.outbox
    path = urlsplit(re.search(r"https?://\S+", sent.body)[0]).path
    assert sent.subject == f"Your link to order {parcel.order_number}"
    assert f"Order {parcel.order_number} arrives" in text_of(client.get(path))


def test_a_27_the_order_is_found_by_phone_and_the_mail_goes_to_its_own_address(client):
    order = _order_of_wei()
    listening.publish_tracked([order.pk], [EventFact(1, "orders.imported", "", NOW, {})])

    def ask(contact):
        form = {"order_number": order.number, "contact": contact}
        with CaptureQueriesContext(connection) as queries:
            response = client.post(reverse("tracking-find"), form)
        body = re.sub(r'value="[^"]{16,}"', "", response.content.decode())
        return response.status_code, body, len(queries)

    ask("0170 9999999")  # the first search of a visitor opens the count
    wrong, right = ask("0170 9999998"), ask("0170 1234567")
    for _ in range(2):
        jobs.run_due(DUE)

    assert right == wrong
    assert right[0] == 200
    links_sent = [sent for sent in mail.outbox if sent.subject.startswith("Your link")]
    assert [sent.to for sent in links_sent] == [["wei@example.com"]]


def test_a_number_too_short_for_a_phone_is_refused(client):
    form = {"order_number": "1", "contact": "12345"}

    response = client.post(reverse("tracking-find"), form)

    assert response.status_code == 422
    assert "at least 7 digits" in text_of(response)


def test_a_27_the_timeline_tells_seven_steps_one_after_the_other(client):
    parcel = make_parcel()
    publish_order(parcel)
    token = links.issue(parcel.order_key, at=NOW)

    def done():
        body = client.get(reverse("tracking", args=[token])).content.decode()
        return re.findall(r'<li data-step="done" data-code="(\w+)"', body)

    seen = [done()]
    wish = labels.request_label(parcel.pk, request_key="k", actor=ANN, at=NOW)
    buying.purchase_many([wish.pk], now=NOW)
    seen.append(done())
    parcels.hand_over([parcel.pk], manifest_number="M1", actor=ANN, at=NOW)
    parcel.refresh_from_db()
    seen.append(done())
    for status, hours in (("in_transit", 6), ("out_for_delivery", 3), ("delivered", 1)):
        scan(parcel, status, hours)
        seen.append(done())

    steps = ["ordered", "packed", "ready", "handed_over", "on_the_way", "near_you", "delivered"]
    assert seen == [steps[:length] for length in range(2, 8)]


def test_a_parcel_on_its_way_back_is_not_shown_among_those_sent(client, parcel):
    make_labelled(order_key=parcel.order_key, owner_key="rma:1")

    assert "Parcel 1 of 1" in text_of(page(client, parcel))


def test_the_page_wears_the_brand_of_the_channel(client):
    parcel = make_shipped()
    publish_order(parcel, brand={"name": "Mingjian Tea", "color": "#0b5f7e", "logo": "0" * 64})

    body = page(client, parcel).content.decode()
    sheet = client.get(reverse("portal-brand-color", args=["0b5f7e"]))

    assert "<b>Mingjian Tea</b>" in body
    assert '<link rel="stylesheet" href="/t/brand/0b5f7e.css">' in body
    assert f'src="/t/brand/{"0" * 64}.png"' in body
    assert "--p-brand:#0b5f7e" in sheet.content.decode()
    assert sheet["Content-Type"] == "text/css"
    assert client.get(reverse("portal-brand-color", args=["ffffee"])).status_code == 404
    assert client.get(reverse("portal-brand-logo", args=["0" * 64])).status_code == 404


def test_the_sixth_search_in_a_quarter_of_an_hour_has_to_wait(client, parcel):
    answers = [
        client.post(reverse("tracking-find"), {"order_number": "1", "contact": "a@example.com"})
        for _ in range(6)
    ]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Wait 15 minutes" in text_of(answers[-1])


def test_a_form_without_address_says_which_field_needs_what(client):
    response = client.post(reverse("tracking-find"), {"order_number": "1", "contact": "nope"})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert "nope" in response.content.decode()


def test_the_search_page_needs_no_sign_in_and_is_not_indexed(client):
    response = client.get(reverse("tracking-find"))

    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "<script" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_takes_the_same_statements_for_any_number_of_parcels(client, parcel, count):
    for _ in range(count - 1):
        make_shipped(order_key=parcel.order_key)
    token = links.issue(parcel.order_key, at=NOW)

    settings_store.forget()
    with query_baseline("tracking-page"):
        response = client.get(reverse("tracking", args=[token]))

    assert response.status_code == 200
