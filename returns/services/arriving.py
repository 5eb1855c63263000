"""A parcel comes back (W15): whose it is, what is in it, and everything into quarantine at once.

While the parcel is open, only counts are kept, so a wrong scan is undone without a trace in the
books. Finishing it sorts the counts (X20), takes the units in under their lots and costs in one
stock event, and moves the return to "arrived".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import audit
from core.actors import Actor
from inventory.models import Bin, Warehouse
from orders.models import Channel
from returns.models import ArrivalCount, ReturnArrival, ReturnPhoto, ReturnRequest, ReturnUnits
from returns.services import arrival_codes, blind_requests, closing, progress, requesting
from returns.services.arrival_codes import Named
from returns.services.blind_requests import BlindDraft
from returns.services.floor_errors import (
    ArrivalClosed,
    ArrivalNamed,
    ArrivalNotFound,
    ArrivalUnknown,
    NoReturnBin,
    NotAReturnBin,
    NothingCounted,
    PhotosMissingHere,
    WeightMissing,
)
from returns.services.progress import Why
from returns.services.sorting_in import take_in

#: Bins in which goods may wait for an inspection.
RETURN_BINS = ("quarantine", "receive", "damaged")
#: Returns whose goods nobody waited for any more.
GIVEN_UP = frozenset({"cancelled", "rejected", "expired"})


@dataclass(frozen=True, slots=True)
class Came:
    """Units found in a parcel; without a SKU they are not ours and are described."""

    sku_id: int | None
    qty: int = 1
    lot_id: int | None = None
    description: str = ""


@transaction.atomic
def open_arrival(
    warehouse_id: int, code: str, *, key: str, actor: Actor, at: dt.datetime
) -> ReturnArrival:
    """Open a parcel by what is written on it; join it when somebody has it open.

    A code that names an order without a return opens one: undelivered when the parcel never
    reached the customer, else a return nobody announced. Idempotent by `key`.

    Raises:
        NoReturnBin: the warehouse has no place for returns.
    """
    known = ReturnArrival.objects.filter(event_key=key).first()
    if known is not None:
        return known
    place = Warehouse.objects.get(pk=warehouse_id)
    request = _request_of(arrival_codes.read(code), place, actor=actor, at=at)
    if request is not None:
        progress.lock(request.pk)
        joined = ReturnArrival.objects.open().filter(request=request).first()
        if joined is not None:
            return joined
    row = ReturnArrival.objects.create(
        event_key=key,
        warehouse=place,
        request=request,
        bin=_return_bin(place),
        kind="counter" if place.kind == Warehouse.Kind.STORE else "parcel",
        code=code.strip()[:64],
        opened_at=at,
        opened_by=actor.key,
    )
    _note(row, "opened", actor=actor, at=at)
    return row


@transaction.atomic
def name(arrival_id: int, code: str, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    """Say whose parcel an unknown one is, by its order, shipment, tracking or return number.

    Raises:
        ArrivalUnknown: the code names nothing of ours.
        ArrivalNamed: the parcel belongs to a return already.
        ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    if row.request is not None:
        raise ArrivalNamed(number=row.request.number)
    named = arrival_codes.read(code)
    request = _request_of(named, row.warehouse, actor=actor, at=at)
    if request is None:
        raise ArrivalUnknown
    return _give(row, request, actor=actor, at=at)


