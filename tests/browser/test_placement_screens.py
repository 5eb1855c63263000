"""A-05 in Chromium: the placement table in both languages, themes and widths."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import clock
from planning.models import DemandHistory
from tests.browser.looks import found_on
from tests.factories import orders as shop
from tests.factories import proposals as plan
from tests.factories import purchases as buy
from tests.factories.core import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = (("LA", "34.0", "-118.2"), ("NJ", "40.7", "-74.2"), ("TX", "32.8", "-96.8"))
#: Units asked for in half a year, units here, forecast a day; each by warehouse.
GOODS = {
    "KETTLE-17": ((1_820, 364, 8), (1_500, 0, 11), (10, 2, 0.05)),
    "STRAINER-2": ((30, 22, 4), (40, 35, 28), (0.2, 0.1, 0.02)),
    "SCALE-5": ((900, 800, 700), (300, 1_400, 90), (5, 4.4, 3.9)),
}


@pytest.fixture
def planner():
    """A planner, and three SKUs that lie where they are not asked for."""
    places = [shop.warehouse(code, lat=Decimal(lat), lon=Decimal(lon)) for code, lat, lon in PLACES]
    trade = buy.trade(currency="USD", name="Ningbo Tin", code="TIN", place=places[0])
    run, channel = plan.review(run=plan.forecast_run()), shop.channel("web")
    day = clock.now().date() - dt.timedelta(days=3)
    for code, rows in GOODS.items():
        sku = buy.goods(trade, code)
        for place, asked, here, daily in zip(places, *rows, strict=True):
            DemandHistory.objects.create(
                sku=sku, warehouse=place, channel=channel, on=day, qty=asked, cleaned_qty=asked
            )
            more = {"on_hand_qty": here, "sellable_qty": here, "inbound_qty": 0}
            money = {"stock_value_amount": Decimal(here * 10), "turnover_days": 31.0}
            terms = {"lead_days": 35, "review_days": 7, "pack": 12}
            plan.cover(sku, place, run, daily_qty=daily, terms=terms, **more, **money)
    return make_user(["planner", "warehouse_manager"])


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_a_05_the_table_can_be_read(desk, planner, language, theme, width):
    window = desk(planner, language=language, theme=theme, width=width)

    assert found_on(window, ["/planning/placement/"]) == {}
