"""Rebuild the demand history from orders, returns and the ledger; a second run changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import models, transaction

from core.imports.bulk_write import insert_rows
from inventory.models import Sku
from orders.models import OrderLine
from planning.models import DemandChange, DemandEvent, DemandHistory, StockoutSpan
from planning.services.demand_cleaning import (
    Calendar,
    Cleaning,
    Row,
    by_place,
    clean_days,
    read_calendar,
)
from planning.services.demand_lines import (
    COUNTED_KINDS,
    Cell,
    Kits,
    read_cells,
    read_kits,
    skus_given,
    skus_touched,
)
from planning.services.regions import Regions, read_regions
from planning.services.stockout_days import read_spans

#: SKUs of one transaction.
BATCH = 500
WRITE = 1_000
KEY = ("sku_id", "warehouse_id", "channel_id", "on")
ROW = tuple(field.name for field in fields(Row))
CLEANING = tuple(field.name for field in fields(Cleaning))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a run found and wrote; all three counts are 0 when nothing was new."""

    skus: int = 0
    days: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    def plus(self, other: Rebuilt) -> Rebuilt:
        """Return the sums."""
        mine, theirs = asdict(self), asdict(other)
        return Rebuilt(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class _Facts:
    kits: Kits
    regions: Regions
    calendar: Calendar
    now: dt.datetime


def rebuild(
    *,
    now: dt.datetime,
    since: dt.datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
    sku_ids: Collection[int] | None = None,
) -> Rebuilt:
    """Write the days of demand, the cleaning report and the stock-out days up to `now`.

    `since` limits the run to SKUs whose orders or returns were written since then, `sku_ids` to
    the named ones; each of them is computed from its whole history. Idempotent: rows that hold
    already are left alone. One transaction for each 500 SKUs with a fixed number of statements,
    which locks these SKUs against another rebuild only; no lock is held between them.
    """
    kits = read_kits()
    facts = _Facts(kits, read_regions(), read_calendar(), now)
    wanted = sorted(_sku_ids(kits, since, now) if sku_ids is None else set(sku_ids))
    total = Rebuilt()
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        with transaction.atomic():
            total = total.plus(_rebuild_batch(batch, facts))
        if progress is not None:
            progress(min(start + BATCH, len(wanted)), len(wanted))
    return total


def foresee_marks(event: DemandEvent, *, now: dt.datetime) -> dict[Cell, Cleaning]:
    """Return the days of a SKU that marking them with an unsaved event would change.

    Nothing is written. The event names a SKU; the keys are (SKU, warehouse, channel, day).
    """
    known = read_calendar()
    calendar = Calendar([*known.events, event], known.categories)
    sku_ids = [event.sku_id or 0]
    cells = read_cells(sku_ids, kits=read_kits(), regions=read_regions(), now=now)
    until = now.astimezone(dt.UTC).date()
    spans = read_spans(sku_ids, until)
    was = clean_days(cells, spans, known, until).report
    then = clean_days(cells, spans, calendar, until).report
    return {
        cell: change
        for cell, change in sorted(then.items())
        if change.reason == "MARKED"
        and (cell not in was or was[cell].reason != "MARKED")
        and event.from_on <= cell[3] <= event.until_on
    }


def _sku_ids(kits: Kits, since: dt.datetime | None, now: dt.datetime) -> set[int]:
    """Return the SKUs to compute: goods with a history, inserts, and the parts of kits sold."""
    if since is None:
        lines = OrderLine.objects.filter(kind__in=COUNTED_KINDS, sku__isnull=False)
        sold = set(lines.order_by("sku_id").values_list("sku_id", flat=True).distinct())
        kept = DemandHistory.objects.order_by("sku_id").values_list("sku_id", flat=True)
        sold |= set(kept.distinct())
    else:
        sold = skus_touched(since)
    sold |= skus_given(now, since)
    parts = {part.component_id for one in sold for part in kits.parts.get(one, ())}
    return {one for one in sold if one not in kits.parts} | parts


def _rebuild_batch(sku_ids: Collection[int], facts: _Facts) -> Rebuilt:
    until = facts.now.astimezone(dt.UTC).date()
    list(Sku.objects.select_for_update(no_key=True).filter(pk__in=sku_ids).order_by("pk"))
    cells = read_cells(sku_ids, kits=facts.kits, regions=facts.regions, now=facts.now)
    spans = read_spans(sku_ids, until)
    days = clean_days(cells, spans, facts.calendar, until)
    done = _write(
        DemandHistory,
        sku_ids,
        (KEY, ROW),
        {key: tuple(getattr(row, name) for name in ROW) for key, row in days.rows.items()},
    )
    report = {
        key: tuple(getattr(change, name) for name in CLEANING)
        for key, change in days.report.items()
    }
    _write(DemandChange, sku_ids, (KEY, CLEANING), report, fixed={"at": facts.now})
    _write(
        StockoutSpan,
        sku_ids,
        (("sku_id", "warehouse_id", "from_on"), ("until_on",)),
        {key: (end,) for key, end in by_place(spans).items()},
    )
    return Rebuilt(len(sku_ids), len(days.rows), *done)


def _write(
    model: type[models.Model],
    sku_ids: Collection[int],
    columns: tuple[tuple[str, ...], tuple[str, ...]],
    wanted: Mapping[tuple[Any, ...], tuple[Any, ...]],
    fixed: Mapping[str, Any] | None = None,
) -> tuple[int, int, int]:
    """Make the rows of these SKUs equal to `wanted`: insert, update and delete the differences."""
    key_names, value_names = columns
    objects: models.Manager[Any] = model._default_manager
    key_width = len(key_names)
    gone: list[int] = []
    changed: dict[int, tuple[Any, ...]] = {}
    known: set[tuple[Any, ...]] = set()
    kept = objects.filter(sku_id__in=sku_ids).order_by("pk")
    for pk, *row in kept.values_list("pk", *key_names, *value_names):
        key, values = tuple(row[:key_width]), tuple(row[key_width:])
        known.add(key)
        if key not in wanted:
            gone.append(pk)
        elif values != wanted[key]:
            changed[pk] = wanted[key]
    fresh = [(*key, *values) for key, values in wanted.items() if key not in known]
    insert_rows(model, (*key_names, *value_names), sorted(fresh, key=repr), fixed=fixed or {})
    rows = [
        model(pk=pk, **dict(zip(value_names, values, strict=True)), **(fixed or {}))
        for pk, values in sorted(changed.items())
    ]
    objects.bulk_update(rows, [*value_names, *(fixed or {})], batch_size=WRITE)
    for start in range(0, len(gone), WRITE):
        objects.filter(pk__in=gone[start : start + WRITE]).delete()
    return len(fresh), len(changed), len(gone)
