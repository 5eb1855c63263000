"""What the pack station answers to each scan, and what the scan changed."""

from __future__ import annotations

import pytest

from core.clock import now
from fulfillment.models import Carton, CartonLine
from fulfillment.services import box_closing, packing, put_backs
from inventory.models import Sku
from orders.models import OrderHold, Shipment
from orders.services import holds
from shipping.models import LabelRequest, Parcel
from shipping.services import buying
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.fulfillment.views.conftest import EAN
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NEXT = "/floor/pack/"


@pytest.fixture
def carton(shop) -> Carton:
    """Return the open carton of an order of 2 TEA and 1 CUP."""
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 1))
    floor.pick_all(floor.release(order))
    return opened(order)


def opened(order) -> Carton:
    shipment = Shipment.objects.get(order=order)
    return packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shipment.warehouse).pk,
        actor=make.SYSTEM,
        at=make.NOW,
    )


def verified(carton: Carton) -> list[tuple[str, int]]:
    rows = CartonLine.objects.filter(carton=carton).order_by("sku__code")
    return list(rows.values_list("sku__code", "verified_qty"))


def buy_label(carton: Carton) -> str:
    """Let the carrier print the label; return its tracking number."""
    carton.refresh_from_db()
    wanted = LabelRequest.objects.filter(parcel_id=carton.parcel_id)
    buying.purchase_many(list(wanted.values_list("pk", flat=True)), now=now())
    return str(Parcel.objects.get(pk=carton.parcel_id).tracking_number)


def test_every_unit_the_box_and_the_label_end_the_carton(carton, scanner):
    make.sku("BOX-M", kind="packaging", length_mm=300, width_mm=200, height_mm=100)
    device = scanner("pack", carton)

    answers = device.verdicts(EAN, "CUP", "TEA", "BOX-M")
    label = buy_label(carton)
    last = device.scan(label)

    assert answers == [
        ("accept", "ITEM_OK"),
        ("accept", "ITEM_OK"),
        ("accept", "SCAN_BOX_NOW"),
        ("accept", "BOX_OK"),
    ]
    assert last == {
        "verdict": "complete",
        "tone": "rising",
        "code": "CARTON_DONE",
        "text": "Packed. Take the next tote.",
        "next": NEXT,
    }
    carton.refresh_from_db()
    parcel = Parcel.objects.get(pk=carton.parcel_id)
    assert (carton.state, carton.box_sku.code, carton.weight_g) == ("closed", "BOX-M", 1600)
    assert (parcel.state, parcel.length_mm, parcel.weight_g) == ("confirmed", 300, 1600)
    assert carton.shipment.status == "packed"
    assert_books_balance()


def test_a_counted_unit_shows_on_the_screen(carton, scanner):
    answer = scanner("pack", carton).scan("TEA")

    assert answer["text"] == "Counted. 1 of 3. Scan the next."
    assert "1 / 3" in answer["html"]["floor-card"]
    assert "Waiting for scan: item" in answer["html"]["floor-card"]
    assert verified(carton) == [("CUP", 0), ("TEA", 1)]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("POT", "NOT_IN_ORDER"),
        ("T-001", "SCAN_ITEM_NOW"),
        ("Z-99", "SCAN_ITEM_NOW"),
        ("CMD-CLOSEBOX", "COMMAND_NOT_HERE"),
        ("CMD-PRINT", "COMMAND_NOT_HERE"),
        ("CMD-OK", "COMMAND_NOT_HERE"),
    ],
)
def test_what_is_not_the_next_item_is_refused(carton, scanner, raw, code):
    make.sku("POT")

    answer = scanner("pack", carton).scan(raw)

    assert (answer["verdict"], answer["code"]) == ("reject", code)
    assert verified(carton) == [("CUP", 0), ("TEA", 0)]


def test_one_unit_too_many_is_refused(carton, scanner):
    device = scanner("pack", carton)

    answers = device.verdicts("TEA", "TEA", "TEA", "CUP", "CUP")

    assert answers[2] == ("reject", "TOO_MANY")
    assert answers[4] == ("reject", "TOO_MANY")
    assert verified(carton) == [("CUP", 1), ("TEA", 2)]


def test_a_scan_that_raced_past_the_last_unit_is_refused_by_name(carton):
    line = carton.lines.get(sku__code="CUP")
    facts = {"carton_id": carton.pk, "line_id": line.pk, "actor": make.SYSTEM, "at": make.NOW}
    packing.verify(units=1, **facts)

    with pytest.raises(packing.TooManyUnits) as caught:
        packing.verify(units=1, **facts)

    assert caught.value.data == {"left_qty": 0}
    assert verified(carton) == [("CUP", 1), ("TEA", 0)]


