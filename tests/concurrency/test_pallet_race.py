"""Two people, two pallets, one carton: it stands on one of them."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from fulfillment.models import Carton, Pallet, PalletCarton
from fulfillment.services import pallets
from orders.models import Shipment
from orders.querysets import ShipmentQuerySet
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def carton():
    make.channel("trade", kind="b2b", country_only=True)
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku("TEA"), place, 9)
    order = make.place_one(make.line("TEA", 4), channel="trade")
    floor.pick_all(floor.release(order))
    return floor.pack_all(list(Shipment.objects.filter(order=order)))[0]


def meet(monkeypatch, patience_s: float = 0.3) -> None:
    """Wait between the check and the write, so that all look before one has written."""
    meeting = Meeting(4, patience_s=patience_s)
    monkeypatch.setattr(pallets, "_next_sscc", meeting.before(pallets._next_sscc))


def opener(carton: Carton):
    return lambda: pallets.open_pallet(carton.shipment_id, actor=SYSTEM, at=make.NOW)


def test_a_shipment_has_one_open_pallet_whoever_opens_it(carton, monkeypatch):
    meet(monkeypatch)

    outcomes = race([opener(carton)] * 4)

    assert Pallet.objects.count() == 1
    assert wins(outcomes) == 4


def test_a_carton_stands_on_one_pallet(carton, monkeypatch):
    pallet = opener(carton)()
    meet(monkeypatch)

    outcomes = race(
        [lambda: pallets.add_carton(pallet.pk, carton.pk, actor=SYSTEM, at=make.NOW)] * 4
    )

    assert wins(outcomes) == 4
    assert sum(one.value is not None for one in outcomes) == 1
    assert PalletCarton.objects.count() == 1


def test_control_without_the_lock_the_database_still_refuses_a_second_place(carton, monkeypatch):
    pallet = opener(carton)()
    meet(monkeypatch, ALL_COME_S)
    monkeypatch.setattr(ShipmentQuerySet, "lock", lambda rows: rows.order_by("pk"))
    monkeypatch.setattr(Carton.objects.all().__class__, "select_for_update", lambda rows, **_: rows)

    outcomes = race(
        [lambda: pallets.add_carton(pallet.pk, carton.pk, actor=SYSTEM, at=make.NOW)] * 4
    )

    assert PalletCarton.objects.count() == 1
    assert wins(outcomes) == 1
