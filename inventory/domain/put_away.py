"""Which bin goods from the dock should go to, and why.

Order of preference, each tied by the walk (nearest to the SKU's own pick face first, else the
lowest place in the walk), then the bin's code:

1. SAME_LOT: a bin that holds the same SKU and lot (for SKUs without lots: the same SKU);
2. SAME_SKU: a bin with other lots of the SKU, where lots may share a bin;
3. NEAR_PICK_FACE: an empty bin of a zone the SKU already lies in;
4. EMPTY: any other empty bin.

Worked example: TEA lot L2 from the dock, L1 in A-03, A-04 empty in the same zone, B-01 empty
elsewhere, lots kept apart: A-04 (NEAR_PICK_FACE), then B-01 (EMPTY); A-03 is refused (MIXED_LOTS).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SAME_LOT, SAME_SKU, NEAR_PICK_FACE, EMPTY = "SAME_LOT", "SAME_SKU", "NEAR_PICK_FACE", "EMPTY"
RANKS = (SAME_LOT, SAME_SKU, NEAR_PICK_FACE, EMPTY)
SHELVES = frozenset({"pick", "bulk"})
WRONG_KIND, CLOSED, MIXED_LOTS = "WRONG_KIND", "CLOSED", "MIXED_LOTS"
WRONG_CLIMATE, WRONG_HAZARD = "WRONG_CLIMATE", "WRONG_HAZARD"
AMBIENT = "ambient"


@dataclass(frozen=True, slots=True)
class ShelfBin:
    """One bin as put-away sees it. `contents` are its (SKU id, lot id or None), units > 0.

    `climate` and `hazard` are its zone's; a bin without zone is ambient and for harmless goods.
    """

    bin_id: int
    code: str
    kind: str
    sequence: int = 0
    zone_id: int | None = None
    is_active: bool = True
    is_pickable: bool = True
    contents: frozenset[tuple[int, int | None]] = field(default=frozenset())
    climate: str = AMBIENT
    hazard: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """What is put away. `mixed_lots`: two lots of one SKU may share a bin.

    `climate` is how warm they are kept. `hazard_apart`: some zone is made for a hazard class, so
    goods of a class go into its zones only; without such a zone they may lie anywhere harmless.
    """

    sku_id: int
    lot_id: int | None
    mixed_lots: bool = False
    climate: str = AMBIENT
    hazard: str = ""
    hazard_apart: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A bin and the code of the reason why it is offered."""

    bin_id: int
    code: str
    why: str


def refusal(place: ShelfBin, goods: Goods) -> str:
    """Return the code of why a bin must not take the goods; empty when it may."""
    if not place.is_active:
        return CLOSED
    if place.kind not in SHELVES or not place.is_pickable:
        return WRONG_KIND
    if place.climate != goods.climate:
        return WRONG_CLIMATE
    if place.hazard != goods.hazard and (place.hazard or goods.hazard_apart):
        return WRONG_HAZARD
    others = {lot for sku, lot in place.contents if sku == goods.sku_id and lot != goods.lot_id}
    if others and not goods.mixed_lots:
        return MIXED_LOTS
    return ""


def suggest(places: Iterable[ShelfBin], goods: Goods, *, limit: int = 3) -> list[Suggestion]:
    """Return at most `limit` bins, best first; empty when no bin may take the goods."""
    bins = list(places)
    faces = [row for row in bins if _holds(row, goods.sku_id) and row.kind in SHELVES]
    zones = frozenset(row.zone_id for row in faces if row.zone_id is not None)
    ranked = []
    for row in bins:
        why = "" if refusal(row, goods) else _reason(row, goods, zones)
        if why:
            ranked.append((RANKS.index(why), _way(row, faces), row.code, row.bin_id, why))
    ranked.sort()
    return [Suggestion(bin_id, code, why) for _, _, code, bin_id, why in ranked[:limit]]


def _holds(place: ShelfBin, sku_id: int) -> bool:
    return any(sku == sku_id for sku, _lot in place.contents)


def _reason(place: ShelfBin, goods: Goods, zones: frozenset[int]) -> str:
    if (goods.sku_id, goods.lot_id) in place.contents:
        return SAME_LOT
    if _holds(place, goods.sku_id):
        return SAME_SKU
    if place.contents:
        return ""
    return NEAR_PICK_FACE if place.zone_id in zones else EMPTY


def _way(place: ShelfBin, faces: Sequence[ShelfBin]) -> int:
    if not faces:
        return place.sequence
    return min(abs(place.sequence - face.sequence) for face in faces)
