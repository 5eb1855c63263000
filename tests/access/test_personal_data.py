"""rel_g_02 and rel_a_03: personal data is declared, and shown or masked by role.

What every URL answers to whom is looked through in `test_canaries.py`.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings

from core import erasing, pii
from core.permissions import ANONYMOUS
from tests.factories.core import principal

NAME, EMAIL = "Canaryna Feather", "canary@feather.example"


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


def test_rel_g_02_a_declared_personal_field_has_a_rule_of_erasure():
    """Beside its declaration: `erasing.wipe`, `remove`, `sweep`, or `keep` with a reason."""
    assert not erasing.uncovered()


def test_every_rule_of_erasure_names_columns_that_exist():
    for rule in erasing.rules():
        model = apps.get_model(rule.model)
        columns = {one.name for one in model._meta.concrete_fields}
        owned = {one.removesuffix("_id") for one in rule.of} - {"pk"}

        assert set(rule.fields) | owned <= columns, rule
        assert rule.why or rule.act != "keep", rule


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
