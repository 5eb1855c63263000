"""Approve against edit, reject, revise and approve: one outcome, and never under an old hash."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from core.approvals import deciding, errors, requesting
from core.models import ApprovalRequest, ApprovalStep
from suppliers.models import PurchaseOrder, PurchaseRevision
from suppliers.services import (
    purchase_approving,
    purchase_drafting,
    purchase_errors,
    purchase_rows,
)
from suppliers.services.purchase_approving import Shown
from suppliers.services.purchase_submitting import submit
from tests.factories import purchases as buy
from tests.factories.core import make_user
from tests.factories.purchases import NOW, Trade
from tests.helpers.race import race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 6
LOST = (errors.ApprovalOver, errors.ApprovalStale)


@pytest.fixture
def trade() -> Trade:
    return buy.trade(currency="USD")


def waiting(trade: Trade, code: str) -> tuple[PurchaseOrder, Shown]:
    order = buy.pending(trade, {buy.goods(trade, code): 10})
    return order, buy.shown(order)


def approve(order: PurchaseOrder, shown: Shown, who):
    return lambda: purchase_approving.approve(order.pk, shown, actor=buy.acting(who), at=NOW)


def edit(trade: Trade, order: PurchaseOrder, qty: int = 99):
    """Return an editor who reads the order now and saves it in the race."""
    line = order.lines.select_related("sku").get()
    draft = buy.asked(trade, {line.sku: qty})
    return lambda: purchase_drafting.edit_draft(
        order.pk, draft, expected_version=order.version, actor=trade.buying, at=NOW
    )


def holds_its_hash(order: PurchaseOrder) -> bool:
    """Say whether what is approved is what the rows say."""
    order = PurchaseOrder.objects.select_related("supplier", "warehouse", "agreement").get(
        pk=order.pk
    )
    snapshot = purchase_rows.snapshot_of(order, purchase_rows.lines_of(order))
    return order.approval_hash == purchase_rows.content_hash(snapshot)


def test_rel_c_10_approve_against_edit_never_approves_what_was_not_shown(trade):
    for number in range(ROUNDS):
        order, shown = waiting(trade, f"TEA{number}")

        approved, edited = race([approve(order, shown, trade.approver), edit(trade, order)])

        order.refresh_from_db()
        qty = order.lines.get().qty
        if order.state == "approved":
            assert (qty, approved.won, edited.won) == (10, True, False)
            assert isinstance(edited.error, purchase_errors.OrderStale | purchase_errors.OrderState)
            assert holds_its_hash(order)
        else:
            assert (order.state, qty, approved.won, edited.won) == ("draft", 99, False, True)
            assert isinstance(approved.error, LOST)
            assert order.approval_hash == ""


def test_rel_c_10_approve_against_reject_has_one_outcome(trade):
    second = make_user("approver")
    for number in range(ROUNDS):
        order, shown = waiting(trade, f"TEA{number}")

        outcomes = race(
            [
                approve(order, shown, trade.approver),
                lambda order=order, shown=shown: purchase_approving.reject(
                    order.pk, shown, reason="too dear", actor=buy.acting(second), at=NOW
                ),
            ]
        )

        order.refresh_from_db()
        found = ApprovalRequest.objects.get(document_key=f"purchase_order:{order.pk}")
        step = found.steps.get()
        assert wins(outcomes) == 1
        assert order.state == found.state == step.decision
        assert [type(one.error) for one in outcomes if not one.won] == [errors.ApprovalOver]


def test_rel_c_10_of_many_approvers_one_decides_each_step(trade):
    people = [trade.approver, *(make_user("approver") for _ in range(5))]
    order, shown = waiting(trade, "TEA")

    outcomes = race([approve(order, shown, who) for who in people])

    order.refresh_from_db()
    step = ApprovalStep.objects.get()
    assert (wins(outcomes), order.state) == (1, "approved")
    assert order.approved_by == f"user:{step.approver_id}"
    assert {type(one.error) for one in outcomes if not one.won} == {errors.ApprovalOver}


def test_rel_c_10_approve_against_a_newer_version_leaves_the_newer_waiting_or_the_old_approved(
    trade,
):
    for number in range(ROUNDS):
        order, shown = waiting(trade, f"TEA{number}")
        change = edit(trade, order)

        def again(change=change, order=order) -> None:
            change()
            submit(order.pk, actor=trade.buying, at=NOW)

        approved, revised = race([approve(order, shown, trade.approver), again])

        order.refresh_from_db()
        newest = PurchaseRevision.objects.filter(order=order).order_by("revision").last()
        open_requests = ApprovalRequest.objects.waiting().filter(
            document_key=f"purchase_order:{order.pk}"
        )
        if approved.won:
            assert (order.state, order.revision, revised.won) == ("approved", 1, False)
            assert open_requests.count() == 0
            assert holds_its_hash(order)
        else:
            assert isinstance(approved.error, LOST)
            assert (order.state, order.revision, revised.won) == ("pending", 2, True)
            assert open_requests.get().content_hash == newest.content_hash != shown.content_hash


def test_rel_c_10_the_creator_never_approves_however_often_it_is_tried(trade):
    both = make_user(("buyer", "approver"))
    own = Trade(trade.supplier, trade.place, both, trade.approver)
    order, shown = waiting(own, "TEA")

    outcomes = race([approve(order, shown, both) for _ in range(6)])

    order.refresh_from_db()
    assert (wins(outcomes), order.state, ApprovalStep.objects.count()) == (0, "pending", 0)
    assert {type(one.error) for one in outcomes} == {errors.OwnRequest}


def test_rel_c_10_control_without_lock_and_hash_an_edit_is_approved_unseen(trade, monkeypatch):
    """The approver's read is held open until the edit is in; nothing compares afterwards."""
    order, shown = waiting(trade, "TEA")
    read, edited = threading.Event(), threading.Event()
    candidate = deciding.candidate

    def slow(found, actor, at):
        one = candidate(found, actor, at)
        read.set()
        assert edited.wait(20)
        return one

    monkeypatch.setattr(deciding, "candidate", slow)
    monkeypatch.setattr(purchase_rows, "lock", unlocked)
    monkeypatch.setattr(ApprovalRequest.objects, "select_for_update", ApprovalRequest.objects.all)
    monkeypatch.setattr(requesting, "claim", overwrite)
    monkeypatch.setattr(purchase_approving, "_move", force)
    change = edit(trade, order)

    def editor() -> None:
        assert read.wait(20)
        change()
        edited.set()

    outcomes = race([approve(order, shown, trade.approver), editor])

    order.refresh_from_db()
    assert wins(outcomes) == 2
    assert (order.state, order.lines.get().qty) == ("approved", 99)
    assert not holds_its_hash(order)


