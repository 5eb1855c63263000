"""W3: a purchase order's number opens what comes of it, announced or not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from suppliers.models import Asn, Receipt
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


def test_w3_a_purchase_orders_number_opens_its_arrival_and_goods_count_on_the_order(worker, shop):
    inbound.dock(shop)
    trade = buy.trade(place=shop, code="HILL", is_new=False, inspection="none")
    tin, box = buy.goods(trade, "TIN", "10"), buy.goods(trade, "BOX", "4")
    order = buy.sent(trade, {tin: 40, box: 5})
    draft = buy.draft(trade, {box: 5})
    dock = Scanner(worker, "dock-home")

    opened = [dock.scan(order.number)["next"] for _again in range(2)]
    refused = dock.scan(draft.number)

    receipt = Receipt.objects.get()
    assert opened == [reverse("floor-receipt", args=[receipt.pk])] * 2
    assert dict(receipt.asn.lines.values_list("sku__code", "announced_qty")) == {
        "TIN": 40,
        "BOX": 5,
    }
    assert (refused["verdict"], refused["code"]) == ("reject", "PURCHASE_NOTHING_TO_COME")
    card = Scanner(worker, "receive", f"receipt:{receipt.pk}")
    for code in ("TIN", "CMD-QTY-39"):
        card.scan(code)
    assert order.lines.get(sku=tin).received_qty == 39
    assert Asn.objects.get().purchase_order == order
