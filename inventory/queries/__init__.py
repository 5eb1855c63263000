"""Reads of stock for services, screens and the apps above; nothing here locks or writes."""

from inventory.queries.kits import buildable_now, kit_atp, read_boms
from inventory.queries.levels import LevelView, atp_by_date, levels_snapshot
from inventory.queries.promises import broken_promises
from inventory.queries.tracing import LotTrace, lot_trace
from inventory.queries.transfers import incoming_transfers

__all__ = [
    "LevelView",
    "LotTrace",
    "atp_by_date",
    "broken_promises",
    "buildable_now",
    "incoming_transfers",
    "kit_atp",
    "levels_snapshot",
    "lot_trace",
    "read_boms",
]
