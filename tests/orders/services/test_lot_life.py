"""Which lots may go to whom (X13): rules by customer, SKU, channel and country."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from inventory.models import BinReservation, Reservation
from inventory.services import lots
from orders.domain.life_rules import LifeRuleFact, LifeTerms, rules_of
from orders.models import LifeRule, Order
from orders.services import master_data
from orders.services.published import published_qty
from tests.factories import fulfillment as floor
from tests.factories import orders as make

NOW = make.NOW
TODAY = NOW.date()


def in_days(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def shop(db):
    """Return the warehouse with JAM: 5 units that live 100 days, 5 that live 300 days."""
    make.channel()
    make.channel("retail")
    place = make.warehouse()
    jam = make.sku("JAM", lot_tracked=True)
    make.put(jam, place, 5, lot_code="SHORT", expires_on=in_days(100))
    make.put(jam, place, 5, lot_code="LONG", expires_on=in_days(300))
    return place


@pytest.fixture(autouse=True)
def _fresh_rules(monkeypatch):
    monkeypatch.setattr(master_data, "SECONDS", 0)


def order_of(channel: str = "shop", qty: int = 1, **more) -> Order:
    return make.place(make.draft(make.line("JAM", qty), channel=channel, **more))[0]


def promised(order: Order) -> list[tuple[int, dt.date | None]]:
    keys = [line.key for shipment in order.shipments.all() for line in shipment.lines.all()]
    rows = Reservation.objects.filter(owner_key__in=keys).order_by("pk")
    return [(row.qty, row.usable_until) for row in rows]


def lots_taken(order: Order) -> list[tuple[str, int]]:
    floor.release(order)
    claims = BinReservation.objects.pending().order_by("-pk").select_related("bin_stock__lot")
    return [(claim.bin_stock.lot.code, claim.qty) for claim in claims[: 1 + 1]]


def test_x13_the_most_specific_rule_counts():
    rules = rules_of(
        [
            LifeRuleFact(0, 0, 0, "DE", 60),
            LifeRuleFact(0, 0, 7, "", 70),
            LifeRuleFact(0, 0, 7, "DE", 75),
            LifeRuleFact(0, 5, 0, "", 80),
            LifeRuleFact(0, 5, 7, "DE", 85),
            LifeRuleFact(9, 0, 0, "", 90),
            LifeRuleFact(9, 5, 0, "", 95),
        ],
        stop_days=45,
    )

    def days(customer=None, sku=1, channel=1, country="US") -> LifeTerms:
        return rules.terms(
            sku_id=sku, channel_id=channel, country=country, customer_id=customer, default=30
        )

    assert days() == LifeTerms(30, 45)
    assert days(country="DE") == LifeTerms(60)
    assert days(channel=7).min_days == 70
    assert days(channel=7, country="DE").min_days == 75
    assert days(channel=7, country="DE", sku=5).min_days == 85
    assert days(channel=8, country="DE", sku=5).min_days == 80
    assert days(9, channel=7, country="DE").min_days == 90
    assert days(9, channel=7, country="DE", sku=5).min_days == 95
    assert LifeTerms(30, 45).needed_until(in_days(3), in_days(1)) == in_days(46)
    assert LifeTerms(60).needed_until(in_days(3), in_days(1)) == in_days(63)


def test_x13_a_lot_short_of_life_is_not_offered_to_this_channel_but_to_others(shop):
    jam = make.Sku.objects.get()
    LifeRule.objects.create(channel=make.Channel.objects.get(code="retail"), min_days=180)

    before = {code: published_qty(code, [jam.pk], as_of=NOW)[jam.pk] for code in ("shop", "retail")}
    retail = order_of("retail", 2)
    arrives = retail.promised_by
    own = order_of("shop", 1)

    assert before == {"shop": 10, "retail": 5}
    assert promised(retail) == [(2, arrives + dt.timedelta(days=180))]
    assert lots_taken(retail)[0] == ("LONG", 2)
    assert lots_taken(own)[0] == ("SHORT", 1)
    assert published_qty("retail", [jam.pk], as_of=NOW) == {jam.pk: 3}
    assert order_of("retail", 4).shipments.count() == 0
    assert order_of("shop", 4).shipments.count() == 1


def test_x13_without_a_rule_picking_stops_45_days_before_expiry(shop):
    jam = make.Sku.objects.get()
    make.put(jam, shop, 5, lot_code="SOON", expires_on=in_days(44))

    order = order_of()
    assert promised(order)[0][1] == in_days(45)
    assert lots_taken(order)[0][0] == "SHORT"

    LifeRule.objects.create(sku=jam, min_days=10)
    with_rule = order_of()
    assert promised(with_rule)[0][1] == with_rule.promised_by + dt.timedelta(days=10)
    assert lots_taken(with_rule)[0][0] == "SOON"


def test_x13_one_lot_when_one_is_enough(shop):
    jam = make.Sku.objects.get()
    make.put(jam, shop, 2, lot_code="FIRST", expires_on=in_days(90))

    assert lots_taken(order_of(qty=3))[0] == ("SHORT", 3)
    assert lots_taken(order_of(qty=2))[0] == ("FIRST", 2)


def test_x13_expired_held_and_recalled_lots_are_offered_to_nobody(shop):
    jam = make.Sku.objects.get()
    short, long = (jam.lots.get(code=code) for code in ("SHORT", "LONG"))
    LifeRule.objects.create(sku=jam, min_days=0)
    later = NOW + dt.timedelta(days=101)

    assert published_qty("shop", [jam.pk], as_of=later) == {jam.pk: 5}
    lots.hold_lot(long.pk, event_key="hold", reason="Q", actor=make.SYSTEM, at=NOW)
    assert published_qty("shop", [jam.pk], as_of=NOW) == {jam.pk: 5}
    lots.recall_lot(short.pk, event_key="recall", reason="Q", actor=make.SYSTEM, at=NOW)
    assert published_qty("shop", [jam.pk], as_of=NOW) == {jam.pk: 0}
    assert order_of().shipments.count() == 0


def test_a_rule_stands_once_even_where_parts_are_empty(shop):
    channel = make.Channel.objects.get(code="retail")
    for fields in ({}, {"channel": channel}, {"country": "DE"}, {"sku": make.Sku.objects.get()}):
        LifeRule.objects.create(min_days=10, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            LifeRule.objects.create(min_days=20, **fields)
