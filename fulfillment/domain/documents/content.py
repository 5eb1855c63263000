"""What the floor's documents say. Amounts are exact Decimals beside one ISO 4217 currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from core.errors import DomainError, gettext_noop
from shipping.domain.label import Party

#: Turns an English text into the document's language.
Say = Callable[[str], str]


class CustomsDataMissing(DomainError):
    """A customs form can't be filled in; `missing` names each SKU and what it lacks."""

    code = "CUSTOMS_DATA_MISSING"
    text = gettext_noop(
        "Customs data are missing: %(missing)s. Complete the products, then print again."
    )


class NothingToPrint(DomainError):
    """The document would be empty."""

    code = "NOTHING_TO_PRINT"
    text = gettext_noop("There is nothing to print here: %(what)s is empty.")


@dataclass(frozen=True, slots=True)
class SlipLine:
    """Units of one SKU in a parcel. `amount` is what the customer paid for them, or None."""

    sku_code: str
    name: str
    qty: int
    lot_code: str = ""
    note: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What lies in one parcel of an order."""

    order_number: str
    placed_on: dt.date
    parcel_number: str
    position: int
    parcel_count: int
    sender: Party
    recipient: Party
    currency: str
    lines: tuple[SlipLine, ...]
    gift_message: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class CustomsLine:
    """Goods of one SKU in a parcel as customs sees them; weight and value are of all its units."""

    sku_code: str
    text: str
    hs_code: str
    origin: str
    qty: int
    value: Decimal | None
    weight_g: int | None

    def missing(self, gettext: Say) -> list[str]:
        """Return the names of what is not known."""
        wanted = {
            gettext("customs text"): self.text,
            gettext("HS code"): self.hs_code,
            gettext("country of origin"): self.origin,
            gettext("value"): self.value,
            gettext("weight"): self.weight_g,
        }
        return [name for name, given in wanted.items() if given in {None, "", 0}]


@dataclass(frozen=True, slots=True)
class Customs:
    """A parcel that crosses a border. `gross_g` is the packed parcel's weight."""

    number: str
    order_number: str
    issued_on: dt.date
    tracking_number: str
    sender: Party
    recipient: Party
    currency: str
    lines: tuple[CustomsLine, ...]
    gross_g: int
    shipping_amount: Decimal = Decimal(0)
    is_gift: bool = False

    @property
    def value(self) -> Decimal:
        """Sum of the lines' values."""
        return sum((line.value or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def net_g(self) -> int:
        """Sum of the lines' weights."""
        return sum(line.weight_g or 0 for line in self.lines)

    def check(self, gettext: Say) -> None:
        """Refuse a form with holes in it.

        Raises:
            NothingToPrint: no goods.
            CustomsDataMissing: with the SKU and the data it lacks, by name.
        """
        if not self.lines:
            raise NothingToPrint(what=self.number)
        lacking = [
            f"{line.sku_code} ({', '.join(names)})"
            for line in self.lines
            if (names := line.missing(gettext))
        ]
        if lacking:
            raise CustomsDataMissing(missing="; ".join(lacking))


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """A label for goods: one SKU, and the lot they belong to if it has any.

    `gtin` has 14 digits or is empty; then the codes are our own.
    """

    title: str
    sku_code: str
    name: str
    lot_code: str = ""
    expires_on: dt.date | None = None
    gtin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """A label for a bin, a tote or a cart slot: its code and where it belongs."""

    code: str
    warehouse: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HoldTag:
    """A tag for goods that nobody may use yet."""

    code: str
    reason: str
    facts: tuple[str, ...]
    held_on: dt.date


@dataclass(frozen=True, slots=True)
class PalletLabel:
    """A logistic label: the SSCC, from, to, and what is on the pallet."""

    sscc: str
    sender: Party
    recipient: Party
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PickStop:
    """One stop of a walk."""

    bin_code: str
    sku_code: str
    name: str
    lot_code: str
    qty: int
    shipment_number: str
    tote_code: str = ""


@dataclass(frozen=True, slots=True)
class PickList:
    """A wave as paper, for when the network is down."""

    wave_number: str
    warehouse: str
    stops: tuple[PickStop, ...]
