"""Warehouses, zones and bins: created and changed by code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from inventory.domain.catalog import BinDraft, WarehouseDraft
from inventory.models import Bin, BinStock, Warehouse, WarehouseHoliday, Zone

__all__ = ["BinDraft", "WarehouseDraft", "deactivate_bins", "save_bins", "save_warehouse"]

PICKABLE = frozenset({"pick", "bulk"})
BATCH = 500


class BinNotEmpty(StateConflict):
    """A bin with units in it can't be closed."""

    code = "BIN_NOT_EMPTY"
    text = gettext_noop("Bin %(bin)s still holds %(qty)s units. Move them first.")


class CodeMissing(InputRefused):
    """A place without a code, or with one of a kind that is not ours to give."""

    code = "PLACE_CODE_MISSING"
    text = gettext_noop("A warehouse or bin needs a code and a kind that stands in a building.")


@transaction.atomic
def save_warehouse(draft: WarehouseDraft, *, actor: Actor, at: dt.datetime) -> Warehouse:
    """Create or change a warehouse by code; holidays are added. Safe to repeat.

    Raises:
        CodeMissing: the draft has no code.
    """
    if not draft.code:
        raise CodeMissing
    values = draft.values()
    warehouse, created = Warehouse.objects.get_or_create(
        code=draft.code, defaults={"name": draft.code, **values}
    )
    before = {name: str(getattr(warehouse, name)) for name in values}
    diff = {name: value for name, value in values.items() if getattr(warehouse, name) != value}
    if diff and not created:
        for name, value in diff.items():
            setattr(warehouse, name, value)
        warehouse.save(update_fields=[*diff, "updated_at"])
    if created or diff:
        audit.record(
            actor=actor,
            action="inventory.warehouse_created" if created else "inventory.warehouse_changed",
            target=f"warehouse:{warehouse.pk}",
            at=at,
            before=None if created else {name: before[name] for name in diff},
            after={name: str(value) for name, value in (values if created else diff).items()},
        )
    WarehouseHoliday.objects.bulk_create(
        [WarehouseHoliday(warehouse=warehouse, on=day) for day in draft.holidays],
        ignore_conflicts=True,
    )
    return warehouse


@transaction.atomic
def save_bins(
    warehouse_id: int, drafts: Sequence[BinDraft], *, actor: Actor, at: dt.datetime | None = None
) -> dict[str, Bin]:
    """Create or change bins of a warehouse by code, with their zones; return them by code.

    Safe to repeat. With `at`, the call is written to the warehouse's timeline.

    Raises:
        CodeMissing: a draft has no code, or is virtual.
    """
    wanted = {draft.code: draft for draft in drafts}
    if "" in wanted or any(draft.kind == Bin.Kind.VIRTUAL for draft in drafts):
        raise CodeMissing
    zones = _save_zones(warehouse_id, {draft.zone_code for draft in drafts if draft.zone_code})
    known = _find_bins(warehouse_id, wanted)
    fresh = [draft for draft in wanted.values() if draft.code not in known]
    Bin.objects.bulk_create(
        [_new(warehouse_id, draft, zones) for draft in fresh],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    _change(known, wanted, zones)
    saved = _find_bins(warehouse_id, wanted)
    if at is not None:
        audit.record(
            actor=actor,
            action="inventory.bins_saved",
            target=f"warehouse:{warehouse_id}",
            at=at,
            after={"bins": len(wanted), "added": len(fresh)},
        )
    return saved


def _save_zones(warehouse_id: int, codes: Collection[str]) -> dict[str, Zone]:
    if not codes:
        return {}
    Zone.objects.bulk_create(
        [Zone(warehouse_id=warehouse_id, code=code, name=code) for code in sorted(codes)],
        ignore_conflicts=True,
    )
    zones = Zone.objects.filter(warehouse_id=warehouse_id, code__in=codes)
    return {zone.code: zone for zone in zones}


def _find_bins(warehouse_id: int, codes: Iterable[str]) -> dict[str, Bin]:
    found: dict[str, Bin] = {}
    asked = list(codes)
    for start in range(0, len(asked), BATCH):
        part = Bin.objects.filter(warehouse_id=warehouse_id, code__in=asked[start : start + BATCH])
        found |= {row.code: row for row in part}
    return found


def _new(warehouse_id: int, draft: BinDraft, zones: Mapping[str, Zone]) -> Bin:
    values = draft.values()
    values.setdefault("is_pickable", values.get("kind", "pick") in PICKABLE)
    zone = zones.get(draft.zone_code or "")
    return Bin(warehouse_id=warehouse_id, zone=zone, code=draft.code, **values)


def _change(
    known: Mapping[str, Bin], wanted: Mapping[str, BinDraft], zones: Mapping[str, Zone]
) -> None:
    changed, columns = [], set()
    for code, row in known.items():
        values = wanted[code].values()
        if wanted[code].zone_code:
            values["zone_id"] = zones[wanted[code].zone_code or ""].pk
        diff = {name for name, value in values.items() if getattr(row, name) != value}
        for name in diff:
            setattr(row, name, values[name])
        if diff:
            changed.append(row)
            columns |= diff
    if changed:
        Bin.objects.bulk_update(changed, sorted(columns), batch_size=BATCH)


@transaction.atomic
def deactivate_bins(bin_ids: Collection[int], *, actor: Actor, at: dt.datetime) -> int:
    """Close empty bins and return how many were open; nothing enters them any more.

    Raises:
        BinNotEmpty: a bin still holds units; none is closed.
    """
    bins = Bin.objects.filter(pk__in=bin_ids, is_active=True, warehouse__isnull=False)
    rows = list(bins.select_for_update(of=("self",), no_key=True).order_by("pk"))
    held = BinStock.objects.present().filter(bin__in=rows).order_by("bin_id", "pk")
    for code, qty in held.values_list("bin__code", "qty")[:1]:
        raise BinNotEmpty(bin=code, qty=qty)
    Bin.objects.filter(pk__in=[row.pk for row in rows]).update(is_active=False)
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "inventory.bin_closed",
                f"bin:{row.pk}",
                at,
                before={"is_active": True},
                after={"is_active": False},
            )
            for row in rows
        ]
    )
    return len(rows)
