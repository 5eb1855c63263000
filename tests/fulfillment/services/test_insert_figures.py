"""Rules tried without a parcel, and what a campaign did (M11, A-08, openings W9 and W17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import Job
from fulfillment.models import CampaignAssignment, CartonExtra, CouponCode
from fulfillment.services import insert_reports, inserts, packing, rule_trials
from orders.models import Order
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    """Return the warehouse LA with TEA, and CARD (0.10) and LEAFLET (0.25) as inserts."""
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 50)
    add.insert("CARD", place, default_cost=Decimal("0.10"))
    add.insert("LEAFLET", place, default_cost=Decimal("0.25"))
    floor.bench(place)
    return place


def run(rule, orders_qty=200):
    trial = rule_trials.start(rule.pk, orders_qty, actor=SYSTEM, at=NOW)
    steps: list[tuple[int, int]] = []
    done = rule_trials.run(trial.pk, at=NOW, progress=lambda *step: steps.append(step))
    return done.result, steps


def test_a_dry_run_says_which_parcels_gain_and_lose_what_and_writes_nothing_else(shop):
    add.rule("R", "CARD", "items >= 2")
    small = make.place_one(make.line(qty=1))
    large = make.place_one(make.line(qty=3))
    draft = add.rule("R", "LEAFLET", "items < 3", live=False)

    result, steps = run(draft)

    assert result == {
        "parcels": 2,
        "changed": 2,
        "matched": 1,
        "reasons": {"": 1},
        "gains": {"LEAFLET": 1},
        "losses": {"CARD": 1},
        "cost_before": "0.0500",
        "cost_after": "0.1250",
        "rows": [
            {"order": large.pk, "number": large.number, "gains": {}, "losses": {"CARD": 1}},
            {"order": small.pk, "number": small.number, "gains": {"LEAFLET": 1}, "losses": {}},
        ],
    }
    assert steps == [(2, 2)]
    assert Job.objects.get().name == "fulfillment.try_rule"
    assert not CartonExtra.objects.exists()
    assert not CampaignAssignment.objects.exists()


def test_a_dry_run_takes_the_last_orders_and_a_live_version_is_compared_with_its_absence(shop):
    make.place_one(make.line(qty=9), placed_at=NOW - dt.timedelta(days=9))
    newest = make.place_one(make.line(qty=1))
    live = add.rule("R", "CARD")

    result, _steps = run(live, orders_qty=1)

    assert (result["parcels"], result["gains"], result["losses"]) == (1, {"CARD": 1}, {})
    assert [row["number"] for row in result["rows"]] == [newest.number]


def test_the_rules_tester_explains_every_rule_in_order(shop):
    add.campaign("OLD", valid_until_on=NOW.date() - dt.timedelta(days=1))
    add.rule("A", "CARD", 'country == "DE" and items >= 1', priority=1)
    add.rule("B", "CARD", "items >= 1", campaign="OLD", priority=2)
    draft = add.rule("C", "LEAFLET", live=False, priority=3)
    order = make.place_one()

    answers = rule_trials.explain(order.pk, with_version=draft.pk, at=NOW)

    told = [
        (one.rule.code, one.seen, one.decision and (one.decision.outcome, one.decision.reason))
        for one in answers
    ]
    assert told == [
        ("A", {"country": "US", "items": 1}, None),
        ("B", {"items": 1}, ("skip", "CAMPAIGN_NOT_RUNNING")),
        ("C", {}, ("add", "")),
    ]
    with pytest.raises(rule_trials.NoSuchOrder):
        rule_trials.explain(999_999, at=NOW)


def test_a_08_the_usage_report_counts_arms_units_cost_and_repeat_orders(shop):
    campaign = add.campaign("SPRING", ("AAA-1", "AAA-2", "AAA-3"), goal_days=30)
    add.rule("R", "CARD", campaign="SPRING")
    for mail in ("a@example.org", "b@example.org"):
        pack(add.opened(add.picked(email=mail)))
    lost = add.opened(add.picked(email="c@example.org"))
    inserts.report_missing(inserts.waiting(lost.pk)[0].pk, actor=SYSTEM, at=NOW)
    CampaignAssignment.objects.create(
        campaign=campaign,
        customer_key="customer:999",
        arm="control",
        order_key="order:0",
        assigned_at=NOW - dt.timedelta(days=1),
    )
    make.place_one(email="a@example.org", placed_at=NOW + dt.timedelta(days=3))
    make.place_one(email="b@example.org", placed_at=NOW + dt.timedelta(days=31))

    early = insert_reports.report(campaign, as_of=NOW + dt.timedelta(days=29, hours=1))
    late = insert_reports.report(campaign, as_of=NOW + dt.timedelta(days=40))

    assert (early.treated, early.control, early.running) == (3, 1, 3)
    assert (late.running, late.effect.treated.customers, late.effect.treated.repeated) == (0, 3, 1)
    assert (late.effect.control.customers, late.effect.control.repeated) == (1, 0)
    assert late.effect.has_enough is False
    usage = late.usage
    assert (usage.added, usage.units, usage.cost_amount) == (2, 2, Decimal("0.20"))
    assert usage.cost_per_parcel == Decimal("0.1000")
    assert (usage.skipped, usage.codes_free, usage.codes_used) == ({"MISSING_AT_BENCH": 1}, 1, 2)
    assert CouponCode.objects.get(code="AAA-3").state == "free"
    Order.objects.filter(email="a@example.org", placed_at__gt=NOW).update(status="cancelled")
    again = insert_reports.report(campaign, as_of=NOW + dt.timedelta(days=40))
    assert again.effect.treated.repeated == 0


def pack(carton):
    for line in carton.lines.all():
        packing.verify(carton_id=carton.pk, line_id=line.pk, units=line.qty, actor=SYSTEM, at=NOW)
    for row in inserts.waiting(carton.pk):
        inserts.add(row.pk, actor=SYSTEM, at=NOW)
    packing.close(closing=packing.Closing(carton.pk, 500), actor=SYSTEM, at=NOW)
