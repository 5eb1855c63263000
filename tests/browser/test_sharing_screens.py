"""Sharing, weekly pack, repurchase and reports in Chromium: both languages, themes and widths."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import clock
from core.actors import SYSTEM
from inventory.models import CostLayer
from planning.services import forecast_sharing, weekly_packs
from suppliers.services import supplier_links
from tests.factories import purchases as buy
from tests.factories.core import make_user
from tests.factories.forecasts import outcome_of, run_of
from tests.factories.repurchase import product, run_at
from tests.factories.supplier_terms import make_agreement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def world():
    """A supplier with a shared forecast, a week off its forecast, stock of two ages, a table."""
    now = clock.now()
    monday = forecast_sharing.monday_of(now)
    trade = buy.trade(currency="USD", name="Ningbo Tin", name_zh="宁波锡品", code="TIN")
    tea, cup = buy.goods(trade, "TEA-ROSE-100"), buy.goods(trade, "CUP")
    for sku, name in ((tea, "玫瑰花茶"), (cup, "杯子")):
        type(sku).objects.filter(pk=sku.pk).update(name_zh=name, list_price=Decimal(30))
        for back in range(1, 9):
            outcome_of(
                sku, trade.place, monday - back * WEEK, forecast=100 + back, actual=60 + 9 * back
            )
    term = {"valid_from": monday - WEEK, "valid_until": monday + 9 * WEEK}
    make_agreement(trade.supplier, {tea: "9"}, **term)
    weekly = {(tea, trade.place): range(100, 220, 10), (cup, trade.place): [7.5]}
    run = run_of(weekly, from_on=monday, at=now)
    share = forecast_sharing.share(trade.supplier.pk, actor=SYSTEM, now=now)
    planner = make_user("planner")
    pack = weekly_packs.build(now=now)
    for days, qty in ((20, 400), (200, 90)):
        CostLayer.objects.create(
            sku=tea,
            warehouse=trade.place,
            qty=qty,
            remaining_qty=qty,
            unit_cost=Decimal("3.20"),
            currency="USD",
            received_at=now - dt.timedelta(days=days),
        )
    product(run_at(monday), tea, monday + WEEK, 0.68)
    token = supplier_links.issue(trade.supplier, actor=SYSTEM, at=now)
    assert run.rows.count() == 2
    return planner, [
        "/planning/sharing/",
        "/planning/sharing/terms/",
        f"/planning/sharing/{share.pk}/",
        f"/planning/weekly/{pack.pk}/",
        "/planning/repurchase/",
        "/planning/reports/?report=stock",
        "/planning/reports/?report=accuracy",
        f"/supplier/{token}/forecast/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_b17_b60_b08_and_f5_can_be_read(desk, world, language, theme, width):
    planner, paths = world
    window = desk(planner, language=language, theme=theme, width=width)
    problems = {}
    for path in paths:
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}
