"""rel_c_09: a supplier confirms while the buyer revises: one of them happens, never both."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import Actor
from suppliers.models import PurchaseOrder, SupplierAnswer
from suppliers.services import answer_rows, answers
from suppliers.services.purchase_drafts import LineChange
from suppliers.services.purchase_revising import revise
from tests.factories import purchases as buy
from tests.helpers.race import race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
VENDOR = Actor("supplier", 1, "Vendor")
LATER = buy.NOW + dt.timedelta(hours=1)


def duel(number: int):
    """Let both act on a fresh order at once; return the order and who won."""
    trade = buy.trade()
    order = buy.sent(trade, {buy.goods(trade, f"DUEL-{number}"): 100})
    line, seen = order.lines.get(), PurchaseOrder.objects.get(pk=order.pk).version
    outcomes = race(
        [
            lambda: answers.accept(
                order.pk, revision=1, event_key=f"duel:{number}", actor=VENDOR, at=LATER
            ),
            lambda: revise(
                order.pk,
                changes=[LineChange(line.pk, 99, None)],
                expected_version=seen,
                reason="Less.",
                actor=trade.buying,
                at=LATER,
            ),
        ]
    )
    return PurchaseOrder.objects.get(pk=order.pk), outcomes


def test_rel_c_09_a_supplier_confirms_or_the_buyer_revises_but_never_both():
    for number in range(6):
        order, outcomes = duel(number)
        line = order.lines.get()

        assert wins(outcomes) == 1, [outcome.error for outcome in outcomes]
        confirmed = (order.revision, order.state, line.qty, line.confirmed_qty)
        expected = (1, "confirmed", 100, 100) if outcomes[0].won else (2, "approved", 99, None)
        assert confirmed == expected
        assert SupplierAnswer.objects.filter(order=order).count() == int(outcomes[0].won)


def test_the_control_without_its_guards_confirms_what_is_no_longer_ordered(monkeypatch):
    monkeypatch.setattr(answer_rows, "check_answerable", lambda order, revision: None)
    monkeypatch.setattr("suppliers.services.purchase_drafting.refuse_stale", lambda *_args: None)
    both = 0

    for number in range(6):
        order, outcomes = duel(number)
        revised_and_answered = outcomes[1].won and SupplierAnswer.objects.filter(order=order)
        both += bool(revised_and_answered)

    assert both >= 1


def test_the_same_answer_sent_four_times_at_once_is_one():
    trade = buy.trade()
    order = buy.sent(trade, {buy.goods(trade, "DUEL"): 100})

    outcomes = race(
        [lambda: answers.accept(order.pk, revision=1, event_key="once", actor=VENDOR, at=LATER).pk]
        * 4
    )

    assert {outcome.value for outcome in outcomes} == {SupplierAnswer.objects.get().pk}
    assert PurchaseOrder.objects.get().state == "confirmed"
