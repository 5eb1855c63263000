"""A-05: the suggestion table of SKU and warehouse."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.tables.exporting import exported_rows, write_csv
from inventory.models import Sku, Warehouse
from planning.models import DemandHistory
from planning.views.placement import PlacementIndex
from tests.factories import orders as shop
from tests.factories import proposals as plan
from tests.factories import purchases as buy
from tests.factories.core import make_user, principal, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
TERMS = {"lead_days": 35, "review_days": 7, "pack": 12}


class _Quiet:
    def progress(self, done: int, total: int, text: str = "") -> None:
        assert done <= total


@pytest.fixture
def places():
    """Los Angeles, Newark, and Dallas between them."""
    return [
        shop.warehouse(code, lat=Decimal(lat), lon=Decimal(lon))
        for code, lat, lon in (
            ("LA", "34.0", "-118.2"),
            ("NJ", "40.7", "-74.2"),
            ("TX", "32.8", "-96.8"),
        )
    ]


def asked(sku, place: Warehouse, units: float, channel) -> None:
    """Let the region of a warehouse ask for units over the last half-year."""
    yesterday = clock.now().date() - dt.timedelta(days=1)
    for on, share in ((yesterday, 0.5), (yesterday - dt.timedelta(days=100), 0.5)):
        DemandHistory.objects.create(
            sku=sku, warehouse=place, channel=channel, on=on,
            qty=round(units * share), cleaned_qty=units * share,
        )  # fmt: skip


def lies(sku, place, run, units: int, daily: float, **more) -> None:
    fields = {
        "on_hand_qty": units, "sellable_qty": units, "inbound_qty": 0, "daily_qty": daily,
        "stock_value_amount": Decimal(units * 10), "terms": TERMS, "turnover_days": 31.0, **more,
    }  # fmt: skip
    plan.cover(sku, place, run, **fields)


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def rows_of(answer) -> dict[str, dict[str, str]]:
    """Return the cells as words by warehouse code, for pages of one SKU."""
    found = {}
    for row in answer.context["rows"]:
        cells = {
            column.key: " ".join(re.sub(r"<[^>]+>", " ", str(cell or "")).split())
            for column, cell in row.cells
        }
        found[cells["warehouse.code"]] = cells
    return found


@pytest.fixture
def stocked(places):
    """A SKU asked for 1 820, 364 and 8 times: all of it lies in LA, some in TX."""
    trade = buy.trade(currency="USD", name="Ningbo Tin", code="TIN", place=places[0])
    sku = buy.goods(trade, "TEA")
    Sku.objects.filter(pk=sku.pk).update(weight_g=None)
    run = plan.review(run=plan.forecast_run())
    channel = shop.channel("web")
    for place, units, stock, daily in zip(
        places, (1_820, 364, 8), (1_500, 0, 11), (10, 2, 0.04), strict=True
    ):
        asked(sku, place, units, channel)
        lies(sku, place, run, stock, daily)
    return trade, sku, run


def test_a_05_the_table_suggests_shares_that_add_up_break_even_and_transfers(stocked, client):
    trade, sku, run = stocked
    planner = sign_in(client, make_user("planner"))

    page = planner.get(reverse("placement-index"))

    found = rows_of(page)
    assert list(found) == ["LA", "NJ", "TX"]
    assert [row["region_share"] for row in found.values()] == ["83.0 %", "16.6 %", "0.4 %"]
    assert [row["share"] for row in found.values()] == ["83.4 %", "16.6 %", "0.0 %"]
    assert [row["velocity"] for row in found.values()] == [
        "10.00 turns in 31 days", "2.00 turns in 31 days", "0.04 turns in 31 days",
    ]  # fmt: skip
    assert found["LA"]["verdict"] == "first site"
    assert re.match(r"pays saves USD 2,190\.00, costs USD \d+\.00 a year", found["NJ"]["verdict"])
    assert re.match(
        r"does not pay saves USD 32\.00, costs USD \d+\.00 a year; pays from 0\.0[5-9] a day",
        found["TX"]["verdict"],
    )
    assert [row["target"] for row in found.values()] == ["1,260", "251", "0"]
    assert [row["difference"].replace("\N{MINUS SIGN}", "-") for row in found.values()] == [
        "-240",
        "+251",
        "-11",
    ]
    assert found["LA"]["transfer"] == "96 to NJ", "whole cases of what 42 days ask for there"
    assert found["NJ"]["transfer"] == "96 from LA"
    assert reverse("sku-planning", args=[sku.pk]) in page.content.decode()
    assert "add up to 100 % over the warehouses" in words(page)

    plan.proposal(
        trade, sku, run, source_kind="transfer", warehouse=Warehouse.objects.get(code="NJ"),
        from_warehouse=Warehouse.objects.get(code="LA"), mode="none",
    )  # fmt: skip
    waiting = planner.get(reverse("placement-index"), {"tab": "waiting", "warehouse": "NJ"})
    (row,) = rows_of(waiting).values()
    assert re.search(r'href="/planning/proposals/\d+/">\d+ from LA', waiting.content.decode())
    assert row["share"] == "16.6 %", "of all warehouses, whatever the filter shows"


def test_a_05_a_suggested_transfer_fills_the_form_and_writes_nothing(stocked, client):
    mover = sign_in(client, make_user(["planner", "warehouse_manager"]))

    page = mover.get(reverse("placement-index"))
    link = re.search(r'href="(/[^"]*transfers/new/[^"]*)"', page.content.decode())
    form = mover.get(link[1].replace("&amp;", "&")).context["form"]

    units = int(rows_of(page)["NJ"]["transfer"].split()[0])
    assert units % 12 == 0
    assert [form[name].value() for name in ("source", "destination", "sku_1", "qty_1")] == [
        "LA", "NJ", "TEA", str(units),
    ]  # fmt: skip


def test_a_05_exports_carry_the_shares_and_scopes_see_their_rows(stocked, client):
    inside = principal("planner", warehouses=["NJ"])

    index = PlacementIndex()
    rows = exported_rows(index, principal("planner"), query="", job=_Quiet())
    content, count = write_csv(index.shown_columns(principal("planner"), []), rows)
    own = list(exported_rows(PlacementIndex(), inside, query="", job=_Quiet()))

    lines = content.decode("utf-8-sig").split("\r\n")
    assert count == 3
    assert lines[1].startswith("TEA,LA,83,10.0,83.4,1500,1260,-240,96 to NJ,first site")
    assert lines[3].startswith("TEA,TX,0.4,0.044,0,11,0,-11,,does not pay")
    assert [row.warehouse.code for row in own] == ["NJ"]
    assert own[0].placed.share == 166


def test_a_05_without_review_or_demand_the_page_says_so(places, client):
    planner = sign_in(client, make_user("planner"))
    url = reverse("placement-index")

    empty = planner.get(url)
    run = plan.review(run=plan.forecast_run())
    sku = shop.sku("OLD")
    lies(sku, places[0], run, 40, 0.0)
    still = planner.get(url, {"tab": "all"})

    assert "Nothing to place yet" in words(empty)
    (row,) = rows_of(still).values()
    assert (row["share"], row["verdict"], row["transfer"]) == ("—", "no demand here", "—")
    assert rows_of(planner.get(url)) == {}
    part = planner.get(url, headers={"HX-Request": "true", "HX-Target": "index-region"})
    assert "<html" not in part.content.decode()
    assert "Nothing matches" in words(part) or "Nothing to place yet" in words(part)
    assert Client().get(url).status_code == 302


def test_the_page_asks_the_same_questions_for_many_skus(stocked, places, client):
    trade, _, run = stocked
    planner = sign_in(client, make_user("planner"))
    channel = shop.channel("shop")

    def look() -> int:
        with query_baseline("planning: placement"):
            page = planner.get(reverse("placement-index"))
        return len(page.context["rows"])

    planner.get(reverse("placement-index"))
    few = look()
    for number in range(8):
        sku = buy.goods(trade, f"SKU-{number}")
        for place in places:
            asked(sku, place, 50 * number, channel)
            lies(sku, place, run, 20, 0.5)
    assert (few, look()) == (3, 27)
