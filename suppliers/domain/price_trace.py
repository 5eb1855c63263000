"""The steps that led to a price, as plain values that can be stored beside an order line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

#: `{"code": "LIST_BREAK", "min_qty": "100"}`: every value is a text, so that JSON keeps it exact.
Step = dict[str, str]


def step(code: str, **values: Any) -> Step:
    """Return one step: its code and its figures as texts (dot, ISO date)."""
    return {"code": code, **{name: _text(value) for name, value in values.items()}}


def _text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
