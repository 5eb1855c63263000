"""What a channel tells about a customer, before it is known whether we know that customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address as a channel gave it."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is known that a parcel could be sent to."""
        return not (self.line1 or self.city or self.postcode)


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """One customer of one channel. `external_id` is the channel's own id and never empty."""

    channel_code: str
    external_id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""
    address: AddressDraft | None = None
    segment: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return (channel code, external id), the name of this customer at the channel."""
        return (self.channel_code, self.external_id)


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What the orders of one customer add up to; moments are aware UTC."""

    order_count: int
    first_order_at: dt.datetime | None
    last_order_at: dt.datetime | None


def normal_email(text: str) -> str:
    """Return an e-mail address as it is compared: trimmed and in lower case.

    Dots and tags before the @ stay: only one provider ignores them.
    """
    return text.strip().lower()
