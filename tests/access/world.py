"""One small company, made once for all rows of the matrix, and one client for each principal."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field

from django.test import Client

import tests.access as here
from core.models import User
from tests.access import objects
from tests.access.objects import Objects
from tests.factories import orders as order_factories
from tests.factories.core import bearer, make_key, make_user, sign_in

OWN_WAREHOUSE, FOREIGN_WAREHOUSE = "OWN-WH", "FAR-WH"
OWN_CHANNEL, FOREIGN_CHANNEL = "own-shop", "far-shop"
SCOPED = ("operator", "warehouse_manager", "order_desk", "buyer", "approver", "planner")
EVERYWHERE = ("auditor", "admin")
STRANGERS = ("anonymous", "customer")
PRINCIPALS = (*STRANGERS, *SCOPED, *EVERYWHERE, "key")


@dataclass
class World:
    """Users and clients by principal, and the objects by kind."""

    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    objects: dict[str, Objects] = field(default_factory=dict)
    own_warehouse: str = OWN_WAREHOUSE
    foreign_warehouse: str = FOREIGN_WAREHOUSE
    own_channel: str = OWN_CHANNEL
    foreign_channel: str = FOREIGN_CHANNEL


def build() -> World:
    """Return the company. Modules `tests/access/objects_*.py` bring their own kinds."""
    for found in pkgutil.iter_modules(here.__path__):
        if found.name.startswith("objects"):
            importlib.import_module(f"tests.access.{found.name}")
    world = World()
    for code in (OWN_WAREHOUSE, FOREIGN_WAREHOUSE):
        order_factories.warehouse(code)
    for code in (OWN_CHANNEL, FOREIGN_CHANNEL):
        order_factories.channel(code)
    for role in SCOPED:
        world.users[role] = make_user(
            role, warehouses=[OWN_WAREHOUSE], channels=[OWN_CHANNEL], password="unused words here"
        )
    for role in EVERYWHERE:
        world.users[role] = make_user(role, password="unused words here")
    for name in STRANGERS:
        world.clients[name] = Client()
    for name, user in world.users.items():
        world.clients[name] = sign_in(Client(), user)
    key = make_key(warehouse_codes=(OWN_WAREHOUSE,), channel_codes=(OWN_CHANNEL,))
    world.clients["key"] = Client(**bearer(key.token))
    for name, builder in objects.BUILDERS.items():
        world.objects[name] = builder(world)
    return world
