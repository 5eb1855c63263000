"""X24 on real orders: watch, cases, reships, refunds, claims, duplicates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM, Actor
from core.events.delivering import deliver_due
from core.models import AuditEntry
from inventory.models import BinStock, CountTask, StockLevel
from orders.models import Order, OrderLine
from returns.models import CarrierClaim, DeliveryCase, Refund, ReturnReason
from returns.queries.claims import cost_of_quality
from returns.services import carrier_claims, claims, delivery_cases, parcel_watch, refunds
from returns.services.carrier_claims import ClaimAmountRefused, ClaimMoveRefused, ClaimTooLate
from returns.services.delivery_cases import CaseMoveRefused, NotDeliveredYet, ParcelNotOfOrder
from returns.services.errors import ReturnReasonMissing
from tests.factories import claims as make
from tests.factories import orders, returns

pytestmark = pytest.mark.django_db
NOW = make.NOW  # a Wednesday
DAY = dt.timedelta(days=1)
DESK = Actor("user", 201, "Des K.")


@pytest.fixture
def la():
    return returns.stocked("TEA", units=10)


def held(condition: str) -> int:
    rows = BinStock.objects.filter(condition=condition, bin__warehouse__code="LA")
    return sum(rows.values_list("qty", flat=True))


def heard(parcel, status: str, at: dt.datetime) -> DeliveryCase:
    make.scan(parcel, status, at)
    delivery_cases.hear_of([parcel.pk], at=at)
    return DeliveryCase.objects.get(parcel=parcel)


def test_x24_no_first_scan_warns_after_2_and_is_not_handed_over_after_5_working_days(la):
    parcel = make.parcel_of(make.sent_order())

    days = (1, 2, 6, 7, 8)  # Thursday, Friday, Tuesday, Wednesday, Thursday
    told = [parcel_watch.watch(NOW + day * DAY) for day in days]
    case = DeliveryCase.objects.get()

    assert [one for one in told if any(one.values())] == [
        *({"watched": 1, "lapsed": 0}, {"not_handed_over": 1, "lapsed": 0}),
    ]
    assert [bool(any(one.values())) for one in told] == [False, True, False, True, False]
    assert (case.parcel_id, case.kind, case.state) == (parcel.pk, "NO_SCAN", "decide")
    assert not CarrierClaim.objects.exists()


def test_x24_units_not_handed_over_stand_in_the_books_as_suspected_missing_once(la):
    order = make.sent_order(2)
    make.parcel_of(order)
    assert (held("good"), held("suspected_missing")) == (8, 0)

    for _again in range(2):
        parcel_watch.watch(NOW + 7 * DAY)
    case = DeliveryCase.objects.get()
    level = StockLevel.objects.get(sku__code="TEA", warehouse=la)

    assert (held("good"), held("suspected_missing")) == (8, 2)
    assert (case.is_off_the_books, level.on_hand) == (True, 10)
    task = CountTask.objects.get()
    assert (task.reason, task.cause_key, task.due_at) == (
        *("NOT_HANDED_OVER", case.key, NOW + 7 * DAY + dt.timedelta(hours=8)),
    )


def test_x24_a_label_that_never_left_is_decided_without_touching_the_stock(la):
    order = orders.place_one(orders.line("TEA", 2))
    make.parcel_of(order, is_handed_over=False)

    parcel_watch.watch(NOW + 7 * DAY)
    case = DeliveryCase.objects.get()

    assert (case.state, case.is_off_the_books) == ("decide", False)
    assert (held("good"), held("suspected_missing")) == (10, 0)


def test_x24_silence_on_the_way_opens_a_case_and_a_claim_with_its_last_day(la):
    parcel = make.parcel_of(make.sent_order())
    make.scan(parcel, "in_transit", NOW + DAY)

    early = parcel_watch.watch(NOW + 15 * DAY)
    told = parcel_watch.watch(NOW + 16 * DAY)
    again = parcel_watch.watch(NOW + 17 * DAY)
    case, claim = DeliveryCase.objects.get(), CarrierClaim.objects.get()

    assert (early.get("lost", 0), told["lost"], again.get("lost", 0)) == (0, 1, 0)
    assert (case.kind, case.state) == ("LOST", "decide")
    assert (claim.kind, claim.state, claim.amount, claim.currency) == (
        *("LOST", "open", Decimal("20.00"), "USD"),
    )
    assert (claim.deadline_on, claim.case) == (dt.date(2026, 4, 21), case)
    assert held("suspected_missing") == 0


def test_x24_a_parcel_abroad_is_lost_after_30_days(la):
    parcel = make.parcel_of(make.sent_order(country="DE"))
    make.scan(parcel, "in_transit", NOW)

    told = [parcel_watch.watch(NOW + days * DAY).get("lost", 0) for days in (15, 29, 30)]

    assert told == [0, 0, 1]


def test_x24_delivered_but_not_received_is_a_case_and_no_claim(la):
    order = make.sent_order()
    parcel = make.parcel_of(order)
    with pytest.raises(NotDeliveredYet):
        claims.report_missing(order.key, parcel.pk, words="where", actor=SYSTEM, at=NOW)
    make.scan(parcel, "delivered", NOW + 3 * DAY)

    case = claims.report_missing(
        order.key, parcel.pk, words="Not at the door.", actor=SYSTEM, at=NOW + 4 * DAY
    )
    again = claims.report_missing(
        order.key, parcel.pk, words="Still not.", actor=SYSTEM, at=NOW + 5 * DAY
    )

    assert (case.kind, case.state, case.source, case.words) == (
        *("NOT_RECEIVED", "decide", "customer", "Not at the door."),
    )
    assert again.pk == case.pk
    assert not CarrierClaim.objects.exists()
    for key in ("order:0", "order:x", "", f"order:{order.pk + 1}"):
        with pytest.raises(ParcelNotOfOrder):
            claims.report_missing(key, parcel.pk, words="", actor=SYSTEM, at=NOW)


def test_x24_a_reship_names_the_first_order_and_counts_its_revenue_once(la):
    order = make.sent_order()
    make.parcel_of(order)
    parcel_watch.watch(NOW + 7 * DAY)
    case = DeliveryCase.objects.get()

    with pytest.raises(ReturnReasonMissing):
        delivery_cases.reship(case.pk, reason=" ", actor=DESK, at=NOW + 8 * DAY)
    done = delivery_cases.reship(case.pk, reason="Lost at the dock", actor=DESK, at=NOW + 8 * DAY)
    for act in (delivery_cases.reship, delivery_cases.refund):
        with pytest.raises(CaseMoveRefused):
            act(case.pk, reason="Twice", actor=DESK, at=NOW + 8 * DAY)
    again = Order.objects.get(pk=done.reship_id)
    line = OrderLine.objects.get(order=again)

    assert (done.state, done.decided_by) == ("reshipped", DESK.key)
    assert (again.replaces_id, again.total_amount, again.stage) == (order.pk, 0, "routed")
    assert (line.sku_code, line.qty, line.unit_price) == ("TEA", 2, 0)
    assert sum(Order.objects.values_list("total_amount", flat=True)) == Decimal("20.00")
    assert AuditEntry.objects.filter(action="returns.case_reshipped").count() == 1


def test_x24_a_refund_gives_back_what_the_parcel_cost_once(la):
    order = make.sent_order()
    make.parcel_of(order)
    parcel_watch.watch(NOW + 7 * DAY)
    case = DeliveryCase.objects.get()

    done = delivery_cases.refund(case.pk, reason="Customer wants it back", actor=DESK, at=NOW)
    refund = Refund.objects.get()

    assert (done.state, done.refund_amount) == ("refunded", Decimal("20.00"))
    assert (refund.amount, refund.reason, refund.order_id) == (
        *(Decimal("20.00"), "LOST", order.pk),
    )
    with pytest.raises(CaseMoveRefused):
        delivery_cases.refund(case.pk, reason="Twice", actor=DESK, at=NOW)
    giving = refunds.Giving("GOODWILL", "x", "more")
    with pytest.raises(refunds.RefundAboveLeft):
        refunds.give(order.pk, Decimal("0.01"), giving, actor=DESK, at=NOW)


def test_x24_a_late_delivery_after_the_reship_is_flagged_and_the_claim_taken_back(la):
    parcel = make.parcel_of(make.sent_order())
    make.scan(parcel, "in_transit", NOW)
    parcel_watch.watch(NOW + 16 * DAY)
    case = DeliveryCase.objects.get()
    delivery_cases.reship(case.pk, reason="Lost", actor=DESK, at=NOW + 17 * DAY)

    moving = heard(parcel, "out_for_delivery", NOW + 18 * DAY)
    assert moving.state == "reshipped"
    flagged = heard(parcel, "delivered", NOW + 19 * DAY)
    claim = CarrierClaim.objects.get()

    assert (flagged.state, claim.state) == ("duplicate", "withdrawn")
    assert delivery_cases.hear_of([parcel.pk], at=NOW + 20 * DAY) == 0
    closed = delivery_cases.close(case.pk, reason="They keep it", actor=DESK, at=NOW + 20 * DAY)
    assert closed.state == "closed"


def test_x24_a_scan_ends_the_worry_before_anybody_decides(la):
    parcel = make.parcel_of(make.sent_order())
    parcel_watch.watch(NOW + 2 * DAY)

    case = heard(parcel, "in_transit", NOW + 2 * DAY + dt.timedelta(hours=3))

    assert case.state == "found"
    assert parcel_watch.watch(NOW + 10 * DAY) == {"lapsed": 0}


def test_x24_scans_reach_the_cases_through_the_outbox(la):
    parcel = make.parcel_of(make.sent_order())
    parcel_watch.watch(NOW + 2 * DAY)
    make.scan(parcel, "delivered", NOW + 3 * DAY)
    deliver_due(NOW + 3 * DAY)

    assert DeliveryCase.objects.get().state == "found"


def test_x24_a_claim_is_sent_paid_or_lapses_after_its_last_day(la):
    paid, lapsed = (
        carrier_claims.open_claim(
            carrier_claims.ClaimDraft(
                make.parcel_of(order), order, "DAMAGED", Decimal("12.00"), note="wet"
            ),
            actor=DESK,
            at=NOW,
        )
        for order in (make.sent_order(), make.sent_order())
    )

    carrier_claims.send(paid.pk, reference="T-9", actor=DESK, at=NOW + 90 * DAY)
    with pytest.raises(ClaimAmountRefused):
        carrier_claims.pay(paid.pk, Decimal("1.001"), actor=DESK, at=NOW + 95 * DAY)
    done = carrier_claims.pay(paid.pk, Decimal("9.50"), actor=DESK, at=NOW + 95 * DAY)
    with pytest.raises(ClaimTooLate):
        carrier_claims.send(lapsed.pk, reference="", actor=DESK, at=NOW + 91 * DAY)
    assert carrier_claims.lapse_due(NOW + 90 * DAY) == 0
    assert carrier_claims.lapse_due(NOW + 91 * DAY) == 1
    lapsed.refresh_from_db()

    assert (done.state, done.paid_amount, done.reference) == ("paid", Decimal("9.50"), "T-9")
    assert (lapsed.state, lapsed.number[:3]) == ("lapsed", "KC-")
    with pytest.raises(ClaimMoveRefused):
        carrier_claims.end(done.pk, "refused", note="", actor=DESK, at=NOW)


def test_x24_what_broke_on_the_way_is_claimed_from_the_return_s_lines(la):
    order = returns.delivered_order()
    make.parcel_of(order)
    request = returns.request(order)
    broken = ReturnReason.objects.get(code="DAMAGED_IN_TRANSIT")
    request.lines.update(reason=broken)
    plain = returns.request(returns.delivered_order())

    claim = carrier_claims.claim_damage(request.pk, actor=DESK, at=returns.ASKED)
    again = carrier_claims.claim_damage(request.pk, actor=DESK, at=returns.ASKED)

    assert (claim.kind, claim.amount, claim.note) == ("DAMAGED", Decimal("10.00"), request.number)
    assert again.pk == claim.pk
    with pytest.raises(carrier_claims.NothingBroken):
        carrier_claims.claim_damage(plain.pk, actor=DESK, at=returns.ASKED)


def test_x24_the_cost_of_quality_adds_goods_labels_and_refunds_less_what_carriers_paid(la):
    first, second = make.sent_order(), make.sent_order()
    for order in (first, second):
        parcel = make.parcel_of(order)
        make.scan(parcel, "in_transit", NOW)
    parcel_watch.watch(NOW + 16 * DAY)
    one, other = DeliveryCase.objects.order_by("pk")
    at = NOW + 17 * DAY
    again = delivery_cases.reship(one.pk, reason="Lost", actor=DESK, at=at).reship
    returns.send_off(again)
    make.parcel_of(again)
    delivery_cases.refund(other.pk, reason="Lost", actor=DESK, at=at)
    claim = CarrierClaim.objects.get(case=one)
    carrier_claims.send(claim.pk, reference="T-1", actor=DESK, at=at)
    carrier_claims.pay(claim.pk, Decimal("15.00"), actor=DESK, at=at)

    cost = cost_of_quality(NOW, NOW + 30 * DAY)

    assert (cost.case_count, cost.reship_count, cost.currency) == (2, 1, "USD")
    assert (cost.goods, cost.refunds, cost.recovered) == (
        *(Decimal("2.00"), Decimal("20.00"), Decimal("15.00")),
    )
    assert cost.net == Decimal("7.00") + cost.labels
    assert cost_of_quality(NOW - DAY, NOW).net == 0
