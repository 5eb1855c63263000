"""Events, locks, likeness and repeats change a run as terms with a name; the board follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.errors import StateConflict
from core.models import AuditEntry
from inventory.models import Product
from orders.models import Order, OrderLine
from planning.models import (
    DemandEvent,
    DemandHistory,
    ExpectedRepurchase,
    ForecastOutcome,
    ForecastRun,
    MethodLock,
    ProductRepurchase,
    RepurchaseRun,
    SeriesOutlook,
)
from planning.queries import forecasts as reads
from planning.queries import history as panels
from planning.services import (
    forecast_care,
    forecast_cycle,
    forecast_outcomes,
    forecast_outlook,
    forecasting,
    history,
    overrides,
)
from planning.services.forecast_care import Place
from tests.factories import demand
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
#: A Thursday; the last complete week ends on Sunday the 28th.
NOW = dt.datetime(2026, 7, 2, 4, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 29)


def sell(sku, place, weekly):
    demand.sell(sku, place, weekly, MONDAY)


@pytest.fixture
def world():
    place, tea = shop.warehouse(), shop.sku("TEA")
    own, market = shop.channel("shop"), shop.channel("market")
    sell(tea, place, {own: [10] * 40, market: [4] * 40})
    return place, tea, own, market


def event(**more):
    fields = {
        "kind": "event",
        "name": "Fair",
        "from_on": MONDAY + dt.timedelta(days=7),
        "until_on": MONDAY + dt.timedelta(days=13),
        "factor": Decimal(3),
        "author_key": "test",
        "created_at": NOW,
    }
    return DemandEvent.objects.create(**fields | more)


def total(run, sku):
    return run.rows.get(sku=sku, channel=None)


def test_an_event_ahead_multiplies_the_weeks_it_covers_and_stands_as_a_term(world):
    _place, tea, own, _market = world
    plain = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=4)
    fair = event()
    event(name="Shop only", channel=own, from_on=MONDAY, until_on=MONDAY + dt.timedelta(days=6))
    event(name="No factor", factor=None)
    event(name="Said later", created_at=NOW + dt.timedelta(days=1))

    run = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=4)

    assert run.pk != plain.pk
    assert forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=4).pk == run.pk
    row = total(run, tea)
    assert row.weekly == pytest.approx([34, 42, 14, 14])
    assert row.mean_qty == pytest.approx(104)
    assert row.typical_week == pytest.approx(14)
    assert row.variance == pytest.approx(total(plain, tea).variance * (104 / 56) ** 2)
    assert row.low_qty <= 104 <= row.high_qty
    parts = run.rows.filter(sku=tea).exclude(channel=None).order_by("channel__code")
    assert [part.weekly for part in parts] == [
        pytest.approx([4, 12, 4, 4]),
        pytest.approx([30, 30, 10, 10]),
    ]
    shop_only, everywhere = row.terms["events"]
    assert (everywhere["id"], everywhere["added"]) == (fair.pk, pytest.approx(28))
    assert (shop_only["name"], shop_only["factor"], shop_only["added"]) == (
        "Shop only",
        3.0,
        pytest.approx(20),
    )
    assert row.terms["from_history"] == pytest.approx(56)
    assert total(plain, tea).weekly == pytest.approx([14] * 4)


def test_repeats_of_the_customers_models_replace_those_of_history_once(world):
    _place, tea, _own, _market = world
    made = RepurchaseRun.objects.create(
        cut_on=MONDAY - dt.timedelta(days=1),
        computed_at=NOW - dt.timedelta(hours=2),
        inputs_hash="x",
        horizon_days=60,
        model="BG/NBD",
        **dict.fromkeys(("r", "alpha", "a", "b"), 1.0),
        log_likelihood=-1.0,
        slope=1.0,
        customers=3,
        is_individual=True,
        method="pooled",
        kappa=1.0,
    )
    ProductRepurchase.objects.create(
        run=made, sku=tea, **_product_numbers(ProductRepurchase), repeat_share=0.5
    )
    for week, units in ((0, 9.0), (1, 90.0)):
        ExpectedRepurchase.objects.create(
            run=made, sku=tea, week_on=MONDAY + dt.timedelta(weeks=week), expected_qty=units
        )

    run = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=3)

    row = total(run, tea)  # 7 of 14 are repeats; 9 stand in their place, then at most 9.8
    assert row.weekly == pytest.approx([16, 16.8, 14])
    assert row.terms["repurchase"] == {
        "weeks": 2,
        "implied": pytest.approx(14),
        "expected": pytest.approx(99),
        "counted": pytest.approx(18.8),
        "added": pytest.approx(4.8),
        "is_capped": True,
    }
    assert sum(
        part.mean_qty for part in run.rows.filter(sku=tea).exclude(channel=None)
    ) == pytest.approx(46.8)


def _product_numbers(model):
    """Return plain values for the columns that say nothing here."""
    found = {}
    for column in model._meta.concrete_fields:
        if column.name in {"id", "run", "sku", "repeat_share"} or column.null:
            continue
        kind = column.get_internal_type()
        found[column.name] = (
            MONDAY if kind == "DateField" else False if kind == "BooleanField" else 1
        )
    return found


def test_fct05_a_new_product_sells_like_another_and_soon_like_itself(world):
    place, _tea, own, market = world
    fresh, young = shop.sku("FRESH"), shop.sku("YOUNG")
    sell(young, place, {own: [20]})
    forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=2)
    tea = world[1]
    asked = {"actor": SYSTEM, "now": NOW}
    kept = forecast_care.liken(
        Place(fresh.pk, place.pk, "Same leaf"), tea.pk, Decimal("0.5"), **asked
    )
    forecast_care.liken(Place(young.pk, place.pk, "Same cup"), tea.pk, Decimal(1), **asked)

    run = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=2)

    row = total(run, fresh)
    assert row.weekly == pytest.approx([7, 7])
    assert (row.kind, row.typical_week) == ("new", pytest.approx(7))
    assert row.variance == pytest.approx((0.735 * 1.2533 * 14) ** 2 + 14)
    assert row.confidence == pytest.approx(26.5)
    assert row.terms["analogue"] == {
        "like": "TEA",
        "multiplier": 0.5,
        "is_entered": True,
        "weeks": 0,
        "own_week": 0,
        "like_week": 7,
        "week": 7,
        "added": 14,
    }
    parts = run.rows.filter(sku=fresh).exclude(channel=None)
    assert {part.channel_id: part.mean_qty for part in parts} == {
        own.pk: pytest.approx(10),
        market.pk: pytest.approx(4),
    }
    said = total(run, young).terms["analogue"]
    assert (said["weeks"], said["like_week"]) == (1, 14)
    assert said["week"] == pytest.approx((said["own_week"] * 14) ** 0.5, rel=1e-4)
    assert sum(total(run, young).weekly) / 2 == pytest.approx(said["week"], rel=1e-4)

    forecast_care.withdraw_likeness(kept.pk, **asked)
    with pytest.raises(StateConflict):
        forecast_care.withdraw_likeness(kept.pk, **asked)
    later = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=2)
    assert not later.rows.filter(sku=fresh).exists()


def test_a_young_product_leans_on_the_middle_of_its_category_by_itself(world):
    place, _tea, own, _market = world
    young = shop.sku("YOUNG")
    sell(young, place, {own: [20]})
    kinds = [shop.sku(f"MUG{number}") for number in range(3)]
    for sku, weekly in zip(kinds, (2, 6, 30), strict=True):
        sell(sku, place, {own: [weekly] * 40})
    for sku in (*kinds, young):
        product = Product.objects.create(code=sku.code, name="Mug", category="mugs")
        type(sku).objects.filter(pk=sku.pk).update(product=product)

    run = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=2)

    said = total(run, young).terms["analogue"]
    assert (said["is_entered"], said["like"], said["like_week"]) == (False, "", 6)
    assert said["week"] == pytest.approx((said["own_week"] * 6) ** 0.5, rel=1e-4)
    assert "analogue" not in total(run, kinds[0]).terms


def test_a_locked_method_counts_in_the_next_run_until_it_is_unlocked(world):
    place, _tea, own, _market = world
    cup = shop.sku("CUP")
    sell(cup, place, {own: [10] * 32 + [21] * 8})
    asked = {"actor": SYSTEM, "now": NOW}

    lock = forecast_care.lock_method(Place(cup.pk, place.pk, "New box size"), "MA8", **asked)
    run = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=2)

    row = total(run, cup)
    assert row.weekly == pytest.approx([21, 21])
    assert row.typical_week == pytest.approx(21)
    assert (row.terms["lock"]["method"], row.terms["lock"]["reason"]) == ("MA8", "New box size")
    again = forecast_care.lock_method(Place(cup.pk, place.pk, "Better"), "TSB", **asked)
    assert MethodLock.objects.open().get().pk == again.pk
    with pytest.raises(StateConflict):
        forecast_care.unlock_method(lock.pk, **asked)
    forecast_care.unlock_method(again.pk, **asked)
    assert "lock" not in total(forecasting.run_forecast(as_of=NOW, now=NOW), cup).terms
    with pytest.raises(forecast_care.ForecastChangeRefused, match="methods listed"):
        forecast_care.lock_method(Place(cup.pk, place.pk, "x"), "magic", **asked)
    with pytest.raises(forecast_care.ForecastChangeRefused, match="write a reason"):
        forecast_care.lock_method(Place(cup.pk, place.pk, " "), "TSB", **asked)
    said = AuditEntry.objects.filter(target_kind="method_lock").order_by("pk")
    assert [entry.action for entry in said] == [
        "planning.method_locked",
        "planning.method_locked",
        "planning.method_unlocked",
    ]


def test_b63_outcomes_are_kept_once_at_the_lead_time_and_replays_do_not_count(world):
    place, tea, own, _market = world
    shop.sku("OTHER")
    then = NOW - dt.timedelta(weeks=9)
    first = forecasting.run_forecast(as_of=then, now=then)
    forecasting.run_forecast(as_of=NOW - dt.timedelta(weeks=7), now=NOW)  # a replay
    assert reads.lead_weeks([tea.pk]) == {tea.pk: 5}  # 30 days, as set

    written = forecast_outcomes.record(now=NOW)
    DemandHistory.objects.filter(on=MONDAY - dt.timedelta(weeks=1, days=-2), channel=own).update(
        qty=31
    )

    assert written == 4
    assert forecast_outcomes.record(now=NOW) == 0
    rows = ForecastOutcome.objects.order_by("week_on")
    assert [(row.week_on, row.lag_weeks, row.run_id) for row in rows] == [
        (MONDAY - dt.timedelta(weeks=back), 9 - back, first.pk) for back in (4, 3, 2, 1)
    ]
    assert [row.forecast_qty for row in rows] == pytest.approx([14] * 4)
    assert [row.actual_qty for row in rows] == [14] * 4
    found = reads.scores(reads.outcomes([tea.pk]))
    assert found[tea.pk, place.pk].error_ratio == pytest.approx(0, abs=1e-6)
    assert found[tea.pk, place.pk].weeks == 4


def test_the_board_holds_what_counts_and_follows_a_person(world):
    place, tea, own, _market = world
    shop.put(tea, place, 30)
    young = shop.sku("YOUNG")
    sell(young, place, {own: [3, 3, 3]})

    counts = forecast_cycle.run(now=NOW)

    assert counts == {"series": 3, "outcomes": 0, "lines": 2}
    line = SeriesOutlook.objects.get(sku=tea)
    assert line.sold == [14] * 26
    assert line.weekly == pytest.approx([14] * 12)
    assert (line.method, line.history_weeks, line.lag_weeks) == ("pooled", 40, 5)
    assert (line.sellable_qty, line.error_ratio, line.is_overridden) == (30, None, False)
    # 30 units at 2 a day from Thursday on: gone after 15 days.
    assert line.runs_out_on == NOW.date() + dt.timedelta(days=15)
    assert SeriesOutlook.objects.get(sku=young).method == "simple"

    kept = overrides.enter(
        overrides.OverrideEntry(
            sku_id=tea.pk,
            warehouse_id=place.pk,
            week_qty=70,
            from_on=MONDAY,
            until_on=MONDAY + dt.timedelta(days=6),
            reason="Fair",
            expires_on=MONDAY + dt.timedelta(days=20),
        ),
        actor=SYSTEM,
        now=NOW,
    )
    line.refresh_from_db()
    assert (line.weekly[0], line.total_qty, line.is_overridden) == (70, pytest.approx(224), True)
    assert line.runs_out_on == NOW.date() + dt.timedelta(days=3)
    overrides.withdraw(kept.pk, actor=SYSTEM, now=NOW)
    line.refresh_from_db()
    assert (line.total_qty, line.is_overridden) == (pytest.approx(168), False)

    forecast_outlook.refresh(now=NOW)
    assert SeriesOutlook.objects.count() == 2
    assert ForecastRun.objects.count() == 1


def _order(number, day, channel, sku):
    """Write a completed past order of two units."""
    placed = dt.datetime.combine(day, dt.time(9), dt.UTC)
    fields = dict.fromkeys(("placed_at", "created_at", "updated_at", "confirmed_at"), placed)
    order = Order.objects.create(
        number=number,
        external_id=number,
        channel=channel,
        status="completed",
        stage="delivered",
        is_history=True,
        currency="USD",
        ship_country="US",
        **fields,
    )
    OrderLine.objects.create(
        order=order, position=1, sku=sku, sku_code=sku.code, qty=2, unit_price=1
    )


def test_days_left_out_count_what_is_usual_from_the_next_run_on():
    place, tea, own = shop.warehouse(), shop.sku("TEA"), shop.channel("shop")
    odd = MONDAY - dt.timedelta(days=5)
    for back in range(1, 15 * 7):
        day = MONDAY - dt.timedelta(days=back)
        for number in range(50 if day == odd else 1):
            _order(f"{back}-{number}", day, own, tea)
    history.rebuild(now=NOW)
    asked = {"actor": SYSTEM, "now": NOW}
    last_week = MONDAY - dt.timedelta(weeks=1)
    before = reads.sold_by_week([tea.pk], last_week, 1)[tea.pk, place.pk]

    mark = forecast_care.leave_out(Place(tea.pk, place.pk, "One reseller"), odd, odd, **asked)

    assert before == [112]
    assert panels.panel(as_of=NOW).panel.qty[0, -1] == pytest.approx(14)
    assert DemandHistory.objects.get(on=odd).qty == 100
    run = forecasting.run_forecast(as_of=NOW, now=NOW)
    assert total(run, tea).weekly == pytest.approx([14] * 12, rel=0.02)

    forecast_care.count_again(mark.pk, **asked)
    assert panels.panel(as_of=NOW).panel.qty[0, -1] == 112
    with pytest.raises(StateConflict):
        forecast_care.count_again(mark.pk, **asked)
    late = NOW.date() + dt.timedelta(days=3)
    with pytest.raises(forecast_care.ForecastChangeRefused, match="in the past"):
        forecast_care.leave_out(Place(tea.pk, place.pk, "x"), late, late, **asked)