def test_without_a_box_code_the_carton_closes_as_its_own_packaging(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP")

    answer = device.scan("CMD-CLOSEBOX")

    carton.refresh_from_db()
    assert (answer["verdict"], answer["code"]) == ("accept", "BOX_OK")
    assert "Waiting for scan: the printed label" in answer["html"]["floor-card"]
    assert (carton.state, carton.box_sku_id, carton.weight_g) == ("closed", None, 1200)
    assert Shipment.objects.get().status == "packed"


def test_the_weight_of_the_scale_goes_with_the_parcel(carton, scanner):
    box_closing.weigh(carton.pk, 1311, actor=make.SYSTEM, at=make.NOW)

    scanner("pack", carton).verdicts("TEA", "TEA", "CUP", "CMD-CLOSEBOX")

    assert Parcel.objects.get().weight_g == 1311


def test_a_label_that_is_being_made_is_waited_for(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "CMD-CLOSEBOX")

    answer = device.scan("QS123")

    assert (answer["verdict"], answer["code"]) == ("warn", "LABEL_NOT_READY")
    assert answer["tone"] == "low"
    assert Parcel.objects.get().state == "verified"


def test_the_label_of_another_parcel_stops(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "CMD-CLOSEBOX")
    label = buy_label(carton)

    answer = device.scan("QS999")

    assert (answer["verdict"], answer["code"]) == ("reject", "WRONG_LABEL")
    assert answer["text"] == f"Wrong label. This label is QS999. This box needs {label}."
    assert Parcel.objects.get().state == "labelled"
    assert device.verdicts("CMD-PRINT", "CMD-REPRINT") == [("accept", "LABEL_PRINTS")] * 2
    assert device.verdicts(label, label) == [("complete", "CARTON_DONE")] * 2


def test_undo_takes_the_last_unit_out_again(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP")

    answers = device.verdicts("CMD-UNDO", "CUP")

    assert answers == [("accept", "STEP_UNDONE"), ("accept", "SCAN_BOX_NOW")]
    assert verified(carton) == [("CUP", 1), ("TEA", 2)]
    carton.refresh_from_db()
    assert carton.state == "verified"


def test_undo_of_nothing_is_said(carton, scanner):
    answer = scanner("pack", carton).scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("reject", "NOTHING_TO_UNDO")


def test_a_closed_box_is_not_undone(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "CMD-CLOSEBOX")

    answer = device.scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("reject", "CARTON_IS_CLOSED")
    assert verified(carton) == [("CUP", 1), ("TEA", 2)]


def test_a_hold_from_the_bench_sends_the_tote_to_the_hold_shelf(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA")

    answer = device.scan("CMD-HOLD")

    assert (answer["verdict"], answer["code"], answer["next"]) == ("warn", "TO_HOLD_SHELF", NEXT)
    assert OrderHold.objects.get().kind == "OPERATOR"
    assert device.verdicts("TEA", "CMD-CLOSEBOX") == [("reject", "ON_HOLD:OPERATOR")] * 2
    assert verified(carton) == [("CUP", 0), ("TEA", 1)]


def test_x07_a_hold_placed_elsewhere_stops_the_next_scan(carton, scanner):
    holds.place_hold(carton.shipment.order_id, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = scanner("pack", carton).scan("TEA")

    assert (answer["verdict"], answer["code"]) == ("reject", "ON_HOLD:FRAUD")
    assert answer["text"] == (
        "Stop. This order is blocked (ON_HOLD:FRAUD). Put the goods aside and scan the next."
    )
    assert verified(carton) == [("CUP", 0), ("TEA", 0)]


def test_a_carton_of_recalled_goods_takes_no_scan(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP")
    put_backs.recall(
        shipment_id=carton.shipment_id, reason="EDIT_PENDING", actor=make.SYSTEM, at=make.NOW
    )

    answers = device.verdicts("CMD-CLOSEBOX", "CMD-UNDO")

    carton.refresh_from_db()
    assert answers == [("reject", "CARTON_IS_CLOSED")] * 2
    assert (carton.state, carton.parcel_id, Parcel.objects.count()) == ("voided", None, 0)


def test_w12_a_long_line_is_counted_after_one_unit_and_one_undo_takes_the_count_back(shop, scanner):
    make.put(Sku.objects.get(code="TEA"), shop, 30)
    order = make.place_one(make.line("TEA", 24), make.line("CUP", 3))
    floor.pick_all(floor.release(order))
    device = scanner("pack", opened(order))
    before = device.scan("CMD-QTY-24")["code"]

    too_many = device.verdicts("TEA", "CMD-QTY-25")
    counted = device.verdicts("CMD-QTY-24")
    whole = verified(Carton.objects.get())
    undone = device.verdicts("CMD-UNDO")
    taken_back = verified(Carton.objects.get())
    again = device.verdicts("TEA", "CMD-QTY-24", "CUP", "CMD-QTY-3", "CUP", "CUP")

    assert before == "SCAN_ITEM_NOW"
    assert too_many == [("accept", "ITEM_OK"), ("reject", "TOO_MANY")]
    assert (counted, whole) == ([("accept", "ITEM_OK")], [("CUP", 0), ("TEA", 24)])
    assert (undone, taken_back) == ([("accept", "STEP_UNDONE")], [("CUP", 0), ("TEA", 0)])
    assert [code for _verdict, code in again] == [
        "ITEM_OK",
        "ITEM_OK",
        "ITEM_OK",
        "SCAN_EACH_UNIT",
        "ITEM_OK",
        "SCAN_BOX_NOW",
    ]
    assert verified(Carton.objects.get()) == [("CUP", 3), ("TEA", 24)]


def test_w12_of_a_long_order_the_card_shows_the_latest_and_the_next_lines(shop, scanner, worker):
    lines = [f"SKU-{number:02d}" for number in range(14)]
    for code in lines:
        make.put(make.sku(code), shop, 1)
    order = make.place_one(*[make.line(code, 1) for code in lines])
    floor.pick_all(floor.release(order))
    carton = opened(order)
    device = scanner("pack", carton)

    device.verdicts("SKU-00", "SKU-01", "SKU-02")
    page = worker.get(f"/floor/cartons/{carton.pk}/").content.decode()

    goods = page.partition('id="items-title"')[2].partition("</section>")[0]
    assert [code for code in lines if f"<span>{code}</span>" in goods] == lines[2:]
    assert "2 more lines" in page
    assert "3 / 14" in page
