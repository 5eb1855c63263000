"""Planning waves on their pages: estimates before release, rounds after it, rules."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from core.models import AuditEntry
from fulfillment.models import PickRound, Wave, WaveRule
from inventory.models import FloorLayout
from orders.models import Shipment
from tests.factories import orders as make
from tests.factories import waves as factory
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
GROUP = "LA~202601211400~STANDARD"
HTMX = {"HX-Request": "true"}


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def four(shop):
    """Return the ids of four shipments, two at the far end of each of two measured aisles."""
    bins = {row.code: row for row in factory.measure(shop)}
    names = ("R1-10", "R2-10", "R1-09", "R2-09")
    for code in names:
        factory.stocked(bins[code], code)
    return [order.shipments.get().pk for order in factory.orders(*names)]


def send(person, ids, headers=None, **more):
    data = {"shipment": ids, **more}
    return person.post(reverse("wave-group", args=[GROUP]), data, headers=headers or {})


def rule_data(shop, **more):
    data = {
        "name": "Noon",
        "warehouse": shop.pk,
        "min_orders": 1,
        "max_orders": 50,
        "method": "cluster",
        "position": 1,
        "is_active": "on",
    }
    return data | more


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_estimate_is_shown_and_nothing_is_released(manager, four, headers):
    answer = send(manager, four[:3], headers, method="cluster", tour_totes="2", estimate="1")

    text = text_of(answer)
    assert answer.status_code == 200
    assert re.search(r"Walks 2 Walk 54.m Walk saved 0.m 0\.0.?% against S-shape", text)
    assert re.search(r"Picking time 4.min Picks 3", text)
    assert answer.content.decode().count(" checked aria-label") == 3
    assert ("<html" in answer.content.decode()) is not bool(headers)
    assert Wave.objects.count() == 0


def test_an_estimate_without_a_layout_tells_how_to_get_one(manager, four):
    FloorLayout.objects.all().delete()

    text = text_of(send(manager, four, method="single", estimate="1"))

    assert "Not measured" in text
    assert "Declare the aisles of this warehouse to see the walk." in text
    assert re.search(r"Picking time 2.min Picks 4", text)


def test_an_estimate_names_a_layout_that_cannot_be_walked(manager, four):
    FloorLayout.objects.update(kind="free", walkways=[[0, 0, 1, "x"]])

    text = text_of(send(manager, four, method="single", estimate="1"))

    assert "walkway 1 has an end that is not a number. Bins are walked in their fixed order" in text


def test_a_29_a_wave_by_hand_gets_its_rounds_and_shows_them(manager, four):
    answer = send(manager, four, method="cluster", tour_totes="2")

    wave = Wave.objects.get()
    page = text_of(manager.get(reverse("wave", args=[wave.pk])))
    assert answer["Location"] == reverse("wave", args=[wave.pk])
    assert wave.criteria == {"group": GROUP, "method": "cluster", "tour_totes": "2"}
    assert PickRound.objects.filter(wave=wave).count() == 2
    assert re.search(r"Planned walk 56.m Walk saved 0.m 0\.0.?% against S-shape", page)
    assert re.search(r"1 Cart with a tote per order 2 18.m — Planned", page)


@pytest.mark.parametrize("wrong", [{"method": "flying"}, {"tour_totes": "0"}, {"tour_totes": "x"}])
def test_a_walk_that_cannot_be_is_refused_beside_the_list(manager, four, wrong):
    answer = send(manager, four, **({"method": "cluster"} | wrong))

    assert (answer.status_code, Wave.objects.count()) == (422, 0)
    assert re.search(r"Picking: Choose one|Orders on one walk: ", text_of(answer))


def test_an_estimate_costs_the_same_for_any_number_of_shipments(manager, four):
    manager.get(reverse("wave-group", args=[GROUP]))  # the session's own statements
    with query_baseline("wave-estimate"):
        one = send(manager, four[:1], method="cluster", estimate="1")
    with query_baseline("wave-estimate"):
        all_four = send(manager, four, method="cluster", estimate="1")

    assert ("Picks 1" in text_of(one), "Picks 4" in text_of(all_four)) == (True, True)


def test_the_board_lists_rules_and_a_manager_writes_one(shop, manager, four):
    empty = text_of(manager.get(reverse("waves-index")))
    form = manager.get(reverse("wave-rule-new"))
    zone = factory.rule(shop, name="Old", is_active=False).warehouse.zones.get(code="Z1")

    answer = manager.post(
        reverse("wave-rule-new"),
        rule_data(shop, zone=zone.pk, window_minutes="90", is_automatic="on", service_code="AIR"),
    )

    board = text_of(manager.get(reverse("waves-index")))
    rule = WaveRule.objects.get(name="Noon")
    assert "No rule yet." in empty
    assert "Save rule" in text_of(form)
    assert (answer.status_code, answer["Location"]) == (303, reverse("waves-index"))
    assert [str(each) for each in get_messages(answer.wsgi_request)] == ["Rule Noon is saved."]
    assert (rule.zone, rule.window_minutes, rule.is_automatic, rule.tour_totes) == (
        zone,
        90,
        True,
        None,
    )
    assert "Noon by itself LA AIR · Z1 · 90 min to cut-off Cart with a tote per order" in board
    assert "Old not in use" in board
    assert AuditEntry.objects.filter(action="fulfillment.wave_rule_added").count() == 1


def test_a_rule_is_changed_and_refusals_stand_at_the_form(shop, other_shop, manager, four):
    rule, _known = factory.rule(shop, name="Noon"), factory.rule(shop, name="Evening")
    elsewhere = factory.measure(other_shop)[0].zone
    url = reverse("wave-rule", args=[rule.pk])

    def said(**more) -> str:
        answer = manager.post(url, rule_data(shop, **more))
        assert answer.status_code == 422
        return text_of(answer)

    assert 'value="Noon"' in manager.get(url).content.decode()
    assert "Evening exists in this warehouse." in said(name="Evening")
    assert "Zone Z1 is not in this warehouse." in said(zone=elsewhere.pk)
    assert "The least shipments, 9, are more than the most, 3." in said(min_orders=9, max_orders=3)
    assert "Most shipments: Enter 1 or more." in said(max_orders=0)
    assert manager.post(url, rule_data(shop, name="Dawn", max_orders=7)).status_code == 303
    rule.refresh_from_db()
    assert (rule.name, rule.max_orders) == ("Dawn", 7)


def test_a_rule_is_released_after_a_look_at_its_estimate(shop, manager, four):
    rule = factory.rule(shop, name="Noon", tour_totes=2)
    url = reverse("wave-rule-release", args=[rule.pk])

    asked = text_of(manager.get(url))
    answer = manager.post(url)
    again = manager.post(url)

    wave = Wave.objects.get()
    assert (
        "Noon takes 4 shipments now. 2 walks of 56 m in all, about 4 min;"
        " 0 m less than in S-shape." in asked
    )
    assert (answer.status_code, answer["Location"]) == (303, reverse("wave", args=[wave.pk]))
    assert (wave.shipment_count, wave.pick_rounds.count()) == (4, 2)
    assert again.status_code == 409
    assert "Noon finds 0 ready shipments and releases from 1." in text_of(again)
    assert Shipment.objects.filter(status="released").count() == 4


def test_a_rule_without_a_layout_says_what_it_takes(shop, manager):
    make.place_one(make.line("TEA", 1))
    rule = factory.rule(shop)

    assert "All takes 1 shipment now. " in text_of(
        manager.get(reverse("wave-rule-release", args=[rule.pk]))
    )


def test_the_new_pages_speak_chinese(shop, four, sign_in):
    reader = sign_in("warehouse_manager", language="zh-hans")
    rule = factory.rule(shop, name="Noon")

    form = text_of(reader.get(reverse("wave-rule", args=[rule.pk])))
    estimate = text_of(send(reader, four, method="cluster", estimate="1"))
    asked = text_of(reader.get(reverse("wave-rule-release", args=[rule.pk])))

    assert "保存规则" in form
    assert "节省步行" in estimate
    assert "Noon 现可释放 4 个发货单" in asked
