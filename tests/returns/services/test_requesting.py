"""Asking for a return: units, values, policy, repeats, limits, races."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry
from core.models.shell import Notice
from orders.models import Order
from orders.services import floor
from returns.models import ReturnLine, ReturnRequest, ReturnStep
from returns.queries import returnable
from returns.services import eligibility, requesting
from returns.services.request_errors import (
    LineNotReturnable,
    OutcomeRefused,
    ReasonUnknown,
    TooManyReturns,
    UnitsGone,
    WayRefused,
)
from tests.factories import orders as make
from tests.factories import returns as back
from tests.factories.core import make_user
from tests.factories.returns import ASKED, DELIVERED
from tests.helpers.race import ALL_COME_S, Meeting, race, wins


@pytest.fixture
def la(db):
    back.ensure_rules()
    return back.stocked("TEA")


def test_units_left_and_values_are_exact_over_all_returns_of_a_line(la):
    back.stocked("MUG")
    order = back.delivered_order(
        make.line("TEA", 3, "10.00", discount_amount=Decimal("1.00")),
        make.line("MUG", 1, "7.00"),
        discount_amount=Decimal("2.00"),
        tax_amount=Decimal("3.33"),
        paid_amount=Decimal("37.33"),
    )
    offer = eligibility.for_order(order.pk, at=ASKED)
    tea, mug = offer.lines

    # 37 of goods minus 3 of discounts, spread by 29 : 7; tax by the same.
    assert (tea.value_left_amount, mug.value_left_amount) == (Decimal("30.07"), Decimal("7.26"))
    assert tea.value_left_amount + mug.value_left_amount == order.total_amount
    assert (tea.left_qty, tea.shipped_qty, tea.delivered_qty, tea.refusal) == (3, 3, 3, "")
    assert tea.delivered_at == DELIVERED

    first = back.request(order, units={"TEA": 1})
    second = back.request(order, units={"TEA": 2})
    values = [row.lines.get().value_amount for row in (first, second)]
    assert values == [Decimal("10.02"), Decimal("20.05")]
    again = eligibility.for_order(order.pk, at=ASKED).line(tea.order_line_id)
    assert (again.left_qty, again.returned_qty, again.refusal) == (0, 3, "ALL_ASKED")


def test_a_request_is_taken_once_decided_by_the_policy_and_kept_with_it(la):
    order = back.delivered_order()
    draft = back.ask(order, submission_key="page-1", note=" too strong ")

    row = requesting.submit(draft, actor=SYSTEM, at=ASKED)
    same = requesting.submit(draft, actor=SYSTEM, at=ASKED + dt.timedelta(minutes=1))

    assert same.pk == row.pk
    row.refresh_from_db()
    line = row.lines.get()
    assert (row.status, row.decided_by, line.reason_note) == ("approved", "system", "too strong")
    assert (row.order_id, row.currency, row.warehouse.code) == (order.pk, "USD", "LA")
    assert row.send_by_on == (ASKED + dt.timedelta(days=14)).date()
    assert (line.qty, line.value_amount, line.reason.code) == (1, Decimal("10.00"), "CHANGED_MIND")
    assert row.policy["version"] == row.policy_version
    steps = list(ReturnStep.objects.order_by("pk").values_list("code", flat=True))
    assert steps == ["requested", "approve"]
    entries = AuditEntry.objects.filter(target_kind="rma", target_id=row.pk).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == [
        "returns.requested",
        "returns.approve",
    ]
    order.refresh_from_db()
    assert (order.status, order.open_returns) == ("confirmed", 1)


def test_the_policy_refuses_and_staff_may_override_with_a_reason(la):
    order = back.delivered_order()
    late = DELIVERED + dt.timedelta(days=60)
    with pytest.raises(LineNotReturnable) as refused:
        back.request(order, at=late)
    assert refused.value.data["refusal"] == "OUT_OF_WINDOW"
    assert not ReturnRequest.objects.exists()

    row = back.request(order, at=late, source="desk", override_reason="loyal", actor=back.DESK)

    assert (row.status, row.decided_by, row.decision_reason) == (
        "approved",
        back.DESK.key,
        "loyal",
    )


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"units": {"TEA": 3}}, UnitsGone),
        ({"resolution": "repair"}, OutcomeRefused),
        ({"method": "carry"}, WayRefused),
        ({"reason_code": "DISSATISFIED"}, ReasonUnknown),
        ({"reason_code": ""}, ReasonUnknown),
    ],
)
def test_what_can_not_be_is_refused_with_its_code(la, wish, refusal):
    order = back.delivered_order()
    with pytest.raises(refusal):
        back.request(order, **wish)
    assert not ReturnLine.objects.exists()
    assert Order.objects.get(pk=order.pk).open_returns == 0


def test_goods_that_have_not_arrived_wait_for_their_delivery(la):
    order = make.place_one(make.line("TEA", 2))
    shipments = back.send_off(order)
    with pytest.raises(LineNotReturnable) as refused:
        back.request(order)
    assert refused.value.data["refusal"] == "NOT_DELIVERED"

    floor.deliver([row.pk for row in shipments], actor=SYSTEM, at=DELIVERED)
    assert back.request(order).status == "approved"


def test_rel_h_14_one_order_has_no_more_returns_than_the_limit_and_people_are_told(la):
    desk = make_user("order_desk")
    order = back.delivered_order(make.line("TEA", 20))
    for _one in range(5):
        back.request(order)

    with pytest.raises(TooManyReturns) as refused:
        back.request(order)
    with pytest.raises(TooManyReturns):
        back.request(order)

    assert (refused.value.status, refused.value.data["most"]) == (429, 5)
    assert ReturnRequest.objects.count() == 5
    assert AuditEntry.objects.filter(action="returns.limit_reached").count() == 2
    told = Notice.objects.filter(kind="returns.limit_reached").values_list("user_id", "target")
    assert list(told) == [(desk.pk, order.key)]
    # The desk answers for what it types.
    assert back.request(order, source="desk").status == "approved"


def test_rel_h_14_requests_of_one_customer_end_at_the_limit_of_the_day(la):
    rows = [back.delivered_order() for _n in range(6)]
    for order in rows[:5]:
        for _try in range(2):
            back.request(order)
    with pytest.raises(TooManyReturns) as refused:
        back.request(rows[5])
    assert refused.value.data["limit"] == "returns.most_per_customer_day"
    assert ReturnRequest.objects.count() == 10
    tomorrow = ASKED + dt.timedelta(days=1, minutes=1)
    assert back.request(rows[-1], at=tomorrow).status == "approved"


def test_rel_h_14_labels_left_unused_make_the_next_request_wait_for_a_person(la):
    order = back.delivered_order(make.line("TEA", 9))
    for n in range(3):
        row = back.request(order)
        ReturnStep.objects.create(request=row, code="issue_label", at=ASKED, by="system")
        requesting.deciding.cancel(row.pk, reason="", actor=SYSTEM, at=ASKED, by_customer=True)
        assert (n, ReturnLine.objects.get(request=row).state) == (n, "cancelled")

    row = back.request(order)

    assert row.status == "review"
    assert row.steps.get(code="hold_for_review").data == {"codes": ["UNUSED_LABELS"]}


def test_rel_h_14_replacements_in_a_row_wait_for_a_person(la):
    first = back.delivered_order()
    second = back.delivered_order(replaces_id=first.pk)
    third = back.delivered_order(replaces_id=second.pk)

    assert back.request(second).status == "approved"
    row = back.request(third)

    assert (row.status, row.steps.get(code="hold_for_review").data["codes"]) == (
        "review",
        ["REPLACED_AGAIN"],
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_h_14_two_requests_at_once_never_take_the_same_units(monkeypatch):
    order = _ready()
    meeting = Meeting()
    monkeypatch.setattr(returnable, "units_of", meeting.after(returnable.units_of))

    outcomes = race([lambda: _both_units(order), lambda: _both_units(order)])

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [UnitsGone]
    assert _units_asked(order) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_h_14_without_the_orders_lock_both_would_take_them(monkeypatch):
    order = _ready()
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(returnable, "units_of", meeting.after(returnable.units_of))
    monkeypatch.setattr(requesting, "lock_order", lambda pk: Order.objects.get(pk=pk))

    outcomes = race([lambda: _both_units(order), lambda: _both_units(order)])

    assert wins(outcomes) == 2
    assert _units_asked(order) == 4


def _ready() -> Order:
    back.ensure_rules()
    back.stocked("TEA")
    return back.delivered_order()


def _both_units(order: Order) -> ReturnRequest:
    return requesting.submit(back.ask(order, units={"TEA": 2}), actor=SYSTEM, at=ASKED)


def _units_asked(order: Order) -> int:
    rows = ReturnLine.objects.claiming().filter(order_line__order=order)
    return sum(row.qty for row in rows)
