"""Two buyers accept one proposal, reviews overlap: one draft, one proposal; controls make two."""

from __future__ import annotations

import itertools

import pytest

from core.actors import Actor
from planning.models import CoverStatus, Proposal, ReviewRun
from planning.services import proposal_accepting, proposals, review_writing
from suppliers.models import PurchaseLine, PurchaseOrder
from tests.factories import orders as shop
from tests.factories import reviews as make
from tests.factories.reviews import NOW
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BUYERS = 4


def needed(code: str = "TEA"):
    """Return a SKU of which 120 units are proposed by sea."""
    place = shop.warehouse()
    slow = make.supplier(sea=35, air=35)
    sku = make.goods(slow, code, on_hand=10, place=place)
    make.forecast(make.run(), sku, place)
    return sku


def accept(pk: int, number: int):
    return lambda: proposals.accept([pk], actor=Actor("user", number, "A buyer"), now=NOW)


def test_x25_of_buyers_who_accept_one_proposal_all_get_the_one_draft():
    needed()
    make.review()
    pk = Proposal.objects.get().pk

    outcomes = race([accept(pk, number) for number in range(1, BUYERS + 1)])

    assert wins(outcomes) == BUYERS
    order = PurchaseOrder.objects.get()
    assert {one.value.orders[0].pk for one in outcomes} == {order.pk}
    assert sum(not one.value.already for one in outcomes) == 1
    assert PurchaseLine.objects.get().qty == 120
    assert (Proposal.objects.get().purchase_order, Proposal.objects.get().version) == (order, 2)


def test_x25_control_without_lock_and_keys_every_buyer_drafts(monkeypatch):
    needed()
    make.review()
    pk = Proposal.objects.get().pk
    meeting = Meeting(2, patience_s=ALL_COME_S)
    keys = itertools.count(1)

    def unlocked(ids):
        rows = list(Proposal.objects.filter(pk__in=ids).select_related("sku"))
        meeting.wait()
        return rows

    def unchecked(row, columns, _actor, now):
        values = {**columns, "state": "accepted", "decided_at": now}
        Proposal.objects.filter(pk=row.pk).update(**values)

    monkeypatch.setattr(proposal_accepting, "_locked", unlocked)
    monkeypatch.setattr(proposal_accepting, "_close", unchecked)
    monkeypatch.setattr(proposal_accepting, "_key", lambda *_args: f"own:{next(keys)}")

    outcomes = race([accept(pk, number) for number in (1, 2)])

    assert wins(outcomes) == 2
    assert PurchaseOrder.objects.count() == 2


def test_x25_reviews_that_overlap_propose_once():
    sku = needed()

    outcomes = race([make.review for _ in range(3)])

    assert wins(outcomes) == 3
    assert Proposal.objects.get().computed_qty == 120
    assert CoverStatus.objects.get().sku == sku
    assert ReviewRun.objects.count() == 1


def test_x25_a_review_against_an_acceptance_never_orders_twice():
    needed()
    make.review()
    pk = Proposal.objects.get().pk

    outcomes = race([make.review, accept(pk, 1), make.review])

    assert wins(outcomes) == 3
    assert PurchaseOrder.objects.count() == 1
    assert not Proposal.objects.waiting().exists()
    make.review()
    assert not Proposal.objects.waiting().exists()


def test_x25_control_a_review_that_forgets_what_was_decided_orders_twice(monkeypatch):
    needed()
    make.review()
    pk = Proposal.objects.get().pk
    monkeypatch.setattr(review_writing, "_taken", lambda *_args: set())
    read = review_writing.write

    def late(*args, **more):
        accept(pk, 1)()
        return read(*args, **more)

    monkeypatch.setattr(review_writing, "write", late)

    make.review()

    assert Proposal.objects.waiting().count() == 1