@transaction.atomic
def open_unnamed(arrival_id: int, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    """Open a return without an order for a parcel that says nothing about its sender.

    Raises:
        ArrivalNamed, ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    if row.request is not None:
        raise ArrivalNamed(number=row.request.number)
    draft = BlindDraft(source="floor", warehouse_id=row.warehouse_id, note=row.code)
    request = blind_requests.open_blind(draft, actor=actor, at=at)
    return _give(row, request, actor=actor, at=at)


@transaction.atomic
def use_bin(arrival_id: int, bin_id: int) -> ReturnArrival:
    """Say in which bin the goods of the parcel wait.

    Raises:
        NotAReturnBin: it is for goods on sale, closed or elsewhere.
        ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    place = Bin.objects.get(pk=bin_id)
    fits = place.warehouse_id == row.warehouse_id and place.is_active
    if not fits or place.kind not in RETURN_BINS:
        raise NotAReturnBin(bin=place.code)
    row.bin = place
    row.save(update_fields=["bin"])
    return row


@transaction.atomic
def count(arrival_id: int, came: Came, *, at: dt.datetime) -> ArrivalCount:
    """Count units found in the parcel, beside those counted before.

    Raises:
        ArrivalUnknown: nobody knows whose parcel it is.
        ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    if row.request_id is None:
        raise ArrivalUnknown
    same: dict[str, Any] = {"sku_id": came.sku_id, "lot_id": came.lot_id}
    text = came.description[:300]
    found = ArrivalCount.objects.filter(arrival=row, description=text, **same).first()
    if found is None:
        return ArrivalCount.objects.create(
            arrival=row,
            sku_id=came.sku_id,
            lot_id=came.lot_id,
            description=came.description[:300],
            qty=came.qty,
            last_scan_qty=came.qty,
            touched_at=at,
        )
    found.qty += came.qty
    found.last_scan_qty, found.touched_at = came.qty, at
    found.save(update_fields=["qty", "last_scan_qty", "touched_at"])
    return found


@transaction.atomic
def recount_last(arrival_id: int, qty: int, *, at: dt.datetime) -> ArrivalCount:
    """Let the last scan count for `qty` units; 0 takes it back.

    Raises:
        NothingCounted: nothing was scanned before.
        ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    last = ArrivalCount.objects.filter(arrival=row).order_by("-touched_at", "-pk").first()
    if last is None:
        raise NothingCounted
    total = last.qty - last.last_scan_qty + qty
    if total < 1:
        last.delete()
        return last
    last.qty, last.last_scan_qty = total, qty or min(1, total)
    last.save(update_fields=["qty", "last_scan_qty"])
    return last


@transaction.atomic
def weigh(arrival_id: int, weight_g: int) -> ReturnArrival:
    """Keep what the parcel weighs; an empty one is weighed before it is believed."""
    row = lock(arrival_id)
    row.weight_g = weight_g
    row.save(update_fields=["weight_g"])
    return row


@transaction.atomic
def mark_empty(arrival_id: int, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    """Take in a parcel with nothing in it: weight and photos first, then everything is missing.

    Raises:
        WeightMissing, PhotosMissingHere: what proves it is not there.
        ArrivalUnknown, ArrivalNamed (something is counted), ArrivalClosed, ArrivalNotFound.
    """
    row = lock(arrival_id)
    if row.request is None:
        raise ArrivalUnknown
    if ArrivalCount.objects.filter(arrival=row).exists():
        raise ArrivalNamed(number=row.request.number)
    if not row.weight_g:
        raise WeightMissing
    if not ReturnPhoto.objects.filter(request=row.request_id, by="staff").exists():
        raise PhotosMissingHere
    row.is_empty = True
    row.save(update_fields=["is_empty"])
    return _finish(row, actor=actor, at=at)


@transaction.atomic
def finish(arrival_id: int, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    """Take in what is counted: lines, stock in quarantine, and the return is "arrived".

    Locks the order, the return, the parcel, then lots and levels. A finished parcel stays as it is.

    Raises:
        NothingCounted, ArrivalUnknown, ArrivalNotFound; ArrivalClosed: it was cancelled.
    """
    row = ReturnArrival.objects.filter(pk=arrival_id).first()
    if row is not None and row.state == ReturnArrival.State.DONE:
        return row
    row = lock(arrival_id)
    if row.request_id is None:
        raise ArrivalUnknown
    if not ArrivalCount.objects.filter(arrival=row).exists():
        raise NothingCounted
    return _finish(row, actor=actor, at=at)


@transaction.atomic
def cancel(arrival_id: int, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    """Close a parcel that was opened by mistake; its counts are forgotten."""
    row = lock(arrival_id)
    ArrivalCount.objects.filter(arrival=row).delete()
    row.state, row.finished_at, row.finished_by = ReturnArrival.State.CANCELLED, at, actor.key
    row.save(update_fields=["state", "finished_at", "finished_by"])
    _note(row, "cancelled", actor=actor, at=at)
    return row


def lock(arrival_id: int) -> ReturnArrival:
    """Return an open parcel, locked after its order and its return.

    Raises:
        ArrivalNotFound, ArrivalClosed.
    """
    seen = ReturnArrival.objects.select_related("request").filter(pk=arrival_id).first()
    if seen is None:
        raise ArrivalNotFound
    if seen.request is not None:
        if seen.request.order_id is not None:
            requesting.lock_order(seen.request.order_id)
        progress.lock(seen.request.pk)
    rows = ReturnArrival.objects.lock().select_related("request", "warehouse", "bin")
    row = rows.get(pk=arrival_id)
    if row.state != ReturnArrival.State.OPEN:
        raise ArrivalClosed
    return row


def _finish(row: ReturnArrival, *, actor: Actor, at: dt.datetime) -> ReturnArrival:
    open_rows = ReturnArrival.objects.filter(pk=row.pk, state=ReturnArrival.State.OPEN)
    done = {"state": ReturnArrival.State.DONE, "finished_at": at, "finished_by": actor.key}
    # SQLite has no row locks: the parcel must still be open.
    if not open_rows.update(**done) or row.request is None:
        raise ArrivalClosed
    row.state, row.finished_at, row.finished_by = ReturnArrival.State.DONE, at, actor.key
    request = progress.lock(row.request.pk)
    _place_it(request, row)
    if request.status == ReturnRequest.Status.RESOLVED:
        progress.move(request.pk, "reopen", actor=actor, at=at, why=Why(is_public=False))
    facts = {"arrival": row.pk, "warehouse": row.warehouse.code}
    was_given_up = request.status in GIVEN_UP
    progress.move(request.pk, "arrive", actor=actor, at=at, why=Why(data=facts))
    if was_given_up and request.order_id is not None:
        closing.revive(request.pk, actor=actor, at=at)
    told = take_in(row, actor=actor, at=at)
    progress.note(request, "COUNTED", actor=actor, at=at, why=Why(data=told, is_public=False))
    if not ReturnUnits.objects.filter(line__request=request.pk).exists():
        # Nothing came that could be inspected: what is missing is known now.
        why = Why(data={"accepted": 0, "refused": 0})
        progress.move(request.pk, "inspect", actor=actor, at=at, why=why)
    _note(row, "finished", actor=actor, at=at, facts={**facts, **told})
    return row


def _place_it(request: ReturnRequest, row: ReturnArrival) -> None:
    """Say on the return where the goods are now, and at which shop they were taken back (A-14)."""
    columns = {"warehouse_id": row.warehouse_id}
    shop = shop_of(row.warehouse)
    if shop is not None:
        columns["return_channel_id"] = shop.pk
    ReturnRequest.objects.filter(pk=request.pk).update(**columns)


def shop_of(place: Warehouse) -> Channel | None:
    """Return the channel a store sells for: the first that names the store as its warehouse."""
    if place.kind != Warehouse.Kind.STORE:
        return None
    shops = Channel.objects.filter(warehouses__warehouse=place, warehouses__is_allowed=True)
    return shops.order_by("warehouses__rank", "pk").first()


def _request_of(
    named: Named, place: Warehouse, *, actor: Actor, at: dt.datetime
) -> ReturnRequest | None:
    if named.request_id is not None:
        return ReturnRequest.objects.get(pk=named.request_id)
    if named.order_id is None:
        return None
    if named.is_undelivered and named.shipment_id is not None:
        return blind_requests.open_rts(named.shipment_id, actor=actor, at=at)
    found = arrival_codes.open_request(named.order_id)
    if found is not None:
        return found
    source = "store" if place.kind == Warehouse.Kind.STORE else "floor"
    draft = BlindDraft(source=source, warehouse_id=place.pk, order_id=named.order_id)
    return blind_requests.open_blind(draft, actor=actor, at=at)


def _give(
    row: ReturnArrival, request: ReturnRequest, *, actor: Actor, at: dt.datetime
) -> ReturnArrival:
    other = ReturnArrival.objects.open().filter(request=request).exclude(pk=row.pk).first()
    if other is not None:
        raise ArrivalNamed(number=request.number)
    row.request = request
    row.save(update_fields=["request"])
    _note(row, "named", actor=actor, at=at)
    return row


def _return_bin(place: Warehouse) -> Bin:
    rows = Bin.objects.filter(warehouse=place, is_active=True, kind__in=RETURN_BINS)
    found = {row.kind: row for row in rows.order_by("-pick_sequence", "-pk")}
    for kind in RETURN_BINS:
        if kind in found:
            return found[kind]
    raise NoReturnBin(warehouse=place.code)


def _note(
    row: ReturnArrival,
    what: str,
    *,
    actor: Actor,
    at: dt.datetime,
    facts: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"returns.arrival_{what}",
        target=row.key,
        at=at,
        after={"request": row.request_id, "warehouse": row.warehouse.code, **(facts or {})},
    )
