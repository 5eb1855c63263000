from planning.models.demand import (
    DemandChange,
    DemandEvent,
    DemandHistory,
    DemandSignal,
    StockoutSpan,
)
from planning.models.forecasts import Forecast, ForecastOverride, ForecastRun
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
    "Forecast",
    "ForecastOverride",
    "ForecastRun",
    "ProductRepurchase",
    "RepurchaseRun",
    "StockoutSpan",
]
