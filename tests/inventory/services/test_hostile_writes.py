"""rel_c_06: what the services would never write, the database refuses from anyone."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from core.actors import SYSTEM
from inventory.domain.demand import Demand
from inventory.models import (
    BinStock,
    CostLayer,
    LayerConsumption,
    Reservation,
    StockEvent,
    StockLevel,
    StockMove,
)
from inventory.services import reservations, stock
from inventory.services.stock import ScrapLine
from tests.factories.inventory import NOW, a_key, make_lot, make_sku, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db

HOSTILE = [
    "UPDATE inventory_stocklevel SET on_hand = -1",
    "UPDATE inventory_stocklevel SET reserved = reserved - 99",
    "UPDATE inventory_stocklevel SET unsellable = on_hand + 1",
    "UPDATE inventory_stocklevel SET buffer = -1",
    "UPDATE inventory_stocklevel SET on_hand = 2000000000",
    "UPDATE inventory_binstock SET qty = -1",
    "UPDATE inventory_binstock SET reserved = qty + 1",
    "UPDATE inventory_binstock SET reserved = -1",
    "UPDATE inventory_binstock SET qty = 2000000000",
    "UPDATE inventory_binstock SET condition = 'stolen'",
    "UPDATE inventory_stockmove SET qty = 1000",
    "DELETE FROM inventory_layerconsumption",
    "DELETE FROM inventory_stockmove",
    "UPDATE inventory_stockevent SET actor_key = 'user:1'",
    "DELETE FROM inventory_stockevent",
    "UPDATE inventory_layerconsumption SET unit_cost = 0",
    "UPDATE inventory_reservation SET qty = 0",
    "UPDATE inventory_reservation SET consumed_qty = qty",
    "UPDATE inventory_reservation SET released_qty = -1",
    "UPDATE inventory_reservation SET state = 'consumed'",
    "UPDATE inventory_costlayer SET remaining_qty = qty + 1",
    "UPDATE inventory_costlayer SET remaining_qty = -1",
    "UPDATE inventory_costlayer SET unit_cost = -1",
    "UPDATE inventory_lot SET status = 'whatever'",
    "INSERT INTO inventory_stocklevel (warehouse_id, sku_id, on_hand, unsellable, reserved, buffer,"
    " version) SELECT warehouse_id, sku_id, 5, 0, 0, 0, 0 FROM inventory_stocklevel",
    "INSERT INTO inventory_stockmove (event_id, sku_id, condition_from, condition_to, from_bin_id,"
    " to_bin_id, qty, owner_key) SELECT event_id, sku_id, 'good', 'good', -1, -2, -5, ''"
    " FROM inventory_stockmove",
    "INSERT INTO inventory_reservation (event_id, level_id, owner_key, purpose, qty, consumed_qty,"
    " released_qty, state, priority, created_at) SELECT event_id, level_id, owner_key, purpose,"
    " qty, 0, 0, 'pending', 5, created_at FROM inventory_reservation",
]


@pytest.fixture
def level() -> StockLevel:
    sku = make_sku()
    make_lot(sku)
    level = put_stock(sku, 9)
    place = BinStock.objects.get()
    stock.scrap(
        [ScrapLine(place.bin_id, sku.pk, 1, condition="good")],
        event_key=a_key(),
        actor=SYSTEM,
        at=NOW,
        reason="BROKEN",
    )
    demand = Demand("a", level.warehouse_id, level.sku_id, 3)
    reservations.reserve([demand], event_key=a_key(), actor=SYSTEM, at=NOW)
    return StockLevel.objects.get(pk=level.pk)


@pytest.mark.parametrize("sql", HOSTILE)
def test_rel_c_06_hostile_sql_is_refused(level, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (8, 3)
    assert_books_balance()


def test_rel_c_06_hostile_use_of_the_orm_is_refused(level):
    level.on_hand = -4
    row = BinStock.objects.get()
    row.qty = -4
    attempts = [
        lambda: StockLevel.objects.bulk_update([level], ["on_hand"]),
        lambda: StockLevel.objects.update(reserved=F("reserved") - 99),
        lambda: BinStock.objects.bulk_update([row], ["qty"]),
        lambda: Reservation.objects.update(qty=-1),
        lambda: StockMove.objects.update(qty=1),
        lambda: LayerConsumption.objects.all().delete(),
        lambda: CostLayer.objects.update(remaining_qty=F("qty") + 1),
        lambda: StockEvent.objects.first().delete(),
    ]

    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert_books_balance()
