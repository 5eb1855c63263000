"""The box, the weight and several boxes at the pack station (W12, W13), by scanner alone."""

from __future__ import annotations

import sys

import pytest
from django.urls import reverse

from core.models import AuditEntry, Job
from fulfillment.models import Carton, CartonLine, PackPlan
from fulfillment.services import dispatch, multi_box, pack_planning, packing
from fulfillment.services.errors import BoxesOpen, LastUnitStays
from fulfillment.views.box_card import box_context
from orders.models import Shipment
from shipping.models import LabelRequest, Parcel
from shipping.services import buying
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import packaging
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(shop):
    """Return three boxes for TEA (90 x 90 x 110 mm, 400 g) and CUP (220 x 160 x 120 mm)."""
    packaging.measure("TEA", 90, 90, 110)
    packaging.measure("CUP", 220, 160, 120, fragile=True)
    packaging.box("BOX-S", 200, 120, 100, cost="0.30")
    packaging.box("BOX-M", 250, 200, 150, cost="0.60", tare_g=150)
    packaging.box("BOX-L", 400, 300, 250, cost="1.20", tare_g=400)
    return shop


@pytest.fixture
def carton(catalogue) -> Carton:
    """Return the open carton of an order of 2 TEA and 1 CUP: 1 200 g."""
    return opened(make.place_one(make.line("TEA", 2), make.line("CUP", 1)))


def opened(order) -> Carton:
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get(order=order)
    return packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shipment.warehouse).pk,
        actor=make.SYSTEM,
        at=make.NOW,
    )


def buy_labels() -> None:
    wanted = LabelRequest.objects.filter(parcel__tracking_number=None)
    buying.purchase_many(list(wanted.values_list("pk", flat=True)), now=make.NOW)


def inside(box: Carton) -> dict[str, tuple[int, int]]:
    rows = CartonLine.objects.filter(carton=box).order_by("sku__code")
    return {row.sku.code: (row.verified_qty, row.qty) for row in rows}


def test_w12_the_screen_says_which_box_why_and_what_goes_in_first(carton, worker):
    page = worker.get(reverse("floor-carton", args=[carton.pk])).content.decode()

    plan = pack_planning.view_of(carton)
    [parcel] = plan.parcels
    assert (parcel.box_code, parcel.gross_g, plan.unmeasured) == ("BOX-L", 1600, ())
    assert [(step.sku_code, step.qty) for step in parcel.steps] == [("TEA", 2), ("CUP", 1)]
    assert [(one.code, one.verdict) for one in parcel.cheaper] == [
        ("BOX-S", "TOO_BULKY"),
        ("BOX-M", "IMPOSSIBLE"),
    ]
    assert str(parcel.fill_percent) == "20.0"
    for words in ("BOX-L", "20 % full", "best of 3", "TEA</b>", "<svg", "BOX-M: proved too small"):
        assert words in page
    assert box_context(carton)["expected_g"] == 1600


def test_w12_a_box_that_is_neither_filled_nor_disproved_gets_the_full_look_in_a_job(
    catalogue, monkeypatch
):
    # Two teas carry 43 % of the tray, which bears nothing: no proof by pairs sees that.
    packaging.measure("CUP", 240, 190, 60, this_side_up=True, no_stack=True)
    carton = opened(make.place_one(make.line("TEA", 2), make.line("CUP", 1)))
    [parcel] = pack_planning.view_of(carton).parcels
    assert parcel.cheaper[-1].verdict == "NOT_FOUND"
    job = Job.objects.get(name="fulfillment.plan_carton")

    monkeypatch.setitem(sys.modules, "ortools", None)
    outcome = pack_planning.plan_fully(job.args["carton_id"], at=make.NOW)

    plan = PackPlan.objects.get(carton=carton)
    assert (outcome, plan.effort) == ("planned", "full")
    monkeypatch.undo()
    outcome = pack_planning.plan_fully(carton.pk, at=make.NOW)
    [parcel] = pack_planning.view_of(carton).parcels
    plan.refresh_from_db()
    assert (outcome, plan.effort) == ("planned", "exact")
    assert (parcel.box_code, parcel.cheaper[-1].verdict) == ("BOX-L", "IMPOSSIBLE")
    assert pack_planning.plan_fully(0, at=make.NOW) == "gone"


def test_goods_without_measures_are_listed_and_packed_by_eye(shop, scanner, worker):
    packaging.measure("TEA", 90, 90, 110)
    packaging.box("BOX-S", 200, 120, 100)
    carton = opened(make.place_one(make.line("TEA", 1), make.line("CUP", 1)))

    page = worker.get(reverse("floor-carton", args=[carton.pk])).content.decode()
    answers = scanner("pack", carton).verdicts("TEA", "CUP", "BOX-S")

    assert "Without measures, pack by eye" in page
    assert pack_planning.view_of(carton).unmeasured == ("CUP",)
    assert answers[-1] == ("accept", "BOX_OK")


