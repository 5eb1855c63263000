"""The hand-written yardstick: psycopg 3 and as few statements as the job allows.

It writes order, lines, reservation, shipment and move, and nothing else: no routing (the warehouse
is given), no events, no audit, no holds. What Quayside costs beyond it is the price of those.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from benchmarks.workload import BenchOrder, Workload

SCHEMA = """
drop schema if exists yardstick cascade;
create schema yardstick;
create table yardstick.level (
  id int primary key, warehouse text not null, sku int not null, on_hand int not null,
  reserved int not null default 0, check (on_hand >= 0), check (reserved >= 0),
  check (reserved <= on_hand), unique (warehouse, sku));
create table yardstick.orders (
  id bigserial primary key, number text unique not null, country text not null,
  state text not null, placed_at timestamptz not null default now());
create table yardstick.line (
  id bigserial primary key, order_id bigint not null references yardstick.orders,
  sku int not null, qty int not null check (qty > 0));
create index on yardstick.line (order_id);
create table yardstick.shipment (
  id bigserial primary key, order_id bigint not null references yardstick.orders,
  warehouse text not null, state text not null);
create index on yardstick.shipment (order_id);
create table yardstick.reservation (
  id bigserial primary key, shipment_id bigint not null references yardstick.shipment,
  level_id int not null references yardstick.level, qty int not null, state text not null);
create index on yardstick.reservation (shipment_id);
create table yardstick.move (
  id bigserial primary key, shipment_id bigint not null references yardstick.shipment,
  level_id int not null references yardstick.level, qty int not null);
"""

CREATE = """
with o as (
  insert into yardstick.orders (number, country, state) values (%s, %s, 'confirmed') returning id
), l as (
  insert into yardstick.line (order_id, sku, qty)
  select o.id, x.sku, x.qty from o, unnest(%s::int[], %s::int[]) as x(sku, qty)
), s as (
  insert into yardstick.shipment (order_id, warehouse, state) select o.id, %s, 'planned' from o
  returning id
)
select id from s
"""

# The locked rows come in key order, so two orders cannot wait for each other.
RESERVE = """
with want as (select * from unnest(%s::int[], %s::int[]) as x(level_id, qty)),
locked as (
  select level.id from yardstick.level level join want on want.level_id = level.id
  order by level.id for update of level
)
update yardstick.level level set reserved = reserved + want.qty
from want, locked
where level.id = want.level_id and locked.id = level.id
  and level.on_hand - level.reserved >= want.qty
"""

RECORD = """
insert into yardstick.reservation (shipment_id, level_id, qty, state)
select x.shipment_id, x.level_id, x.qty, 'pending'
from unnest(%s::bigint[], %s::int[], %s::int[]) as x(shipment_id, level_id, qty)
"""

SHIP = """
with r as (
  update yardstick.reservation set state = 'consumed' where shipment_id = any(%s)
  returning shipment_id, level_id, qty
), m as (
  insert into yardstick.move (shipment_id, level_id, qty)
  select shipment_id, level_id, qty from r
), t as (select level_id, sum(qty) qty from r group by level_id)
update yardstick.level level set on_hand = on_hand - t.qty, reserved = reserved - t.qty
from t where t.level_id = level.id
"""

SHIPPED = "update yardstick.shipment set state = 'shipped' where id = any(%s)"


class Yardstick:
    """The reference program on one open connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.level_ids: dict[tuple[str, int], int] = {}
        self.statements = 0

    def prepare(self, workload: Workload) -> None:
        """Create the tables and load the opening stock."""
        with self.connection.transaction():
            self.connection.execute(SCHEMA)
            rows = []
            for number, ((warehouse, sku), units) in enumerate(sorted(workload.stock.items()), 1):
                self.level_ids[warehouse, sku] = number
                rows.append((number, warehouse, sku, units))
            with self.connection.cursor() as cursor:
                cursor.executemany(
                    "insert into yardstick.level (id, warehouse, sku, on_hand)"
                    " values (%s, %s, %s, %s)",
                    rows,
                )
        self.connection.execute("analyze")

    def create_one(self, order: BenchOrder) -> int | None:
        """Create and reserve one order; return its shipment, or None when stock is short."""
        skus = [sku for sku, _ in order.lines]
        units = [qty for _, qty in order.lines]
        levels = [self.level_ids[order.warehouse, sku] for sku in skus]
        try:
            with self.connection.transaction():
                row = self.connection.execute(
                    CREATE, (f"R{order.number}", order.country, skus, units, order.warehouse)
                ).fetchone()
                assert row is not None
                shipment = int(row[0])
                updated = self.connection.execute(RESERVE, (levels, units)).rowcount
                self.statements += 3
                if updated != len(levels):
                    raise ShortError
                self.connection.execute(RECORD, ([shipment] * len(levels), levels, units))
        except ShortError:
            return None
        return shipment

    def create_bulk(self, orders: Sequence[BenchOrder], first_id: int) -> list[int]:
        """Create and reserve a batch with one statement a table; return its shipments."""
        free = dict(self._free())
        taken: dict[int, int] = {}
        order_rows, line_rows, shipment_rows, reservations = [], [], [], []
        for offset, order in enumerate(orders):
            identity = first_id + offset
            wants = [(self.level_ids[order.warehouse, sku], qty) for sku, qty in order.lines]
            if any(free[level] < qty for level, qty in wants):
                continue
            order_rows.append((identity, f"B{order.number}", order.country))
            line_rows += [(identity, sku, qty) for sku, qty in order.lines]
            shipment_rows.append((identity, identity, order.warehouse))
            for level, qty in wants:
                free[level] -= qty
                taken[level] = taken.get(level, 0) + qty
                reservations.append((identity, level, qty))
        with self.connection.transaction():
            self._copy(
                "yardstick.orders (id, number, country, state)",
                [(*row, "confirmed") for row in order_rows],
            )
            self._copy("yardstick.line (order_id, sku, qty)", line_rows)
            self._copy(
                "yardstick.shipment (id, order_id, warehouse, state)",
                [(*row, "planned") for row in shipment_rows],
            )
            levels = sorted(taken)
            done = self.connection.execute(RESERVE, (levels, [taken[k] for k in levels])).rowcount
            if done != len(levels):
                raise ShortError
            self._copy(
                "yardstick.reservation (shipment_id, level_id, qty, state)",
                [(*row, "pending") for row in reservations],
            )
        return [row[0] for row in shipment_rows]

    def ship(self, shipments: Sequence[int]) -> None:
        """Ship a batch: consume, move, lower the levels, mark shipped."""
        with self.connection.transaction():
            self.connection.execute(SHIP, (list(shipments),))
            self.connection.execute(SHIPPED, (list(shipments),))
            self.statements += 2

    def _free(self) -> list[tuple[int, int]]:
        return self.connection.execute(
            "select id, on_hand - reserved from yardstick.level"
        ).fetchall()

    def _copy(self, target: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self.connection.cursor() as cursor, cursor.copy(f"copy {target} from stdin") as copy:
            for row in rows:
                copy.write_row(row)


class ShortError(Exception):
    """The batch or order asked for more units than the levels hold."""
