"""Two handhelds count the last units a line may take: together they never exceed it (X16)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.db.models import F

from core.actors import SYSTEM, Actor
from inventory.models import BinStock
from suppliers.models import Asn, AsnLine
from suppliers.services import arrivals, finishing, put_aways, receiving
from suppliers.services.drafts import Counted, PutAwayDraft
from suppliers.services.errors import NotFreeToPutAway
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def line() -> AsnLine:
    """Announce 100 TEA, of which 105 are counted: 4 more are accepted, 9 above at most."""
    place = make.warehouse()
    inbound.dock(place)
    inbound.supplier()
    tea = make.sku("TEA")
    asn = inbound.arrival("HILL", place, {"TEA": 100})
    inbound.count(inbound.receipt(asn), tea, 105)
    return AsnLine.objects.select_related("asn", "sku").get(asn=asn)


def handheld(line: AsnLine, number: int):
    """Return a competitor that counts 3 more units on a receipt of its own."""
    actor = Actor("user", number, f"worker {number}")
    receipt = receiving.open_receipt(line.asn_id, actor=actor, at=make.NOW)
    counted = Counted(receipt_id=receipt.pk, sku_id=line.sku_id, qty=3)
    return lambda: receiving.receive_line(
        counted, event_key=f"scan:{number}", actor=actor, at=make.NOW
    )


def meet(monkeypatch, patience_s: float = 0.3) -> None:
    """Wait between the look at the line and the booking, so that both look first."""
    meeting = Meeting(patience_s=patience_s)
    monkeypatch.setattr(receiving, "_share", meeting.after(receiving._share))


def test_x16_two_handhelds_never_accept_more_than_the_tolerance(line, monkeypatch):
    meet(monkeypatch)

    outcomes = race([handheld(line, 71), handheld(line, 72)])

    line.refresh_from_db()
    assert wins(outcomes) == 2
    assert (line.received_qty, line.held_qty) == (100, 11)
    assert BinStock.objects.get(bin__code="DOCK-1", qty__gt=0).qty == 100
    assert_books_balance()


def test_control_without_the_lock_only_the_database_stops_the_second(line, monkeypatch):
    meet(monkeypatch, ALL_COME_S)
    monkeypatch.setattr(arrivals, "lock", lambda pk: Asn.objects.get(pk=pk))
    monkeypatch.setattr(receiving, "count_on", _blindly)

    outcomes = race([handheld(line, 71), handheld(line, 72)])

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [IntegrityError]


def _blindly(line, pieces, sign=1):
    AsnLine.objects.filter(pk=line.pk).update(
        received_qty=F("received_qty") + sum(piece.qty for piece in pieces)
    )


def test_two_people_put_the_same_goods_away_once(line):
    finishing.finish(line.asn.receipts.get().pk, actor=SYSTEM, at=make.NOW)
    bins = dict(make.Bin.objects.exclude(warehouse=None).values_list("code", "pk"))

    def carry(number: int):
        draft = PutAwayDraft(
            from_bin_id=bins["DOCK-1"], to_bin_id=bins["A-01"], sku_id=line.sku_id, qty=105
        )
        return lambda: put_aways.put_away(
            draft, event_key=f"carry:{number}", actor=SYSTEM, at=make.NOW
        )

    outcomes = race([carry(1), carry(2)])

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [NotFreeToPutAway]
    assert BinStock.objects.get(bin__code="A-01").qty == 105
    assert_books_balance()
