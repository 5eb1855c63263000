"""Claims of picks on bin stock: made, moved along with the units, and given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from inventory.domain.moves import BinKey
from inventory.models import BinReservation, Reservation
from inventory.services.ledger import Posting


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Units a pick lost in a bin, because they are not there or not good any more."""

    owner_key: str
    demand_key: str
    bin_stock_id: int
    qty: int


def give_up(claims: Sequence[tuple[BinReservation, int]]) -> None:
    """Write that units of claims are given up: wholly (released) or in part."""
    whole = [claim.pk for claim, qty in claims if qty == claim.qty]
    if whole:
        BinReservation.objects.filter(pk__in=whole).update(state=BinReservation.State.RELEASED)
    for claim, qty in claims:
        if qty < claim.qty:
            BinReservation.objects.filter(pk=claim.pk).update(qty=F("qty") - qty)


def free_for(leaving: Mapping[BinKey, int], posting: Posting) -> list[Unclaimed]:
    """Take claims away so that `leaving` units of each key can go; the levels must be locked.

    Claims whose promise has ended go first, then the newest. What is free needs no claim to fall.
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
    for claim in _weakest_first(list(lacking)):
        qty = min(claim.qty, rest[claim.bin_stock_id])
        if qty:
            rest[claim.bin_stock_id] -= qty
            cuts.append((claim, qty))
            posting.claim(lacking[claim.bin_stock_id][0], -qty)
            lost.append(Unclaimed(claim.owner_key, claim.demand_key, claim.bin_stock_id, qty))
    give_up(cuts)
    return lost


def _weakest_first(bin_stock_ids: Sequence[int]) -> list[BinReservation]:
    promised = Reservation.objects.pending().filter(owner_key=OuterRef("demand_key"))
    return list(
        BinReservation.objects.pending()
        .filter(bin_stock_id__in=bin_stock_ids)
        .annotate(promised=Exists(promised))
        .order_by("promised", "-pk")
    )
