from inventory.models.costs import CostLayer, LayerConsumption
from inventory.models.counts import CountTask
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
    "Bin",
    "BinReservation",
    "BinStock",
    "Bom",
    "BomLine",
    "Condition",
    "CostLayer",
    "CountTask",
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
