"""What stock must be, in plain dictionaries: the judge of the state machine over the services."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

DAYS = (dt.date(2026, 2, 1), dt.date(2026, 4, 1), dt.date(2026, 8, 1))
"""The last days of the lots L0, L1 and L2."""
Place = tuple[int, int, int | None, str]  # bin, SKU, lot, condition


@dataclass
class Oracle:
    lots: dict[int, tuple[dt.date, bool]] = field(default_factory=dict)  # expiry, is good
    units: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    claims: dict[tuple[str, str, Place], int] = field(default_factory=lambda: defaultdict(int))
    promises: dict[str, tuple[int, int, dt.date | None]] = field(default_factory=dict)
    buffer: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def sellable(self, place: Place) -> bool:
        return place[3] == "good" and (place[2] is None or self.lots[place[2]][1])

    def level(self, sku: int) -> tuple[int, int, int, int]:
        """Return (on hand, unsellable, reserved, buffer)."""
        mine = {place: qty for place, qty in self.units.items() if place[1] == sku}
        bad = sum(qty for place, qty in mine.items() if not self.sellable(place))
        reserved = sum(row[1] for row in self.promises.values() if row[0] == sku)
        return (sum(mine.values()), bad, reserved, self.buffer[sku])

    def atp(self, sku: int) -> int:
        on_hand, bad, reserved, buffer = self.level(sku)
        return on_hand - bad - reserved - buffer

    def claimed(self, place: Place) -> int:
        return sum(qty for key, qty in self.claims.items() if key[2] == place)

    def free(self, place: Place) -> int:
        return self.units[place] - self.claimed(place)

    def keeps_all(self, sku: int, more: tuple[int, dt.date] | None = None) -> bool:
        """Say whether free units can be handed out so that every unclaimed promise is kept."""
        days = sorted(
            self.lots[place[2]][0]
            for place in list(self.units)
            if place[1] == sku and place[2] is not None and self.sellable(place)
            for _unit in range(self.free(place))
        )
        needs = []
        for owner, (promised, qty, until) in self.promises.items():
            if promised == sku and until is not None:
                needs += [until] * (
                    qty - sum(n for key, n in self.claims.items() if key[1] == owner)
                )
        needs += [more[1]] * more[0] if more else []
        for until in sorted(needs, reverse=True):  # the pickiest promise takes the tightest fit
            fitting = [day for day in days if day >= until]
            if not fitting:
                return False
            days.remove(fitting[0])
        return True

    def move(self, qty: int, source: Place | None, target: Place | None) -> None:
        if source is not None:
            self.units[source] -= qty
        if target is not None:
            self.units[target] += qty

    def unclaim(self, owner: str, demand: str, place: Place, qty: int) -> None:
        self.claims[owner, demand, place] -= qty
        assert self.claims[owner, demand, place] >= 0

    def give_back(self, owner: str, qty: int) -> None:
        sku, held, until = self.promises.pop(owner)
        if held > qty:
            self.promises[owner] = (sku, held - qty, until)
