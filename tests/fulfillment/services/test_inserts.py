"""Extras of a parcel from the rule to the ledger (X15, A-06, A-07, A-08)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import settings_store
from core.actors import SYSTEM
from customers.models import Customer
from fulfillment.models import CampaignAssignment, CartonExtra, CouponCode, InsertCampaign
from fulfillment.services import campaigns, inserts, packing, rules
from inventory.models import CountTask, Sku, StockLevel, StockMove
from orders.models import Order
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    """Return the warehouse LA with 20 TEA and 10 each of CARD, LEAFLET, BOX-B and TISSUE."""
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 20)
    for code in ("CARD", "LEAFLET"):
        add.insert(code, place)
    add.insert("BOX-B", place, kind="packaging", weight_g=90)
    add.insert("TISSUE", place, kind="packaging")
    floor.bench(place)
    return place


def shown(carton) -> list[tuple[str, str, str, str]]:
    rows = CartonExtra.objects.filter(carton=carton).on_card()
    return [(row.rule_code, row.sku.code, row.state, row.reason) for row in rows]


def plan(carton, at=NOW):
    return inserts.plan_extras(carton.pk, actor=SYSTEM, at=at)


def verify(carton):
    for line in carton.lines.all():
        packing.verify(carton_id=carton.pk, line_id=line.pk, units=line.qty, actor=SYSTEM, at=NOW)


def close(carton, box=None):
    closing = packing.Closing(carton.pk, 500, box)
    return packing.close(closing=closing, actor=SYSTEM, at=NOW)


def put_in(carton):
    for row in inserts.waiting(carton.pk):
        inserts.add(row.pk, actor=SYSTEM, at=NOW)


def test_x15_an_order_edited_to_vip_after_the_import_still_gets_its_card(shop):
    add.rule("VIP", "CARD", 'segment == "VIP"')
    order = add.picked()
    carton = add.opened(order)
    assert shown(carton) == []

    customer = Customer.objects.create(number="C9", segment="VIP", created_at=NOW, updated_at=NOW)
    Order.objects.filter(pk=order.pk).update(customer=customer)
    plan(carton)

    assert shown(carton) == [("VIP", "CARD", "planned", "")]
    why = CartonExtra.objects.get().why
    assert why == {"rule": "VIP", "version": 1, "matched": {"segment": "VIP"}, "arm": ""}
    Order.objects.filter(pk=order.pk).update(customer=None)
    plan(carton)
    assert shown(carton) == [("VIP", "CARD", "skipped", "NO_LONGER_MATCHES")]


def test_x15_at_most_two_inserts_by_default_and_as_many_as_the_setting_says(shop):
    for number, code in enumerate(("A", "B", "C")):
        add.rule(code, "CARD", priority=number)
    carton = add.opened(add.picked())

    assert [row[2:] for row in shown(carton)] == [
        ("planned", ""),
        ("planned", ""),
        ("skipped", "TOO_MANY_INSERTS"),
    ]
    settings_store.put("fulfillment.most_inserts", "3", actor=SYSTEM, at=NOW)
    plan(carton)
    assert [row[2] for row in shown(carton)] == ["planned"] * 3
    settings_store.forget()


def test_x15_a_skipped_coupon_leaves_its_code_free_and_the_parcel_closes(shop):
    add.campaign("SPRING", ("AAA-1", "AAA-2"))
    add.rule("COUPON", "CARD", campaign="SPRING")
    carton = add.opened(add.picked())
    verify(carton)

    short = inserts.report_missing(inserts.waiting(carton.pk)[0].pk, actor=SYSTEM, at=NOW)
    plan(carton)
    close(carton)

    assert short.outcome == "skipped"
    assert shown(carton) == [("COUPON", "CARD", "skipped", "MISSING_AT_BENCH")]
    assert set(CouponCode.objects.values_list("code", "state")) == {
        ("AAA-1", "free"),
        ("AAA-2", "free"),
    }
    assert StockLevel.objects.get(sku__code="CARD").on_hand == 10


def test_x15_a_blocking_rule_lets_no_parcel_close_without_its_insert(shop):
    add.insert("SAMPLE", shop, qty=0)
    add.rule("MUST", "SAMPLE", on_oos="block")
    carton = add.opened(add.picked())
    verify(carton)

    with pytest.raises(inserts.ExtrasLeft) as caught:
        close(carton)

    assert str(caught.value) == (
        "SAMPLE is not in the box yet. Scan it, or scan CMD-SHORT if it is gone."
    )
    assert shown(carton) == [("MUST", "SAMPLE", "planned", "OUT_OF_STOCK")]
    extra = inserts.waiting(carton.pk)[0]
    assert inserts.report_missing(extra.pk, actor=SYSTEM, at=NOW).outcome == "held"
    inserts.add(extra.pk, actor=SYSTEM, at=NOW)
    assert close(carton).state == "closed"
    row = CartonExtra.objects.get()
    assert (row.state, row.missing_qty, row.cost_amount) == ("added", 1, None)
    assert CountTask.objects.get().sku.code == "SAMPLE"
    assert_books_balance()


def test_x15_a_missing_insert_is_replaced_by_the_alternate(shop):
    add.rule("CARD", "CARD", on_oos="alternate", alternate="LEAFLET")
    carton = add.opened(add.picked())
    extra = inserts.waiting(carton.pk)[0]

    first = inserts.report_missing(extra.pk, actor=SYSTEM, at=NOW)
    second = inserts.report_missing(extra.pk, actor=SYSTEM, at=NOW)

    assert (first.outcome, first.extra.sku.code) == ("alternate", "LEAFLET")
    assert second.outcome == "skipped"
    assert shown(carton) == [("CARD", "LEAFLET", "skipped", "MISSING_AT_BENCH")]


def test_x15_a_gift_takes_no_promotion_and_its_card_only_with_a_message(shop):
    add.campaign("SALE", kind="promotion")
    add.rule("SALE", "LEAFLET", campaign="SALE", priority=1)
    add.rule("GIFT", "CARD", "is_gift", effect="add_gift_card", priority=2)

    with_note = add.opened(add.picked(is_gift=True, gift_message="Alles Gute"))
    without = add.opened(add.picked(is_gift=True, gift_message="  "))

    assert shown(with_note) == [
        ("SALE", "LEAFLET", "skipped", "GIFT_ORDER"),
        ("GIFT", "CARD", "planned", ""),
    ]
    assert shown(without)[1] == ("GIFT", "CARD", "skipped", "NO_GIFT_NOTE")
    assert inserts.waiting(without.pk) == []


def test_a_06_box_tissue_and_insert_leave_stock_once_and_keep_their_cost(shop):
    add.rule("BOX", "BOX-B", effect="use_packaging", priority=1)
    add.rule("TISSUE", "TISSUE", effect="add_tissue", qty=2, priority=2)
    add.rule("CARD", "CARD", priority=3)
    carton = add.opened(add.picked())
    verify(carton)
    box = inserts.wanted_box(carton.pk)
    put_in(carton)

    close(carton, box.pk)
    close(carton, box.pk)

    on_hand = dict(StockLevel.objects.values_list("sku__code", "on_hand"))
    assert on_hand == {"TEA": 20, "CARD": 9, "LEAFLET": 10, "BOX-B": 9, "TISSUE": 8}
    rows = CartonExtra.objects.order_by("rule__priority")
    assert list(rows.values_list("rule_code", "state", "cost_amount")) == [
        ("BOX", "added", Decimal("0.10")),
        ("TISSUE", "added", Decimal("0.20")),
        ("CARD", "added", Decimal("0.10")),
    ]
    moves = StockMove.objects.filter(event__event_key=f"pack:{carton.pk}")
    assert set(moves.values_list("to_bin__code", flat=True)) == {"ASSEMBLY"}
    assert inserts.weight_g(carton.pk) == 90 + 2 * 5 + 5
    assert_books_balance()


def test_a_06_another_box_than_the_branded_one_is_used_up_and_said(shop):
    add.insert("BOX-S", shop, kind="packaging")
    add.rule("BOX", "BOX-B", effect="use_packaging")
    carton = add.opened(add.picked())
    verify(carton)

    close(carton, Sku.objects.get(code="BOX-S").pk)

    assert shown(carton) == [("BOX", "BOX-B", "skipped", "OTHER_BOX_USED")]
    on_hand = dict(StockLevel.objects.values_list("sku__code", "on_hand"))
    assert (on_hand["BOX-S"], on_hand["BOX-B"]) == (9, 10)


def test_a_08_each_kind_of_campaign_targets_keeps_its_days_and_gives_one_code_a_parcel(shop):
    add.campaign("WELCOME", ("W-001", "W-002"), kind="coupon")
    add.campaign("NEWS", kind="new_product", valid_until_on=NOW.date() - dt.timedelta(days=1))
    add.campaign("SALE", kind="promotion")
    add.rule("W", "CARD", 'is_first_order and country == "US"', campaign="WELCOME", priority=1)
    add.rule("N", "LEAFLET", campaign="NEWS", priority=2)
    add.rule("S", "LEAFLET", "total >= 20", campaign="SALE", priority=3)
    first, second = (
        add.opened(add.picked(make.line(qty=2), email=mail)) for mail in ("a@x", "b@x")
    )
    for carton in (first, second):
        verify(carton)
        put_in(carton)
        close(carton)

    assert shown(first) == [
        ("W", "CARD", "added", ""),
        ("N", "LEAFLET", "skipped", "CAMPAIGN_NOT_RUNNING"),
        ("S", "LEAFLET", "added", ""),
    ]
    given = CouponCode.objects.order_by("code").values_list("code", "extra__carton")
    assert list(given) == [("W-001", first.pk), ("W-002", second.pk)]
    again = add.opened(add.picked(email="a@x", at=NOW + dt.timedelta(hours=1)))
    assert [row[0] for row in shown(again)] == ["N"]


def test_a_08_a_customer_of_the_control_group_gets_nothing_and_stays_there(shop):
    add.campaign("HALF", control_percent=50)
    add.rule("H", "CARD", campaign="HALF")
    cartons = [add.opened(add.picked(email=f"{n}@example.org")) for n in range(8)]

    arms = dict(CampaignAssignment.objects.values_list("order_key", "arm"))
    assert len(arms) == 8
    assert set(arms.values()) == {"control", "treated"}
    for carton in cartons:
        arm = arms[f"order:{carton.shipment.order_id}"]
        expected = ("skipped", "CONTROL_GROUP") if arm == "control" else ("planned", "")
        assert shown(carton)[0][2:] == expected
    again = [add.opened(add.picked(email=f"{n}@example.org")) for n in range(8)]
    assert CampaignAssignment.objects.count() == 8
    assert [shown(one) for one in again] == [shown(one) for one in cartons]


def test_undo_takes_the_card_out_and_frees_its_code(shop):
    add.campaign("SPRING", ("AAA-1",))
    add.rule("COUPON", "CARD", campaign="SPRING")
    carton = add.opened(add.picked())
    put_in(carton)
    assert CouponCode.objects.get().state == "assigned"

    inserts.undo_last(carton.pk, actor=SYSTEM, at=NOW)

    assert shown(carton) == [("COUPON", "CARD", "planned", "")]
    assert CouponCode.objects.get().state == "free"
    assert inserts.undo_last(carton.pk, actor=SYSTEM, at=NOW) is None
    with pytest.raises(inserts.coupons.CodeTaken):
        inserts.add(inserts.waiting(carton.pk)[0].pk, coupon_code="ZZZ-9", actor=SYSTEM, at=NOW)
    assert shown(carton) == [("COUPON", "CARD", "planned", "")]


def test_an_edit_is_a_new_version_publishing_replaces_and_an_old_one_can_come_back(shop):
    first = add.rule("R", "CARD", "is_gift")
    second = add.rule("R", "CARD", "not is_gift", live=False)
    assert (second.version, second.state) == (2, "draft")

    rules.publish(second.pk, actor=SYSTEM, at=NOW)
    carton = add.opened(add.picked())
    assert CartonExtra.objects.get().why["version"] == 2
    rules.publish(first.pk, actor=SYSTEM, at=NOW)
    plan(carton)

    assert shown(carton) == [("R", "CARD", "skipped", "NO_LONGER_MATCHES")]
    second.refresh_from_db()
    assert second.state == "retired"
    with pytest.raises(rules.RuleMoveRefused):
        rules.publish(first.pk, actor=SYSTEM, at=NOW)
    rules.move(first.pk, "paused", actor=SYSTEM, at=NOW)
    with pytest.raises(rules.RuleRefused) as caught:
        add.rule("R", "CARD", "country.length == 2")
    assert caught.value.data["field"] == "condition"


def test_the_control_group_of_a_campaign_that_ran_is_fixed(shop):
    add.campaign("SPRING", control_percent=10)

    with pytest.raises(campaigns.CampaignFixed):
        add.campaign("SPRING", control_percent=20)
    with pytest.raises(campaigns.CampaignRefused):
        add.campaign("WRONG", control_percent=51)
    row = InsertCampaign.objects.get()
    campaigns.move(row.pk, "ended", actor=SYSTEM, at=NOW)
    with pytest.raises(campaigns.CampaignMoveRefused):
        campaigns.move(row.pk, "active", actor=SYSTEM, at=NOW)
