"""W6: goods go where it is cold enough, and hazard classes into the zones made for them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from fulfillment.models import PutAwayRun
from inventory.models import Bin, BinStock, Sku, Zone
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def carrying(shop, worker):
    """Return LA's put-away by scanner: B-01 plain, C-01 chilled, H-01 for hazard class 3."""
    inbound.dock(shop)
    inbound.supplier()
    for code, fields in (("C", {"climate": "chilled"}), ("H", {"hazard": "3"})):
        zone = Zone.objects.create(warehouse=shop, code=code, **fields)
        Bin.objects.create(warehouse=shop, zone=zone, code=f"{code}-01", pick_sequence=20)

    def opened(code: str, **fields) -> Scanner:
        sku = make.sku(code, **fields)
        inbound.received(inbound.arrival("HILL", shop, {code: 4}), sku, 4)
        Scanner(worker, "dock-home").scan("CMD-NEXT")
        return Scanner(worker, "put-away", f"put_away:{PutAwayRun.objects.get().pk}")

    return opened


@pytest.mark.parametrize(
    ("fields", "right", "wrong", "said"),
    [
        (
            {"climate": "chilled"},
            "C-01",
            "B-01",
            ("SHELF_OF_OTHER_CLIMATE", "B-01 is too warm or too cold for ICE. Take C-01."),
        ),
        (
            {"hazard": "3"},
            "H-01",
            "B-01",
            ("SHELF_OF_OTHER_HAZARD", "B-01 is not for the hazard class of ICE. Take H-01."),
        ),
        (
            {},
            "B-01",
            "C-01",
            ("SHELF_OF_OTHER_CLIMATE", "C-01 is too warm or too cold for ICE. Take B-01."),
        ),
        (
            {},
            "B-01",
            "H-01",
            ("SHELF_OF_OTHER_HAZARD", "H-01 is not for the hazard class of ICE. Take B-01."),
        ),
    ],
)
def test_w6_only_fitting_bins_are_offered_and_a_wrong_one_is_refused(
    carrying, fields, right, wrong, said
):
    device = carrying("ICE", **fields)

    offer = device.scan("ICE")
    refused = device.scan(wrong)
    done = device.scan(right)

    assert offer["text"] == f"Carry. 4 of ICE to {right}. Scan the bin there."
    assert (refused["verdict"], refused["code"]) == ("reject", said[0])
    assert refused["text"].endswith(said[1])
    assert done["code"] == "PUT_AWAY_DONE"
    assert BinStock.objects.get(sku__code="ICE", qty__gt=0).bin.code == right
    assert_books_balance()


def test_w6_without_a_zone_for_hazards_such_goods_lie_where_they_fit(carrying):
    Zone.objects.filter(code="H").update(hazard="")
    device = carrying("ICE", hazard="3")

    assert device.verdicts("ICE", "B-01")[1] == ("complete", "PUT_AWAY_DONE")


def test_w6_the_database_refuses_a_temperature_nobody_knows(shop):
    for row in (Zone(warehouse=shop, code="X", climate="hot"), Sku(code="X", climate="hot")):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
