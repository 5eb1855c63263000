"""U16: 10 000 orders are checked within 30 s and placed within 120 s."""

from __future__ import annotations

import random
import sys
import time

import pytest

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportRow
from inventory.services import checking
from orders.models import Order
from tests.core.imports.batches import batch_of
from tests.factories import orders as make

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.alone]

ORDERS, SKUS = 10_000, 200
CHECK_SECONDS, APPLY_SECONDS = 30, 120


def ten_thousand_orders() -> str:
    """22 000 lines or so: 1 to 5 a order, mean 2.2, as in the benchmarks."""
    chance = random.Random(7)
    lines = ["order_id,ordered_at,sku,qty,unit_price,country,ship_line1,ship_city,ship_postcode"]
    for number in range(ORDERS):
        for _line in range(chance.choices((1, 2, 3, 4, 5), (35, 30, 20, 10, 5))[0]):
            sku = f"S-{chance.randrange(SKUS):03}"
            lines.append(
                f"O-{number},2026-01-20 10:00,{sku},{chance.randint(1, 3)},9.90,"
                "US,12 Mill Lane,Springfield,62704"
            )
    return "\n".join(lines)


def test_u16_ten_thousand_orders_are_checked_in_30_s_and_placed_in_120_s(tmp_path):
    make.channel("shop")
    place = make.warehouse()
    for number in range(SKUS):
        make.put(make.sku(f"S-{number:03}"), place, 1_000)
    batch = batch_of(tmp_path, ten_thousand_orders(), "orders", source="shop")

    began = time.monotonic()
    pipeline.preview(batch.pk, actor=SYSTEM, now=make.NOW)
    checked = time.monotonic()
    batch = pipeline.apply(batch.pk, actor=SYSTEM, now=make.NOW)
    applied = time.monotonic()

    sys.stderr.write(f"\ncheck {checked - began:.1f} s, apply {applied - checked:.1f} s\n")
    assert ImportRow.objects.filter(batch=batch, outcome="new").count() == ORDERS
    assert (batch.tally["counts"]["orders_created"], Order.objects.count()) == (ORDERS, ORDERS)
    assert checking.check() == []
    assert checked - began <= CHECK_SECONDS
    assert applied - checked <= APPLY_SECONDS
