"""Which policy counts: the kind's defaults, the category's, the SKU's, the warehouse's."""

from __future__ import annotations

import datetime as dt

import pytest
from model_bakery import baker

from planning.domain.policies import PolicyFor, default_for
from planning.models import BandOverride, CategoryPolicy, SkuPolicy
from planning.queries.policies import policies_for, policy_of_category
from tests.factories import inventory as stock

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 2, 4, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def a_sku(code: str, category: str):
    product = baker.make("inventory.Product", code=f"P-{code}", category=category)
    return stock.make_sku(code, product=product)


def decided(model, **fields):
    times = {"created_at": NOW} if model is not CategoryPolicy else {"changed_at": NOW}
    return baker.make(model, reason="tested", author_key="user:1", **times, **fields)


def test_b51_b52_b53_b54_skus_inherit_the_four_kinds_of_the_table(django_assert_num_queries):
    place = stock.make_warehouse("LA")
    kinds = ("consumable", "upgrade", "durable", "seasonal")
    pairs = [(a_sku(kind.upper(), f"about {kind}").pk, place.pk) for kind in kinds]
    for kind in kinds:
        decided(CategoryPolicy, category=f"about {kind}", kind=kind)

    with django_assert_num_queries(4):
        found = policies_for(pairs, TODAY)

    figures = [
        (row.kind, row.service_level, row.is_auto, row.batches, row.prepare_days, row.companions)
        for row in found.values()
    ]
    assert figures == [
        ("consumable", 0.97, True, 1, 0, False),
        ("upgrade", 0.95, True, 1, 0, True),
        ("durable", 0.85, False, 1, 0, False),
        ("seasonal", 0.95, True, 3, 90, False),
    ]
    assert {row.source for row in found.values()} == {"category"}
    assert {(row.red_days, row.yellow_days, row.buffer_share) for row in found.values()} == {
        (15, 30, 0.15)
    }


def test_the_nearest_decision_wins_field_by_field_and_says_whose_it_is():
    la, sz = stock.make_warehouse("LA"), stock.make_warehouse("SZ")
    tea, mug = a_sku("TEA", "Tea"), a_sku("MUG", "Mugs")
    decided(CategoryPolicy, category="", kind="consumable", review_days=14)
    decided(CategoryPolicy, category="Tea", kind="consumable", service_level=0.9, red_days=40)
    decided(SkuPolicy, sku=tea, warehouse=None, yellow_days=60, is_stopped=False)
    decided(SkuPolicy, sku=tea, warehouse=sz, kind="durable", is_stopped=True)

    found = policies_for([(tea.pk, la.pk), (tea.pk, sz.pk), (mug.pk, la.pk)], TODAY)

    assert found[tea.pk, la.pk] == PolicyFor(
        kind="consumable",
        service_level=0.9,
        review_days=14,
        red_days=40,
        yellow_days=60,
        source="sku",
    )
    # Another kind begins with its own defaults: numbers for consumables don't count for it.
    assert found[tea.pk, sz.pk] == PolicyFor(
        kind="durable", service_level=0.85, is_auto=False, is_stopped=True, source="warehouse"
    )
    assert (found[mug.pk, la.pk].review_days, found[mug.pk, la.pk].source) == (14, "category")
    assert policy_of_category("Tea").yellow_days == 40  # it gives way to a red limit of 40


def test_what_expired_or_was_withdrawn_no_longer_counts_and_nothing_decided_is_the_default():
    la = stock.make_warehouse("LA")
    tea, mug = a_sku("TEA", "Tea"), stock.make_sku("MUG")
    yesterday = TODAY - dt.timedelta(days=1)
    decided(SkuPolicy, sku=tea, warehouse=None, red_days=5, expires_on=yesterday)
    decided(SkuPolicy, sku=mug, warehouse=la, red_days=5, withdrawn_at=NOW)
    decided(SkuPolicy, sku=mug, warehouse=None, red_days=7, expires_on=TODAY)

    found = policies_for([(tea.pk, la.pk), (mug.pk, la.pk)], TODAY)

    assert found[tea.pk, la.pk] == default_for("consumable")
    assert (found[mug.pk, la.pk].red_days, found[mug.pk, la.pk].source) == (7, "sku")
    assert policies_for([], TODAY) == {}


def test_b64_a_color_set_by_hand_counts_until_its_last_day():
    la, sz = stock.make_warehouse("LA"), stock.make_warehouse("SZ")
    tea = a_sku("TEA", "Tea")
    decided(BandOverride, sku=tea, warehouse=la, band="red", expires_on=TODAY)
    decided(BandOverride, sku=tea, warehouse=sz, band="green", expires_on=TODAY, withdrawn_at=NOW)
    pairs = [(tea.pk, la.pk), (tea.pk, sz.pk)]

    today, tomorrow = (policies_for(pairs, TODAY + dt.timedelta(days=n)) for n in (0, 1))

    assert [row.forced_band for row in today.values()] == ["red", None]
    assert [row.forced_band for row in tomorrow.values()] == [None, None]
