"""Transfers: two people, two phases, parts and losses; costs and lots go with the goods."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import DomainError
from core.models import AuditEntry
from inventory.domain.demand import Demand
from inventory.domain.moves import GOOD
from inventory.models import (
    Bin,
    BinStock,
    CostLayer,
    Lot,
    Reservation,
    StockLevel,
    StockMove,
    Transfer,
    TransferLine,
)
from inventory.queries import incoming_transfers
from inventory.queries.transfers import on_the_way
from inventory.services import reservations, stock, transfer_picking, transfers, transit
from inventory.services.move_facts import ReasonMissing
from inventory.services.reservations import InsufficientStock
from inventory.services.transit import Arrival
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.factories.moves import APPROVER, PLANNER, WORKER
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
MARCH, MAY = dt.date(2026, 3, 1), dt.date(2026, 5, 1)


@pytest.fixture
def sites():
    """A source with 5 TEA at 2.00 (March) and 5 at 2.60 (May), 10 CUP, and a destination."""
    source, destination = make_warehouse("LA"), make_warehouse("NYC")
    shelf = make_bin(source, "A-01")
    tea = make_sku("TEA", lot_tracked=True)
    put_stock(tea, 5, at_bin=shelf, lot="L3", expires_on=MARCH, unit_cost=Decimal("2.00"))
    put_stock(tea, 5, at_bin=shelf, lot="L5", expires_on=MAY, unit_cost=Decimal("2.60"))
    put_stock(make_sku("CUP"), 10, at_bin=shelf, unit_cost=Decimal("1.10"))
    make_bin(destination, "DOCK-1", kind="receive")
    make_bin(destination, "B-01")
    return source, destination


def level(place, code="TEA") -> tuple[int, int, int]:
    row = StockLevel.objects.filter(warehouse=place, sku__code=code).first()
    return (row.on_hand, row.reserved, row.atp_qty) if row else (0, 0, 0)


def receive(transfer, qty, *, lot="", bin_code="DOCK-1", condition=GOOD, key=""):
    code = "TEA" if lot else "CUP"
    row = Arrival(
        TransferLine.objects.get(transfer=transfer, sku__code=code).pk,
        Lot.objects.get(code=lot).pk if lot else None,
        qty,
        transfer.destination.bins.get(code=bin_code).pk,
        condition,
    )
    return transit.receive(
        transfer.pk, [row], event_key=key or a_key("arrive"), actor=WORKER, at=NOW
    )


def state(transfer) -> tuple[str, list[tuple[int, ...]]]:
    transfer.refresh_from_db()
    rows = TransferLine.objects.filter(transfer=transfer).order_by("pk")
    names = ("qty", "shipped_qty", "received_qty", "lost_qty", "returned_qty", "found_qty")
    return transfer.state, list(rows.values_list(*names))


def layers(place) -> list[tuple[int, Decimal]]:
    rows = CostLayer.objects.filter(warehouse=place, sku__code="TEA").open()
    return list(rows.values_list("remaining_qty", "unit_cost"))


def test_goods_travel_with_lots_and_costs_and_arrive_in_parts(sites):
    source, destination = sites
    transfer = moves.plan(source, destination, TEA=8)
    planned = level(source)
    moves.approve(transfer)
    promised = level(source)
    moves.pick(transfer)
    transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)

    assert (planned, promised) == ((10, 0, 10), (10, 8, 2))
    assert (level(source), level(destination)) == ((2, 0, 2), (0, 0, 0))
    tea = TransferLine.objects.get(transfer=transfer).sku_id
    assert incoming_transfers([tea], [destination.pk, source.pk]) == {(destination.pk, tea): 8}
    assert_books_balance()

    receive(transfer, 5, lot="L3")
    assert state(transfer) == ("partially_received", [(8, 8, 5, 0, 0, 0)])
    receive(transfer, 1, lot="L5", bin_code="B-01")
    receive(transfer, 2, lot="L5", condition="damaged")

    assert state(transfer) == ("received", [(8, 8, 8, 0, 0, 0)])
    assert level(destination) == (8, 0, 6)
    assert layers(destination) == [
        (5, Decimal("2.00")),
        (1, Decimal("2.60")),
        (2, Decimal("2.60")),
    ]
    assert layers(source) == [(2, Decimal("2.60"))]
    lots = BinStock.objects.filter(bin__warehouse=destination).order_by("pk")
    assert list(lots.values_list("bin__code", "lot__code", "condition", "qty")) == [
        ("DOCK-1", "L3", "good", 5),
        ("B-01", "L5", "good", 1),
        ("DOCK-1", "L5", "damaged", 2),
    ]
    actions = AuditEntry.objects.filter(target_kind="transfer").order_by("pk")
    assert [row.action.removeprefix("inventory.transfer_") for row in actions] == [
        "planned",
        "approved",
        "picking",
        "shipped",
        "arrived",
        "arrived",
        "arrived",
    ]
    assert_books_balance()


def test_nobody_else_is_promised_what_an_approved_transfer_waits_for(sites):
    source, destination = sites
    moves.approve(moves.plan(source, destination, CUP=8))
    cup = StockLevel.objects.get(warehouse=source, sku__code="CUP").sku_id
    demand = Demand("shipment_line:1", source.pk, cup, 3)

    with pytest.raises(InsufficientStock):
        reservations.reserve([demand], event_key=a_key(), actor=WORKER, at=NOW)

    assert Reservation.objects.get().purpose == "TRANSFER"


def test_the_planner_can_not_approve_and_the_database_agrees(sites):
    transfer = moves.plan(*sites, CUP=1)

    with pytest.raises(transfers.OwnTransfer):
        transfers.approve(transfer.pk, actor=PLANNER, at=NOW)
    moves.approve(transfer)
    with pytest.raises(transfers.TransferStateConflict):
        moves.approve(transfer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(approved_by=PLANNER.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(destination=transfer.source)
    assert level(sites[0], "CUP") == (10, 1, 9)


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ({"CUP": 0}, "BAD_QUANTITY"),
        ({}, "NO_TRANSFER_LINES"),
        ({"KIT": 1}, "NOT_STOCKED"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(sites, lines, refusal):
    make_sku("KIT", kind="virtual_kit")

    with pytest.raises(DomainError) as refused:
        moves.plan(*sites, **lines)

    assert refused.value.code == refusal
    assert not Transfer.objects.exists()


def test_a_transfer_stays_in_the_plan_when_the_source_has_too_little(sites):
    transfer = moves.plan(*sites, CUP=11)

    with pytest.raises(InsufficientStock):
        moves.approve(transfer)

    assert state(transfer)[0] == "draft"
    with pytest.raises(transfers.SameWarehouse):
        moves.plan(sites[0], sites[0], CUP=1)


def test_a_short_pick_is_looked_for_elsewhere_and_the_rest_is_free_again(sites):
    source, destination = sites
    mug = make_sku("MUG")
    put_stock(mug, 4, at_bin=source.bins.get(code="A-01"))
    put_stock(mug, 1, at_bin=make_bin(source, "C-01", pick_sequence=9))
    transfer = moves.approve(moves.plan(source, destination, MUG=5))
    first, second = transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)
    tote = moves.tote_of(source)
    transfer_picking.confirm(second.pk, tote_id=tote.pk, actor=WORKER, at=NOW)

    more = transfer_picking.report_short(
        first.pk, found_qty=2, tote_id=tote.pk, actor=WORKER, at=NOW
    )
    transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)

    assert more == []
    assert state(transfer) == ("in_transit", [(5, 3, 0, 0, 0, 0)])
    assert level(source, "MUG") == (2, 0, 0)
    assert not Reservation.objects.pending().exists()
    assert_books_balance()


def test_a_tote_with_other_goods_is_refused_and_an_undone_pick_can_be_made_again(sites):
    source, destination = sites
    transfer = moves.approve(moves.plan(source, destination, CUP=2))
    [pick] = transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)
    taken = moves.tote_of(source, "T-009")
    put_stock(make_sku("POT"), 1, at_bin=taken)
    with pytest.raises(transfer_picking.ToteHoldsOthers):
        transfer_picking.confirm(pick.pk, tote_id=taken.pk, actor=WORKER, at=NOW)
    tote = moves.tote_of(source)
    transfer_picking.confirm(pick.pk, tote_id=tote.pk, actor=WORKER, at=NOW)
    with pytest.raises(transfers.TransferHasPicked):
        transfers.cancel(transfer.pk, reason="x", actor=APPROVER, at=NOW)

    transfer_picking.undo(pick.pk, actor=WORKER, at=NOW)
    with pytest.raises(transfer_picking.PicksAreOpen):
        transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)
    transfer_picking.confirm(pick.pk, tote_id=tote.pk, actor=WORKER, at=NOW)
    with pytest.raises(transfer_picking.PickIsDone):
        transfer_picking.confirm(pick.pk, tote_id=tote.pk, actor=WORKER, at=NOW)

    assert BinStock.objects.get(bin=tote, qty__gt=0).qty == 2
    assert_books_balance()


def test_a_cancelled_transfer_gives_everything_back(sites):
    transfer = moves.approve(moves.plan(*sites, CUP=4, TEA=3))
    transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)

    transfers.cancel(transfer.pk, reason="NOT_NEEDED", actor=APPROVER, at=NOW)

    assert state(transfer)[0] == "cancelled"
    assert (level(sites[0]), level(sites[0], "CUP")) == ((10, 0, 10), (10, 0, 10))
    assert not BinStock.objects.filter(reserved__gt=0).exists()
    with pytest.raises(transfers.TransferStateConflict):
        transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)
    assert_books_balance()


def test_more_than_is_on_the_way_never_arrives(sites):
    transfer = moves.ship(*sites, CUP=4)
    receive(transfer, 3, key="once")
    receive(transfer, 3, key="once")

    with pytest.raises(transit.NotOnTheWay, match="Only 1 units of CUP"):
        receive(transfer, 2)
    with pytest.raises(transit.OtherWarehouse):
        transit.receive(
            transfer.pk,
            [Arrival(transfer.lines.get().pk, None, 1, sites[0].bins.get(code="A-01").pk)],
            event_key=a_key(),
            actor=WORKER,
            at=NOW,
        )

    assert state(transfer) == ("partially_received", [(4, 4, 3, 0, 0, 0)])
    assert level(sites[1], "CUP") == (3, 0, 3)


def test_a_loss_is_said_by_the_floor_and_written_off_by_the_approver(sites):
    transfer = moves.ship(*sites, CUP=4)
    receive(transfer, 3)

    missing = transit.report_difference(transfer.pk, actor=WORKER, at=NOW)
    with pytest.raises(ReasonMissing) as refused:
        transit.write_off(transfer.pk, reason="", event_key="w0", actor=APPROVER, at=NOW)
    result = transit.write_off(transfer.pk, reason="LOST", event_key="w", actor=APPROVER, at=NOW)
    again = transit.write_off(transfer.pk, reason="LOST", event_key="w", actor=APPROVER, at=NOW)

    assert (missing, refused.value.code, again.repeated) == (1, "REASON_MISSING", True)
    assert state(transfer) == ("received", [(4, 4, 3, 1, 0, 0)])
    lost = StockMove.objects.get(event_id=result.event_id)
    assert (lost.from_bin.code, lost.to_bin.code, lost.unit_cost) == (
        "TRANSIT",
        "SCRAP",
        Decimal("1.10"),
    )
    assert on_the_way(transfer.pk) == {}
    assert_books_balance()


def test_what_was_lost_can_turn_up_and_more_can_come_than_was_sent(sites):
    transfer = moves.ship(*sites, CUP=2)
    transit.write_off(transfer.pk, reason="LOST", event_key="w", actor=APPROVER, at=NOW)
    assert state(transfer)[0] == "cancelled"
    other = moves.ship(*sites, CUP=2)
    receive(other, 2)
    row = Arrival(other.lines.get().pk, None, 2, sites[1].bins.get(code="DOCK-1").pk)

    for _ in range(2):
        transit.book_found(other.pk, row, reason="FOUND", event_key="f", actor=APPROVER, at=NOW)

    assert state(other) == ("received", [(2, 2, 2, 0, 0, 2)])
    assert level(sites[1], "CUP") == (4, 0, 4)
    assert_books_balance()


def test_goods_on_the_way_can_come_back_at_their_cost(sites):
    source = sites[0]
    transfer = moves.ship(*sites, TEA=7)
    back = source.bins.get(code="A-01").pk

    transit.bring_back(
        transfer.pk, to_bin_id=back, reason="TRUCK", event_key="b", actor=APPROVER, at=NOW
    )

    assert state(transfer) == ("cancelled", [(7, 7, 0, 0, 7, 0)])
    assert level(source) == (10, 0, 10)
    assert layers(source) == [
        (3, Decimal("2.60")),
        (5, Decimal("2.00")),
        (2, Decimal("2.60")),
    ]
    assert_books_balance()


def test_a_lot_recalled_on_the_way_arrives_unsellable(sites):
    transfer = moves.ship(*sites, TEA=5)
    lot = Lot.objects.get(code="L3")
    stock.recall_lot(lot.pk, event_key="r", reason="SALMONELLA", actor=APPROVER, at=NOW)

    receive(transfer, 5, lot="L3")

    assert level(sites[1]) == (5, 0, 0)
    assert_books_balance()


def test_a_lot_held_after_its_pick_does_not_leave(sites):
    transfer = moves.approve(moves.plan(*sites, TEA=5))
    moves.pick(transfer)
    lot = Lot.objects.get(code="L3")
    stock.hold_lot(lot.pk, event_key="h", reason="CHECK", actor=APPROVER, at=NOW)

    with pytest.raises(DomainError) as refused:
        transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)

    assert refused.value.code == "LOT_FROZEN"
    assert state(transfer) == ("picking", [(5, 0, 0, 0, 0, 0)])
    assert_books_balance()


def test_one_bin_is_picked_in_the_order_of_the_lines_however_many_there_are(sites):
    source, destination = sites
    codes = [f"CUP{place:02}" for place in range(12)]
    for code in codes:
        put_stock(make_sku(code), 1, at_bin=Bin.objects.get(code="A-01"))

    transfer = moves.approve(moves.plan(source, destination, **dict.fromkeys(codes, 1)))
    walk = transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)

    assert len({row.bin_id for row in walk}) == 1
    assert [row.line_id for row in walk] == sorted(row.line_id for row in walk)
