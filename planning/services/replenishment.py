"""The review of stock: how long goods last everywhere, and what to get, from where, how, by when.

Everything is read in bulk and computed without the database; rows are written in one transaction
at the end. A review of the same stock proposes nothing new: what waits is updated in its place,
what was accepted counts as on order (X25).
"""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, fsum
from typing import Any, Protocol

from django.db.models import Sum

from inventory.queries.kits import buildable_now
from planning.domain import review as domain
from planning.domain.alert_bands import Band
from planning.domain.replenishment import Link, partner_need, related
from planning.domain.review import Advice
from planning.domain.whole_parts import parts_of
from planning.models import ReviewRun
from planning.queries import review_demand
from planning.queries.review_stock import Pair
from planning.services import review_inputs, review_writing, sourcing
from planning.services.review_inputs import Case, Inputs
from planning.services.review_writing import Extra, Outcome
from suppliers.models import PurchaseOrder
from suppliers.queries.budget import budget_for


class Progress(Protocol):
    """Takes how far a review is."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """Report `done` of `total` steps."""


@dataclass
class _Clock:
    """Seconds that reading, computing and writing took."""

    seconds: dict[str, float]
    since: float

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = round(now - self.since, 3)
        self.since = now


def review(
    *,
    as_of: dt.datetime,
    now: dt.datetime,
    progress: Progress | None = None,
    sku_ids: Collection[int] | None = None,
) -> ReviewRun:
    """Review all SKU-warehouses, or those of some SKUs, and write covers and proposals.

    Stock is read as it is now, forecasts as they were known at `as_of`. Idempotent: with nothing
    changed on the same day the newest run comes back. Proposals that were decided while the
    review computed are left alone; reviews that overlap write one after the other.
    """
    with _collector_at_rest():
        return _review(as_of, now, progress, sku_ids)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: all rows live to the end, so none would be found."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _review(
    as_of: dt.datetime,
    now: dt.datetime,
    progress: Progress | None,
    sku_ids: Collection[int] | None,
) -> ReviewRun:
    report = progress or _silent
    clock = _Clock({}, time.perf_counter())
    before = review_writing.snapshot()
    report(0, 4, "read")
    inputs = review_inputs.read(as_of, sku_ids)
    clock.lap("read_seconds")
    report(1, 4, "compute")
    advices, extras = advise(inputs, as_of)
    clock.lap("compute_seconds")
    report(2, 4, "source")
    plans = _plans(inputs, advices, as_of)
    clock.lap("source_seconds")
    report(3, 4, "write")
    outcome = Outcome(
        inputs=inputs,
        advices=advices,
        plans={one.pair: one for one in plans},
        extras=extras,
        figures={**_figures(inputs, advices, plans), **clock.seconds},
        is_whole=sku_ids is None,
    )
    run = review_writing.write(outcome, before, as_of=as_of, now=now)
    report(4, 4, "done")
    return run


def advise(inputs: Inputs, as_of: dt.datetime) -> tuple[list[Advice], dict[Pair, list[Extra]]]:
    """Return the advice of each case, with what red goods ask of those bought after them (B-13)."""
    advices = domain.review([case.row for case in inputs.cases])
    extras = _extras(inputs, advices, as_of)
    places = [n for n, case in enumerate(inputs.cases) if case.pair in extras]
    for n in places:
        case = inputs.cases[n]
        more = sum(extra.qty for extra in extras[case.pair])
        inputs.cases[n] = replace(case, row=replace(case.row, extra_qty=more))
    again = domain.review([inputs.cases[n].row for n in places])
    for n, advice in zip(places, again, strict=True):
        advices[n] = advice
    return advices, extras


def _extras(
    inputs: Inputs, advices: Sequence[Advice], as_of: dt.datetime
) -> dict[Pair, list[Extra]]:
    """Return by pair the units that red goods at the same warehouse ask of it (B-14).

    Goods that are red themselves stand on their own and keep what their own forecast says.
    """
    red = {
        case.pair: case
        for case, advice in zip(inputs.cases, advices, strict=True)
        if advice.color.band == Band.RED and advice.qty > 0
    }
    links = review_demand.companions_of({pair[0] for pair in red}, as_of)
    known = {case.pair for case in inputs.cases}
    found: dict[Pair, list[tuple[float, Extra]]] = {}
    for (sku_id, place), case in sorted(red.items()):
        named = [Link(str(then), chance) for then, chance in links.get(sku_id, ())]
        for link in related(named):
            partner = (int(link.sku), place)
            if partner in known and partner not in red:
                found.setdefault(partner, []).append(_extra(case, link))
    return {pair: _in_whole_units(rows) for pair, rows in found.items()}


def _in_whole_units(rows: Sequence[tuple[float, Extra]]) -> list[Extra]:
    """Return what several leads ask for together in whole units, the largest part first.

    Their parts of units add up before they are rounded up; a lead that is left without a unit is
    not named, unless none has one.
    """
    units = [part for part, _extra in rows]
    whole = parts_of(ceil(round(fsum(units), 6)), units)
    named = [replace(extra, qty=qty) for qty, (_part, extra) in zip(whole, rows, strict=True)]
    named.sort(key=lambda one: (-one.qty, -one.chance, one.of))
    return [one for one in named if one.qty] or named[:1]


def _extra(case: Case, link: Link) -> tuple[float, Extra]:
    """Return the units, in parts, that a red one asks of what is bought after it (B-14)."""
    days = case.row.terms.regular.mean_days + case.row.policy.review_days
    planned = (case.row.daily if case.row.level_daily is None else case.row.level_daily) * days
    past = case.demand.past_daily if case.demand else case.row.daily
    need = partner_need(link, planned, past, days)
    return need.extra_units, Extra(
        of=case.pair,
        code=case.goods.code,
        qty=need.extra_qty,
        planned=planned,
        past=past * days,
        chance=link.chance,
    )


def _plans(inputs: Inputs, advices: Sequence[Advice], now: dt.datetime) -> list[sourcing.Plan]:
    kits = [case for case in inputs.cases if case.goods.kind == "assembled_kit"]
    ready: dict[Pair, int] = {}
    if kits:
        found = buildable_now(
            sorted({case.pair[0] for case in kits}), sorted({case.pair[1] for case in kits})
        )
        ready = {(sku, place): one.ready_qty for (place, sku), one in found.items()}
    spare = sourcing.spare_of(inputs.cases, advices, ready)
    plans = sourcing.priced(inputs, sourcing.plan(inputs, advices, spare), now.date())
    return sourcing.budgeted(plans, _budget_left(now))


def _budget_left(now: dt.datetime) -> Decimal | None:
    """Return what the month's budget leaves after approved, waiting and drafted orders."""
    budget = budget_for(Decimal(0), now=now)
    if budget is None:
        return None
    open_orders = PurchaseOrder.objects.filter(approved_at__isnull=True)
    waiting = open_orders.filter(state="pending") | open_orders.filter(
        state="draft", is_system=True
    )
    spent = waiting.aggregate(total=Sum("total_base_amount"))["total"] or Decimal(0)
    return budget.left_amount - spent


def _figures(
    inputs: Inputs, advices: Sequence[Advice], plans: Sequence[sourcing.Plan]
) -> dict[str, Any]:
    bands = Counter(advice.color.band.value for advice in advices)
    wanted = [one for one in plans if one.qty > 0]
    kinds: Mapping[str, int] = Counter(one.kind for one in wanted)
    return {
        "bands": {band.value: bands.get(band.value, 0) for band in Band},
        "kinds": dict(sorted(kinds.items())),
        "without_forecast": sum(not case.is_forecast for case in inputs.cases),
        "is_conservative": inputs.risk.is_conservative,
    }


def _silent(_done: int, _total: int, _text: str = "") -> None:
    """Report nothing."""
