"""What an agreement says, as values: its moves, its changes from version to version, its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from suppliers.domain.states import IllegalMove

DRAFT, PENDING, ACTIVE = "draft", "pending_approval", "active"
SUSPENDED, EXPIRED, TERMINATED = "suspended", "expired", "terminated"

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "edit": {DRAFT: DRAFT},
    "submit": {DRAFT: PENDING},
    "withdraw": {PENDING: DRAFT},
    "reject": {PENDING: DRAFT},
    "approve": {PENDING: ACTIVE},
    "suspend": {ACTIVE: SUSPENDED},
    "resume": {SUSPENDED: ACTIVE},
    "sign": {DRAFT: DRAFT, PENDING: PENDING, ACTIVE: ACTIVE, SUSPENDED: SUSPENDED},
    "end": {ACTIVE: TERMINATED, SUSPENDED: TERMINATED},
    "expire": {ACTIVE: EXPIRED, SUSPENDED: EXPIRED},
    "renew": {ACTIVE: ACTIVE, SUSPENDED: SUSPENDED, EXPIRED: EXPIRED, TERMINATED: TERMINATED},
}

#: Fields of an agreement besides its lines and batches, in the order in which they are shown.
HEADER: Final = (
    "title",
    "valid_from",
    "valid_until",
    "currency",
    "incoterm",
    "stacks",
    "cap_amount",
    "cap_qty",
    "clauses",
)

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def after(state: str, move: str) -> str:
    """Return the state in which `move` leaves an agreement.

    Raises:
        IllegalMove: the move does not start from this state.
    """
    moves = TRANSITIONS[move]
    if state not in moves:
        raise IllegalMove("agreement", state, move)
    return moves[state]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version says: header fields by name, prices by (SKU, units), batches by (SKU, day).

    A price of None is a share off the list.
    """

    header: Mapping[str, object]
    prices: Mapping[tuple[str, int], Decimal | None]
    batches: Mapping[tuple[str, dt.date], int]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of a header field (`kind` header), a price or a batch, keyed by `key`."""

    kind: str
    key: tuple[object, ...]
    what: str
    before: object = None
    after: object = None


def diff(before: Terms, now: Terms) -> list[Change]:
    """Return what differs, header first, then prices, then batches, each in its own order."""
    changes = [
        Change("header", (name,), CHANGED, before.header.get(name), now.header.get(name))
        for name in HEADER
        if before.header.get(name) != now.header.get(name)
    ]
    changes += _diff_of("price", before.prices, now.prices)
    return changes + _diff_of("batch", before.batches, now.batches)


def _diff_of(kind: str, before: Mapping[Any, object], now: Mapping[Any, object]) -> list[Change]:
    changes = []
    for key in sorted({*before, *now}):
        if key not in before:
            changes.append(Change(kind, key, ADDED, None, now[key]))
        elif key not in now:
            changes.append(Change(kind, key, REMOVED, before[key], None))
        elif before[key] != now[key]:
            changes.append(Change(kind, key, CHANGED, before[key], now[key]))
    return changes


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which `label` covers one SKU, first and last included."""

    sku: str
    label: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which nothing covers a SKU, between two agreements that do."""

    sku: str
    earlier: str
    later: str
    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """Return how many days are uncovered."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days on which two agreements cover a SKU."""

    sku: str
    earlier: str
    later: str
    first: dt.date
    last: dt.date


def gaps(periods: Iterable[Period]) -> list[Gap]:
    """Return the uncovered days between the first and the last covered day of each SKU."""
    found = []
    for sku, rows in _by_sku(periods).items():
        reach = rows[0]
        for row in rows[1:]:
            if (row.first - reach.last).days > 1:
                start, end = reach.last + _DAY, row.first - _DAY
                found.append(Gap(sku, reach.label, row.label, start, end))
            if row.last > reach.last:
                reach = row
    return found


def overlaps(periods: Iterable[Period]) -> list[Overlap]:
    """Return the days on which two periods of one SKU meet, pair by pair."""
    found = []
    for sku, rows in _by_sku(periods).items():
        for place, earlier in enumerate(rows):
            for later in rows[place + 1 :]:
                last = min(earlier.last, later.last)
                if later.first <= last:
                    found.append(Overlap(sku, earlier.label, later.label, later.first, last))
    return found


_DAY: Final = dt.timedelta(days=1)


def _by_sku(periods: Iterable[Period]) -> dict[str, Sequence[Period]]:
    found: dict[str, list[Period]] = {}
    for row in sorted(periods, key=lambda one: (one.sku, one.first, one.last, one.label)):
        found.setdefault(row.sku, []).append(row)
    return dict(found)
