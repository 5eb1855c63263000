"""Units that came back, with reason, lot and supplier: what insight counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.permissions import Principal
from core.services import rates
from orders.models import ReturnFact
from returns.domain.insight import Back
from returns.domain.states import ARRIVED, INSPECTED, RESOLVED
from returns.models import ReturnLine, ReturnUnits
from suppliers.queries.lot_origins import suppliers_of_lots, usual_suppliers

#: Returns that came to nothing, or that nobody has agreed to yet, teach nothing.
LEFT_OUT = ("requested", "review", "rejected", "cancelled", "expired")
COUNTED_KINDS = ("return", "claim")
_CAME = frozenset({ARRIVED, INSPECTED, RESOLVED})


@dataclass(frozen=True, slots=True)
class Period:
    """Days [since, until) in UTC, as aware moments, and the channel (empty: all)."""

    since: dt.datetime
    until: dt.datetime
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The units of a period; `unpriced_qty` of them are in a currency without a rate."""

    backs: Sequence[Back]
    currency: str
    unpriced_qty: int


@dataclass(frozen=True, slots=True)
class _Part:
    lot_id: int | None
    lot_code: str
    qty: int


def read_backs(principal: Principal, period: Period) -> Reading:
    """Return what came back in a period, by the day it was asked for; at most seven statements.

    Undelivered parcels are no returns. Units that were announced count until the parcel is here,
    then those in it. Imported returns join without a reason. Values are in base currency at the
    rates of the period's last day.
    """
    lines = list(_lines(principal, period))
    facts = list(_facts(principal, period))
    prices = _Prices({row["request__currency"] for row in lines}, facts, period.until.date())
    parts = _parts([row["pk"] for row in lines])
    origins = suppliers_of_lots(
        {part.lot_id for rows in parts.values() for part in rows if part.lot_id is not None}
    )
    skus = {row["sku_id"] for row in [*lines, *facts] if row["sku_id"] is not None}
    usual = usual_suppliers(skus)
    backs = [
        *_announced(lines, parts, (origins, usual), prices),
        *_imported(facts, usual, prices),
    ]
    return Reading(backs, prices.base, prices.unpriced_qty)


class _Prices:
    """Turns amounts into base currency; without a rate they count as nothing, and are told."""

    def __init__(self, currencies: Iterable[str], facts: Sequence[Any], on: dt.date) -> None:
        self.base = rates.base_currency()
        self.unpriced_qty = 0
        wanted = {*currencies, *(fact["channel__currency"] for fact in facts)}
        self.rates = rates.known_rates(wanted - {""}, on)

    def of(self, amount: Decimal, currency: str, qty: int) -> Decimal:
        """Return the amount in base currency, 0 without a rate."""
        rate = self.rates.get(currency)
        if rate is None:
            self.unpriced_qty += qty
            return Decimal(0)
        return amount * rate


def _lines(principal: Principal, period: Period) -> Iterator[Mapping[str, Any]]:
    rows = (
        ReturnLine.objects.visible_to(principal)
        .filter(
            request__kind__in=COUNTED_KINDS,
            request__requested_at__gte=period.since,
            request__requested_at__lt=period.until,
            kind="expected",
            state__in=("open", "closed"),
        )
        .exclude(request__status__in=LEFT_OUT)
    )
    if period.channel:
        rows = rows.filter(request__channel__code=period.channel)
    found = rows.order_by("pk").values(
        "pk",
        "qty",
        "received_qty",
        "value_amount",
        "resolution",
        "sku_id",
        "sku__code",
        "lot_id",
        "lot__code",
        "reason__code",
        "reason__parent__code",
        "request__status",
        "request__currency",
    )
    yield from found.iterator(chunk_size=2_000)


def _facts(principal: Principal, period: Period) -> Iterator[Mapping[str, Any]]:
    rows = ReturnFact.objects.filter(at__gte=period.since, at__lt=period.until)
    if principal.channel_codes is not None:
        rows = rows.filter(channel__code__in=list(principal.channel_codes))
    if principal.warehouse_codes is not None:
        # Imported history names no warehouse: whoever is bound to one sees none of it.
        rows = rows.none()
    if period.channel:
        rows = rows.filter(channel__code=period.channel)
    found = rows.order_by("pk").values(
        "qty", "unit_price", "sku_id", "sku_code", "channel__currency"
    )
    yield from found.iterator(chunk_size=2_000)


def _parts(line_ids: Collection[int]) -> Mapping[int, list[_Part]]:
    """Return the lots that came back for each line, as they were counted at the door."""
    found: dict[int, list[_Part]] = defaultdict(list)
    rows = ReturnUnits.objects.filter(line_id__in=line_ids, parent__isnull=True, sku__isnull=False)
    for line_id, lot_id, code, qty in rows.order_by("pk").values_list(
        "line_id", "lot_id", "lot__code", "qty"
    ):
        found[line_id].append(_Part(lot_id, code or "", qty))
    return found


def _announced(
    lines: Iterable[Mapping[str, Any]],
    parts: Mapping[int, list[_Part]],
    suppliers: tuple[Mapping[int, str], Mapping[int, str]],
    prices: _Prices,
) -> Iterator[Back]:
    origins, usual = suppliers
    for row in lines:
        qty = _units(row)
        if not qty:
            continue
        value = prices.of(row["value_amount"] / row["qty"], row["request__currency"], qty)
        for part in _split(qty, parts.get(row["pk"], []), row):
            known = origins.get(part.lot_id or 0, "")
            yield Back(
                cause=row["reason__parent__code"] or row["reason__code"] or "",
                reason=row["reason__code"] or "",
                sku_code=row["sku__code"] or "",
                lot_code=part.lot_code,
                supplier=known or usual.get(row["sku_id"], ""),
                is_usual=not known,
                resolution=row["resolution"],
                qty=part.qty,
                value=value * part.qty,
            )


def _units(row: Mapping[str, Any]) -> int:
    if row["request__status"] in _CAME and row["resolution"] != "returnless":
        return int(row["received_qty"])
    return int(row["qty"])


def _split(qty: int, parts: Sequence[_Part], row: Mapping[str, Any]) -> list[_Part]:
    """Return the units by lot; what nobody counted yet has the line's lot, or none."""
    counted = sum(part.qty for part in parts)
    if counted >= qty:
        return list(parts)
    return [*parts, _Part(row["lot_id"], row["lot__code"] or "", qty - counted)]


def _imported(
    facts: Iterable[Mapping[str, Any]], usual: Mapping[int, str], prices: _Prices
) -> Iterator[Back]:
    for row in facts:
        qty = int(row["qty"])
        yield Back(
            cause="",
            reason="",
            sku_code=row["sku_code"],
            lot_code="",
            supplier=usual.get(row["sku_id"] or 0, ""),
            is_usual=True,
            resolution="refund",
            qty=qty,
            value=prices.of(row["unit_price"] * qty, row["channel__currency"], qty),
        )
