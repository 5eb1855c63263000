"""Prices from the database: lists by day, agreements by version, caps, 200 lines at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core import settings_store
from core.actors import SYSTEM
from suppliers.domain import defaults
from suppliers.queries.price_words import words
from suppliers.services import pricing
from suppliers.services.pricing import NoPrice, PriceAsk, Unpriced, price_lines
from tests.factories.inventory import make_sku
from tests.factories.supplier_terms import (
    NOW,
    ORDER_DAY,
    make_agreement,
    make_goods,
    make_supplier,
)

pytestmark = pytest.mark.django_db

LATER = ORDER_DAY + dt.timedelta(days=30)
SOON = ORDER_DAY + dt.timedelta(days=7)


def price(goods, qty=10, **more):
    given = {"on": ORDER_DAY, "required_by": LATER, "currency": "USD", **more}
    return pricing.price_of(goods.supplier_id, goods.sku_id, qty, **given)


def asked(supplier, **more) -> PriceAsk:
    given = {"on": ORDER_DAY, "required_by": LATER, "currency": "USD", **more}
    return PriceAsk(supplier_id=supplier.pk, **given)


def test_b_19_b_20_b_21_from_the_rows_of_a_supplier():
    goods = make_goods(make_supplier(), breaks={1: "10", 100: "9"})

    assert price(goods).unit_price == Decimal(10)
    assert price(goods, 100, required_by=SOON).unit_price == Decimal("10.35")
    agreement = make_agreement(goods.supplier, {goods.sku: None})
    line = agreement.lines.get()
    call_off = price(goods, 100)
    assert (call_off.unit_price, call_off.agreement_line_id) == (Decimal("8.55"), line.pk)
    assert price(goods, required_by=SOON).unit_price == Decimal("11.5")
    agreement.stacks = True
    agreement.save()
    assert price(goods, required_by=SOON).unit_price == Decimal("10.925")
    over = price(goods, on=dt.date(2026, 7, 1), required_by=None)
    assert (over.unit_price, over.source) == (Decimal(10), "LIST")


def test_every_figure_of_urgency_is_a_setting():
    goods = make_goods(make_supplier(), breaks={1: "10"})
    for name, value in (
        (defaults.URGENT_DAYS, "10"),
        (defaults.URGENT_FACTOR, "1.3"),
        (defaults.AGREEMENT_FACTOR, "0.9"),
    ):
        settings_store.put(name, value, actor=SYSTEM, at=NOW)

    tenth = ORDER_DAY + dt.timedelta(days=10)
    assert price(goods, required_by=tenth).unit_price == Decimal(13)
    make_agreement(goods.supplier, {goods.sku: None})
    assert price(goods).unit_price == Decimal(9)


def test_the_newest_list_replaces_the_older_one_as_a_whole():
    goods = make_goods(make_supplier(), breaks={1: "10", 100: "7"})
    make_goods(goods.supplier, goods.sku, {1: "11"}, valid_from=ORDER_DAY)

    assert price(goods, 100).unit_price == Decimal(11)
    yesterday = ORDER_DAY - dt.timedelta(days=1)
    assert price(goods, 100, on=yesterday).unit_price == Decimal(7)


def test_another_currency_or_day_has_no_price_and_says_so():
    goods = make_goods(make_supplier(), breaks={1: "10"}, valid_until=ORDER_DAY)

    assert price(goods).unit_price == Decimal(10)
    for more in ({"currency": "CNY"}, {"on": ORDER_DAY + dt.timedelta(days=1)}):
        with pytest.raises(NoPrice) as refused:
            price(goods, **more)
        assert [one["code"] for one in refused.value.data["trace"]] == ["LIST_NONE"]


def test_the_newest_version_that_has_begun_counts():
    goods = make_goods(make_supplier(), breaks={1: "10"})
    first = make_agreement(goods.supplier, {goods.sku: "9"}, is_current=False)
    make_agreement(
        goods.supplier,
        {goods.sku: "8"},
        number=first.number,
        version=2,
        previous=first,
        valid_from=dt.date(2026, 5, 1),
    )

    assert price(goods).unit_price == Decimal(9)
    assert price(goods, on=dt.date(2026, 5, 1), required_by=None).unit_price == Decimal(8)


def test_lines_of_one_order_use_a_cap_up_in_their_order():
    supplier = make_supplier()
    goods = [make_goods(supplier, breaks={1: "10"}) for _number in range(3)]
    make_agreement(supplier, {one.sku: "9" for one in goods}, cap_qty=25)

    found = price_lines(asked(supplier), [(one.sku_id, 10) for one in goods])

    assert [one.unit_price for one in found] == [Decimal(9), Decimal(9), Decimal(10)]
    assert "AGREEMENT_CAP_QTY" in [step["code"] for step in found[2].trace]


@pytest.mark.parametrize("count", [2, 200])
def test_two_hundred_lines_cost_the_queries_of_two(count, django_assert_num_queries):
    supplier = make_supplier()
    skus = [make_sku() for _number in range(count)]
    for sku in skus:
        make_goods(supplier, sku, {1: "10"})
    make_agreement(supplier, dict.fromkeys(skus[1:], "9"), cap_amount=Decimal(10**6))
    settings_store.get(defaults.URGENT_DAYS)
    lines = [(sku.pk, 10) for sku in skus]

    with django_assert_num_queries(3):
        found = price_lines(asked(supplier), [*lines, (make_sku_id_of_nobody(), 1)])

    assert [one.unit_price for one in found[:2]] == [Decimal(10), Decimal(9)]
    assert {one.unit_price for one in found[1:-1]} == {Decimal(9)}
    assert isinstance(found[-1], Unpriced)


def make_sku_id_of_nobody() -> int:
    return 10**9


def test_a_quote_tells_its_way_in_both_languages():
    goods = make_goods(make_supplier(), breaks={1: "10", 100: "9"})
    make_agreement(goods.supplier, {goods.sku: None}, number="AG-7")
    trace = price(goods, 100, required_by=SOON).trace

    with translation.override("en"):
        assert words(trace) == [
            "List: from 100 units USD 9.00 apiece.",
            "Agreement AG-7: list price times 0.95.",
            "Needed in 7 days, within the 7 of urgent goods: times 1.15.",
            "Agreement AG-7 does not cover urgent goods: the surcharge is on the list price.",
            "USD 9.00 times 1.15 is USD 10.35.",
        ]
