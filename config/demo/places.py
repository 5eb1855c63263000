"""Where the demo company stands: three warehouses, their zones, bins and stations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inventory.services.layouts import LayoutDraft, PlaceDraft


@dataclass(frozen=True, slots=True)
class DemoWarehouse:
    """One warehouse before it is written; the cut-off is in its own time zone."""

    code: str
    name: str
    name_zh: str
    country: str
    region: str
    city: str
    postcode: str
    line1: str
    timezone: str
    cutoff: dt.time
    currency: str
    lat: Decimal
    lon: Decimal
    handling_cost: Decimal
    priority: int


WAREHOUSES = (
    DemoWarehouse(
        "SZX",
        "Shenzhen",
        "深圳仓",
        "CN",
        "Guangdong",
        "Shenzhen",
        "518000",
        "8 Qianhai Road",
        "Asia/Shanghai",
        dt.time(10, 0),
        "CNY",
        Decimal("22.543100"),
        Decimal("114.057900"),
        Decimal("0.90"),
        2,
    ),
    DemoWarehouse(
        "RTM",
        "Rotterdam",
        "鹿特丹仓",
        "NL",
        "Zuid-Holland",
        "Rotterdam",
        "3011",
        "Maasvlakte 12",
        "Europe/Amsterdam",
        dt.time(16, 0),
        "EUR",
        Decimal("51.924400"),
        Decimal("4.477700"),
        Decimal("1.90"),
        1,
    ),
    DemoWarehouse(
        "LAX",
        "Los Angeles",
        "洛杉矶仓",
        "US",
        "California",
        "Los Angeles",
        "90021",
        "410 Alameda Street",
        "America/Los_Angeles",
        dt.time(17, 0),
        "USD",
        Decimal("34.052200"),
        Decimal("-118.243700"),
        Decimal("2.10"),
        1,
    ),
)


#: Aisles as built: three of 16 bays, 1.2 m each, 4.5 m apart; packing stands before the first.
LAYOUT = LayoutDraft(
    aisle_count=3,
    places=16,
    aisle_pitch_mm=4_500,
    place_pitch_mm=1_200,
    front_gap_mm=1_500,
    depot_x_mm=0,
    depot_y_mm=-3_000,
)


def bin_places(aisles: str = "ABC") -> dict[str, PlaceDraft]:
    """Return where the shelves stand, by bin code such as B-07-02."""
    return {
        code: PlaceDraft(
            aisles.index(code[0]) + 1, int(code.split("-")[1]), level=int(code.split("-")[2])
        )
        for _, code in bin_codes(aisles)
    }


def bin_codes(aisles: str = "ABC", bays: int = 16, levels: int = 4) -> Iterator[tuple[str, str]]:
    """Yield (zone code, bin code) in walking order; the lowest level is the easiest pick."""
    for aisle in aisles:
        for bay in range(1, bays + 1):
            for level in range(1, levels + 1):
                yield f"Z{aisle}", f"{aisle}-{bay:02d}-{level:02d}"
