"""Document numbers: unique and cheap; gaps are allowed.

A process takes a block of numbers at a time. On PostgreSQL a sequence hands out blocks outside
of any transaction, so nobody ever waits for a number and a number never joins a deadlock. SQLite
has one writer at a time: there a conditional UPDATE in the caller's transaction raises a counter,
and the block belongs to other transactions only once that one has committed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.models.documents import DocumentNumber
from core.number_kinds import NumberKind
from core.wiring import wired


class UnknownNumberKind(LookupError):
    """The kind is not in `config/wiring.py:NUMBERS`."""


@dataclass(slots=True)
class _Block:
    next_value: int
    end: int
    shared: Callable[[], None] | None = None

    def take(self, count: int) -> list[int]:
        taken = list(range(self.next_value, min(self.next_value + count, self.end)))
        self.next_value += len(taken)
        return taken


@dataclass(slots=True)
class _Pool:
    """Blocks of this process. A forked child starts empty, or two processes would share one."""

    pid: int = field(default_factory=os.getpid)
    lock: threading.Lock = field(default_factory=threading.Lock)
    blocks: dict[tuple[str, str], _Block] = field(default_factory=dict)


_pool = _Pool()
_PENDING = "_quayside_number_blocks"


def forget_blocks() -> None:
    """Drop the blocks of this process; the numbers left in them are gaps."""
    global _pool  # noqa: PLW0603  # one pool per process is the point
    _pool = _Pool()
    if hasattr(connection, _PENDING):
        delattr(connection, _PENDING)


def take(kind: str, count: int = 1) -> list[str]:
    """Return `count` numbers of `kind` that no other process, thread or call ever gets.

    Raises:
        UnknownNumberKind: the wiring does not know the kind.
    """
    spec: NumberKind | None = wired("NUMBERS").get(kind)
    if spec is None:
        raise UnknownNumberKind(f"{kind}: add to NUMBERS")
    if connection.vendor == "postgresql":
        values = _from_sequence(kind, spec, count)
    else:
        values = _from_counter(kind, spec, count)
    return [f"{spec.prefix}{value}" for value in values]


def _own_pool() -> _Pool:
    global _pool  # noqa: PLW0603  # a child process must not use its parent's blocks
    if _pool.pid != os.getpid():
        _pool = _Pool()
    return _pool


def _from_sequence(kind: str, spec: NumberKind, count: int) -> list[int]:
    pool = _own_pool()
    key = (str(connection.settings_dict["NAME"]), kind)
    with pool.lock:
        block = pool.blocks.get(key)
        values = block.take(count) if block else []
        missing = count - len(values)
        if missing:
            blocks = -(-missing // spec.block)
            for start in _next_starts(kind, blocks):
                block = _Block(start, start + spec.block)
                values += block.take(count - len(values))
                pool.blocks[key] = block
    return values


def sequence_name(kind: str) -> str:
    """Return the name of the PostgreSQL sequence behind a kind."""
    return f"core_number_{kind}"


def _next_starts(kind: str, blocks: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
            [sequence_name(kind), blocks],
        )
        return [row[0] for row in cursor.fetchall()]


def _from_counter(kind: str, spec: NumberKind, count: int) -> list[int]:
    pool = _own_pool()
    key = (str(connection.settings_dict["NAME"]), kind)
    pending = _pending_block(key)
    values = pending.take(count) if pending else []
    with pool.lock:
        block = pool.blocks.get(key)
        if block:
            values += block.take(count - len(values))
    missing = count - len(values)
    return values + _raise_counter(key, spec, missing) if missing else values


def _pending_block(key: tuple[str, str]) -> _Block | None:
    """Return the block for which this very transaction raised the counter, if that still stands.

    Django drops the commit hooks of whatever is rolled back, a savepoint or the whole: while the
    block's own hook is registered, its UPDATE holds.
    """
    block: _Block | None = getattr(connection, _PENDING, {}).get(key)
    if block is None:
        return None
    return block if any(hook[1] is block.shared for hook in connection.run_on_commit) else None


def _raise_counter(key: tuple[str, str], spec: NumberKind, missing: int) -> list[int]:
    with transaction.atomic(savepoint=False):
        start = _reserve(key[1], spec, missing + spec.block)
        block = _Block(start, start + missing + spec.block)
        block.shared = partial(_share, connection, key, block)
        values = block.take(missing)
        setattr(connection, _PENDING, {**getattr(connection, _PENDING, {}), key: block})
        transaction.on_commit(block.shared)
    return values


def _share(own: BaseDatabaseWrapper, key: tuple[str, str], block: _Block) -> None:
    pending = getattr(own, _PENDING, {})
    setattr(own, _PENDING, {name: old for name, old in pending.items() if old is not block})
    pool = _own_pool()
    with pool.lock:
        pool.blocks[key] = block


def _reserve(kind: str, spec: NumberKind, size: int) -> int:
    """Raise the counter by `size` and return its old value, by a conditional UPDATE."""
    while True:
        row, _ = DocumentNumber.objects.get_or_create(
            kind=kind, defaults={"next_value": spec.first}
        )
        raised = DocumentNumber.objects.filter(pk=row.pk, next_value=row.next_value).update(
            next_value=row.next_value + size
        )
        if raised:
            return row.next_value


def prepare() -> None:
    """Create what each kind in the wiring needs; `migrate` calls it. Repeatable."""
    kinds: dict[str, NumberKind] = wired("NUMBERS")
    DocumentNumber.objects.bulk_create(
        [DocumentNumber(kind=kind, next_value=spec.first) for kind, spec in kinds.items()],
        ignore_conflicts=True,
    )
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for kind, spec in kinds.items():
            cursor.execute(
                f'CREATE SEQUENCE IF NOT EXISTS "{sequence_name(kind)}" '
                f"START {spec.first} INCREMENT {spec.block}"
            )
