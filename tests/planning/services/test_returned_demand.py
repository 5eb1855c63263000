"""Units that came back stand beside the demand they came from, and raise the spike alert."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from planning.models import DemandHistory
from planning.services import history
from returns.models import ReturnLine, ReturnRequest
from tests.factories import orders as shop
from tests.factories import returns as back

pytestmark = pytest.mark.django_db


def came(request: ReturnRequest, qty: int, at: dt.datetime) -> None:
    """Write what the floor's count leaves on request and line."""
    ReturnRequest.objects.filter(pk=request.pk).update(status="arrived", arrived_at=at)
    ReturnLine.objects.filter(request=request).update(received_qty=qty)


def returned():
    rows = DemandHistory.objects.filter(returned_qty__gt=0).order_by("sku__code", "on")
    return [(row.sku.code, row.on, row.returned_qty, row.netted_qty) for row in rows]


def test_units_that_came_back_count_on_the_day_of_arrival_and_lessen_no_demand():
    back.stocked("TEA")
    order = back.delivered_order(shop.line("TEA", 4))
    request = back.request(order, units={"TEA": 2}, actor=SYSTEM)
    later = back.ASKED + dt.timedelta(days=6)
    history.rebuild(now=later)
    assert returned() == []
    came(request, 2, back.ASKED + dt.timedelta(days=5))
    history.rebuild(now=later, since=later - dt.timedelta(days=3))
    day = (back.ASKED + dt.timedelta(days=5)).date()
    assert returned() == [("TEA", day, 2, 0)]
    sold = DemandHistory.objects.get(on=shop.NOW.date())
    assert (sold.qty, sold.returned_qty) == (4, 0)


def test_an_undelivered_parcel_is_no_return():
    back.stocked("TEA")
    request = back.request(back.delivered_order(shop.line("TEA", 4)), units={"TEA": 2})
    came(request, 2, back.ASKED)
    ReturnRequest.objects.update(kind="rts")
    history.rebuild(now=back.ASKED + dt.timedelta(days=1))
    assert returned() == []
