"""rel_g_02 and rel_a_03: personal data and costs are declared, masked, and never leak by role."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from core import pii
from core.permissions import ANONYMOUS
from tests.access import matrix, world
from tests.access.resolver import all_urls
from tests.factories.core import principal
from tests.factories.inventory import make_bin, make_sku, put_stock

#: Canary texts of one order: nothing else in the database looks like them.
NAME, CITY = "Canaryna Feather", "Canaryville"
STREET, PHONE, EMAIL = "7 Canary Perch Lane", "+1 555 0142 777", "canary@feather.example"
MODELS = (
    "customers.Customer",
    "customers.CustomerAddress",
    "orders.Order",
    "inventory.Warehouse",
)
COST = Decimal("73.918273")
COST_TEXTS = ("73.918273", "73.92", "73,92", "73.9183")


def own_fields():
    for model in apps.get_models():
        if model._meta.app_label in settings.OUR_APPS:
            for field in model._meta.get_fields():
                if getattr(field, "column", None) and not field.is_relation:
                    yield model._meta.label, field.name


def test_rel_g_02_a_field_named_like_personal_data_is_declared():
    missing = [
        f"{label}.{name}"
        for label, name in own_fields()
        if pii.looks_personal(name) and not pii.is_declared(label, name)
    ]

    assert not missing, "declare with core.pii: " + ", ".join(missing)


def test_every_declaration_names_a_field():
    known = {(label.lower(), name) for label, name in own_fields()}

    stale = [e for e in pii.declarations() if (e.model.lower(), e.field) not in known]

    assert not stale


@pytest.mark.parametrize(
    ("name", "is_personal"),
    [
        ("ship_name", True),
        ("email", True),
        ("ship_line1", True),
        ("user_agent", True),
        ("gift_message", True),
        ("qty", False),
        ("filename_hash", False),
        ("opinion", False),
    ],
)
def test_names_that_suggest_personal_data(name, is_personal):
    assert pii.looks_personal(name) is is_personal


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "name", "mail"),
    [
        ("order_desk", NAME, EMAIL),
        ("admin", NAME, EMAIL),
        ("warehouse_manager", NAME, "•••"),
        ("auditor", "C•••", "•••"),
        ("planner", "C•••", "•••"),
    ],
)
def test_rel_a_03_a_value_is_shown_or_masked_by_role(role, name, mail):
    asker = principal(role)

    assert (pii.show(asker, NAME, "name"), pii.show(asker, EMAIL, "contact")) == (name, mail)
    assert pii.show(asker, "", "name") == ""
    assert pii.show(asker, "hash", "secret") == "•••"
    assert pii.show(ANONYMOUS, NAME, "name") == "C•••"


@pytest.fixture
def company(db):
    """The world of the matrix, with canaries in the customer, the order and the stock."""
    with override_settings(API_RATE=None):
        made = world.build()
        kept = {name: apps.get_model(name) for name in MODELS}
        kept["customers.Customer"].objects.update(name=NAME, email=EMAIL, phone=PHONE)
        kept["customers.CustomerAddress"].objects.update(
            name=NAME, city=CITY, line1=STREET, phone=PHONE
        )
        kept["orders.Order"].objects.update(
            ship_name=NAME, ship_city=CITY, ship_line1=STREET, ship_phone=PHONE, email=EMAIL
        )
        sku = make_sku("CANARY-SKU", default_cost=COST, currency="EUR")
        here = kept["inventory.Warehouse"].objects.get(code=made.own_warehouse)
        place = make_bin(here, "CANARY-BIN")
        put_stock(sku, 5, at_bin=place, unit_cost=COST)
        yield made


def texts_of(company, role: str):
    """Yield the answer of every page and API list this role may read."""
    rows = matrix.rows()
    for url in all_urls():
        row = matrix.row_for(url.name, rows)
        if row is None or row.loose or role not in row.allowed.get("get", ()):
            continue
        path = reverse(url.name, kwargs=company.objects[row.object].own_of(role))
        response = company.clients[role].get(path)
        if response.get("Content-Type", "").startswith(("text/", "application/json")):
            yield url.name, b"".join(response).decode(errors="replace")


@pytest.mark.parametrize("role", ["operator", "warehouse_manager", "order_desk"])
def test_rel_a_03_costs_reach_nobody_without_the_right(company, role):
    leaks = [
        name for name, text in texts_of(company, role) if any(cost in text for cost in COST_TEXTS)
    ]

    assert not leaks


@pytest.mark.parametrize("role", ["buyer", "approver", "planner", "auditor"])
def test_rel_a_03_customers_reach_nobody_without_the_right(company, role):
    canaries = (NAME, STREET, PHONE, EMAIL)

    leaks = [
        f"{name}: {canary}"
        for name, text in texts_of(company, role)
        for canary in canaries
        if canary in text
    ]

    assert not leaks


def test_rel_a_03_the_canaries_sing_where_they_may(company):
    """The control: the order desk sees the name somewhere, so the checks above see something."""
    pages = "".join(text for _name, text in texts_of(company, "order_desk"))

    assert NAME in pages
