"""A14, O6, O7: two persons decide, contact data is masked until a reason is given."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.models import AuditEntry
from customers.models import Customer, PrivacyHold, PrivacyRequest, SignInLink
from customers.services import privacy
from customers.services.privacy import (
    AlreadyAsked,
    ErasureBlocked,
    GraceRunning,
    NeedsSecondPerson,
    Wish,
)
from tests.factories import accounts as signed
from tests.factories import customers as people
from tests.factories import orders as make
from tests.factories import returns as returned
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
NOW = returned.ASKED
ANN, BOB = Actor("user", 1001, "Ann"), Actor("user", 1002, "Bob")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def known(**fields):
    facts = {"name": "Ada Brook", "email": "ada@example.org", "phone": "+44 20 5550 100"}
    return people.make_customer(address=people.address(), **{**facts, **fields})


def test_an_erasure_needs_a_second_person_and_a_closed_grace(client):
    customer = known()
    account = signed.open_session(client, "ada@example.org", at=NOW)
    row = privacy.ask(Wish("erasure", "account", customer.pk, account.pk), actor=ANN, at=NOW)

    with pytest.raises(AlreadyAsked):
        privacy.ask(Wish("erasure", "desk", customer.pk), actor=BOB, at=NOW)
    with pytest.raises(NeedsSecondPerson):
        privacy.approve(row.pk, actor=ANN, at=NOW + dt.timedelta(days=20))
    with pytest.raises(GraceRunning):
        privacy.approve(row.pk, actor=BOB, at=NOW + dt.timedelta(days=13, hours=23))
    privacy.approve(row.pk, actor=BOB, at=NOW + dt.timedelta(days=14))
    done = privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW + dt.timedelta(days=14))

    assert (done.state, done.decided_by) == ("done", "user:1002")
    assert done.account is None
    customer.refresh_from_db()
    assert (customer.name, customer.email, customer.email_norm) == ("", "", "")
    assert list(AuditEntry.objects.of(row.key).order_by("pk").values_list("action", flat=True)) == [
        "customers.privacy_asked",
        "customers.privacy_approve",
        "customers.privacy_start",
        "customers.privacy_finish",
    ]


def test_a_legal_hold_stops_an_erasure_until_it_is_lifted():
    customer = known()
    held = privacy.hold(customer.pk, "Court case 7", actor=ANN, at=NOW)

    with pytest.raises(ErasureBlocked, match="Court case 7"):
        privacy.ask(Wish("erasure", "desk", customer.pk), actor=ANN, at=NOW)
    privacy.lift(held.pk, actor=BOB, at=NOW)
    row = privacy.ask(Wish("erasure", "desk", customer.pk), actor=ANN, at=NOW)

    assert row.state == "asked"
    assert PrivacyHold.objects.get().lifted_by == "user:1002"


def test_a_hold_placed_after_the_approval_still_stops_the_job():
    customer = known()
    row = privacy.ask(Wish("erasure", "desk", customer.pk), actor=ANN, at=NOW)
    privacy.approve(row.pk, actor=BOB, at=NOW)
    privacy.hold(customer.pk, "Tax audit", actor=ANN, at=NOW)

    with pytest.raises(ErasureBlocked):
        privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW)

    customer.refresh_from_db()
    assert customer.name == "Ada Brook"


def test_a14_the_desk_enters_approves_by_another_and_hands_out_the_copy(client):
    customer = known()
    first = make_user("admin", username="first")
    second = make_user("admin", username="second")
    sign_in(client, first)
    entered = client.post(reverse("privacy-new"), {"customer": customer.number, "kind": "copy"})
    row = PrivacyRequest.objects.get()
    page = reverse("privacy-request", args=[row.pk])
    own = client.get(page).content.decode()
    refused = client.post(reverse("privacy-approve", args=[row.pk]))
    sign_in(client, second)
    client.post(reverse("privacy-approve", args=[row.pk]))
    row.refresh_from_db()
    listed = client.get(reverse("privacy-desk")).content.decode()
    unknown = client.post(reverse("privacy-new"), {"customer": "C-NONE", "kind": "copy"})

    assert entered["Location"] == page
    assert "Another person has to approve it" in own
    assert refused.status_code == 422
    assert (row.state, row.decided_by) == ("approved", f"user:{second.pk}")
    assert row.number in listed
    assert unknown.status_code == 422
    register = client.get(reverse("privacy-register")).content.decode()
    assert "customers.Customer" in register
    assert "a country names nobody" in register


def test_o6_o7_are_masked_by_role_and_a_reason_opens_them_for_a_quarter_of_an_hour(client):
    customer = known()
    sign_in(client, make_user("warehouse_manager", username="floor"))
    page = reverse("customer-page", args=[customer.pk])

    before = client.get(page).content.decode()
    by_mail = client.get(reverse("customer-index"), {"q": "ada@example.org"}).content.decode()
    empty = client.post(reverse("customer-reveal", args=[customer.pk]))
    client.post(reverse("customer-reveal", args=[customer.pk]), {"reason": "lost parcel"})
    opened = client.get(page).content.decode()
    with time_machine.travel(NOW + dt.timedelta(minutes=16), tick=False):
        later = client.get(page).content.decode()
    sign_in(client, make_user("auditor", username="eyes"))
    audited = client.get(page).content.decode()

    assert ("Ada Brook" in before, "ada@example.org" in before) == (True, False)
    assert customer.number not in by_mail
    assert empty.status_code == 422
    assert "ada@example.org" in opened
    assert "1 Quay Street" in opened
    assert "ada@example.org" not in later
    assert "Ada Brook" not in audited
    assert "1 Quay Street" not in audited
    entry = AuditEntry.objects.get(action="customers.contact_shown")
    assert (entry.reason, entry.target_id) == ("lost parcel", str(customer.pk))


def test_o7_tags_merge_and_portal_link(client):
    customer, other = known(), known(email="ada2@example.org")
    sign_in(client, make_user("order_desk", username="desk"))

    client.post(reverse("customer-tags", args=[customer.pk]), {"tags": "vip, tea ,vip"})
    client.post(reverse("customer-send-link", args=[customer.pk]))
    wrong = client.post(reverse("customer-merge", args=[customer.pk]), {"number": "C-NONE"})
    client.post(reverse("customer-merge", args=[customer.pk]), {"number": other.number})
    customer.refresh_from_db()
    moved = client.get(reverse("customer-page", args=[other.pk]))

    assert customer.tags == ["vip", "tea"]
    assert SignInLink.objects.get().email_norm == "ada@example.org"
    assert wrong.status_code == 409
    assert Customer.objects.get(pk=other.pk).merged_into_id == customer.pk
    assert moved["Location"] == reverse("customer-page", args=[customer.pk])


def test_o6_counts_returns_and_asks_the_same_number_of_queries_for_one_and_many(client):
    returned.stocked("TEA")
    customer = known()
    order = returned.delivered_order(make.line("TEA", 1))
    type(order).objects.filter(pk=order.pk).update(customer=customer)
    Customer.objects.filter(pk=customer.pk).update(order_count=2)
    returned.request(order)
    sign_in(client, make_user("order_desk", username="desk"))
    client.get(reverse("customer-index"))

    with query_baseline("customer-index"):
        one = client.get(reverse("customer-index"))
    for number in range(20):
        known(email=f"c{number}@example.org")
    with query_baseline("customer-index"):
        many = client.get(reverse("customer-index"))
    with query_baseline("customer-page"):
        page = client.get(reverse("customer-page", args=[customer.pk]))

    assert "50" in one.content.decode()
    assert many.content.decode().count("Ada Brook") == 21
    assert page.status_code == 200
    assert "RMA" in page.content.decode()
