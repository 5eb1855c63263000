"""What every carrier must be able to do, and the errors it may answer with.

A gateway is called outside any transaction, with a timeout of its own. It is given our request key
as the reference of each purchase, so that `find` can tell after a lost answer whether the purchase
took place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Protocol

from shipping.domain.label import Party


class CarrierError(Exception):
    """A carrier did not do what was asked. `text` is for the operator, in the carrier's words."""

    code: ClassVar[str] = "CARRIER_ERROR"

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.reason = code or self.code


class CarrierUnavailable(CarrierError):
    """No answer, a broken answer or a 5xx: nothing is known about the purchase. Ask again."""

    code = "CARRIER_UNAVAILABLE"


class CarrierRefused(CarrierError):
    """A final no (4xx): asking again with the same data gives the same answer."""

    code = "CARRIER_REFUSED"


@dataclass(frozen=True, slots=True)
class LabelOrder:
    """One purchase. `reference` is our request key; formats are `pdf` and `zpl`."""

    reference: str
    service_code: str
    service_name: str
    parcel_reference: str
    sender: Party
    recipient: Party
    weight_g: int | None = None
    dims_mm: tuple[int, int, int] | None = None
    box_code: str = ""
    position: int = 1
    parcel_count: int = 1
    formats: tuple[str, ...] = ("pdf", "zpl")


@dataclass(frozen=True, slots=True)
class BoughtLabel:
    """A carrier's answer: the number, the price if it says one, and a file per format."""

    tracking_number: str
    carrier_reference: str
    content_hash: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    cost: Decimal | None = None
    currency: str = ""
    replaced: str = ""


class CarrierGateway(Protocol):
    """A carrier, as the label service sees it. `config.wiring.CARRIERS` lists the classes."""

    def buy(self, order: LabelOrder) -> BoughtLabel:
        """Buy one label.

        Raises:
            CarrierUnavailable: the outcome is unknown; look with `find` before buying again.
            CarrierRefused: final.
        """
        ...

    def find(self, order: LabelOrder) -> BoughtLabel | None:
        """Return what was bought under `order.reference`, or None when nothing was.

        Raises:
            CarrierUnavailable: it can't be told now.
        """
        ...

    def void(self, tracking_number: str, reference: str) -> bool:
        """Ask to void a label; True when it is void, False while the carrier still decides.

        Raises:
            CarrierUnavailable: ask again.
            CarrierRefused: the label was used.
        """
        ...
