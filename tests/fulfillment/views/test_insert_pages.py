"""M11: campaigns and packing rules in the office."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from core import jobs
from core.clock import now
from fulfillment.models import CouponCode, InsertCampaign, PackRule, RuleTrial
from tests.factories import core as people
from tests.factories import inserts as add
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(shop):
    """Return the shop with CARD and LEAFLET on the shelf."""
    add.insert("CARD", shop, default_cost=Decimal("0.10"))
    add.insert("LEAFLET", shop, default_cost=Decimal("0.20"))
    return shop


def rule_fields(**more):
    given = {
        "code": "VIP",
        "name": "Card for VIPs",
        "condition": 'segment == "VIP"',
        "effect": "add_insert",
        "sku": "CARD",
        "qty": "1",
        "priority": "10",
        "on_oos": "skip",
    }
    return {**given, **more}


def text_of(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_campaign_is_created_loaded_started_and_ended(cards, manager):
    fields = {
        "code": "SPRING",
        "name": "Spring 2026",
        "kind": "coupon",
        "valid_from_on": "2026-03-01",
        "valid_until_on": "2026-05-31",
        "control_percent": "10",
        "goal_days": "90",
    }
    wrong = manager.post(reverse("campaign-new"), {**fields, "valid_until_on": "2026-02-01"})
    assert wrong.status_code == 422
    assert "The last day is before the first" in wrong.content.decode()

    manager.post(reverse("campaign-new"), fields)
    row = InsertCampaign.objects.get()
    page = reverse("campaign", args=[row.pk])
    assert manager.post(reverse("campaign-new"), fields).status_code == 422
    assert manager.post(page, {"codes": "SPR-1\nSP\n"}).status_code == 422
    manager.post(page, {"codes": "SPR-0001\n\nSPR-0002\n"})
    manager.post(reverse("campaign-start", args=[row.pk]))
    changed = manager.post(
        reverse("campaign-edit", args=[row.pk]), {**fields, "control_percent": "20"}
    )

    assert changed.status_code == 422
    assert "its control group can" in changed.content.decode()
    assert CouponCode.objects.filter(campaign=row, state="free").count() == 2
    manager.post(reverse("campaign-pause", args=[row.pk]))
    manager.post(reverse("campaign-end", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.control_percent, row.name) == ("ended", 10, "Spring 2026")
    assert manager.post(reverse("campaign-start", args=[row.pk])).status_code == 409


def test_the_campaign_page_tells_usage_effect_and_reasons(cards, manager):
    row = add.campaign("SPRING", ("SPR-0001",))
    add.rule("R", "CARD", campaign="SPRING")
    add.opened(add.picked(make.line("TEA", 1)))

    text = text_of(manager, "campaign", row.pk)

    assert "Fewer than 30 customers in an arm have had their time." in text
    assert "Codes free" in text
    assert "R · R" in text
    listed = text_of(manager, "campaigns-index")
    assert "SPRING" in listed
    assert "Coupon" in listed


def test_a_rule_is_written_tried_published_edited_and_rolled_back(cards, manager):
    make.place_one(make.line("TEA", 1))
    refused = manager.post(reverse("pack-rule-new"), rule_fields(condition="segmant == 1"))
    assert refused.status_code == 422
    assert "segmant at place 1 is no name of the list." in refused.content.decode()
    assert "Segment of the customer, as typed in or imported" in refused.content.decode()

    manager.post(reverse("pack-rule-new"), rule_fields(condition=""))
    first = PackRule.objects.get()
    trial_page = manager.post(reverse("pack-rule", args=[first.pk]), {"orders_qty": "200"})
    trial = RuleTrial.objects.get()
    assert trial_page.url == reverse("rule-trial", args=[trial.pk])
    assert "The last 200 orders are being tried." in text_of(manager, "rule-trial", trial.pk)
    jobs.run_due(now())
    result = text_of(manager, "rule-trial", trial.pk)
    assert "1 \u00d7 CARD" in result
    assert "0.0000 → <b>0.1000</b>" in result

    manager.post(reverse("pack-rule-publish", args=[first.pk]))
    manager.post(reverse("pack-rule-edit", args=[first.pk]), rule_fields(sku="LEAFLET"))
    second = PackRule.objects.get(version=2)
    manager.post(reverse("pack-rule-publish", args=[second.pk]))
    assert states() == [(1, "CARD", "retired"), (2, "LEAFLET", "live")]
    assert "Roll back to this" in text_of(manager, "pack-rule", first.pk)
    manager.post(reverse("pack-rule-publish", args=[first.pk]))
    manager.post(reverse("pack-rule-pause", args=[first.pk]))
    assert states() == [(1, "CARD", "paused"), (2, "LEAFLET", "retired")]


def states():
    rows = PackRule.objects.order_by("version")
    return list(rows.values_list("version", "sku__code", "state"))


def test_the_tester_explains_each_rule_on_an_order(cards, manager):
    order = make.place_one(make.line("TEA", 1))
    add.rule("DE", "CARD", 'country == "DE"', name="Germans")
    rule = add.rule("ALL", "LEAFLET", "items >= 1", name="Everybody")

    text = text_of(manager, "pack-rule", rule.pk, order=order.number)

    assert "The condition does not hold · country = US" in text
    assert "The condition holds · items = 1" in text
    unknown = text_of(manager, "pack-rule", rule.pk, order="NOPE")
    assert "There is no order NOPE here." in unknown


def test_rules_stand_in_the_order_of_asking(cards, manager):
    add.rule("B", "CARD", priority=2, name="Second")
    add.rule("A", "CARD", priority=9, name="Third")
    add.rule("C", "CARD", priority=1, name="First")
    add.rule("D", "CARD", live=False, name="Not yet")

    text = text_of(manager, "pack-rules")

    places = [text.index(name) for name in ("First", "Second", "Third", "Not yet")]
    assert places == sorted(places)
    assert "at most 2 inserts fit" in text


def test_a_07_gift_orders_are_found_by_their_message(cards, client):
    make.place_one(make.line("TEA", 1), is_gift=True, gift_message="Alles Gute, Mama!")
    make.place_one(make.line("TEA", 1), is_gift=True, gift_message="Happy birthday")
    make.place_one(make.line("TEA", 1))
    desk = people.sign_in(client, people.make_user("admin"))

    assert text_of(desk, "gifts-index").count('href="/orders/') >= 2
    found = text_of(desk, "gifts-index", q="mama")
    assert "Alles Gute, Mama!" in found
    assert "Happy birthday" not in found


def test_an_operator_has_no_office_of_inserts(cards, worker):
    assert worker.get(reverse("pack-rules")).status_code == 403
    assert worker.get(reverse("campaign-new")).status_code == 403
