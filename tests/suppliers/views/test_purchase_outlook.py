"""P6: the editor says what goods are likely to cost landed, and what the budget has left."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from core import settings_store
from core.actors import SYSTEM
from suppliers.domain.landed_preview import shares_of
from suppliers.queries.landed_preview import likely_shares
from suppliers.services import landed_cost
from tests.factories import core as people
from tests.factories import costs
from tests.factories import purchases as buy
from tests.factories.purchases import NOW

pytestmark = pytest.mark.django_db


def test_shares_are_of_the_goods_value_by_kind():
    found = shares_of(
        [("freight", Decimal(8)), ("duty", Decimal(4)), ("freight", Decimal(2))],
        Decimal(200),
        ["A-2", "A-1"],
    )

    assert found is not None
    assert dict(found.by_kind) == {"duty": Decimal("0.0200"), "freight": Decimal("0.0500")}
    assert (found.landed(Decimal("2.5")), found.arrivals) == (Decimal("2.675"), ("A-2", "A-1"))
    assert shares_of([("duty", Decimal(1))], Decimal(0), []) is None
    assert shares_of([], Decimal(10), []) is None


def test_p6_the_landed_cost_is_previewed_from_earlier_arrivals_with_its_basis(client, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    trade = buy.trade(currency="USD")
    tea = buy.goods(trade, "TEA", "2.5")
    desk = people.sign_in(client, trade.buyer)
    url, line = reverse("purchase-order-lines"), {"sku": ["TEA"], "need": ["40"]}
    form = {"supplier": trade.supplier.pk, "warehouse": trade.place.pk, "price": "", "why": ""}
    before = desk.post(url, {**form, **line, "mode": "sea"}).content.decode()
    asn = costs.arrived(trade, {tea: 100})
    landed_cost.post(costs.bill(asn, amount="25.00").pk, actor=SYSTEM, at=NOW)
    settings_store.put("suppliers.monthly_budget", "1000", actor=SYSTEM, at=NOW)

    by_sea = words(desk.post(url, {**form, **line, "mode": "sea"}))
    by_air = words(desk.post(url, {**form, **line, "mode": "air"}))

    assert "no landed cost is shown" in before
    assert "landed about USD 2.75" in by_sea
    assert "Freight 10.0 % of the goods' value" in by_sea
    assert asn.number in by_sea
    assert "Left of the month's budget after this: USD 650.00" in by_sea
    assert "no landed cost is shown" in by_air
    assert likely_shares(trade.supplier.pk, "rail") is None


def words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'")
    return " ".join(text.split())
