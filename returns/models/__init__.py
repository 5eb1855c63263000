"""Returns: reasons, requests, lines, photos, steps."""

from returns.models.exchanges import CardHold, Exchange
from returns.models.labels import ReturnLabel
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
from returns.models.matches import ReturnMatch
from returns.models.reasons import ReturnReason
from returns.models.requests import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep

__all__ = [
    "CardHold",
    "Exchange",
    "GatewayBooking",
    "PolicyBook",
    "PolicyRule",
    "PolicyTrial",
    "Recoverable",
    "Refund",
    "RefundLine",
    "RefundPayment",
    "ReturnLabel",
    "ReturnLine",
    "ReturnMatch",
    "ReturnPhoto",
    "ReturnReason",
    "ReturnRequest",
    "ReturnStep",
    "StoreCreditAccount",
    "StoreCreditEntry",
]
