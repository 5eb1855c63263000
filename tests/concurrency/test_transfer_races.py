"""Two approvals of one transfer, two receipts of its last units: one counts."""

from __future__ import annotations

import pytest

from core.errors import DomainError
from inventory.models import StockLevel, Transfer, TransferLine
from inventory.services import transfers, transit
from inventory.services.transit import Arrival
from tests.factories import moves
from tests.factories.inventory import NOW, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def sites():
    source, destination = make_warehouse("LA"), make_warehouse("NYC")
    put_stock(make_sku("CUP"), 9, warehouse=source)
    make_bin(destination, "B-01")
    return source, destination


def receipt(transfer: Transfer, key: str):
    line = transfer.lines.get()
    row = Arrival(line.pk, None, 3, transfer.destination.bins.get(code="B-01").pk)
    return lambda: transit.receive(transfer.pk, [row], event_key=key, actor=moves.WORKER, at=NOW)


def on_hand(place) -> int:
    return StockLevel.objects.get(warehouse=place).on_hand


def meet(monkeypatch, patience_s: float = 0.3) -> None:
    """Wait between the look at what is on the way and the booking."""
    meeting = Meeting(patience_s=patience_s)
    monkeypatch.setattr(transit, "_take", meeting.after(transit._take))


def test_of_two_approvals_one_counts(sites):
    transfer = moves.plan(*sites, CUP=5)
    rivals = [
        lambda: transfers.approve(transfer.pk, actor=moves.APPROVER, at=NOW),
        lambda: transfers.approve(transfer.pk, actor=moves.WORKER, at=NOW),
    ]

    outcomes = race(rivals)

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [transfers.TransferStateConflict]
    assert StockLevel.objects.get().reserved == 5
    assert_books_balance()


def test_the_last_units_arrive_once(sites, monkeypatch):
    transfer = moves.ship(*sites, CUP=3)
    meet(monkeypatch)

    outcomes = race([receipt(transfer, "a"), receipt(transfer, "b")])

    assert wins(outcomes) == 1
    assert all(isinstance(one.error, DomainError) for one in outcomes if not one.won)
    assert (on_hand(sites[0]), on_hand(sites[1])) == (6, 3)
    assert TransferLine.objects.get().received_qty == 3
    assert_books_balance()


def test_control_without_lock_and_guard_the_last_units_arrive_twice(sites, monkeypatch):
    transfer = moves.ship(*sites, CUP=3)
    meet(monkeypatch, ALL_COME_S)
    monkeypatch.setattr(transfers, "lock", lambda pk: Transfer.objects.get(pk=pk))
    monkeypatch.setattr(transit, "_count", lambda *_given: None)
    monkeypatch.setattr(transit, "_close_if_settled", lambda *_given, **_more: None)

    outcomes = race([receipt(transfer, "a"), receipt(transfer, "b")])

    assert wins(outcomes) == 2
    assert on_hand(sites[1]) == 6
