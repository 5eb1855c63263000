"""Rules of the stock machine about goods that come back from customers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory.domain.places import SCRAP, SUPPLIER
from inventory.queries.came_back import still_out
from inventory.services import returning
from inventory.services.carrying import LotFrozen
from inventory.services.lot_expiry import LotExpired
from inventory.services.returning import GradedLine, ReturnedLine

few = st.integers(1, 4)
which = st.integers(0, 50)


class ReturnRules:
    """Mixed into the stock machine: what left comes back once, and becomes what it is found."""

    def __init__(self) -> None:
        super().__init__()
        self.out: dict[tuple[str, int, int | None], int] = {}

    def went_out(self, owner: str, sku: int, lot: int | None, qty: int) -> None:
        """Remember what a customer has now."""
        key = (owner, sku, lot)
        self.out[key] = self.out.get(key, 0) + qty

    @precondition(lambda self: self.out)
    @rule(pick=which, qty=few)
    def take_back(self, pick: int, qty: int) -> None:
        owner, sku, lot = key = sorted(self.out, key=str)[pick % len(self.out)]
        line = ReturnedLine(self.bulk, sku, qty, owner, lot)
        if qty > self.out[key] and lot is not None:
            with pytest.raises(returning.NotSentOut):
                self.call(returning.take_back, [line])
            return
        qty = min(qty, self.out[key])
        line = ReturnedLine(self.bulk, sku, qty, owner, lot)
        done = self.call(returning.take_back, [line])
        assert [(row.lot_id, row.qty) for row in done.units] == [(lot, qty)]
        self.truth.move(qty, None, (self.bulk, sku, lot, "quarantine"))
        self.out[key] -= qty
        if not self.out[key]:
            del self.out[key]
        assert sum(part.qty for part in still_out([owner], [sku]).get(key, [])) == self.out.get(
            key, 0
        )

    @rule(qty=few)
    def take_back_unknown(self, qty: int) -> None:
        self.call(returning.take_back, [ReturnedLine(self.bulk, self.plain, qty)])
        self.truth.move(qty, None, (self.bulk, self.plain, None, "quarantine"))

    @precondition(lambda self: self.places(bins=[self.bulk], condition="quarantine"))
    @rule(pick=which, end=st.sampled_from(["good", "damaged", "scrap", "supplier", "open_box"]))
    def regrade(self, pick: int, end: str) -> None:
        found = self.places(bins=[self.bulk], condition="quarantine")
        place = found[pick % len(found)]
        line, target = self.graded(place, end)
        lot = self.truth.lots.get(place[2]) if place[2] is not None else None
        if end in {"good", "open_box"} and lot and not lot[1]:
            with pytest.raises((LotFrozen, LotExpired)):
                self.call(returning.regrade, [line], reason="GRADED")
            return
        self.call(returning.regrade, [line], reason="GRADED")
        self.truth.move(1, place, target)

    def graded(self, place: Any, end: str) -> tuple[GradedLine, Any]:
        """Return the line that books one unit to an end, and where it lies then."""
        bin_id, sku, lot, _condition = place
        if end in {"scrap", "supplier"}:
            to = SCRAP if end == "scrap" else SUPPLIER
            return GradedLine(bin_id, sku, 1, to, lot_id=lot), None
        shelf = self.shelves[0]
        if end == "open_box" and lot is None:
            other = self.opened
            line = GradedLine(bin_id, sku, 1, shelf, to_sku_id=other)
            return line, (shelf, other, None, "good")
        condition = "damaged" if end == "damaged" else "good"
        line = GradedLine(bin_id, sku, 1, shelf, condition, lot)
        return line, (shelf, sku, lot, condition)
