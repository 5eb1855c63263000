"""Stored repurchase models without the machinery that fits them."""

from __future__ import annotations

import datetime as dt

from inventory.models import Sku
from planning.models import ProductRepurchase, RepurchaseRun


def run_at(day: dt.date, mark: str = "a") -> RepurchaseRun:
    """Return a run that knows everything up to a day."""
    return RepurchaseRun.objects.create(
        cut_on=day,
        computed_at=dt.datetime.combine(day, dt.time(4), dt.UTC),
        inputs_hash=mark,
        horizon_days=60,
        model="bgnbd",
        r=1,
        alpha=1,
        a=1,
        b=1,
        log_likelihood=-1,
        slope=1,
        customers=3,
        is_individual=True,
        method="pooled",
        kappa=10,
    )


def product(
    run: RepurchaseRun,
    sku: Sku,
    expected_on: dt.date,
    chance: float,
    *,
    gaps: int = 40,
    low: bool = False,
) -> ProductRepurchase:
    """Return what a run says of one product; `low` = few gaps were seen."""
    return ProductRepurchase.objects.create(
        run=run,
        sku=sku,
        buyers=50,
        gaps=gaps,
        quarter_days=20,
        median_days=30,
        three_quarters_days=45,
        shape=2,
        scale_days=15,
        low_confidence=low,
        expected_on=expected_on,
        chance=chance,
        repeat_share=0.4,
    )
