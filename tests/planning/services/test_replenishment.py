"""A review reads stock and demand, says how long goods last and proposes what to get, once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import settings_store
from core.actors import SYSTEM
from inventory.models import StockLevel
from planning.models import (
    CoverStatus,
    CrossPurchase,
    ForecastOverride,
    Proposal,
    RiskResponse,
    SkuPolicy,
)
from tests.factories import orders as shop
from tests.factories import reviews as make
from tests.factories.reviews import NOW, TODAY
from tests.factories.supplier_terms import make_goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return shop.warehouse()


@pytest.fixture
def ningbo():
    return make.supplier()


def cover(sku) -> CoverStatus:
    return CoverStatus.objects.get(sku=sku)


def test_b_09_red_goods_get_a_proposal_with_every_number(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place)
    make.forecast(make.run(), tea, place)

    run = make.review()

    row, found = cover(tea), Proposal.objects.get()
    assert (run.rows, run.figures["new"], run.figures["bands"]["red"]) == (1, 1, 1)
    assert (row.band, row.flat_band, row.lead_band, row.reason) == ("red",) * 3 + ("FLAT_COVER",)
    assert (row.daily_qty, row.cover_days, row.confidence) == (2.0, 5.0, 80.0)
    assert (row.on_hand_qty, row.sellable_qty, row.inbound_qty) == (10, 10, 0)
    assert row.runs_out_on == TODAY + dt.timedelta(days=5)
    # 2 a day for 35 days less 10 on hand: 60 units are lost at 25 each.
    assert row.at_risk_amount == Decimal(1500)
    # Mean 84 and variance 100 + 4 x 49 over 35 + 7 days: 119 at 97 %; 109 are missing.
    assert (found.terms["mean"], found.terms["level"], found.terms["need"]) == (84, 119, 109)
    assert (found.computed_qty, found.terms["pack"], found.reason) == (120, 12, "PACKS")
    assert (found.source_kind, found.supplier, found.state) == ("purchase", ningbo, "open")
    assert (found.unit_cost_amount, found.total_base_amount) == (Decimal(10), Decimal(1200))
    # A unit by air costs 2.60 more and 0.09 of holding; it saves 15 if it would be lost.
    assert (found.mode, found.fast_qty) == ("split", 60)
    assert [one["mode"] for one in found.terms["options"] if one["is_chosen"]] == ["split"]
    assert {one["mode"] for one in found.terms["options"]} == {"", "sea", "air", "split"}
    assert found.terms["is_air_flagged"] is True
    assert found.order_by_on == row.order_by_on


def test_x25_a_second_review_proposes_nothing_new_and_changes_nothing(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=8, place=place)
    make.forecast(make.run(), tea, place)
    first = make.review()
    before = Proposal.objects.get()

    second = make.review(NOW + dt.timedelta(minutes=5))
    shop.put(tea, place, 1)
    third = make.review(NOW + dt.timedelta(minutes=9))

    after = Proposal.objects.get()
    assert (second, third == first) == (first, False)
    counts = ("new", "changed", "unchanged", "lapsed")
    assert [third.figures[name] for name in counts] == [0, 0, 1, 0]  # 111, then 110 missing
    assert (after.pk, after.version, after.computed_qty) == (before.pk, 1, before.computed_qty)
    assert (after.review, CoverStatus.objects.get().review) == (third, third)


def test_what_is_no_longer_needed_lapses_and_comes_back_as_a_new_proposal(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place)
    make.forecast(make.run(), tea, place)
    make.review()
    shop.put(tea, place, 500)

    lapsing = make.review(NOW + dt.timedelta(days=1))

    gone = Proposal.objects.get()
    assert (gone.state, gone.decision_reason, gone.version) == ("lapsed", "NO_LONGER_NEEDED", 2)
    assert (lapsing.figures["lapsed"], cover(tea).decision) == (1, "GREEN")
    assert cover(tea).overstock == "stop"  # 510 units are 255 days


def test_e11_a_green_sku_orders_when_its_order_by_date_comes_before_the_next_review(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=64, place=place)
    make.forecast(make.run(), tea, place)

    make.review()

    row = cover(tea)
    # 32 days of cover are flat green; a regular order takes 35 + 7 days (E5).
    assert (row.flat_band, row.lead_band, row.band) == ("green", "yellow", "yellow")
    assert row.reason == "REGULAR_LEAD"
    assert row.order_by_on == TODAY - dt.timedelta(days=21)  # 32 - 35 - (119 - 84)/2 = -20.5
    assert Proposal.objects.get().computed_qty == 60  # 119 - 64 = 55


def test_b_11_green_rests(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=130, place=place)
    make.forecast(make.run(), tea, place)

    make.review()

    assert (cover(tea).band, cover(tea).decision) == ("green", "GREEN")
    assert cover(tea).overstock == "promote"
    assert not Proposal.objects.exists()


def test_b_64_a_persons_forecast_counts_in_the_review(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=130, place=place)
    make.forecast(make.run(), tea, place)
    ForecastOverride.objects.create(
        sku=tea,
        warehouse=place,
        week_qty=70,
        from_on=TODAY,
        until_on=TODAY + dt.timedelta(weeks=12),
        reason="A fair.",
        author_key="user:1",
        created_at=NOW,
        expires_on=TODAY + dt.timedelta(weeks=12),
    )

    make.review()

    assert (cover(tea).daily_qty, cover(tea).cover_days) == (10.0, 13.0)
    assert cover(tea).band == "red"


def test_p4_without_a_forecast_the_last_sales_make_least_and_most(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=100, place=place)
    make.goods(ningbo, "NEW", on_hand=3, place=place)
    make.sell(tea, place, 56)  # 2 a day in 28 days

    run = make.review()

    assert (run.forecast_run, run.figures["without_forecast"]) == (None, 2)
    row = cover(tea)
    assert (row.daily_qty, row.cover_days, row.confidence) == (2.0, 22.0, None)
    assert (row.terms["min_qty"], row.terms["max_qty"]) == (70, 84)  # 2 x 35, 2 x 42
    found = Proposal.objects.get()
    assert (found.sku, found.computed_qty) == (tea, 48)  # 84 - 44 = 40 in packs of 12
    assert (found.terms["need"], found.terms["is_forecast"]) == (40, False)
    assert CoverStatus.objects.get(sku__code="NEW").decision == "NO_DEMAND"


def test_p4_a_persons_limits_count_where_nothing_was_ever_sold(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=3, place=place)
    SkuPolicy.objects.create(
        sku=tea, min_qty=5, max_qty=20, reason="new", author_key="user:1", created_at=NOW
    )

    make.review()

    assert (cover(tea).band, cover(tea).reason) == ("yellow", "MIN_MAX")
    assert Proposal.objects.get().computed_qty == 24  # 20 - 3 = 17 in packs of 12


def test_b_13_b_14_a_red_sku_brings_what_is_bought_after_it(place, ningbo):
    saver = make.goods(ningbo, "SAVER", on_hand=10, place=place)
    solar = make.goods(ningbo, "SOLAR", on_hand=130, place=place)
    run = make.run()
    # The plan is 2 a day, the last 8 weeks sold 1 a day.
    make.forecast(run, saver, place, terms={"mean_of_8_weeks": 7.0})
    make.forecast(run, solar, place)
    make.follows(saver, solar, 0.34)

    make.review()

    lead, partner = Proposal.objects.order_by("pk")
    assert (lead.sku, partner.sku, partner.partner_of) == (saver, solar, lead)
    # 84 planned in 42 days less 42 at the past pace, times .34: 14.28, so 15 more.
    assert partner.terms["extra_rows"] == [
        {
            "why": "PARTNER",
            "sku_id": saver.pk,
            "name": "SAVER",
            "qty": 15,
            "planned": 84.0,
            "past": 42.0,
            "chance": 0.34,
        }
    ]
    assert (partner.terms["level"], partner.terms["need"]) == (119, 4)  # 119 + 15 - 130
    assert partner.computed_qty == 12
    again = make.review(NOW + dt.timedelta(days=1))
    assert (again.figures["new"], again.figures["changed"]) == (0, 0)


def test_b_14_units_of_several_leads_add_up_before_they_are_rounded(place, ningbo):
    run = make.run()
    solar = make.goods(ningbo, "SOLAR", on_hand=130, place=place)
    make.forecast(run, solar, place)
    leads = [
        make.goods(ningbo, code, on_hand=10, place=place) for code in ("CASE", "LAMP", "SAVER")
    ]
    for lead, past in zip(leads, (83, 83, 42), strict=True):
        make.forecast(run, lead, place, terms={"mean_of_8_weeks": past / 6})
    make.follows(leads[2], solar, 0.34)
    for lead in leads[:2]:
        link = CrossPurchase.objects.get(first_sku=leads[2])
        link.pk, link.first_sku = None, lead
        link.save()

    make.review()

    terms = Proposal.objects.get(sku=solar).terms
    # .34 + .34 + 14.28 units are 15, not 1 + 1 + 15.
    assert [(row["name"], row["qty"]) for row in terms["extra_rows"]] == [
        ("SAVER", 14),
        ("CASE", 1),
    ]
    assert (terms["extra"], terms["need"]) == (15, 4)
    assert Proposal.objects.get(sku=solar).partner_of.sku == leads[2]


def test_units_come_from_where_there_are_too_many(place, ningbo):
    dallas = shop.warehouse("DAL")
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place)
    shop.put(tea, dallas, 300)
    run = make.run()
    make.forecast(run, tea, place)
    make.forecast(run, tea, dallas)

    make.review()

    found = Proposal.objects.get()
    assert (found.source_kind, found.from_warehouse, found.warehouse) == ("transfer", dallas, place)
    # 109 are needed; Dallas keeps its own 119 and could give 181.
    assert (found.computed_qty, found.mode, found.supplier) == (109, "none", None)
    assert found.total_base_amount == Decimal("67.25")  # 40 + 109 x 0.5 kg x 0.50
    kinds = {one["kind"]: one["is_chosen"] for one in found.terms["options"]}
    assert kinds == {"transfer": True, "purchase": False, "wait": False}


def test_without_a_supplier_a_person_has_to_find_one(place):
    tea = make.goods(None, "TEA", on_hand=10, place=place)
    make.forecast(make.run(), tea, place)

    make.review()

    found = Proposal.objects.get()
    assert (found.source_kind, found.reason, cover(tea).recommended_qty) == (
        "wait",
        "NO_SUPPLIER",
        0,
    )


def test_b_20_a_price_break_is_bought_up_to_when_that_is_cheaper(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place, breaks={1: "10", 144: "9"})
    make.forecast(make.run(), tea, place)

    make.review()

    found = Proposal.objects.get()
    assert (found.computed_qty, found.reason, found.unit_cost_amount) == (
        144,
        "PRICE_BREAK",
        Decimal(9),
    )
    assert (found.terms["need"], found.terms["tier_qty"]) == (109, 144)


def test_the_budget_goes_to_what_saves_most_and_counts_drafts(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place)
    mug = make.goods(ningbo, "MUG", on_hand=100, place=place)
    run = make.run()
    make.forecast(run, tea, place)
    make.forecast(run, mug, place)
    settings_store.put("suppliers.monthly_budget", "1320", actor=SYSTEM, at=NOW)

    make.review()

    # Tea needs 120 units (1 200), mugs 24 (240): 120 are left for 12 mugs.
    found = dict(Proposal.objects.values_list("sku__code", "computed_qty"))
    assert found == {"TEA": 120, "MUG": 12}
    assert Proposal.objects.get(sku=mug).reason == "BUDGET"


def test_risk_pauses_all_but_red_and_backup_suppliers_take_over(place, ningbo):
    backup = make.supplier("FUZHOU", sea=20, air=6)
    tea = make.goods(ningbo, "TEA", on_hand=10, place=place)
    make_goods(backup, tea, {1: "11"})
    make.forecast(make.run(), tea, place)
    RiskResponse.objects.create(
        level=1,
        subject_kind="supplier",
        subject_key=f"supplier:{ningbo.pk}",
        supplier=ningbo,
        reason="The port is closed.",
        declared_at=NOW,
        declared_by="user:1",
    )

    make.review()

    assert Proposal.objects.get().supplier == backup
    assert Proposal.objects.get().terms["is_backup"] is True


def test_b_39_a_destinations_safety_stock_is_15_percent_and_sells_to_nobody(place, ningbo):
    tea = make.goods(ningbo, "TEA", on_hand=130, place=place)
    make.forecast(make.run(), tea, place)

    make.review()
    assert cover(tea).buffer_qty == 13  # 15 % of 84, rounded up
    StockLevel.objects.update(buffer=13)
    make.review(NOW + dt.timedelta(hours=1))

    assert (cover(tea).sellable_qty, cover(tea).cover_days) == (117, 58.5)
    assert cover(tea).position_days == 65.0  # the safety stock still serves demand


def test_a_review_reads_the_same_number_of_times_whatever_the_rows(
    place, ningbo, django_assert_max_num_queries
):
    run = make.run()
    for number in range(8):
        sku = make.goods(ningbo, f"SKU-{number}", on_hand=10 * number + 1, place=place)
        make.forecast(run, sku, place)

    with django_assert_max_num_queries(80):
        make.review()

    assert CoverStatus.objects.count() == 8
    assert Proposal.objects.count() == 8
