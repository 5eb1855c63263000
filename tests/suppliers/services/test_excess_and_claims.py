"""X16 and X17: what a buyer does with excess, and what the supplier owes for bad goods."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry, OutboundMail
from inventory.models import BinStock, CostLayer
from suppliers.models import (
    AsnLine,
    ClaimLine,
    ExcessDecision,
    PurchaseLine,
    PurchaseOrder,
    ReceiptLine,
    SupplierClaim,
)
from suppliers.services import claims, excess, finishing, landed_cost, put_aways
from suppliers.services.cost_errors import (
    ClaimAmountRefused,
    CostState,
    NoAgreedPrice,
    NoExcess,
    NothingToClaim,
    ReasonMissingHere,
)
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.excess import Wish
from tests.factories import costs, purchases
from tests.factories import suppliers as docks
from tests.factories.inventory import make_bin
from tests.factories.purchases import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return purchases.trade()


def _over(trade, announced=100, came=140):
    """Return the arrival of more units than were announced, above the tolerance."""
    tea = purchases.goods(trade, "TEA", "2")
    asn = costs.announced(trade, purchases.sent(trade, {tea: announced}))
    opened = docks.receipt(asn)
    docks.count(opened, tea, came)
    finishing.finish(opened.pk, actor=SYSTEM, at=NOW)
    return asn


def _decide(asn, outcome, qty, key=None, note=""):
    wish = Wish(asn.lines.get().pk, outcome, qty, note)
    return excess.decide(wish, event_key=key or f"{outcome}:{qty}", actor=SYSTEM, at=NOW)


def _worth():
    """Return what the stock is worth, and what has landed beside it."""
    rows = CostLayer.objects.filter(remaining_qty__gt=0)
    return sum(row.remaining_qty * row.unit_cost + row.landed_amount for row in rows)


def test_x16_excess_waits_until_the_buyer_accepts_frees_or_returns_it(trade):
    asn = _over(trade)
    line = PurchaseLine.objects.get()
    waiting = (docks.counts(asn), line.received_qty, line.open_qty)

    taken = _decide(asn, "accept", 10, note="needed anyway")
    free = _decide(asn, "free", 5)
    back = _decide(asn, "return", 25)

    assert waiting == ((100, 0, 40, 0), 100, 0)
    assert (taken.unit_price, taken.value_amount, taken.currency) == (2, 20, "USD")
    assert (free.value_amount, back.value_amount) == (0, 0)
    assert docks.counts(asn) == (115, 0, 0, 0)
    line = PurchaseLine.objects.get()
    assert (line.received_qty, line.open_qty) == (115, 0)
    assert _worth() == 110 * 2
    told = OutboundMail.objects.filter(template="suppliers/excess_decided").order_by("pk")
    assert [(mail.context["outcome"], mail.context["units"]) for mail in told] == [
        ("accept", 10),
        ("free", 5),
        ("return", 25),
    ]
    assert ExcessDecision.objects.filter(told_count=1).count() == 3
    assert AuditEntry.objects.filter(action="suppliers.excess_decided").count() == 3
    with pytest.raises(NoExcess):
        _decide(asn, "accept", 1)
    assert_books_balance()


def test_x16_accepted_units_are_put_away_like_others(trade):
    asn = _over(trade)
    _decide(asn, "accept", 40)
    sku, shelf = asn.lines.get().sku, make_bin(asn.warehouse)
    dock = ReceiptLine.objects.filter(kind="good").order_by("pk")[0].bin

    away = PutAwayDraft(from_bin_id=dock.pk, to_bin_id=shelf.pk, sku_id=sku.pk, qty=140)
    put_aways.put_away(away, event_key="away", actor=SYSTEM, at=NOW)

    held = BinStock.objects.filter(qty__gt=0).values_list("bin_id", "condition", "qty")
    assert list(held) == [(shelf.pk, "good", 140)]
    assert_books_balance()


def test_x16_without_an_order_no_price_is_agreed(trade):
    sku = purchases.goods(trade, "TEA", "2")
    docks.dock(trade.place)
    trade.supplier.is_new = False
    trade.supplier.save()
    asn = docks.arrival(trade.supplier.code, trade.place, {"TEA": 100})
    docks.received(asn, sku, 140)

    with pytest.raises(NoAgreedPrice):
        _decide(asn, "accept", 40)
    with pytest.raises(NoExcess, match="40 units of TEA"):
        _decide(asn, "return", 41)

    assert AsnLine.objects.get().held_qty == 40


@pytest.fixture
def damaged(trade):
    """An arrival of 30 units at 2.00 with 120.00 of freight, 6 of them damaged."""
    tea = purchases.goods(trade, "TEA", "2")
    asn = costs.announced(trade, purchases.sent(trade, {tea: 30}))
    opened = docks.receipt(asn)
    docks.count(opened, tea, 24)
    docks.count(opened, tea, 6, kind="damaged")
    finishing.finish(opened.pk, actor=SYSTEM, at=NOW)
    landed_cost.post(costs.bill(asn, amount="60.00").pk, actor=SYSTEM, at=NOW)
    return asn


def test_x17_damaged_units_make_a_claim_draft_at_their_landed_cost(damaged):
    first = SupplierClaim.objects.get()
    drafted = (first.state, first.amount, first.currency)

    again = claims.draw_up(damaged.pk, actor=SYSTEM, at=NOW)

    assert drafted == ("draft", Decimal("12.00"), "USD")
    assert (again.pk, again.amount) == (first.pk, Decimal("24.00"))
    line = ClaimLine.objects.get()
    assert (line.qty, line.unit_cost, line.receipt_line.kind) == (6, Decimal(4), "damaged")
    assert PurchaseOrder.objects.get().state == "received"


def test_x17_a_claim_is_sent_answered_and_settled(damaged):
    claim = claims.draw_up(damaged.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(CostState):
        claims.agree(claim.pk, Decimal(5), actor=SYSTEM, at=NOW)

    claims.send(claim.pk, actor=SYSTEM, at=NOW)
    claims.refuse(claim.pk, reason="packed well", actor=SYSTEM, at=NOW)
    for amount in ("0", "24.01", "1.005"):
        with pytest.raises(ClaimAmountRefused):
            claims.agree(claim.pk, Decimal(amount), actor=SYSTEM, at=NOW)
    claims.agree(claim.pk, Decimal("20.00"), actor=SYSTEM, at=NOW)
    with pytest.raises(ReasonMissingHere):
        claims.settle(claim.pk, reference="", actor=SYSTEM, at=NOW)
    done = claims.settle(claim.pk, reference="CN-9", actor=SYSTEM, at=NOW)

    assert (done.state, done.agreed_amount, done.reference) == ("settled", 20, "CN-9")
    letter = OutboundMail.objects.get(template="suppliers/claim_sent")
    assert (letter.context["amount"], letter.context["units"]) == ("USD 24.00", 6)
    said = AuditEntry.objects.filter(target_kind="supplier_claim").order_by("pk")
    assert [entry.action.removeprefix("suppliers.claim_") for entry in said] == [
        "drawn_up",
        "drawn_up",
        "sent",
        "refused",
        "agreed",
        "settled",
    ]


def test_x17_units_are_claimed_once_unless_the_claim_is_dropped(damaged):
    claim = claims.draw_up(damaged.pk, actor=SYSTEM, at=NOW)
    claims.send(claim.pk, actor=SYSTEM, at=NOW)

    with pytest.raises(NothingToClaim):
        claims.draw_up(damaged.pk, actor=SYSTEM, at=NOW)
    claims.refuse(claim.pk, reason="packed well", actor=SYSTEM, at=NOW)
    claims.drop(claim.pk, reason="not worth it", actor=SYSTEM, at=NOW)
    second = claims.draw_up(damaged.pk, actor=SYSTEM, at=NOW)

    assert second.pk != claim.pk
