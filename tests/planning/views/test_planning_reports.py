"""F5 and A-33: reports with exact figures, their files and their weekly mails."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import mail
from core.models import OutboundMail
from core.permissions import MissingCapability
from inventory.models import CostLayer
from planning.models import DemandHistory, ReportSchedule, StockoutSpan
from planning.models.reports import REPORTS
from planning.queries import report_demand, report_expedite, report_stock
from planning.services import report_mails, reports
from suppliers.models import PurchaseOrder
from tests.factories import orders as shop
from tests.factories import purchases as buy
from tests.factories.core import make_user, principal
from tests.factories.forecasts import outcome_of
from tests.factories.inventory import make_sku, put_stock
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
#: A Thursday.
NOW = dt.datetime(2026, 4, 23, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
MONDAY = dt.date(2026, 4, 20)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    return shop.warehouse()


def aged(sku, place, days, qty, cost, **more):
    CostLayer.objects.create(
        sku=sku,
        warehouse=place,
        qty=qty,
        remaining_qty=qty,
        unit_cost=cost,
        currency="USD" if cost else "",
        received_at=NOW - dt.timedelta(days=days),
        **more,
    )


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_f5_stock_is_valued_by_age_and_only_in_reach(place):
    tea, other = make_sku("TEA"), shop.warehouse("EAST")
    aged(tea, place, 29, 10, Decimal(2), landed_amount=Decimal("1.5"))
    aged(tea, place, 200, 5, Decimal(4))
    aged(tea, place, 400, 3, None)
    aged(tea, other, 10, 1000, Decimal(9))
    own = principal("planner", warehouses=["LA"])

    ages = report_stock.stock_ages(own, as_of=NOW)

    assert [(age.after, age.until, age.qty, age.amount, age.uncosted_qty) for age in ages] == [
        (0, 30, 10, Decimal("21.50"), 0),
        (30, 90, 0, Decimal(0), 0),
        (90, 180, 0, Decimal(0), 0),
        (180, 365, 5, Decimal(20), 0),
        (365, None, 3, Decimal(0), 3),
    ]
    report = reports.build("stock", own, as_of=NOW)
    assert report.tiles == [
        ("Stock value", "USD 41.50"),
        ("Units", "18"),
        ("Older than 180 days, by value", "48.2 %"),
        ("Units without a cost", "3"),
    ]


def test_f5_lots_are_listed_by_the_days_they_have_left(place):
    milk = make_sku("MILK", lot_tracked=True)
    for lot, days, qty in (("A", -1, 4), ("B", 0, 3), ("C", 30, 2), ("D", 31, 1), ("E", 181, 9)):
        put_stock(
            milk, qty, at_bin=place.bins.get(), lot=lot, expires_on=TODAY + dt.timedelta(days=days)
        )

    lots = report_stock.expiring(principal("planner"), today=TODAY)

    assert [(lot.lot, lot.qty) for lot in lots] == [("A", 4), ("B", 3), ("C", 2), ("D", 1)]
    assert report_stock.by_life(lots, today=TODAY) == [(0, 4), (30, 5), (60, 1), (90, 0), (180, 0)]


def test_f5_service_counts_what_was_asked_without_stock_and_what_was_likely_lost(place):
    tea, channel = make_sku("TEA"), shop.channel()
    for day, qty, cleaned, is_out in ((1, 60, 60, False), (2, 10, 30, True), (9, 20, 20, False)):
        DemandHistory.objects.create(
            sku=tea,
            warehouse=place,
            channel=channel,
            on=MONDAY - dt.timedelta(days=day),
            qty=qty,
            cleaned_qty=cleaned,
            is_stockout=is_out,
            returned_qty=3 if day == 1 else 0,
        )

    weeks = report_demand.served(principal("planner"), today=TODAY)

    assert len(weeks) == 12
    last = weeks[-1]
    assert (last.week_on, last.asked_qty, last.out_qty, last.lost_qty) == (
        MONDAY - dt.timedelta(weeks=1),
        70,
        10,
        20,
    )
    assert last.level == pytest.approx(60 / 90)
    assert (weeks[-2].level, weeks[0].level) == (1, None)
    back = reports.build("returns", principal("planner"), as_of=NOW)
    assert back.rows == [["TEA", 3, 90, pytest.approx(3 / 90)]]


def test_f5_accuracy_is_the_error_at_the_lead_time_by_week(place):
    tea, cup = make_sku("TEA"), make_sku("CUP")
    week = MONDAY - dt.timedelta(weeks=1)
    outcome_of(tea, place, week, forecast=100, actual=80)
    outcome_of(cup, place, week, forecast=10, actual=20)

    (found,) = report_demand.accuracy(principal("planner"), today=TODAY)

    assert (found.week_on, found.error, found.wape, found.bias) == (
        week,
        30,
        pytest.approx(0.3),
        pytest.approx(0.1),
    )


def test_a33_the_share_expedited_because_stock_was_out_is_tracked_by_value(place):
    trade = buy.trade(place=place)
    tea, cup = buy.goods(trade, "TEA", "10"), buy.goods(trade, "CUP", "10")
    for mode, needs in (("air", {tea: 10}), ("express", {cup: 5}), ("sea", {tea: 25})):
        buy.sent(trade, needs, mode=mode)
    sent_on = PurchaseOrder.objects.earliest("pk").sent_at.date()
    StockoutSpan.objects.create(sku=tea, warehouse=place, from_on=sent_on, until_on=sent_on)

    (month,) = report_expedite.expedited(principal("buyer"), today=TODAY)

    assert (month.lines, month.fast_lines, month.forced_lines) == (3, 2, 1)
    assert (month.amount, month.fast_amount, month.forced_amount) == (
        Decimal(400),
        Decimal(150),
        Decimal(100),
    )
    assert (month.forced_share, month.fast_share) == (0.25, 0.375)
    buyer = reports.build("expedite", principal("buyer"), as_of=NOW)
    planner = reports.build("expedite", principal("planner"), as_of=NOW)
    assert buyer.tiles[0] == ("Because stock was out", "25.0 %")
    assert len(buyer.columns) == 8
    assert len(planner.columns) == 6  # prices are for those who may see them
    with pytest.raises(MissingCapability):
        reports.build("expedite", principal("operator"), as_of=NOW)


@pytest.mark.parametrize("code", REPORTS)
def test_f5_every_report_says_what_is_missing_and_is_a_file(client, place, code):
    client.force_login(make_user("planner"))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("planning-reports"), {"report": code})
    file = client.get(reverse("planning-report-file"), {"report": code})

    assert (page.status_code, file.status_code) == (200, 200)
    assert len(statements(captured)) <= 25
    report = reports.build(code, principal("planner"), as_of=NOW)
    assert report.rows == []
    assert report.empty in text_of(page)
    (head,) = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert head == list(report.columns)
    assert file.headers["Content-Disposition"].endswith(f'{code}-2026-04-23.csv"')


def test_f5_a_report_comes_by_mail_every_week_with_what_its_reader_may_see(client, place):
    tea, other = make_sku("TEA"), shop.warehouse("EAST")
    aged(tea, place, 29, 10, Decimal(2))
    aged(tea, other, 10, 1000, Decimal(9))
    reader = make_user("planner", warehouses=["LA"], language="en")
    client.force_login(reader)
    send = reverse("planning-report-mail")

    started = client.post(send, {"report": "stock", "weekday": "0"})
    unknown = client.post(send, {"report": "nothing", "weekday": "0"})
    early = report_mails.send_due(now=NOW)
    monday = NOW + dt.timedelta(days=4)
    sent = [report_mails.send_due(now=monday) for _again in range(2)]

    assert (started.status_code, unknown.status_code) == (303, 404)
    assert (early, sent) == (0, [1, 0])
    assert ReportSchedule.objects.get().next_on == dt.date(2026, 5, 4)
    letter = mail.compose(OutboundMail.objects.get(template="planning/report"))
    name, content, _kind = letter.attachments[0]
    assert name == "stock-2026-04-27.csv"
    rows = list(csv.reader(io.StringIO(str(content).removeprefix("\ufeff"))))
    assert rows[0][:3] == ["Age (days)", "Units", "Value"]
    assert sum(int(row[1]) for row in rows[1:]) == 10
    client.post(send, {"report": "stock", "act": "stop"})
    assert ReportSchedule.objects.count() == 0


def test_f5_who_may_not_see_planning_any_more_gets_no_mail(place):
    reader = make_user("planner")
    report_mails.subscribe(reader, "stock", weekday=3, now=NOW)
    with pytest.raises(report_mails.ReportUnknown):
        report_mails.subscribe(reader, "secrets", weekday=3, now=NOW)
    reader.role_grants.all().delete()

    assert report_mails.send_due(now=NOW + dt.timedelta(days=8)) == 0
    assert OutboundMail.objects.count() == 0
