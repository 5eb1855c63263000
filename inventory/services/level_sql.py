"""The hand-written SQL of the stock services: few statements, each for any number of rows.

Reviewed rules. Values travel as parameters only; names come from this file. Levels are always
locked in pk order, in one statement, before anything about them is decided, and every other stock
table is written only under the lock of its level: so no two services can deadlock, and what was
read under the lock is still true when it is written. Every write carries its guard anyway, and
the caller compares the number of rows: that, and the CHECKs behind it, also protects SQLite,
where row locks mean nothing and IMMEDIATE transactions stand in for them.

Both databases name the columns of a VALUES list column1, column2, ... (and sqlite3 counts the rows
of an UPDATE only when the statement begins with that word).
"""

# ruff: noqa: S608  # values travel as parameters, names and marks come from this file

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from inventory.domain.moves import BinKey, LevelKey

#: The clauses that keep stock from being promised twice. Race tests take them out as a control.
LOCK = " FOR NO KEY UPDATE OF l"
GUARD = " AND l.on_hand - l.unsellable - l.reserved - l.buffer >= v.column2"
#: A landed cost falls to the units that are left when it is written, not when it was planned.
LAYER_GUARD = " AND c.remaining_qty = v.column2"

Row = Sequence[Any]


class LevelRow(NamedTuple):
    """A locked level."""

    level_id: int
    warehouse_id: int
    sku_id: int
    on_hand: int
    unsellable: int
    reserved: int
    buffer: int
    lot_tracked: bool

    @property
    def atp_qty(self) -> int:
        """Return the units that may still be promised."""
        return self.on_hand - self.unsellable - self.reserved - self.buffer


