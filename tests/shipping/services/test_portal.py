import datetime as dt
import re
import secrets

import pytest
from django.core import mail

from core import jobs
from core.actors import Actor
from core.models import OutboundMail
from shipping.models import Parcel, PortalAttempt, PublicLink, TrackedOrder
from shipping.services import links, portal, tracking
from shipping.services.tracking import TrackingDraft
from tests.factories.shipping import NOW, make_parcel, make_shipped, publish_order

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
LATER = NOW + dt.timedelta(minutes=20)
VISITOR = "a" * 32
DUE = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def parcel():
    parcel = make_shipped()
    publish_order(parcel)
    return parcel


def deliver(parcel, at):
    draft = TrackingDraft(parcel.tracking_number, "delivered", "delivered", at)
    tracking.record_events([draft], at=at)


def ask(parcel, email="li.wei@example.com", *, at=NOW, visitor=VISITOR):
    portal.ask_for_link(parcel.order_number, email, visitor=visitor, language="en", at=at)
    jobs.run_due(DUE)


def test_rel_h_08_a_token_is_128_random_bits_and_only_its_hash_is_kept(parcel):
    token = links.issue(parcel.order_key, at=NOW)

    row = PublicLink.objects.get()
    assert (len(token), token.isalnum()) == (22, True)
    assert row.token_hash == links.token_hash(token) != token
    assert links.find(token, at=NOW) == row
    assert len({links.new_token() for _ in range(1_000)}) == 1_000


def test_rel_h_08_a_token_of_another_purpose_opens_nothing(parcel):
    token = links.issue(parcel.order_key, at=NOW)
    PublicLink.objects.update(token_hash=links.token_hash(token, "return"))

    assert links.find(token, at=NOW) is None


def test_rel_h_08_a_link_ends_90_days_after_the_last_delivery(parcel):
    token = links.issue(parcel.order_key, at=NOW)
    deliver(parcel, NOW)

    assert links.find(token, at=NOW + dt.timedelta(days=90)) is not None
    assert links.find(token, at=NOW + dt.timedelta(days=91)) is None


def test_rel_h_08_a_parcel_on_its_way_keeps_the_link_alive(parcel):
    make_shipped(order_key=parcel.order_key)
    token = links.issue(parcel.order_key, at=NOW)
    deliver(parcel, NOW)

    assert links.find(token, at=NOW + dt.timedelta(days=200)) is not None
    assert links.find(token, at=NOW + dt.timedelta(days=366)) is None


def test_rel_h_08_a_revoked_link_opens_nothing(parcel):
    token = links.issue(parcel.order_key, at=NOW)

    first = links.revoke(parcel.order_key, actor=ANN, reason="FORWARDED", at=NOW)
    second = links.revoke(parcel.order_key, actor=ANN, reason="FORWARDED", at=NOW)

    assert (first, second) == (1, 0)
    assert links.find(token, at=NOW) is None


def test_rel_h_08_ten_thousand_guesses_open_nothing(parcel):
    links.issue(parcel.order_key, at=NOW)

    found = [links.find(links.new_token(), at=NOW) for _ in range(10_000)]

    assert set(found) == {None}


@pytest.mark.parametrize("token", ["", "short", "é" * 22, "a" * 23, "../../etc/passwd000000"])
def test_rel_h_08_what_is_no_token_never_reaches_the_database(
    parcel, token, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert links.find(token, at=NOW) is None


def test_number_and_address_together_get_a_mail_with_a_link(parcel):
    ask(parcel, "  Li.Wei@Example.com ")

    row = OutboundMail.objects.get()
    [sent] = mail.outbox
    token = re.search(r"/t/(\w+)/", sent.body)[1]
    assert (row.to, row.template) == ("Li.Wei@Example.com", "shipping/tracking_link")
    assert links.find(token, at=NOW).order_key == parcel.order_key


def test_a_wrong_address_or_number_gets_nothing_and_no_sign_of_it(parcel):
    assert ask(parcel, "someone@example.com") is None
    portal.ask_for_link("no-such", "li.wei@example.com", visitor="b", language="en", at=NOW)
    jobs.run_due(DUE)

    assert OutboundMail.objects.count() == PublicLink.objects.count() == 0


def test_nobody_can_flood_a_customer_with_links(parcel):
    for visitor in "abcdef":
        ask(parcel, visitor=visitor)

    assert OutboundMail.objects.count() == 1


def test_an_order_without_address_is_never_found():
    parcel = make_parcel()
    publish_order(parcel, email="")

    ask(parcel, "")

    assert PublicLink.objects.count() == 0


def test_a_visitor_searches_five_times_in_a_quarter_of_an_hour(parcel):
    for _ in range(5):
        ask(parcel, "wrong@example.com")

    with pytest.raises(portal.TooManyTries) as caught:
        ask(parcel)
    ask(parcel, visitor="another")
    ask(parcel, at=LATER)

    assert caught.value.data["minutes"] == 15
    assert OutboundMail.objects.count() == 2


def test_wrong_links_are_counted_and_right_ones_never(parcel):
    token = links.issue(parcel.order_key, at=NOW)
    for _ in range(portal.MISSES):
        assert portal.open_link(secrets.token_hex(11), visitor=VISITOR, at=NOW) is None

    with pytest.raises(portal.TooManyTries):
        portal.open_link(secrets.token_hex(11), visitor=VISITOR, at=NOW)

    assert portal.open_link(token, visitor=VISITOR, at=NOW).order_key == parcel.order_key


def test_past_windows_are_swept():
    portal.count_try("find", VISITOR, limit=9, at=NOW)

    assert portal.sweep_attempts(now=NOW) == 0
    assert portal.sweep_attempts(now=NOW + dt.timedelta(hours=1)) == 1
    assert PortalAttempt.objects.count() == 0


def test_the_public_view_is_renewed_in_place(parcel):
    publish_order(parcel, promised_by_on=dt.date(2026, 4, 28))

    row = TrackedOrder.objects.get()
    assert row.promised_by_on == dt.date(2026, 4, 28)
    assert "example.com" not in str(TrackedOrder.objects.values().get())


def test_a_visitor_is_counted_without_being_named():
    key = portal.visitor_key("203.0.113.9")

    assert key != portal.visitor_key("203.0.113.10")
    assert "203.0.113.9" not in key


def test_parcels_are_shown_in_packing_order_also_when_a_shipment_number_gains_a_digit(parcel):
    for number in ("S10", "S9"):
        make_parcel(order_key=parcel.order_key, shipment_number=number)

    shown = Parcel.objects.for_order(parcel.order_key).exclude(pk=parcel.pk)

    assert [row.shipment_number for row in shown] == ["S9", "S10"]
