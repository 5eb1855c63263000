"""Settings of the return floor and of goods abroad, with their defaults."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


RTS_RESTOCK = declare(
    "returns.rts_restock",
    True,
    "bool",
    _("Undelivered parcels go back on the shelf without an inspection"),
    source="RET-21",
)


def _amount(name: str, value: str, text: str) -> SettingSpec:
    return declare(name, Decimal(value), "decimal", text, minimum=0, source="W11")


LOCAL_SHARE = _amount(
    "returns.local_share", "0.60", _("Share of the value goods bring when sold again abroad")
)
HOME_SHARE = _amount(
    "returns.home_share", "0.90", _("Share of the value goods bring when sold again at home")
)
LOCAL_LABEL = _amount(
    "returns.local_label_amount", "6.00", _("Cost of a return parcel inside its country")
)
HOME_LABEL = _amount(
    "returns.home_label_amount", "28.00", _("Cost of a return parcel across a border")
)
HANDLING = _amount(
    "returns.handling_unit_amount", "2.00", _("Cost of inspecting and shelving a unit")
)
POOL_FREIGHT = _amount(
    "returns.pool_freight_amount", "120.00", _("Cost of one pooled shipment home")
)
POOL_UNIT = _amount(
    "returns.pool_unit_amount", "1.50", _("What each unit adds to a pooled shipment")
)
POOL_QTY = declare(
    "returns.pool_qty",
    40,
    "int",
    _("Units of a pooled shipment home"),
    minimum=1,
    maximum=100_000,
    source="W11",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    RTS_RESTOCK,
    LOCAL_SHARE,
    HOME_SHARE,
    LOCAL_LABEL,
    HOME_LABEL,
    HANDLING,
    POOL_FREIGHT,
    POOL_UNIT,
    POOL_QTY,
)
