"""Shapes that all resources share: prefixed ids and money."""

from __future__ import annotations

import re
from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.errors import NotFound

_ID = re.compile(r"([a-z]{2,6})_([1-9][0-9]{0,17})")


def parse_id(prefix: str, value: str) -> int:
    """Return the primary key in `ord_17`.

    Raises:
        NotFound: another prefix, or no number: such an object does not exist.
    """
    match = _ID.fullmatch(value)
    if match is None or match[1] != prefix:
        raise NotFound
    return int(match[2])


@extend_schema_field({"type": "string", "pattern": "^[a-z]{2,6}_[1-9][0-9]*$", "example": "ord_17"})
class PrefixedIdField(serializers.Field):
    """A primary key as `ord_17`, so that an id says what it names."""

    def __init__(self, prefix: str, **kwargs):
        self.prefix = prefix
        kwargs.setdefault("source", "pk")
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def to_representation(self, value):
        return f"{self.prefix}_{value}"

    def to_internal_value(self, data):
        try:
            return parse_id(self.prefix, str(data))
        except NotFound:
            raise serializers.ValidationError(
                f"Write an id such as {self.prefix}_17.", code="bad_id"
            ) from None


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "example": "12.30"},
            "currency": {"type": "string", "example": "USD"},
        },
    }
)
class MoneyField(serializers.Field):
    """An amount with its currency, read from two columns: `MoneyField("total_amount")`."""

    def __init__(self, amount_field: str, currency_field: str = "currency", **kwargs):
        self.amount_field, self.currency_field = amount_field, currency_field
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row):
        amount = getattr(row, self.amount_field)
        if amount is None:
            return None
        shown = format(Decimal(amount), "f")
        return {"amount": shown, "currency": getattr(row, self.currency_field)}
