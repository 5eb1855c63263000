"""Run the repurchase models over all orders and keep what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.db import models, transaction
from numpy.typing import NDArray

from customers.services.segments import keep_segments
from planning.domain import buy_till_you_die as btyd
from planning.domain import cross_purchase, cycles, rebuy, repurchase_demand
from planning.domain.cross_purchase import After, Crossings
from planning.domain.purchases import (
    Cut,
    Purchases,
    bought_between,
    by_day,
    cut_at,
    day_number,
    day_of,
)
from planning.domain.segments import Segment, segment_of
from planning.models import (
    CrossPurchase,
    CustomerEstimate,
    ExpectedRepurchase,
    ProductRepurchase,
    RepurchaseRun,
)
from planning.queries.repurchase import DAYS_AHEAD
from planning.services.repurchase_rows import Bought, read_bought, read_visits

Floats = NDArray[np.float64]
HORIZON_DAYS = rebuy.WINDOW_DAYS
WEEKS = DAYS_AHEAD // 7
WRITE = 1_000
#: Companions kept of each product, the likeliest first.
COMPANIONS = 10
#: The last window may correct the model by so much (algorithms.md 2.1).
SLOPE = (0.7, 1.4)


@dataclass(frozen=True)
class Ran:
    """What a run did: the stored run (None without any purchase), and whether it is new."""

    run: RepurchaseRun | None
    is_new: bool
    segments_changed: int


@dataclass(frozen=True)
class _Customers:
    seen: Cut
    model: btyd.Model
    slope: float
    segments: list[Segment]


def run(*, as_of: dt.datetime) -> Ran:
    """Fit to everything ordered before the UTC day of `as_of`, store it, hand on the segments.

    The same inputs make no second run. Three statements read; the rows are written in one
    transaction in batches of 1,000.
    """
    until, cut_on = _until(as_of)
    bought, visits = read_bought(until), read_visits(cut_on)
    if not bought.customers:
        return Ran(None, False, 0)
    inputs = bought.fingerprint(visits)
    known = RepurchaseRun.objects.filter(cut_on=cut_on, inputs_hash=inputs).first()
    if known is not None:
        return Ran(known, False, _hand_on(known, as_of))
    cut = day_number(cut_on)
    people = _customers(bought, visits, cut)
    lines = bought.lines()
    found = rebuy.predict(lines, cut, HORIZON_DAYS)
    turns = cycles.cycles(cycles.waits_of(lines, cut))
    crossed = cross_purchase.crossings(lines, cut)
    with transaction.atomic():
        made, is_new = _stored(people, found, crossed, (as_of, cut_on, inputs, bool(visits)))
        if is_new:
            _write(_estimates(made, bought, people))
            _write(_products(made, bought, found, turns))
            _write(_companions(made, bought, crossed))
            _write(_weeks(made, bought, found, turns))
    return Ran(made, is_new, _hand_on(made, as_of))


def _hand_on(made: RepurchaseRun, at: dt.datetime) -> int:
    """Give the customers the segments of a stored run; a repeat changes none."""
    rows = CustomerEstimate.objects.filter(run=made).order_by("pk")
    named = dict(rows.values_list("customer_id", "segment"))
    return keep_segments(named, computed=[one.value for one in Segment], at=at)


def refresh_segments(*, as_of: dt.datetime) -> int:
    """Give the customers today's segments by the latest run's model, without a new run.

    Returns how many changed; a repeat changes none. Four statements read.
    """
    until, cut_on = _until(as_of)
    last = RepurchaseRun.objects.filter(cut_on__lte=cut_on).order_by("-cut_on", "-pk").first()
    bought, visits = read_bought(until), read_visits(cut_on)
    if last is None or not bought.customers:
        return 0
    model = btyd.Model(
        btyd.Kind(last.model),
        last.r,
        last.alpha,
        last.a,
        last.b,
        last.log_likelihood,
        last.customers,
    )
    cut = day_number(cut_on)
    seen = cut_at(_days(bought), cut)
    segments = _segments(bought, visits, (seen, cut), model)
    named = {
        bought.customers[place]: segment.value
        for place, segment in zip(seen.customer, segments, strict=True)
    }
    return keep_segments(named, computed=[one.value for one in Segment], at=as_of)


def _until(as_of: dt.datetime) -> tuple[dt.datetime, dt.date]:
    """Return the start of the UTC day, and the day before it."""
    until = as_of.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return until, until.date() - dt.timedelta(days=1)


def _days(bought: Bought) -> Purchases:
    names = tuple(map(str, bought.customers))
    return by_day(names, bought.customer, bought.day, bought.value)


def _customers(bought: Bought, visits: Mapping[int, int], cut: int) -> _Customers:
    known = _days(bought)
    seen = cut_at(known, cut)
    model = btyd.better(seen.histories)
    segments = _segments(bought, visits, (seen, cut), model)
    return _Customers(seen, model, _slope(known, model, cut), segments)


def _segments(
    bought: Bought, visits: Mapping[int, int], seen_at: tuple[Cut, int], model: btyd.Model
) -> list[Segment]:
    seen, cut = seen_at
    touched = np.array(
        [visits.get(bought.customers[one], 0) for one in seen.customer], dtype=np.int64
    )
    return segment_of(
        seen.histories.repeats.astype(np.int64) + 1,
        cut - seen.first,
        cut - np.maximum(touched, seen.last),
        btyd.alive(model, seen.histories) if model.individual else None,
    )


def _slope(known: Purchases, model: btyd.Model, cut: int) -> float:
    """Return how much more was bought in the last window than the model had said before it."""
    past = cut_at(known, cut - HORIZON_DAYS)
    if len(past.histories) < btyd.LEAST_CUSTOMERS:
        return 1.0
    before = btyd.fit(past.histories, model.kind)
    said = float(btyd.expected(before, past.histories, HORIZON_DAYS / 7).sum())
    actual = bought_between(known, past.customer, cut - HORIZON_DAYS, cut).sum()
    return float(np.clip(actual / said, *SLOPE)) if said > 0 else 1.0


def _stored(
    people: _Customers,
    found: rebuy.Prediction,
    crossed: Crossings,
    source: tuple[dt.datetime, dt.date, str, bool],
) -> tuple[RepurchaseRun, bool]:
    """Return the run and whether it is ours: another worker may have stored it just now."""
    as_of, cut_on, inputs, visited = source
    model = people.model
    figures = {
        "computed_at": as_of,
        "horizon_days": HORIZON_DAYS,
        "model": model.kind.value,
        "r": model.r,
        "alpha": model.alpha,
        "a": model.a,
        "b": model.b,
        "log_likelihood": model.log_likelihood,
        "slope": people.slope,
        "customers": model.customers,
        "is_individual": model.individual,
        "method": found.method,
        "kappa": crossed.kappa,
        "missing_sources": [] if visited else ["behavior"],
    }
    return RepurchaseRun.objects.get_or_create(cut_on=cut_on, inputs_hash=inputs, defaults=figures)


def _write(rows: Iterator[models.Model]) -> None:
    while part := list(islice(rows, WRITE)):
        type(part[0])._default_manager.bulk_create(part)


def _estimates(
    made: RepurchaseRun, bought: Bought, people: _Customers
) -> Iterator[CustomerEstimate]:
    seen, model = people.seen, people.model
    alive = btyd.alive(model, seen.histories)
    expected = btyd.expected(model, seen.histories, HORIZON_DAYS / 7) * people.slope
    chance = btyd.chance(model, seen.histories, HORIZON_DAYS / 7)
    for n, place in enumerate(seen.customer):
        single = model.individual
        yield CustomerEstimate(
            run=made,
            customer_id=bought.customers[place],
            segment=people.segments[n].value,
            purchases=int(seen.histories.repeats[n]) + 1,
            first_on=day_of(int(seen.first[n])),
            last_on=day_of(int(seen.last[n])),
            alive=float(alive[n]) if single else None,
            expected=float(expected[n]) if single else None,
            chance=float(chance[n]) if single else None,
        )


def _products(
    made: RepurchaseRun,
    bought: Bought,
    found: rebuy.Prediction,
    turns: Mapping[int, cycles.Cycle],
) -> Iterator[ProductRepurchase]:
    shares = repeat_shares(bought)
    for row in repurchase_demand.table(found, turns, None):
        cycle = turns[row.product]
        yield ProductRepurchase(
            run=made,
            sku_id=bought.skus[row.product],
            buyers=row.buyers,
            gaps=row.gaps,
            quarter_days=cycle.quarter,
            median_days=cycle.median,
            three_quarters_days=cycle.three_quarters,
            shape=cycle.shape,
            scale_days=cycle.scale,
            low_confidence=row.low_confidence,
            expected_on=row.date,
            chance=row.chance,
            repeat_share=float(shares[row.product]),
        )


def repeat_shares(bought: Bought) -> Floats:
    """Return the share of each product's units bought after the customer's first day of it [P]."""
    most = len(bought.skus)
    pair = bought.customer * most + bought.sku
    keys, inverse = np.unique(pair, return_inverse=True)
    first = np.full(len(keys), np.iinfo(np.int64).max)
    np.minimum.at(first, inverse, bought.day)
    again = bought.day > first[inverse]
    units = np.bincount(bought.sku, weights=bought.qty, minlength=most)
    repeats = np.bincount(bought.sku[again], weights=bought.qty[again], minlength=most)
    return np.divide(repeats, units, out=np.zeros(most), where=units > 0)


def _companions(made: RepurchaseRun, bought: Bought, crossed: Crossings) -> Iterator[CrossPurchase]:
    planned = np.where(crossed.bought > 0, crossed.planned(), -1.0)
    for a in range(len(crossed.products)):
        order = np.argsort(-planned[a], kind="stable")[:COMPANIONS]
        for b in order[planned[a, order] >= 0]:
            yield _companion(made, bought, crossed.after(a, int(b)))


def _companion(made: RepurchaseRun, bought: Bought, one: After) -> CrossPurchase:
    return CrossPurchase(
        run=made,
        first_sku_id=bought.skus[one.first],
        then_sku_id=bought.skus[one.then],
        watched=one.watched,
        bought=one.bought,
        planned=one.planned,
        low=one.low,
        high=one.high,
        lift=one.lift,
    )


def _weeks(
    made: RepurchaseRun,
    bought: Bought,
    found: rebuy.Prediction,
    turns: Mapping[int, cycles.Cycle],
) -> Iterator[ExpectedRepurchase]:
    """Yield the expected units by week from the Monday of the day after the cut."""
    pairs, most = found.pairs, len(bought.skus)
    keys, inverse = np.unique(bought.customer * most + bought.sku, return_inverse=True)
    units = np.bincount(inverse, weights=bought.qty, minlength=len(keys))
    places = np.searchsorted(keys, pairs.customer * most + pairs.product)
    weekly = repurchase_demand.by_week(found, turns, units[places] / pairs.times, WEEKS)
    start = made.cut_on + dt.timedelta(days=1)
    monday = start - dt.timedelta(days=start.weekday())
    for product, rows in sorted(weekly.items()):
        for step, qty in enumerate(repurchase_demand.by_monday(rows, start.weekday())):
            yield ExpectedRepurchase(
                run=made,
                sku_id=bought.skus[product],
                week_on=monday + dt.timedelta(weeks=step),
                expected_qty=float(qty),
            )
