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
from planning.models.reports import ReportSchedule
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
from planning.models.sharing import ForecastShare, ForecastShareEvent, ForecastTerm
from planning.models.weekly_packs import PackItem, WeeklyPack

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
    "ForecastShare",
    "ForecastShareEvent",
    "ForecastTerm",
    "KindProposal",
    "PackItem",
    "PolicyKind",
    "ProductRepurchase",
    "Proposal",
    "ReportSchedule",
    "RepurchaseRun",
    "ReviewRun",
    "RiskFlag",
    "RiskMode",
    "RiskResponse",
    "RiskStep",
    "SeasonPlan",
    "SkuPolicy",
    "StockoutSpan",
    "WeeklyPack",
    "WhatIfRun",
]
