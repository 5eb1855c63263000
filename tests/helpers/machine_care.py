"""Rules of the stock machine for the care of stock: counts, limits, recalls, refills, lapses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.actors import SYSTEM
from inventory.domain.demand import Demand, Group, PickWant
from inventory.domain.lines import AdjustLine
from inventory.domain.picks import BinPick
from inventory.models import BinReservation, BinStock
from inventory.services import (
    adjusting,
    consuming,
    count_scans,
    cycle_counts,
    kit_building,
    lot_expiry,
    lot_swaps,
    lots,
    missing,
    picking,
    releasing,
    replenishing,
    reservations,
    transfer_picking,
    transfers,
    transit,
    work_orders,
)
from inventory.services.consuming import ConsumeLine
from inventory.services.kit_building import PartTaken
from inventory.services.ledger import BinShort
from inventory.services.lot_swaps import LotSwapRefused
from inventory.services.replenishing import FaceDraft
from inventory.services.reservations import InsufficientStock
from inventory.services.transfers import TransferDraft
from inventory.services.transit import Arrival
from inventory.services.work_orders import WorkOrderDraft
from tests.factories import moves
from tests.factories.inventory import NOW, a_key
from tests.helpers.stock_oracle import Place

few = st.integers(1, 4)
which = st.integers(0, 50)
HOUR = dt.timedelta(hours=1)
TODAY = NOW.date()
COUNTER, SECOND, LEAD = moves.PLANNER, moves.WORKER, moves.APPROVER
LIMIT = 5


class CareRules:
    """Mixed into the stock machine: what people and jobs do with stock that stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.lapsing: set[str] = set()
        self.recalled: set[int] = set()

    def drop_claims(self, place: Place, qty: int) -> None:
        """Forget the claims a loss of `qty` units took: as many as were not free, no more."""
        kept = {
            (row.owner_key, row.demand_key): row.qty
            for row in BinReservation.objects.pending().filter(
                bin_stock__bin=place[0],
                bin_stock__sku=place[1],
                bin_stock__lot=place[2],
                bin_stock__condition=place[3],
            )
        }
        lost = 0
        expected = max(0, qty - self.truth.free(place))
        for owner, demand, spot in list(self.truth.claims):
            if spot == place:
                gone = self.truth.claims[owner, demand, spot] - kept.get((owner, demand), 0)
                self.truth.unclaim(owner, demand, spot, gone)
                lost += gone
        assert lost == expected

    @precondition(lambda self: self.places(bins=self.shelves))
    @rule(pick=which, delta=st.sampled_from([-7, -2, 2, 7]), agreed=st.booleans())
    def adjust_within_limits(self, pick: int, delta: int, agreed: bool) -> None:
        found = self.places(bins=self.shelves)
        place = found[pick % len(found)]
        line = AdjustLine(place[0], place[1], delta, place[2], place[3])
        told: dict[str, Any] = {"reason": "COUNT", "actor": COUNTER, "at": NOW}
        if self.truth.units[place] + delta < 0:
            with pytest.raises(BinShort):
                adjusting.adjust(line, event_key=a_key("limit"), **told)
            return
        asked = adjusting.adjust(line, event_key=a_key("limit"), **told)
        assert asked.is_booked == (abs(delta) <= LIMIT)
        if asked.request is not None:
            if not agreed:
                adjusting.refuse(asked.request.pk, actor=LEAD, at=NOW, note="no")
                return
            with pytest.raises(adjusting.SecondPersonNeeded):
                adjusting.approve(asked.request.pk, actor=COUNTER, at=NOW)
            adjusting.approve(asked.request.pk, actor=LEAD, at=NOW)
        self.drop_claims(place, -delta)
        self.truth.move(delta, None, place)

    @rule(qty=few, shelf=st.integers(0, 1), back=st.booleans())
    def consume(self, qty: int, shelf: int, back: bool) -> None:
        near = self.shelves[shelf]
        on_hand, bad, reserved, _buffer = self.truth.level(self.plain)
        most = max(0, min(qty, on_hand - bad - reserved))
        walk = sorted((*self.shelves, self.bulk, self.bench), key=self.walk.__getitem__)
        walk.sort(key=lambda spot: (spot != near, abs(self.walk[spot] - self.walk[near])))
        line = ConsumeLine(self.plain, qty, near)
        [done] = self.call(consuming.consume, [line])
        taken, used = 0, {}
        for spot in walk:
            place = (spot, self.plain, None, "good")
            units = min(self.truth.free(place), most - taken)
            self.truth.move(units, place, None)
            used[place] = units
            taken += units
        assert (done.qty, done.missing_qty) == (taken, qty - taken)
        if back and taken:
            key = self.last[2]["event_key"]
            self.call(consuming.give_back, key, else_bin_id=self.shelves[0])
            for place, units in used.items():
                self.truth.move(units, None, place)

    @rule(shelf=st.integers(0, 1), off=st.sampled_from([-7, -2, 0, 2, 7]), pick=which)
    def count_a_bin(self, shelf: int, off: int, pick: int) -> None:
        bin_id = self.shelves[shelf]
        inside: dict[tuple[int, int | None], int] = {}
        for place in self.places(bins=[bin_id]):
            if place[3] in {"good", "suspected_missing"}:
                key = (place[1], place[2])
                inside[key] = inside.get(key, 0) + self.truth.units[place]
        if not inside:
            return
        key = sorted(inside, key=str)[pick % len(inside)]
        seen = inside | {key: max(0, inside[key] + off)}
        states = [self.count_round(bin_id, seen, COUNTER)]
        if seen != inside:
            with pytest.raises(cycle_counts.SamePersonCounts):
                cycle_counts.start(bin_id, actor=COUNTER, at=NOW)
            states.append(self.count_round(bin_id, seen, SECOND))
            if abs(seen[key] - inside[key]) > LIMIT:
                count = cycle_counts.CycleCount.objects.latest("pk")
                states.append(cycle_counts.approve(count.pk, actor=LEAD, at=NOW).state)
        large = abs(seen[key] - inside[key]) > LIMIT
        assert states == (
            ["posted"]
            if seen == inside
            else ["recount", "review", "posted"]
            if large
            else ["recount", "posted"]
        )
        for (sku, lot), qty in seen.items():
            good, suspect = (bin_id, sku, lot, "good"), (bin_id, sku, lot, "suspected_missing")
            self.drop_claims(good, self.truth.units[good] - qty)
            self.truth.units[good], self.truth.units[suspect] = qty, 0

    def count_round(self, bin_id: int, seen: dict[Any, int], counter: Any) -> str:
        running = cycle_counts.start(bin_id, actor=counter, at=NOW)
        for (sku, lot), qty in seen.items():
            if qty:
                count_scans.add_units(running.pk, sku, lot, qty, actor=counter)
        return cycle_counts.finish(running.count_id, actor=counter, at=NOW).state

    @rule(later=st.integers(0, 60))
    def hold_what_expired(self, later: int) -> None:
        self.calls += 1
        at = NOW + dt.timedelta(days=15 + later, minutes=self.calls)
        day = (at - dt.timedelta(hours=12)).date()
        present = {place[2] for place, qty in self.truth.units.items() if qty}
        present |= {lot for (_sku, lot), qty in self.away.items() if qty}
        over = {
            lot
            for lot, (expires, good) in self.truth.lots.items()
            if good and expires is not None and expires < day and lot in present
        }
        assert set(lot_expiry.expired_lots(at)) == over
        done = {lot for lot in over if (lot, at.date()) in self.expired}
        lot_expiry.hold_expired(actor=SYSTEM, at=at)
        self.expired |= {(lot, at.date()) for lot in over}
        for lot in over - done:
            self.truth.lots[lot] = (self.truth.lots[lot][0], False)

    @precondition(lambda self: not self.recalled and self.calls > 6)
    @rule()
    def recall_a_lot(self) -> None:
        lot = min(self.truth.lots)
        self.call(lots.recall_lot, lot, reason="RECALL")
        self.truth.lots[lot] = (self.truth.lots[lot][0], False)
        self.recalled.add(lot)
        with pytest.raises(lots.LotStateConflict):
            self.call(lots.release_lot, lot, reason="CHECK")
        self.last = None

    @precondition(lambda self: self.places(bins=self.shelves, condition="good"))
    @rule(pick=which, left=st.integers(0, 2))
    def report_found(self, pick: int, left: int) -> None:
        found = self.places(bins=self.shelves, condition="good")
        place = found[pick % len(found)]
        left = min(left, self.truth.units[place])
        gone = self.truth.units[place] - left
        held = BinStock.objects.get(
            bin_id=place[0], sku_id=place[1], lot_id=place[2], condition="good"
        )
        report = self.call(
            missing.report_found, bin_stock_id=held.pk, found_qty=left, cause_key="x"
        )
        assert report.missing_qty == gone
        self.lose(place, gone, report.unclaimed)
        self.truth.move(gone, place, (*place[:3], "suspected_missing"))

    @rule(sku=st.booleans(), first=few, second=few)
    def reserve_two_groups(self, sku: bool, first: int, second: int) -> None:
        wanted = ((self.milk, first), (self.plain, second))
        demands = []
        for sku_id, qty in wanted if sku else wanted[::-1]:
            self.calls += 1
            until = TODAY if sku_id == self.milk else None
            demands.append(Demand(f"shipment_line:{self.calls}", self.site.pk, sku_id, qty, until))
        fits = [self.fits(need.sku_id, need.qty) for need in demands]
        kept = [self.truth.keeps_all(need.sku_id) for need in demands]
        groups = [Group(a_key("group"), [need]) for need in demands]
        results = reservations.reserve_groups(groups, actor=SYSTEM, at=NOW)
        for need, result, fit, keeps in zip(demands, results, fits, kept, strict=True):
            assert result.reserved == fit or not keeps
            if result.reserved:
                promise = (need.sku_id, need.qty, need.usable_until)
                self.truth.promises[need.owner_key] = promise

    @rule(sku=st.booleans(), qty=few)
    def reserve_for_an_hour(self, sku: bool, qty: int) -> None:
        self.calls += 1
        owner, sku_id = f"shipment_line:{self.calls}", self.milk if sku else self.plain
        until = TODAY if sku else None
        fits, keeps = self.fits(sku_id, qty), self.truth.keeps_all(sku_id)
        demand = Demand(owner, self.site.pk, sku_id, qty, until, expires_at=NOW + HOUR)
        try:
            self.call(reservations.reserve, [demand])
        except InsufficientStock:
            assert not fits or not keeps
            return
        self.truth.promises[owner] = (sku_id, qty, until)
        self.lapsing.add(owner)

    @precondition(lambda self: self.lapsing & self.truth.promises.keys())
    @rule()
    def let_promises_lapse(self) -> None:
        assert releasing.expire_due(NOW) == []
        self.calls += 1
        lapsed = releasing.expire_due(NOW + HOUR + dt.timedelta(seconds=self.calls))
        due = self.lapsing & self.truth.promises.keys()
        assert {row.owner_key: row.qty for row in lapsed} == {
            owner: self.truth.promises[owner][1] for owner in due
        }
        for owner in due:
            self.truth.give_back(owner, self.truth.promises[owner][1])
        self.lapsing.clear()

    @precondition(lambda self: self.truth.promises)
    @rule(pick=which)
    def reserve_bins(self, pick: int) -> None:
        owner = sorted(self.truth.promises)[pick % len(self.truth.promises)]
        sku, held, until = self.truth.promises[owner]
        rest = held - sum(n for key, n in self.truth.claims.items() if key[1] == owner)
        if rest < 1:
            return
        want = PickWant(owner, self.site.pk, sku, rest, until)
        for take in self.call(picking.reserve_bins, [want]):
            place = (take.bin_id, sku, take.lot_id, "good")
            assert 0 < take.qty <= self.truth.free(place)
            assert self.truth.sellable(place)
            self.truth.claims[owner, owner, place] += take.qty

    @precondition(lambda self: self.held(in_hand=True))
    @rule(pick=which)
    def carry(self, pick: int) -> None:
        claims = self.held(in_hand=True)
        task = claims[pick % len(claims)][0]
        mine = [key for key in self.truth.claims if key[0] == task and key[2][0] == self.tote]
        mine = [key for key in mine if self.truth.claims[key]]
        total = sum(self.truth.claims[key] for key in mine)
        if not total or not all(self.truth.sellable(key[2]) for key in mine):
            return
        self.call(picking.carry, [BinPick(task, total, self.bench)])
        for key in mine:
            qty, target = self.truth.claims.pop(key), (self.bench, *key[2][1:])
            self.truth.move(qty, key[2], target)
            self.truth.claims[task, key[1], target] += qty

    @precondition(lambda self: self.held(in_hand=False))
    @rule(pick=which, day=which)
    def swap_lot(self, pick: int, day: int) -> None:
        claims = [key for key in self.held(in_hand=False) if key[2][1] == self.milk]
        mine = claims[pick % len(claims)] if claims else None
        if mine is None or sum(key[0] == mine[0] for key in claims) > 1:
            return
        task, demand, place = mine
        lot = sorted(self.truth.lots)[day % len(self.truth.lots)]
        target = (*place[:2], lot, "good")
        qty = self.truth.claims[mine]
        until = self.truth.promises.get(demand, (0, 0, None))[2] or TODAY
        kept = self.truth.keeps_all(self.milk)
        fits = target in self.truth.units and self.truth.sellable(target) and lot != place[2]
        fits = fits and self.truth.free(target) >= qty and self.truth.lots[lot][0] >= until
        try:
            self.call(lot_swaps.swap_lot, task, lot)
        except LotSwapRefused:
            if fits:
                self.truth.claims[mine] -= qty
                self.truth.claims[task, demand, target] += qty
                assert not kept or not self.truth.keeps_all(self.milk)
                self.truth.claims[task, demand, target] -= qty
                self.truth.claims[mine] += qty
            return
        assert fits
        self.truth.claims[mine] -= qty
        self.truth.claims[task, demand, target] += qty
        assert self.truth.keeps_all(self.milk) or not kept

    @rule(qty=few, stocked=few)
    def refill(self, qty: int, stocked: int) -> None:
        face = replenishing.save_faces(
            [FaceDraft(self.shelves[0], self.plain, 3, 8)], actor=SYSTEM, at=NOW
        )[0]
        self.stock_up(self.bulk, stocked)
        replenishing.plan(self.site.pk, at=NOW)
        task = replenishing.ReplenishTask.objects.open().filter(face=face).first()
        if task is None:
            return
        source = (task.from_bin_id, self.plain, None, "good")
        qty = min(qty, task.qty)
        if self.truth.free(source) < qty:
            with pytest.raises(BinShort):
                replenishing.confirm(task.pk, qty=qty, actor=SYSTEM, at=NOW)
            replenishing.report_empty(task.pk, actor=SYSTEM, at=NOW)
            return
        replenishing.confirm(task.pk, qty=qty, actor=SYSTEM, at=NOW)
        self.truth.move(qty, source, (self.shelves[0], self.plain, None, "good"))

    @rule(sku=st.booleans(), how=st.sampled_from(["short", "undo", "cancel"]))
    def send_with_trouble(self, sku: bool, how: str) -> None:
        sku_id = self.milk if sku else self.plain
        if not self.fits(sku_id, 2) or not self.truth.keeps_all(sku_id):
            return
        draft = TransferDraft(self.site.pk, self.far.pk, [(sku_id, 2)])
        transfer = transfers.create(draft, actor=COUNTER, at=NOW)
        moves.approve(transfer)
        visits = transfer_picking.start(transfer.pk, actor=SECOND, at=NOW)
        if how == "cancel" or not visits:
            transfers.cancel(transfer.pk, reason="NONE", actor=LEAD, at=NOW)
            return
        told: dict[str, Any] = {"actor": SECOND, "at": NOW}
        first = visits[0]
        if how == "undo":
            transfer_picking.confirm(first.pk, tote_id=self.crate.pk, **told)
            with pytest.raises(transfers.TransferHasPicked):
                transfers.cancel(transfer.pk, reason="NONE", actor=LEAD, at=NOW)
            transfer_picking.undo(first.pk, **told)
            transfers.cancel(transfer.pk, reason="NONE", actor=LEAD, at=NOW)
            return
        place = (first.bin_id, sku_id, first.lot_id, "good")
        transfer_picking.report_short(first.pk, found_qty=0, tote_id=None, **told)
        self.truth.move(first.qty, place, (*place[:3], "suspected_missing"))
        transfers.cancel(transfer.pk, reason="SHORT", actor=LEAD, at=NOW)

    @precondition(lambda self: self.sent)
    @rule(pick=which, qty=few)
    def find_more_than_sent(self, pick: int, qty: int) -> None:
        key = sorted(self.sent, key=str)[pick % len(self.sent)]
        arrival = Arrival(key[1], key[3], qty, self.far_shelf)
        self.call(transit.book_found, key[0], arrival, reason="FOUND")
        self.away[key[2:]] += qty

    @rule(scrap=st.booleans())
    def begin_a_kit_and_stop(self, scrap: bool) -> None:
        parts = (self.plain, self.milk)
        if not all(self.fits(sku, 1) and self.truth.keeps_all(sku) for sku in parts):
            return
        draft = WorkOrderDraft(self.box.pk, self.site.pk, 1, output_bin_id=self.shelves[0])
        order = work_orders.create(draft, actor=SYSTEM, at=NOW)
        work_orders.release(order.pk, actor=SYSTEM, at=NOW)
        line = work_orders.lines_of(order)[0]
        claims = BinReservation.objects.pending().filter(owner_key=line.owner_key)
        claim = claims.select_related("bin_stock").first()
        if scrap and claim is not None:
            held = claim.bin_stock
            part = PartTaken(line.pk, held.lot_id, 1)
            self.call(kit_building.scrap_component, order.pk, part, reason="BROKEN")
            self.truth.move(1, (held.bin_id, line.component_id, held.lot_id, "good"), None)
            self.last = None
        work_orders.cancel(order.pk, reason="STOPPED", actor=SYSTEM, at=NOW)
