from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from inventory.domain.demand import Demand, Group
from inventory.models import Reservation, StockEvent, StockLevel
from inventory.services import reservations
from tests.factories.inventory import NOW, a_key, make_sku, make_warehouse, put_stock

pytestmark = pytest.mark.django_db


def reserve(*demands: Demand, key: str = "") -> list[Reservation]:
    return reservations.reserve(demands, event_key=key or a_key("reserve"), actor=SYSTEM, at=NOW)


def test_every_demand_of_an_order_is_promised():
    site = make_warehouse()
    tea = put_stock(make_sku("TEA"), 9, warehouse=site)
    cup = put_stock(make_sku("CUP"), 4, warehouse=site)

    promised = reserve(
        Demand("shipment_line:1", site.pk, tea.sku_id, 2),
        Demand("shipment_line:2", site.pk, cup.sku_id, 4, priority=1),
    )

    tea.refresh_from_db()
    cup.refresh_from_db()
    assert (tea.reserved, tea.atp_qty, cup.reserved, cup.atp_qty) == (2, 7, 4, 0)
    assert [(row.owner_key, row.qty, row.state) for row in promised] == [
        ("shipment_line:1", 2, "pending"),
        ("shipment_line:2", 4, "pending"),
    ]
    assert list(Reservation.objects.order_by("pk")) == promised


def test_a_shortage_reserves_nothing():
    site = make_warehouse()
    tea = put_stock(make_sku("TEA"), 9, warehouse=site)
    cup = put_stock(make_sku("CUP"), 1, warehouse=site)

    with pytest.raises(reservations.InsufficientStock) as caught:
        reserve(
            Demand("a", site.pk, tea.sku_id, 2), Demand("b", site.pk, cup.sku_id, 3), key="once"
        )

    tea.refresh_from_db()
    assert caught.value.short_qty == {(site.pk, cup.sku_id): 2}
    assert (tea.reserved, Reservation.objects.count()) == (0, 0)
    assert not StockEvent.objects.filter(event_key="once").exists()


def test_a_repeated_key_returns_the_first_promises_even_when_nothing_is_left():
    level = put_stock(make_sku(), 3)
    demand = Demand("a", level.warehouse_id, level.sku_id, 3)
    first = reserve(demand, key="order:1")

    again = reserve(demand, key="order:1")

    level.refresh_from_db()
    assert again == first
    assert (level.reserved, Reservation.objects.count()) == (3, 1)


def test_reserving_an_order_takes_four_statements_at_most(django_assert_max_num_queries):
    site = make_warehouse()
    levels = [put_stock(make_sku(), 9, warehouse=site) for _ in range(3)]
    demands = [Demand(f"l:{row.pk}", site.pk, row.sku_id, 1) for row in levels]

    with django_assert_max_num_queries(4):
        promised = reserve(*demands)

    assert [row.qty for row in promised] == [1, 1, 1]


def test_groups_are_promised_in_order_each_wholly_or_not_at_all():
    level = put_stock(make_sku(), 5)
    site, sku = level.warehouse_id, level.sku_id
    groups = [
        Group("g1", [Demand("a", site, sku, 3)]),
        Group("g2", [Demand("b", site, sku, 3)]),
        Group("g3", [Demand("c", site, sku, 2)]),
    ]

    results = reservations.reserve_groups(groups, actor=SYSTEM, at=NOW)
    again = reservations.reserve_groups(groups, actor=SYSTEM, at=NOW)

    level.refresh_from_db()
    assert [result.reserved for result in results] == [True, False, True]
    assert results[1].short_qty == {(site, sku): 1}
    assert level.reserved == 5
    assert [row.reservation_ids for row in again] == [row.reservation_ids for row in results]
    assert [row.repeated for row in again] == [True, False, True]


def test_bulk_statements_do_not_depend_on_the_number_of_groups(django_assert_max_num_queries):
    site = make_warehouse()
    levels = [put_stock(make_sku(), 50, warehouse=site) for _ in range(5)]

    def groups(count: int, name: str) -> list[Group]:
        return [
            Group(
                f"{name}{i}",
                [Demand(f"{name}{i}:{row.pk}", site.pk, row.sku_id, 1) for row in levels],
            )
            for i in range(count)
        ]

    with django_assert_max_num_queries(5):
        few = reservations.reserve_groups(groups(2, "x"), actor=SYSTEM, at=NOW)
    with django_assert_max_num_queries(5):
        many = reservations.reserve_groups(groups(20, "y"), actor=SYSTEM, at=NOW)

    assert [result.reserved for result in few + many] == [True] * 22


def test_x13_two_orders_are_not_promised_one_long_dated_unit():
    site = make_warehouse()
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 1, warehouse=site, lot="SHORT", expires_on=dt.date(2026, 2, 1))
    level = put_stock(milk, 1, warehouse=site, lot="LONG", expires_on=dt.date(2026, 9, 1))
    until = dt.date(2026, 6, 1)
    reserve(Demand("a", site.pk, milk.pk, 1, usable_until=until))

    with pytest.raises(reservations.InsufficientStock) as caught:
        reserve(Demand("b", site.pk, milk.pk, 1, usable_until=until))
    reserve(Demand("c", site.pk, milk.pk, 1, usable_until=dt.date(2026, 1, 20)))

    level.refresh_from_db()
    assert caught.value.short_qty == {(site.pk, milk.pk): 1}
    assert level.reserved == 2


def test_x13_an_expired_lot_is_promised_to_nobody():
    site = make_warehouse()
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 4, warehouse=site, lot="OLD", expires_on=dt.date(2026, 1, 14))

    with pytest.raises(reservations.InsufficientStock):
        reserve(Demand("a", site.pk, milk.pk, 1))


def test_a_lot_is_usable_on_its_last_day():
    site = make_warehouse()
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 1, warehouse=site, lot="TODAY", expires_on=NOW.date())

    [promised] = reserve(Demand("a", site.pk, milk.pk, 1))

    promised.refresh_from_db()
    assert promised.usable_until == NOW.date()


@pytest.mark.parametrize("qty", [0, -1, 1.5, True, 2_000_000_000, None])
def test_a_quantity_that_is_none_is_refused(qty):
    level = put_stock(make_sku(), 3)

    with pytest.raises(reservations.BadQuantity):
        reserve(Demand("a", level.warehouse_id, level.sku_id, qty))

    assert Reservation.objects.count() == 0


def test_one_owner_asks_once_per_sku():
    level = put_stock(make_sku(), 3)
    demand = Demand("a", level.warehouse_id, level.sku_id, 1)

    with pytest.raises(reservations.OwnerTwice):
        reserve(demand, demand)


def test_a_warehouse_without_the_sku_lacks_all_units():
    sku, site = make_sku(), make_warehouse()

    with pytest.raises(reservations.InsufficientStock) as caught:
        reserve(Demand("a", site.pk, sku.pk, 2))

    assert caught.value.short_qty == {(site.pk, sku.pk): 2}
    assert StockLevel.objects.count() == 0
