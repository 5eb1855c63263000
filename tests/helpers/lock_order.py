"""Watch in which order each transaction locks rows, and name what turns it around.

A deadlock needs two transactions at the same instant; that one of them locks a lot after a level
shows in any run of it alone. So every test on PostgreSQL is watched (`locked_in_order`), and the
order of docs/locking.md is checked where it can be: in what the database was asked.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.transaction import Atomic, get_connection

from inventory.services import retrying

ORDER = (
    "orders_order",
    "orders_shipment",
    "fulfillment_picktask",
    "inventory_lot",
    "inventory_stocklevel",
    "inventory_binstock",
)
RANK = {table: rank for rank, table in enumerate(ORDER)}
#: A second set of levels may follow bins: which ones a re-plan wants is known late. The services
#: that do so are tried again as a whole after a deadlock (`stock_write`).
LATE = "inventory_stocklevel"
PROJECT = f"{Path(__file__).resolve().parents[2]}/"
_LOCK = re.compile(r"FOR (?:NO KEY )?UPDATE(?: OF ([\w\", ]+?))?\s*$")
_SOURCE = re.compile(r'\b(?:FROM|JOIN) "?(\w+)"?(?: (?:AS )?(l)\b)?')
_MACHINERY = re.compile(r"/(?:level_sql|retrying|querysets/\w+)\.py:")
_WRITE = re.compile(r'\b(?:UPDATE|DELETE FROM) "?(\w+)"?')
Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True)
class Locked:
    """Rows of a table that a statement locked; of a write the ids are not known."""

    table: str
    ids: frozenset[Any]
    at: str


@dataclass
class Trail:
    """What one connection has locked since its transaction began."""

    locked: list[Locked] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)

    def enter(self) -> None:
        """Begin a transaction, or a savepoint in it."""
        if not self.begun:
            self.locked.clear()
        self.begun.append(len(self.locked))

    def leave(self, *, undone: bool) -> None:
        """End it; what is undone gives its locks back."""
        had = self.begun.pop()
        if undone:
            del self.locked[had:]


class Watch(threading.local):
    """The trail of each thread: every thread has a connection of its own."""

    def __init__(self, found: list[str]) -> None:
        self.trail = Trail()
        self.entered: list[bool] = []
        self.found = found

    def __call__(
        self, execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement and note what it locked; Django's shape of an execute wrapper."""
        result = execute(sql, params, many, context)
        if self.trail.begun:
            text = str(sql)
            if text.startswith("SELECT"):
                if lock := _LOCK.search(text):
                    self._note(_named(text, lock[1]), _ids_of(context["cursor"].cursor))
            elif context["cursor"].rowcount:
                self._note([name for name in _WRITE.findall(text) if name in RANK], frozenset())
        return result

    def _note(self, tables: list[str], ids: frozenset[Any] | None) -> None:
        if ids is None:
            return
        for table in tables:
            row = Locked(table, ids, _caller())
            later = [had for had in self.trail.locked if RANK[had.table] > RANK[table]]
            same = [had for had in self.trail.locked if had.table == table]
            known = frozenset().union(*(had.ids for had in same))
            is_more = bool(known) and not ids <= known and table != LATE
            if later and (not same or is_more):
                self.found.append(f"{table} at {row.at} after {later[0].table} at {later[0].at}")
            self.trail.locked.append(row)


def _named(sql: str, of: str | None) -> list[str]:
    """Return the watched tables whose rows a SELECT locks: those it names, else all it reads."""
    sources = {alias or table: table for table, alias in _SOURCE.findall(sql)}
    wanted = [name.strip(' "') for name in of.split(",")] if of else list(sources)
    return [table for name in wanted if (table := sources.get(name, name)) in RANK]


def _ids_of(cursor: Any) -> frozenset[Any] | None:
    """Return the first column of the rows, to be read again; None: no row was locked."""
    rows = cursor.fetchall()
    if not rows:
        return None
    cursor.scroll(0, "absolute")
    return frozenset(row[0] for row in rows)


def _files() -> Iterator[str]:
    """Yield the project's files and lines that are being called, innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "inner" and code.co_filename.endswith("contextlib.py"):
            code = getattr(frame.f_locals.get("func"), "__code__", code)  # @transaction.atomic
        name = code.co_filename
        if name.startswith(PROJECT) and "/site-packages/" not in name and name != __file__:
            yield f"{name.removeprefix(PROJECT)}:{frame.f_lineno}"
        frame = frame.f_back


def _caller() -> str:
    """Return the innermost places that are not machinery of the statement itself."""
    plain = (place for place in _files() if not _MACHINERY.search(place))
    return " < ".join(place for _count, place in zip(range(3), plain, strict=False))


def _is_product() -> bool:
    """Return whether the nearest project code is the product: a test may wrap many calls in one."""
    return not next(_files(), "tests/").startswith("tests/")


@contextlib.contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that fills with every lock taken out of order, on any connection."""
    found: list[str] = []
    watch = Watch(found)
    enter, leave, inside = Atomic.__enter__, Atomic.__exit__, retrying._run_inside

    def begin(self: Atomic) -> None:
        enter(self)
        _attach(watch, self.using)
        mine = bool(watch.trail.begun) or _is_product()
        watch.entered.append(mine)
        if mine:
            watch.trail.enter()

    def end(self: Atomic, kind: Any, error: Any, trace: Any) -> None:
        if watch.entered and watch.entered.pop():
            watch.trail.leave(undone=kind is not None)
        leave(self, kind, error, trace)

    def run(service: Any, *args: Any, **kwargs: Any) -> Any:
        _attach(watch, None)
        watch.trail.enter()
        try:
            return inside(service, *args, **kwargs)
        finally:
            watch.trail.leave(undone=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Atomic, "__enter__", begin)
        patch.setattr(Atomic, "__exit__", end)
        patch.setattr(retrying, "_run_inside", run)
        try:
            yield found
        finally:
            for connection in connections.all(initialized_only=True):
                if watch in connection.execute_wrappers:
                    connection.execute_wrappers.remove(watch)


def _attach(watch: Watch, using: str | None) -> None:
    connection = get_connection(using)
    if watch not in connection.execute_wrappers:
        # At the front: a test's own `execute_wrapper` takes the last one away when it ends.
        connection.execute_wrappers.insert(0, watch)
