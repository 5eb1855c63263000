"""People change, put off, refuse and accept proposals; what they accept is ordered once."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import Actor
from core.models import AuditEntry
from inventory.models import Transfer
from planning.models import Proposal
from planning.services import proposals, replenishment
from planning.services.proposal_errors import (
    NothingChosen,
    ProposalDayRefused,
    ProposalDecided,
    ProposalQtyRefused,
    ProposalReasonNeeded,
    ProposalStale,
    ProposalWithoutSource,
)
from suppliers.models import PurchaseOrder
from tests.factories import orders as shop
from tests.factories import reviews as make
from tests.factories.reviews import NOW, TODAY

pytestmark = pytest.mark.django_db
ANN, BEN = Actor("user", 1, "Ann"), Actor("user", 2, "Ben")
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def place():
    return shop.warehouse()


@pytest.fixture
def ningbo():
    return make.supplier()


@pytest.fixture
def tea(place, ningbo):
    """Need 109 of tea: 60 by air and 60 by sea are proposed."""
    row = make.goods(ningbo, "TEA", on_hand=10, place=place)
    make.forecast(make.run(), row, place)
    make.review()
    return row


def only() -> Proposal:
    return Proposal.objects.get()


def test_b_15_x25_accepted_units_are_drafted_and_never_proposed_again(tea, place, ningbo):
    found = only()

    done = proposals.accept([found.pk], actor=ANN, now=LATER)

    found.refresh_from_db()
    assert (found.state, found.decided_by, found.decided_at) == ("accepted", "user:1", LATER)
    assert [order.mode for order in done.orders] == ["air", "sea"]
    assert (found.fast_order, found.purchase_order) == tuple(done.orders)
    lines = [order.lines.get() for order in done.orders]
    assert [(line.raw_need_qty, line.qty) for line in lines] == [(60, 60), (49, 60)]
    sea = found.purchase_order
    assert (sea.state, sea.is_system, sea.supplier, sea.warehouse) == ("draft", True, ningbo, place)
    assert sea.expected_on == TODAY + dt.timedelta(days=35)
    assert sea.reason == "RP-{} TEA: 109 needed, order by {}".format(
        found.number.removeprefix("RP-"), found.order_by_on.isoformat()
    )
    assert AuditEntry.objects.filter(action="planning.proposal_accepted").count() == 1
    again = make.review(LATER)
    assert (again.figures["new"], Proposal.objects.count()) == (0, 1)


def test_accepting_twice_gives_the_same_drafts(tea):
    found = only()
    first = proposals.accept([found.pk], actor=ANN, now=LATER, versions={found.pk: 1})

    second = proposals.accept([found.pk], actor=BEN, now=LATER, versions={found.pk: 1})

    assert {order.pk for order in second.orders} == {order.pk for order in first.orders}
    assert [row.pk for row in second.already] == [found.pk]
    assert PurchaseOrder.objects.count() == 2
    assert only().decided_by == "user:1"


def test_one_draft_per_supplier_warehouse_and_mode(place, ningbo):
    fuzhou = make.supplier("FUZHOU", sea=35, air=35)
    run = make.run()
    for supplier, code in ((ningbo, "TEA"), (ningbo, "MUG"), (fuzhou, "CUP"), (fuzhou, "POT")):
        make.forecast(run, make.goods(supplier, code, on_hand=10, place=place), place)
    make.review()

    done = proposals.accept(
        list(Proposal.objects.values_list("pk", flat=True)), actor=ANN, now=LATER
    )

    found = [(one.supplier.code, one.mode, one.lines.count()) for one in done.orders]
    assert found == [("NINGBO", "air", 2), ("NINGBO", "sea", 2), ("FUZHOU", "sea", 2)]


def test_a_transfer_is_drafted_and_counts_as_on_order(place, ningbo):
    dallas = shop.warehouse("DAL")
    row = make.goods(ningbo, "TEA", on_hand=10, place=place)
    shop.put(row, dallas, 300)
    run = make.run()
    make.forecast(run, row, place)
    make.forecast(run, row, dallas)
    make.review()

    done = proposals.accept([only().pk], actor=ANN, now=LATER)

    transfer = Transfer.objects.get()
    assert (list(done.transfers), transfer.source, transfer.destination) == (
        [transfer],
        dallas,
        place,
    )
    assert transfer.lines.get().qty == 109
    assert make.review(LATER).figures["new"] == 0


def test_b_64_a_persons_quantity_stays_beside_the_computed_one_until_its_day(tea, place):
    found = only()

    proposals.change_qty(found.pk, 50, reason="A fair.", expected_version=1, actor=ANN, now=LATER)
    shop.put(tea, place, 5)
    make.review(LATER)

    found.refresh_from_db()
    assert (found.qty, found.override_qty, found.computed_qty) == (50, 50, 108)
    assert (found.override_until, found.override_by) == (TODAY + dt.timedelta(days=14), "user:1")
    entry = AuditEntry.objects.get(action="planning.proposal_qty_changed")
    assert (entry.before, entry.after["qty"], entry.reason) == ({"qty": 120}, 50, "A fair.")
    make.review(NOW + dt.timedelta(days=15))
    found.refresh_from_db()
    assert (found.override_qty, found.override_reason, found.qty) == (None, "", found.computed_qty)


def test_a_persons_quantity_is_ordered_in_whole_packs(place):
    slow = make.supplier("SLOW", sea=35, air=35)
    make.forecast(make.run(), make.goods(slow, "TEA", on_hand=10, place=place), place)
    make.review()
    proposals.change_qty(only().pk, 100, reason="A fair.", actor=ANN, now=LATER)

    done = proposals.accept([only().pk], actor=ANN, now=LATER)

    line = done.orders[0].lines.get()
    assert (line.raw_need_qty, line.qty) == (100, 108)


def test_a_snoozed_proposal_wakes_on_its_day_and_a_dismissed_one_may_come_back(tea):
    found = only()
    proposals.snooze(found.pk, TODAY + dt.timedelta(days=3), actor=ANN, now=LATER)

    make.review(LATER)
    found.refresh_from_db()
    assert (found.state, Proposal.objects.count()) == ("snoozed", 1)
    make.review(NOW + dt.timedelta(days=3))
    found.refresh_from_db()
    assert (found.state, found.snoozed_until) == ("open", None)
    proposals.dismiss(found.pk, reason="End of life.", actor=BEN, now=LATER)
    make.review(NOW + dt.timedelta(days=4))
    found.refresh_from_db()
    assert (found.state, found.decision_reason) == ("dismissed", "End of life.")
    assert Proposal.objects.open().count() == 1


def test_a_snoozed_proposal_is_reopened_by_hand(tea):
    found = only()
    proposals.snooze(found.pk, TODAY + dt.timedelta(days=3), actor=ANN, now=LATER)

    proposals.reopen(found.pk, expected_version=2, actor=ANN, now=LATER)

    assert (only().state, only().version) == ("open", 3)


def test_decisions_that_make_no_sense_are_refused_with_what_to_do(tea):
    found = only()
    with pytest.raises(ProposalReasonNeeded):
        proposals.change_qty(found.pk, 50, actor=ANN, now=LATER)
    with pytest.raises(ProposalQtyRefused):
        proposals.change_qty(found.pk, 0, reason="x", actor=ANN, now=LATER)
    with pytest.raises(ProposalDayRefused):
        proposals.snooze(found.pk, TODAY, actor=ANN, now=LATER)
    with pytest.raises(ProposalReasonNeeded):
        proposals.dismiss(found.pk, reason=" ", actor=ANN, now=LATER)
    with pytest.raises(NothingChosen):
        proposals.accept([], actor=ANN, now=LATER)
    with pytest.raises(ProposalStale) as stale:
        proposals.accept([found.pk], versions={found.pk: 7}, actor=ANN, now=LATER)
    assert stale.value.data["differences"][0] == ("version", 7, 1)
    proposals.dismiss(found.pk, reason="End of life.", actor=ANN, now=LATER)
    with pytest.raises(ProposalDecided, match="is dismissed already"):
        proposals.accept([found.pk], actor=ANN, now=LATER)
    with pytest.raises(ProposalDecided):
        proposals.reopen(found.pk, actor=ANN, now=LATER)
    assert not PurchaseOrder.objects.exists()


def test_without_a_supplier_nothing_can_be_accepted(place):
    make.forecast(make.run(), make.goods(None, "TEA", on_hand=10, place=place), place)
    make.review()

    with pytest.raises(ProposalWithoutSource, match="Add one to TEA"):
        proposals.accept([only().pk], actor=ANN, now=LATER)


def test_x25_what_is_accepted_while_a_review_computes_is_not_proposed_again(tea, monkeypatch):
    found = only()
    read = replenishment.review_inputs.read

    def slow(*args, **more):
        inputs = read(*args, **more)
        proposals.accept([found.pk], actor=ANN, now=LATER)
        return inputs

    monkeypatch.setattr(replenishment.review_inputs, "read", slow)

    run = make.review(LATER)

    assert (run.figures["new"], run.figures["left_alone"]) == (0, 1)
    assert Proposal.objects.count() == 1
