"""Seasons: batches 90 days ahead, last summer's buyers, and what is left in September."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from model_bakery import baker

from core.actors import SYSTEM, Actor
from core.errors import StateConflict
from core.models import Notice
from core.permissions import principal_for_user
from orders.models import Order, OrderLine
from planning.models import CrossPurchase, RepurchaseRun, SeasonPlan, SkuPolicy
from planning.queries.policies import policies_for
from planning.queries.seasons import Wish, buyers_of, leftovers
from planning.services import policies, season_end, seasons
from planning.services.policies import CategoryEntry, SkuEntry
from planning.services.policy_errors import ReasonMissing
from planning.services.seasons import SeasonWithoutSupplier, Staged
from suppliers.models import PurchaseOrder
from tests.factories import customers as people
from tests.factories import orders as shop
from tests.factories import policies as make
from tests.factories import proposals as plans
from tests.factories import purchases as buy
from tests.factories.core import make_user
from tests.factories.forecasts import run_of

pytestmark = pytest.mark.django_db
JUNE = dt.date(2026, 6, 1)
#: Ninety days before June 1st.
T90 = dt.datetime(2026, 3, 3, 3, 10, tzinfo=dt.UTC)
ANN = Actor("user", 7, "Ann")


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), dt.UTC)


def seasonal_goods(units_a_week: float = 70.0):
    """Return a trade, and a fan that it sells in packs of 4 and that is planned as seasonal."""
    trade = buy.trade()
    fan = buy.goods(trade, "FAN", multiple_qty=4)
    fan.product = baker.make("inventory.Product", code="P-FAN", category="Fans")
    fan.save()
    policies.set_category(CategoryEntry("Fans", "seasonal", "summer"), actor=ANN, now=T90)
    run_of({(fan, trade.place): [units_a_week]}, from_on=T90.date(), at=T90)
    return trade, fan


def test_b44_ninety_days_before_the_season_three_batches_of_2_8_times_the_base_are_proposed():
    trade, fan = seasonal_goods()
    planner = make_user("planner")
    event = make.season(JUNE, name="Summer", until_on=JUNE + dt.timedelta(days=69))

    early = seasons.stage(now=T90 - dt.timedelta(days=1))
    staged = seasons.stage(now=T90)
    again = seasons.stage(now=T90 + dt.timedelta(days=1))

    told = Notice.objects.filter(user=planner, kind="planning.season")
    assert early == Staged(0, 0, 0)
    assert (staged.proposed, staged.updated) == (1, 0)
    assert (again.proposed, again.updated, again.reminded) == (0, 0, 0)
    assert [(row.target, row.data["day"]) for row in told] == [
        (f"demand_event:{event.pk}", "2026-06-01")
    ]
    plan = SeasonPlan.objects.get()
    assert (plan.sku, plan.warehouse, plan.supplier) == (fan, trade.place, trade.supplier)
    assert (plan.remind_on, plan.base_qty, plan.factor) == (T90.date(), 700.0, Decimal("2.8"))
    assert plan.total_qty == 1960  # 10 a day for 70 days, 2.8 times
    assert plan.calls == [
        {"on": "2026-04-01", "qty": 656},
        {"on": "2026-05-01", "qty": 652},
        {"on": "2026-06-01", "qty": 652},
    ]
    assert not PurchaseOrder.objects.exists(), "nothing is ordered before a person accepts"


def test_b44_accepting_drafts_one_order_per_batch_once():
    trade, fan = seasonal_goods()
    make.season(JUNE, name="Summer", until_on=JUNE + dt.timedelta(days=69))
    seasons.stage(now=T90)
    plan = SeasonPlan.objects.get()

    done = seasons.accept(plan.pk, actor=ANN, now=T90)
    with pytest.raises(StateConflict):
        seasons.accept(plan.pk, actor=ANN, now=T90)

    orders = PurchaseOrder.objects.order_by("pk")
    assert done.order_ids == [order.pk for order in orders]
    assert [(row.required_by.isoformat(), row.state, row.reason) for row in orders] == [
        ("2026-04-01", "draft", "Summer: 1/3"),
        ("2026-05-01", "draft", "Summer: 2/3"),
        ("2026-06-01", "draft", "Summer: 3/3"),
    ]
    lines = [row.lines.get() for row in orders]
    assert [(line.sku, line.qty) for line in lines] == [(fan, 656), (fan, 652), (fan, 652)]
    run_of({(fan, trade.place): [700]}, from_on=T90.date(), at=T90, mark="ten times")
    assert seasons.stage(now=T90).updated == 0, "a settled plan never changes"


def test_b44_an_open_plan_follows_the_forecast_and_goes_with_its_reason():
    trade, fan = seasonal_goods()
    event = make.season(JUNE, until_on=JUNE + dt.timedelta(days=69))
    seasons.stage(now=T90)
    run_of({(fan, trade.place): [140]}, from_on=T90.date(), at=T90, mark="twice")

    assert seasons.stage(now=T90) == Staged(0, 1, 0)
    assert SeasonPlan.objects.get().total_qty == 3920
    stop = SkuEntry(fan.pk, None, "last year's model", numbers={"is_stopped": True})
    policies.set_sku(stop, actor=ANN, now=T90)
    assert seasons.stage(now=T90) == Staged(0, 0, 0)
    assert not SeasonPlan.objects.filter(event=event).exists()


def test_b44_goods_without_a_supplier_and_a_dismissal_without_a_reason_are_refused():
    place, fan = shop.warehouse(), shop.sku("FAN")
    run_of({(fan, place): [70]}, from_on=T90.date(), at=T90)
    make.season(JUNE, sku=fan)
    seasons.stage(now=T90)
    plan = SeasonPlan.objects.get()

    with pytest.raises(SeasonWithoutSupplier, match="FAN"):
        seasons.accept(plan.pk, actor=ANN, now=T90)
    with pytest.raises(ReasonMissing):
        seasons.dismiss(plan.pk, reason=" ", actor=ANN, now=T90)
    plan.refresh_from_db()
    assert plan.state == "open"
    seasons.dismiss(plan.pk, reason="not this year", actor=ANN, now=T90)
    assert seasons.stage(now=T90).proposed == 0
    plan.refresh_from_db()
    assert (plan.state, plan.decision_reason) == ("dismissed", "not this year")


def sold(sku, channel, customer, day: dt.date, qty: int, **more):
    number = f"H-{Order.objects.count() + 1}"
    order = Order.objects.create(
        number=number,
        external_id=number,
        channel=channel,
        customer=customer,
        is_history=True,
        currency="USD",
        ship_country="US",
        placed_at=at(day),
        created_at=at(day),
        updated_at=at(day),
        confirmed_at=at(day),
        status="completed",
        stage="delivered",
    )
    OrderLine.objects.create(
        order=order, position=1, sku=sku, sku_code=sku.code, qty=qty, unit_price="10", **more
    )


def test_b45_last_summers_buyers_of_a_product_by_date_range_without_names():
    channel, other = shop.channel(), shop.channel("market")
    fan, tea = shop.sku("FAN"), shop.sku("TEA")
    amy, bob, cat = (people.make_customer(name=name) for name in ("Amy", "Bob", "Cat"))
    first, last = dt.date(2025, 6, 1), dt.date(2025, 8, 31)
    sold(fan, channel, amy, first, 2)
    sold(fan, channel, amy, last, 3, cancelled_qty=1)
    sold(fan, other, bob, dt.date(2025, 7, 9), 1)
    sold(tea, channel, cat, dt.date(2025, 7, 9), 9)
    sold(fan, channel, cat, last + dt.timedelta(days=1), 9)
    sold(fan, channel, cat, first - dt.timedelta(days=1), 9)
    sold(fan, channel, cat, dt.date(2025, 7, 9), 4, cancelled_qty=4)
    everybody = principal_for_user(make_user("admin"))

    found = buyers_of(Wish(first, last, sku_id=fan.pk), everybody)

    assert (found.customers, found.units) == (2, 5)
    rows = [(row["number"], row["units"], row["orders"]) for row in found.rows]
    assert rows == [(amy.number, 4, 2), (bob.number, 1, 1)]
    assert not {"name", "email", "order__customer__name"} & set(found.rows[0])
    narrow = replace(everybody, channel_codes=frozenset({"market"}))
    assert buyers_of(Wish(first, last, sku_id=fan.pk), narrow).customers == 1


def test_b47_cover_of_240_days_stops_buying_until_it_falls_or_a_person_says_otherwise():
    trade = buy.trade()
    fan, tea, mug = (buy.goods(trade, code) for code in ("FAN", "TEA", "MUG"))
    review = plans.review(T90)
    long = plans.cover(fan, trade.place, review, cover_days=240.0)
    plans.cover(tea, trade.place, review, cover_days=239.9)
    plans.cover(mug, trade.place, review, cover_days=900.0)
    own = SkuEntry(mug.pk, trade.place.pk, "fair", numbers={"service_level": 0.9})
    policies.set_sku(own, actor=ANN, now=T90)
    pairs = [(sku.pk, trade.place.pk) for sku in (fan, tea, mug)]

    first, second = (season_end.stop_long_cover(now=T90) for _ in range(2))

    assert (first.stopped, second.stopped, second.resumed) == (1, 0, 0)
    found = policies_for(pairs, T90.date())
    assert [found[pair].is_stopped for pair in pairs] == [True, False, False]
    stop = SkuPolicy.objects.get(sku=fan)
    assert (stop.author_key, stop.reason) == (
        SYSTEM.key,
        "cover of 240 days (240 or more stop buying)",
    )
    policies.withdraw_sku(stop.pk, actor=ANN, now=T90)
    assert season_end.stop_long_cover(now=T90).stopped == 0, "a person took it back"
    later = T90 + dt.timedelta(days=31)
    assert season_end.stop_long_cover(now=later).stopped == 1
    long.cover_days = 200.0
    long.save()
    assert season_end.stop_long_cover(now=later).resumed == 1


def test_b47_what_is_left_is_offered_with_its_companion_and_the_supplier_gets_a_word():
    trade = buy.trade(name="Ningbo Tin", code="TIN")
    fan, tea = buy.goods(trade, "FAN"), buy.goods(trade, "TEA")
    plans.cover(
        fan, trade.place, plans.review(T90), cover_days=300.0, sellable_qty=600, daily_qty=2.0
    )
    run = baker.make(RepurchaseRun, computed_at=T90, cut_on=T90.date(), inputs_hash="x")
    CrossPurchase.objects.create(
        run=run, first_sku=fan, then_sku=tea, watched=100, bought=34, planned=0.34, low=0.2,
        high=0.5, lift=2.0,
    )  # fmt: skip

    (one,) = leftovers(principal_for_user(make_user("admin")), T90)

    assert (one.cover.sku, one.companion, one.chance) == (fan, tea, 0.34)
    assert one.spare_qty == 120  # beyond 240 days at 2 a day
    assert one.supplier is not None
    assert one.supplier.name == "Ningbo Tin"
