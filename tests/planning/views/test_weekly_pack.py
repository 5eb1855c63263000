"""B-60: the pack comes on Mondays, says why, and keeps what was decided."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import mail
from core.actors import SYSTEM
from core.errors import StaleVersion
from core.models import AuditEntry, Notice, OutboundMail
from planning.models import DemandHistory, PackItem, StockoutSpan, WeeklyPack
from planning.services import weekly_packs
from planning.services.weekly_packs import DecisionEntry, OwnerCannotPlan
from tests.factories import orders as shop
from tests.factories.core import make_user
from tests.factories.forecasts import outcome_of
from tests.factories.inventory import make_sku
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 6, 29)
BEFORE = MONDAY - dt.timedelta(weeks=1)
NOW = dt.datetime(2026, 6, 29, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week():
    """TEA 60 short at 20.00 (out of stock), CUP 10 over at 30.00, POT 1 over, LID exact."""
    place = shop.warehouse()
    tea, cup, pot, lid = (make_sku(code) for code in ("TEA", "CUP", "POT", "LID"))
    channel = shop.channel()
    for sku, price in ((tea, 20), (cup, 30), (pot, 30), (lid, 999)):
        DemandHistory.objects.create(
            sku=sku,
            warehouse=place,
            channel=channel,
            on=MONDAY - dt.timedelta(weeks=20),
            qty=2,
            value_amount=2 * price,
        )
    for sku, forecast, actual in ((tea, 100, 40), (cup, 5, 15), (pot, 1, 2), (lid, 8, 8)):
        outcome_of(sku, place, BEFORE, forecast=forecast, actual=actual)
        outcome_of(sku, place, BEFORE - dt.timedelta(weeks=1), forecast=forecast, actual=forecast)
    StockoutSpan.objects.create(
        sku=tea,
        warehouse=place,
        from_on=BEFORE - dt.timedelta(days=3),
        until_on=BEFORE + dt.timedelta(days=1),
    )
    return place


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_b60_the_pack_holds_the_three_largest_with_cause_and_owner_and_comes_once(week):
    make_user("planner", warehouses=["EAST"])
    planner = make_user("planner", language="zh-hans")

    pack = weekly_packs.build(now=NOW)
    again = weekly_packs.build(now=NOW + dt.timedelta(days=3))

    assert again == pack
    rows = pack.items.order_by("position").values_list(
        "sku__code", "forecast_qty", "actual_qty", "value_amount", "cause", "owner"
    )
    assert list(rows) == [
        ("TEA", Decimal(100), 40, Decimal(1200), "STOCKOUT", planner.pk),
        ("CUP", Decimal(5), 15, Decimal(300), "UNEXPLAINED", planner.pk),
        ("POT", Decimal(1), 2, Decimal(30), "UNEXPLAINED", planner.pk),
    ]
    assert pack.items.get(position=1).terms == {"days": 2, "unit_value": 20.0}
    assert (pack.figures["series"], pack.figures["value"]) == (4, 1530)
    assert pack.figures["wape"] == pytest.approx(71 / 65)
    letters = [mail.compose(row) for row in OutboundMail.objects.order_by("pk")]
    assert len(letters) == 2
    assert "TEA" not in letters[0].body  # of another warehouse
    assert "1. TEA · LA: 100.00 → 40 · USD 1200.00" in letters[1].body
    assert Notice.objects.filter(kind="weekly_pack").count() == 2


def test_b60_without_a_forecast_the_pack_says_so(client):
    pack = weekly_packs.build(now=NOW)
    client.force_login(make_user("planner"))

    page = client.get(reverse("weekly-pack"))

    assert (pack.items.count(), pack.figures["series"]) == (0, 0)
    assert "Nothing was forecast for the week before" in text_of(page)


def test_b60_decisions_are_kept_with_audit_and_a_stale_one_is_refused(week):
    planner, buyer = make_user("planner"), make_user("buyer")
    stranger = make_user("operator")
    item = weekly_packs.build(now=NOW).items.get(position=1)
    entry = DecisionEntry("CHANGE_ORDERS", "Ship the rest by air", buyer.pk, 1)

    decided = weekly_packs.decide(item.pk, entry, actor=SYSTEM, now=NOW)
    with pytest.raises(StaleVersion):
        weekly_packs.decide(item.pk, entry, actor=SYSTEM, now=NOW)
    unfit = DecisionEntry("WATCH", "x", stranger.pk, 2)
    with pytest.raises(OwnerCannotPlan):
        weekly_packs.decide(item.pk, unfit, actor=SYSTEM, now=NOW)
    changed = DecisionEntry("WATCH", "Supplier answered", planner.pk, 2)
    weekly_packs.decide(item.pk, changed, actor=SYSTEM, now=NOW)

    assert (decided.decision, decided.owner, decided.version) == ("CHANGE_ORDERS", buyer, 2)
    log = AuditEntry.objects.filter(action="planning.deviation_decided").order_by("pk")
    assert [row.after["decision"] for row in log] == ["CHANGE_ORDERS", "WATCH"]
    assert log[1].before["decision"] == "CHANGE_ORDERS"
    assert Notice.objects.filter(user=buyer, kind="deviation_owned").count() == 1


def test_b60_the_page_shows_causes_charts_and_takes_decisions(client, week):
    planner = make_user("planner")
    client.force_login(planner)
    item = weekly_packs.build(now=NOW).items.get(position=1)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("weekly-pack"))
    decide = reverse("pack-item-decide", args=[item.pk])

    asked = client.get(decide)
    refused = client.post(decide, {"version": 1})
    done = client.post(
        decide,
        {"decision": "WATCH", "reason": "New lot", "owner": planner.pk, "version": 1},
    )

    shown = text_of(page)
    assert len(statements(captured)) <= 25
    assert "1. TEA · LA" in shown
    assert "2 days without stock." in shown
    assert page.content.count(b'<svg class="chart-svg"') == 3
    assert "TEA at LA: Out of stock" in text_of(asked)
    assert (refused.status_code, done.status_code) == (422, 303)
    assert "New lot" in text_of(client.get(done.headers["Location"]))
    assert PackItem.objects.get(pk=item.pk).decided_by == f"user:{planner.pk}"
    other = make_user("planner", warehouses=["EAST"])
    client.force_login(other)
    assert "TEA" not in text_of(client.get(reverse("weekly-pack")))
    assert client.get(decide).status_code == 404
    assert WeeklyPack.objects.count() == 1
