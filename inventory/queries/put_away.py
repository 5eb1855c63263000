"""Bins that may take goods from a dock: those that hold the SKU, and the nearest empty ones."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from inventory.domain.put_away import AMBIENT, SHELVES, Goods, ShelfBin, Suggestion, suggest
from inventory.models import Bin, BinStock, Sku, Zone

#: Empty bins looked at on each side of the walk; more would only be further away.
NEAR = 20


def suggest_bins(warehouse_id: int, goods: Goods, *, limit: int = 3) -> list[Suggestion]:
    """Return at most `limit` bins of the warehouse for the goods, best first; four statements."""
    shelves = Bin.objects.pickable().filter(warehouse_id=warehouse_id, kind__in=SHELVES)
    shelves = shelves.select_related("zone")
    stock = BinStock.objects.present().filter(bin_id=OuterRef("pk"))
    homes = list(shelves.filter(Exists(stock.filter(sku_id=goods.sku_id))).order_by("pk"))
    empty = shelves.filter(~Exists(stock)).filter(_fitting(goods))
    at = min((row.pick_sequence for row in homes), default=0)
    zones = {row.zone_id for row in homes if row.zone_id is not None}
    near = list(empty.filter(zone_id__in=zones).order_by("pick_sequence", "pk")[:NEAR])
    near += empty.filter(pick_sequence__gte=at).order_by("pick_sequence", "pk")[:NEAR]
    return suggest(shelf_bins([*homes, *near]), goods, limit=limit)


def goods_of(sku_id: int, lot_id: int | None, *, mixed_lots: bool) -> Goods:
    """Return goods with what their SKU demands of a place; one statement."""
    zones = Zone.objects.exclude(hazard="")
    climate, hazard, apart = (
        Sku.objects.annotate(apart=Exists(zones))
        .values_list("climate", "hazard", "apart")
        .get(pk=sku_id)
    )
    return Goods(sku_id, lot_id, mixed_lots, climate, hazard, bool(apart))


def _fitting(goods: Goods) -> Q:
    """Return the filter for bins of the right temperature and hazard class."""
    right = Q(zone__climate=goods.climate)
    if goods.hazard and goods.hazard_apart:
        return right & Q(zone__hazard=goods.hazard)
    right &= Q(zone__hazard="")
    return right | Q(zone=None) if goods.climate == AMBIENT else right


def shelf_bins(rows: Iterable[Bin]) -> list[ShelfBin]:
    """Return the bins with what lies in them, each once, in the given order; one statement.

    Read them with their zones.
    """
    bins = {row.pk: row for row in rows}
    contents: dict[int, set[tuple[int, int | None]]] = {pk: set() for pk in bins}
    stock = BinStock.objects.present().filter(bin_id__in=bins)
    for bin_id, sku_id, lot_id in stock.values_list("bin_id", "sku_id", "lot_id"):
        contents[bin_id].add((sku_id, lot_id))
    return [
        ShelfBin(
            row.pk,
            row.code,
            row.kind,
            row.pick_sequence,
            row.zone_id,
            row.is_active,
            row.is_pickable,
            frozenset(contents[row.pk]),
            row.zone.climate if row.zone else AMBIENT,
            row.zone.hazard if row.zone else "",
        )
        for row in bins.values()
    ]
