"""Wave planning: what the pages show, to whom, at what cost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from core import jobs
from fulfillment.models import PickTask, Wave
from fulfillment.services import picking
from inventory.models import Bin
from orders.services import holds, lifecycle
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
GROUP = "LA~202601211400~STANDARD"


def text_of(page) -> str:
    """Return the text of a page with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def orders(count: int, code: str = "TEA") -> None:
    for _ in range(count):
        make.place_one(make.line(code, 1))


def test_the_board_shows_groups_reasons_and_waves(shop, manager):
    wave = floor.release(make.place_one(make.line("CUP", 1)))
    orders(2)
    held = make.place_one(make.line("TEA", 3))
    holds.place_hold(held.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    page = manager.get(reverse("waves-index"))
    text = text_of(page)

    assert page.status_code == 200
    assert "<html" in page.content.decode()
    assert "1 group" in text
    assert re.search(r"LA .*14:00 STANDARD 2 2 Choose and release", text)
    assert re.search(r"Not ready, and why (Held|On hold) 1", text)
    assert re.search(rf"{wave.number} LA 1 ", text)
    assert reverse("wave-group", args=[GROUP]) in page.content.decode()


def test_the_board_answers_a_fragment_for_htmx(shop, manager):
    orders(1)

    page = manager.get(reverse("waves-index"), headers=HTMX)

    assert page.content.decode().lstrip().startswith('<div id="waves"')
    assert "<html" not in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]


def test_an_empty_board_says_when_shipments_appear(shop, manager):
    text = text_of(manager.get(reverse("waves-index")))

    assert "Nothing is ready to release" in text
    assert "Shipments appear here when their stock is promised" in text
    assert "No wave is being picked." in text
    assert "Every planned shipment is ready." in text


def test_the_board_speaks_chinese(shop, sign_in):
    orders(1)

    text = text_of(sign_in("warehouse_manager", language="zh-hans").get(reverse("waves-index")))

    assert "可以释放" in text
    assert "Ready to release" not in text


def test_who_may_not_release_sees_the_shipments_only(shop, sign_in):
    orders(1)
    desk = sign_in("order_desk")

    board = text_of(desk.get(reverse("waves-index")))
    group = text_of(desk.get(reverse("wave-group", args=[GROUP])))
    refused = desk.post(reverse("wave-group", args=[GROUP]), {"shipment": ["1"]})

    assert "See shipments" in board
    assert "Release wave" not in group
    assert (refused.status_code, Wave.objects.count()) == (403, 0)


@pytest.mark.parametrize("name", ["waves-index", "wave-group", "wave", "wave-pick-list"])
def test_who_may_not_see_the_floor_is_refused(shop, client, name):
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    people.sign_in(client, people.make_user("operator"))
    args = {"waves-index": [], "wave-group": [GROUP]}.get(name, [wave.pk])

    assert client.get(reverse(name, args=args)).status_code == 403


def test_another_warehouse_is_absent(other_shop, sign_in):
    orders(1)
    orders(1, "POT")
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    stranger = sign_in("warehouse_manager", warehouses=["NYC"])

    board = text_of(stranger.get(reverse("waves-index")))
    group = text_of(stranger.get(reverse("wave-group", args=[GROUP])))

    assert "1 group" in board
    assert "NYC" in board
    assert wave.number not in board
    assert "This group is empty now" in group
    assert stranger.get(reverse("wave", args=[wave.pk])).status_code == 404
    assert stranger.get(reverse("wave-pick-list", args=[wave.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 9])
def test_the_board_costs_the_same_for_any_number_of_orders_and_waves(shop, manager, count):
    for _ in range(count):
        floor.release(make.place_one(make.line("CUP", 1)))
    orders(count)

    with query_baseline("waves-index"):
        page = manager.get(reverse("waves-index"))

    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 9])
def test_a_group_costs_the_same_for_any_number_of_shipments(shop, manager, count):
    orders(count)

    with query_baseline("wave-group"):
        page = manager.get(reverse("wave-group", args=[GROUP]))

    assert page.content.decode().count('name="shipment"') == count


def test_a_group_lists_its_shipments_checked(shop, manager):
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 1))

    page = manager.get(reverse("wave-group", args=[GROUP]))

    shipment = order.shipments.get()
    assert f'value="{shipment.pk}" checked' in page.content.decode()
    assert re.search(rf"{shipment.number} {order.number} \w+ 2 3 ", text_of(page))
    assert "Release wave" in text_of(page)


def test_a_group_answers_a_fragment_for_htmx_and_a_page_for_everyone_else(shop, manager):
    orders(1)
    url = reverse("wave-group", args=[GROUP])

    part = manager.get(url, headers=HTMX)
    back = manager.get(url, headers={**HTMX, "HX-History-Restore-Request": "true"})
    boosted = manager.get(url, headers={**HTMX, "HX-Boosted": "true"})
    page = manager.get(url)

    assert part.content.decode().lstrip().startswith('<form id="wave-group"')
    for full in (back, boosted, page):
        assert "<html" in full.content.decode()
        assert "HX-Request" in full.headers["Vary"]


@pytest.mark.parametrize("key", [GROUP, "LA~none~STANDARD", "LA~999912312359~STANDARD"])
def test_an_empty_group_leads_back(shop, manager, key):
    page = manager.get(reverse("wave-group", args=[key]))

    assert page.status_code == 200
    assert "This group is empty now" in text_of(page)
    assert "Release wave" not in text_of(page)
    assert reverse("waves-index") in page.content.decode()


