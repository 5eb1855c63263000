"""A-11: velocity, days of cover, order-by date and recommended units of one SKU."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from planning.models import DemandHistory, StockoutSpan
from tests.factories import orders as make
from tests.factories import proposals as plan
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.factories.inventory import make_bin, put_stock
from tests.helpers.query_counts import query_baseline
from tests.planning.views.test_proposals import words

pytestmark = pytest.mark.django_db


def sell(sku, place, days: int, a_day: int, today: dt.date) -> None:
    """Write demand of every day before today, 1 unit of each day taken back."""
    channel = make.channel()
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=sku,
            warehouse=place,
            channel=channel,
            on=today - dt.timedelta(days=n),
            qty=a_day + 1,
            netted_qty=1,
        )
        for n in range(1, days + 1)
    )


def test_a11_speed_by_in_stock_days_cover_order_by_date_and_units(client):
    trade = buy.trade(code="TIN")
    desk = sign_in(client, make_user("planner"))
    tea = buy.goods(trade, "TEA")
    today = clock.now().date()
    put_stock(tea, 260, at_bin=make_bin(trade.place))
    sell(tea, trade.place, 40, 6, today)
    StockoutSpan.objects.create(
        sku=tea,
        warehouse=trade.place,
        from_on=today - dt.timedelta(days=5),
        until_on=today - dt.timedelta(days=1),
    )
    run = plan.review(run=plan.forecast_run())
    cover = plan.cover(tea, trade.place, run)
    url = reverse("sku-planning", args=[tea.pk])
    desk.get(url)
    with query_baseline("planning: sku"):
        before = desk.get(url)
    row = plan.proposal(trade, tea, run, computed_qty=320)

    page = desk.get(url)

    found = page.context["rows"][0]
    speeds = [(one.days, one.units, text) for one, text in found["speeds"]]
    assert speeds == [(7, 42, "6.0"), (30, 180, "6.0"), (35, 210, "6.0")]
    text = words(page)
    assert "only 35 days known" in text
    assert "18 days" in text
    assert "now 6 days late" in text
    assert cover.runs_out_on.isoformat() in text
    assert before.context["rows"][0]["place"].recommended_qty == 280
    assert found["place"].recommended_qty == 320
    assert reverse("proposal-card", args=[row.pk]) in page.content.decode()
    assert url in desk.get(reverse("sku", args=[tea.pk])).content.decode()


def test_a11_a_sku_nobody_knows_and_a_warehouse_out_of_scope(client):
    trade = buy.trade(code="TIN")
    tea = buy.goods(trade, "TEA")
    desk = sign_in(client, make_user("planner"))
    run = plan.review()
    url = reverse("sku-planning", args=[tea.pk])

    nothing = words(desk.get(url))
    plan.cover(tea, trade.place, run)
    elsewhere = sign_in(Client(), make_user("planner", warehouses=["NONE"]))

    assert "Nothing is known of it yet" in nothing
    assert len(desk.get(url).context["rows"]) == 1
    assert elsewhere.get(url).context["rows"] == []