def unlocked(order_id: int) -> PurchaseOrder:
    rows = PurchaseOrder.objects.select_related("supplier", "warehouse", "agreement")
    return rows.get(pk=order_id)


def overwrite(found: ApprovalRequest, **values) -> bool:
    ApprovalRequest.objects.filter(pk=found.pk).update(**values)
    found.refresh_from_db()
    return True


def force(order: PurchaseOrder, name: str, actor, at, **values) -> None:
    PurchaseOrder.objects.filter(pk=order.pk).update(state="approved", **values)


def test_rel_c_10_control_without_the_guard_two_decide_one_step(trade, monkeypatch):
    """Without lock and conditional update only the unique step of the database stops the second."""
    second = make_user("approver")
    order, shown = waiting(trade, "TEA")
    meet = threading.Barrier(2)
    candidate = deciding.candidate

    def together(found, actor, at):
        one = candidate(found, actor, at)
        meet.wait(20)
        return one

    monkeypatch.setattr(deciding, "candidate", together)
    monkeypatch.setattr(purchase_rows, "lock", unlocked)
    monkeypatch.setattr(ApprovalRequest.objects, "select_for_update", ApprovalRequest.objects.all)
    monkeypatch.setattr(requesting, "claim", overwrite)

    outcomes = race([approve(order, shown, who) for who in (trade.approver, second)])

    assert wins(outcomes) == 1
    lost = [type(one.error).__name__ for one in outcomes if not one.won]
    assert lost == ["IntegrityError"]
    assert order.lines.get().unit_price == Decimal(10)
