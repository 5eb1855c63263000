"""One shop with shelves, totes and a bench, and the people who open the floor's pages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from inventory.models import Bin, SkuBarcode
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.floor_scans import Scanner

EAN = "2000000000015"


@pytest.fixture
def shop():
    """Return the warehouse LA: 10 TEA and 10 CUP on A-01, an empty B-01, two totes, a bench."""
    make.channel()
    place = make.warehouse()
    Bin.objects.create(warehouse=place, code="B-01", kind="pick", pick_sequence=9)
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code=EAN, units_per_scan=1)
    make.put(tea, place, 10)
    make.put(make.sku("CUP"), place, 10)
    floor.bench(place)
    floor.tote(place, 1)
    floor.tote(place, 2)
    return place


@pytest.fixture
def other_shop(shop):
    """Return a second warehouse with goods of its own, so that its orders go there."""
    place = make.warehouse("NYC")
    make.put(make.sku("POT"), place, 10)
    floor.bench(place)
    return place


@pytest.fixture
def worker(client):
    """Return the client of an operator of every warehouse."""
    return people.sign_in(client, people.make_user("operator"))


@pytest.fixture
def manager(client):
    """Return the client of a warehouse manager of every warehouse."""
    return people.sign_in(client, people.make_user("warehouse_manager"))


@pytest.fixture
def sign_in():
    """Return a function that signs a new person in on a client of their own."""

    def signed_in(role, **options):
        return people.sign_in(Client(), people.make_user(role, **options))

    return signed_in


@pytest.fixture
def scanner(worker):
    """Return a function that gives the operator's scanner on a screen, for a task row."""
    kinds = {"pick": "pick_task", "pack": "carton", "dispatch": "manifest", "put-back": "put_back"}

    def on(screen, row=None):
        return Scanner(worker, screen, f"{kinds[screen]}:{row.pk}" if row else "")

    return on


@pytest.fixture
def packed(shop):
    """Return a function that brings an order of TEA to a closed carton with a bought label."""

    def made(qty=1, code="TEA"):
        order = make.place_one(make.line(code, qty))
        floor.pick_all(floor.release(order))
        shipment = order.shipments.get()
        carton = floor.pack_all([shipment])[0]
        return SimpleNamespace(order=order, shipment=shipment, carton=carton)

    return made
