"""Returns: reasons, requests, lines, photos, steps."""

from returns.models.exchanges import CardHold, Exchange
from returns.models.labels import ReturnLabel
from returns.models.reasons import ReturnReason
from returns.models.requests import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep

__all__ = [
    "CardHold",
    "Exchange",
    "ReturnLabel",
    "ReturnLine",
    "ReturnPhoto",
    "ReturnReason",
    "ReturnRequest",
    "ReturnStep",
]
