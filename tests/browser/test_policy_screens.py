"""Policies, seasons and what-if in Chromium: both languages, themes and widths."""

from __future__ import annotations

import datetime as dt

import pytest
from model_bakery import baker

from core import clock
from planning.models import KindProposal, WhatIfRun
from suppliers.models import SupplierLeadTime
from tests.browser.looks import found_on
from tests.factories import policies as make
from tests.factories import proposals as plans
from tests.factories import purchases as buy
from tests.factories.core import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def figures(level: float) -> dict[str, float]:
    """Return figures whose total is least in the middle."""
    total = 9 + 60 * (level - 0.93) ** 2
    return {
        "days": 20 + 80 * (level - 0.8),
        "lost": 8 * (1 - level) / 0.2,
        "air": 5.2,
        "holding": 2 + 4 * (level - 0.8),
        "freight": 4.1,
        "margin": total - 7.5,
        "lines": 0.7,
        "total": total,
    }


def answered(user) -> WhatIfRun:
    run = make.what_if_run("SCREEN", author_key=f"user:{user.pk}")
    levels = (0.8, 0.85, 0.9, 0.95, 0.97, 0.99)
    run.figures = {
        "current": figures(0.97),
        "asked": figures(0.95),
        "curve": [{"level": level, **figures(level)} for level in levels],
        "series": 143,
        "days": 174,
        "revenue": 812_340.5,
    }
    run.state, run.finished_at = "done", clock.now()
    run.save()
    return run


@pytest.fixture
def world():
    """A category with a proposal and a late limit, a season to prepare, stock left over."""
    trade = buy.trade(currency="USD", name="Ningbo Tin", name_zh="宁波锡品", code="TIN")
    SupplierLeadTime.objects.update_or_create(
        supplier=trade.supplier, mode="sea", defaults={"agreed_days": 40}
    )
    fan = buy.goods(trade, "FAN-STAND-16")
    fan.product = baker.make("inventory.Product", code="P-FAN", category="Fans & coolers")
    fan.name, fan.name_zh = "Stand fan 16 inch", "落地扇 16 寸"
    fan.save()
    KindProposal.objects.create(
        category="Fans & coolers",
        kind="seasonal",
        computed_at=clock.now(),
        facts={"months": 24, "buyers": 431, "repeat_share": 0.12, "season_ratio": 2.7},
        reasons=[{"fact": "season_ratio", "value": 2.7, "bound": 2.0}],
    )
    make.sku_policy(fan, trade.place, service_level=0.98, yellow_days=50)
    make.band(fan, trade.place)
    plans.cover(fan, trade.place, plans.review(), cover_days=312.0, sellable_qty=900, daily_qty=2.9)
    make.season_plan(trade.place, "FAN-DESK-9", clock.now().date() + dt.timedelta(days=61))
    planner = make_user("planner")
    return planner, [
        "/planning/policies/",
        "/planning/policies/category/?name=Fans%20%26%20coolers",
        f"/planning/policies/skus/{fan.pk}/",
        "/planning/policies/skus/",
        "/planning/seasons/",
        "/planning/seasons/buyers/?from_on=2025-06-01&until_on=2025-08-31",
        "/planning/what-if/",
        f"/planning/what-if/{answered(planner).pk}/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_b51_b44_b47_policies_seasons_and_what_if_can_be_read(desk, world, language, theme, width):
    planner, paths = world
    window = desk(planner, language=language, theme=theme, width=width)

    assert found_on(window, paths) == {}
