"""The smallest valid customers."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from customers.domain.drafts import AddressDraft, CustomerDraft
from customers.models import Customer
from customers.services import directory

NOW = dt.datetime(2026, 1, 15, 10, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def draft(channel_code: str = "shop", external_id: str = "", **fields: Any) -> CustomerDraft:
    """Return the draft of a customer with an id nobody has yet."""
    given = {"name": "Ada Brook", "country": "GB", **fields}
    return CustomerDraft(channel_code, external_id or f"ext-{next(_numbers)}", **given)


def make_customer(channel_code: str = "shop", external_id: str = "", **fields: Any) -> Customer:
    """Return a customer, made by the service."""
    one = draft(channel_code, external_id, **fields)
    return directory.find_or_create_many([one], at=NOW)[one.key]


def address(**fields: str) -> AddressDraft:
    """Return an address in London."""
    given = {"line1": "1 Quay Street", "city": "London", "postcode": "E1 6AN", "country": "GB"}
    return AddressDraft(**{**given, **fields})
