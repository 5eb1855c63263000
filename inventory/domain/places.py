"""Fixed places of the double-entry ledger that are not in any building.

A move always has two ends. When one end is outside the warehouses (a supplier, a customer, the
scrap heap), the end is a *virtual bin*. Their ids are fixed and negative, so a service needs no
look-up and no sequence can ever hand out the same id.
"""

from __future__ import annotations

from typing import Final

SUPPLIER: Final = -1
CUSTOMER: Final = -2
SCRAP: Final = -3
COUNT: Final = -4
ASSEMBLY: Final = -5
TRANSIT: Final = -6

VIRTUAL_BINS: Final[dict[int, str]] = {
    SUPPLIER: "SUPPLIER",
    CUSTOMER: "CUSTOMER",
    SCRAP: "SCRAP",
    COUNT: "COUNT",
    ASSEMBLY: "ASSEMBLY",
    TRANSIT: "TRANSIT",
}


def is_virtual(bin_id: int) -> bool:
    """Say whether the bin is one of the fixed places outside the warehouses."""
    return bin_id < 0
