from inventory.models.adjustments import AdjustmentRequest
from inventory.models.costs import CostLayer, LayerConsumption
from inventory.models.counts import CountTask
from inventory.models.cycle_counts import (
    CountClass,
    CycleCount,
    CycleCountLine,
    CycleCountRound,
)
from inventory.models.lots import Lot
from inventory.models.packaging import PackagingSpec
from inventory.models.places import Bin, Warehouse, WarehouseHoliday, Zone
from inventory.models.products import Bom, BomLine, Product, Sku, SkuBarcode
from inventory.models.reservations import BinReservation, Reservation
from inventory.models.stock import (
    MOST_UNITS,
    BinStock,
    Condition,
    StockEvent,
    StockLevel,
    StockMove,
)

__all__ = [
    "MOST_UNITS",
    "AdjustmentRequest",
    "Bin",
    "BinReservation",
    "BinStock",
    "Bom",
    "BomLine",
    "Condition",
    "CostLayer",
    "CountClass",
    "CountTask",
    "CycleCount",
    "CycleCountLine",
    "CycleCountRound",
    "LayerConsumption",
    "Lot",
    "PackagingSpec",
    "Product",
    "Reservation",
    "Sku",
    "SkuBarcode",
    "StockEvent",
    "StockLevel",
    "StockMove",
    "Warehouse",
    "WarehouseHoliday",
    "Zone",
]
