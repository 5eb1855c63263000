"""F3 and F4: the list of alerts, one alert, rules in words with what they would have done."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Job, Notice, OutboundMail
from core.permissions import principal_for_user
from inventory.models import Product
from planning.domain.alert_rules import Kind, Rule
from planning.models import Alert, AlertRule, DemandHistory, Forecast, ForecastRun
from planning.queries.alert_preview import preview
from planning.queries.alerts import waiting_count
from planning.services import alert_telling, alerting
from tests.factories import alerts as some
from tests.factories import inventory as goods
from tests.factories import orders as shop
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HTMX = {"HTTP_HX_REQUEST": "true"}


def words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.replace("&#x27;", "'").split())


@pytest.fixture
def mei():
    return make_user("planner", full_name="Mei")


@pytest.fixture
def desk(mei):
    return sign_in(Client(), mei)


@pytest.fixture
def tea():
    return goods.make_sku("TEA"), goods.make_warehouse("AMS")


def test_f3_all_clear_and_the_rail_counts_what_waits(desk, mei, tea):
    url = reverse("alert-index")

    assert "All clear" in words(desk.get(url))
    some.alert(*tea, raised_at=clock.now() - 2 * DAY)
    page = words(desk.get(url))

    assert "Low cover TEA lasts 4.5 days in AMS, below 15: 9 units at 2 a day. Critical AMS" in page
    assert "2 d 0 h" in page
    assert "312.50" in page
    assert waiting_count(principal_for_user(mei)) == 1
    assert "1 alert to act on, 1 critical" in words(desk.get(reverse("home")))
    assert waiting_count(principal_for_user(make_user("planner", warehouses=["LAX"]))) is None
    assert f'href="{reverse("sku-planning", args=[tea[0].pk])}" data-edit' in (
        desk.get(url).content.decode()
    )


def test_f3_severity_then_money_suggestions_apart_and_constant_queries(desk, mei):
    place = goods.make_warehouse("AMS")
    for number, (severity, amount) in enumerate([(2, 900), (3, 10), (3, 400), (1, 9_000)]):
        some.alert(
            goods.make_sku(f"S{number}"), place, severity=severity, risk_amount=Decimal(amount),
            owner=mei if number else None,
        )  # fmt: skip
    url = reverse("alert-index")

    desk.get(url)
    with query_baseline("planning: alerts"):
        few = desk.get(url)
    for number in range(10, 40):
        some.alert(goods.make_sku(f"S{number}"), place, severity=2)
    with query_baseline("planning: alerts"):
        many = desk.get(url)

    assert [row.cells[0][1].count("S2 lasts") for row in few.context["rows"]] == [1, 0, 0]
    assert [tab.count for tab in few.context["tabs"]] == ["3", "3", "1", "0", ""]
    assert len(many.context["rows"]) > 20
    ideas = words(desk.get(url, {"tab": "ideas"}))
    assert "S3 lasts" in ideas
    assert "S1 lasts" not in ideas


def test_f3_a_noisy_rule_is_named(desk):
    place, rule = goods.make_warehouse("AMS"), some.rule("low_cover")
    for number in range(21):
        sku = goods.make_sku(f"N{number}")
        some.alert(sku, place, rule=rule, raised_at=clock.now() - dt.timedelta(hours=2))

    page = words(desk.get(reverse("alert-index")))

    assert "Low cover: 21 new alerts in 24 hours, more than 20." in page
    assert "noisy" not in words(desk.get(reverse("alert-rules")))  # 3 a day over the week


def test_f3_one_alert_is_taken_up_handed_over_snoozed_dismissed_and_taken_back(desk, mei, tea):
    alert = some.alert(*tea, raised_at=clock.now())
    lin = make_user("buyer", full_name="Lin")
    card = reverse("alert-card", args=[alert.pk])

    asked = desk.get(reverse("alert-acknowledge", args=[alert.pk]), **HTMX)
    desk.post(reverse("alert-acknowledge", args=[alert.pk]))
    desk.post(reverse("alert-assign", args=[alert.pk]), {"owner": lin.pk, "due_on": "2030-01-02"})
    desk.post(reverse("alert-snooze", args=[alert.pk]), {"days": 7, "reason": "new lot"})
    refused = desk.post(reverse("alert-dismiss", args=[alert.pk]), {"reason": "OTHER"})
    desk.post(reverse("alert-dismiss", args=[alert.pk]), {"reason": "EXPECTED", "note": ""})
    page = words(desk.get(card))
    desk.post(reverse("alert-reopen", args=[alert.pk]))

    assert "TEA lasts 4.5 days in AMS" in words(asked)
    assert (refused.status_code, "say in a few words which one" in words(refused)) == (422, True)
    for said in ("Taken up", "Handed over", "Snoozed", "Dismissed", "Expected, nothing to do"):
        assert said in page
    assert "Owner Lin" in page
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.due_on) == ("open", lin, dt.date(2030, 1, 2))


def test_f3_the_card_shows_the_draft_of_a_clearance_and_who_may_not_chase(desk, tea):
    draft = {"code": "CLEARANCE", "level": 2, "state": "draft", "units": 61, "discount_pct": 30}
    terms = {"days": 80.5, "value": 80.5, "limit": 50.0, "units": 61, "daily": 2.0}
    over = some.alert(
        *tea, kind="overstock", dedupe_key="o", reason="CLEAR", severity=2, terms=terms,
        suggestion=draft,
    )  # fmt: skip
    late = some.alert(
        *tea, kind="late_inbound", dedupe_key="l", reason="ARRIVAL_LATE",
        terms={"number": "A1", "supplier": "Lin", "units": 5, "late": 3},
        suggestion={"code": "CHASE"},
    )  # fmt: skip
    Alert.objects.filter(pk=late.pk).update(sku=None)

    page = words(desk.get(reverse("alert-card", args=[over.pk])))
    peek = words(desk.get(reverse("alert-peek", args=[over.pk]), **HTMX))
    waits = words(desk.get(reverse("alert-card", args=[late.pk])))

    said = "Draft: clear 61 units at up to 30 % off, which keeps the margin floor."
    assert said in page
    assert said in peek
    assert "TEA in AMS turns over in 80.5 days. 61 units are beyond 50 days" in page
    assert "Create transfer" in page
    assert "Arrival A1 of Lin with 5 units for AMS is 3 days late." in waits
    assert "The next step belongs to the buyers" in waits


def test_f3_many_alerts_are_dismissed_by_one_job(desk, mei, tea):
    alert = some.alert(*tea)
    url = reverse("alert-bulk-dismiss")
    chosen = {"ids": str(alert.pk), "query": "", "excluded": "", "all": ""}

    asked = desk.post(url, chosen)
    desk.post(url, {**chosen, "confirmed": "1", "reason": "HANDLED", "submission_key": "a"})

    assert "Dismiss 1 alert?" in words(asked)
    job = Job.objects.get(name="planning.bulk_alerts")
    assert (job.args["act"], job.args["reason"]) == ("dismiss", "HANDLED")


def test_27d_planners_and_buyers_are_told_of_their_warehouses_outside_quiet_hours(tea):
    sku, place = tea
    rule = some.rule(
        "low_cover", quiet_from=dt.time(22), quiet_until=dt.time(7), quiet_zone="Asia/Shanghai"
    )
    far = make_user("planner", warehouses=["LAX"])
    near, buyer = make_user("planner"), make_user("buyer")
    make_user("operator")
    some.alert(sku, place, rule=rule)
    some.alert(goods.make_sku("CUP"), place, rule=rule, severity=1)
    night = dt.datetime(2026, 7, 2, 14, 30, tzinfo=dt.UTC)  # 22:30 in Shanghai
    morning = dt.datetime(2026, 7, 2, 23, 0, tzinfo=dt.UTC)

    assert alert_telling.tell(now=night) == 0
    assert alert_telling.tell(now=morning) == 1
    assert alert_telling.tell(now=morning + DAY) == 0

    told = Notice.objects.order_by("user_id")
    assert [row.user_id for row in told] == [near.pk, buyer.pk]
    assert far.pk not in {row.user_id for row in told}
    assert told[0].text % told[0].data == (
        "TEA lasts 4.5 days in AMS, below 15: 9 units at 2 a day."
    )


def test_27d_the_daily_mail_comes_once_in_each_readers_own_morning(tea):
    rule, silent = some.rule("low_cover"), some.rule("expiry", by_mail=False)
    ines = make_user("planner", time_zone="America/Los_Angeles", language="zh-hans")
    some.alert(*tea, rule=rule)
    some.alert(*tea, rule=silent, kind="expiry", dedupe_key="e")
    before = dt.datetime(2026, 7, 2, 14, 30, tzinfo=dt.UTC)  # 07:30 in Los Angeles

    counts = [
        alert_telling.send_digests(now=moment)
        for moment in (before, before + DAY / 24, before + DAY / 12, before + DAY + DAY / 24)
    ]

    assert counts == [0, 1, 0, 1]
    mail = OutboundMail.objects.order_by("pk").first()
    assert (mail.to, mail.language, mail.context["count"]) == (ines.email, "zh-hans", 1)
    assert "312.50" in mail.context["lines"]


def test_alt06_a_critical_alert_that_nobody_takes_up_is_escalated_once(tea):
    planner = make_user("planner")
    make_user("buyer")
    alert = some.alert(*tea)

    counts = [
        alert_telling.escalate(now=some.NOW + hours * dt.timedelta(hours=1))
        for hours in (47, 48, 49)
    ]

    assert counts == [0, 1, 0]
    notice = Notice.objects.get()
    assert notice.user_id == planner.pk
    assert notice.text % notice.data == (
        "1 critical alerts wait for 48 hours and nobody took them up."
    )
    assert OutboundMail.objects.get().template == "planning/alert_escalation"
    alert.refresh_from_db()
    assert alert.escalated_at == some.NOW + 2 * DAY


def test_f4_rules_begin_with_the_standard_ones_and_say_what_they_watch(desk):
    url = reverse("alert-rules")

    empty = words(desk.get(url))
    desk.post(reverse("alert-rules-start"))
    with query_baseline("planning: alert rules"):
        page = words(desk.get(url))

    assert "Nothing is watched yet" in empty
    assert AlertRule.objects.count() == len(Kind)
    for said in (
        "Stock ends too soon; yellow and red, by days of cover and by lead times",
        "Stock turns over in more than 50 days; buying stops from 240; suggested from 30",
        "7 days sold 15 % or more above the plan; at least 5 units",
        "all warehouses, all categories under the bell, daily mail",
    ):
        assert said in page


def test_f4_a_rule_is_created_changed_paused_and_refused_when_it_contradicts_itself(desk):
    Product.objects.create(code="P1", name="Tea", category="tea")
    new = reverse("alert-rule-new")
    typed = {
        "kind": "overstock", "warehouse": "", "category": "tea", "notice_limit": "45",
        "warn_limit": "60", "critical_limit": "", "least_units": "10", "least_amount": "0",
        "in_app": "on", "quiet_from": "22:00", "quiet_until": "07:00",
        "quiet_zone": "Europe/Rotterdam",
    }  # fmt: skip

    wrong_zone = desk.post(new, typed)
    refused = desk.post(new, {**typed, "quiet_zone": "UTC", "critical_limit": "50"})
    low = desk.post(new, {**typed, "quiet_zone": "UTC", "notice_limit": "20"})
    saved = desk.post(new, {**typed, "quiet_zone": "Europe/Amsterdam"})
    twice = desk.post(new, {**typed, "quiet_zone": "Europe/Amsterdam", "warn_limit": "70"})

    assert (wrong_zone.status_code, "is not a time zone" in words(wrong_zone)) == (422, True)
    assert "The critical limit is reached before the warning limit." in words(refused)
    assert "up to there it counts as too little" in words(low)
    assert (saved.status_code, twice.status_code) == (303, 409)
    rule = AlertRule.objects.get()
    assert (rule.warn_limit, rule.in_app, rule.by_mail) == (60, True, False)
    edit = reverse("alert-rule-edit", args=[rule.pk])
    assert "Overstock" in words(desk.get(edit))
    changed = {**typed, "quiet_zone": "UTC", "warn_limit": "80", "version": "1"}
    desk.post(edit, changed)
    stale = desk.post(edit, changed)
    desk.post(reverse("alert-rule-pause", args=[rule.pk]))
    rule.refresh_from_db()
    assert (rule.warn_limit, rule.version, rule.is_paused, stale.status_code) == (80, 2, True, 409)
    assert "paused" in words(desk.get(reverse("alert-rules")))


def test_f4_alt07_low_cover_is_judged_again_on_the_days_that_were(tea):
    sku, place = tea
    now = clock.now()
    goods.put_stock(sku, 90, warehouse=place, at=now - 40 * DAY)
    level = goods.put_stock(sku, 10, warehouse=place, at=now - 1 * DAY)
    some.cover(sku, place, sellable_qty=100, reviewed_at=now)
    assert level.on_hand == 100

    found = preview(Rule(1, Kind.LOW_COVER, least_band="yellow"), now=now)
    quick = preview(Rule(1, Kind.OVERSTOCK, notice=Decimal(48)), now=now)
    slow = preview(Rule(1, Kind.OVERSTOCK, notice=Decimal(40)), now=now)

    # 45 days of cover until yesterday, 50 since: once above 48, always above 40.
    assert (found.fired.calls, found.fired.days) == (0, 30)
    assert (quick.fired.calls, quick.fired.suggestions) == (0, 1)
    assert (slow.fired.calls, slow.fired.suggestions) == (0, 0)


def test_f4_b46_pace_is_held_against_the_plan_of_each_day(desk, tea):
    sku, place = tea
    now = clock.now()
    today, channel = now.date(), shop.channel("shop")
    run = ForecastRun.objects.create(
        as_of=now, from_on=today - 49 * DAY, horizon_weeks=8, input_weeks=9, method="x",
        inputs_hash="0" * 64, series=1, created_at=now - 49 * DAY,
    )  # fmt: skip
    Forecast.objects.create(
        run=run, sku=sku, warehouse=place, kind="regular", typical_week=70, mean_qty=560,
        variance=1, low_qty=1, high_qty=900, confidence=50, weekly=[70.0] * 8,
    )  # fmt: skip
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=sku, warehouse=place, channel=channel, on=today - days * DAY, cleaned_qty=1,
            qty=20 if 10 <= days < 15 else 10,
        )
        for days in range(1, 45)
    )  # fmt: skip
    row = some.rule("demand_pace", warn_limit=15)

    text = words(desk.get(reverse("alert-rule-test", args=[row.pk]), **HTMX))

    # 10 a day as planned; 5 days of 20 lift the sum of 7 days above 80.5 once.
    assert text == "Would have fired 1 time in the last 30 days."
    DemandHistory.objects.filter(on__gte=today - 7 * DAY).update(qty=20)
    alerting.refresh(now=now, kinds=[Kind.DEMAND_PACE])
    alert = Alert.objects.get()
    assert (alert.terms["sold"], alert.terms["percent"]) == (140, 100.0)
    page = words(desk.get(reverse("alert-card", args=[alert.pk])))
    assert "sold 140 units in 7 days, 100 % above the planned 70" in page
    assert "A price 3 % higher would slow it down; a person decides on prices." in page


def test_f4_what_is_typed_is_tested_before_it_is_saved(desk, tea):
    url = reverse("alert-rule-draft-test")
    goods.put_stock(tea[0], 40, warehouse=tea[1], at=clock.now() - 95 * DAY)
    typed = {"kind": "dead_stock", "warn_limit": "90", "quiet_zone": "UTC", "in_app": "on"}

    fired = words(desk.get(url, typed, **HTMX))
    wrong = words(desk.get(url, {**typed, "critical_limit": "30"}, **HTMX))

    assert fired == "Would have fired 1 time in the last 30 days."
    assert wrong == (
        "The critical limit is reached before the warning limit. Swap them, or leave one out."
    )
    assert AlertRule.objects.count() == 0
