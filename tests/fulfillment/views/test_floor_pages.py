"""The floor's pages as they open: task home, one card for each task, and who may."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import jobs
from fulfillment.models import Carton, Manifest, PickTask, PutBackTask
from fulfillment.services import dispatch, packing, picking
from fulfillment.views.work import counted_together
from orders.models import Order, Shipment
from orders.services import holds, lifecycle
from shipping.models import Parcel
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def in_tote(qty=1, code="TEA") -> Shipment:
    """Return a shipment that is picked and waits for its box."""
    order = make.place_one(make.line(code, qty))
    floor.pick_all(floor.release(order))
    return Shipment.objects.get(order=order)


def opened(shipment: Shipment) -> Carton:
    return packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shipment.warehouse).pk,
        actor=make.SYSTEM,
        at=make.NOW,
    )


def manifest_at(place) -> Manifest:
    return dispatch.open_manifest(
        warehouse_id=place.pk, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )


def recalled() -> PutBackTask:
    """Return the put-back of an order cancelled after its pick."""
    shipment = in_tote(2)
    lifecycle.cancel(shipment.order_id, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)
    return PutBackTask.objects.get(shipment=shipment)


@pytest.fixture
def work(shop):
    """Return one piece of each kind of work, with its page."""
    task = PickTask.objects.get(wave=floor.release(make.place_one(make.line("CUP", 2))))
    return {
        "floor-pick-task": task.pk,
        "floor-carton": opened(in_tote()).pk,
        "floor-manifest": manifest_at(shop).pk,
        "floor-put-back": recalled().pk,
    }


def test_the_task_home_shows_the_next_pick_and_the_queues(shop, worker):
    floor.release(make.place_one(make.line("CUP", 2)))
    in_tote()
    put_back = recalled()
    manifest_at(shop)

    page = worker.get(reverse("floor-home"))
    text = text_of(page)

    assert page.status_code == 200
    assert re.search("Next A-01 2 \N{MULTIPLICATION SIGN} Cup Start picking", text)
    assert re.search(r"Pick .*1 Pack .*1 Put back .*1 Dispatch 1 ", text)
    assert f"2 \N{MULTIPLICATION SIGN} TEA {put_back.from_bin.code}" in text
    assert 'data-scan-url="/floor/scan/home/"' in page.content.decode()


def test_the_task_home_without_work_says_what_to_do(shop, worker):
    text = text_of(worker.get(reverse("floor-home")))

    assert "No pick waits" in text
    assert "Pack what is picked, load what is packed, or ask for a wave." in text
    assert re.search(r"Pick 0 Pack 0 Put back 0 Dispatch 0 ", text)


def test_pick_leads_to_the_next_task_or_home(shop, worker):
    nothing = worker.get(reverse("floor-pick"))
    floor.release(make.place_one(make.line("TEA", 1)))
    something = worker.get(reverse("floor-pick"))

    task = PickTask.objects.get()
    assert (nothing.status_code, nothing["Location"]) == (302, reverse("floor-home"))
    assert something["Location"] == reverse("floor-pick-task", args=[task.pk])


def test_a_started_task_comes_back_to_its_picker_and_to_nobody_else(shop, scanner, sign_in):
    floor.release(make.place_one(make.line("TEA", 1), make.line("CUP", 1)))
    first, second = PickTask.objects.order_by("sequence")
    device = scanner("pick", second)
    device.scan("A-01")

    mine = device.client.get(reverse("floor-pick"))
    theirs = sign_in("operator").get(reverse("floor-pick"))

    assert mine["Location"] == reverse("floor-pick-task", args=[second.pk])
    assert theirs["Location"] == reverse("floor-pick-task", args=[first.pk])


def test_the_pick_card_shows_bin_item_and_count(shop, worker):
    floor.release(make.place_one(make.line("TEA", 2), make.line("CUP", 1)))
    task = PickTask.objects.get(sku__code="TEA")

    page = worker.get(reverse("floor-pick-task", args=[task.pk]))
    text = text_of(page)

    assert re.search(r"Go to bin .*A-01 Tea TEA Lot — Take 2 pcs", text)
    assert "Into tote any empty tote" in text
    assert "Waiting for scan: bin" in text
    assert re.search(r"Line [12] of 2", text)
    assert f'data-scan-task="pick_task:{task.pk}"' in page.content.decode()


def test_a_reload_shows_the_step_the_server_knows(shop, scanner):
    floor.release(make.place_one(make.line("TEA", 2)))
    task = PickTask.objects.get()
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA")

    text = text_of(device.client.get(reverse("floor-pick-task", args=[task.pk])))

    assert "1 / 2 pcs" in text
    assert "Waiting for scan: item" in text
    assert re.search(r"Last scans Undo TEA \d\d:\d\d A-01 \d\d:\d\d", text)


def test_a_finished_pick_leads_on(shop, worker):
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    floor.pick_all(wave)

    answer = worker.get(reverse("floor-pick-task", args=[PickTask.objects.get().pk]))

    assert (answer.status_code, answer["Location"]) == (302, reverse("floor-pick"))


def test_the_pack_home_lists_what_is_picked(shop, worker):
    shipment = in_tote()
    floor.release(make.place_one(make.line("CUP", 1)))

    page = worker.get(reverse("floor-pack"))

    assert f"{shipment.order.number} LA" in text_of(page)
    assert page.content.decode().count("/open/") == 1


def test_the_pack_home_without_work_says_so(shop, worker):
    text = text_of(worker.get(reverse("floor-pack")))

    assert "Nothing is picked and waiting. Pick first, or wait for a wave." in text


def test_opening_twice_leads_to_the_same_carton(shop, worker):
    url = reverse("floor-pack-open", args=[in_tote().pk])

    answers = [worker.post(url) for _ in range(2)]

    carton = Carton.objects.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("floor-carton", args=[carton.pk]))
    }
    assert carton.station_bin.code == "PACK-1"


def test_a_shipment_that_is_not_picked_is_not_opened(shop, worker):
    floor.release(make.place_one(make.line("TEA", 2)))

    answer = worker.post(reverse("floor-pack-open", args=[Shipment.objects.get().pk]))

    assert answer.status_code == 409
    assert "2 units are still to be picked. Finish the pick first." in text_of(answer)
    assert Carton.objects.count() == 0


def test_x07_a_held_shipment_is_not_opened(shop, worker):
    shipment = in_tote()
    holds.place_hold(shipment.order_id, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = worker.post(reverse("floor-pack-open", args=[shipment.pk]))

    assert answer.status_code == 409
    assert "Stop: this shipment is blocked (ON_HOLD:FRAUD)." in text_of(answer)


def test_the_pack_screen_shows_lines_box_and_weight(shop, worker):
    carton = opened(in_tote(2))

    page = worker.get(reverse("floor-carton", args=[carton.pk]))
    text = text_of(page)

    assert re.search(r"Items 0 / 2 Tea TEA 0 / 2 ", text)
    assert re.search(r"Expected 800 g Scale — ", text)
    assert "It prints when the box is closed." in text
    assert "Waiting for scan: item" in text
    assert f'data-scan-task="carton:{carton.pk}"' in page.content.decode()


def test_the_weight_of_the_scale_is_kept(shop, worker):
    carton = opened(in_tote(2))
    url = reverse("floor-carton", args=[carton.pk])

    answer = worker.post(url, {"weight_g": "1250"})

    carton.refresh_from_db()
    assert (answer.status_code, answer["Location"], carton.weight_g) == (302, url, 1250)


@pytest.mark.parametrize("value", ["", "0", "-5", "70001", "much"])
def test_a_weight_no_box_has_is_refused_beside_the_field(shop, worker, value):
    carton = opened(in_tote(2))

    answer = worker.post(reverse("floor-carton", args=[carton.pk]), {"weight_g": value})

    carton.refresh_from_db()
    assert (answer.status_code, carton.weight_g) == (422, None)
    assert 'role="alert"' in answer.content.decode()
    assert "Waiting for scan: item" in text_of(answer)


def test_the_weight_of_a_closed_box_is_not_changed(shop, worker, packed):
    carton = packed().carton
    url = reverse("floor-carton", args=[carton.pk])

    answer = worker.post(url, {"weight_g": "999"})

    carton.refresh_from_db()
    assert (answer.status_code, carton.weight_g) == (409, 400)
    assert "This box is closed. A supervisor can reopen the shipment." in text_of(answer)
    assert "Waiting for scan: the printed label" in text_of(worker.get(url))


def test_the_dispatch_home_lists_open_manifests(shop, worker):
    manifest = manifest_at(shop)

    text = text_of(worker.get(reverse("floor-dispatch")))

    assert f"{manifest.number} LA · own" in text
    assert "Open manifest" in text


def test_the_dispatch_home_without_a_manifest_says_so(shop, worker):
    text = text_of(worker.get(reverse("floor-dispatch")))

    assert "No manifest is open. Open one for the carrier at the dock." in text


def test_opening_a_manifest_twice_leads_to_the_same_one(shop, worker):
    form = {"warehouse": "LA", "carrier": "own"}

    answers = [worker.post(reverse("floor-dispatch"), form) for _ in range(2)]

    manifest = Manifest.objects.get()
    assert {answer["Location"] for answer in answers} == {
        reverse("floor-manifest", args=[manifest.pk])
    }
    assert (manifest.warehouse_id, manifest.carrier_code) == (shop.pk, "own")


@pytest.mark.parametrize(
    "form", [{}, {"warehouse": "LA"}, {"warehouse": "LA", "carrier": "x"}, {"carrier": "own"}]
)
def test_a_manifest_of_nothing_known_is_not_found(shop, worker, form):
    assert worker.post(reverse("floor-dispatch"), form).status_code == 404
    assert Manifest.objects.count() == 0


def test_the_manifest_shows_what_is_loaded_and_what_is_expected(shop, worker, packed):
    there, waiting = packed(), packed()
    manifest = manifest_at(shop)
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[there.carton.parcel_id], actor=make.SYSTEM, at=make.NOW
    )
    numbers = dict(Parcel.objects.values_list("pk", "tracking_number"))

    page = worker.get(reverse("floor-manifest", args=[manifest.pk]))
    text = text_of(page)

    assert "1 / 2" in text
    assert text.index(numbers[there.carton.parcel_id]) < text.index(
        numbers[waiting.carton.parcel_id]
    )
    assert page.content.decode().count("floor-line-done") == 1


def test_an_empty_manifest_says_to_pack_first(shop, worker):
    text = text_of(worker.get(reverse("floor-manifest", args=[manifest_at(shop).pk])))

    assert "No packed parcel waits for this carrier. Pack first, then load." in text
    assert "0 / 0" in text


def test_the_put_back_card_names_tote_bin_and_units(shop, worker):
    task = recalled()

    text = text_of(worker.get(reverse("floor-put-back", args=[task.pk])))

    assert f"from {task.from_bin.code} {Order.objects.get().number} A-01" in text
    assert re.search(r"Tea TEA Lot — Units 2 Waiting for scan: bin", text)


def test_a_put_back_that_is_done_leads_home(shop, scanner):
    task = recalled()
    device = scanner("put-back", task)
    device.scan("A-01")

    answer = device.client.get(reverse("floor-put-back", args=[task.pk]))

    assert (answer.status_code, answer["Location"]) == (302, reverse("floor-home"))


def test_starting_without_a_station_leads_on_and_marks_nothing(shop, worker):
    answer = worker.post(reverse("floor-start"), {"station": ""})

    assert answer.status_code in {302, 303}
    assert "q_station" not in answer.cookies


@pytest.mark.parametrize("name", ["floor-pick-task", "floor-carton", "floor-manifest"])
def test_a_card_that_is_not_there_is_not_found(shop, worker, name):
    assert worker.get(reverse(name, args=[999_999])).status_code == 404


def test_cards_of_another_warehouse_are_not_found(work, sign_in):
    stranger = sign_in("operator", warehouses=["NYC"])
    shipment = Shipment.objects.filter(status="picking").first()

    answers = {
        name: stranger.get(reverse(name, args=[pk])).status_code for name, pk in work.items()
    }
    opening = stranger.post(reverse("floor-pack-open", args=[shipment.pk]))
    loading = stranger.post(reverse("floor-dispatch"), {"warehouse": "LA", "carrier": "own"})

    assert answers == dict.fromkeys(work, 404)
    assert (opening.status_code, loading.status_code) == (404, 404)


def test_homes_of_another_warehouse_list_nothing(work, sign_in):
    stranger = sign_in("operator", warehouses=["NYC"])

    home = text_of(stranger.get(reverse("floor-home")))
    pack = text_of(stranger.get(reverse("floor-pack")))
    dock = text_of(stranger.get(reverse("floor-dispatch")))

    assert "No pick waits" in home
    assert re.search(r"Pick 0 Pack 0 Put back 0 Dispatch 0 ", home)
    assert "Nothing is picked and waiting." in pack
    assert "No manifest is open." in dock


@pytest.mark.parametrize("name", ["floor-pick-task", "floor-carton", "floor-manifest"])
def test_who_does_not_work_on_the_floor_is_refused(work, client, name):
    people.sign_in(client, people.make_user("order_desk"))

    assert client.get(reverse(name, args=[work[name]])).status_code == 403
    assert client.get(reverse("floor-home")).status_code == 403


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("floor-pick-task", "等待扫描"),
        ("floor-carton", "等待扫码"),
        ("floor-manifest", "包裹面单"),
        ("floor-put-back", "放回"),
    ],
)
def test_each_card_speaks_chinese(work, sign_in, name, words):
    reader = sign_in("operator", language="zh-hans")

    text = text_of(reader.get(reverse(name, args=[work[name]])))

    assert words in text
    assert "Waiting for scan" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("floor-home", "没有待拣任务"),
        ("floor-pack", "扫周转箱开始打包"),
        ("floor-dispatch", "交接单"),
    ],
)
def test_each_home_speaks_chinese(shop, sign_in, name, words):
    assert words in text_of(sign_in("operator", language="zh-hans").get(reverse(name)))


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize("name", ["floor-home", "floor-pack", "floor-dispatch"])
def test_each_home_costs_the_same_for_any_amount_of_work(shop, worker, name, count):
    floor.release(*(make.place_one(make.line("CUP", 1)) for _ in range(count)))
    for _ in range(count):
        in_tote()
    recalled()
    manifest_at(shop)

    with query_baseline(name):
        page = worker.get(reverse(name))

    assert page.status_code == 200


def test_rows_of_several_tables_are_counted_by_one_statement(shop):
    teas = make.Sku.objects.filter(code="TEA").order_by("-code")
    kinds = [make.Bin.objects.all(), make.Sku.objects.none(), teas]

    with CaptureQueriesContext(connection) as captured:
        counts = list(counted_together(kinds))

    assert counts == [make.Bin.objects.count(), 0, 1]
    assert len(captured) == 1
    assert list(counted_together([])) == []


@pytest.mark.parametrize("lines", [1, 7])
def test_the_pick_card_costs_the_same_in_a_long_walk(shop, worker, lines):
    goods = walk(shop, lines)
    floor.release(make.place_one(*goods))

    with query_baseline("floor-pick-task"):
        page = worker.get(reverse("floor-pick-task", args=[PickTask.objects.first().pk]))

    assert f"of {lines}" in text_of(page)


@pytest.mark.parametrize("lines", [1, 7])
def test_the_pack_screen_costs_the_same_for_any_number_of_lines(shop, worker, lines):
    order = make.place_one(*walk(shop, lines))
    floor.pick_all(floor.release(order))
    carton = opened(Shipment.objects.get(order=order))

    with query_baseline("floor-carton"):
        page = worker.get(reverse("floor-carton", args=[carton.pk]))

    assert f"0 / {lines}" in text_of(page)


@pytest.mark.parametrize("count", [1, 6])
def test_the_manifest_costs_the_same_for_any_number_of_parcels(shop, worker, packed, count):
    done = [packed() for _ in range(count)]
    packed()
    manifest = manifest_at(shop)
    dispatch.add_parcels(
        manifest_id=manifest.pk,
        parcel_ids=[each.carton.parcel_id for each in done],
        actor=make.SYSTEM,
        at=make.NOW,
    )

    with query_baseline("floor-manifest"):
        page = worker.get(reverse("floor-manifest", args=[manifest.pk]))

    assert f"{count} / {count + 1}" in text_of(page)


def walk(place, lines: int) -> list:
    """Stock as many SKUs and return one order line for each."""
    for number in range(lines):
        make.put(make.sku(f"S{number}"), place, 1)
    return [make.line(f"S{number}", 1) for number in range(lines)]


def test_a_short_pick_shows_its_new_stop_on_the_next_card(shop, worker):
    second = make.Bin.objects.get(code="B-01")
    line = make.stock.ReceiveLine(second.pk, make.Sku.objects.get(code="TEA").pk, 5)
    make.stock.receive([line], event_key="more", actor=make.SYSTEM, at=make.NOW)
    floor.release(make.place_one(make.line("TEA", 8)))
    report = picking.ShortReport(PickTask.objects.get().pk, 0, "NOT_THERE")
    picking.report_short(report=report, actor=make.SYSTEM, at=make.NOW)

    text = text_of(worker.get(reverse("floor-pick"), follow=True))

    assert re.search(r"Go to bin .*B-01 Tea TEA Lot — Take 5 pcs", text)
