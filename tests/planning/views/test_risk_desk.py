"""The risk desk: what it shows, what one confirmation asks, and who may act."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from inventory.models import StockLevel
from orders.services import arrival_days
from planning.models import DemandDeviation, RiskFlag, RiskResponse
from planning.services import risk_index, risk_responses
from planning.services.risk_index import ReadingEntry
from planning.services.risk_plans import SupplyEntry, plan
from suppliers.models import PurchaseLine, SupplierSku
from tests.access.objects_risk import deviation
from tests.factories import alerts as some
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.core import make_user
from tests.factories.supplier_terms import make_goods, make_supplier
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(client):
    user = make_user("planner")
    client.force_login(user)
    return user


@pytest.fixture
def trade():
    """HILL is first for TEA and its goods are dated; an order waits; LAKE is the backup."""
    make.channel(name="Tea House")
    hill = buy.trade(place=make.warehouse("LA"), code="HILL", currency="USD")
    order = buy.sent(hill, {buy.goods(hill, "TEA", "2.5"): 5})
    today = clock.now().date()
    PurchaseLine.objects.filter(order=order).update(
        confirmed_qty=5, confirmed_on=today + dt.timedelta(days=10)
    )
    make_goods(make_supplier("LAKE"), SupplierSku.objects.get(supplier=hill.supplier).sku)
    make.place_one(make.line("TEA", 2))
    arrival_days.date_waiting(at=clock.now())
    return hill


def asked(trade, **more):
    return {
        "kind": "supplier",
        "supplier": trade.supplier.pk,
        "delay_days": 21,
        "reason": "Fire in the kiln",
        "mode": "",
        "country": "",
        "warehouse": "",
        "until_on": "",
        **more,
    }


def test_b_41_entry_preview_one_confirmation_and_reversal(client, planner, trade) -> None:
    url = reverse("risk-declare")
    wrong = client.post(url, asked(trade, supplier=""))
    assert (wrong.status_code, "Choose the supplier." in wrong.content.decode()) == (422, True)

    preview = client.post(url, asked(trade))
    html = preview.content.decode()
    assert preview.status_code == 200
    assert "HILL → <b>LAKE</b>" in html
    assert "They come about 21 days later than planned." in html
    assert not RiskResponse.objects.exists()
    digest = re.search(r'name="digest" value="(\w+)"', html).group(1)
    confirm = asked(trade, confirm="1", digest=digest, support_en="Sorry-free text", support_zh="")

    stale = client.post(url, {**confirm, "digest": "old"})
    assert (stale.status_code, "Look at the new one" in stale.content.decode()) == (409, True)
    done = client.post(url, confirm)
    response = RiskResponse.objects.get()
    assert done.headers["Location"] == reverse("risk-response", args=[response.pk])
    assert (response.support_en, response.declared_by) == ("Sorry-free text", f"user:{planner.pk}")
    again = client.post(url, confirm, follow=True)
    assert "is declared already" in again.content.decode()
    assert RiskResponse.objects.count() == 1

    page = client.get(reverse("risk-response", args=[response.pk])).content.decode()
    assert "Backup supplier first" in page
    assert planner.full_name in page
    back = reverse("risk-response-reverse", args=[response.pk])
    assert client.post(back, {"reason": ""}).status_code == 422
    client.post(back, {"reason": "False alarm"})
    response.refresh_from_db()
    assert (response.state, response.reversal_reason) == ("reversed", "False alarm")
    assert client.post(back, {"reason": "Twice"}).status_code == 409


def test_b_38_the_banner_stands_on_planning_and_buying_pages_only(
    client, django_capture_on_commit_callbacks
) -> None:
    entry = ReadingEntry("manual", 82, "Port strike")
    with django_capture_on_commit_callbacks(execute=True):
        risk_index.enter(entry, actor=SYSTEM, now=clock.now())
    for name, role in (("risk-desk", "planner"), ("purchase-orders-index", "buyer")):
        client.force_login(make_user(role))
        html = client.get(reverse(name)).content.decode()
        assert "mode-banner" in html
        assert "Event index 82. Port strike" in html
    assert "mode-banner" not in client.get(reverse("home")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        risk_index.evaluate(now=clock.now() + dt.timedelta(days=8))
        risk_index.evaluate(now=clock.now() + dt.timedelta(days=16))
    assert "mode-banner" not in client.get(reverse("purchase-orders-index")).content.decode()


def test_readings_flags_and_decisions_are_entered_at_the_desk(client, planner, trade) -> None:
    late = deviation(trade.place.code)
    client.post(
        reverse("risk-reading-new"),
        {"signal": "policy_flag", "value": "", "cause": "New tariff", "days": 7},
    )
    refused = client.post(
        reverse("risk-reading-new"), {"signal": "manual", "value": "", "cause": "x", "days": 7}
    )
    assert refused.status_code == 422
    flag = asked(trade, kind="lane", mode="sea", level="medium", delay_days=9)
    client.post(reverse("risk-flag-new"), flag)
    twice = client.post(reverse("risk-flag-new"), flag)
    assert twice.status_code == 409
    row = RiskFlag.objects.get()
    assert (row.subject_key, row.delay_days, row.supplier_id) == ("lane:sea:*:*", 9, None)
    client.post(
        reverse("deviation-decide", args=[late.pk]), {"decision": "A new shop", "keeps_safety": ""}
    )
    assert DemandDeviation.objects.get().decision == "A new shop"
    html = client.get(reverse("risk-desk")).content.decode()
    assert "New tariff" in html
    assert "sea · * · *" in html
    assert "Customs, tariff or policy" in html
    client.post(reverse("risk-flag-clear", args=[row.pk]))
    assert RiskFlag.objects.filter(cleared_at=None).count() == 0


def test_b_39_safety_stock_is_kept_and_released_for_a_risk_or_by_a_role(
    client, planner, trade
) -> None:
    sku = SupplierSku.objects.filter(supplier=trade.supplier).get().sku
    make.put(sku, trade.place, 20)
    some.cover(sku, trade.place, buffer_qty=6)
    client.post(reverse("buffer-keep"))
    level = StockLevel.objects.get(sku=sku)
    assert (level.buffer, level.atp_qty) == (6, level.on_hand - level.reserved - 6)
    url = reverse("buffer-release", args=[level.pk])

    refused = client.post(url, {"to_qty": 2, "reason": "Backorders"})
    assert (refused.status_code, "level-1 risk" in refused.content.decode()) == (422, True)
    client.force_login(make_user("warehouse_manager"))
    client.post(url, {"to_qty": 4, "reason": "Backorders"})
    assert StockLevel.objects.get(pk=level.pk).buffer == 4
    client.force_login(planner)
    entry = SupplyEntry(
        subject_kind="supplier", supplier_id=trade.supplier.pk, reason="Fire", delay_days=9
    )
    risk_responses.declare(entry, digest=plan(entry).digest, actor=SYSTEM, now=clock.now())
    assert client.post(url, {"to_qty": 4, "reason": "Same"}).status_code == 422
    client.post(url, {"to_qty": 1, "reason": "Fire"})
    assert StockLevel.objects.get(pk=level.pk).buffer == 1
    assert "Nothing is kept back" not in client.get(reverse("risk-desk")).content.decode()


def test_the_desk_asks_the_same_queries_with_many_rows(client, planner, trade) -> None:
    def rows(count: int) -> None:
        for number in range(count):
            code = f"{chr(65 + number // 26)}{chr(65 + number % 26)}"
            RiskFlag.objects.create(
                subject_kind="country", subject_key=f"country:{code}{count}", country=code,
                level="low", reason="Rain", from_on=dt.date(2026, 1, 1),
                author_key=f"user:{planner.pk}", created_at=clock.now(),
            )  # fmt: skip
            deviation(trade.place.code)

    client.get(reverse("risk-desk"))  # signs the session in and counts the rail once
    for count, seen in ((1, 1), (8, 9)):
        rows(count)
        with query_baseline("planning: risk"):
            html = client.get(reverse("risk-desk")).content.decode()
        assert html.count(">Rain<") == seen
        assert html.count("listed, within its usual band") == seen


def test_without_the_right_to_change_the_desk_only_shows(client) -> None:
    client.force_login(make_user("buyer"))
    html = client.get(reverse("risk-desk")).content.decode()
    assert "No response is active" in html
    assert reverse("risk-declare") not in html
    assert client.get(reverse("risk-declare")).status_code == 403
