"""F1, F2 and the calendar: what the pages say, what people change, and what it costs."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Job
from planning.models import (
    DemandAnalogue,
    DemandEvent,
    Forecast,
    ForecastOutcome,
    ForecastOverride,
    MethodLock,
    SeriesOutlook,
)
from planning.services import forecast_cycle
from tests.factories import core as people
from tests.factories import demand
from tests.factories import orders as shop
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.replace("&#x27;", "'").replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def world(now):
    """Return the line of TEA (14 a week for 30 weeks), beside one of a young SKU."""
    place, tea, cup = shop.warehouse(), shop.sku("TEA"), shop.sku("CUP")
    own, market = shop.channel("shop"), shop.channel("market")
    until = demand.monday(now)
    demand.sell(tea, place, {own: [10] * 30, market: [4] * 30}, until)
    demand.sell(cup, place, {own: [6] * 3}, until)
    shop.put(tea, place, 30)
    forecast_cycle.run(now=now)
    return SeriesOutlook.objects.get(sku=tea)


@pytest.fixture
def planner():
    return people.sign_in(Client(), people.make_user("planner", warehouses=["LA"]))


def test_f1_the_board_shows_history_range_method_error_and_the_day_stock_ends(world, planner):
    line = world
    SeriesOutlook.objects.filter(pk=line.pk).update(error_ratio=0.25, bias_ratio=-0.1)
    url = reverse("forecast-board")

    with query_baseline("forecast-board"):
        page = planner.get(url)

    text = words(page)
    assert [row.url for row in page.context["rows"]] == [
        reverse("forecast-sku", args=[line.pk]),
        reverse("forecast-sku", args=[SeriesOutlook.objects.get(sku__code="CUP").pk]),
    ]
    assert "168" in text
    assert "chosen by its class" in text
    assert "simple rule: plain mean" in text
    assert "6.0 a week" in text
    assert "25 %" in text
    assert "\N{MINUS SIGN}10 %" in text
    assert "75 %" in text
    assert "not known yet" in text
    assert line.runs_out_on.isoformat() in text
    assert page.content.count(b'class="spark"') == 2
    assert "from 30 weeks of history" in text

    for query, codes in (
        ("tab=young", ["CUP"]),
        ("tab=short", ["TEA", "CUP"]),
        ("tab=poor", []),
        ("q=TE", ["TEA"]),
        ("sort=total_qty", ["CUP", "TEA"]),
        ("warehouse=LA&sort=-runs_out_on", ["TEA", "CUP"]),
    ):
        rows = planner.get(f"{url}?{query}").context["rows"]
        shown = [str(row.cells[0][1]) for row in rows]
        assert shown == codes, query


def test_f1_an_empty_board_says_what_to_do_and_a_stale_one_says_so(planner, now):
    assert "Import past orders" in words(planner.get(reverse("forecast-board")))


def test_f1_numbers_older_than_a_day_are_marked(world, planner, now):
    late = now - dt.timedelta(hours=25)
    world.forecast.run.__class__.objects.update(created_at=late)
    assert "over 24 hours old" not in words(planner.get(reverse("forecast-board")))

    SeriesOutlook.objects.update(refreshed_at=late)

    assert "over 24 hours old" in words(planner.get(reverse("forecast-board")))
    assert "over 24 hours old" in words(planner.get(reverse("forecast-sku", args=[world.pk])))


def test_f2_one_sku_shows_chart_table_terms_and_past(world, planner, now):
    line = world
    until = demand.monday(now)
    DemandEvent.objects.create(
        kind="promotion",
        name="Sale",
        from_on=until,
        until_on=until + dt.timedelta(days=6),
        factor=Decimal(2),
        reason="Plan",
        author_key="test",
        created_at=now,
    )
    forecast_cycle.run(now=now)
    line.refresh_from_db()
    ForecastOutcome.objects.create(
        sku=line.sku,
        warehouse=line.warehouse,
        week_on=until - dt.timedelta(weeks=1),
        lag_weeks=5,
        run=line.forecast.run,
        forecast_qty=20.5,
        actual_qty=14,
    )
    first = Forecast.objects.filter(sku=line.sku, channel=None).order_by("run").first()

    with query_baseline("forecast-sku"):
        page = planner.get(reverse("forecast-sku", args=[line.pk]) + f"?run={first.run_id}")

    text = words(page)
    assert "From 30 weeks with demand, over 12 weeks +168.0" in text
    assert "Sale (promotion), times 2.00" in text
    assert "+14.0" in text
    assert "Counts for orders 182.0" in text
    assert "shop 130.0 · market 52.0" in text
    assert "20.5 14 6.5" in text
    assert "Nobody has overridden this forecast." in text
    drawing = page.context["drawing"]
    assert [line.kind for line in drawing.lines] == ["history", "forecast", "then"]
    assert [span.kind for span in drawing.spans] == ["promotion"]
    assert len(drawing.x_ticks) > 1
    weeks = page.context["weeks"]
    assert (len(weeks), weeks[0]["week"].on, weeks[0]["events"]) == (38, until, ["Sale"])
    assert weeks[0]["week"].expected == pytest.approx(28)
    assert weeks[0]["week"].then == pytest.approx(14)
    assert weeks[12]["week"].sold == 14
    assert "data-dialog-open" not in page.content.decode().split("main")[0]


def test_b64_an_override_is_entered_with_reason_and_expiry_and_withdrawn(world, planner, now):
    line = world
    until = demand.monday(now)
    url = reverse("forecast-override", args=[line.pk])
    form = {
        "week_qty": "70",
        "from_on": until.isoformat(),
        "until_on": (until + dt.timedelta(days=6)).isoformat(),
        "expires_on": (now.date() + dt.timedelta(days=30)).isoformat(),
        "reason": "Trade fair",
    }

    assert planner.post(url, {**form, "reason": ""}).status_code == 422
    late = {**form, "until_on": "2020-01-01", "from_on": "2020-01-01"}
    refused = planner.post(url, late)
    assert refused.status_code == 422
    assert "before today" in words(refused)
    done = planner.post(url, form, headers={"HX-Request": "true"})

    assert done.headers["HX-Redirect"] == reverse("forecast-sku", args=[line.pk])
    page = planner.get(reverse("forecast-sku", args=[line.pk]))
    text = words(page)
    assert "70 units a week" in text
    assert "Trade fair" in text
    assert "Entered by people in place of the forecast +56.0" in text
    assert "entered" in [one.kind for one in page.context["drawing"].lines]
    assert page.context["weeks"][0]["week"].counted == 70
    entry = ForecastOverride.objects.get()
    planner.post(reverse("forecast-override-withdraw", args=[entry.pk]))
    line.refresh_from_db()
    assert line.total_qty == pytest.approx(168)
    again = planner.post(reverse("forecast-override-withdraw", args=[entry.pk]))
    assert again.status_code == 409


def test_f2_methods_are_locked_and_days_left_out_with_reasons(world, planner, now):
    line = world
    url = reverse("forecast-sku", args=[line.pk])
    day = (demand.monday(now) - dt.timedelta(days=5)).isoformat()

    planner.post(reverse("forecast-lock", args=[line.pk]), {"method": "MA8", "reason": "New box"})
    none = {"first": "2019-01-01", "last": "2019-01-01", "reason": "x"}
    refused = planner.post(reverse("forecast-leave-out", args=[line.pk]), none)

    assert "nothing was asked for" in words(refused)
    assert "Method locked: MA8" in words(planner.get(url))
    lock = MethodLock.objects.get()
    planner.post(reverse("forecast-unlock", args=[lock.pk]))
    assert MethodLock.objects.open().count() == 0
    planner.post(
        reverse("forecast-leave-out", args=[line.pk]),
        {"first": day, "last": day, "reason": "One reseller"},
    )
    mark = DemandEvent.objects.get()
    assert (mark.kind, mark.sku, mark.reason) == ("odd_days", line.sku, "One reseller")
    assert "One reseller" in words(planner.get(url))
    planner.post(reverse("forecast-count-again", args=[mark.pk]))
    assert not DemandEvent.objects.exists()


def test_fct05_a_new_product_is_likened_on_its_page(world, planner):
    shop.sku("FRESH")
    url = reverse("forecast-like")
    form = {
        "sku": "FRESH",
        "warehouse": "LA",
        "like_sku": "TEA",
        "multiplier": "0.5",
        "reason": "Same leaf",
    }

    assert "No SKU has this code" in words(planner.post(url, {**form, "sku": "NOPE"}))
    assert "no forecast at this warehouse" in words(
        planner.post(url, {**form, "like_sku": "FRESH2"} | {"like_sku": shop.sku("OLD").code})
    )
    assert planner.post(url, form).status_code == 303
    found = DemandAnalogue.objects.get()
    assert (found.like_sku.code, found.multiplier) == ("TEA", Decimal("0.5"))
    forecast_cycle.run(now=clock.now())
    fresh = SeriesOutlook.objects.get(sku__code="FRESH")
    text = words(planner.get(reverse("forecast-sku", args=[fresh.pk])))
    assert "New product: like TEA times 0.50; its own sales weigh 0 %" in text
    assert "new product: by its like" in text
    planner.post(reverse("forecast-like-withdraw", args=[found.pk]))
    assert not DemandAnalogue.objects.open().exists()


def test_fct07_a_forecast_is_started_now_or_replayed(world, planner, now):
    url = reverse("forecast-compute")
    late = {"as_of": (now.date() + dt.timedelta(days=2)).isoformat()}
    assert planner.post(url, late).status_code == 422
    form = {"as_of": (now.date() - dt.timedelta(weeks=6)).isoformat(), "submission_key": "one"}

    planner.post(url, form)
    planner.post(url, form)

    job = Job.objects.get(name="planning.run_forecast")
    assert job.args == {"as_of": form["as_of"]}


def test_the_calendar_keeps_changes_and_ends_events(planner, now):
    shop.warehouse()
    url = reverse("demand-event-new")
    day = now.date()
    form = {
        "kind": "event",
        "name": "Fair",
        "from_on": (day - dt.timedelta(days=3)).isoformat(),
        "until_on": (day + dt.timedelta(days=3)).isoformat(),
        "factor": "2.5",
        "warehouse": "LA",
        "reason": "Booked",
    }
    assert "before the first day" in words(planner.post(url, {**form, "until_on": "2020-01-01"}))
    assert planner.post(url, {**form, "warehouse": ""}).status_code == 422  # not theirs to say

    assert planner.post(url, form).status_code == 303

    row = DemandEvent.objects.get()
    with query_baseline("demand-events"):
        listed = planner.get(reverse("demand-events") + "?tab=now")
    assert "Fair" in words(listed)
    assert "\N{MULTIPLICATION SIGN} 2.5" in words(listed)
    page = reverse("demand-event", args=[row.pk])
    assert 'value="2.5"' in planner.get(page).content.decode()
    planner.post(reverse("demand-event-edit", args=[row.pk]), {**form, "factor": "3"})
    row.refresh_from_db()
    assert row.factor == 3
    planner.post(reverse("demand-event-end", args=[row.pk]), {"reason": "Called off"})
    row.refresh_from_db()
    assert row.until_on == day - dt.timedelta(days=1)
    over = planner.post(reverse("demand-event-end", args=[row.pk]), {"reason": "Again"})
    assert "it is over" in words(over)
    ahead = {**form, "from_on": form["until_on"], "name": "Later"}
    planner.post(url, ahead)
    later = DemandEvent.objects.get(name="Later")
    planner.post(reverse("demand-event-end", args=[later.pk]), {"reason": "Off"})
    assert DemandEvent.objects.count() == 1
