from inventory.models.adjustments import AdjustmentRequest
from inventory.models.climate import Climate
from inventory.models.costs import CostLayer, CostVariance, LandedShare, LayerConsumption
from inventory.models.counts import CountTask
from inventory.models.cycle_counts import (
    CountClass,
    CycleCount,
    CycleCountLine,
    CycleCountRound,
)
from inventory.models.layouts import BinPlace, FloorLayout
from inventory.models.lot_extensions import LotExtension
from inventory.models.lots import Lot
from inventory.models.packaging import PackagingSpec
from inventory.models.places import Bin, Warehouse, WarehouseHoliday, Zone
from inventory.models.products import Bom, BomLine, Product, Sku, SkuBarcode
from inventory.models.replenishment import PickFace, ReplenishTask
from inventory.models.reservations import BinReservation, Reservation
from inventory.models.shortfalls import Shortfall
from inventory.models.stock import (
    MOST_UNITS,
    BinStock,
    Condition,
    StockEvent,
    StockLevel,
    StockMove,
)
from inventory.models.substitutes import Substitute
from inventory.models.transfers import Transfer, TransferLine, TransferPick
from inventory.models.work_orders import KitPart, WorkOrder, WorkOrderLine

__all__ = [
    "MOST_UNITS",
    "AdjustmentRequest",
    "Bin",
    "BinPlace",
    "BinReservation",
    "BinStock",
    "Bom",
    "BomLine",
    "Climate",
    "Condition",
    "CostLayer",
    "CostVariance",
    "CountClass",
    "CountTask",
    "CycleCount",
    "CycleCountLine",
    "CycleCountRound",
    "FloorLayout",
    "KitPart",
    "LandedShare",
    "LayerConsumption",
    "Lot",
    "LotExtension",
    "PackagingSpec",
    "PickFace",
    "Product",
    "ReplenishTask",
    "Reservation",
    "Shortfall",
    "Sku",
    "SkuBarcode",
    "StockEvent",
    "StockLevel",
    "StockMove",
    "Substitute",
    "Transfer",
    "TransferLine",
    "TransferPick",
    "Warehouse",
    "WarehouseHoliday",
    "WorkOrder",
    "WorkOrderLine",
    "Zone",
]
