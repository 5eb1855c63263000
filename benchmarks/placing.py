"""(a) create, route and reserve one by one, (b) the same as bulk import, beside the yardstick."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg

from benchmarks import cpu, installation
from benchmarks.reference import Yardstick
from benchmarks.workload import BenchOrder, Workload

if TYPE_CHECKING:
    from orders.domain.drafts import OrderDraft

BULK = 500


@dataclass(slots=True)
class Measured:
    """CPU milliseconds per order, client and server; what was created; statements per order."""

    cpu_ms: float
    client_ms: float
    server_ms: float
    orders: int
    statements: float = 0.0
    wall_s: float = 0.0

    @classmethod
    def of(cls, usage: cpu.Usage, orders: int, statements: float = 0.0) -> Measured:
        """Return the usage of `orders` orders."""
        return cls(
            round(usage.cpu_s / orders * 1000, 3),
            round(usage.client_s / orders * 1000, 3),
            round(usage.server_s / orders * 1000, 3),
            orders,
            round(statements, 2),
            round(usage.wall_s, 2),
        )

    def as_json(self) -> dict[str, float]:
        """Return the figures by name."""
        return asdict(self)


def drafts_of(orders: Sequence[BenchOrder]) -> list[OrderDraft]:
    """Return the workload's orders as a channel would send them."""
    from customers.domain.drafts import AddressDraft  # noqa: PLC0415  # after django.setup()
    from orders.domain.drafts import LineDraft, OrderDraft  # noqa: PLC0415

    return [
        OrderDraft(
            channel=installation.CHANNEL,
            external_id=f"B{order.number}",
            placed_at=installation.AT,
            currency="USD",
            ship_to=AddressDraft(name="Bench", country=order.country),
            lines=tuple(
                LineDraft(sku=f"B-{sku:05d}", qty=qty, unit_price=Decimal("9.90"))
                for sku, qty in order.lines
            ),
        )
        for order in orders
    ]


def set_aside() -> None:
    """Keep the collector from walking the workload again and again: an import streams its file."""
    gc.collect()
    gc.freeze()


def one_by_one(workload: Workload, postmaster: int) -> Measured:
    """Place every order in a call of its own."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from orders.services import placing  # noqa: PLC0415

    drafts = drafts_of(workload.orders)
    counter = StatementCounter()
    set_aside()
    with counter.counting(), cpu.measured(postmaster) as usage:
        for draft in drafts:
            placing.place([draft], actor=SYSTEM, as_of=installation.AT, source="bench")
    return Measured.of(usage, len(drafts), counter.count / len(drafts))


def in_bulk(workload: Workload, postmaster: int) -> Measured:
    """Place the orders in calls of 500."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from orders.services import placing  # noqa: PLC0415

    counter = StatementCounter()
    drafts = drafts_of(workload.orders)
    set_aside()
    with counter.counting(), cpu.measured(postmaster) as usage:
        for start in range(0, len(drafts), BULK):
            placing.place(
                drafts[start : start + BULK],
                actor=SYSTEM,
                as_of=installation.AT,
                source="bench",
            )
    return Measured.of(usage, len(drafts), counter.count / len(drafts))


class StatementCounter:
    """Counts the statements that Django sends while `counting`."""

    def __init__(self) -> None:
        self.count = 0

    def counting(self):  # type: ignore[no-untyped-def]  # Django's context manager
        """Return the context manager that counts on the default connection."""
        from django.db import connection  # noqa: PLC0415

        return connection.execute_wrapper(self._note)

    def _note(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def yardstick(
    workload: Workload, place: installation.Installation
) -> tuple[Measured, Measured, Measured, Measured]:
    """Run the reference: create one by one, ship one by one, create in bulk, ship fifty at once."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        program = Yardstick(connection)
        program.prepare(workload)
        with cpu.measured(place.postmaster) as usage:
            made = [program.create_one(order) for order in workload.orders]
        single = Measured.of(usage, len(made), 3)
        shipments = [shipment for shipment in made if shipment is not None]
        with cpu.measured(place.postmaster) as usage:
            for shipment in shipments:
                program.ship([shipment])
        shipped = Measured.of(usage, len(shipments), 2)
        program.prepare(workload)
        with cpu.measured(place.postmaster) as usage:
            made_bulk: list[int] = []
            for number, batch in enumerate(workload.batches(BULK)):
                made_bulk += program.create_bulk(batch, number * BULK + 1)
        bulk = Measured.of(usage, len(workload.orders))
        with cpu.measured(place.postmaster) as usage:
            for start in range(0, len(made_bulk), 50):
                program.ship(made_bulk[start : start + 50])
        return single, shipped, bulk, Measured.of(usage, len(made_bulk))
