"""Order lines and returns as units of demand: kits exploded, what was taken back netted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import QuerySet

from fulfillment.models import CartonExtra
from inventory.domain.kits import Part, explode
from inventory.models import Sku
from inventory.queries.kits import read_boms
from orders.domain.attention import PARTLY_CANCELLED
from orders.models import Order, OrderLine, ReturnFact
from orders.models.orders import LineKind, OrderStatus
from planning.domain.netting import Line, net_cancellations, project_lines
from planning.services.regions import Regions
from returns.queries.came_back import came_back, skus_back

#: (SKU id, warehouse id, channel id, day)
Cell = tuple[int, int, int, dt.date]
COUNTED_KINDS = (LineKind.GOODS, LineKind.COMPONENT, LineKind.FREE)
#: What rules put into parcels for the customer: demand for units, never for money.
GIVEN_KINDS = (CartonExtra.Kind.INSERT, CartonExtra.Kind.GIFT_CARD)
CHUNK = 5_000
#: Return id, SKU id, units, customer id, channel id, moment
_Returned = tuple[int, int, int, int | None, int, dt.datetime]


@dataclass(slots=True)
class Units:
    """What one cell adds up to."""

    qty: int = 0
    netted: int = 0
    project: int = 0
    returned: int = 0
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Sold:
    """One line as stored; `cancelled` counts what the customer took back in the order itself."""

    pk: int
    sku_id: int
    qty: int
    cancelled: int
    price: Decimal
    customer_id: int | None
    at: dt.datetime
    channel_id: int
    warehouse_id: int


@dataclass(frozen=True)
class Kits:
    """Parts of the virtual kits, and which kits a component is in."""

    parts: dict[int, list[Part]]
    users: dict[int, set[int]]

    def around(self, sku_ids: Collection[int]) -> set[int]:
        """Return the SKUs whose lines hold demand for these SKUs."""
        return set(sku_ids).union(*(self.users.get(one, ()) for one in sku_ids))


def read_kits() -> Kits:
    """Return the virtual kits as they are defined now; one statement a level of nesting."""
    kinds = Sku.objects.filter(kind=Sku.Kind.VIRTUAL_KIT).order_by("pk")
    ids = list(kinds.values_list("pk", flat=True))
    boms = read_boms(ids)
    parts = {one: explode(one, boms) for one in ids if one in boms}
    users: dict[int, set[int]] = defaultdict(set)
    for kit_id, rows in parts.items():
        for part in rows:
            users[part.component_id].add(kit_id)
    return Kits(parts, dict(users))


def read_cells(
    sku_ids: Collection[int], *, kits: Kits, regions: Regions, now: dt.datetime
) -> dict[Cell, Units]:
    """Return the demand of these SKUs by day (UTC) of the request, up to `now`; five statements.

    Lines of replacement orders are no demand. Samples count without money: free lines, lines at a
    price of zero, and the inserts that lie in parcels, on the day they were put in. Units that
    were cancelled because stock was short stay demand; other cancelled units are netted.
    """
    wanted = set(sku_ids)
    asked = kits.around(wanted)
    sold = list(_read_sold(asked, regions, now))
    returns = list(
        ReturnFact.objects.filter(sku_id__in=asked, at__lte=now)
        .order_by("at", "pk")
        .values_list("pk", "sku_id", "qty", "customer_id", "channel_id", "at")
    )
    taken_back = _match(sold, returns)
    cells: dict[Cell, Units] = defaultdict(Units)
    matched = set(taken_back.values())
    projects = _projects(sold, matched, now)
    for line in sold:
        for sku_id, times in _parts(line.sku_id, kits):
            if sku_id not in wanted:
                continue
            one = cells[sku_id, line.warehouse_id, line.channel_id, _day(line.at)]
            one.qty += line.qty * times
            netted = line.qty if line.pk in matched else line.cancelled
            one.netted += netted * times
            if line.pk in projects:
                one.project += (line.qty - netted) * times
            elif sku_id == line.sku_id:
                one.value += (line.qty - netted) * line.price
    for cell, units in _read_given(wanted, regions, now):
        cells[cell].qty += units
    for back in came_back(asked, until=now):
        warehouse_id = regions.of(back.channel_id, back.country, back.postcode)
        for part_id, times in _parts(back.sku_id, kits):
            if part_id in wanted and warehouse_id is not None:
                day = _day(back.at)
                cells[part_id, warehouse_id, back.channel_id, day].returned += back.qty * times
    _add_returns(
        cells, wanted, kits, _homes(sold), [row for row in returns if row[0] not in taken_back]
    )
    return dict(cells)


def _add_returns(
    cells: dict[Cell, Units],
    wanted: set[int],
    kits: Kits,
    homes: dict[tuple[int | None, int], int],
    returns: Sequence[_Returned],
) -> None:
    """Count what came back where it was sold; returns of unknown goods have no place."""
    for _pk, sku_id, qty, customer_id, channel_id, at in returns:
        home = homes.get((customer_id, sku_id)) or homes.get((None, sku_id))
        if home is None:
            continue
        for part_id, times in _parts(sku_id, kits):
            if part_id in wanted:
                cells[part_id, home, channel_id, _day(at)].returned += qty * times


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(dt.UTC).date()


def _parts(sku_id: int, kits: Kits) -> list[tuple[int, int]]:
    parts = kits.parts.get(sku_id)
    return [(sku_id, 1)] if parts is None else [(part.component_id, part.qty) for part in parts]


def _read_sold(asked: set[int], regions: Regions, now: dt.datetime) -> Iterator[_Sold]:
    lines = OrderLine.objects.filter(
        sku_id__in=asked,
        kind__in=COUNTED_KINDS,
        order__placed_at__lte=now,
        order__replaces__isnull=True,
    ).exclude(order__status=OrderStatus.DRAFT)
    short = {
        pk
        for pk, codes in lines.filter(cancelled_qty__gt=0)
        .order_by("pk")
        .values_list("pk", "order__attention_codes")
        if PARTLY_CANCELLED in codes
    }
    rows = lines.order_by("order__placed_at", "pk").values_list(
        "pk",
        "sku_id",
        "qty",
        "cancelled_qty",
        "unit_price",
        "kind",
        "order__customer_id",
        "order__placed_at",
        "order__channel_id",
        "order__ship_country",
        "order__ship_postcode",
    )
    for row in rows.iterator(chunk_size=CHUNK):
        pk, sku_id, qty, cancelled, price, kind, customer, at, channel, country, code = row
        warehouse_id = regions.of(channel, country, code)
        if warehouse_id is not None:
            back = 0 if pk in short else cancelled
            paid = Decimal(0) if kind == LineKind.FREE else price
            yield _Sold(pk, sku_id, qty, back, paid, customer, at, channel, warehouse_id)


def _given(now: dt.datetime) -> QuerySet[CartonExtra]:
    """Return the inserts that went into parcels, voided boxes left out."""
    rows = CartonExtra.objects.filter(state="added", kind__in=GIVEN_KINDS, added_at__lte=now)
    return rows.exclude(carton__state="voided")


def _read_given(wanted: set[int], regions: Regions, now: dt.datetime) -> Iterator[tuple[Cell, int]]:
    rows = _given(now).filter(sku_id__in=wanted).order_by("pk")
    for sku_id, qty, at, channel, country, code in rows.values_list(
        "sku_id",
        "qty",
        "added_at",
        "carton__shipment__order__channel_id",
        "carton__shipment__order__ship_country",
        "carton__shipment__order__ship_postcode",
    ).iterator(chunk_size=CHUNK):
        warehouse_id = regions.of(channel, country, code)
        if warehouse_id is not None and at is not None:
            yield (sku_id, warehouse_id, channel, _day(at)), qty


def skus_given(now: dt.datetime, since: dt.datetime | None = None) -> set[int]:
    """Return the SKUs that lay in parcels as inserts, since then or ever; one statement."""
    rows = _given(now) if since is None else _given(now).filter(added_at__gte=since)
    return set(rows.order_by("sku_id").values_list("sku_id", flat=True).distinct())


def _match(sold: list[_Sold], returns: Sequence[_Returned]) -> dict[int, int]:
    """Return {return: order line} of the returns that are cancellations."""
    back = [
        Line(pk, str(customer), str(sku_id), qty, at)
        for pk, sku_id, qty, customer, _, at in returns
        if customer is not None
    ]
    wanted = {(line.customer, line.sku, line.qty) for line in back}
    offered = (
        Line(line.pk, str(line.customer_id), str(line.sku_id), line.qty, line.at)
        for line in sold
        if not line.cancelled and (str(line.customer_id), str(line.sku_id), line.qty) in wanted
    )
    return net_cancellations(offered, back)


def _projects(sold: list[_Sold], matched: set[int], now: dt.datetime) -> set[int]:
    """Return the lines that are one-off project demand, judged since each SKU's first sale."""
    left = [line for line in sold if line.pk not in matched and line.qty > line.cancelled]
    if not left:
        return set()
    first: dict[int, dt.datetime] = {}
    for line in left:
        first.setdefault(line.sku_id, line.at)
    ages = {sku_id: (now - at).total_seconds() / 604_800 for sku_id, at in first.items()}
    found = project_lines(
        np.array([line.sku_id for line in left], dtype=np.int64),
        np.array([line.qty - line.cancelled for line in left], dtype=np.float64),
        np.array([ages[line.sku_id] for line in left], dtype=np.float64),
    )
    return {left[int(place)].pk for place in np.flatnonzero(found)}


def _homes(sold: list[_Sold]) -> dict[tuple[int | None, int], int]:
    """Return the warehouse of the latest line of each customer and SKU, and of each SKU."""
    homes: dict[tuple[int | None, int], int] = {}
    for line in sold:
        homes[line.customer_id, line.sku_id] = line.warehouse_id
        homes[None, line.sku_id] = line.warehouse_id
    return homes


def skus_touched(since: dt.datetime) -> set[int]:
    """Return the SKUs whose orders or returns were written since then; three statements."""
    orders = Order.objects.filter(updated_at__gte=since)
    lines = OrderLine.objects.filter(order__in=orders, sku__isnull=False).order_by("sku_id")
    returns = ReturnFact.objects.filter(at__gte=since, sku__isnull=False).order_by("sku_id")
    return (
        set(lines.values_list("sku_id", flat=True).distinct())
        | set(returns.values_list("sku_id", flat=True).distinct())
        | skus_back(since)
    )
