"""Rules of remaining life in the office: added, changed, tried, removed (X13)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from orders.models import LifeRule
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    return people.sign_in(client, people.make_user("admin"))


def add(admin, days, **scope):
    return admin.post(reverse("life-rule-new"), {"min_days": str(days), **scope})


def days_for(admin, **scope) -> int:
    answer = admin.get(reverse("life-rule-test"), {"sku": "TEA", "channel": "SHOP", **scope})
    return answer.context["answer"].min_days


def test_x13_the_most_specific_rule_is_the_one_the_page_names(admin):
    make.channel(code="SHOP", min_life_days=30)
    make.sku("TEA")
    customer = make_customer()
    without = days_for(admin)
    for days, scope in (
        (60, {"country": "no"}),
        (90, {"channel": "SHOP"}),
        (120, {"sku": "TEA"}),
        (150, {"customer": customer.number}),
    ):
        assert add(admin, days, **scope).status_code in {302, 303}

    seen = [
        days_for(admin, country="NO", customer=customer.number),
        days_for(admin, country="NO"),
    ]
    page = admin.get(
        reverse("life-rule-test"),
        {"sku": "TEA", "channel": "SHOP", "country": "NO", "customer": customer.number},
    )

    assert (without, seen) == (30, [150, 120])
    assert page.context["answer"].rule.customer == customer
    assert customer.number in page.content.decode()


def test_x13_the_same_scope_again_changes_the_rule(admin):
    add(admin, 60, country="NO")
    add(admin, 75, country="NO", note="Customs takes long")

    rule = LifeRule.objects.get()
    assert (rule.min_days, rule.note) == (75, "Customs takes long")
    assert AuditEntry.objects.filter(action="orders.life_rule_saved").count() == 2
    assert "Customs takes long" in admin.get(reverse("life-rules")).content.decode()


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ({}, "Name a customer, a SKU, a channel or a country."),
        ({"sku": "NOPE"}, "Nothing is called NOPE. Check its code."),
        ({"customer": "C-0"}, "Nothing is called C-0. Check its code."),
        ({"country": "NORWAY"}, "NORWAY"),
    ],
)
def test_x13_a_rule_for_nothing_is_refused_in_words(admin, scope, text):
    answer = add(admin, 60, **scope)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not LifeRule.objects.exists()


def test_x13_a_removed_rule_gives_way_to_the_next(admin):
    make.channel(code="SHOP", min_life_days=30)
    make.sku("TEA")
    add(admin, 60, sku="TEA")
    rule = LifeRule.objects.get()

    asked = admin.get(reverse("life-rule-remove", args=[rule.pk])).content.decode()
    admin.post(reverse("life-rule-remove", args=[rule.pk]))

    assert "60 days for TEA." in asked
    assert days_for(admin) == 30
    assert AuditEntry.objects.filter(action="orders.life_rule_removed").count() == 1


def test_x13_a_test_of_an_unknown_sku_says_so(admin):
    make.channel(code="SHOP")

    answer = admin.get(reverse("life-rule-test"), {"sku": "NOPE", "channel": "SHOP"})

    assert answer.status_code == 422
    assert "Nothing is called NOPE. Check its code." in answer.content.decode()
