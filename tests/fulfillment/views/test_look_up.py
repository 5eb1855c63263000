"""W18: the look-up opens arrivals, transfers, work orders, counts and rounds by their codes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.actors import SYSTEM
from core.gs1 import check_digit
from inventory.services import cycle_counts
from inventory.services.cycle_counts import CountRequest
from tests.factories import moves
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.factories.inventory import make_bin, make_sku, make_warehouse

pytestmark = pytest.mark.django_db
SSCC = "34012345000000001" + str(check_digit("34012345000000001"))


def test_w18_each_document_opens_by_its_number(shop, manager):
    inbound.dock(shop)
    inbound.supplier()
    asn = inbound.arrival("HILL", shop, {"TEA": 4}, reference="PO-77", ssccs=(SSCC,))
    transfer = moves.plan(shop, make_warehouse("NYC"), TEA=1)
    kit = moves.assembled_kit("BOXED", {make.Sku.objects.get(code="TEA"): 1})
    order = moves.work_order(kit, shop, 1)
    shelf = make_bin(shop)
    (count,) = cycle_counts.request(
        [CountRequest(shelf.pk, "FLOOR", make.NOW)], actor=SYSTEM, at=make.NOW
    )
    pages = {
        asn.number: reverse("arrival", args=[asn.pk]),
        f"]C100{SSCC}": reverse("arrival", args=[asn.pk]),
        transfer.number: reverse("transfer", args=[transfer.pk]),
        order.number: reverse("work-order", args=[order.pk]),
        count.number: reverse("count", args=[count.pk]),
    }

    found = {code: manager.get(reverse("look-up"), {"q": code}) for code in pages}

    assert {code: answer.get("Location", "") for code, answer in found.items()} == pages


def test_w18_documents_of_other_warehouses_are_not_found(shop, sign_in):
    other = make_warehouse("ROM")
    make_sku("POT")
    transfer = moves.plan(other, make_warehouse("OSL"), POT=1)
    stranger = sign_in("warehouse_manager", warehouses=["LA"])

    answer = stranger.get(reverse("look-up"), {"q": transfer.number})

    assert answer.status_code == 200
    assert transfer.number not in answer.content.decode().split("What it fits")[1]
