"""Packing whole shipments asks the same rules and uses up the same goods (X15, A-06, A-08)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from fulfillment.models import CampaignAssignment, Carton, CartonExtra, CouponCode
from fulfillment.services import bulk_extras, coupons, inserts, packing
from inventory.models import CountTask, Sku, StockLevel
from orders.models import Shipment
from shipping.models import Parcel
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    """Return the warehouse LA with 20 TEA, 10 BOX-B and TISSUE, 2 CARD and 2 coupon codes."""
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 20)
    add.insert("CARD", place, 2)
    add.insert("BOX-B", place, kind="packaging", weight_g=90)
    add.insert("TISSUE", place, kind="packaging")
    floor.bench(place)
    return place


def pack(*orders) -> list[Carton]:
    rows = Shipment.objects.filter(order__in=orders).order_by("pk")
    return packing.pack_whole(
        shipment_ids=list(rows.values_list("pk", flat=True)),
        station_bin_id=floor.bench(rows[0].warehouse).pk,
        actor=SYSTEM,
        at=NOW,
    )


def picked(count: int) -> list:
    return [add.picked(email=f"{number}@example.org") for number in range(count)]


def on_hand() -> dict[str, int]:
    return dict(StockLevel.objects.values_list("sku__code", "on_hand"))


def states(code: str) -> list[tuple[str, str]]:
    rows = CartonExtra.objects.filter(rule_code=code).order_by("carton")
    return list(rows.values_list("state", "reason"))


def test_x15_box_tissue_and_coupon_leave_stock_and_the_last_card_is_given_once(shop):
    add.campaign("SPRING", ("S-001", "S-002", "S-003"))
    add.rule("BOX", "BOX-B", effect="use_packaging", priority=1)
    add.rule("TISSUE", "TISSUE", effect="add_tissue", qty=2, priority=2)
    add.rule("COUPON", "CARD", campaign="SPRING", priority=3)

    cartons = pack(*picked(3))

    assert on_hand() == {"TEA": 20, "CARD": 0, "BOX-B": 7, "TISSUE": 4}
    assert states("BOX") == states("TISSUE") == [("added", "")] * 3
    assert states("COUPON") == [("added", ""), ("added", ""), ("skipped", "OUT_OF_STOCK")]
    given = CouponCode.objects.order_by("code").values_list("code", "extra__carton")
    assert list(given) == [("S-001", cartons[0].pk), ("S-002", cartons[1].pk), ("S-003", None)]
    assert CampaignAssignment.objects.filter(arm="treated").count() == 3
    row = CartonExtra.objects.get(carton=cartons[0], rule_code="TISSUE")
    assert (row.cost_amount, row.missing_qty, row.added_at) == (Decimal("0.20"), 0, NOW)
    box = Sku.objects.get(code="BOX-B").pk
    assert [carton.box_sku_id for carton in cartons] == [box] * 3
    goods_g = cartons[0].expected_weight_g
    assert [carton.weight_g - goods_g for carton in cartons] == [105, 105, 100]
    weights = Parcel.objects.order_by("pk").values_list("weight_g", flat=True)
    assert list(weights) == [carton.weight_g for carton in cartons]
    assert CountTask.objects.count() == 0
    assert_books_balance()


def test_x15_the_same_customers_get_the_same_at_the_bench_and_in_bulk(shop):
    add.insert("LEAFLET", shop, 20)
    add.campaign("HALF", control_percent=50)
    add.rule("GIFT", "CARD", "is_gift", effect="add_gift_card", priority=1)
    add.rule("TISSUE", "TISSUE", 'country == "US"', effect="add_tissue", priority=2)
    add.rule("HALF", "LEAFLET", campaign="HALF", priority=3)
    mails = [f"{number}@example.org" for number in range(6)]

    in_bulk = pack(*(add.picked(email=mail) for mail in mails))
    at_bench = [add.opened(add.picked(email=mail)) for mail in mails]

    def told(carton: Carton) -> list[tuple[str, str, str]]:
        rows = CartonExtra.objects.filter(carton=carton).order_by("rule__priority")
        said = rows.values_list("rule_code", "state", "reason")
        return [(code, state.replace("added", "planned"), reason) for code, state, reason in said]

    assert [told(carton) for carton in in_bulk] == [told(carton) for carton in at_bench]
    assert {told(carton)[1][2] for carton in in_bulk} == {"", "CONTROL_GROUP"}
    assert CampaignAssignment.objects.count() == 6
    assert_books_balance()


def test_x15_a_rule_that_holds_the_parcel_packs_none(shop):
    add.insert("SAMPLE", shop, 1)
    add.rule("MUST", "SAMPLE", on_oos="block")
    orders = picked(2)

    with pytest.raises(inserts.ExtrasLeft, match="SAMPLE is not in the box yet"):
        pack(*orders)

    assert not Carton.objects.exists()
    assert on_hand()["SAMPLE"] == 1
    [only] = pack(orders[0])
    assert (only.state, states("MUST"), on_hand()["SAMPLE"]) == ("closed", [("added", "")], 0)


def test_x15_a_code_lost_to_a_bench_meanwhile_leaves_the_card_out(shop, monkeypatch):
    add.campaign("SPRING", ("S-001",))
    add.rule("COUPON", "CARD", campaign="SPRING")
    take = coupons.take

    def later(extra, **given):
        CouponCode.objects.update(state="void")
        return take(extra, **given)

    monkeypatch.setattr(coupons, "take", later)
    pack(*picked(1))

    assert states("COUPON") == [("skipped", "NO_CODE_LEFT")]
    assert on_hand()["CARD"] == 2
    assert_books_balance()


def test_x15_only_parcel_1_of_an_order_takes_an_insert(shop):
    add.rule("CARD", "CARD")
    [first] = pack(*picked(1))
    second = Carton.objects.create(
        shipment=first.shipment,
        number=2,
        state="verified",
        station_bin_id=first.station_bin_id,
        opened_at=NOW,
        packed_by="system",
    )

    found = bulk_extras.put_in([second], actor=SYSTEM, at=NOW)

    assert states("CARD") == [("added", ""), ("skipped", "LATER_PARCEL")]
    assert found == {second.pk: bulk_extras.Packed(None, 0)}
