"""The history of demand: what counts, on which day, where, and that a second run is quiet."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from inventory.domain.lines import ScrapLine
from inventory.models import Bom, BomLine
from orders.models import DestinationRule, Order, OrderLine, ReturnFact
from orders.models.channels import RuleKind
from planning.models import DemandChange, DemandEvent, DemandHistory, StockoutSpan
from planning.queries import history as reads
from planning.services import history, regions
from tests.factories import customers as people
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 3, 2)


def order(day, *lines, channel, at="10:00", **more):
    """Write a completed past order with (sku, qty, price) lines, as an import does."""
    hour, minute = map(int, at.split(":"))
    placed = dt.datetime.combine(MONDAY, dt.time(hour, minute), dt.UTC) + dt.timedelta(days=day)
    fields = {
        "status": "completed",
        "stage": "delivered",
        "is_history": True,
        "currency": "USD",
        "ship_country": "US",
        "ship_postcode": "62704",
        "created_at": placed,
        "updated_at": placed,
        "confirmed_at": placed,
    }
    number = Order.objects.count() + 1
    row = Order.objects.create(
        number=str(number),
        external_id=f"H-{number}",
        channel=channel,
        placed_at=placed,
        **{**fields, **more},
    )
    for position, (sku, qty, price, *kind) in enumerate(lines, start=1):
        extra = kind[0] if kind else {}
        OrderLine.objects.create(
            order=row,
            position=position,
            sku=sku,
            sku_code=sku.code,
            qty=qty,
            unit_price=Decimal(price),
            **extra,
        )
    return row


def rows_of(sku):
    return {
        (row.warehouse.code, row.channel.code, (row.on - MONDAY).days): row
        for row in DemandHistory.objects.filter(sku=sku).select_related("warehouse", "channel")
    }


@pytest.fixture
def world():
    shop.warehouse("LA", lat=Decimal("34.0"), lon=Decimal("-118.2"))
    shop.warehouse("NJ", lat=Decimal("40.7"), lon=Decimal("-74.2"))
    shop.warehouse("DE", "DE", lat=Decimal("50.1"), lon=Decimal("8.7"))
    return shop.channel("shop"), shop.channel("mart"), shop.sku("TEA"), shop.sku("CUP")


def test_demand_counts_by_request_day_region_and_channel_with_kits_exploded(world):
    own, mart, tea, cup = world
    box = shop.sku("BOX", kind="virtual_kit")
    bom = Bom.objects.create(kit=box, version=1, created_at=NOW)
    BomLine.objects.create(bom=bom, component=tea, qty=2, price_share=Decimal("0.6"))
    BomLine.objects.create(bom=bom, component=cup, qty=1, price_share=Decimal("0.4"))
    order(0, (tea, 3, "10"), (tea, 1, "6"), channel=own, at="23:59")
    order(0, (tea, 4, "10"), channel=own, ship_postcode="90001")
    order(1, (tea, 5, "10"), channel=mart, ship_country="FR", ship_postcode="75001")
    order(1, (box, 3, "30"), channel=own)
    order(2, (tea, 9, "10", {"kind": "free"}), channel=own)
    order(2, (tea, 7, "10"), channel=own, status="draft")

    done = history.rebuild(now=NOW)

    found = rows_of(tea)
    assert {key: row.qty for key, row in found.items()} == {
        ("NJ", "shop", 0): 4,
        ("LA", "shop", 0): 4,
        ("DE", "mart", 1): 5,
        ("NJ", "shop", 1): 6,
        ("NJ", "shop", 2): 9,
    }
    assert found["NJ", "shop", 2].value_amount == 0, "given away: units, no money"
    assert found["NJ", "shop", 0].value_amount == Decimal(36)
    assert found["NJ", "shop", 0].cleaned_qty == 4.0
    assert [row.qty for row in rows_of(cup).values()] == [3]
    assert not DemandHistory.objects.filter(sku=box).exists()
    assert (done.skus, done.days, done.inserted, done.updated, done.deleted) == (2, 6, 6, 0, 0)


def test_a_second_run_changes_nothing_and_a_new_order_only_its_day(world):
    own, _, tea, cup = world
    for day in range(70):
        order(day, (tea, 60 if day == 35 else 5, "10"), (cup, 2, "3"), channel=own)

    first = history.rebuild(now=NOW)
    ids = list(DemandHistory.objects.order_by("pk").values_list("pk", flat=True))
    second = history.rebuild(now=NOW)
    later = NOW - dt.timedelta(hours=1)
    order(71, (tea, 2, "10"), channel=own, updated_at=later)
    third = history.rebuild(now=NOW, since=later)

    assert (first.inserted, first.updated) == (140, 0)
    assert (second.days, second.inserted, second.updated, second.deleted) == (140, 0, 0, 0)
    assert list(DemandHistory.objects.order_by("pk").values_list("pk", flat=True))[:140] == ids
    assert (third.skus, third.inserted, third.updated, third.deleted) == (1, 1, 0, 0)


def test_b43_an_odd_day_stays_in_the_history_and_its_repair_is_reported(world):
    own, _, tea, _ = world
    for day in range(70):
        order(day, (tea, 60 if day == 35 else 5, "10"), channel=own)
    DemandEvent.objects.create(
        kind="odd_days",
        name="Typing error",
        sku=tea,
        from_on=MONDAY + dt.timedelta(days=43),
        until_on=MONDAY + dt.timedelta(days=43),
        author_key="user:ann",
        created_at=NOW,
    )

    history.rebuild(now=NOW)

    odd = rows_of(tea)["NJ", "shop", 35]
    assert (odd.qty, odd.cleaned_qty, odd.is_anomaly) == (60, 5.0, True)
    assert rows_of(tea)["NJ", "shop", 43].is_anomaly
    (change,) = DemandChange.objects.all()
    assert (change.reason, change.old_qty, change.new_qty) == ("SPIKE", 60.0, 5.0)
    assert (change.changed_by, change.terms["weekdays"]) == ("planning.cleaning/1", 5)
    assert change.at == NOW


def test_cancellations_net_within_14_days_and_later_returns_stand_apart(world):
    own, _, tea, cup = world
    ann = people.make_customer()
    order(0, (tea, 8, "10"), channel=own, customer=ann)
    order(1, (cup, 6, "3"), channel=own, customer=ann)
    taken = order(2, (tea, 3, "10", {"cancelled_qty": 3}), channel=own, status="cancelled")
    short = order(3, (tea, 4, "10", {"cancelled_qty": 4}), channel=own, status="cancelled")
    short.attention_codes = ["PARTLY_CANCELLED"]
    short.save()
    for sku, qty, day in ((tea, 8, 14), (cup, 6, 20)):
        ReturnFact.objects.create(
            channel=own,
            external_id=f"C{qty}",
            source_row=1,
            sku=sku,
            sku_code=sku.code,
            qty=qty,
            unit_price=1,
            customer=ann,
            at=dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC) + dt.timedelta(days=day),
        )

    history.rebuild(now=NOW)

    found = rows_of(tea)
    assert taken.pk
    assert {key[2]: (row.qty, row.netted_qty, row.returned_qty) for key, row in found.items()} == {
        0: (8, 8, 0),
        2: (3, 3, 0),
        3: (4, 0, 0),
    }
    assert {key[2]: (row.qty, row.returned_qty) for key, row in rows_of(cup).items()} == {
        1: (6, 0),
        20: (0, 6),
    }


def test_days_without_a_unit_are_marked_from_the_ledger_and_imputed(world):
    own, _, tea, _ = world
    place = regions.Warehouse.objects.get(code="NJ")
    for day in range(56):
        if not 49 <= day <= 51:
            order(day, (tea, 4, "10"), channel=own)
    shop.put(tea, place, 10)  # 21 January
    shelf = shop.Bin.objects.get(warehouse=place, code="A-01")
    shop.stock.scrap(
        [ScrapLine(shelf.pk, tea.pk, 10, condition="good")],
        reason="Water",
        event_key="gone",
        actor=shop.SYSTEM,
        at=dt.datetime(2026, 4, 19, 15, tzinfo=dt.UTC),  # day 48
    )

    history.rebuild(now=dt.datetime(2026, 4, 24, 9, tzinfo=dt.UTC))  # day 53

    (span,) = StockoutSpan.objects.all()
    assert (span.from_on, span.until_on) == (dt.date(2026, 4, 20), dt.date(2026, 4, 24))
    found = rows_of(tea)
    assert [found["NJ", "shop", day].cleaned_qty for day in (48, 49, 50, 51, 52)] == [4.0] * 5
    assert [found["NJ", "shop", day].qty for day in (48, 49, 50, 51, 52)] == [4, 0, 0, 0, 4]
    assert [found["NJ", "shop", day].is_stockout for day in (48, 49, 52)] == [False, True, True]
    assert set(DemandChange.objects.values_list("reason", flat=True)) == {"STOCKOUT"}
    table = reads.panel(as_of=NOW)
    assert table.marks.in_stock_days.tolist()[0][5:9] == [7, 7, 2, 7]


def test_the_panel_holds_complete_weeks_with_prices_and_calendar(world, django_assert_num_queries):
    own, mart, tea, cup = world
    order(0, (tea, 3, "10"), channel=own)
    order(6, (tea, 1, "6"), channel=own, at="23:59")
    order(7, (tea, 5, "8"), channel=mart)
    order(16, (cup, 9, "2"), channel=own)
    history.rebuild(now=NOW)
    DemandEvent.objects.create(
        kind="promotion",
        name="Spring",
        channel=mart,
        from_on=MONDAY + dt.timedelta(days=13),
        until_on=MONDAY + dt.timedelta(days=14),
        author_key="user:ann",
        created_at=NOW,
    )

    as_of = dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC)  # a Tuesday: two weeks are complete
    with django_assert_num_queries(7):
        whole = reads.panel(as_of=as_of)
    by_sku = reads.panel(as_of=NOW, by=("sku",), weeks=16)

    assert whole.panel.periods == ("2026-03-02", "2026-03-09")
    assert [key[2] for key in whole.keys] == [own.pk, mart.pk]
    np.testing.assert_array_equal(whole.panel.qty, [[4, 0], [0, 5]])
    np.testing.assert_array_equal(whole.panel.price, [[9, np.nan], [np.nan, 8]])
    np.testing.assert_array_equal(whole.marks.promoted, [[False, False], [False, True]])
    assert by_sku.panel.qty[:, :3].tolist() == [[5, 0, 0], [0, 9, 0]], "from 9 March: 16 weeks"
    assert by_sku.last_on == dt.date(2026, 3, 18)
    assert reads.panel(as_of=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)).keys == ()


def test_regions_follow_rules_then_country_and_distance(world):
    own, mart, _, _ = world
    place = {row.code: row for row in regions.Warehouse.objects.all()}
    rule = {"country": "US", "warehouse": place["DE"]}
    DestinationRule.objects.create(postcode_prefix="6", kind=RuleKind.PREFER, channel=mart, **rule)
    DestinationRule.objects.create(
        postcode_prefix="1", kind=RuleKind.NEVER, country="US", warehouse=place["NJ"]
    )

    found = regions.read_regions()

    assert found.of(own.pk, "US", "62704") == place["NJ"].pk
    assert found.of(mart.pk, "US", "62704") == place["DE"].pk
    assert found.of(own.pk, "US", "90210") == place["LA"].pk
    assert found.of(own.pk, "US", "10001") == place["LA"].pk
    assert found.of(own.pk, "GB", "SW1A") == place["DE"].pk
    regions.Warehouse.objects.update(is_active=False)
    assert regions.read_regions().of(own.pk, "US", "62704") is None
