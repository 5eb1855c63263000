"""C8, C9: sign in by mail, orders, profile; rel_s10, rel_h_08: everybody sees their own alone."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
import time_machine
from django.core import mail as sent
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import portal_accounts
from core import jobs, settings_store
from core.actors import SYSTEM
from core.models import Job
from customers.models import (
    CustomerAddress,
    NotificationChoice,
    PortalAccount,
    PortalSession,
    PrivacyRequest,
    SignInLink,
)
from customers.services import accounts, copies, privacy
from orders.models import Order
from orders.models.orders import OrderStatus
from shipping.services import portal
from shipping.services.portal import TrackedOrderDraft
from tests.factories import customers as people
from tests.factories import orders as make
from tests.factories import returns as returned
from tests.factories.accounts import LINK, open_session

pytestmark = pytest.mark.django_db
NOW = returned.ASKED


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def ask(client, email, **more):
    return client.post(reverse("account-sign-in"), {"email": email}, **more)


def bought(email="ada@example.org", **more):
    """Return an order that arrived, of a customer with this address."""
    returned.stocked("TEA")
    customer = people.make_customer(email=email, address=people.address())
    order = returned.delivered_order(email=email, **more)
    Order.objects.filter(pk=order.pk).update(customer=customer)
    portal.publish_orders([TrackedOrderDraft(order.key, order.number, email)], at=NOW)
    return order, customer


def test_a_customer_signs_in_by_mail_and_the_link_works_once(client):
    order, _customer = bought()
    asked = ask(client, " Ada@Example.org ")
    jobs.run_due(now=NOW + dt.timedelta(seconds=1))
    jobs.run_due(now=NOW + dt.timedelta(seconds=2))
    token = LINK.findall(sent.outbox[-1].body)[-1]
    link = reverse("account-enter", args=[token])

    shown = client.get(link)
    entered = client.post(link, headers={"user-agent": "Mozilla Windows Firefox/130"})
    orders = client.get(entered["Location"])
    again = client.post(link)

    assert asked.status_code == 200
    assert "If we know this address" in asked.content.decode()
    assert sent.outbox[-1].to == ["Ada@Example.org"]
    assert "Show my orders" in shown.content.decode()
    assert entered["Location"] == "/account/"
    cookie = entered.cookies["quayside_customer"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/account/", True, "Lax")
    assert f"Order {order.number}" in orders.content.decode()
    assert "Delivered" in orders.content.decode()
    assert orders["Cache-Control"] == "no-store, private"
    assert again.status_code == 404
    assert "was used or is too old" in again.content.decode()
    assert PortalSession.objects.get().device == "Firefox · Windows"
    spent = SignInLink.objects.get()
    assert (spent.state, spent.email) == ("used", "")


def test_a_link_dies_after_its_minutes_and_an_unknown_address_gets_no_mail(client):
    bought()
    ask(client, "ada@example.org")
    ask(client, "nobody@example.org")
    jobs.run_due(now=NOW + dt.timedelta(seconds=1))
    jobs.run_due(now=NOW + dt.timedelta(seconds=2))
    token = LINK.findall(sent.outbox[-1].body)[-1]

    with time_machine.travel(NOW + dt.timedelta(minutes=21), tick=False):
        late = client.post(reverse("account-enter", args=[token]))

    assert [message.to for message in sent.outbox] == [["ada@example.org"]]
    assert late.status_code == 404
    assert not PortalAccount.objects.exists()
    unknown = SignInLink.objects.order_by("-pk").first()
    assert (unknown.state, unknown.email, unknown.token_hash) == ("void", "", None)


def test_rel_s10_known_and_unknown_addresses_get_the_same_answer_by_the_same_queries(client):
    bought()
    answers, queries = [], []
    ask(client, "warm@example.org")
    for email in ("ada@example.org", "eve@example.org"):
        with CaptureQueriesContext(connection) as captured:
            answers.append(ask(client, email))
        queries.append(len(captured.captured_queries))

    known, unknown = answers
    strip = lambda response: [  # noqa: E731  # the form's own key and token differ by nature
        line
        for line in response.content.decode().splitlines()
        if "csrf" not in line and "submission_key" not in line
    ]
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert strip(known) == strip(unknown)
    assert sorted(known.headers) == sorted(unknown.headers)
    assert queries[0] == queries[1]


def test_asking_too_often_is_refused_for_known_and_unknown_alike(client):
    settings_store.put("customers.sign_in_tries_per_quarter_hour", "2", actor=SYSTEM, at=NOW)
    bought()
    codes = [
        ask(client, email, REMOTE_ADDR=f"10.0.{round_}.{place}").status_code
        for place, email in enumerate(("ada@example.org", "eve@example.org"))
        for round_ in range(3)
    ]

    assert codes == [200, 200, 429, 200, 200, 429]


def test_c8_orders_are_filtered_opened_and_offered_for_return(client):
    order, _customer = bought()
    coming = make.place_one(make.line("TEA", 1), email="ADA@example.org")
    returned.request(order)
    open_session(client, "ada@example.org", at=NOW)

    everything = client.get("/account/").content.decode()
    arrived = client.get("/account/?show=delivered").content.decode()
    opened = client.post(reverse("account-order-open", args=[order.pk]), {"to": "order"})
    back = client.post(reverse("account-order-open", args=[order.pk]), {"to": "return"})

    assert f"Order {order.number}" in everything
    assert f"Order {coming.number}" in everything
    assert "Return RMA" in everything
    assert f"Order {coming.number}" not in arrived
    assert opened["Location"].startswith("/t/")
    assert client.get(opened["Location"]).status_code == 200
    assert back["Location"].endswith("/return/")


def test_c8_the_list_asks_the_same_number_of_queries_for_one_order_and_for_ten(client):
    bought()
    open_session(client, "ada@example.org", at=NOW)
    with CaptureQueriesContext(connection) as few:
        client.get("/account/")
    make.place(*[make.draft(make.line("TEA", 1)) for _n in range(9)])
    with CaptureQueriesContext(connection) as many:
        page = client.get("/account/")

    assert page.content.decode().count("<h2 ") == 10
    assert len(many.captured_queries) == len(few.captured_queries) <= 12


def test_c9_addresses_language_mails_and_sessions_are_the_customers_to_change(client):
    _order, customer = bought()
    account = open_session(client, "ada@example.org", at=NOW)
    other = accounts.PortalSession.objects.create(
        account=account,
        token_hash="f" * 64,
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + dt.timedelta(days=1),
    )
    fields = {"name": "Ada", "line1": "5 Mill Lane", "city": "Leeds", "country": "gb"}

    missing = client.post(reverse("account-address-new"), {"name": "Ada"})
    added = client.post(reverse("account-address-new"), {**fields, "is_default": "on"})
    made = CustomerAddress.objects.get(customer=customer, is_default=True)
    changed = client.post(reverse("account-address", args=[made.pk]), {**fields, "city": "York"})
    client.post(reverse("account-language"), {"language": "zh-hans"})
    client.post(reverse("account-mails"), {"orders": "on"})
    client.post(reverse("account-sessions-end"))
    made.refresh_from_db()
    account.refresh_from_db()
    other.refresh_from_db()
    page = client.get(reverse("account-profile")).content.decode()
    client.post(reverse("account-address-remove", args=[made.pk]))

    assert missing.status_code == 422
    assert added.status_code == changed.status_code == 302
    assert (made.line1, made.city, made.country) == ("5 Mill Lane", "York", "GB")
    assert account.language == "zh-hans"
    assert NotificationChoice.objects.filter(topic="feedback", is_on=False).count() == 1
    assert other.ended_at == NOW
    assert "5 Mill Lane" in page
    assert "ada@example.org" in page
    left = CustomerAddress.objects.get(customer=customer)
    assert (left.line1, left.is_default) == ("1 Quay Street", True)


def test_c9_the_copy_holds_everything_of_the_customer_and_nothing_of_others(client):
    order, _customer = bought()
    stranger = make.place_one(make.line("TEA", 1), email="eve@example.org")
    Order.objects.filter(pk=order.pk).update(note="ring twice, our words")
    open_session(client, "ada@example.org", at=NOW)

    client.post(reverse("account-copy-ask"))
    twice = client.post(reverse("account-copy-ask"))
    _run_copy()
    row = PrivacyRequest.objects.get()
    fetched = client.get(reverse("account-copy", args=[row.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content)))
    data = json.loads(archive.read("data.json"))
    with time_machine.travel(NOW + dt.timedelta(days=8), tick=False):
        open_session(client, "ada@example.org", at=NOW + dt.timedelta(days=8))
        gone = copies.expire_due(actor=SYSTEM, at=NOW + dt.timedelta(days=8))
        late = client.get(reverse("account-copy", args=[row.pk]))

    assert twice.status_code == 409
    assert row.state == "done"
    assert data["orders.Order"][0]["number"] == order.number
    assert [one["email"] for one in data["customers.Customer"]] == ["ada@example.org"]
    assert len(data["orders.OrderLine"]) == 1
    whole = archive.read("data.json").decode()
    assert stranger.number not in [one["number"] for one in data["orders.Order"]]
    assert "eve@example.org" not in whole
    assert "our words" not in whole
    assert "token_hash" not in whole
    assert {"README.txt", "data.json", "orders.Order.csv"} <= set(archive.namelist())
    assert gone == 1
    assert late.status_code == 404


def _run_copy():
    row = PrivacyRequest.objects.get()
    copies.make(row.pk, actor=SYSTEM, at=NOW)
    assert Job.objects.filter(name="config.answer_privacy_request").count() == 1


def test_c9_an_open_order_blocks_the_erasure_in_words_and_grace_lets_it_be_taken_back(client):
    order, _customer = bought()
    coming = make.place_one(make.line("TEA", 1))
    open_session(client, "ada@example.org", at=NOW)

    blocked = client.get(reverse("account-erase")).content.decode()
    refused = client.post(reverse("account-erase"))
    Order.objects.filter(pk=coming.pk).update(status=OrderStatus.CANCELLED, stage="cancelled")
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.COMPLETED)
    asked = client.post(reverse("account-erase"))
    row = PrivacyRequest.objects.get()
    page = client.get(reverse("account-profile")).content.decode()
    kept = client.post(reverse("account-erase-keep", args=[row.pk]))
    row.refresh_from_db()

    assert f"order {coming.number} is under way" in blocked
    assert refused.status_code == 409
    assert asked.status_code == 302
    assert row.grace_until == NOW + dt.timedelta(days=14)
    assert row.due_on == (NOW + dt.timedelta(days=30)).date()
    assert "Keep my data" in page
    assert kept.status_code == 302
    assert row.state == "withdrawn"
    assert privacy.blocks(privacy.person(None, PortalAccount.objects.get())) == []


@pytest.mark.parametrize("most", [20, pytest.param(720, marks=pytest.mark.long)])
def test_rel_h_08_probes_of_a_signed_in_stranger_find_nothing(client, most):
    """Every account page, asked for somebody else's, answers as for nothing at all.

    The long form makes 5,040 probes.
    """
    order, customer = bought()
    victim = open_session(client, "ada@example.org", at=NOW)
    wanted = [privacy.ask(_wish("copy", victim), actor=accounts.actor_of(victim), at=NOW).pk]
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.COMPLETED)
    wanted.append(privacy.ask(_wish("erasure", victim), actor=SYSTEM, at=NOW).pk)
    session = PortalSession.objects.get()
    address = CustomerAddress.objects.get(customer=customer)
    client.cookies.clear()
    open_session(client, "eve@example.org", at=NOW)
    targets = [
        ("get", "account-address", address.pk),
        ("post", "account-address", address.pk),
        ("post", "account-address-remove", address.pk),
        ("post", "account-order-open", order.pk),
        ("post", "account-session-end", session.pk),
        ("get", "account-copy", wanted[0]),
        ("post", "account-erase-keep", wanted[1]),
    ]
    nothing = _plain(client.get(reverse("account-address", args=[999_999])))
    before = _facts(order, session, address)

    own = PortalSession.objects.exclude(pk=session.pk).get()
    found = []
    for method, name, number in targets:
        for pk in [number, *range(1, most + 1)]:
            if name == "account-session-end" and pk == own.pk:
                continue
            answer = getattr(client, method)(reverse(name, args=[pk]))
            if answer.status_code != 404 or _plain(answer) != nothing:
                found.append((method, name, pk, answer.status_code))

    assert found == []
    assert _facts(order, session, address) == before


def _wish(kind, account):
    return privacy.Wish(kind, "account" if kind == "copy" else "desk", None, account.pk)


def _facts(order, session, address):
    return (
        list(Order.objects.filter(pk=order.pk).values()),
        list(PortalSession.objects.filter(pk=session.pk).values()),
        list(CustomerAddress.objects.filter(pk=address.pk).values()),
        list(PrivacyRequest.objects.order_by("pk").values("pk", "state", "file")),
    )


def _plain(response):
    return [line for line in response.content.decode().splitlines() if "csrf" not in line]


def test_rel_s10_guessed_tokens_open_nothing(client):
    """A light form of the million guesses of `test_token_guesses.py`."""
    bought()
    open_session(client, "ada@example.org", at=NOW)
    client.cookies.clear()
    guesses = [accounts.new_token() for _n in range(2_000)]

    assert [one for one in guesses if accounts.session(one, at=NOW)] == []
    assert [one for one in guesses if accounts.is_living(one, at=NOW)] == []
    assert portal_accounts.is_known("") is False
    client.cookies["quayside_customer"] = guesses[0]
    assert client.get("/account/")["Location"] == "/account/sign-in/"