def test_w12_a_box_that_looks_small_is_asked_about_once(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP")

    asked = device.scan("BOX-M")
    carton.refresh_from_db()
    state = (carton.question, carton.asked_box.code, carton.state)
    again = device.scan("BOX-M")

    assert (asked["verdict"], asked["code"]) == ("warn", "BOX_LOOKS_SMALL")
    assert "Waiting for scan: CMD-OK, or another box" in asked["html"]["floor-card"]
    assert state == ("box", "BOX-M", "verified")
    assert (again["verdict"], again["code"]) == ("accept", "BOX_OK")
    carton.refresh_from_db()
    assert (carton.box_sku.code, carton.box_reason, carton.question) == (
        "BOX-M",
        "SMALLER_THAN_PLANNED",
        "",
    )
    entry = AuditEntry.objects.get(action="fulfillment.box_confirmed")
    assert entry.after == {"box": "SMALLER_THAN_PLANNED", "weight": ""}


def test_w12_another_box_answers_the_question(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "BOX-M")

    answers = device.verdicts("BOX-S", "BOX-L")

    carton.refresh_from_db()
    assert answers == [("warn", "BOX_LOOKS_SMALL"), ("accept", "BOX_OK")]
    assert (carton.box_sku.code, carton.box_reason, carton.weight_g) == ("BOX-L", "", 1600)


@pytest.mark.parametrize("grams", [1440, 1760])
def test_w13_a_weight_within_ten_percent_passes(carton, scanner, grams):
    device = scanner("pack", carton)

    answers = device.verdicts("TEA", "TEA", "CUP", f"CMD-WEIGHT-{grams}", "BOX-L")

    carton.refresh_from_db()
    assert answers[-2:] == [("accept", "WEIGHED"), ("accept", "BOX_OK")]
    assert (carton.weight_g, carton.weight_reason) == (grams, "")
    assert Parcel.objects.get().weight_g == grams


def test_w13_a_weight_that_is_off_waits_for_a_person(carton, scanner):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "CMD-WEIGHT-1439")

    asked = device.scan("BOX-L")
    confirmed = device.scan("CMD-OK")

    assert (asked["verdict"], asked["code"]) == ("warn", "WEIGHT_OFF")
    assert "1439 g, expected are 1600 g" in asked["text"]
    assert (confirmed["verdict"], confirmed["code"]) == ("accept", "BOX_OK")
    carton.refresh_from_db()
    assert (carton.weight_g, carton.weight_reason) == (1439, "PACKER_CONFIRMED")


@pytest.mark.parametrize(
    ("second", "code", "reason"),
    [(1435, "BOX_OK", "WEIGHED_TWICE"), (1610, "BOX_OK", ""), (1200, "WEIGHT_OFF", "")],
)
def test_w13_a_second_weighing_answers_by_itself(carton, scanner, second, code, reason):
    device = scanner("pack", carton)
    device.verdicts("TEA", "TEA", "CUP", "CMD-WEIGHT-1430", "BOX-L")

    answer = device.scan(f"CMD-WEIGHT-{second}")

    carton.refresh_from_db()
    assert (answer["code"], carton.weight_reason) == (code, reason)
    assert (carton.state, carton.weight_g) == (
        "closed" if code == "BOX_OK" else "verified",
        second,
    )


def test_a_scale_posts_grams_to_the_carton(carton, worker):
    answer = worker.post(reverse("floor-carton", args=[carton.pk]), {"weight_g": "1585"})

    carton.refresh_from_db()
    assert (answer.status_code, carton.weight_g, carton.weighed_count) == (302, 1585, 1)


def test_ok_without_a_question_and_odd_weights_are_refused(carton, scanner):
    device = scanner("pack", carton)

    answers = device.verdicts("CMD-OK", "CMD-WEIGHT-0", "CMD-WEIGHT-9999999", "CMD-BOX-2")

    assert answers == [
        ("reject", "COMMAND_NOT_HERE"),
        ("reject", "WEIGHT_MISSING"),
        ("reject", "COMMAND_NOT_HERE"),
        ("reject", "NO_SUCH_BOX"),
    ]


