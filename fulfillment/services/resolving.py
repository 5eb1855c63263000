"""What a scanned text means on the floor: bin, tote, item, lot or command of this warehouse.

The code is read by `core.scanning`, then looked up in the task's own context first: its SKU's
lots and barcodes before anybody else's, this warehouse's bins and no other's.
"""

from __future__ import annotations

import datetime as dt

from core.scanning import ParsedScan, parse_scan
from fulfillment.domain.pick_steps import Scanned
from inventory.models import Bin, Lot, Reservation, Sku, SkuBarcode

#: A code that fits nothing is shown and kept up to here; the longest code of ours is far shorter.
SHOWN_LENGTH = 64
TOTE_KINDS = frozenset({"tote", "cart", "station", "pack"})


def resolve(
    raw: str, *, warehouse_id: int, sku_id: int | None = None, owner_key: str = ""
) -> Scanned:
    """Return what `raw` names. `sku_id` and `owner_key` are the task's, if there is one.

    A code that fits nothing is `unknown`; a lot that lives too short for the task's promise comes
    back with `eligible` False (X13).
    """
    scan = parse_scan(raw)
    if scan.kind == "command":
        return Scanned("command", scan.code[:SHOWN_LENGTH])
    place = _place(scan, warehouse_id)
    if place is not None:
        return place
    item = _item(scan)
    if item is not None:
        return _with_life(item, scan, owner_key)
    lot = _lot(scan, sku_id)
    if lot is not None:
        return Scanned("lot", lot.code, eligible=_lives_long_enough(lot, owner_key))
    return Scanned("unknown", (scan.code or raw.strip())[:SHOWN_LENGTH])


def _place(scan: ParsedScan, warehouse_id: int) -> Scanned | None:
    if scan.kind == "gs1":
        return None
    codes = {scan.code, scan.code.removeprefix("BIN-"), scan.raw.strip()}
    found = Bin.objects.filter(warehouse_id=warehouse_id, code__in=codes).order_by("pk").first()
    if found is None:
        return None
    return Scanned("tote" if found.kind in TOTE_KINDS else "bin", found.code)


def _item(scan: ParsedScan) -> Scanned | None:
    codes = {scan.code, scan.raw.strip()}
    if scan.gtin:
        codes |= {scan.gtin, scan.gtin.lstrip("0"), scan.gtin[1:], scan.gtin[2:]}
    barcode = SkuBarcode.objects.filter(code__in=codes).select_related("sku").order_by("pk").first()
    if barcode is not None:
        units = scan.qty or barcode.units_per_scan
        return Scanned("item", barcode.sku.code, lot=scan.lot, qty=units)
    sku = Sku.objects.filter(code__in=codes).order_by("pk").first()
    return Scanned("item", sku.code, lot=scan.lot, qty=scan.qty or 1) if sku else None


def _lot(scan: ParsedScan, sku_id: int | None) -> Lot | None:
    codes = {scan.code, scan.code.removeprefix("LOT-"), scan.raw.strip(), scan.lot} - {""}
    rows = Lot.objects.filter(code__in=codes)
    if sku_id is not None:
        rows = rows.filter(sku_id=sku_id)
    return rows.order_by("pk").first()


def _with_life(item: Scanned, scan: ParsedScan, owner_key: str) -> Scanned:
    if not item.lot or not owner_key:
        return item
    lot = Lot.objects.filter(sku__code=item.value, code=item.lot).first()
    eligible = lot is None or _lives_long_enough(lot, owner_key)
    return Scanned(item.kind, item.value, item.lot, item.qty, eligible)


def _lives_long_enough(lot: Lot, owner_key: str) -> bool:
    until: dt.date | None = (
        Reservation.objects.filter(owner_key=owner_key, state="pending")
        .values_list("usable_until", flat=True)
        .first()
    )
    return lot.expires_on is None or until is None or lot.expires_on >= until
