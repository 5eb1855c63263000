from planning.models.alerts import Alert, AlertKind, AlertRule
from planning.models.demand import (
    DemandChange,
    DemandEvent,
    DemandHistory,
    DemandSignal,
    StockoutSpan,
)
from planning.models.forecast_care import (
    DemandAnalogue,
    ForecastOutcome,
    MethodLock,
    SeriesOutlook,
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
    "Alert",
    "AlertKind",
    "AlertRule",
    "BandOverride",
    "CategoryPolicy",
    "ConservativeSwitch",
    "CoverStatus",
    "CrossPurchase",
    "CustomerEstimate",
    "DemandAnalogue",
    "DemandChange",
    "DemandDeviation",
    "DemandEvent",
    "DemandHistory",
    "DemandSignal",
    "EventReading",
    "ExpectedRepurchase",
    "Forecast",
    "ForecastOutcome",
    "ForecastOverride",
    "ForecastRun",
    "ForecastShare",
    "ForecastShareEvent",
    "ForecastTerm",
    "KindProposal",
    "MethodLock",
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
    "SeriesOutlook",
    "SkuPolicy",
    "StockoutSpan",
    "WeeklyPack",
    "WhatIfRun",
]
