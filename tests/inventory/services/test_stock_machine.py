"""rel_p_01: any sequence of stock services leaves what plain dictionaries say; books balance."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.actors import SYSTEM
from inventory.domain.demand import Demand, DispatchLine, PickWant
from inventory.domain.lines import (
    AdjustLine,
    BufferChange,
    ConditionLine,
    MoveLine,
    ReceiveLine,
    ScrapLine,
)
from inventory.domain.picks import BinHold, BinPick, PutBack, Returning, Unpick
from inventory.models import (
    BinReservation,
    BinStock,
    CountTask,
    KitPart,
    Lot,
    StockEvent,
    StockLevel,
)
from inventory.services import (
    checking,
    counting,
    dispatching,
    kit_building,
    picking,
    releasing,
    reservations,
    stock,
    transfer_picking,
    transfers,
    transit,
    work_orders,
)
from inventory.services.counting import CountLine
from inventory.services.kit_building import Apart, PartTaken
from inventory.services.ledger import BinShort
from inventory.services.reservations import InsufficientStock
from inventory.services.transfers import TransferDraft
from inventory.services.transit import Arrival
from inventory.services.work_orders import WorkOrderDraft
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse
from tests.helpers.books import assert_books_balance
from tests.helpers.machine_care import CareRules
from tests.helpers.machine_costs import CostRules
from tests.helpers.machine_dock import DockRules
from tests.helpers.machine_returns import ReturnRules
from tests.helpers.machine_tour import TOUR
from tests.helpers.stock_oracle import DAYS, Oracle, Place
from tests.helpers.stock_writers import event_kinds

pytestmark = pytest.mark.django_db

Sent = tuple[int, int, int, int | None]  # transfer, line, SKU, lot
HAPPENED: set[str] = set()
few = st.integers(1, 4)
which = st.integers(0, 50)
UNTIL = (NOW.date(), dt.date(2026, 3, 1), dt.date(2026, 6, 1))


class StockMachine(ReturnRules, DockRules, CareRules, CostRules, RuleBasedStateMachine):
    """Calls every stock service with small numbers; refusals must be those the oracle foresees."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.site = make_warehouse()
        self.shelves = [make_bin(self.site, pick_sequence=number).pk for number in range(2)]
        self.bulk = make_bin(self.site, kind="bulk", pick_sequence=5).pk
        self.tote = make_bin(self.site, kind="tote").pk
        self.bench = make_bin(self.site, kind="pack", pick_sequence=9).pk
        self.hand = (self.tote, self.bench)
        self.walk = {self.shelves[0]: 0, self.shelves[1]: 1, self.bulk: 5, self.bench: 9}
        self.expired: set[tuple[int, dt.date]] = set()
        plain, milk = make_sku(), make_sku(lot_tracked=True)
        self.plain, self.milk, self.opened = plain.pk, milk.pk, make_sku().pk
        self.box = moves.assembled_kit(a_key("box"), {plain: 1, milk: 1}, lot_tracked=True)
        self.far = make_warehouse()
        self.far_shelf = make_bin(self.far).pk
        self.crate = moves.tote_of(self.site, "CRATE")
        self.sent: dict[Sent, int] = {}
        self.away: Counter[tuple[int, int | None]] = Counter()
        self.truth = Oracle()
        self.calls = 0
        self.last: Any = None
        self.receive(sku=False, shelf=0, day=0, qty=4)
        for day in (1, 2):
            self.receive(sku=True, shelf=1, day=day, qty=3)
        self.open_the_dock()

    def teardown(self) -> None:
        self.check_values()
        HAPPENED.update(StockEvent.objects.values_list("kind", flat=True).distinct())
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def call(self, service: Any, *args: Any, **kwargs: Any) -> Any:
        """Call with a fresh key and remember the call, so that it can be repeated."""
        kwargs |= {"event_key": a_key("machine"), "actor": SYSTEM, "at": NOW}
        result = service(*args, **kwargs)
        self.last = (service, args, kwargs)
        return result

    def stock_up(self, bin_id: int, qty: int) -> None:
        """Take plain units into a bin."""
        self.call(stock.receive, [ReceiveLine(bin_id, self.plain, qty)])
        self.truth.move(qty, None, (bin_id, self.plain, None, "good"))

    def places(self, **wanted: Any) -> list[Place]:
        """Return places with units in them: bins, condition and SKU as wanted."""
        return [
            place
            for place, qty in self.truth.units.items()
            if qty
            and place[0] in wanted.get("bins", (*self.shelves, self.tote))
            and place[3] == wanted.get("condition", place[3])
        ]

    def lose(self, place: Place, qty: int, unclaimed: Any) -> None:
        """Check that only claims beyond the free units were given up, and forget them."""
        lost = sum(row.qty for row in unclaimed)
        assert lost == max(0, qty - self.truth.free(place))
        for row in unclaimed:
            self.truth.unclaim(row.owner_key, row.demand_key, place, row.qty)

    @rule(sku=st.booleans(), shelf=st.integers(0, 1), day=st.integers(0, 2), qty=few)
    def receive(self, sku: bool, shelf: int, day: int, qty: int) -> None:
        code = f"L{day}" if sku else ""
        line = ReceiveLine(
            self.shelves[shelf],
            self.milk if sku else self.plain,
            qty,
            code,
            DAYS[day] if sku else None,
        )
        self.call(stock.receive, [line])
        lot = Lot.objects.get(sku=self.milk, code=code).pk if sku else None
        if lot is not None:
            self.truth.lots.setdefault(lot, (DAYS[day], True))
        self.truth.move(qty, None, (line.bin_id, line.sku_id, lot, "good"))

    @rule(sku=st.booleans(), qty=few, day=st.integers(0, 2))
    def reserve(self, sku: bool, qty: int, day: int) -> None:
        self.calls += 1
        owner, sku_id = f"shipment_line:{self.calls}", self.milk if sku else self.plain
        until = UNTIL[day] if sku else None
        fits = self.truth.atp(sku_id) >= qty
        if until is not None and fits and self.truth.keeps_all(sku_id):
            fits = self.truth.keeps_all(sku_id, (qty, until))
        demand = Demand(owner, self.site.pk, sku_id, qty, until)
        try:
            self.call(reservations.reserve, [demand])
        except InsufficientStock:
            assert not fits or not self.truth.keeps_all(sku_id)
            return
        assert fits
        self.truth.promises[owner] = (sku_id, qty, until)

    @precondition(lambda self: self.truth.promises)
    @rule(pick=which, qty=few)
    def release_some(self, pick: int, qty: int) -> None:
        owner = sorted(self.truth.promises)[pick % len(self.truth.promises)]
        held = self.truth.promises[owner][1]
        if qty >= held:
            self.call(releasing.release, [owner], reason="TEST")
        else:
            self.call(releasing.release_some, {owner: qty}, reason="TEST")
        self.truth.give_back(owner, min(qty, held))

    @precondition(lambda self: self.truth.promises)
    @rule(pick=which, qty=few)
    def reassign(self, pick: int, qty: int) -> None:
        owner = sorted(self.truth.promises)[pick % len(self.truth.promises)]
        sku, held, until = self.truth.promises[owner]
        kept = self.truth.keeps_all(sku)
        before = dict(self.truth.promises)
        self.truth.give_back(owner, held)
        more = None if until is None else (qty, until)
        fits = self.truth.atp(sku) >= qty and (more is None or self.truth.keeps_all(sku, more))
        demand = Demand(owner, self.site.pk, sku, qty, until)
        try:
            self.call(releasing.reassign, [owner], [demand], reason="TEST")
        except InsufficientStock:
            assert not fits or not kept
            self.truth.promises = before
            return
        self.truth.promises[owner] = (sku, qty, until)
        self.lapsing.discard(owner)

    @precondition(lambda self: self.truth.promises)
    @rule(pick=which)
    def claim(self, pick: int) -> None:
        owner = sorted(self.truth.promises)[pick % len(self.truth.promises)]
        sku, held, until = self.truth.promises[owner]
        rest = held - sum(n for key, n in self.truth.claims.items() if key[1] == owner)
        if rest < 1:
            return
        takes = picking.plan_bins([PickWant(owner, self.site.pk, sku, rest, until)])
        task = owner.replace("shipment_line", "pick_task")
        holds = [BinHold(task, take.bin_stock_id, take.qty, owner) for take in takes]
        self.call(picking.hold_bins, holds)
        kept = self.truth.keeps_all(sku)
        for take in takes:
            place = (take.bin_id, sku, take.lot_id, "good")
            assert 0 < take.qty <= self.truth.free(place)
            assert self.truth.sellable(place)
            assert until is None or self.truth.lots[take.lot_id][0] >= until
            self.truth.claims[task, owner, place] += take.qty
        assert sum(take.qty for take in takes) <= rest
        assert self.truth.keeps_all(sku) or not kept

    def held(self, in_hand: bool) -> list[tuple[str, str, Place]]:
        """Return claims on good lots in the tote or on the shelves."""
        return [
            key
            for key, qty in sorted(self.truth.claims.items(), key=str)
            if qty and (key[2][0] in self.hand) == in_hand and self.truth.sellable(key[2])
        ]

    @precondition(lambda self: self.held(in_hand=False))
    @rule(pick=which)
    def pick(self, pick: int) -> None:
        claims = self.held(in_hand=False)
        task, demand, _place = claims[pick % len(claims)]
        mine = [key for key in self.truth.claims if key[0] == task and key[2][0] not in self.hand]
        mine = [key for key in mine if self.truth.claims[key]]
        if not all(self.truth.sellable(key[2]) for key in mine):
            return
        total = sum(self.truth.claims[key] for key in mine)
        self.call(picking.pick, [BinPick(task, total, self.tote)])
        for key in mine:
            qty, place = self.truth.claims.pop(key), key[2]
            target = (self.tote, *place[1:])
            self.truth.move(qty, place, target)
            self.truth.claims[task, demand, target] += qty

    @precondition(lambda self: self.held(in_hand=True))
    @rule(pick=which, shelf=st.integers(0, 1))
    def unpick(self, pick: int, shelf: int) -> None:
        claims = self.held(in_hand=True)
        task, demand, place = claims[pick % len(claims)]
        target = (self.shelves[shelf], *place[1:])
        self.call(picking.unpick, [Unpick(task, place[0], target[0], place[1], place[2], 1)])
        self.truth.move(1, place, target)
        self.truth.unclaim(task, demand, place, 1)
        self.truth.claims[task, demand, target] += 1

    @precondition(lambda self: self.held(in_hand=False))
    @rule(pick=which)
    def release_bins(self, pick: int) -> None:
        claims = self.held(in_hand=False)
        task = claims[pick % len(claims)][0]
        self.call(picking.release_bins, [task])
        for key in [
            key for key in self.truth.claims if key[0] == task and key[2][0] not in self.hand
        ]:
            del self.truth.claims[key]

    @precondition(lambda self: self.held(in_hand=True))
    @rule(pick=which, keep=st.booleans())
    def dispatch(self, pick: int, keep: bool) -> None:
        claims = self.held(in_hand=True)
        task, demand, place = claims[pick % len(claims)]
        qty = self.truth.claims[task, demand, place]
        promised = self.truth.promises.get(demand, (0, 0, None))[1]
        line = DispatchLine(demand, self.site.pk, place[1], place[2], qty, place[0])
        try:
            self.call(dispatching.dispatch, [line], keep_rest=keep)
        except dispatching.NotPromised:
            assert promised < qty
            return
        assert promised >= qty
        self.truth.move(qty, place, None)
        self.truth.unclaim(task, demand, place, qty)
        self.truth.give_back(demand, qty if keep else promised)
        self.went_out(demand, place[1], place[2], qty)

    @precondition(lambda self: self.places(bins=[self.tote], condition="good"))
    @rule(pick=which, qty=few)
    def mark_returning(self, pick: int, qty: int) -> None:
        found = self.places(bins=[self.tote], condition="good")
        place = found[pick % len(found)]
        qty = min(qty, self.truth.units[place])
        result = self.call(picking.mark_returning, [Returning(place[1], place[2], qty, self.tote)])
        self.lose(place, qty, result.unclaimed)
        self.truth.move(qty, place, (*place[:3], "returning"))

    @precondition(lambda self: self.places(bins=[self.tote], condition="returning"))
    @rule(pick=which, shelf=st.integers(0, 1))
    def put_back(self, pick: int, shelf: int) -> None:
        found = self.places(bins=[self.tote], condition="returning")
        place = found[pick % len(found)]
        target = (self.shelves[shelf], place[1], place[2], "good")
        self.call(
            picking.put_back, [PutBack(place[1], place[2], 1, self.tote, self.shelves[shelf])]
        )
        self.truth.move(1, place, target)

    @precondition(lambda self: self.places())
    @rule(pick=which, delta=st.integers(-3, 3).filter(bool))
    def adjust(self, pick: int, delta: int) -> None:
        place = self.places()[pick % len(self.places())]
        line = AdjustLine(place[0], place[1], delta, place[2], place[3])
        if self.truth.units[place] + delta < 0:
            with pytest.raises(BinShort):
                self.call(stock.adjust, [line], reason="COUNT")
            return
        result = self.call(stock.adjust, [line], reason="COUNT")
        if delta < 0:
            self.lose(place, -delta, result.unclaimed)
        self.truth.move(delta, None, place)

    @precondition(lambda self: self.places())
    @rule(pick=which, qty=few, damaged=st.booleans())
    def change_condition(self, pick: int, qty: int, damaged: bool) -> None:
        place = self.places()[pick % len(self.places())]
        target = "damaged" if damaged else "good"
        if place[3] == target:
            return
        qty = min(qty, self.truth.units[place])
        line = ConditionLine(place[0], place[1], qty, place[3], target, place[2])
        result = self.call(stock.change_condition, [line], reason="CHECK")
        self.lose(place, qty, result.unclaimed)
        self.truth.move(qty, place, (*place[:3], target))

    @precondition(lambda self: self.places())
    @rule(pick=which, qty=few)
    def scrap(self, pick: int, qty: int) -> None:
        place = self.places()[pick % len(self.places())]
        qty = min(qty, self.truth.units[place])
        line = ScrapLine(place[0], place[1], qty, place[2], place[3])
        result = self.call(stock.scrap, [line], reason="BROKEN")
        self.lose(place, qty, result.unclaimed)
        self.truth.move(qty, place, None)

    @precondition(lambda self: self.places())
    @rule(pick=which, qty=few, shelf=st.integers(0, 1))
    def move(self, pick: int, qty: int, shelf: int) -> None:
        place = self.places()[pick % len(self.places())]
        target = self.shelves[shelf]
        if place[0] == target:
            return
        line = MoveLine(place[0], target, place[1], qty, place[2], place[3], place[3])
        if self.truth.free(place) < qty:
            with pytest.raises(BinShort):
                self.call(stock.move, [line])
            return
        self.call(stock.move, [line])
        self.truth.move(qty, place, (target, *place[1:]))

    @precondition(lambda self: self.places(bins=self.shelves, condition="good"))
    @rule(pick=which, qty=few)
    def report_missing(self, pick: int, qty: int) -> None:
        found = self.places(bins=self.shelves, condition="good")
        place = found[pick % len(found)]
        qty = min(qty, self.truth.units[place])
        held = BinStock.objects.get(
            bin_id=place[0], sku_id=place[1], lot_id=place[2], condition="good"
        )
        report = self.call(
            picking.report_missing, bin_stock_id=held.pk, missing_qty=qty, cause_key="x"
        )
        self.lose(place, qty, report.unclaimed)
        self.truth.move(qty, place, (*place[:3], "suspected_missing"))

    @precondition(lambda self: self.places(bins=self.shelves, condition="suspected_missing"))
    @rule(pick=which, found=st.integers(0, 4))
    def count(self, pick: int, found: int) -> None:
        places = self.places(bins=self.shelves, condition="suspected_missing")
        suspect = places[pick % len(places)]
        good = (*suspect[:3], "good")
        expected = self.truth.units[good] + self.truth.units[suspect]
        line = CountLine(suspect[0], suspect[1], expected, found, suspect[2])
        result = self.call(counting.post_count, [line], reason="COUNT")
        lost = self.truth.units[good] - found
        if lost > 0:
            self.lose(good, lost, result.unclaimed)
        self.truth.units[suspect], self.truth.units[good] = 0, found
        open_tasks = CountTask.objects.open().filter(bin_id=suspect[0], sku_id=suspect[1])
        assert not open_tasks.exists()

    @precondition(lambda self: self.truth.lots.keys() - self.recalled)
    @rule(pick=which)
    def hold_or_release_lot(self, pick: int) -> None:
        lots = sorted(self.truth.lots.keys() - self.recalled)
        lot = lots[pick % len(lots)]
        day, good = self.truth.lots[lot]
        self.call(stock.hold_lot if good else stock.release_lot, lot, reason="CHECK")
        self.truth.lots[lot] = (day, not good)

    @rule(sku=st.booleans(), qty=st.integers(0, 3))
    def set_buffer(self, sku: bool, qty: int) -> None:
        sku_id = self.milk if sku else self.plain
        self.call(stock.set_buffer, [BufferChange(self.site.pk, sku_id, qty)])
        self.truth.buffer[sku_id] = qty

    def fits(self, sku: int, qty: int) -> bool:
        """Say whether units usable today can be promised; None of it matters once one is broken."""
        more = (qty, NOW.date()) if sku == self.milk else None
        return self.truth.atp(sku) >= qty and (more is None or self.truth.keeps_all(sku, more))

    @rule(sku=st.booleans(), qty=few)
    def send(self, sku: bool, qty: int) -> None:
        sku_id = self.milk if sku else self.plain
        draft = TransferDraft(self.site.pk, self.far.pk, [(sku_id, qty)])
        transfer = transfers.create(draft, actor=moves.PLANNER, at=NOW)
        fits, kept = self.fits(sku_id, qty), self.truth.keeps_all(sku_id)
        try:
            moves.approve(transfer)
        except InsufficientStock:
            assert not fits or not kept
            return
        assert fits
        picks = moves.pick(transfer, self.crate)
        if not picks:
            transfers.cancel(transfer.pk, reason="NONE", actor=moves.APPROVER, at=NOW)
            return
        transfer_picking.ship(transfer.pk, actor=moves.WORKER, at=NOW)
        assert sum(pick.qty for pick in picks) <= qty
        for pick in picks:
            place = (pick.bin_id, sku_id, pick.lot_id, "good")
            assert self.truth.sellable(place)
            assert pick.qty <= self.truth.free(place)
            self.truth.move(pick.qty, place, None)
            key = (transfer.pk, pick.line_id, sku_id, pick.lot_id)
            self.sent[key] = self.sent.get(key, 0) + pick.qty
        assert self.truth.keeps_all(sku_id) or not kept

    @precondition(lambda self: self.sent)
    @rule(pick=which, qty=few)
    def arrive(self, pick: int, qty: int) -> None:
        key = sorted(self.sent, key=str)[pick % len(self.sent)]
        qty = min(qty, self.sent[key] + 1)
        arrival = Arrival(key[1], key[3], qty, self.far_shelf)
        if qty > self.sent[key]:
            with pytest.raises(transit.NotOnTheWay):
                self.call(transit.receive, key[0], [arrival])
            return
        self.call(transit.receive, key[0], [arrival])
        self.away[key[2:]] += qty
        self.sent[key] -= qty
        if not self.sent[key]:
            del self.sent[key]

    @precondition(lambda self: self.sent)
    @rule(pick=which, back=st.booleans(), shelf=st.integers(0, 1))
    def settle(self, pick: int, back: bool, shelf: int) -> None:
        transfer = sorted(self.sent, key=str)[pick % len(self.sent)][0]
        target = self.shelves[shelf]
        if back:
            self.call(transit.bring_back, transfer, to_bin_id=target, reason="BACK")
        else:
            self.call(transit.write_off, transfer, reason="LOST")
        for key in [key for key in self.sent if key[0] == transfer]:
            qty = self.sent.pop(key)
            if back:
                self.truth.move(qty, None, (target, key[2], key[3], "good"))

    @rule(kits=st.integers(1, 2))
    def build(self, kits: int) -> None:
        parts = (self.plain, self.milk)
        fits = all(self.fits(sku, kits) for sku in parts)
        kept = {sku: self.truth.keeps_all(sku) for sku in parts}
        draft = WorkOrderDraft(self.box.pk, self.site.pk, kits, output_bin_id=self.shelves[0])
        try:
            order = work_orders.create(draft, actor=SYSTEM, at=NOW)
        except work_orders.KitComponentOos:
            assert not fits or not all(kept.values())
            return
        assert fits
        work_orders.release(order.pk, actor=SYSTEM, at=NOW)
        for _ in range(kits):
            if not self.build_one(order):
                work_orders.close(order.pk, reason="SHORT", actor=SYSTEM, at=NOW)
                break
        assert all(self.truth.keeps_all(sku) or not kept[sku] for sku in parts)

    def build_one(self, order: Any) -> bool:
        """Build one kit of whatever is claimed; say whether both components were there."""
        taken = {}
        for line in work_orders.lines_of(order):
            claims = BinReservation.objects.pending().filter(owner_key=line.owner_key)
            taken[line] = claims.select_related("bin_stock").order_by("pk").first()
        if None in taken.values():
            return False
        parts = [PartTaken(line.pk, row.bin_stock.lot_id, 1) for line, row in taken.items()]
        built = kit_building.build(
            order.pk, 1, parts, event_key=a_key("build"), actor=SYSTEM, at=NOW
        )
        lot = Lot.objects.get(sku=self.box, code=built.lot_code)
        self.truth.lots.setdefault(lot.pk, (lot.expires_on, True))
        for line, row in taken.items():
            held = row.bin_stock
            place = (held.bin_id, line.component_id, held.lot_id, "good")
            assert self.truth.sellable(place)
            self.truth.move(1, place, None)
        self.truth.move(1, None, (self.shelves[0], self.box.pk, lot.pk, "good"))
        return True

    @precondition(lambda self: self.truth.atp(self.box.pk) > 0)
    @rule()
    def take_apart(self) -> None:
        draft = WorkOrderDraft(self.box.pk, self.site.pk, 1, True, self.shelves[0])
        order = work_orders.create(draft, actor=SYSTEM, at=NOW)
        work_orders.release(order.pk, actor=SYSTEM, at=NOW)
        claim = BinReservation.objects.pending().filter(owner_key=order.owner_key).first()
        if claim is None:
            work_orders.close(order.pk, reason="NONE", actor=SYSTEM, at=NOW)
            return
        held = claim.bin_stock
        apart = Apart(1, held.lot_id)
        kit_building.take_apart(order.pk, apart, event_key=a_key("apart"), actor=SYSTEM, at=NOW)
        self.truth.move(1, (held.bin_id, self.box.pk, held.lot_id, "good"), None)
        for part in KitPart.objects.filter(kit_lot_id=held.lot_id):
            place = (self.shelves[0], part.component_id, part.component_lot_id, "good")
            self.truth.move(part.qty, None, place)

    @precondition(lambda self: self.last)
    @rule()
    def repeat_the_last_call(self) -> None:
        service, args, kwargs = self.last
        service(*args, **kwargs)

    @invariant()
    def stock_is_what_the_oracle_says(self) -> None:
        for sku in (self.plain, self.milk, self.opened, self.box.pk):
            rows = StockLevel.objects.filter(warehouse=self.site, sku_id=sku).values_list(
                "on_hand", "unsellable", "reserved", "buffer"
            )
            assert (rows.first() or (0, 0, 0, 0)) == self.truth.level(sku)
        stored = {
            (row.bin_id, row.sku_id, row.lot_id, row.condition): (row.qty, row.reserved)
            for row in BinStock.objects.filter(bin__warehouse=self.site)
            if row.qty
        }
        assert stored == {
            place: (qty, self.truth.claimed(place))
            for place, qty in self.truth.units.items()
            if qty
        }
        far = BinStock.objects.filter(bin=self.far_shelf).values_list("sku_id", "lot_id", "qty")
        assert {row[:2]: row[2] for row in far} == self.away
        assert_books_balance()


def run_machine(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        StockMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert_books_balance()


def test_rel_p_01_one_way_through_every_kind_of_event():
    machine = StockMachine()
    for name, drawn in TOUR:
        getattr(machine, name)(**drawn)
        machine.stock_is_what_the_oracle_says()
    machine.teardown()

    assert event_kinds() - HAPPENED == set()


def test_rel_p_01_any_sequence_of_stock_services_keeps_the_books():
    run_machine(24, 30)
    assert checking.check() == []


@pytest.mark.long
def test_rel_p_01_long_sequences_of_stock_services_keep_the_books():
    run_machine(500, 50)
    assert checking.check() == []