@pytest.mark.parametrize("key", ["x", "LA~none", "LA~2026~STANDARD", "LA~abc~STANDARD"])
def test_a_key_that_names_no_group_is_not_found(shop, manager, key):
    assert manager.get(reverse("wave-group", args=[key])).status_code == 404


def test_a_group_speaks_chinese(shop, sign_in):
    orders(1)
    reader = sign_in("warehouse_manager", language="zh-hans")

    assert "释放波次" in text_of(reader.get(reverse("wave-group", args=[GROUP])))


def test_a_service_with_a_slash_in_its_code_has_a_group_of_its_own(shop, manager):
    order = make.place_one(make.line("TEA", 1))
    order.shipments.update(service_code="DHL/EXPRESS 24")

    board = manager.get(reverse("waves-index"))
    link = re.search(r'href="(/waves/ready/[^"]+)"', board.content.decode())[1]
    group = manager.get(link)

    assert board.status_code == 200
    assert order.number in text_of(group)


@pytest.mark.parametrize("name", ["wave", "wave-pick-list"])
def test_a_wave_shows_its_walk(shop, manager, name):
    Bin.objects.filter(code="A-01").update(pick_sequence=3)
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 1))
    wave = floor.release(order)
    url = reverse(name, args=[wave.pk])

    page, part = manager.get(url), manager.get(url, headers=HTMX)

    for text in (text_of(page), text_of(part)):
        assert re.search(rf"A-01 Tea TEA — 2 .*{order.number}", text)
        assert re.search(rf"A-01 Cup CUP — 1 .*{order.number}", text)
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_a_wave_counts_the_picks_that_are_done(shop, manager):
    wave = floor.release(make.place_one(make.line("TEA", 2), make.line("CUP", 1)))
    before = text_of(manager.get(reverse("wave", args=[wave.pk])))
    floor.pick_all(wave)
    after = text_of(manager.get(reverse("wave", args=[wave.pk])))

    assert "Picks 0 / 2" in before
    assert "Picks 2 / 2" in after
    assert "Completed" in after


def test_a_wave_without_any_pick_says_so(shop, manager):
    order = make.place_one(make.line("TEA", 2))
    Bin.objects.filter(code="A-01").update(is_pickable=False)
    wave = floor.release(order)

    text = text_of(manager.get(reverse("wave", args=[wave.pk])))

    assert "Nothing is to be picked in this wave" in text
    assert "Its units are in no bin that can be picked. See the attention queue." in text


def test_the_pick_list_holds_only_what_is_left_to_pick(shop, manager):
    picked, cancelled, left = (make.place_one(make.line("TEA", qty)) for qty in (1, 2, 3))
    wave = floor.release(picked, cancelled, left)
    first = PickTask.objects.get(shipment__order=picked)
    picking.confirm(
        picked=picking.Picked(first.pk, 1, floor.tote(shop).pk), actor=make.SYSTEM, at=make.NOW
    )
    lifecycle.cancel(cancelled.pk, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)
    url = reverse("wave-pick-list", args=[wave.pk])

    some = text_of(manager.get(url))
    floor.pick_all(wave)
    none = text_of(manager.get(url))

    assert some.count("A-01") == 1
    assert f"A-01 Tea TEA — 3 {left.number}" in some
    assert "Nothing is left to pick in this wave" in none
    assert "Pack what is in the totes." in none


@pytest.mark.parametrize("name", ["wave", "wave-pick-list"])
def test_a_wave_that_is_not_there_is_not_found(shop, manager, name):
    assert manager.get(reverse(name, args=[999_999])).status_code == 404


@pytest.mark.parametrize("name", ["wave", "wave-pick-list"])
def test_a_wave_speaks_chinese(shop, sign_in, name):
    wave = floor.release(make.place_one(make.line("TEA", 1)))

    text = text_of(
        sign_in("warehouse_manager", language="zh-hans").get(reverse(name, args=[wave.pk]))
    )

    assert "库位" in text
    assert "Tote" not in text


@pytest.mark.parametrize("name", ["wave", "wave-pick-list"])
@pytest.mark.parametrize("count", [1, 9])
def test_a_wave_costs_the_same_for_any_number_of_tasks(shop, manager, name, count):
    placed = [make.place_one(make.line("TEA", 1)) for _ in range(count)]
    wave = floor.release(*placed)

    with query_baseline(name):
        page = manager.get(reverse(name, args=[wave.pk]))

    assert text_of(page).count("A-01") == count


def test_a_wave_of_more_tasks_than_the_screen_lists_is_whole_on_paper(shop, manager):
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    task = PickTask.objects.get(wave=wave)
    copies = range(2, 512)
    same = {
        name: getattr(task, name)
        for name in ("warehouse_id", "shipment_id", "shipment_line_id", "sku_id", "bin_id")
    }
    PickTask.objects.bulk_create(
        PickTask(wave=wave, qty=1, sequence=number, **same) for number in copies
    )
    Wave.objects.filter(pk=wave.pk).update(task_count=511)

    screen = text_of(manager.get(reverse("wave", args=[wave.pk])))
    paper = text_of(manager.get(reverse("wave-pick-list", args=[wave.pk])))

    assert (screen.count("A-01"), paper.count("A-01")) == (500, 511)
    assert "Picks 0 / 511" in screen
    assert "The first 500 of 511 picks are listed. The pick list has them all." in screen
