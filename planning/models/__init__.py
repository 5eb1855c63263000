from planning.models.demand import (
    DemandChange,
    DemandEvent,
    DemandHistory,
    DemandSignal,
    StockoutSpan,
)
from planning.models.repurchase import (
    CrossPurchase,
    CustomerEstimate,
    ExpectedRepurchase,
    ProductRepurchase,
    RepurchaseRun,
)

__all__ = [
    "CrossPurchase",
    "CustomerEstimate",
    "DemandChange",
    "DemandEvent",
    "DemandHistory",
    "DemandSignal",
    "ExpectedRepurchase",
    "ProductRepurchase",
    "RepurchaseRun",
    "StockoutSpan",
]
