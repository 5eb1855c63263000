"""P10: what comes day by day in the warehouse's own zone, how full the dock is, what is late."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock, settings_store
from core.actors import SYSTEM
from core.permissions import SYSTEM_PRINCIPAL
from suppliers.domain.inbound_load import days_late, load_pct, span_of
from suppliers.models import Asn, PurchaseOrder
from suppliers.queries.inbound_calendar import calendar
from suppliers.services import announcing
from suppliers.services.drafts import OrderArrivalDraft
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
#: Wednesday morning in Shanghai, still Tuesday in Los Angeles.
NOW = dt.datetime(2026, 5, 6, 1, 30, tzinfo=dt.UTC)
TUESDAY = dt.date(2026, 5, 5)


@pytest.fixture
def place():
    found = make.warehouse(timezone="America/Los_Angeles")
    inbound.dock(found)
    inbound.supplier()
    make.sku("TEA")
    return found


def announced(place, day, units=40, **more) -> Asn:
    return inbound.arrival("HILL", place, {"TEA": units}, expected_on=day, **more)


def part_of(order, units) -> Asn:
    draft = OrderArrivalDraft(
        order_id=order.pk, units={order.lines.get().pk: units}, expected_on=dt.date(2026, 5, 9)
    )
    return announcing.announce(draft, actor=SYSTEM, at=NOW)


def test_days_load_and_lateness_are_plain_arithmetic():
    assert span_of(TUESDAY, days=7) == (dt.date(2026, 5, 4), dt.date(2026, 5, 10))
    assert span_of(TUESDAY, days=1) == (TUESDAY, TUESDAY)
    assert [load_pct(units, 2_000) for units in (0, 9, 10, 2_500)] == [0, 0, 1, 125]
    assert load_pct(5, 0) is None
    assert [days_late(day, TUESDAY) for day in (None, TUESDAY, dt.date(2026, 4, 30))] == [0, 0, 5]


def test_p10_arrivals_stand_on_their_day_in_the_warehouses_zone(place):
    late = announced(place, dt.date(2026, 5, 3))
    due = announced(place, TUESDAY, 60)
    undated = announced(place, None)
    announced(place, dt.date(2026, 5, 11))
    came = announced(place, dt.date(2026, 5, 8), 25)
    Asn.objects.filter(pk=came.pk).update(state="arrived", arrived_at=NOW)
    cancelled = announced(place, TUESDAY)
    inbound.arrivals.cancel(cancelled.pk, reason="x", actor=SYSTEM, at=NOW)
    settings_store.put("suppliers.dock_units_per_day", "50", actor=SYSTEM, at=NOW)

    found = calendar(SYSTEM_PRINCIPAL, place, *span_of(TUESDAY, days=7), now=NOW)

    assert found.today == TUESDAY
    assert {day.on: [entry.pk for entry in day.entries] for day in found.days if day.entries} == {
        TUESDAY: [due.pk, came.pk]
    }
    monday, tuesday = found.days[0], found.days[1]
    assert (monday.units, monday.load, tuesday.units, tuesday.load) == (0, 0, 85, 170)
    assert (tuesday.is_today, monday.is_today) == (True, False)
    assert [(entry.pk, entry.late_days) for entry in found.late] == [(late.pk, 2)]
    assert [entry.pk for entry in found.undated] == [undated.pk]


def test_p10_orders_show_the_units_nobody_announced_and_vanish_once_all_are(place):
    trade = buy.trade(place=place, code="LAKE")
    pot = buy.goods(trade, "POT", "2")
    order = buy.sent(trade, {pot: 90}, required_by=dt.date(2026, 5, 7))
    buy.draft(trade, {pot: 7}, required_by=dt.date(2026, 5, 7))
    asn = part_of(order, 50)
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=dt.date(2026, 5, 4))

    def shown():
        found = calendar(SYSTEM_PRINCIPAL, place, *span_of(TUESDAY, days=7), now=NOW)
        return [(e.kind, e.pk, e.units, e.late_days) for day in found.days for e in day.entries]

    partly = shown()
    part_of(order, 40)

    assert partly == [("purchase_order", order.pk, 40, 1), ("asn", asn.pk, 50, 0)]
    assert [kind for kind, *_rest in shown()] == ["asn", "asn"]


@pytest.mark.parametrize("count", [2, 12])
def test_p10_the_page_and_its_fragment_ask_a_fixed_number_of_questions(place, client, count):
    today = clock.now().date()
    for number in range(count):
        announced(place, today, 10)
        announced(place, today - dt.timedelta(days=8 + number))
    make.warehouse("SH")
    viewer = people.sign_in(client, people.make_user("warehouse_manager"))
    url = reverse("arrivals-calendar")
    # What was read of settings so far is old after some seconds: a slow machine reads them twice.
    settings_store.forget()

    with query_baseline("arrivals-calendar"):
        page = viewer.get(f"{url}?warehouse=LA&on={today}").content.decode()
    part = viewer.get(f"{url}?warehouse=LA&on={today}&span=day", headers={"HX-Request": "true"})
    text = part.content.decode()

    assert page.count("days late") == count
    assert ("<html" in page, "<html" in text) == (True, False)
    assert text.count('<section class="card inbound-day') == 1
    assert len(re.findall(r"hx-get=\"/arrivals/\d+/day/\"", page)) == 2 * count
    for odd in ("on=2026-13-40", "on=0001-01-01", "warehouse=NOPE", "span=year", "on=9999-12-31"):
        assert viewer.get(f"{url}?{odd}").status_code == 200


def test_p10_without_a_warehouse_the_page_says_so(client):
    viewer = people.sign_in(client, people.make_user("buyer"))

    page = viewer.get(reverse("arrivals-calendar")).content.decode()

    assert "No warehouse is in your reach" in page
