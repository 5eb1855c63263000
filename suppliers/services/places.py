"""Where received goods lie: the dock they came to, the hold, the damaged shelf."""

from __future__ import annotations

from inventory.models import Bin
from suppliers.domain.docks import DOCKS
from suppliers.services.errors import NoDock


def dock_of(warehouse_id: int, warehouse_code: str) -> Bin:
    """Return the warehouse's first dock: a receiving bin before any other.

    Raises:
        NoDock: it has none in use.
    """
    rows = Bin.objects.filter(warehouse_id=warehouse_id, kind__in=DOCKS, is_active=True)
    found = list(rows.order_by("pick_sequence", "code", "pk"))
    found.sort(key=lambda row: DOCKS.index(row.kind))
    if not found:
        raise NoDock(warehouse=warehouse_code)
    return found[0]


def hold_of(dock: Bin) -> Bin:
    """Return the bin for goods nobody may sell yet; the dock itself where there is none."""
    return _first(dock, "quarantine") or dock


def damaged_of(dock: Bin) -> Bin:
    """Return the bin for damaged goods; the hold where there is none."""
    return _first(dock, "damaged") or hold_of(dock)


def _first(dock: Bin, kind: str) -> Bin | None:
    rows = Bin.objects.filter(warehouse=dock.warehouse, kind=kind, is_active=True)
    return rows.order_by("pick_sequence", "code", "pk").first()
