"""Goods at the dock: accepted, held, damaged, short, sampled (X16, X17, A-09)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM
from core.models import AuditEntry, OutboxEvent
from inventory.models import BinStock, CostLayer, Lot, Sku, StockLevel
from inventory.services.lots import LotMismatch
from suppliers.models import AsnLine, Inspection, ReceiptLine, UnidentifiedGoods
from suppliers.services import arrivals, finishing, put_aways, receiving, unidentified
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.errors import (
    ArrivalKnown,
    ArrivalState,
    ExpiryMissing,
    FailedTooMany,
    InspectionDone,
    LotExpired,
    LotMissingAtDock,
    LotShortDated,
    NotAnnounced,
    NotFreeToPutAway,
    PhotoMissing,
    ReceiptClosed,
    SkuMissing,
    StillCounting,
    TooLateToUndoReceipt,
)
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
SOON = dt.date(2027, 6, 30)


@pytest.fixture
def place():
    """Return the warehouse LA with a dock, a hold and a shelf for damaged goods."""
    found = make.warehouse()
    inbound.dock(found)
    return found


@pytest.fixture
def tea(place):
    inbound.supplier()
    return make.sku("TEA", default_cost=Decimal("2.50"), currency="USD")


@pytest.fixture
def oil(place):
    inbound.supplier()
    return make.sku("OIL", lot_tracked=True, shelf_life_days=360)


def lying(code: str = "TEA") -> set[tuple[str, str, int]]:
    """Return (bin, condition, units) of a SKU."""
    rows = BinStock.objects.filter(sku__code=code, qty__gt=0)
    return set(rows.values_list("bin__code", "condition", "qty"))


def shelve(sku, qty: int, lot: Lot | None = None, key: str = "shelf", to: str = "A-01"):
    places = {row.code: row.pk for row in make.Bin.objects.filter(warehouse__code="LA")}
    draft = PutAwayDraft(
        from_bin_id=places["DOCK-1"],
        to_bin_id=places[to],
        sku_id=sku.pk,
        qty=qty,
        lot_id=lot.pk if lot else None,
    )
    return put_aways.put_away(draft, event_key=key, actor=SYSTEM, at=make.NOW)


def atp(sku) -> tuple[int, int]:
    """Return (on hand, ATP)."""
    level = StockLevel.objects.get(sku=sku)
    return level.on_hand, level.atp_qty


def test_x16_within_the_tolerance_all_is_accepted_and_nothing_stays_open(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    opened = inbound.receipt(asn)

    first = inbound.count(opened, tea, 60)
    second = inbound.count(opened, tea, 49)

    assert (first, second) == ({"good": 60}, {"good": 49})
    assert inbound.counts(asn) == (109, 0, 0, 0)
    assert lying() == {("DOCK-1", "quarantine", 109)}
    assert atp(tea) == (109, 0), "goods at the dock are on hand, not to be promised"
    finishing.finish(opened.pk, actor=SYSTEM, at=make.NOW)
    asn.refresh_from_db()
    assert asn.state == "received"
    assert_books_balance()


def test_x16_from_ten_percent_on_all_excess_is_held_and_never_sellable(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    opened = inbound.receipt(asn)
    inbound.count(opened, tea, 105)

    booked = inbound.count(opened, tea, 5)

    assert booked == {"over": 5}
    assert inbound.counts(asn) == (100, 0, 10, 0)
    assert lying() == {("DOCK-1", "quarantine", 100), ("HOLD-1", "quarantine", 10)}
    finishing.finish(opened.pk, actor=SYSTEM, at=make.NOW)
    shelve(tea, 100)
    with pytest.raises(NotFreeToPutAway):
        shelve(tea, 1, key="more")
    assert atp(tea) == (110, 100)
    assert_books_balance()


def test_x16_the_database_refuses_more_than_the_tolerance(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})

    with pytest.raises(IntegrityError, match="within_tolerance"), transaction.atomic():
        AsnLine.objects.filter(asn=asn).update(received_qty=110)
    with pytest.raises(IntegrityError, match="short_is_of_what_is_open"), transaction.atomic():
        AsnLine.objects.filter(asn=asn).update(short_qty=101, short_reason="NOT_SENT")


def test_x16_a_supplier_has_a_tolerance_of_its_own(place, tea):
    inbound.supplier("STRICT", over_pct=0, over_qty=0)
    asn = inbound.arrival("STRICT", place, {"TEA": 100})

    assert inbound.count(inbound.receipt(asn), tea, 101) == {"good": 100, "over": 1}


def test_x16_under_receipt_stays_open_until_it_is_closed_short_with_a_reason(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    inbound.received(asn, tea, 70)
    asn.refresh_from_db()
    assert (asn.state, inbound.counts(asn)) == ("receiving", (70, 0, 0, 30))

    arrivals.close_short(asn.pk, reason="NOT_SENT", actor=SYSTEM, at=make.NOW)

    line = AsnLine.objects.get(asn=asn)
    asn.refresh_from_db()
    assert (line.short_qty, line.short_reason, line.open_qty) == (30, "NOT_SENT", 0)
    assert asn.state == "closed_short"
    event = OutboxEvent.objects.get(name="suppliers.closed_short")
    assert event.payload["units"] == 30
    with pytest.raises(ArrivalState):
        inbound.receipt(asn)


def test_an_arrival_is_not_closed_while_somebody_counts(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    inbound.receipt(asn)

    with pytest.raises(StillCounting):
        arrivals.close_short(asn.pk, reason="NOT_SENT", actor=SYSTEM, at=make.NOW)


def test_x17_damaged_units_lie_apart_with_a_claim_and_are_not_sellable(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 10})
    opened = inbound.receipt(asn)

    inbound.count(opened, tea, 3, kind="damaged")

    line = ReceiptLine.objects.get()
    assert (line.kind, line.claim_amount, line.claim_currency) == (
        "damaged",
        Decimal("7.50"),
        "USD",
    )
    assert lying() == {("DMG-1", "damaged", 3)}
    assert inbound.counts(asn) == (0, 3, 0, 7)
    assert atp(tea) == (3, 0)
    assert_books_balance()


def test_x17_lot_goods_without_lot_or_expiry_are_refused_as_sellable(place, oil):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"OIL": 10}))

    with pytest.raises(LotMissingAtDock):
        inbound.count(opened, oil, 1)
    with pytest.raises(ExpiryMissing):
        inbound.count(opened, oil, 1, lot_code="L1")
    assert not BinStock.objects.exists()
    assert inbound.count(opened, oil, 2, kind="unlabelled") == {"unlabelled": 2}

    assert lying("OIL") == {("HOLD-1", "quarantine", 2)}
    assert Lot.objects.get().code == f"NOLOT-{opened.number}"
    assert_books_balance()


@pytest.mark.parametrize(
    ("expires_on", "error"),
    [(dt.date(2026, 1, 20), LotExpired), (dt.date(2026, 3, 1), LotShortDated)],
)
def test_x17_an_expired_or_short_dated_lot_is_refused(place, oil, expires_on, error):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"OIL": 10}))

    with pytest.raises(error):
        inbound.count(opened, oil, 1, lot_code="L1", expires_on=expires_on)

    held = inbound.count(opened, oil, 1, kind="short_life", lot_code="L1", expires_on=expires_on)
    assert held == {"short_life": 1}
    assert lying("OIL") == {("HOLD-1", "quarantine", 1)}


def test_a_supervisor_may_accept_a_short_dated_lot_but_no_expired_one(place, oil):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"OIL": 10}))

    inbound.count(
        opened, oil, 1, lot_code="L1", expires_on=dt.date(2026, 3, 1), approved_by="user:7"
    )
    with pytest.raises(LotExpired):
        inbound.count(
            opened, oil, 1, lot_code="L2", expires_on=dt.date(2026, 1, 1), approved_by="user:7"
        )

    assert AuditEntry.objects.filter(reason="approved by user:7").count() == 1
    assert lying("OIL") == {("DOCK-1", "quarantine", 1)}


def test_the_same_lot_with_another_expiry_is_refused(place, oil):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"OIL": 10}))
    inbound.count(opened, oil, 2, lot_code="L1", expires_on=SOON)

    with pytest.raises(LotMismatch):
        inbound.count(opened, oil, 1, lot_code="L1", expires_on=dt.date(2027, 7, 31))

    assert inbound.count(opened, oil, 1, lot_code="L1") == {"good": 1}


def test_x17_an_sku_that_is_not_announced_is_not_received_and_none_is_created(place, tea):
    cup = make.sku("CUP")
    asn = inbound.arrival("HILL", place, {"TEA": 10})
    opened = inbound.receipt(asn)
    before = Sku.objects.count()

    with pytest.raises(NotAnnounced):
        inbound.count(opened, cup, 1)
    found = unidentified.Found(
        warehouse_id=place.pk, qty=4, scanned="CUP", asn_id=asn.pk, sku_id=cup.pk
    )
    goods = unidentified.hold(found, event_key="u", actor=SYSTEM, at=make.NOW)
    again = unidentified.hold(found, event_key="u", actor=SYSTEM, at=make.NOW)

    assert (goods.number[:3], goods.reason, again.pk) == ("UR-", "WRONG_SKU", goods.pk)
    assert (Sku.objects.count(), AsnLine.objects.count()) == (before, 1)
    assert not BinStock.objects.exists()


def test_x17_held_goods_are_linked_received_and_put_away(place, tea):
    cup = make.sku("CUP")
    asn = inbound.arrival("HILL", place, {"TEA": 10})
    found = unidentified.Found(warehouse_id=place.pk, qty=4, scanned="?", asn_id=asn.pk)
    goods = unidentified.hold(found, event_key="u", actor=SYSTEM, at=make.NOW)
    with pytest.raises(PhotoMissing):
        unidentified.dispose(goods.pk, note="", actor=SYSTEM, at=make.NOW)

    unidentified.link(goods.pk, unidentified.Link(sku_id=cup.pk), actor=SYSTEM, at=make.NOW)

    goods = UnidentifiedGoods.objects.get()
    assert (goods.state, goods.sku) == ("linked", cup)
    assert shelve(cup, 4).released_qty == 4
    assert atp(cup) == (4, 4)
    assert_books_balance()


def test_x17_a_sample_is_due_before_anything_is_put_away(place, tea):
    inbound.supplier("NEW", is_new=True)
    asn = inbound.arrival("NEW", place, {"TEA": 10})

    opened = inbound.received(asn, tea, 10)

    sample = Inspection.objects.get()
    assert (opened.state, sample.sample_qty, sample.state) == ("inspecting", 10, "due")
    with pytest.raises(NotFreeToPutAway):
        shelve(tea, 1)
    with pytest.raises(FailedTooMany):
        finishing.answer_inspection(sample.pk, failed_qty=11, actor=SYSTEM, at=make.NOW)
    finishing.answer_inspection(sample.pk, failed_qty=0, actor=SYSTEM, at=make.NOW)
    with pytest.raises(InspectionDone):
        finishing.answer_inspection(sample.pk, failed_qty=0, actor=SYSTEM, at=make.NOW)
    assert shelve(tea, 10).released_qty == 10


def test_x17_failing_above_the_limit_puts_the_whole_line_in_quality_control(place, tea):
    inbound.supplier("OKAY", inspection="sample", failed_limit_qty=1)
    asn = inbound.arrival("OKAY", place, {"TEA": 50})
    inbound.received(asn, tea, 50)
    sample = Inspection.objects.get()
    assert sample.sample_qty == 8

    finishing.answer_inspection(sample.pk, failed_qty=2, actor=SYSTEM, at=make.NOW)

    assert inbound.counts(asn) == (0, 0, 50, 0)
    assert lying() == {("HOLD-1", "quarantine", 50)}
    assert Inspection.objects.get().state == "failed"
    with pytest.raises(NotFreeToPutAway):
        shelve(tea, 1)
    assert_books_balance()


def test_x17_within_the_limit_only_the_failed_units_are_damaged(place, tea):
    inbound.supplier("OKAY", inspection="sample", failed_limit_qty=1)
    asn = inbound.arrival("OKAY", place, {"TEA": 50})
    inbound.received(asn, tea, 50)

    finishing.answer_inspection(
        Inspection.objects.get().pk, failed_qty=1, actor=SYSTEM, at=make.NOW
    )

    assert inbound.counts(asn) == (49, 1, 0, 0)
    assert lying() == {("DOCK-1", "quarantine", 49), ("DMG-1", "damaged", 1)}
    assert shelve(tea, 49).released_qty == 49
    assert_books_balance()


def test_one_scan_that_arrives_twice_is_booked_once(place, tea):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"TEA": 100}))

    answers = [inbound.count(opened, tea, 7, event_key="s1") for _ in range(2)]

    assert answers == [{"good": 7}, {"good": 7}]
    assert lying() == {("DOCK-1", "quarantine", 7)}


def test_undo_takes_the_last_count_back_with_its_own_cost(place, tea):
    make.put(tea, place, 5)
    Sku.objects.filter(pk=tea.pk).update(default_cost=Decimal("9.00"))
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    opened = inbound.receipt(asn)
    inbound.count(opened, tea, 7)

    finishing.undo_last(opened.pk, actor=SYSTEM, at=make.NOW)

    assert inbound.counts(asn) == (0, 0, 0, 100)
    assert lying() == {("A-01", "good", 5)}
    left = CostLayer.objects.filter(remaining_qty__gt=0)
    assert list(left.values_list("remaining_qty", flat=True)) == [5]
    assert_books_balance()


def test_what_took_other_units_out_of_the_dock_is_not_undone(place, tea):
    opened = inbound.receipt(inbound.arrival("HILL", place, {"TEA": 100}))
    inbound.count(opened, tea, 105)
    inbound.count(opened, tea, 5)

    with pytest.raises(TooLateToUndoReceipt):
        finishing.undo_last(opened.pk, actor=SYSTEM, at=make.NOW)


def test_a_finished_receipt_takes_no_more(place, tea):
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    opened = inbound.received(asn, tea, 5)

    with pytest.raises(ReceiptClosed):
        inbound.count(opened, tea, 1)
    assert receiving.open_receipt(asn.pk, actor=SYSTEM, at=make.NOW).pk != opened.pk
    event = OutboxEvent.objects.get(name="suppliers.received")
    assert (event.payload["units"], event.payload["receipt_id"]) == (5, opened.pk)


def test_an_arrival_is_announced_once_and_only_of_skus_that_exist(place, tea):
    inbound.arrival("HILL", place, {"TEA": 1}, reference="PO-7")

    with pytest.raises(ArrivalKnown):
        inbound.arrival("HILL", place, {"TEA": 1}, reference="PO-7")
    with pytest.raises(SkuMissing):
        inbound.arrival("HILL", place, {"NOPE": 1})
    assert AsnLine.objects.count() == 1
