"""A-09: no label without verified units, samples before sale, and customers hear of a delay."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.utils.formats import date_format

from core import clock, jobs
from core.actors import SYSTEM
from fulfillment.models import Carton
from fulfillment.services import packing
from fulfillment.services.packing import Closing
from inventory.domain.lines import AdjustLine
from inventory.models import Bin, BinStock, Sku, StockLevel, WarehouseHoliday
from inventory.services import adjusting
from orders.models import Shipment
from shipping.models import LabelRequest, Parcel
from suppliers.models import Inspection, Receipt
from suppliers.services import put_aways
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.errors import NotFreeToPutAway
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner


@pytest.mark.django_db
def test_a_09_no_label_is_asked_for_before_every_unit_is_verified(shop, scanner):
    make.sku("BOX-M", kind="packaging", length_mm=300, width_mm=200, height_mm=100)
    make.sku("POT")
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 1))
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get(order=order)
    carton = packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shop).pk,
        actor=SYSTEM,
        at=make.NOW,
    )
    device = scanner("pack", carton)

    early = device.verdicts("TEA", "BOX-M", "POT", "CUP", "CUP", "BOX-M")
    closing = Closing(carton_id=carton.pk, weight_g=900)
    with pytest.raises(packing.NotVerified):
        packing.close(closing=closing, actor=SYSTEM, at=make.NOW)

    assert [verdict for verdict, _code in early] == [
        "accept", "reject", "reject", "accept", "reject", "reject",
    ]  # fmt: skip
    assert (LabelRequest.objects.count(), Parcel.objects.count()) == (0, 0)
    assert Carton.objects.get(pk=carton.pk).state == "open"

    rest = device.verdicts("TEA", "BOX-M")

    assert rest == [("accept", "SCAN_BOX_NOW"), ("accept", "BOX_OK")]
    label = LabelRequest.objects.get()
    assert label.parcel.owner_key == f"shipment:{shipment.pk}"
    assert Carton.objects.get(pk=carton.pk).state == "closed"
    assert_books_balance()


@pytest.mark.django_db
def test_a_09_a_sample_is_looked_at_before_goods_can_be_put_away_and_sold(shop, worker):
    inbound.dock(shop)
    inbound.supplier("OKAY", inspection="sample", failed_limit_qty=1)
    asn = inbound.arrival("OKAY", shop, {"TEA": 64})
    Scanner(worker, "dock-home").scan(asn.number)
    device = Scanner(worker, "receive", f"receipt:{Receipt.objects.get(asn=asn).pk}")
    dock, shelf = Bin.objects.get(code="DOCK-1"), Bin.objects.get(code="A-01")
    tea = Sku.objects.get(code="TEA")
    draft = PutAwayDraft(from_bin_id=dock.pk, to_bin_id=shelf.pk, sku_id=tea.pk, qty=63)
    before = StockLevel.objects.get(warehouse=shop, sku=tea).atp_qty

    device.verdicts("TEA", "CMD-QTY-64")
    asked = device.scan("CMD-OK")

    assert asked["text"] == "Inspect. Look at 8 of TEA. CMD-OK: all fine. CMD-QTY: how many failed."
    with pytest.raises(NotFreeToPutAway):
        put_aways.put_away(draft, event_key="early", actor=SYSTEM, at=make.NOW)
    assert StockLevel.objects.get(warehouse=shop, sku=tea).atp_qty == before

    device.verdicts("TEA")
    done = device.scan("CMD-QTY-1")
    put_aways.put_away(draft, event_key="then", actor=SYSTEM, at=make.NOW)

    sample = Inspection.objects.get()
    assert done["verdict"] == "complete"
    assert (sample.sample_qty, sample.failed_qty, sample.state) == (8, 1, "passed")
    assert BinStock.objects.get(bin__code="DMG-1", qty__gt=0).qty == 1
    assert StockLevel.objects.get(warehouse=shop, sku=tea).atp_qty == before + 63
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_a_09_a_customer_hears_of_a_delay_before_asking():
    make.channel(name="Tea House")
    tea, near, far = make.sku("TEA"), make.warehouse("LA"), make.warehouse("SZX", "CN")
    make.put(tea, near, 3)
    make.put(tea, far, 3)
    closed = [make.NOW.date() + dt.timedelta(days) for days in range(8)]
    WarehouseHoliday.objects.bulk_create(WarehouseHoliday(warehouse=far, on=on) for on in closed)
    order = make.place_one(make.line("TEA", 3))
    first = order.promised_at_order_by
    assert order.shipments.get().warehouse == near

    lost = AdjustLine(Bin.objects.get(warehouse=near, code="A-01").pk, tea.pk, -3)
    adjusting.adjust(lost, event_key="lost", reason="DAMAGED", actor=SYSTEM, at=make.NOW)
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))

    order.refresh_from_db()
    late = order.promised_by
    (message,) = [mail for mail in outbox.outbox if "arrives by" in mail.subject]
    assert [row.warehouse.code for row in order.shipments.exclude(status="cancelled")] == ["SZX"]
    assert (order.promised_at_order_by, late > first) == (first, True)
    assert message.to == ["ada@example.org"]
    assert message.subject == f"Order {order.number} arrives by {date_format(late)}"
    assert f"by {date_format(late)}, not by {date_format(first)}." in message.body
    assert_books_balance()
