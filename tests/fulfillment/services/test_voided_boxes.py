"""A voided box gives back what went into it beside the goods (A-06, A-08)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry
from fulfillment.models import Carton, CartonExtra, CouponCode, InsertCampaign
from fulfillment.services import insert_reports, inserts, packing, put_backs
from inventory.models import Bin, BinStock, CostLayer, Sku, StockEvent
from inventory.services import stock
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    """Return the warehouse LA with 20 TEA and 10 each of CARD, BOX-B and TISSUE, by rules."""
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 20)
    add.insert("CARD", place)
    add.insert("BOX-B", place, kind="packaging", weight_g=90)
    add.insert("TISSUE", place, kind="packaging")
    floor.bench(place)
    add.campaign("SPRING", ("S-001", "S-002"))
    add.rule("BOX", "BOX-B", effect="use_packaging", priority=1)
    add.rule("TISSUE", "TISSUE", effect="add_tissue", qty=2, priority=2)
    add.rule("COUPON", "CARD", campaign="SPRING", priority=3)
    return place


def scanned() -> Carton:
    """Return a carton with goods and extras in it, still open."""
    carton = add.opened(add.picked())
    for line in carton.lines.all():
        packing.verify(carton_id=carton.pk, line_id=line.pk, units=line.qty, actor=SYSTEM, at=NOW)
    for row in inserts.waiting(carton.pk):
        inserts.add(row.pk, actor=SYSTEM, at=NOW)
    return carton


def packed() -> Carton:
    carton = scanned()
    box = inserts.wanted_box(carton.pk)
    assert box is not None
    return packing.close(closing=packing.Closing(carton.pk, 500, box.pk), actor=SYSTEM, at=NOW)


def recall(carton: Carton) -> None:
    put_backs.recall(shipment_id=carton.shipment_id, reason="TEST", actor=SYSTEM, at=NOW)


def on_shelf(code: str = "A-01") -> dict[str, int]:
    rows = BinStock.objects.filter(bin__code=code, qty__gt=0).exclude(sku__code="TEA")
    return dict(rows.values_list("sku__code", "qty"))


def usage() -> tuple[int, int, Decimal, int, int]:
    figures = insert_reports.report(InsertCampaign.objects.get(), as_of=NOW).usage
    return (
        figures.added,
        figures.missing_units,
        figures.cost_amount,
        figures.codes_free,
        figures.codes_used,
    )


def extras(carton: Carton) -> list[tuple[str, str, str, Decimal | None]]:
    rows = CartonExtra.objects.filter(carton=carton).order_by("rule__priority")
    return list(rows.values_list("rule_code", "state", "reason", "cost_amount"))


def test_a_08_stock_code_and_usage_come_back_once_and_the_next_box_takes_them(shop):
    carton = packed()
    assert on_shelf() == {"CARD": 9, "BOX-B": 9, "TISSUE": 8}
    assert usage() == (1, 0, Decimal("0.10"), 1, 1)

    recall(carton)
    recall(carton)

    carton.refresh_from_db()
    assert carton.state == "voided"
    assert on_shelf() == {"CARD": 10, "BOX-B": 10, "TISSUE": 10}
    assert extras(carton) == [
        (code, "skipped", "BOX_VOIDED", None) for code in ("BOX", "TISSUE", "COUPON")
    ]
    assert usage() == (0, 0, Decimal(0), 2, 0)
    assert StockEvent.objects.filter(kind="give_back").count() == 1
    layers = CostLayer.objects.filter(source_key=f"unpack:{carton.pk}").order_by("sku__code")
    assert list(layers.values_list("sku__code", "remaining_qty", "unit_cost", "currency")) == [
        ("BOX-B", 1, Decimal("0.10"), "USD"),
        ("CARD", 1, Decimal("0.10"), "USD"),
        ("TISSUE", 2, Decimal("0.10"), "USD"),
    ]
    entry = AuditEntry.objects.get(action="fulfillment.extras_taken_back")
    assert entry.after == {"carton": 1, "extras": 3}
    packed()
    assert (on_shelf()["CARD"], CouponCode.objects.get(state="assigned").code) == (9, "S-001")
    assert_books_balance()


def test_a_06_units_of_a_bin_closed_meanwhile_come_back_to_the_bench(shop):
    carton = packed()
    Bin.objects.filter(code="A-01").update(is_active=False)

    recall(carton)

    assert on_shelf() == {"CARD": 9, "BOX-B": 9, "TISSUE": 8}
    bench = Bin.objects.get(pk=carton.station_bin_id)
    assert on_shelf(bench.code) == {"CARD": 1, "BOX-B": 1, "TISSUE": 2}
    assert_books_balance()


def test_a_06_what_the_books_lacked_does_not_come_back(shop):
    carton = scanned()
    box = inserts.wanted_box(carton.pk)
    lost = stock.ScrapLine(
        Bin.objects.get(code="A-01").pk, Sku.objects.get(code="TISSUE").pk, 9, condition="good"
    )
    stock.scrap([lost], event_key="test-lost", actor=SYSTEM, at=NOW, reason="LOST")
    packing.close(closing=packing.Closing(carton.pk, 500, box.pk), actor=SYSTEM, at=NOW)
    assert CartonExtra.objects.get(rule_code="TISSUE").missing_qty == 1

    recall(carton)

    assert on_shelf() == {"CARD": 10, "BOX-B": 10, "TISSUE": 1}
    assert CartonExtra.objects.get(rule_code="TISSUE").missing_qty == 0
    assert_books_balance()


def test_a_08_an_open_box_gives_its_code_back_and_takes_no_scan_any_more(shop):
    carton = scanned()
    waiting = add.opened(add.picked())
    [tissue, *_rest] = inserts.waiting(waiting.pk)

    recall(carton)
    recall(waiting)

    assert [row[1:3] for row in extras(carton)] == [("skipped", "BOX_VOIDED")] * 3
    assert usage()[3:] == (2, 0)
    with pytest.raises(inserts.ExtraDecided):
        inserts.add(tissue.pk, actor=SYSTEM, at=NOW)
    assert inserts.undo_last(carton.pk, actor=SYSTEM, at=NOW) is None
    assert inserts.plan_extras(waiting.pk, actor=SYSTEM, at=NOW)[0].state == "skipped"
    assert on_shelf() == {"CARD": 10, "BOX-B": 10, "TISSUE": 10}
    assert_books_balance()
