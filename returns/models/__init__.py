"""Returns: reasons, requests, lines, photos, steps."""

from returns.models.reasons import ReturnReason
from returns.models.requests import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep

__all__ = [
    "ReturnLine",
    "ReturnPhoto",
    "ReturnReason",
    "ReturnRequest",
    "ReturnStep",
]
