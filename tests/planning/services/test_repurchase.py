"""A run over the orders: what is stored, handed on, and that nothing is counted twice."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services.segments import keep_segments
from orders.models import Order, OrderLine
from planning.models import (
    CrossPurchase,
    CustomerEstimate,
    DemandSignal,
    ExpectedRepurchase,
    ProductRepurchase,
    RepurchaseRun,
)
from planning.queries import repurchase as reads
from planning.services import repurchase
from planning.services.repurchase_rows import read_bought
from tests.factories import customers as people
from tests.factories import orders as shop
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
#: A Thursday; what is known ends with the day before.
NOW = dt.datetime(2026, 7, 2, 4, 20, tzinfo=dt.UTC)
TODAY = NOW.date()


def buy(customer, *skus, days_ago, channel, qty=2, price="10", **more):
    placed = dt.datetime.combine(TODAY - dt.timedelta(days=1 + days_ago), dt.time(9), dt.UTC)
    number = f"H-{Order.objects.count() + 1}"
    fields = {"status": "completed", "stage": "delivered", "confirmed_at": placed} | more
    row = Order.objects.create(
        number=number,
        external_id=number,
        channel=channel,
        customer=customer,
        is_history=True,
        currency="USD",
        ship_country="US",
        placed_at=placed,
        created_at=placed,
        updated_at=placed,
        **fields,
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=row, position=n, sku=sku, sku_code=sku.code, qty=qty, unit_price=price)
        for n, sku in enumerate(skus, start=1)
    )
    return row


@pytest.fixture
def place():
    channel = shop.channel()
    return channel, shop.sku("SAVER"), shop.sku("CHARGER")


def person(name, **more):
    return people.make_customer(name=name, **more)


def test_b02_b03_b04_segments_reach_the_customers_and_a_typed_one_stays(place):
    channel, saver, _ = place
    high, dormant, new, vip = (person(name) for name in ("Hi", "Do", "Ne", "Vi"))
    Customer.objects.filter(pk=vip.pk).update(segment="VIP")
    for customer, days in ((high, 200), (high, 100), (dormant, 75), (new, 30), (vip, 75)):
        buy(customer, saver, days_ago=days, channel=channel)
    DemandSignal.objects.create(
        source="behavior",
        kind="view",
        subject_key="c",
        customer=high,
        on=TODAY - dt.timedelta(days=31),
        count_value=1,
    )

    ran = repurchase.run(as_of=NOW)

    stored = dict(CustomerEstimate.objects.values_list("customer__name", "segment"))
    assert stored == {"Hi": "high", "Do": "dormant", "Ne": "new", "Vi": "dormant"}
    segments = dict(Customer.objects.values_list("name", "segment"))
    assert segments == {"Hi": "high", "Do": "dormant", "Ne": "new", "Vi": "VIP"}
    assert ran.segments_changed == 3
    estimate = CustomerEstimate.objects.get(customer=high)
    assert (estimate.purchases, estimate.alive) == (2, None)  # too few to speak of one
    assert ran.run is not None
    assert (ran.run.is_individual, ran.run.missing_sources) == (False, [])
    assert ran.run.method == "poisson_gamma"
    names = {one.pk: "new" for one in (high, dormant, vip)}
    assert keep_segments(names, computed=["high", "dormant", "new"], at=NOW) == 2
    assert keep_segments(names, computed=["high", "dormant", "new"], at=NOW) == 0
    # the day after, without a new run: a first purchase of 31 days ago is cooling
    assert repurchase.refresh_segments(as_of=NOW + dt.timedelta(days=1)) == 3
    segments = dict(Customer.objects.values_list("name", "segment"))
    assert segments == {"Hi": "other", "Do": "dormant", "Ne": "cooling", "Vi": "VIP"}
    assert RepurchaseRun.objects.count() == 1


def test_b05_b06_b08_cycles_companions_and_weeks_are_stored_once(place):
    channel, saver, charger = place
    customers = [person(f"C{n}") for n in range(12)]
    for n, customer in enumerate(customers):
        buy(customer, saver, days_ago=200, channel=channel)
        buy(customer, saver, days_ago=72 + n - 5, channel=channel)
        if n < 3:
            buy(customer, charger, days_ago=190, channel=channel)

    first, again = (repurchase.run(as_of=NOW) for _ in range(2))

    assert (first.is_new, again.is_new, again.run) == (True, False, first.run)
    assert RepurchaseRun.objects.get().missing_sources == ["behavior"]
    product = ProductRepurchase.objects.get()
    assert (product.sku, product.buyers, product.gaps) == (saver, 12, 12)
    assert product.median_days == pytest.approx(127.5)
    assert not product.low_confidence
    assert product.repeat_share == 0.5
    one = CrossPurchase.objects.get()
    assert (one.first_sku, one.then_sku, one.watched, one.bought) == (saver, charger, 12, 3)
    assert one.low < one.planned < one.high
    assert [row.then_sku for row in reads.companions(saver.pk, NOW)] == [charger]
    weeks = ExpectedRepurchase.objects.filter(sku=saver).order_by("week_on")
    # nine calendar weeks from the Monday of Thursday the 2nd of July; eight whole ones in all
    assert weeks.count() == 9
    assert weeks[0].week_on == dt.date(2026, 6, 29)
    # 12 buyers take 2 each within 60 days; waits near 127 days lean to the end of these
    total = sum(row.expected_qty for row in weeks)
    assert 12 * 2 * product.chance * 42 / 60 < total < 12 * 2 * product.chance * 56 / 60
    buy(customers[0], saver, days_ago=1, channel=channel)
    assert repurchase.run(as_of=NOW).is_new  # something new was known


def test_b14_the_repeat_part_takes_the_place_of_repeats_already_forecast(place):
    channel, saver, _ = place
    for n in range(12):
        customer = person(f"C{n}")
        buy(customer, saver, days_ago=200, channel=channel)
        buy(customer, saver, days_ago=100 - n, channel=channel)
    monday = dt.date(2026, 7, 6)
    forecast = {(saver.pk, monday): 10.0, (saver.pk, monday + dt.timedelta(weeks=8)): 10.0}
    assert reads.components(forecast, NOW) == {}
    ran = repurchase.run(as_of=NOW)

    found = reads.components(forecast, NOW)

    assert list(found) == [(saver.pk, monday)]  # week 9 is beyond what the run says
    part = found[saver.pk, monday]
    said = ExpectedRepurchase.objects.get(run=ran.run, sku=saver, week_on=monday).expected_qty
    assert (part.forecast, part.implied, part.expected) == (10, 5, said)
    assert part.total == pytest.approx(5 + min(max(said, 3.5), 7))
    assert reads.components(forecast, NOW - dt.timedelta(seconds=1)) == {}  # replay


def test_what_is_no_purchase_is_not_read(place):
    channel, saver, charger = place
    ann, ben = person("Ann"), person("Ben")
    buy(ann, saver, days_ago=5, channel=channel)
    Customer.objects.filter(pk=ann.pk).update(merged_into=ben)
    buy(None, charger, days_ago=5, channel=channel)
    buy(ben, charger, days_ago=5, channel=channel, price="0")
    buy(ben, charger, days_ago=5, channel=channel, status="draft", confirmed_at=None)
    original = buy(ben, saver, days_ago=4, channel=channel, qty=3)
    buy(ben, charger, days_ago=3, channel=channel, replaces=original)
    gone = buy(ben, charger, days_ago=2, channel=channel)
    gone.lines.update(cancelled_qty=2)
    buy(ben, charger, days_ago=-1, channel=channel)  # today

    found = read_bought(dt.datetime.combine(TODAY, dt.time(0), dt.UTC))

    assert found.customers == (ben.pk,)
    assert found.skus == (saver.pk,)
    assert found.qty.tolist() == [2, 3]
    assert np.diff(found.day).tolist() == [1]


def test_no_orders_make_no_run_and_statements_do_not_grow(place):
    channel, saver, charger = place
    assert repurchase.run(as_of=NOW) == repurchase.Ran(None, False, 0)
    counts = []
    for batch in range(2):
        for n in range(6):
            customer = person(f"C{batch}{n}")
            for days in (150, 80, 20):
                buy(customer, saver, charger, days_ago=days, channel=channel)
        with CaptureQueriesContext(connection) as captured:
            assert repurchase.run(as_of=NOW).is_new
        counts.append(len(statements(captured)))
    assert CustomerEstimate.objects.count() == 6 + 12
    assert counts[0] == counts[1]
