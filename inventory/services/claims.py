"""Claims of picks on bin stock: made, used up and given up, always under the level's lock.

These functions write `BinReservation` only; the units in `BinStock.reserved` are the caller's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When

from inventory.domain.moves import BinKey, Place
from inventory.models import BinReservation, BinStock, Reservation
from inventory.services.ledger import Posting


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of one bin stock row for one pick, and the promise they are for."""

    owner_key: str
    demand_key: str
    bin_stock_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Units a pick lost in a bin, because they are not there or not good any more."""

    owner_key: str
    demand_key: str
    bin_stock_id: int
    qty: int


def place_of(held: BinStock) -> Place:
    """Return where units lie; the bin must have been read along."""
    return Place(held.bin_id, held.bin.warehouse_id)


def add(claims: Sequence[Claim], *, event_id: int, at: dt.datetime) -> list[int]:
    """Write claims and return their ids; a pick's claim on the same bin stock grows."""
    summed: dict[tuple[str, int], Claim] = {}
    for claim in claims:
        key = (claim.owner_key, claim.bin_stock_id)
        qty = claim.qty + (summed[key].qty if key in summed else 0)
        summed[key] = Claim(claim.owner_key, claim.demand_key, claim.bin_stock_id, qty)
    if not summed:
        return []
    known = {
        (row.owner_key, row.bin_stock_id): row.pk
        for row in BinReservation.objects.pending().filter(
            owner_key__in={key[0] for key in summed}, bin_stock_id__in={key[1] for key in summed}
        )
    }
    for key in known.keys() & summed.keys():
        more = summed[key].qty
        BinReservation.objects.filter(pk=known[key]).update(qty=F("qty") + more)
    made = BinReservation.objects.bulk_create(
        [
            BinReservation(
                event_id=event_id,
                bin_stock_id=claim.bin_stock_id,
                owner_key=claim.owner_key,
                demand_key=claim.demand_key,
                qty=claim.qty,
                created_at=at,
            )
            for key, claim in summed.items()
            if key not in known
        ],
        batch_size=500,
    )
    return [*(known[key] for key in known.keys() & summed.keys()), *(row.pk for row in made)]


def give_up(cuts: Sequence[tuple[BinReservation, int]]) -> None:
    """Write that units of claims are given up: a whole claim is released."""
    _lessen(cuts, BinReservation.State.RELEASED)


def use_up(cuts: Sequence[tuple[BinReservation, int]]) -> None:
    """Write that units of claims moved on or left: a whole claim is consumed."""
    _lessen(cuts, BinReservation.State.CONSUMED)


def _lessen(cuts: Sequence[tuple[BinReservation, int]], ended: str) -> None:
    total: dict[int, int] = {}
    whole = {}
    for claim, qty in cuts:
        total[claim.pk] = total.get(claim.pk, 0) + qty
        whole[claim.pk] = claim.qty
    done = [pk for pk, qty in total.items() if qty == whole[pk]]
    if done:
        BinReservation.objects.filter(pk__in=done).update(state=ended)
    for pk, qty in total.items():
        if qty < whole[pk]:
            BinReservation.objects.filter(pk=pk).update(qty=F("qty") - qty)


def free_for(
    leaving: Mapping[BinKey, int], posting: Posting, *, first_owners: Collection[str] = ()
) -> list[Unclaimed]:
    """Take claims away so that `leaving` units of each key can go; free units go first.

    The claims of `first_owners` fall first, then those whose promise has ended, then the newest.
    """
    lacking = {
        posting.bins[key].bin_stock_id: (key, qty - posting.free_qty(key))
        for key, qty in leaving.items()
        if key in posting.bins and qty > posting.free_qty(key)
    }
    if not lacking:
        return []
    cuts, lost = [], []
    rest = {pk: units for pk, (_key, units) in lacking.items()}
    for claim in _weakest_first(list(lacking), first_owners):
        qty = min(claim.qty, rest[claim.bin_stock_id])
        if qty:
            rest[claim.bin_stock_id] -= qty
            cuts.append((claim, qty))
            posting.claim(lacking[claim.bin_stock_id][0], -qty)
            lost.append(Unclaimed(claim.owner_key, claim.demand_key, claim.bin_stock_id, qty))
    give_up(cuts)
    return lost


def _weakest_first(
    bin_stock_ids: Sequence[int], first_owners: Collection[str]
) -> list[BinReservation]:
    promised = Reservation.objects.pending().filter(owner_key=OuterRef("demand_key"))
    mine = Case(
        When(owner_key__in=list(first_owners), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(
        BinReservation.objects.pending()
        .filter(bin_stock_id__in=bin_stock_ids)
        .annotate(promised=Exists(promised), mine=mine)
        .order_by("mine", "promised", "-pk")
    )
