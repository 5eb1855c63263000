from planning.models.demand import (
    DemandChange,
    DemandEvent,
    DemandHistory,
    DemandSignal,
    StockoutSpan,
)

__all__ = [
    "DemandChange",
    "DemandEvent",
    "DemandHistory",
    "DemandSignal",
    "StockoutSpan",
]
