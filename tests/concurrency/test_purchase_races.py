"""Several buyers save one draft at once, or planning drafts twice; controls must lose something."""

from __future__ import annotations

import pytest
from django.db import transaction

from core.actors import SYSTEM
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.services import purchase_drafting, purchase_errors, purchase_lines, purchase_rows
from tests.factories import purchases as buy
from tests.factories.purchases import NOW
from tests.helpers.race import race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
EDITORS = 8


def edit(trade, order, sku, qty: int, version: int = 1):
    return purchase_drafting.edit_draft(
        order.pk, buy.asked(trade, {sku: qty}), expected_version=version, actor=SYSTEM, at=NOW
    )


def test_rel_c_09_of_editors_of_one_version_one_saves_and_the_others_are_told():
    trade = buy.trade()
    tea = buy.goods(trade, "TEA")
    order = buy.draft(trade, {tea: 1})

    outcomes = race(
        [lambda qty=qty: edit(trade, order, tea, qty) for qty in range(10, 10 + EDITORS)]
    )

    order.refresh_from_db()
    line = order.lines.get()
    assert (wins(outcomes), order.version) == (1, 2)
    stale = [one.error for one in outcomes if one.error is not None]
    assert all(isinstance(error, purchase_errors.OrderStale) for error in stale)
    winner = next(place for place, one in enumerate(outcomes) if one.won)
    assert (line.qty, order.total_amount) == (10 + winner, 10 * (10 + winner))
    assert {error.data["version"] for error in stale} == {2}


def test_rel_c_09_editors_who_read_again_lose_no_update():
    trade = buy.trade()
    skus = [buy.goods(trade, f"SKU-{number}") for number in range(EDITORS)]
    order = buy.draft(trade, {skus[0]: 1})

    def add(sku) -> None:
        while True:
            fresh = PurchaseOrder.objects.get(pk=order.pk)
            needs = {line.sku: line.raw_need_qty for line in purchase_rows.lines_of(fresh)}
            draft = buy.asked(trade, {**needs, sku: 5})
            try:
                purchase_drafting.edit_draft(
                    order.pk, draft, expected_version=fresh.version, actor=SYSTEM, at=NOW
                )
            except purchase_errors.OrderStale:
                continue
            return

    outcomes = race([lambda sku=sku: add(sku) for sku in skus])

    order.refresh_from_db()
    assert wins(outcomes) == EDITORS
    assert order.version == EDITORS + 1
    assert set(order.lines.values_list("sku__code", "qty")) == {(sku.code, 5) for sku in skus}


def test_rel_c_09_control_without_the_version_updates_are_lost():
    """Everybody writes what was read first, whatever was saved meanwhile."""
    trade = buy.trade()
    skus = [buy.goods(trade, f"SKU-{number}") for number in range(EDITORS)]
    order = buy.draft(trade, {skus[0]: 1})
    terms = purchase_lines.Terms(
        supplier_id=trade.supplier.pk, currency="USD", on=NOW.date(), required_by=None
    )

    def add(sku) -> None:
        asks = [*buy.asked(trade, {skus[0]: 1}).lines, *buy.asked(trade, {sku: 5}).lines]
        wanted = purchase_lines.prepare(asks, terms)
        with transaction.atomic():
            purchase_rows.lock(order.pk)
            purchase_lines.write(order, wanted)

    outcomes = race([lambda sku=sku: add(sku) for sku in skus[1:]])

    assert wins(outcomes) == EDITORS - 1
    assert PurchaseLine.objects.filter(order=order, qty=5).count() == 1


def test_x25_planning_that_runs_twice_at_once_drafts_once():
    trade = buy.trade()
    tea = buy.goods(trade, "TEA")
    draft = buy.asked(trade, {tea: 40}, reason="low cover")

    outcomes = race(
        [
            lambda: purchase_drafting.create_system_draft(draft, source_key="plan:1", at=NOW)
            for _ in range(EDITORS)
        ]
    )

    assert wins(outcomes) == EDITORS
    assert len({one.value.pk for one in outcomes}) == 1
    assert PurchaseLine.objects.count() == 1
