"""Exchange rates by day: the newest one before counts; corrections are audited."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry, ExchangeRate
from core.services import rates
from core.services.rates import RateDraft, RateRefused, RateUnknown

NOW = dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def _put(currency: str, day: int, rate: str) -> ExchangeRate:
    draft = RateDraft(currency, dt.date(2026, 3, day), Decimal(rate))
    return rates.put_rate(draft, actor=SYSTEM, at=NOW)


def test_the_newest_rate_before_the_day_counts():
    _put("EUR", 1, "1.08")
    _put("EUR", 4, "1.10")

    found = [rates.rate_on("EUR", dt.date(2026, 3, day)) for day in (1, 3, 4, 9)]

    assert found == [Decimal("1.08"), Decimal("1.08"), Decimal("1.10"), Decimal("1.10")]
    assert rates.to_base(Decimal("10.05"), "EUR", dt.date(2026, 3, 9)) == Decimal("11.06")


def test_a_day_without_a_rate_is_refused_and_never_counted_at_par():
    _put("EUR", 4, "1.10")

    with pytest.raises(RateUnknown) as refusal:
        rates.rate_on("EUR", dt.date(2026, 3, 3))

    assert "EUR" in str(refusal.value)
    assert "2026-03-03" in str(refusal.value)
    assert rates.rate_on("USD", dt.date(2026, 3, 3)) == 1


def test_a_correction_is_audited_and_the_same_rate_again_changes_nothing():
    first = _put("eur", 1, "1.08")
    _put("EUR", 1, "1.080")
    _put("EUR", 1, "1.09")

    entries = AuditEntry.objects.filter(action="core.rate_changed").order_by("pk")
    kept = [(entry.before, entry.after["rate"]) for entry in entries]
    assert kept == [(None, "1.0800000000"), ({"rate": "1.0800000000"}, "1.0900000000")]
    assert ExchangeRate.objects.get().pk == first.pk


@pytest.mark.parametrize(
    ("currency", "rate"),
    [("EUR", "0"), ("EUR", "-1"), ("EUR", "NaN"), ("EURO", "1"), ("USD", "1"), ("", "1")],
)
def test_what_can_not_be_a_rate_is_refused(currency, rate):
    with pytest.raises(RateRefused):
        _put(currency, 1, rate)

    assert not ExchangeRate.objects.exists()
