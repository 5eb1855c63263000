"""Carts, put walls and rounds behind the screens: what is set up, and what the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM
from fulfillment.models import Cart, CartSlot, PickRound, PickTask, PutWall
from fulfillment.services import carts, picking, round_making
from fulfillment.services.carts import CartDraft, WallDraft
from fulfillment.services.errors import ToteInUse
from fulfillment.services.round_errors import ShipmentsNotFree
from fulfillment.services.round_making import RoundPlan
from inventory.models import Bin
from orders.models import Shipment
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.race import race, wins

pytestmark = pytest.mark.django_db


def lay_out():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    return place


@pytest.fixture
def shop():
    return lay_out()


def test_a_cart_and_a_wall_are_saved_by_code_and_a_wall_grows(shop):
    carts.save_cart(CartDraft("CART-9", shop.pk, 6), actor=SYSTEM, at=make.NOW)
    carts.save_cart(CartDraft("CART-9", shop.pk, 8), actor=SYSTEM, at=make.NOW)
    carts.save_wall(WallDraft("W", shop.pk, 2), actor=SYSTEM, at=make.NOW)
    wall = carts.save_wall(WallDraft("W", shop.pk, 3), actor=SYSTEM, at=make.NOW)

    assert Cart.objects.get().slot_count == 8
    assert PutWall.objects.get() == wall
    assert list(wall.slots.order_by("position").values_list("bin__code", "bin__kind")) == [
        ("W-1", "tote"),
        ("W-2", "tote"),
        ("W-3", "tote"),
    ]
    assert not Bin.objects.get(code="W-OVER").is_pickable


def test_a_planned_round_keeps_the_order_of_slots_and_of_the_walk(shop):
    orders = [make.place_one(make.line("TEA", 1)) for _ in range(3)]
    wave = floor.release(*orders)
    tasks = list(PickTask.objects.order_by("pk"))
    shipments = [tasks[place].shipment_id for place in (2, 0)]
    plan = RoundPlan(wave.pk, shipments, task_order=[tasks[2].pk, tasks[0].pk], length_mm=90_000)

    made = round_making.create_round(plan, actor=SYSTEM, at=make.NOW)

    walk = PickTask.objects.filter(round=made).order_by("sequence")
    assert list(walk.values_list("pk", "slot__position")) == [(tasks[2].pk, 1), (tasks[0].pk, 2)]
    assert (made.state, made.position, made.length_mm) == ("planned", 1, 90_000)
    with pytest.raises(ShipmentsNotFree):
        round_making.create_round(plan, actor=SYSTEM, at=make.NOW)


def test_the_database_refuses_a_tote_a_shipment_or_a_cart_twice(shop):
    row = rounds.opened(rounds.planned(make.place_one(make.line("TEA", 1))))
    other = rounds.planned(make.place_one(make.line("TEA", 1)))
    tote = floor.tote(shop)
    first, second = CartSlot.objects.order_by("pk")
    CartSlot.objects.filter(pk=first.pk).update(tote=tote)

    refusals = (
        lambda: CartSlot.objects.filter(pk=second.pk).update(tote=tote),
        lambda: CartSlot.objects.filter(pk=second.pk).update(shipment=first.shipment),
        lambda: PickRound.objects.filter(pk=other.pk).update(
            state="open", cart=row.cart, picker="user:1", opened_at=make.NOW
        ),
        lambda: PickRound.objects.filter(pk=row.pk).update(in_hand_qty=1),
        lambda: PickTask.objects.filter(slot=second).update(round=None),
    )
    for write in refusals:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_a_single_pick_does_not_take_the_empty_tote_of_a_cart(shop):
    rounds.opened(rounds.planned(make.place_one(make.line("TEA", 1))))
    tote = floor.tote(shop)
    CartSlot.objects.update(tote=tote)
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    picked = picking.Picked(PickTask.objects.get(wave=wave).pk, 1, tote.pk)

    with pytest.raises(ToteInUse):
        picking.confirm(picked=picked, actor=SYSTEM, at=make.NOW)

    assert Shipment.objects.filter(status="picking").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_carts_scanned_at_once_take_two_rounds():
    place = lay_out()
    rounds.planned(make.place_one(make.line("TEA", 1)))
    rounds.planned(make.place_one(make.line("TEA", 1)))
    trolleys = [rounds.cart(place, number) for number in (1, 2)]

    outcomes = race(
        [
            lambda pk=one.pk: round_making.take_cart(cart_id=pk, actor=SYSTEM, at=make.NOW).pk
            for one in trolleys
        ]
    )

    taken = [one.value for one in outcomes if one.won]
    assert wins(outcomes) >= 1
    assert len(set(taken)) == len(taken)
    assert PickRound.objects.filter(state="open").count() == len(taken)
