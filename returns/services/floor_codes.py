"""What a scanned text means at the returns desk of one warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.scanning import ParsedScan, parse_scan
from inventory.models import Bin, Lot, Sku, SkuBarcode

SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """A scan and what it names: command, item (with lot and units), bin, or nothing of these."""

    kind: str
    code: str
    sku: Sku | None = None
    lot: Lot | None = None
    qty: int = 1
    bin: Bin | None = None


def hear(raw: str, *, warehouse_id: int) -> Heard:
    """Return what `raw` names; a code that is nothing here is `other` (perhaps a parcel)."""
    scan = parse_scan(raw)
    if scan.kind == "command":
        return Heard("command", scan.code[:SHOWN])
    texts = {scan.code, scan.raw.strip(), scan.code.removeprefix("BIN-")} - {""}
    place = Bin.objects.filter(warehouse_id=warehouse_id, code__in=texts).order_by("pk").first()
    if place is not None and scan.kind != "gs1":
        return Heard("bin", place.code, bin=place)
    sku, units = _sku(scan, texts)
    if sku is not None:
        lot = Lot.objects.filter(sku=sku, code=scan.lot).first() if scan.lot else None
        return Heard("item", sku.code, sku, lot, scan.qty or units)
    return Heard("other", (scan.code or raw.strip())[:SHOWN])


def _sku(scan: ParsedScan, texts: set[str]) -> tuple[Sku | None, int]:
    gtin = scan.gtin
    codes = texts | ({gtin, gtin.lstrip("0"), gtin[1:], gtin[2:]} if gtin else set())
    named = SkuBarcode.objects.filter(code__in=codes).select_related("sku").order_by("pk").first()
    if named is not None:
        return named.sku, named.units_per_scan
    return Sku.objects.filter(code__in=codes).order_by("pk").first(), 1
