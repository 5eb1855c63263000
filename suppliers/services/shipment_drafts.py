"""What an announced shipment is asked to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from suppliers.domain.carton_measures import Measures
from suppliers.domain.shipment_rows import ShipmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDraft:
    """A shipment of one order. `reference` is the supplier's own number, unique per supplier.

    `measures` is what it says of its cartons, by SSCC.
    """

    order_id: int
    rows: tuple[ShipmentRow, ...]
    expected_on: dt.date | None
    reference: str = ""
    carrier: str = ""
    tracking: str = ""
    measures: Mapping[str, Measures] = field(default_factory=dict)
