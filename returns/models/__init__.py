"""Returns: reasons, requests, lines, photos, steps."""

from returns.models.claims import CarrierClaim, DeliveryCase
from returns.models.drafts import ReturnDraft, ReturnDraftPhoto
from returns.models.exchanges import CardHold, Exchange
from returns.models.inspections import (
    ArrivalCount,
    Disposition,
    DispositionRule,
    Grade,
    Inspection,
    InspectionDesk,
    ReturnArrival,
    ReturnScan,
    ReturnUnits,
)
from returns.models.labels import ReturnLabel
from returns.models.matches import ReturnMatch
from returns.models.messages import CustomerMessage, MessageThread
from returns.models.money import (
    GatewayBooking,
    Recoverable,
    Refund,
    RefundLine,
    RefundPayment,
    StoreCreditAccount,
    StoreCreditEntry,
)
from returns.models.policies import PolicyBook, PolicyRule, PolicyTrial
from returns.models.reasons import ReturnReason
from returns.models.requests import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep

__all__ = [
    "ArrivalCount",
    "CardHold",
    "CarrierClaim",
    "CustomerMessage",
    "DeliveryCase",
    "Disposition",
    "DispositionRule",
    "Exchange",
    "GatewayBooking",
    "Grade",
    "Inspection",
    "InspectionDesk",
    "MessageThread",
    "PolicyBook",
    "PolicyRule",
    "PolicyTrial",
    "Recoverable",
    "Refund",
    "RefundLine",
    "RefundPayment",
    "ReturnArrival",
    "ReturnDraft",
    "ReturnDraftPhoto",
    "ReturnLabel",
    "ReturnLine",
    "ReturnMatch",
    "ReturnPhoto",
    "ReturnReason",
    "ReturnRequest",
    "ReturnScan",
    "ReturnStep",
    "ReturnUnits",
    "StoreCreditAccount",
    "StoreCreditEntry",
]
