"""Exchange rates typed in on their page and imported from a file."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ExchangeRate
from tests.core.imports.batches import batch_of
from tests.factories.core import make_user
from tests.factories.inventory import NOW

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)


def test_an_administrator_types_a_rate_and_a_buyer_sees_it(client):
    form = {"currency": "cny", "on": DAY.isoformat(), "rate": "0.1389"}
    client.force_login(make_user("admin"))
    refused = client.post(reverse("exchange-rate-new"), {**form, "currency": "USD"})
    client.post(reverse("exchange-rate-new"), form)
    client.force_login(make_user("buyer"))
    page = client.get(reverse("exchange-rates")).content.decode()

    assert refused.status_code == 422
    assert ExchangeRate.objects.get().rate_to_base == Decimal("0.1389")
    assert "0.1389 USD" in page
    assert client.post(reverse("exchange-rate-new"), form).status_code == 403


def _import(folder, text):
    batch = batch_of(folder, "currency,date,exchange rate\n" + text, "exchange_rates")
    return pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)


def _rates():
    rows = ExchangeRate.objects.order_by("currency", "on")
    return [(row.currency, row.on.day, str(row.rate_to_base.normalize())) for row in rows]


def test_a_file_writes_rates_once_corrects_them_and_is_taken_back(tmp_path):
    _import(tmp_path, "CNY,2026-03-01,0.14\nEUR,2026-03-01,1.08\n")
    second = _import(
        tmp_path, "CNY,2026-03-01,0.14\nEUR,2026-03-01,1.09\nKRW,2026-03-02,0\nXXL,2026-03-02,3\n"
    )
    after = _rates()

    pipeline.undo(second.pk, actor=SYSTEM, now=NOW)

    assert after == [("CNY", 1, "0.14"), ("EUR", 1, "1.09")]
    counts = second.tally["counts"]
    assert (counts["lines_imported"], counts["set_aside:UNREADABLE"]) == (1, 2)
    assert counts["set_aside:ALREADY_IMPORTED"] == 1
    assert _rates() == [("CNY", 1, "0.14"), ("EUR", 1, "1.08")]