def test_w13_two_boxes_each_with_its_weight_and_label(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("TEA")
    opened_next = first.scan("CMD-NEWBOX")
    second_box = Carton.objects.get(number=2)
    second = scanner("pack", second_box)

    contents = (inside(carton), inside(second_box))
    packed_second = second.verdicts("TEA", "CUP", "BOX-L")
    status_between = Shipment.objects.get().status
    packed_first = first.verdicts("BOX-S")
    buy_labels()

    assert opened_next["next"] == reverse("floor-carton", args=[second_box.pk])
    assert contents == ({"TEA": (1, 1)}, {"TEA": (0, 1), "CUP": (0, 1)})
    assert packed_second[-1] == packed_first[-1] == ("accept", "BOX_OK")
    assert status_between == "picking"
    assert Shipment.objects.get().status == "packed"
    rows = Parcel.objects.order_by("position")
    found = list(rows.values_list("position", "parcel_count", "box_code", "weight_g"))
    assert found == [(1, 2, "BOX-S", 500), (2, 2, "BOX-L", 1200)]
    labels = dict(rows.values_list("position", "tracking_number"))
    last = second.scan(labels[2])
    assert (last["code"], last["next"]) == ("CARTON_DONE", reverse("floor-pack"))


def test_w13_the_label_of_one_box_leads_to_the_next_open_one(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("TEA", "CMD-NEWBOX", "BOX-S")
    buy_labels()

    last = first.scan(Parcel.objects.get().tracking_number)

    other = Carton.objects.get(number=2)
    assert (last["code"], last["next"]) == ("BOX_DONE", reverse("floor-carton", args=[other.pk]))


def test_w13_a_unit_scanned_at_another_box_moves_there(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("TEA", "CUP", "CMD-NEWBOX")
    other = Carton.objects.get(number=2)
    second = scanner("pack", other)

    moved = second.verdicts("TEA", "CUP")
    after_move = (inside(carton), inside(other))
    back = second.scan("CMD-BOX-1")
    brought = first.verdicts("TEA", "CUP", "TEA")

    assert moved == [("accept", "SCAN_BOX_NOW"), ("warn", "MOVED_HERE")]
    assert after_move == ({"TEA": (1, 1)}, {"CUP": (1, 1), "TEA": (1, 1)})
    assert back["next"] == reverse("floor-carton", args=[carton.pk])
    assert brought == [("warn", "MOVED_HERE"), ("warn", "MOVED_HERE"), ("reject", "TOO_MANY")]
    other.refresh_from_db()
    carton.refresh_from_db()
    assert (other.state, inside(other)) == ("voided", {})
    assert (carton.state, carton.expected_weight_g) == ("verified", 1200)
    assert first.verdicts("BOX-L") == [("accept", "BOX_OK")]
    assert Parcel.objects.get().parcel_count == 1
    assert_books_balance()


def test_w13_what_waits_in_another_box_is_counted_where_it_is_scanned(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("CUP", "CMD-NEWBOX")

    answers = first.verdicts("TEA", "TEA", "POT")

    assert answers[:2] == [("accept", "BROUGHT_HERE")] * 2
    assert answers[2][1] in {"SCAN_BOX_NOW", "NOT_IN_ORDER"}
    assert inside(carton) == {"CUP": (1, 1), "TEA": (2, 2)}
    assert Carton.objects.get(number=2).state == "voided"


def test_w13_the_next_box_needs_something_in_this_one(carton, scanner):
    answer = scanner("pack", carton).scan("CMD-NEWBOX")

    assert (answer["verdict"], answer["code"]) == ("reject", "BOX_EMPTY")
    assert Carton.objects.count() == 1


def test_w13_a_box_before_a_closed_one_keeps_its_last_unit(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("CUP", "CMD-NEWBOX")
    other = Carton.objects.get(number=2)
    scanner("pack", other).verdicts("TEA", "CMD-NEWBOX")
    third = Carton.objects.get(number=3)
    scanner("pack", third).verdicts("TEA", "BOX-S")
    line = carton.lines.get()

    with pytest.raises(LastUnitStays):
        multi_box.bring(
            carton_id=other.pk, line_id=line.pk, units=1, actor=make.SYSTEM, at=make.NOW
        )

    assert inside(carton) == {"CUP": (1, 1)}


def test_w13_a_shipment_does_not_leave_without_one_of_its_boxes(carton, scanner):
    first = scanner("pack", carton)
    first.verdicts("TEA", "TEA", "CMD-NEWBOX", "BOX-S")
    other = Carton.objects.get(number=2)
    scanner("pack", other).verdicts("CUP", "BOX-L")
    buy_labels()
    facts = {"actor": make.SYSTEM, "at": make.NOW}
    one, two = Parcel.objects.order_by("position")
    manifest = dispatch.open_manifest(
        warehouse_id=carton.shipment.warehouse_id, carrier_code=one.service.carrier.code, **facts
    )
    dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=[one.pk], **facts)

    with pytest.raises(BoxesOpen) as caught:
        dispatch.close_manifest(manifest_id=manifest.pk, **facts)
    dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=[two.pk], **facts)
    left = dispatch.close_manifest(manifest_id=manifest.pk, **facts)

    assert caught.value.data == {"number": 2, "shipment": carton.shipment.number}
    assert (left.units_qty, Shipment.objects.get().status) == (3, "shipped")
    assert_books_balance()
