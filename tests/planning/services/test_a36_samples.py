"""A-36: samples and inserts are planned like goods, and count for nothing but their stock."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum

from fulfillment.models import CartonExtra, PackRule
from inventory.models import Product
from orders.models import Order, OrderLine
from planning.models import CoverStatus, DemandHistory, Forecast, Proposal
from planning.queries import history as reads
from planning.services import forecasting, history, kind_proposals, repurchase_rows
from tests.factories import inserts as add
from tests.factories import orders as shop
from tests.factories import reviews as plan
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
WEEKS = 20


def order(number, on, lines, channel, customer):
    at = dt.datetime.combine(on, dt.time(10), dt.UTC)
    row = Order.objects.create(
        number=f"S-{number}", external_id=f"S-{number}", channel=channel, customer=customer,
        status="completed", stage="delivered", is_history=True, currency="USD",
        ship_country="US", ship_postcode="90001", placed_at=at, created_at=at, updated_at=at,
        confirmed_at=at,
    )  # fmt: skip
    for position, (sku, qty, price, kind) in enumerate(lines, start=1):
        OrderLine.objects.create(
            order=row, position=position, sku=sku, sku_code=sku.code, qty=qty,
            unit_price=Decimal(price), kind=kind,
        )  # fmt: skip


@pytest.fixture
def beauty():
    """A cream with two samples at price 0 and a free one in each order, a card in each parcel."""
    channel, place = shop.channel(), shop.warehouse()
    maker = plan.supplier()
    cream = plan.goods(maker, "CREAM", on_hand=500, place=place)
    sample = plan.goods(maker, "SAMPLE", on_hand=30, place=place, breaks={1: "0.40"})
    card = add.insert("CARD", place, 12)
    for sku, price in ((cream, "30"), (sample, "0")):
        sku.product = Product.objects.create(code=sku.code, name=sku.name, category="Beauty")
        sku.list_price = Decimal(price)
        sku.save()
    add.rule("CARD", "CARD", live=False)
    shop.put(shop.sku("TEA"), place, 5)
    carton = add.opened(add.picked(shop.line("TEA")))
    CartonExtra.objects.all().delete()
    rule, customer = PackRule.objects.get(code="CARD"), make_customer()
    first = plan.TODAY - dt.timedelta(weeks=WEEKS)
    for week in range(WEEKS):
        day = first + dt.timedelta(weeks=week, days=2)
        lines = [(cream, 3, "30", "goods"), (sample, 4, "0", "goods"), (sample, 2, "9", "free")]
        order(week, day, lines, channel, customer)
        at = dt.datetime.combine(day, dt.time(15), dt.UTC)
        CartonExtra.objects.create(
            carton=carton, rule=rule, rule_code=f"CARD-{week}", sku=card, kind="insert", qty=5,
            state="added", planned_at=at, added_at=at, added_by="user:1",
        )  # fmt: skip
    return cream, sample, card


def test_a_36_samples_and_inserts_are_planned_and_count_for_no_revenue_or_class(beauty):
    cream, sample, card = beauty

    history.rebuild(now=plan.NOW)
    again = history.rebuild(now=plan.NOW)
    forecasting.run_forecast(as_of=plan.NOW, now=plan.NOW)
    plan.review()

    assert (again.inserted, again.updated, again.deleted) == (0, 0, 0)
    rows = DemandHistory.objects.filter(sku__in=beauty).order_by().values_list("sku")
    sums = rows.annotate(units=Sum("qty"), money=Sum("value_amount"))
    assert {pk: (units, money) for pk, units, money in sums} == {
        cream.pk: (60, Decimal(1_800)),
        sample.pk: (120, Decimal(0)),
        card.pk: (100, Decimal(0)),
    }
    table = reads.panel(as_of=plan.NOW, by=("sku",), sku_ids=[sample.pk, card.pk])
    assert table.panel.qty[:, -WEEKS:].mean(axis=1).tolist() == [6, 5]
    assert not (table.panel.price == table.panel.price).any(), "no price anywhere"
    weekly = dict(Forecast.objects.filter(channel=None).values_list("sku_id", "typical_week"))
    assert weekly[sample.pk] == pytest.approx(6, abs=0.5)
    assert weekly[card.pk] == pytest.approx(5, abs=0.5)
    covers = {row.sku_id: row for row in CoverStatus.objects.order_by("pk")}
    assert covers[sample.pk].daily_qty == pytest.approx(6 / 7, abs=0.1)
    assert covers[card.pk].daily_qty == pytest.approx(5 / 7, abs=0.1)
    assert covers[card.pk].band in ("red", "yellow"), "12 cards last 17 days"
    proposal = Proposal.objects.get(sku=sample, source_kind="purchase")
    assert proposal.computed_qty >= 12
    assert proposal.unit_cost_amount == Decimal("0.40")

    bought = repurchase_rows.read_bought(plan.NOW)
    units = kind_proposals.measure(now=plan.NOW)["Beauty"]
    assert sample.pk not in bought.skus
    assert card.pk not in bought.skus
    assert (units.months, units.buyers) == (4, 0), "February to May, nobody watched for a year yet"