def _fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _execute(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _marks(count: int, width: int) -> str:
    return ", ".join(["(" + ", ".join(["%s"] * width) + ")"] * count)


def _flat(rows: Iterable[Row]) -> list[Any]:
    return [value for row in rows for value in row]


def moment(at: dt.datetime) -> Any:
    """Return an aware datetime as the database's driver wants it."""
    return connection.ops.adapt_datetimefield_value(at)


def money(amount: Decimal | None) -> Any:
    """Return a unit cost as the database's driver wants it: six decimals."""
    return connection.ops.adapt_decimalfield_value(amount, 18, 6)


def _level_filter(keys: Iterable[LevelKey]) -> tuple[str, list[int]]:
    skus: dict[int, list[int]] = {}
    for warehouse_id, sku_id in keys:
        skus.setdefault(warehouse_id, []).append(sku_id)
    parts, values = [], []
    for warehouse_id, sku_ids in skus.items():
        marks = ", ".join(["%s"] * len(sku_ids))
        parts.append(f"l.warehouse_id = %s AND l.sku_id IN ({marks})")
        values += [warehouse_id, *sku_ids]
    return " OR ".join(parts), values


def lock_levels(keys: Iterable[LevelKey]) -> dict[LevelKey, LevelRow]:
    """Lock the levels of (warehouse id, SKU id) keys in pk order; one statement.

    Levels that do not exist are left out.
    """
    return _locked(*_level_filter(set(keys)))


def lock_owned_levels(
    owner_keys: Iterable[str], keys: Iterable[LevelKey] = ()
) -> dict[LevelKey, LevelRow]:
    """Lock, in one statement and in pk order, the levels at which these owners hold promises.

    `keys` adds more levels. A promise made since the statement began may stand at a level that
    is not among them: the caller reads the promises again and compares.
    """
    where, values = _level_filter(set(keys))
    owners = sorted(set(owner_keys))
    if owners:
        where += " OR " if where else ""
        where += (
            "l.id IN (SELECT r.level_id FROM inventory_reservation r WHERE r.state = 'pending'"
            f" AND r.owner_key IN ({', '.join(['%s'] * len(owners))}))"
        )
    return _locked(where, [*values, *owners])


def _locked(where: str, values: Sequence[Any]) -> dict[LevelKey, LevelRow]:
    if not values:
        return {}
    lock = LOCK if connection.features.has_select_for_update else ""
    rows = _fetch(
        "SELECT l.id, l.warehouse_id, l.sku_id, l.on_hand, l.unsellable, l.reserved, l.buffer,"
        " s.lot_tracked FROM inventory_stocklevel l JOIN inventory_sku s ON s.id = l.sku_id"
        f" WHERE {where} ORDER BY l.id{lock}",
        values,
    )
    return {(row[1], row[2]): LevelRow._make(row) for row in rows}


def add_levels(keys: Iterable[LevelKey]) -> None:
    """Create empty levels where there are none; harmless when another caller does the same."""
    rows = sorted(set(keys))
    _execute(
        "INSERT INTO inventory_stocklevel"
        " (warehouse_id, sku_id, on_hand, unsellable, reserved, buffer, version)"
        f" VALUES {', '.join(['(%s, %s, 0, 0, 0, 0, 0)'] * len(rows))} ON CONFLICT DO NOTHING",
        _flat(rows),
    )


def insert_events(rows: Sequence[Row]) -> dict[str, int]:
    """Insert (event_key, kind, actor_key, cause_key, reason, at); return ids of the new keys only.

    A key that exists already, even since a moment ago in another transaction, is left out.
    """
    return dict(
        _fetch(
            "INSERT INTO inventory_stockevent"
            " (event_key, kind, actor_key, cause_key, reason, at)"
            f" VALUES {_marks(len(rows), 6)} ON CONFLICT (event_key) DO NOTHING"
            " RETURNING event_key, id",
            _flat(rows),
        )
    )


def find_event(event_key: str) -> int | None:
    """Return the id of the event with this key, if there is one."""
    rows = _fetch("SELECT id FROM inventory_stockevent WHERE event_key = %s", [event_key])
    return rows[0][0] if rows else None


def reserve_on_levels(qty: Mapping[int, int]) -> bool:
    """Raise `reserved` of each level (id -> units) by units that must be free; False: one is not.

    On False some rows may have been written: the caller must roll back.
    """
    if len(qty) == 1:
        [(level_id, units)] = qty.items()
        sql = (
            "UPDATE inventory_stocklevel AS l SET reserved = reserved + %s, version = version + 1"
            f" WHERE l.id = %s{GUARD.replace('v.column2', '%s')}"
        )
        return _execute(sql, [units, level_id, units][: 3 if GUARD else 2]) == 1
    return _execute(
        "UPDATE inventory_stocklevel AS l SET reserved = l.reserved + v.column2,"
        f" version = l.version + 1 FROM (VALUES {_marks(len(qty), 2)}) AS v"
        f" WHERE l.id = v.column1{GUARD}",
        _flat(qty.items()),
    ) == len(qty)


def change_levels(changes: Mapping[int, tuple[int, int, int]]) -> bool:
    """Add (on_hand, unsellable, reserved) to levels by id; False when one would leave its range."""
    rows = [(level_id, *change) for level_id, change in changes.items()]
    return _execute(
        "UPDATE inventory_stocklevel AS l SET on_hand = l.on_hand + v.column2,"
        " unsellable = l.unsellable + v.column3, reserved = l.reserved + v.column4,"
        f" version = l.version + 1 FROM (VALUES {_marks(len(rows), 4)}) AS v"
        " WHERE l.id = v.column1 AND l.reserved + v.column4 >= 0"
        " AND l.unsellable + v.column3 >= 0"
        " AND l.on_hand + v.column2 >= l.unsellable + v.column3",
        _flat(rows),
    ) == len(rows)


def insert_reservations(rows: Sequence[Row]) -> list[int]:
    """Insert pending promises (RESERVATION_COLUMNS); return their ids in the order of the rows."""
    return [row[0] for row in _fetch(f"{_RESERVATIONS} VALUES {_pending(len(rows))}", _flat(rows))]


RESERVATION_COLUMNS = (
    "event_id",
    "level_id",
    "owner_key",
    "purpose",
    "qty",
    "priority",
    "usable_until",
    "expires_at",
    "created_at",
)
_RESERVATIONS = (
    f"INSERT INTO inventory_reservation ({', '.join(RESERVATION_COLUMNS)},"
    " consumed_qty, released_qty, state)"
)


def _pending(count: int) -> str:
    marks = ", ".join(["%s"] * len(RESERVATION_COLUMNS))
    return ", ".join([f"({marks}, 0, 0, 'pending')"] * count) + " RETURNING id"


class Booked(NamedTuple):
    """A promise as `book` wrote it."""

    reservation_id: int
    event_id: int
    event_key: str
    row: Row


def book(
    events: Sequence[Row], rows: Sequence[tuple[str, Row]], moment: Any
) -> list[Booked] | None:
    """Insert events, raise `reserved` and insert promises; None: a unit was not free any more.

    `events` as in `insert_events`, `rows`: (event key, RESERVATION_COLUMNS without event_id and
    created_at). Rows of keys that exist already are left out. On None the caller must roll back.
    One statement on PostgreSQL, which lets one statement write several tables; else three.
    """
    if connection.vendor == "postgresql":
        return _book_at_once(events, rows, moment)
    ids = insert_events(events)
    fresh = [(key, row) for key, row in rows if key in ids]
    units: dict[int, int] = {}
    for _key, row in fresh:
        units[row[0]] = units.get(row[0], 0) + row[3]
    if units and not reserve_on_levels(units):
        return None
    made = insert_reservations([(ids[key], *row, moment) for key, row in fresh]) if fresh else []
    return [Booked(pk, ids[key], key, row) for pk, (key, row) in zip(made, fresh, strict=True)]


def _book_at_once(
    events: Sequence[Row], rows: Sequence[tuple[str, Row]], moment: Any
) -> list[Booked] | None:
    sql = (
        f"WITH w AS (SELECT * FROM (VALUES {_marks(len(rows), 8)}) AS given (event_key, level_id,"
        " owner_key, purpose, qty, priority, usable_until, expires_at)),"
        " e AS (INSERT INTO inventory_stockevent"
        f" (event_key, kind, actor_key, cause_key, reason, at) VALUES {_marks(len(events), 6)}"
        " ON CONFLICT (event_key) DO NOTHING RETURNING id, event_key),"
        " u AS (UPDATE inventory_stocklevel AS l SET reserved = l.reserved + v.column2,"
        " version = l.version + 1 FROM (SELECT w.level_id, sum(w.qty)::int FROM w"
        " JOIN e ON e.event_key = w.event_key GROUP BY w.level_id) AS v (column1, column2)"
        f" WHERE l.id = v.column1{GUARD} RETURNING l.id)"
        f" {_RESERVATIONS} SELECT e.id, w.level_id, w.owner_key, w.purpose, w.qty, w.priority,"
        " w.usable_until::date, w.expires_at::timestamptz, %s, 0, 0, 'pending'"
        " FROM w JOIN e ON e.event_key = w.event_key"
        " RETURNING id, level_id, owner_key, event_id, (SELECT count(*) FROM u)"
    )
    given = [value for key, row in rows for value in (key, *row)]
    made = _fetch(sql, [*given, *_flat(events), moment])
    if made and made[0][4] != len({row[1] for row in made}):
        return None
    ids = {(row[1], row[2]): (row[0], row[3]) for row in made}
    return [Booked(*ids[row[0], row[1]], key, row) for key, row in rows if (row[0], row[1]) in ids]


def give_back(rows: Sequence[tuple[int, int]], *, ended: str) -> bool:
    """Add released units to pending promises (id, qty); those with none open get state `ended`.

    A promise of which something was consumed before ends as consumed.
    """
    return _execute(
        "UPDATE inventory_reservation AS r SET released_qty = r.released_qty + v.column2,"
        " state = CASE WHEN r.qty > r.consumed_qty + r.released_qty + v.column2 THEN 'pending'"
        " WHEN r.consumed_qty > 0 THEN 'consumed' ELSE %s END"
        f" FROM (VALUES {_marks(len(rows), 2)}) AS v"
        " WHERE r.id = v.column1 AND r.state = 'pending'"
        " AND r.qty >= r.consumed_qty + r.released_qty + v.column2",
        [ended, *_flat(rows)],
    ) == len(rows)


def consume(rows: Sequence[tuple[int, int, int]]) -> bool:
    """Add (id, consumed, released) units to pending promises; those with none open are consumed."""
    return _execute(
        "UPDATE inventory_reservation AS r SET consumed_qty = r.consumed_qty + v.column2,"
        " released_qty = r.released_qty + v.column3, state = CASE WHEN"
        " r.qty > r.consumed_qty + r.released_qty + v.column2 + v.column3"
        f" THEN 'pending' ELSE 'consumed' END FROM (VALUES {_marks(len(rows), 3)}) AS v"
        " WHERE r.id = v.column1 AND r.state = 'pending'"
        " AND r.qty >= r.consumed_qty + r.released_qty + v.column2 + v.column3",
        _flat(rows),
    ) == len(rows)


class BinRow(NamedTuple):
    """Units of one SKU, lot and condition in one bin, read under the lock of the level."""

    bin_stock_id: int
    bin_id: int
    sku_id: int
    lot_id: int | None
    condition: str
    qty: int
    reserved: int
    warehouse_id: int | None = None

    @property
    def key(self) -> BinKey:
        """Return what the row counts."""
        return (self.bin_id, self.sku_id, self.lot_id, self.condition)


def read_bins(bin_ids: Iterable[int], sku_ids: Iterable[int]) -> dict[BinKey, BinRow]:
    """Return the bin stock of these SKUs in these bins."""
    bins, skus = sorted(set(bin_ids)), sorted(set(sku_ids))
    rows = _fetch(
        "SELECT s.id, s.bin_id, s.sku_id, s.lot_id, s.condition, s.qty, s.reserved, b.warehouse_id"
        " FROM inventory_binstock s JOIN inventory_bin b ON b.id = s.bin_id"
        f" WHERE s.bin_id IN ({', '.join(['%s'] * len(bins))})"
        f" AND s.sku_id IN ({', '.join(['%s'] * len(skus))})",
        [*bins, *skus],
    )
    return {row.key: row for row in map(BinRow._make, rows)}


def change_bins(changes: Mapping[int, tuple[int, int]]) -> bool:
    """Add (qty, reserved) to bin stock by id; False when units are missing or claimed by picks."""
    rows = [(bin_stock_id, *change) for bin_stock_id, change in changes.items()]
    return _execute(
        "UPDATE inventory_binstock AS b SET qty = b.qty + v.column2,"
        f" reserved = b.reserved + v.column3 FROM (VALUES {_marks(len(rows), 3)}) AS v"
        " WHERE b.id = v.column1 AND b.reserved + v.column3 >= 0"
        " AND b.qty + v.column2 >= b.reserved + v.column3",
        _flat(rows),
    ) == len(rows)


def insert_bins(rows: Sequence[Row]) -> list[int]:
    """Insert (bin_id, sku_id, lot_id, condition, qty, reserved); return ids in that order."""
    sql = (
        "INSERT INTO inventory_binstock (bin_id, sku_id, lot_id, condition, qty, reserved)"
        f" VALUES {_marks(len(rows), 6)} RETURNING id"
    )
    return [row[0] for row in _fetch(sql, _flat(rows))]


def insert_moves(rows: Sequence[Row]) -> list[int]:
    """Insert ledger rows; return their ids in order.

    Columns: event_id, sku_id, lot_id, condition_from, condition_to, from_bin_id, to_bin_id, qty,
    from_warehouse_id, to_warehouse_id, unit_cost, owner_key.
    """
    sql = (
        "INSERT INTO inventory_stockmove (event_id, sku_id, lot_id, condition_from, condition_to,"
        " from_bin_id, to_bin_id, qty, from_warehouse_id, to_warehouse_id, unit_cost, owner_key)"
        f" VALUES {_marks(len(rows), 12)} RETURNING id"
    )
    return [row[0] for row in _fetch(sql, _flat(rows))]


def drain_layers(rows: Sequence[tuple[int, int, Decimal]]) -> bool:
    """Take (layer id, units, landed amount) out of cost layers; False when one has less left."""
    # SQLite keeps decimals as floats: the difference is rounded to what the column holds.
    return _execute(
        "UPDATE inventory_costlayer AS c SET remaining_qty = c.remaining_qty - v.column2,"
        " landed_amount = ROUND(c.landed_amount - CAST(v.column3 AS NUMERIC), 6)"
        f" FROM (VALUES {_marks(len(rows), 3)}) AS v"
        " WHERE c.id = v.column1 AND c.remaining_qty >= v.column2",
        [value for pk, qty, landed in rows for value in (pk, qty, money(landed))],
    ) == len(rows)


def land_on_layers(rows: Sequence[tuple[int, int, Decimal]]) -> bool:
    """Add a landed amount (layer id, units left as read, amount); False when units left since."""
    return _execute(
        "UPDATE inventory_costlayer AS c"
        " SET landed_amount = ROUND(c.landed_amount + CAST(v.column3 AS NUMERIC), 6)"
        f" FROM (VALUES {_marks(len(rows), 3)}) AS v"
        f" WHERE c.id = v.column1{LAYER_GUARD}",
        [value for pk, qty, amount in rows for value in (pk, qty, money(amount))],
    ) == len(rows)


def insert_consumptions(rows: Sequence[Row]) -> None:
    """Insert (move_id, layer_id, qty, unit_cost, landed_amount) rows."""
    _execute(
        "INSERT INTO inventory_layerconsumption (move_id, layer_id, qty, unit_cost, landed_amount)"
        f" VALUES {_marks(len(rows), 5)}",
        _flat(rows),
    )
