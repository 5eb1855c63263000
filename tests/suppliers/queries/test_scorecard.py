"""PUR-16: scores come from real receipts, with their number of cases, and are never guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from suppliers.domain.scorecard import LeadFigures, Share, drift, lead_figures
from suppliers.models import Asn, PurchaseLine, PurchaseOrder
from suppliers.queries.scorecard import scorecard, window_start
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.factories.supplier_terms import make_supplier

pytestmark = pytest.mark.django_db
SINCE = window_start(inbound.NOW + dt.timedelta(days=30))


@pytest.fixture
def place():
    found = make.warehouse()
    inbound.dock(found)
    inbound.supplier("HILL", over_pct=0)
    return found


def arrived(place, units: int, came: int, *, expected: int, **more) -> Asn:
    """Receive `came` of `units` on NOW; `expected` days after NOW were announced."""
    sku = make.sku(f"S-{Asn.objects.count()}")
    day = inbound.NOW.date() + dt.timedelta(days=expected)
    asn = inbound.arrival("HILL", place, {sku.code: units}, expected_on=day)
    inbound.received(asn, sku, came, **more)
    return asn


def test_a_supplier_nobody_saw_deliver_has_no_figures():
    found = scorecard(make_supplier().pk, SINCE)

    assert found.on_time == found.in_full == found.defects == Share(0, 0)
    assert found.on_time.ratio is None
    assert (found.price_drift, found.all_leads) == (None, LeadFigures(0, None, None))


def test_on_time_in_full_and_defects_count_what_really_came(place):
    arrived(place, 10, 10, expected=0)
    arrived(place, 10, 10, expected=1)
    late = arrived(place, 20, 20, expected=-1, kind="damaged")
    short = arrived(place, 10, 4, expected=0)
    inbound.arrivals.close_short(short.pk, reason="NOT_SENT", actor=inbound.SYSTEM, at=inbound.NOW)

    found = scorecard(late.supplier_id, SINCE)

    assert found.on_time == Share(3, 4)
    assert found.on_time.ratio == Decimal("0.75")
    assert found.in_full == Share(2, 4)
    assert found.defects == Share(20, 44)
    too_old = scorecard(late.supplier_id, inbound.NOW + dt.timedelta(days=1))
    assert too_old.on_time == Share(0, 0)


def test_price_drift_and_lead_times_come_from_orders():
    trade = buy.trade()
    tea = buy.goods(trade, "TEA", "10")
    sent = [buy.sent(trade, {tea: 5}) for _one in range(2)]
    for days, order in zip((28, 38), sent, strict=True):
        PurchaseOrder.objects.filter(pk=order.pk).update(mode="sea")
        inbound.dock(trade.place)
        at = order.sent_at + dt.timedelta(days=days)
        asn = inbound.arrival(trade.supplier.code, trade.place, {"TEA": 5})
        Asn.objects.filter(pk=asn.pk).update(purchase_order=order, state="arrived", arrived_at=at)
    PurchaseLine.objects.filter(order=sent[0]).update(unit_price=Decimal("10.40"))

    found = scorecard(trade.supplier.pk, window_start(buy.NOW + dt.timedelta(days=60)))

    assert (found.price_drift, found.priced_lines) == (Decimal("0.0200"), 2)
    assert found.leads == {"sea": LeadFigures(2, Decimal("33.0"), Decimal("0.2143"))}


def test_the_figures_are_computed_as_described():
    assert lead_figures([28, 30, 38]) == LeadFigures(3, Decimal("32.0"), Decimal("0.1654"))
    assert lead_figures([9]) == LeadFigures(1, Decimal("9.0"), None)
    assert drift(Decimal(102), Decimal(100)) == Decimal("0.0200")
    assert drift(Decimal(5), Decimal(0)) is None


def test_goods_are_on_time_by_the_calendar_of_the_dock_they_come_to(place):
    """01:30 UTC is the evening before in Los Angeles, and the next morning in Shanghai."""
    due = inbound.NOW.date()
    night = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(1, 30), tzinfo=dt.UTC)
    east = make.warehouse("SH")
    inbound.dock(east)
    zones = {place: "America/Los_Angeles", east: "Asia/Shanghai"}
    found = []
    for dock, zone in zones.items():
        type(dock).objects.filter(pk=dock.pk).update(timezone=zone)
        supplier = inbound.supplier(f"S-{zone[-3:].upper()}")
        asn = inbound.arrival(supplier.code, dock, {make.sku(f"Z-{dock.pk}").code: 5})
        Asn.objects.filter(pk=asn.pk).update(expected_on=due, state="arrived", arrived_at=night)
        found.append(scorecard(supplier.pk, SINCE).on_time)

    assert found == [Share(1, 1), Share(0, 1)]


def test_lead_days_are_counted_by_the_calendar_of_the_dock():
    trade = buy.trade()
    type(trade.place).objects.filter(pk=trade.place.pk).update(timezone="America/Los_Angeles")
    order = buy.sent(trade, {buy.goods(trade, "TEA", "10"): 5})
    inbound.dock(trade.place)
    asn = inbound.arrival(trade.supplier.code, trade.place, {"TEA": 5})
    came = dt.datetime(2026, 5, 11, 1, 30, tzinfo=dt.UTC)
    left = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
    PurchaseOrder.objects.filter(pk=order.pk).update(mode="sea", sent_at=left)
    Asn.objects.filter(pk=asn.pk).update(purchase_order=order, state="arrived", arrived_at=came)

    found = scorecard(trade.supplier.pk, window_start(came))

    assert found.leads == {"sea": LeadFigures(1, Decimal("9.0"), None)}
