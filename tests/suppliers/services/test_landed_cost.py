"""Bills for freight and duty are spread over what arrived under purchase orders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry
from core.services.rates import RateDraft, RateUnknown, put_rate
from inventory.domain.lines import ScrapLine
from inventory.models import BinStock, CostLayer, CostVariance, LandedShare
from inventory.services import stock
from suppliers.models import LandedCost, LandedCostShare, PurchaseLine, PurchaseOrder
from suppliers.services import finishing, landed_cost
from suppliers.services.cost_errors import (
    BillKnown,
    CostRefused,
    CostState,
    MeasureMissing,
    NothingArrived,
    NothingToSpreadBy,
    ReasonMissingHere,
)
from tests.factories import costs, purchases
from tests.factories import suppliers as docks
from tests.factories.inventory import a_key
from tests.factories.purchases import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=9)


@pytest.fixture
def trade():
    return purchases.trade()


def _scrap(sku, qty):
    held = BinStock.objects.get(sku=sku, qty__gt=0)
    line = ScrapLine(held.bin_id, sku.pk, qty, held.lot_id, held.condition)
    stock.scrap([line], event_key=a_key("scrap"), actor=SYSTEM, at=NOW, reason="BROKEN")


def _rate(currency, rate):
    put_rate(RateDraft(currency, NOW.date(), Decimal(rate)), actor=SYSTEM, at=NOW)


def _post(cost):
    return landed_cost.post(cost.pk, actor=SYSTEM, at=LATER)


def _layers():
    rows = CostLayer.objects.order_by("pk")
    return [(row.sku.code, row.remaining_qty, row.unit_cost, row.landed_amount) for row in rows]


def test_what_is_counted_stands_on_the_order_at_its_price_in_the_base_currency(trade):
    _rate("CNY", "0.14")
    tea = purchases.goods(trade, "TEA", "12.50", currency="CNY")
    order = purchases.sent(trade, {tea: 40}, currency="CNY")
    asn = costs.announced(trade, order)

    opened = docks.receipt(asn)
    docks.count(opened, tea, 25)
    part = PurchaseLine.objects.get(), PurchaseOrder.objects.get().state
    docks.count(opened, tea, 10)
    finishing.undo_last(opened.pk, actor=SYSTEM, at=NOW)
    undone = PurchaseLine.objects.get().received_qty
    docks.count(opened, tea, 14)
    docks.count(opened, tea, 1, kind="damaged")
    finishing.finish(opened.pk, actor=SYSTEM, at=NOW)

    assert (part[0].received_qty, part[0].open_qty, part[1]) == (25, 15, "partly_received")
    assert undone == 25
    line = PurchaseLine.objects.get()
    assert (line.received_qty, line.open_qty) == (40, 0)
    assert PurchaseOrder.objects.get().state == "received"
    layers = CostLayer.objects.filter(remaining_qty__gt=0)
    costs_ = {(row.unit_cost, row.currency, row.is_provisional) for row in layers}
    assert costs_ == {(Decimal("1.75"), "USD", True)}
    actions = AuditEntry.objects.filter(target_kind="purchase_order").order_by("pk")
    said = [entry.action for entry in actions][-2:]
    assert said == ["suppliers.purchase_partly_received", "suppliers.purchase_received"]
    assert_books_balance()


@pytest.mark.parametrize(
    ("basis", "parts"),
    [
        ("value", ["75.00", "25.00"]),
        ("weight", ["50.00", "50.00"]),
        ("volume", ["14.29", "85.71"]),
        ("qty", ["33.33", "66.67"]),
    ],
)
def test_a_cost_is_spread_by_value_weight_volume_or_units(trade, basis, parts):
    tea = purchases.goods(trade, "TEA", "6")
    cup = purchases.goods(trade, "CUP", "1")
    for sku, sizes in ((tea, (600, 10, 10, 10)), (cup, (300, 30, 10, 10))):
        sku.weight_g, sku.length_mm, sku.width_mm, sku.height_mm = sizes
        sku.save()
    asn = costs.arrived(trade, {tea: 5, cup: 10})
    cost = costs.bill(asn, amount="100.00", basis=basis)

    shown = landed_cost.preview(cost)
    posted = _post(cost)

    assert [str(line.base_amount) for line in shown] == parts
    assert [row.base_amount for row in LandedCostShare.objects.order_by("pk")] == [
        Decimal(part) for part in parts
    ]
    assert [row[3] for row in _layers()] == [Decimal(part) for part in parts]
    assert (posted.state, posted.stock_amount, posted.gone_amount) == ("posted", 100, 0)
    assert_books_balance()


def test_a_late_bill_in_yuan_leaves_a_variance_for_units_gone_and_can_be_reversed(trade):
    _rate("CNY", "0.14")
    tea = purchases.goods(trade, "TEA", "2")
    asn = costs.arrived(trade, {tea: 30})
    _scrap(tea, 12)
    cost = costs.bill(asn, amount="1000.00", currency="CNY")
    _rate("CNY", "0.20")

    before = landed_cost.preview(cost)[0]
    posted = _post(cost)

    assert (posted.fx_rate, posted.base_amount) == (Decimal("0.14"), Decimal("140.00"))
    assert (before.stock_amount, before.gone_amount) == (Decimal("84.00"), Decimal("56.00"))
    assert (before.unit_before, before.unit_after) == (Decimal(2), Decimal(2) + Decimal(84) / 18)
    assert (posted.stock_amount, posted.gone_amount) == (Decimal(84), Decimal(56))
    assert _layers() == [("TEA", 18, Decimal(2), Decimal(84))]
    assert list(CostVariance.objects.values_list("amount", "gone_qty", "on")) == [
        (Decimal(56), 12, LATER.date())
    ]

    landed_cost.reverse(cost.pk, reason="billed twice", actor=SYSTEM, at=LATER)

    assert _layers() == [("TEA", 18, Decimal(2), Decimal(0))]
    assert sum(CostVariance.objects.values_list("amount", flat=True)) == 0
    assert LandedShare.objects.count() == 2
    again = costs.bill(asn, amount="1000.00", currency="CNY", reference="B-7")
    assert again.base_amount == Decimal("200.00")
    assert_books_balance()


def test_a_bill_is_posted_once_entered_once_and_reversed_with_a_reason(trade):
    asn = costs.arrived(trade, {purchases.goods(trade, "TEA", "2"): 3})
    cost = costs.bill(asn, reference="B-7")
    _post(cost)

    with pytest.raises(CostState):
        _post(cost)
    with pytest.raises(CostState):
        landed_cost.discard(cost.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(BillKnown, match=cost.number):
        costs.bill(asn, reference="B-7")
    with pytest.raises(ReasonMissingHere):
        landed_cost.reverse(cost.pk, reason=" ", actor=SYSTEM, at=LATER)
    other = costs.bill(asn, reference="B-8")
    landed_cost.discard(other.pk, actor=SYSTEM, at=NOW)

    assert LandedCost.objects.get() == cost
    assert LandedShare.objects.count() == 1


def test_what_can_not_be_spread_is_refused_and_nothing_is_written(trade):
    tea = purchases.goods(trade, "TEA", "2")
    tea.weight_g = 0
    tea.save()
    asn = costs.arrived(trade, {tea: 3})
    empty = costs.announced(trade, purchases.sent(trade, {tea: 3}))

    for refusal, fields in (
        (CostRefused, {"amount": "0"}),
        (CostRefused, {"amount": "1.005"}),
        (RateUnknown, {"currency": "KRW", "amount": "5"}),
    ):
        with pytest.raises(refusal):
            costs.bill(asn, **fields)
    for refusal, cost in (
        (NothingArrived, costs.bill(empty)),
        (MeasureMissing, costs.bill(asn, basis="volume")),
        (NothingToSpreadBy, costs.bill(asn, basis="weight")),
    ):
        with pytest.raises(refusal):
            landed_cost.preview(cost)
        with pytest.raises(refusal):
            _post(cost)

    assert not LandedShare.objects.exists()
    assert not LandedCostShare.objects.exists()


def test_goods_kept_in_another_currency_get_their_part_in_it(trade):
    _rate("EUR", "1.10")
    cup = purchases.goods(trade, "CUP", "1")
    cup.default_cost, cup.currency = Decimal(4), "EUR"
    cup.save()
    docks.dock(trade.place)
    loose = docks.arrival(trade.supplier.code, trade.place, {"CUP": 10})
    docks.received(loose, cup, 10)
    asn = costs.arrived(trade, {purchases.goods(trade, "TEA", "2"): 10})

    posted = _post(costs.bill(loose, asn, amount="55.00"))

    assert posted.stock_amount == Decimal("55.00")
    shares = LandedCostShare.objects.order_by("pk")
    assert [(row.base_amount, row.amount, row.currency) for row in shares] == [
        (Decimal("27.50"), Decimal("25.00"), "EUR"),
        (Decimal("27.50"), Decimal("27.50"), "USD"),
    ]
    assert [row[3] for row in _layers()] == [Decimal(25), Decimal("27.50")]


def test_closing_the_costs_of_an_arrival_makes_its_goods_final(trade):
    asn = costs.arrived(trade, {purchases.goods(trade, "TEA", "2"): 3})

    first = landed_cost.close_costs(asn.pk, actor=SYSTEM, at=NOW)
    again = landed_cost.close_costs(asn.pk, actor=SYSTEM, at=NOW)

    assert (first, again) == (1, 0)
    assert not CostLayer.objects.get().is_provisional
    assert AuditEntry.objects.filter(action="suppliers.arrival_costs_closed").count() == 1
