from planning.models.demand import (
    DemandChange,
    DemandEvent,
    DemandHistory,
    DemandSignal,
    StockoutSpan,
)
from planning.models.forecasts import Forecast, ForecastOverride, ForecastRun
from planning.models.policies import (
    BandOverride,
    CategoryPolicy,
    KindProposal,
    PolicyKind,
    SeasonPlan,
    SkuPolicy,
    WhatIfRun,
)
from planning.models.proposals import CoverStatus, Proposal, ReviewRun
from planning.models.repurchase import (
    CrossPurchase,
    CustomerEstimate,
    ExpectedRepurchase,
    ProductRepurchase,
    RepurchaseRun,
)
from planning.models.risk import (
    ConservativeSwitch,
    DemandDeviation,
    EventReading,
    RiskFlag,
    RiskMode,
    RiskResponse,
    RiskStep,
)

__all__ = [
    "BandOverride",
    "CategoryPolicy",
    "ConservativeSwitch",
    "CoverStatus",
    "CrossPurchase",
    "CustomerEstimate",
    "DemandChange",
    "DemandDeviation",
    "DemandEvent",
    "DemandHistory",
    "DemandSignal",
    "EventReading",
    "ExpectedRepurchase",
    "Forecast",
    "ForecastOverride",
    "ForecastRun",
    "KindProposal",
    "PolicyKind",
    "ProductRepurchase",
    "Proposal",
    "RepurchaseRun",
    "ReviewRun",
    "RiskFlag",
    "RiskMode",
    "RiskResponse",
    "RiskStep",
    "SeasonPlan",
    "SkuPolicy",
    "StockoutSpan",
    "WhatIfRun",
]
