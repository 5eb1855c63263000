"""The rulebook asked about real orders: facts, versions, roll-back, dry runs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import AuditEntry
from inventory.models import Product
from inventory.services import places
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.services import floor
from orders.services.errors import OrderNotFound
from returns.domain.policy import PolicyDecision
from returns.models import DeliveryCase, PolicyBook, PolicyRule, ReturnReason
from returns.services import policies, policy_facts, policy_rules, reasons
from returns.services.policies import LineWant
from returns.services.policy_rules import PolicyRuleDraft, PolicyRuleMoveRefused, PolicyRuleRefused
from returns.services.reasons import ReasonDraft, ReasonRefused
from tests.factories import orders as make
from tests.factories.customers import make_customer
from tests.factories.shipping import make_parcel

pytestmark = pytest.mark.django_db
NOW = make.NOW
DAY = dt.timedelta(days=1)
SHIPPED = NOW + DAY
CAME = NOW + 4 * DAY  # Sunday 25 January


@pytest.fixture
def la():
    reasons.ensure()
    policies.ensure_defaults(at=NOW)
    return make.warehouse("LA")


def shipped(order: Order, *, delivered_at: dt.datetime | None = CAME) -> Order:
    """Take an order's parcels from the shelf to the customer."""
    pks = list(Shipment.objects.filter(order=order).values_list("pk", flat=True))
    floor.release(pks, wave_key="wave:1", actor=SYSTEM, at=NOW)
    lines = ShipmentLine.objects.filter(shipment_id__in=pks)
    picks = [floor.PickedUnits(line.pk, line.qty) for line in lines]
    floor.record_picked(picks, actor=SYSTEM, at=NOW)
    floor.record_packed(pks, actor=SYSTEM, at=NOW)
    floor.ship(pks, actor=SYSTEM, at=SHIPPED)
    if delivered_at:
        floor.deliver(pks, actor=SYSTEM, at=delivered_at)
    return order


def tea_order(la, *, qty: int = 2, country: str = "US", price: str = "20.00", **more) -> Order:
    make.channel()
    product = Product.objects.create(code="TEA", name="Tea", category="Tea", brand="Mingjian")
    make.put(make.sku("TEA", product=product, shelf_life_days=365), la, 10)
    order = make.place_one(make.line("TEA", qty, price), ship_to=make.address(country), **more)
    return shipped(order)


def ask(order: Order, *, at: dt.datetime, method: str = "", **want) -> PolicyDecision:
    line = OrderLine.objects.get(order=order)
    return policies.decide_order(
        order.pk, [LineWant(line.pk, want.pop("qty", 1), **want)], at=at, method=method
    )


def test_a_15_an_order_is_told_window_outcomes_and_fee_before_anything_is_chosen(la):
    order = tea_order(la)

    with CaptureQueriesContext(
        connection,
    ) as seen:
        decision = ask(order, at=CAME + DAY)
    [verdict] = decision.lines

    assert (verdict.is_allowed, verdict.refusal, verdict.window_days) == (True, "", 30)
    assert (verdict.starts_on, verdict.deadline_on) == (
        dt.date(2026, 1, 25),
        dt.date(2026, 2, 24),
    )
    assert verdict.resolutions == ("refund", "store_credit", "exchange")
    assert decision.return_shipping_amount == Decimal("0.00")
    assert (decision.version, decision.auto_approves) == (1, True)
    assert [rule.code for rule in decision.rules] == ["STANDARD"]
    assert len(seen) <= 12


def test_a_17_facts_of_order_line_customer_and_reason_reach_the_rules(la):
    order = tea_order(la, discount_amount=Decimal("8.00"), paid_amount=Decimal("32.00"))
    facts = (
        'product == "TEA" and category == "Tea" and brand == "Mingjian" and shelf_life_days == 365'
        ' and channel == "shop" and country == "US" and warehouse == "LA" and order_count == 1'
        ' and reason_group == "INACCURATE" and fault == "seller" and is_full_return'
        ' and item_count == 2 and method == "store" and outcome == "refund" and return_count == 0'
        ' and order_day == d"2026-01-21" and days_since_delivery == 1 and not is_cross_border'
    )
    draft = policy_rules.save_draft(
        PolicyRuleDraft("SEEN", "Seen", facts, priority=1, effects={"bonus_percent": "7"}),
        actor=SYSTEM,
        at=NOW,
    )
    policy_rules.publish(draft.pk, actor=SYSTEM, at=NOW)

    decision = ask(
        order, at=CAME + DAY, qty=2, reason_code="WRONG_ITEM", outcome="refund", method="store"
    )

    assert decision.version == 2
    assert [rule.code for rule in decision.rules] == ["SEEN", "OUR-FAULT", "STANDARD"]
    assert decision.lines[0].bonus_share == Decimal("0.07")
    assert decision.refunds_original_shipping


def test_a_15_a_parcel_without_a_word_counts_as_delivered_after_fourteen_days(la):
    make.channel()
    make.put(make.sku("TEA"), la, 1)
    order = shipped(make.place_one(), delivered_at=None)

    early = ask(order, at=SHIPPED + 13 * DAY).lines[0]
    later = ask(order, at=SHIPPED + 14 * DAY).lines[0]

    assert (early.refusal, early.starts_on) == ("NOT_DELIVERED", None)
    assert (later.is_allowed, later.starts_on) == (True, dt.date(2026, 2, 5))


