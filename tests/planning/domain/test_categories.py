"""The four kinds of goods: proposals from facts, and whose policy holds."""

import numpy as np
import pytest

from planning.domain.categories import (
    DEFAULTS,
    Facts,
    Policy,
    PolicyUnknown,
    check_policy,
    effective,
    propose,
    season_ratio,
)


def facts(**more):
    known = {"months": 12, "buyers": 200, "repeat_share": 0.3}
    return Facts(**{**known, **more})


def test_b51_goods_bought_again_every_30_to_90_days_are_consumables():
    assert propose(facts(gap_days=30, gap_spread=10)).kind == "consumable"
    assert propose(facts(gap_days=90, gap_spread=54)).kind == "consumable"
    assert propose(facts(gap_days=90.1, gap_spread=10)).kind is None
    assert propose(facts(gap_days=60, gap_spread=37)).kind is None, "no fixed pace"
    assert propose(facts(gap_days=60, gap_spread=12)).reasons == (
        ("gap_days", 60, 90.0),
        ("spread", 0.2, 0.6),
    )
    policy = DEFAULTS["consumable"]
    assert (policy.sourcing, policy.metric) == ("stock", "cycle_accuracy")


def test_b52_goods_whose_buyers_buy_related_goods_are_upgrades():
    assert propose(facts(cross_share=0.20)).kind == "upgrade"
    assert propose(facts(cross_share=0.199)).kind is None
    assert propose(facts(repeat_share=0.05, cross_share=0.34)).kind == "upgrade"
    policy = DEFAULTS["upgrade"]
    assert (policy.companions, policy.metric) == (True, "cross_sell_share")


def test_b53_below_ten_per_cent_repurchase_in_12_months_is_durable():
    assert propose(facts(repeat_share=0.099)).kind == "durable"
    assert propose(facts(repeat_share=0.10)).kind is None
    assert propose(facts(repeat_share=0.05, months=11)).reasons == (("months", 11, 12),)
    assert propose(facts(repeat_share=0.05, buyers=29)).reasons == (("buyers", 29, 30),)
    policy = DEFAULTS["durable"]
    assert (policy.sourcing, policy.metric) == ("make_to_order", "first_conversion")


def test_b54_a_strong_quarter_makes_goods_seasonal():
    monthly = np.array([5.0, 5, 5, 5, 5, 30, 30, 30, 5, 5, 5, 5])

    assert season_ratio(monthly) == 90 / (135 / 4)
    assert season_ratio(np.roll(monthly, 5)) == 90 / (135 / 4), "over the turn of the year too"
    assert season_ratio(np.full(11, 3.0)) == 1.0
    assert season_ratio(np.zeros(12)) == 1.0
    assert propose(facts(season_ratio=2.0, gap_days=60, gap_spread=5)).kind == "seasonal"
    policy = DEFAULTS["seasonal"]
    assert (policy.sourcing, policy.batches, policy.prepare_days) == ("staged", 3, 90)
    assert policy.external_data


def test_skus_inherit_the_policy_of_their_category():
    own = Policy("durable", "make_to_order", 0.8, "first_conversion")
    shared = DEFAULTS["seasonal"]

    assert effective(own, shared) == (own, "sku")
    assert effective(None, shared) == (shared, "category")
    assert effective(None, None) == (DEFAULTS["consumable"], "default")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "luxury"}, "kind"),
        ({"service_share": 1.0}, "service_share"),
        ({"service_share": 0.4}, "service_share"),
        ({"batches": 0}, "batches"),
        ({"prepare_days": 400}, "prepare_days"),
    ],
)
def test_a_policy_that_planning_cannot_act_on_is_refused(more, field):
    known = {
        "kind": "seasonal",
        "sourcing": "staged",
        "service_share": 0.95,
        "metric": "season_error",
    }

    with pytest.raises(PolicyUnknown) as refused:
        check_policy(Policy(**{**known, **more}))

    assert refused.value.data["field"] == field
    assert check_policy(DEFAULTS["seasonal"]) is DEFAULTS["seasonal"]
