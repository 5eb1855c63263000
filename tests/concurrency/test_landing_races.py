"""Two landed costs and a departure at one instant: every unit, here or gone, bears its part."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum

from core.actors import SYSTEM
from inventory.domain.demand import Demand, DispatchLine
from inventory.models import CostLayer, CostVariance, LayerConsumption
from inventory.services import dispatching, landing, level_sql, reservations
from inventory.services.landing import Share
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Overtaking, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LATER = NOW + dt.timedelta(days=9)


@pytest.fixture
def promised():
    """Ten units at 1.00 in a tote, four of them promised to a parcel."""
    place = make_warehouse()
    tote = make_bin(place, kind="tote")
    level = put_stock(make_sku(), 10, at_bin=tote, unit_cost=Decimal("1.00"))
    demand = Demand("shipment_line:1", place.pk, level.sku_id, 4)
    reservations.reserve([demand], event_key=a_key(), actor=SYSTEM, at=NOW)
    return DispatchLine("shipment_line:1", place.pk, level.sku_id, None, 4, tote.pk)


def _compete(parcel, overtaking):
    layer = CostLayer.objects.get()

    def land(kind, amount):
        share = Share(layer.pk, Decimal(amount), "USD", kind)
        return landing.land([share], event_key=f"land:{kind}", actor=SYSTEM, at=LATER)

    def leave():
        return dispatching.dispatch([parcel], event_key="leave", actor=SYSTEM, at=NOW)

    outcomes = race(
        [lambda: land("freight", "10.00"), lambda: land("duty", "3.00"), overtaking.overtake(leave)]
    )
    assert [outcome.error for outcome in outcomes] == [None, None, None]


def _carried():
    """Return the landed amount per unit left and per unit gone, variances included."""
    layer = CostLayer.objects.get()
    left = layer.landed_amount
    gone = LayerConsumption.objects.get().landed_amount
    gone += CostVariance.objects.aggregate(n=Sum("amount", default=Decimal(0)))["n"]
    return (left / 6).quantize(Decimal("0.01")), (gone / 4).quantize(Decimal("0.01"))


def _dawdle(monkeypatch):
    """Let the units leave between the look at a layer and the writing of what falls to it."""
    plan, overtaking = landing._planned, Overtaking()

    def slowly(*given):
        planned = plan(*given)
        overtaking.stop()
        return planned

    monkeypatch.setattr(landing, "_planned", slowly)
    return overtaking


def test_two_landings_and_a_departure_at_once_give_every_unit_its_part(promised, monkeypatch):
    overtaking = _dawdle(monkeypatch)

    _compete(promised, overtaking)

    assert _carried() == (Decimal("1.30"), Decimal("1.30"))
    assert_books_balance()


def test_control_without_lock_and_guard_units_that_left_keep_a_part_on_the_shelf(
    promised, monkeypatch, locks_in_order
):
    overtaking = _dawdle(monkeypatch)
    overtaking.patience_s = ALL_COME_S
    monkeypatch.setattr(level_sql, "LOCK", "")
    monkeypatch.setattr(level_sql, "LAYER_GUARD", "")

    _compete(promised, overtaking)

    assert _carried()[0] > Decimal("1.30")
    assert _carried()[1] < Decimal("1.30")
    locks_in_order.clear()