def test_a_15_the_last_day_is_the_warehouse_s_and_moves_over_its_holidays(la):
    order = tea_order(la)
    places.save_warehouse(
        places.WarehouseDraft(code="LA", holidays=(dt.date(2026, 2, 24),)),
        actor=SYSTEM,
        at=NOW,
    )

    assert ask(order, at=CAME).lines[0].deadline_on == dt.date(2026, 2, 25)


def test_a_17_goods_over_a_customs_border_go_to_review_but_not_inside_the_union(la):
    abroad = tea_order(la, country="DE")
    decision = ask(abroad, at=CAME)

    assert (decision.needs_review, decision.review_reasons) == (True, ("CUSTOMS",))
    assert {rule.code for rule in decision.rules} == {"EU-LAW", "CUSTOMS", "STANDARD"}
    assert not policies.policy_facts.is_over_customs("DE", "NL")
    assert policies.policy_facts.is_over_customs("DE", "GB")


def test_a_17_a_line_of_another_order_is_not_answered(la):
    order = tea_order(la)

    with pytest.raises(OrderNotFound):
        policies.decide_order(order.pk, [LineWant(0, 1)], at=NOW)
    with pytest.raises(OrderNotFound):
        policies.decide_order(order.pk + 1, [], at=NOW)


def test_a_17_each_published_change_makes_a_rulebook_that_can_be_put_back(la):
    assert policies.ensure_defaults(at=NOW) == 0
    short = policy_rules.save_draft(
        PolicyRuleDraft("STANDARD", "14 days", priority=100, effects={"window_days": "14"}),
        actor=SYSTEM,
        at=NOW,
    )
    asked_before = policy_rules.book()
    policy_rules.publish(short.pk, actor=SYSTEM, at=NOW)
    risk = PolicyRule.objects.get(code="RISK")
    policy_rules.move(risk.pk, "paused", actor=SYSTEM, at=NOW)
    changed = policy_rules.book()

    back = policy_rules.put_back(1, actor=SYSTEM, at=NOW)
    again = policy_rules.book()

    assert (asked_before.version, changed.version, again.version) == (1, 3, 4)
    assert [(rule.code, rule.version) for rule in changed.rules] == [
        *(("EU-LAW", 1), ("OUR-FAULT", 1), ("KEEP-CHEAP", 1), ("CUSTOMS", 1), ("STANDARD", 2)),
    ]
    assert again.rules == asked_before.rules
    assert back.rules == PolicyBook.objects.get(version=1).rules
    assert PolicyRule.objects.get(pk=short.pk).state == "ended"
    with pytest.raises(PolicyRuleMoveRefused):
        policy_rules.publish(risk.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(policy_rules.NoSuchBook):
        policy_rules.put_back(9, actor=SYSTEM, at=NOW)
    actions = AuditEntry.objects.filter(action__startswith="returns.policy").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        *("returns.policy_rule_drafted", "returns.policy_rule_published"),
        "returns.policy_rule_paused",
    ]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PolicyRuleDraft("A", "A", "secret == 1", effects={"review": True}), "condition"),
        (PolicyRuleDraft("A", "A", "total > ", effects={"review": True}), "condition"),
        (PolicyRuleDraft("A", "A"), "condition"),
        (PolicyRuleDraft("A", "A", effects={"window_days": "x"}), "window_days"),
        (PolicyRuleDraft("A", "A", effects={"destination": "MOON"}), "destination"),
    ],
)
def test_a_17_a_rule_that_can_not_be_asked_is_never_stored(la, draft, field):
    before = PolicyRule.objects.count()

    with pytest.raises(PolicyRuleRefused) as caught:
        policy_rules.save_draft(draft, actor=SYSTEM, at=NOW)

    assert caught.value.data["field"] == field
    assert PolicyRule.objects.count() == before


def test_a_25_reasons_have_two_levels_and_keep_their_level(la):
    assert reasons.ensure() == 0
    assert ReturnReason.objects.filter(parent=None).count() == 4
    assert ReturnReason.objects.count() == 22
    made = reasons.save(
        ReasonDraft("SMELLS", "Smells odd", "DISSATISFIED", "有异味"), actor=SYSTEM, at=NOW
    )

    with pytest.raises(ReasonRefused):
        reasons.save(ReasonDraft("SMELLS", "Smells odd"), actor=SYSTEM, at=NOW)
    with pytest.raises(ReasonRefused):
        reasons.save(ReasonDraft("ODD", "Odd", "SMELLS"), actor=SYSTEM, at=NOW)
    offered = list(ReturnReason.objects.offered().values_list("code", flat=True))

    assert (made.parent.code, made.fault) == ("DISSATISFIED", "customer")
    assert len(offered) == 16
    assert (offered[0], offered[-1]) == ("DAMAGED_IN_TRANSIT", "SMELLS")
    assert "ADDRESS_WRONG" not in offered


def test_a_17_parcels_reported_as_missing_raise_the_risk_of_their_customer(la):
    order = tea_order(la)
    order.customer = make_customer()
    order.save()
    asking = policy_facts.Asking(order.pk, (), "", at=NOW + 30 * DAY)
    scores = [policy_facts._history(order, asking).score]
    shipment = Shipment.objects.get(order=order)
    for number in (1, 2):
        DeliveryCase.objects.create(
            parcel=make_parcel(owner_key=f"{shipment.key}:{number}", order_key=order.key),
            order=order,
            kind="NOT_RECEIVED",
            source="customer",
            noticed_at=NOW + 20 * DAY,
        )
        scores.append(policy_facts._history(order, asking).score)
    assert scores == [0, 0, 10]
