"""Rules of the stock machine at the dock: count, take back, put away, identify, send back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.actors import SYSTEM
from inventory.models import Bin, Lot, Sku
from inventory.services import supplier_goods
from inventory.services.ledger import BinShort
from inventory.services.supplier_goods import SendBackLine
from suppliers.services import finishing, put_aways, receiving, unidentified
from suppliers.services.drafts import Counted, PutAwayDraft
from suppliers.services.errors import (
    BinRefused,
    NothingToUndoHere,
    PromisedMeanwhile,
    TooLateToUndoReceipt,
)
from tests.factories import suppliers as goods
from tests.factories.inventory import NOW, a_key
from tests.helpers.stock_oracle import DAYS, Place

few = st.integers(1, 4)
which = st.integers(0, 50)
ANNOUNCED, ALLOWED_OVER = 6, 2


@dataclass
class Docked:
    """Good units of one booking: those still at the dock, and those on a shelf."""

    receipt: int
    asn: int
    sku: int
    lot: int | None
    left: int
    shelved: int = 0


@dataclass
class Counting:
    """An arrival of six plain units: what was taken in, held, and booked on its open receipt."""

    asn: int
    receipt: int
    accepted: int = 0
    held: int = 0
    booked: list[tuple[list[tuple[int, Place]], Docked | None, bool]] = field(default_factory=list)


class DockRules:
    """Mixed into the stock machine; dock goods are in quarantine until they are put away."""

    def __init__(self) -> None:
        super().__init__()
        self.docked: list[Docked] = []
        self.carried: list[tuple[int, Docked, int, Place]] = []
        self.arrival: Counting | None = None
        self.shop: Any = None

    def open_the_dock(self) -> None:
        self.door = goods.dock(self.site).pk
        bins = dict(Bin.objects.filter(warehouse=self.site).values_list("kind", "pk"))
        self.hold, self.broken = bins["quarantine"], bins["damaged"]
        self.shop = goods.supplier(a_key("S"), over_pct=50, over_qty=ALLOWED_OVER + 1)

    def open_arrival(self) -> Counting:
        """Return the arrival that is counted, announced and opened when none is."""
        if self.arrival is None:
            codes = dict(Sku.objects.values_list("pk", "code"))
            units = {codes[self.plain]: ANNOUNCED, codes[self.milk]: 900}
            asn = goods.arrival(self.shop.code, self.site, units)
            self.arrival = Counting(asn.pk, 0)
        if not self.arrival.receipt:
            opened = receiving.open_receipt(self.arrival.asn, actor=SYSTEM, at=NOW)
            self.arrival.receipt = opened.pk
        return self.arrival

    def quarantined(self, bin_id: int, sku: int, lot: int | None) -> Place:
        return (bin_id, sku, lot, "quarantine")

    @rule(sku=st.booleans(), kind=st.sampled_from(["good", "good", "damaged", "bare"]), qty=few)
    def count_at_dock(self, sku: bool, kind: str, qty: int) -> None:
        now = self.open_arrival()
        sku_id = self.milk if sku else self.plain
        day = qty % len(DAYS)
        code, day_on = (f"L{day}", DAYS[day]) if sku and kind != "bare" else ("", None)
        stated = Counted(
            receipt_id=now.receipt,
            sku_id=sku_id,
            qty=qty,
            kind="unlabelled" if kind == "bare" else kind,
            lot_code=code,
            expires_on=day_on,
            approved_by="user:9",
        )
        rows = self.call(receiving.receive_line, stated)
        lot = rows[0].lot_id
        if lot is not None:
            fresh = (DAYS[day] if code else None, True)
            self.truth.lots.setdefault(lot, fresh)
        moved: list[tuple[int, Place]] = []
        docked = None
        if kind == "damaged":
            moved = [(qty, (self.broken, sku_id, lot, "damaged"))]
            now.accepted += 0 if sku else qty
        elif kind == "bare":
            moved = [(qty, self.quarantined(self.hold, sku_id, lot))]
            now.held += 0 if sku else qty
        else:
            over, pulled = (0, 0) if sku else self.excess(now, qty)
            moved = [(qty - over, self.quarantined(self.door, sku_id, lot))]
            moved += [(over, self.quarantined(self.hold, sku_id, lot))]
            if qty > over:
                docked = Docked(now.receipt, now.asn, sku_id, lot, qty - over)
                self.docked.append(docked)
            now.booked.append((moved, docked, bool(pulled)))
            self.put(moved)
            return
        now.booked.append((moved, None, False))
        self.put(moved)

    def excess(self, now: Counting, qty: int) -> tuple[int, int]:
        """Return units above the announced ones that are held, and those pulled back (X16)."""
        if now.accepted + now.held + qty - ANNOUNCED <= ALLOWED_OVER:
            now.accepted += qty
            return 0, 0
        over = min(qty, max(0, now.accepted + qty - ANNOUNCED))
        want = max(0, now.accepted - ANNOUNCED)
        pulled = 0
        for row in reversed(self.docked):
            if row.asn == now.asn and row.sku == self.plain:
                units = min(row.left, want - pulled)
                row.left -= units
                pulled += units
        self.truth.move(
            pulled,
            self.quarantined(self.door, self.plain, None),
            self.quarantined(self.hold, self.plain, None),
        )
        now.accepted += qty - over - pulled
        now.held += over + pulled
        return over, pulled

    def put(self, moved: list[tuple[int, Place]], sign: int = 1) -> None:
        for qty, place in moved:
            self.truth.move(sign * qty, None, place)

    @precondition(lambda self: self.arrival and self.arrival.receipt)
    @rule()
    def take_the_last_count_back(self) -> None:
        now = self.arrival
        if not now.booked:
            with pytest.raises(NothingToUndoHere):
                finishing.undo_last(now.receipt, actor=SYSTEM, at=NOW)
            return
        moved, docked, pulled = now.booked[-1]
        if pulled:
            with pytest.raises(TooLateToUndoReceipt):
                finishing.undo_last(now.receipt, actor=SYSTEM, at=NOW)
            return
        if any(self.truth.units[place] < qty for qty, place in moved):
            with pytest.raises(BinShort):
                finishing.undo_last(now.receipt, actor=SYSTEM, at=NOW)
            return
        finishing.undo_last(now.receipt, actor=SYSTEM, at=NOW)
        now.booked.pop()
        self.put(moved, -1)
        if docked is not None:
            self.docked.remove(docked)
        if moved[0][1][1] == self.plain:
            counted = {"damaged": "accepted"}
            for qty, place in moved:
                home = counted.get(place[3], "accepted" if place[0] == self.door else "held")
                setattr(now, home, getattr(now, home) - qty)

    @precondition(lambda self: self.arrival and self.arrival.receipt)
    @rule()
    def finish_the_count(self) -> None:
        finishing.finish(self.arrival.receipt, actor=SYSTEM, at=NOW)
        self.arrival.receipt, self.arrival.booked = 0, []
        if self.arrival.accepted + self.arrival.held > ANNOUNCED:
            self.arrival = None

    def ready(self) -> list[Docked]:
        counted = self.arrival.receipt if self.arrival else 0
        return [row for row in self.docked if row.left and row.receipt != counted]

    @precondition(lambda self: self.ready())
    @rule(pick=which, qty=few, shelf=st.integers(0, 2))
    def put_away(self, pick: int, qty: int, shelf: int) -> None:
        row = self.ready()[pick % len(self.ready())]
        qty = min(qty, row.left)
        target = (*self.shelves, self.bulk)[shelf]
        lots = {place[2] for place in self.places(bins=[target]) if place[1] == row.sku}
        draft = PutAwayDraft(
            from_bin_id=self.door, to_bin_id=target, sku_id=row.sku, qty=qty, lot_id=row.lot
        )
        if lots - {row.lot}:
            with pytest.raises(BinRefused):
                self.call(put_aways.put_away, draft)
            return
        done = self.call(put_aways.put_away, draft)
        place = (target, row.sku, row.lot, "good")
        self.truth.move(qty, self.quarantined(self.door, row.sku, row.lot), place)
        left = qty
        for other in self.ready():
            if (other.sku, other.lot) == (row.sku, row.lot):
                units = min(left, other.left)
                other.left, other.shelved, left = (
                    other.left - units,
                    other.shelved + units,
                    left - units,
                )
        self.carried.append((done.pk, row, qty, place))

    @precondition(lambda self: self.carried)
    @rule(pick=which)
    def bring_back_to_the_dock(self, pick: int) -> None:
        done, row, qty, place = self.carried[pick % len(self.carried)]
        sellable = self.truth.sellable(place)
        if self.truth.free(place) < qty:
            with pytest.raises(BinShort):
                put_aways.undo(done, actor=SYSTEM, at=NOW)
            return
        if self.truth.atp(row.sku) - (qty if sellable else 0) < 0:
            with pytest.raises(PromisedMeanwhile):
                put_aways.undo(done, actor=SYSTEM, at=NOW)
            return
        put_aways.undo(done, actor=SYSTEM, at=NOW)
        self.carried.remove((done, row, qty, place))
        self.truth.move(qty, place, self.quarantined(self.door, row.sku, row.lot))
        for other in reversed(self.docked):
            if (other.sku, other.lot) == (row.sku, row.lot):
                units = min(qty, other.shelved)
                other.left, other.shelved, qty = (
                    other.left + units,
                    other.shelved - units,
                    qty - units,
                )

    @rule(sku=st.booleans(), qty=few)
    def identify_goods(self, sku: bool, qty: int) -> None:
        day = qty % len(DAYS)
        found = unidentified.Found(warehouse_id=self.site.pk, qty=qty, scanned="4711")
        held = self.call(unidentified.hold, found)
        link = unidentified.Link(
            sku_id=self.milk if sku else self.plain,
            lot_code=f"L{day}" if sku else "",
            expires_on=DAYS[day] if sku else None,
            supplier_id=self.shop.pk,
        )
        unidentified.link(held.pk, link, actor=SYSTEM, at=NOW)
        row = receiving.ReceiptLine.objects.latest("pk")
        if sku:
            self.truth.lots.setdefault(
                row.lot_id, (Lot.objects.get(pk=row.lot_id).expires_on, True)
            )
        self.docked.append(Docked(row.receipt_id, 0, link.sku_id, row.lot_id, qty))
        self.put([(qty, self.quarantined(self.door, link.sku_id, row.lot_id))])

    @precondition(lambda self: self.places(bins=[*self.shelves, self.hold, self.broken]))
    @rule(pick=which, qty=few)
    def send_back(self, pick: int, qty: int) -> None:
        found = self.places(bins=[*self.shelves, self.hold, self.broken])
        place = found[pick % len(found)]
        line = SendBackLine(place[0], place[1], qty, place[2], place[3])
        if self.truth.free(place) < qty:
            with pytest.raises(BinShort):
                self.call(supplier_goods.send_back, [line], reason="DEFECT")
            return
        self.call(supplier_goods.send_back, [line], reason="DEFECT")
        self.truth.move(qty, place, None)
