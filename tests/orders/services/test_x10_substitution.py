"""X10: another SKU for a missing one, by list and consent, price and demand kept."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import jobs
from core.actors import SYSTEM
from core.models.documents import OutboundMail
from customers.models import Customer
from fulfillment.models import PickTask, ShortDecision
from fulfillment.services import document_reading, picking
from inventory.models import Reservation, Sku, StockLevel, Substitute
from orders.models import (
    Channel,
    Order,
    OrderLine,
    RefundDue,
    Shipment,
    ShipmentLine,
    SubstitutionProposal,
)
from orders.services import allocation, editing, lifecycle, substituting
from orders.services.substituting import ProposalClosed, SubstituteGone
from tests.factories import core as people
from tests.factories import customers
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.race import race

pytestmark = pytest.mark.django_db
NOW = make.NOW
DAY = dt.timedelta(hours=24)
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def shop():
    """Return a warehouse with 9 six-packs and no twelve-packs; two SIX stand in for one TWELVE."""
    return lay_out()


def lay_out():
    make.channel()
    place = make.warehouse()
    twelve, six = make.sku("TWELVE"), make.sku("SIX")
    make.put(six, place, 9)
    make.put(make.sku("CUP"), place, 9)
    Substitute.objects.create(sku=twelve, substitute=six, num=2, den=1)
    return place


def waiting(qty: int = 2, **more) -> SubstitutionProposal:
    """Return the offer made for a new order of twelve-packs, of which none is in stock."""
    order = make.place_one(make.line("TWELVE", qty, "20.00"), **more)
    jobs.run_due(NOW)
    return SubstitutionProposal.objects.get(order_line__order=order)


def answer(offer: SubstitutionProposal, *, approve: bool = True, at: dt.datetime = NOW):
    return substituting.decide(offer.pk, approve=approve, actor=SYSTEM, at=at)


def of_customer(order: Order, wish: str) -> None:
    """Make the order one of a customer who welcomes substitutes, or does not."""
    customer = customers.make_customer()
    Customer.objects.filter(pk=customer.pk).update(substitutes=wish)
    Order.objects.filter(pk=order.pk).update(customer=customer)


def reserved(code: str) -> int:
    return sum(StockLevel.objects.filter(sku__code=code).values_list("reserved", flat=True))


def ordered(offer: SubstitutionProposal) -> OrderLine:
    return OrderLine.objects.get(pk=offer.order_line_id)


def token_of(offer: SubstitutionProposal) -> str:
    """Return the secret of the link that was mailed to the customer."""
    context = OutboundMail.objects.get(dedupe_key=f"substitution:{offer.pk}").context
    return str(context["token"])


def test_x10_an_order_that_finds_no_stock_is_offered_the_substitute_for_24_hours(shop):
    offer = waiting(2)

    assert (offer.state, offer.sku.code, offer.qty, offer.substitute_qty) == ("open", "SIX", 2, 4)
    assert offer.expires_at - offer.created_at == DAY
    assert reserved("SIX") == 0
    assert ordered(offer).backorder_qty == 2
    mail = OutboundMail.objects.get(dedupe_key=f"substitution:{offer.pk}")
    assert (mail.to, mail.template) == ("ada@example.org", "orders/substitute")
    assert mail.context["item"] == "Twelve"


def test_x10_a_yes_swaps_in_one_step_and_the_line_keeps_price_and_demand(shop):
    offer = waiting(2)
    before = Order.objects.get().total_amount

    done = answer(offer)

    line = ordered(offer)
    stand_in = OrderLine.objects.get(substitute_for=line)
    part = ShipmentLine.objects.get()
    assert done.state == "approved"
    assert (line.qty, line.backorder_qty, line.substituted_qty) == (2, 0, 2)
    assert (line.unit_price, Order.objects.get().total_amount) == (Decimal("20.00"), before)
    assert (stand_in.kind, stand_in.qty, stand_in.unit_price) == ("substitute", 4, 0)
    assert (part.sku.code, part.qty, part.reserved_qty) == ("SIX", 4, 4)
    assert (reserved("SIX"), reserved("TWELVE")) == (4, 0)
    assert (Order.objects.get().stage, Order.objects.get().attention_codes) == ("routed", [])
    assert_books_balance()


def test_x10_units_of_the_original_that_are_promised_go_free_in_the_same_step(shop):
    make.put(Sku.objects.get(code="TWELVE"), shop, 1)
    Channel.objects.update(partial_policy="ship_available")
    offer = waiting(3)
    assert (offer.qty, reserved("TWELVE")) == (2, 1)

    answer(offer)

    parts = ShipmentLine.objects.filter(shipment__status="planned").order_by("sku__code")
    assert list(parts.values_list("sku__code", "qty")) == [("SIX", 4), ("TWELVE", 1)]
    assert (reserved("SIX"), reserved("TWELVE")) == (4, 1)
    assert Shipment.objects.exclude(status="cancelled").count() == 1
    assert_books_balance()


def test_x10_the_floor_picks_the_substitute_and_the_order_ships(shop):
    offer = waiting(1)
    answer(offer)
    order = Order.objects.get()

    floor.pick_all(floor.release(order))
    floor.pack_all(list(order.shipments.filter(status="picking")))

    assert PickTask.objects.get().sku.code == "SIX"
    assert Shipment.objects.get(status="packed").unit_qty == 2
    assert_books_balance()


@pytest.mark.parametrize(
    ("channel", "customer", "state"),
    [
        ("off", "always", None),
        ("propose", "never", None),
        ("propose", "always", "open"),
        ("automatic", "ask", "open"),
        ("automatic", "never", None),
        ("automatic", "always", "approved"),
    ],
)
def test_x10_only_if_channel_and_customer_allow(shop, channel, customer, state):
    Channel.objects.update(allow_substitutes=channel)
    of_customer(make.place_one(make.line("TWELVE", 1)), customer)

    jobs.run_due(NOW)

    found = list(SubstitutionProposal.objects.values_list("state", flat=True))
    assert found == ([state] if state else [])
    assert reserved("SIX") == (2 if state == "approved" else 0)


def test_x10_a_no_keeps_the_order_waiting_and_an_answer_counts_once(shop):
    offer = waiting(1)

    answer(offer, approve=False)

    with pytest.raises(ProposalClosed):
        answer(offer)
    assert ordered(offer).backorder_qty == 1
    assert reserved("SIX") == 0


def test_x10_without_an_answer_in_24_hours_the_order_keeps_waiting(shop):
    offer = waiting(1)

    early = substituting.expire_due(as_of=NOW + DAY - dt.timedelta(seconds=1))
    due = substituting.expire_due(as_of=NOW + DAY)

    assert (early, due, substituting.expire_due(as_of=NOW + DAY)) == (0, 1, 0)
    with pytest.raises(ProposalClosed):
        answer(offer, at=NOW + DAY)
    offer.refresh_from_db()
    assert (offer.state, ordered(offer).backorder_qty) == ("expired", 1)


def test_x10_a_substitute_sold_meanwhile_changes_nothing_and_the_offer_stays(shop):
    offer = waiting(2)
    make.place_one(make.line("SIX", 7))

    with pytest.raises(SubstituteGone):
        answer(offer)

    offer.refresh_from_db()
    assert (offer.state, ordered(offer).backorder_qty) == ("open", 2)
    assert not OrderLine.objects.filter(kind="substitute").exists()
    assert reserved("SIX") == 7
    assert_books_balance()


def test_x10_when_the_original_arrives_first_the_offer_is_withdrawn(shop):
    offer = waiting(1)
    make.put(Sku.objects.get(code="TWELVE"), shop, 5)
    allocation.retry_backorders(at=NOW)

    done = answer(offer)

    assert done.state == "withdrawn"
    assert (reserved("TWELVE"), reserved("SIX")) == (1, 0)


def test_x10_cancelling_the_order_removes_the_substitute_and_refunds_the_original_price(shop):
    offer = waiting(2)
    answer(offer)

    result = lifecycle.cancel(Order.objects.get().pk, reason="customer", actor=SYSTEM, at=NOW)

    assert result.refund_amount == Decimal("40.00")
    assert RefundDue.objects.get().amount == Decimal("40.00")
    assert (reserved("SIX"), reserved("TWELVE")) == (0, 0)
    assert set(OrderLine.objects.values_list("kind", "cancelled_qty", "substituted_qty")) == {
        ("goods", 2, 0),
        ("substitute", 4, 0),
    }
    assert_books_balance()


def test_x10_a_replaced_line_is_not_edited(shop):
    offer = waiting(1)
    answer(offer)
    order = Order.objects.get()

    change = editing.OrderEdit(version=order.version, qty={1: 5})

    with pytest.raises(editing.EditRefused):
        editing.edit(order.pk, change, actor=SYSTEM, at=NOW)


def test_x09_a_short_pick_without_other_cover_offers_the_substitute_and_a_yes_goes_on(shop):
    make.put(Sku.objects.get(code="TWELVE"), shop, 2)
    order = make.place_one(make.line("TWELVE", 2))
    floor.release(order)
    task = PickTask.objects.get()
    report = picking.ShortReport(task.pk, 1, "NOT_THERE", floor.tote(shop).pk)

    result = picking.report_short(report=report, actor=SYSTEM, at=NOW)
    offer = SubstitutionProposal.objects.get()
    open_before = ShortDecision.objects.filter(state="open").count()
    answer(offer)
    jobs.run_due(NOW)

    assert result.steps == [
        ("OTHER_BIN", 0),
        ("OTHER_WAREHOUSE", 0),
        ("SUBSTITUTION", 0),
        ("NEEDS_DECISION", 0),
    ]
    assert (offer.cause, offer.qty, open_before) == ("SHORT_PICK", 1, 1)
    assert ShortDecision.objects.get().choice == "substitute"
    standing, sent = Shipment.objects.order_by("pk")
    assert (standing.status, standing.exception, standing.unit_qty) == ("picking", "", 1)
    assert (sent.status, sent.unit_qty, sent.lines.get().sku.code) == ("planned", 2, "SIX")
    assert_books_balance()


def test_x10_automatic_covers_a_short_pick_at_once(shop):
    Channel.objects.update(allow_substitutes="automatic")
    make.put(Sku.objects.get(code="TWELVE"), shop, 2)
    order = make.place_one(make.line("TWELVE", 2))
    of_customer(order, "always")
    floor.release(order)
    report = picking.ShortReport(PickTask.objects.get().pk, 0, "NOT_THERE")

    result = picking.report_short(report=report, actor=SYSTEM, at=NOW)

    assert result.steps[-1] == ("SUBSTITUTION", 2)
    assert result.decision_id is None
    assert Shipment.objects.get(status="planned").lines.get().qty == 4
    assert_books_balance()


def test_x10_the_customer_answers_by_link_and_links_that_open_nothing_answer_alike(shop, client):
    offer = waiting(1)
    url = reverse("substitute-answer", args=[token_of(offer)])
    SubstitutionProposal.objects.update(expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))

    shown = client.get(url)
    said = client.post(url, {"answer": "yes"})
    used = client.get(url)
    unknown = client.get(reverse("substitute-answer", args=["x" * 22]))

    assert (shown.status_code, said.status_code) == (200, 200)
    assert f"1 {TIMES} Twelve is missing" in shown.content.decode()
    assert f"2 {TIMES} Six" in shown.content.decode()
    assert "We send the substitute" in said.content.decode()
    assert SubstitutionProposal.objects.get().state == "approved"
    assert SubstitutionProposal.objects.get().decided_by.startswith("customer")
    assert (used.status_code, unknown.status_code) == (404, 404)
    strip = re.compile(r'nonce="[^"]*"|value="[^"]*"|"[A-Za-z0-9]{32,}"')
    assert strip.sub("", used.content.decode()) == strip.sub("", unknown.content.decode())
    assert shown["Referrer-Policy"] == "same-origin"
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    codes = [
        client.get(reverse("substitute-answer", args=["x" * 22])).status_code for _ in "30" * 15
    ]
    assert codes[-1] == 429


def test_x10_the_order_desk_answers_on_the_order_page(shop, client):
    offer = waiting(1)
    SubstitutionProposal.objects.update(expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    desk = people.sign_in(client, people.make_user("order_desk"))
    order = Order.objects.get()

    page = desk.get(reverse("order", args=[order.pk])).content.decode()
    desk.post(reverse("order-substitute", args=[order.pk, offer.pk, "approve"]))
    after = desk.get(reverse("order", args=[order.pk])).content.decode()

    assert f"2 {TIMES} SIX for 1 {TIMES} TWELVE" in page
    assert "Send substitute" in page
    assert "Replaced. The substitute is reserved." in after
    assert "Send substitute" not in after
    assert reserved("SIX") == 2


@pytest.mark.parametrize(
    "row",
    [{"substitute": "TWELVE"}, {"num": 0}, {"den": 0}, {"substitute": "SIX"}],
)
def test_x10_the_list_refuses_a_sku_for_itself_no_ratio_and_a_pair_twice(shop, row):
    fields = {"substitute": "CUP", "num": 1, "den": 1, "rank": 2} | row
    fields["substitute"] = Sku.objects.get(code=fields["substitute"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitute.objects.create(sku=Sku.objects.get(code="TWELVE"), **fields)


@pytest.mark.django_db(transaction=True)
def test_x10_consent_at_the_instant_the_offer_ends_counts_for_one_side_only():
    lay_out()
    offer = waiting(1)

    said, ended = race(
        [
            lambda: answer(offer, at=NOW + DAY - dt.timedelta(seconds=1)),
            lambda: substituting.expire_due(as_of=NOW + DAY),
        ]
    )

    swapped = OrderLine.objects.filter(kind="substitute").count()
    offer.refresh_from_db()
    assert (swapped, ended.value) in {(1, 0), (0, 1)}
    assert (offer.state, said.won) == (("approved", True) if swapped else ("expired", False))
    assert_books_balance()


def test_x10_without_the_guard_an_ended_offer_would_still_be_carried_out(shop, monkeypatch):
    offer = waiting(1)
    monkeypatch.setattr(substituting, "close", _close_unguarded)

    ended = substituting.expire_due(as_of=NOW + DAY)
    answer(offer, at=NOW + DAY)

    assert (ended, OrderLine.objects.filter(kind="substitute").count()) == (1, 1)


def _close_unguarded(row, state, *, actor, at):
    SubstitutionProposal.objects.filter(pk=row.pk).update(
        state=state, decided_at=at, decided_by=actor.key
    )
    row.state = state


@pytest.mark.django_db(transaction=True)
def test_x10_consent_and_cancellation_at_once_leave_nothing_reserved(transactional_db):
    lay_out()
    offer = waiting(2)
    order_id = Order.objects.get().pk

    race(
        [
            lambda: answer(offer),
            lambda: lifecycle.cancel(order_id, reason="customer", actor=SYSTEM, at=NOW),
        ]
    )

    assert Order.objects.get().status == "cancelled"
    assert (reserved("SIX"), reserved("TWELVE")) == (0, 0)
    assert not Reservation.objects.pending().exists()
    assert_books_balance()


def test_x10_the_slip_names_both_and_the_substitute_is_worth_what_was_paid(shop):
    floor.bench(shop)
    answer(waiting(2))
    order = Order.objects.get()
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]

    (line,) = document_reading.slip(f"carton:{carton.pk}").lines

    assert (line.sku_code, line.qty, line.note) == ("SIX", 4, "instead of TWELVE")
    assert line.amount == Decimal("40.00")
