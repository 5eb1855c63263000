"""P4: the list of proposals, one proposal with its arithmetic, and cover of everything."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, settings_store
from core.actors import SYSTEM
from tests.factories import proposals as plan
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return buy.trade(currency="USD", name="Ningbo Tin", code="TIN")


@pytest.fixture
def desk(trade, client):
    return sign_in(client, trade.buyer)


@pytest.fixture
def planner():
    return sign_in(Client(), make_user("planner"))


def words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.replace("&#x27;", "'").split())


def numbers_on(answer) -> list[str]:
    return [row.url.split("/")[-2] for row in answer.context["rows"]]


def test_p4_an_empty_list_says_whether_nothing_is_needed_or_nothing_was_reviewed(planner):
    url = reverse("proposal-index")

    never = words(planner.get(url))
    plan.review()
    without_demand = words(planner.get(url))
    plan.review(run=plan.forecast_run())
    calm = words(planner.get(url))

    assert "No review has run yet" in never
    assert "Nothing to order now (min/max mode)" in without_demand
    assert "follow the least and most levels of the policies (min/max mode)" in without_demand
    assert "Everything lasts beyond its order-by date." in calm
    assert "covers to" in calm
    assert "min/max" not in calm


def test_p4_the_list_shows_stock_forecast_cover_units_source_and_money_by_tab(trade, desk):
    settings_store.put("suppliers.monthly_budget", "10000", actor=SYSTEM, at=clock.now())
    run = plan.review(run=plan.forecast_run())
    today = run.as_of.date()
    red, soon, late, asleep = (buy.goods(trade, code) for code in ("RED", "SOON", "LATE", "ZZZ"))
    plan.cover(red, trade.place, run)
    now = plan.proposal(
        trade,
        red,
        run,
        override_qty=320,
        override_reason="fair",
        override_by=f"user:{trade.buyer.pk}",
        override_until=today,
        total_base_amount=Decimal("9984"),
    )
    week = plan.proposal(trade, soon, run, band="yellow", order_by_on=today + dt.timedelta(days=7))
    later = plan.proposal(trade, late, run, band="yellow", order_by_on=today + dt.timedelta(days=8))
    snoozed = plan.proposal(trade, asleep, run, state="snoozed", snoozed_until=today)
    url = reverse("proposal-index")

    page = desk.get(url)
    tabs = {key: numbers_on(desk.get(url, {"tab": key})) for key in ("week", "open", "snoozed")}

    text = words(page)
    for part in (
        "RED", "214", "120", "11.4", "18 days", "320", "computed 280", "Ningbo Tin", "Sea",
        "USD 31.20", "USD 9,984.00", "This view costs USD 9,984.00", "USD 16.00 of 10000 left",
    ):  # fmt: skip
        assert part in text, part
    assert numbers_on(page) == [str(now.pk)]
    assert tabs["week"] == [str(week.pk)]
    assert sorted(tabs["open"]) == sorted(str(one.pk) for one in (now, week, later))
    assert tabs["snoozed"] == [str(snoozed.pk)]
    assert [tab.count for tab in page.context["tabs"]][:4] == ["1", "1", "3", "1"]


def test_p4_a_planner_without_the_right_sees_no_prices_and_orders_nothing(trade, planner):
    run = plan.review(run=plan.forecast_run())
    sku = buy.goods(trade, "RED")
    row = plan.proposal(trade, sku, run)
    elsewhere = sign_in(Client(), make_user("planner", warehouses=[]))

    page = planner.get(reverse("proposal-index"))
    card = planner.get(reverse("proposal-card", args=[row.pk]))

    for answer in (page, card):
        assert "31.20" not in words(answer)
        assert "8,736" not in words(answer)
        assert reverse("proposal-accept") not in answer.content.decode()
    assert reverse("proposal-bulk-snooze") in page.content.decode()
    assert "Review now" in words(page)
    assert numbers_on(elsewhere.get(reverse("proposal-index"))) == []
    assert elsewhere.get(reverse("proposal-card", args=[row.pk])).status_code == 404


def test_p4_the_card_adds_up_and_compares_its_sources(trade, desk):
    run = plan.review(run=plan.forecast_run())
    tea, cup = buy.goods(trade, "TEA"), buy.goods(trade, "CUP")
    plan.cover(tea, trade.place, run)
    chosen = {
        "kind": "purchase", "name": "Ningbo Tin", "mode": "sea", "qty": 280, "days": 35,
        "unit_cost": 31.2, "currency": "USD", "bring": 140.0, "lost": 60.5, "cost": 200.5,
        "is_chosen": True,
    }  # fmt: skip
    air = {**chosen, "mode": "air", "days": 9, "bring": 900.0, "lost": 0, "cost": 900.0}
    wait = {
        "kind": "wait", "name": "", "mode": "", "qty": 0, "days": 42, "unit_cost": None,
        "currency": "USD", "bring": 0, "lost": 3100.0, "cost": 3100.0,
    }  # fmt: skip
    options = [wait, air | {"is_chosen": False}, chosen]
    row = plan.proposal(trade, tea, run, terms=plan.TERMS | {"options": options})
    extra = {
        "why": "PARTNER",
        "name": "TEA",
        "qty": 34,
        "planned": 280,
        "past": 180,
        "chance": 0.34,
    }
    follower = plan.proposal(
        trade,
        cup,
        run,
        partner_of=row,
        computed_qty=40,
        reason="PARTNER",
        terms={**plan.TERMS, "extra": 34, "extra_rows": [extra]},
    )

    page = desk.get(reverse("proposal-card", args=[row.pk]))
    other = words(desk.get(reverse("proposal-card", args=[follower.pk])))
    peek = desk.get(reverse("proposal-peek", args=[row.pk]))

    text = words(page)
    sums = [(line.glyph, line.text, line.qty) for line in page.context["lines"]]
    assert sums == [
        ("", "Demand over lead time and review", 479),
        ("+", "Safety stock", 120),
        ("=", "Target level", 599),
        ("\N{MINUS SIGN}", "Free stock", 214),
        ("\N{MINUS SIGN}", "On the way", 120),
        ("=", "Needed", 265),
        ("\N{UPWARDS ARROW}", "Rounded up", 280),
    ]
    for part in (
        "How 280 is reached", "lead 35 + review 7 days at 11.4 a day", "on hand 260, reserved 46",
        "packs of 40, least order 200", "it ends before the fastest order could arrive",
        "USD 8,736.00", "200.50", "3,100.00", "34 % of its buyers take this next: + 34",
    ):  # fmt: skip
        assert part in text, part
    assert [one["cost"] for one in page.context["options"]] == [
        Decimal("200.5"),
        Decimal("900.0"),
        Decimal("3100.0"),
    ]
    assert page.context["group_ids"] == f"{row.pk},{follower.pk}"
    assert "Proposed together with TEA" in other
    assert "34 % of 100 more buyers of TEA" in other
    assert "How 280 is reached" in words(peek)
    assert "<html" not in peek.content.decode()


def test_p4_the_weeks_behind_a_proposal_are_drawn_and_stand_in_a_table(trade, desk):
    tea, run = buy.goods(trade, "TEA"), plan.forecast_run()
    row = plan.proposal(trade, tea, plan.review(run=run))
    line = plan.outlook(row, run)

    page = desk.get(reverse("proposal-card", args=[row.pk]))
    of_sku = desk.get(reverse("sku-planning", args=[tea.pk]))

    weeks = page.context["weeks"].rows
    monday = run.from_on
    assert [week[:3] for week in weeks[:4]] == [
        (monday - dt.timedelta(weeks=2), 9.0, None),
        (monday - dt.timedelta(weeks=1), 16.0, None),
        (monday, None, 14.0),
        (monday + dt.timedelta(weeks=1), None, 14.0),
    ]
    assert len(weeks) == 14
    assert weeks[2][3] < 14 < weeks[2][4]
    html = page.content.decode()
    assert 'role="img"' in html
    assert reverse("forecast-sku", args=[line.pk]) in html
    assert of_sku.context["rows"][0]["forecast_url"] == reverse("forecast-sku", args=[line.pk])


def test_p4_the_pages_stay_within_their_query_budget(trade, desk):
    run = plan.review(run=plan.forecast_run())
    first = buy.goods(trade, "SKU-00")
    plan.cover(first, trade.place, run)
    row = plan.proposal(trade, first, run)

    def look() -> list[int]:
        with query_baseline("planning: proposals"):
            page = desk.get(reverse("proposal-index"))
        with query_baseline("planning: proposal"):
            card = desk.get(reverse("proposal-card", args=[row.pk]))
        with query_baseline("planning: covers"):
            covers = desk.get(reverse("cover-index"))
        return [len(page.context["rows"]), card.status_code, len(covers.context["rows"])]

    desk.get(reverse("proposal-index"))
    few = look()
    for n in range(1, 12):
        sku = buy.goods(trade, f"SKU-{n:02}")
        plan.cover(sku, trade.place, run)
        plan.proposal(trade, sku, run, partner_of=row)
    many = look()

    assert (few, many) == ([1, 200, 1], [12, 200, 12])


def test_p4_cover_of_everything_names_overstock(trade, planner):
    run = plan.review()
    plenty, scarce = buy.goods(trade, "PLENTY"), buy.goods(trade, "SCARCE")
    plan.cover(scarce, trade.place, run)
    plan.cover(
        plenty,
        trade.place,
        run,
        band="green",
        flat_band="green",
        lead_band="green",
        cover_days=None,
        overstock="stop",
        decision="NO_DEMAND",
    )
    url = reverse("cover-index")

    everything = planner.get(url)
    overstock = planner.get(url, {"tab": "overstock"})

    assert len(everything.context["rows"]) == 2
    assert "PLENTY" in words(overstock)
    assert "endless" in words(overstock)
    assert "nothing is asked for" in words(overstock)
    assert "SCARCE" not in words(overstock)
