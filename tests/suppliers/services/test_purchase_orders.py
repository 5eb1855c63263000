"""Purchase orders from the draft to the supplier, with the guards and who may do what."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from core import settings_store
from core.actors import SYSTEM
from core.approvals.errors import OwnRequest
from core.models import ApprovalRequest, AuditEntry, OutboundMail
from core.services.rates import RateDraft, RateUnknown, put_rate
from suppliers.domain.purchase_hash import content_hash
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision, Supplier
from suppliers.services import (
    purchase_approving,
    purchase_closing,
    purchase_drafting,
    purchase_errors,
    purchase_revising,
    purchase_rows,
    purchase_sending,
)
from suppliers.services.purchase_drafts import LineChange
from suppliers.services.purchase_submitting import submit
from tests.factories import purchases as buy
from tests.factories.purchases import NOW
from tests.factories.supplier_terms import make_agreement

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return buy.trade(currency="USD")


@pytest.fixture
def tea(trade):
    return buy.goods(trade, "TEA", "10")


def line_of(order: PurchaseOrder) -> PurchaseLine:
    return order.lines.get()


def test_x25_raw_need_and_rounded_order_stand_side_by_side(trade):
    sku = buy.goods(trade, "TEA", "2.5", moq_qty=130, multiple_qty=40)
    other = buy.goods(trade, "TIN", "0.333333")

    order = buy.draft(trade, {sku: 37, other: 3})

    first, second = order.lines.order_by("position")
    assert (first.raw_need_qty, first.qty, first.moq_qty, first.multiple_qty) == (37, 160, 130, 40)
    assert (second.raw_need_qty, second.qty) == (3, 3)
    assert (first.unit_price, first.price_source) == (Decimal("2.5"), "LIST")
    assert order.total_amount == Decimal("401.00")
    assert order.number.startswith("PO-")
    assert (order.state, order.version, order.created_by) == ("draft", 1, trade.buying.key)


def test_x25_an_order_goes_from_draft_to_the_supplier(trade, tea):
    put_rate(RateDraft("CNY", NOW.date(), Decimal("0.14")), actor=SYSTEM, at=NOW)
    order = buy.draft(trade, {tea: 20}, currency="CNY", prices={tea: "9.5"}, why="sample batch")

    waiting = submit(order.pk, expected_version=1, actor=trade.buying, at=NOW)

    revision = PurchaseRevision.objects.get(order=order)
    assert (waiting.state, waiting.revision, waiting.fx_rate) == ("pending", 1, Decimal("0.14"))
    assert (waiting.total_amount, waiting.total_base_amount) == (190, Decimal("26.60"))
    assert waiting.is_off_agreement
    assert revision.snapshot["lines"] == [
        {
            "position": 1,
            "sku": "TEA",
            "qty": 20,
            "raw_need_qty": 20,
            "unit_price": "9.5",
            "quoted_price": None,
            "price_source": "TYPED",
            "reason": "sample batch",
        }
    ]
    assert revision.content_hash == content_hash(revision.snapshot)

    done = buy.approve(trade, waiting)
    assert (done.state, done.approved_by) == ("approved", trade.approving.key)
    assert done.approval_hash == revision.content_hash

    held = purchase_sending.send(order.pk, actor=trade.buying, at=NOW)
    assert (held.state, held.sent_revision, held.sent_at) == ("sent", 1, NOW)
    letter = OutboundMail.objects.get(to=trade.supplier.contacts.get().email)
    assert letter.attachment == f"purchase_order:{order.pk}:1"
    actions = AuditEntry.objects.filter(
        target_kind="purchase_order", target_id=str(order.pk), action__startswith="suppliers."
    )
    assert list(actions.order_by("pk").values_list("action", flat=True))[:4] == [
        "suppliers.purchase_drafted",
        "suppliers.purchase_submitted",
        "suppliers.purchase_approved",
        "suppliers.purchase_sent",
    ]


def test_x25_a_requester_never_approves_the_own_order(trade, tea):
    both = buy.make_user(["buyer", "approver"])
    order = buy.draft(trade, {tea: 5})
    submit(order.pk, actor=buy.acting(both), at=NOW)

    with pytest.raises(OwnRequest):
        purchase_approving.approve(order.pk, buy.shown(order), actor=buy.acting(both), at=NOW)
    with pytest.raises(OwnRequest):
        purchase_approving.approve(order.pk, buy.shown(order), actor=trade.buying, at=NOW)

    assert PurchaseOrder.objects.get(pk=order.pk).state == "pending"
    by_hand = PurchaseOrder.objects.filter(pk=order.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        by_hand.update(approved_by=trade.buying.key)


def test_x25_an_unapproved_order_expires_after_seven_days(trade, tea):
    order = buy.pending(trade, {tea: 5})
    request = ApprovalRequest.objects.get(document_key=f"purchase_order:{order.pk}")

    early = purchase_approving.expire(request.pk, at=NOW + dt.timedelta(days=7, seconds=-1))
    late = purchase_approving.expire(request.pk, at=NOW + dt.timedelta(days=7, seconds=1))

    order.refresh_from_db()
    assert (early, late, order.state, order.revision) == (False, True, "draft", 1)
    again = submit(order.pk, actor=trade.buying, at=NOW + dt.timedelta(days=8))
    assert (again.state, again.revision) == ("pending", 2)
    assert PurchaseRevision.objects.filter(order=order).count() == 2


def test_x25_submitting_is_refused_with_what_to_do(trade, tea):
    unlisted = buy.make_sku("CUP")
    cases = [
        (buy.draft(trade, {unlisted: 5}), purchase_errors.PriceMissing),
        (buy.draft(trade, {tea: 5}, prices={tea: "11"}), purchase_errors.PriceReasonNeeded),
        (buy.draft(trade, {tea: 5}, currency="KWD", prices={tea: "1"}, why="x"), RateUnknown),
    ]
    for order, error in cases:
        with pytest.raises(error):
            submit(order.pk, actor=trade.buying, at=NOW)

    moved = buy.draft(trade, {tea: 5})
    trade.supplier.goods.get(sku=tea).prices.update(unit_price=Decimal("12"))
    with pytest.raises(purchase_errors.PricesMoved, match="TEA"):
        submit(moved.pk, actor=trade.buying, at=NOW)
    with pytest.raises(purchase_errors.OrderStale):
        submit(moved.pk, expected_version=2, actor=trade.buying, at=NOW)
    Supplier.objects.filter(pk=trade.supplier.pk).update(is_active=False)
    with pytest.raises(purchase_errors.SupplierInactive):
        submit(moved.pk, actor=trade.buying, at=NOW)
    with pytest.raises(purchase_errors.SupplierInactive):
        buy.draft(trade, {tea: 5})
    assert set(PurchaseOrder.objects.values_list("state", flat=True)) == {"draft"}
    assert not PurchaseRevision.objects.exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"lines": []}, purchase_errors.NoLines),
        ({"currency": "XXZ"}, purchase_errors.CurrencyRefused),
        ({"warehouse_id": 0}, purchase_errors.WarehouseUnknown),
        ({"supplier_id": 0}, purchase_errors.SupplierInactive),
    ],
)
def test_x25_a_draft_that_cannot_be_is_refused(trade, tea, change, error):
    draft = dataclasses.replace(buy.asked(trade, {tea: 5}), **change)

    with pytest.raises(error):
        purchase_drafting.create_draft(draft, actor=trade.buying, at=NOW)
    assert not PurchaseOrder.objects.exists()


def test_x25_the_system_drafts_once_and_says_why(trade, tea):
    draft = buy.asked(trade, {tea: 40}, reason="12 days of cover, lead time 30")

    first = purchase_drafting.create_system_draft(draft, source_key="plan:2026-04-21:1", at=NOW)
    again = purchase_drafting.create_system_draft(draft, source_key="plan:2026-04-21:1", at=NOW)

    assert (first.pk, first.is_system, first.created_by) == (again.pk, True, "system")
    assert PurchaseOrder.objects.count() == 1
    silent = dataclasses.replace(draft, reason=" ")
    with pytest.raises(purchase_errors.WhyNeeded):
        purchase_drafting.create_system_draft(silent, source_key="plan:2", at=NOW)


def test_x25_a_small_change_keeps_the_approval_and_is_logged(trade, tea):
    order = buy.sent(trade, {tea: 100})

    changed = purchase_revising.revise(
        order.pk,
        changes=[LineChange(line_of(order).pk, qty=105)],
        expected_version=order.version,
        reason="pallet is full with 105",
        actor=trade.buying,
        at=NOW,
    )

    revision = PurchaseRevision.objects.get(order=order, revision=2)
    assert (changed.state, changed.revision, changed.total_amount) == ("approved", 2, 1050)
    assert (revision.is_carried_over, changed.approval_hash) == (True, revision.content_hash)
    assert revision.change == {
        "since_revision": 1,
        "causes": [],
        "change_pct": "5",
        "change_base": "50",
    }
    entry = AuditEntry.objects.get(action="suppliers.purchase_carried_over")
    assert (entry.actor_label, entry.reason) == (
        trade.buying.label,
        "pallet is full with 105",
    )
    again = purchase_sending.send(order.pk, actor=trade.buying, at=NOW)
    assert (again.state, again.sent_revision) == ("sent", 2)


def test_x25_small_changes_do_not_add_up_to_a_large_one(trade, tea):
    order = buy.approved(trade, {tea: 100})
    for qty, state in ((104, "approved"), (108, "pending")):
        order = purchase_revising.revise(
            order.pk,
            changes=[LineChange(line_of(order).pk, qty=qty)],
            expected_version=order.version,
            reason="a little more",
            actor=trade.buying,
            at=NOW,
        )
        assert (order.state, order.total_amount) == (state, qty * 10)
    assert (order.approval_hash, order.approved_by, order.approved_at) == ("", "", None)
    last = PurchaseRevision.objects.get(order=order, revision=3)
    assert (last.change["causes"], last.change["since_revision"]) == (["SHARE"], 1)


@pytest.mark.parametrize("state", ["approved", "sent"])
def test_x25_a_price_or_a_large_total_resets_the_approval(trade, tea, state):
    order = getattr(buy, state)(trade, {tea: 100})
    line = line_of(order)

    waiting = purchase_revising.revise(
        order.pk,
        changes=[LineChange(line.pk, unit_price=Decimal("10.01"))],
        expected_version=order.version,
        reason="tin became dearer",
        actor=trade.buying,
        at=NOW,
    )

    assert (waiting.state, waiting.revision, waiting.approval_hash) == ("pending", 2, "")
    with pytest.raises(purchase_errors.OrderState):
        purchase_sending.send(order.pk, actor=trade.buying, at=NOW)
    line.refresh_from_db()
    assert (line.price_source, line.off_agreement_reason) == ("TYPED", "tin became dearer")
    on_order = PurchaseOrder.objects.on_order().filter(pk=order.pk).exists()
    assert on_order is (state == "sent")
    assert buy.approve(trade, waiting).state == "approved"


def test_x25_who_approved_an_order_cannot_change_it_under_the_own_approval(trade, tea):
    order = buy.approved(trade, {tea: 100})
    buy.make_user("approver")

    waiting = purchase_revising.revise(
        order.pk,
        changes=[LineChange(line_of(order).pk, qty=101)],
        expected_version=order.version,
        reason="one more",
        actor=trade.approving,
        at=NOW,
    )

    assert waiting.state == "pending"
    last = PurchaseRevision.objects.get(order=order, revision=2)
    assert last.change["causes"] == ["APPROVER"]


def test_x25_an_amended_order_keeps_prices_of_lines_whose_units_stay(trade, tea):
    tin = buy.goods(trade, "TIN", "1")
    order = buy.sent(trade, {tea: 100, tin: 10})
    trade.supplier.goods.get(sku=tea).prices.update(unit_price=Decimal("99"))

    changed = purchase_revising.amend(
        order.pk,
        buy.asked(trade, {tin: 12, tea: 100}),
        expected_version=order.version,
        reason="two more tins",
        actor=trade.buying,
        at=NOW,
    )

    lines = changed.lines.order_by("position").values_list("sku__code", "qty", "unit_price")
    assert list(lines) == [("TIN", 12, Decimal(1)), ("TEA", 100, Decimal(10))]
    assert (changed.state, changed.revision, changed.total_amount) == ("approved", 2, 1012)
    for draft, error in (
        (buy.asked(trade, {tin: 12, tea: 100}), purchase_errors.NothingChanged),
        (
            dataclasses.replace(
                buy.asked(trade, {tin: 12}), supplier_id=buy.make_supplier().pk, currency="USD"
            ),
            purchase_errors.SupplierFixed,
        ),
    ):
        with pytest.raises(error):
            purchase_revising.amend(
                order.pk,
                draft,
                expected_version=changed.version,
                reason="again",
                actor=trade.buying,
                at=NOW,
            )


def test_x25_units_on_their_way_stay_on_the_order(trade, tea):
    order = buy.sent(trade, {tea: 100})
    line = line_of(order)
    PurchaseLine.objects.filter(pk=line.pk).update(shipped_qty=60)

    with pytest.raises(purchase_errors.LineUnderWay, match="60"):
        purchase_revising.revise(
            order.pk,
            changes=[LineChange(line.pk, qty=59)],
            expected_version=order.version,
            reason="less",
            actor=trade.buying,
            at=NOW,
        )
    with pytest.raises(purchase_errors.OrderUnderWay, match="60"):
        purchase_closing.cancel(order.pk, reason="TOO_LATE", actor=trade.buying, at=NOW)


def test_x25_what_is_sent_is_what_was_approved(trade, tea):
    order = buy.approved(trade, {tea: 100})
    PurchaseLine.objects.filter(order=order).update(qty=1000)

    with pytest.raises(purchase_errors.ApprovalVoid):
        purchase_sending.send(order.pk, actor=trade.buying, at=NOW)
    assert not OutboundMail.objects.filter(to=trade.supplier.contacts.get().email).exists()
    trade.supplier.contacts.update(is_active=False)
    PurchaseLine.objects.filter(order=order).update(qty=100)
    with pytest.raises(purchase_errors.NoContact):
        purchase_sending.send(order.pk, actor=trade.buying, at=NOW)


def test_x25_revisions_are_never_changed(trade, tea):
    order = buy.pending(trade, {tea: 5})
    for write in (
        lambda: PurchaseRevision.objects.filter(order=order).update(reason="other"),
        lambda: PurchaseRevision.objects.filter(order=order)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert PurchaseRevision.objects.get(order=order).reason == ""


def test_x25_an_order_ends_cancelled_closed_short_or_closed(trade, tea):
    tin = buy.goods(trade, "TIN", "1")
    waiting = buy.pending(trade, {tea: 5})
    gone = purchase_closing.cancel(waiting.pk, reason="PRICE", actor=trade.buying, at=NOW)
    assert (gone.state, gone.close_reason, gone.closed_at) == ("cancelled", "PRICE", NOW)
    with pytest.raises(purchase_errors.WhyNeeded):
        purchase_closing.cancel(waiting.pk, reason="because", actor=trade.buying, at=NOW)
    with pytest.raises(purchase_errors.OrderState):
        purchase_closing.cancel(waiting.pk, reason="PRICE", actor=trade.buying, at=NOW)

    held = buy.sent(trade, {tea: 5, tin: 7})
    first = held.lines.get(position=1)
    PurchaseLine.objects.filter(pk=first.pk).update(received_qty=3)
    args = {"reason": "NOT_SENT", "actor": trade.buying, "at": NOW}
    part = purchase_closing.close_short(held.pk, line_ids=[first.pk], **args)
    assert (part.state, part.closed_at) == ("sent", None)
    with pytest.raises(purchase_errors.NothingOpen):
        purchase_closing.close_short(held.pk, line_ids=[first.pk], **args)
    whole = purchase_closing.close_short(held.pk, **args)
    assert (whole.state, whole.close_reason) == ("closed", "NOT_SENT")
    assert list(held.lines.order_by("position").values_list("short_qty", flat=True)) == [2, 7]

    here = buy.sent(trade, {tea: 5})
    with pytest.raises(purchase_errors.OrderState):
        purchase_closing.close(here.pk, actor=trade.buying, at=NOW)
    PurchaseOrder.objects.filter(pk=here.pk).update(state="received")
    assert purchase_closing.close(here.pk, actor=trade.buying, at=NOW).state == "closed"


def test_x25_a_rejected_order_is_edited_and_comes_back_as_a_new_revision(trade, tea):
    order = buy.pending(trade, {tea: 50})
    purchase_approving.reject(
        order.pk, buy.shown(order), reason="too many", actor=trade.approving, at=NOW
    )
    order.refresh_from_db()
    assert order.state == "rejected"

    edited = purchase_drafting.edit_draft(
        order.pk,
        buy.asked(trade, {tea: 30}),
        expected_version=order.version,
        actor=trade.buying,
        at=NOW,
    )
    again = submit(edited.pk, actor=trade.buying, at=NOW)

    assert (again.state, again.revision, again.total_amount) == ("pending", 2, 300)
    kept = PurchaseRevision.objects.filter(order=order).order_by("revision")
    assert [row.snapshot["lines"][0]["qty"] for row in kept] == [50, 30]


def test_x25_a_copy_is_priced_as_of_today(trade, tea):
    order = buy.sent(trade, {tea: 50}, reason="festival")
    trade.supplier.goods.get(sku=tea).prices.update(unit_price=Decimal("12"))

    copy = purchase_drafting.duplicate(order.pk, actor=trade.buying, at=NOW)

    assert (copy.state, copy.revision, copy.reason, copy.total_amount) == (
        "draft",
        1,
        "festival",
        600,
    )


def test_b_15_an_order_below_the_limit_and_on_agreement_sends_itself_when_allowed(trade, tea):
    make_agreement(trade.supplier, {tea: "8"})
    assert buy.pending(trade, {tea: 10}).state == "pending"
    settings_store.put("suppliers.auto_send", "true", actor=SYSTEM, at=NOW)

    small = buy.pending(trade, {tea: 10})
    large = buy.pending(trade, {tea: 140})
    typed = buy.pending(trade, {tea: 10}, prices={tea: "7"}, why="offer")

    assert (small.state, small.approved_by, small.total_base_amount) == (
        "sent",
        "system",
        Decimal("80"),
    )
    assert content_hash(small.revisions.get().snapshot) == small.approval_hash
    assert (large.state, typed.state) == ("pending", "pending")
    assert purchase_rows.lines_of(small)[0].price_source == "AGREEMENT"
    trade.supplier.contacts.update(is_active=False)
    assert buy.pending(trade, {tea: 10}).state == "approved"
    assert mail.outbox == []


def test_rel_c_09_a_stale_edit_is_a_conflict_with_the_differences(trade, tea):
    order = buy.draft(trade, {tea: 50})
    args = {"expected_version": 1, "actor": trade.buying, "at": NOW}
    purchase_drafting.edit_draft(order.pk, buy.asked(trade, {tea: 60}), **args)

    with pytest.raises(purchase_errors.OrderStale) as refused:
        purchase_drafting.edit_draft(order.pk, buy.asked(trade, {tea: 70}, note="soon"), **args)

    assert refused.value.status == 409
    assert refused.value.data["version"] == 2
    assert refused.value.data["differences"] == (
        ("", "note", "", "soon"),
        ("", "total", "600", "700"),
        ("TEA", "qty", 60, 70),
    )
    assert line_of(order).qty == 60
