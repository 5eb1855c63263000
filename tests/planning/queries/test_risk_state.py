from __future__ import annotations

import datetime as dt

import pytest

from planning.models import DemandDeviation, RiskFlag, RiskMode, RiskResponse
from planning.queries.risk_state import RiskState, state
from tests.factories import orders as stock
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def deviation(sku_id: int, place_id: int, **more: object) -> DemandDeviation:
    fields = {
        "week_on": dt.date(2026, 3, 2),
        "actual_qty": 60,
        "forecast_qty": 40,
        "low_qty": 30,
        "high_qty": 50,
        "share": 0.5,
        "verdict": "fires",
        "found_at": NOW,
        **more,
    }
    return DemandDeviation.objects.create(sku_id=sku_id, warehouse_id=place_id, **fields)


def test_state_is_calm_while_nothing_is_stored(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]  # a fixture without a type
        found = state(NOW)
    assert found == RiskState()
    assert found.caution(0.95, 0.1).service_share == 0.95
    assert found.safety_factor(1, 1) == 1.0
    assert found.delay_days(supplier_id=1, country="CN", mode="sea", warehouse_id=1) == 0


def test_state_tells_the_mode_pauses_factors_and_delays() -> None:
    hill = make.supplier("HILL", country="CN")
    place = stock.warehouse()
    mug, cup = stock.sku("MUG"), stock.sku("CUP")
    RiskMode.objects.create(
        pk=1, is_careful=True, since=NOW - DAY, index_value=72, terms=[{"cause": "Port strike"}]
    )
    flag = {"reason": "Storm", "from_on": NOW.date(), "author_key": "user:1", "created_at": NOW}
    RiskFlag.objects.create(
        subject_kind="country", subject_key="country:CN", country="CN", level="low",
        delay_days=5, **flag,
    )  # fmt: skip
    RiskFlag.objects.create(
        subject_kind="lane", subject_key="lane:sea", mode="sea", level="medium",
        delay_days=9, **flag,
    )  # fmt: skip
    RiskFlag.objects.create(
        subject_kind="supplier", subject_key="supplier:HILL", supplier=hill, level="high",
        delay_days=40, cleared_at=NOW, **flag,
    )  # fmt: skip
    RiskResponse.objects.create(
        level=1, subject_kind="supplier", subject_key="supplier:HILL", supplier=hill,
        reason="Fire", declared_at=NOW, declared_by="user:1",
    )  # fmt: skip
    deviation(
        mug.pk, place.pk, safety_factor=1.6, safety_until_on=NOW.date(),
        paused_at=NOW, paused_until=NOW + DAY,
    )  # fmt: skip
    deviation(
        cup.pk, place.pk, paused_at=NOW, paused_until=NOW + DAY,
        state="reviewed", reviewed_at=NOW, decision="A real rise",
    )  # fmt: skip

    found = state(NOW)

    assert (found.is_conservative, found.index, found.causes) == (True, 72, ("Port strike",))
    assert found.caution(0.95, 0.1).service_share == pytest.approx(0.98)
    assert found.caution(0.95, 0.1).least_buffer_share == 0.15
    assert dict(found.paused) == {(mug.pk, place.pk): NOW + DAY}
    assert found.paused_sku_ids == {mug.pk}
    assert dict(found.safety_factors) == {(mug.pk, place.pk): 1.6}
    assert found.interrupted_supplier_ids == {hill.pk}
    ways = [
        found.delay_days(supplier_id=hill.pk, country=country, mode=mode, warehouse_id=place.pk)
        for country, mode in (("CN", "sea"), ("CN", "air"), ("VN", "sea"), ("VN", "air"))
    ]
    assert ways == [9, 5, 9, 0]
    assert not state(NOW + DAY).paused, "a pause ends exactly 24 hours after it began"
    assert state(NOW + DAY - dt.timedelta(microseconds=1)).paused
    assert not state(NOW + DAY).safety_factors
