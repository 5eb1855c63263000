"""What goods of a return that lie across a border are worth, way by way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import settings_store
from core.money import quantize
from core.permissions import Principal
from core.services.rates import base_currency, known_rates
from core.setting_names import SettingSpec
from returns.domain import economics, floor_settings
from returns.domain.economics import Rates, Way
from returns.models import ReturnRequest


@dataclass(frozen=True, slots=True)
class Compared:
    """The ways for a return's goods, in the base currency; `least_pool_qty` None: never."""

    qty: int
    unit_value_amount: Decimal
    currency: str
    ways: tuple[Way, ...]
    best_code: str
    pool_qty: int
    least_pool_qty: int | None


def compare(row: ReturnRequest, *, at: dt.datetime) -> Compared | None:
    """Return the ways for a return that would cross a border; None inside one country.

    None too where the goods have no value, or no rate is known for their currency. Two queries.
    """
    if row.warehouse is None or not row.from_country:
        return None
    if row.warehouse.country == row.from_country:
        return None
    lines = list(row.lines.exclude(state__in=("cancelled", "rejected")))
    qty = sum(line.qty for line in lines)
    total = sum((line.value_amount for line in lines), Decimal(0))
    rate = known_rates([row.currency], at.date()).get(row.currency)
    if not qty or not total or rate is None:
        return None
    base = base_currency()
    value = quantize(total * rate / qty, base)
    rates = current_rates()
    ways = economics.compare(qty, value, rates)
    return Compared(
        qty,
        value,
        base,
        ways,
        economics.best(ways).code,
        rates.pool_qty,
        economics.least_pool_qty(qty, value, rates),
    )


def current_rates() -> Rates:
    """Return what the ways cost and recover, from the settings; shares never leave 0 to 1."""
    return Rates(
        min(_amount(floor_settings.LOCAL_SHARE), Decimal(1)),
        min(_amount(floor_settings.HOME_SHARE), Decimal(1)),
        _amount(floor_settings.LOCAL_LABEL),
        _amount(floor_settings.HOME_LABEL),
        _amount(floor_settings.HANDLING),
        _amount(floor_settings.POOL_FREIGHT),
        _amount(floor_settings.POOL_UNIT),
        int(str(settings_store.get(floor_settings.POOL_QTY.name))),
    )


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return what the page of a return shows about its goods abroad; None inside one country."""
    found = compare(rma, at=now)
    if found is None or rma.status in {"resolved", "rejected", "cancelled", "expired"}:
        return None
    return {
        "found": found,
        "ways": [
            {"way": way, "is_best": way.code == found.best_code, "net": way.net_amount}
            for way in found.ways
        ],
        "from_country": rma.from_country,
        "to": rma.warehouse,
    }


def _amount(spec: SettingSpec) -> Decimal:
    return Decimal(str(settings_store.get(spec.name)))
