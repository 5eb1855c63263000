"""B2B orders leave whole, by their own agreed handling days."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories import orders as make

pytestmark = pytest.mark.django_db


def _stock(units: int) -> None:
    tea = make.sku()
    for code in ("LA", "NJ"):
        make.put(tea, make.warehouse(code), units)


def test_a_30_a_b2b_order_is_never_split_over_warehouses():
    _stock(6)
    make.channel("trade", kind="b2b", allow_split=True, max_parcels=4)
    make.channel("shop")

    trade = make.place_one(make.line("TEA", 10), channel="trade")
    shop = make.place_one(make.line("TEA", 10), channel="shop")

    assert (trade.stage, trade.shipments.count()) == ("attention", 0)
    assert trade.attention_codes == ["SPLIT_NOT_ALLOWED"]
    assert shop.shipments.count() == 2


def test_a_30_a_b2b_order_is_promised_by_its_own_handling_days():
    _stock(50)
    make.channel("trade", kind="b2b", handling_days=3)
    make.channel("shop")

    placed = [make.place_one(make.line("TEA", 1), channel=code) for code in ("trade", "shop")]

    cutoffs = [one.shipments.get().cutoff_at.date() for one in placed]
    # Wednesday 21 January; three working days on is Monday 26.
    assert cutoffs == [dt.date(2026, 1, 26), dt.date(2026, 1, 21)]
