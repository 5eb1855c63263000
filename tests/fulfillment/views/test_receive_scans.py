"""The dock by scanner alone: open, count, hold, inspect, finish (W3, W4, W5)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.clock import now
from core.gs1 import check_digit
from core.models.people import User
from core.services import badges
from inventory.models import Bin, BinStock, Lot, SkuBarcode
from suppliers.models import Asn, AsnCarton, Receipt, ReceiptLine, UnidentifiedGoods
from suppliers.services import finishing
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.pictures import photo
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
GTIN = "04006381333931"
SSCC = "34012345000000001" + str(check_digit("34012345000000001"))
FNC = "\x1d"


def expiry(days: int) -> str:
    """Return the GS1 date so many days from the machine's today."""
    return (now().date() + dt.timedelta(days)).strftime("%y%m%d")


@pytest.fixture
def place(shop):
    inbound.dock(shop)
    return shop


@pytest.fixture
def oil():
    """Return a lot-tracked SKU of 360 days with a GTIN; the supplier exists as well."""
    inbound.supplier()
    row = make.sku("OIL", lot_tracked=True, shelf_life_days=360)
    SkuBarcode.objects.create(sku=row, code=GTIN, units_per_scan=1)
    return row


@pytest.fixture
def dock(worker):
    """Return the scanner of the dock's own page."""
    return Scanner(worker, "dock-home")


@pytest.fixture
def counting(worker, place, oil, dock):
    """Return a function that opens an arrival by its number and gives the scanner on its card."""

    def opened(units=None, **more) -> Scanner:
        asn = inbound.arrival("HILL", place, units or {"OIL": 50, "TEA": 20}, **more)
        answer = dock.scan(asn.number)
        receipt = Receipt.objects.get(asn=asn)
        assert answer["next"] == reverse("floor-receipt", args=[receipt.pk])
        return Scanner(worker, "receive", f"receipt:{receipt.pk}")

    return opened


def booked() -> list[tuple[str, str, int, str]]:
    """Return (SKU, lot, units, kind) of all that is booked."""
    rows = (
        ReceiptLine.objects.counted()
        .order_by("pk")
        .values_list("sku__code", "lot__code", "qty", "kind")
    )
    return [(sku, lot or "", qty, kind) for sku, lot, qty, kind in rows]


def test_gs1_books_lot_expiry_and_quantity_in_one_scan(counting):
    device = counting()

    answer = device.scan(f"]C101{GTIN}17{expiry(300)}3024{FNC}10L1")

    assert (answer["verdict"], answer["code"]) == ("complete", "GOODS_BOOKED")
    assert answer["text"] == "Booked. 24 of OIL. Still expected: 26."
    assert booked() == [("OIL", "L1", 24, "good")]
    assert Lot.objects.get(code="L1").expires_on == now().date() + dt.timedelta(300)
    assert "24 / 50" in answer["html"]["floor-card"]
    assert_books_balance()


def test_plain_codes_ask_for_the_lot_its_expiry_and_the_count(counting):
    device = counting()
    day = (now().date() + dt.timedelta(300)).isoformat()

    said = device.verdicts("OIL", "TEA", "L7", "A-01", day, GTIN, "CMD-OK")
    again = device.verdicts("OIL", "L7", "CMD-QTY-12", "TEA", "TEA", "OIL", "L7", "CMD-OK")

    assert said == [
        ("accept", "SCAN_LOT_OF_GOODS"),
        ("reject", "SCAN_LOT_OF_GOODS"),
        ("accept", "SCAN_EXPIRY"),
        ("reject", "SCAN_EXPIRY"),
        ("accept", "GOODS_COUNTED"),
        ("accept", "GOODS_COUNTED"),
        ("complete", "GOODS_BOOKED"),
    ]
    assert [code for _verdict, code in again] == [
        "SCAN_LOT_OF_GOODS",
        "GOODS_COUNTED",
        "GOODS_BOOKED",
        "GOODS_COUNTED",
        "GOODS_COUNTED",
        "SCAN_LOT_OF_GOODS",
        "GOODS_COUNTED",
        "GOODS_BOOKED",
    ]
    assert booked() == [
        ("OIL", "L7", 2, "good"),
        ("OIL", "L7", 12, "good"),
        ("TEA", "", 2, "good"),
        ("OIL", "L7", 1, "good"),
    ]


def test_x16_the_floor_says_that_excess_is_held(counting):
    device = counting({"TEA": 20})

    device.verdicts("TEA", "CMD-QTY-21")
    answer = device.scan("TEA"), device.scan("CMD-QTY-3")

    assert (answer[1]["verdict"], answer[1]["code"]) == ("warn", "EXCESS_HELD")
    assert answer[1]["text"].startswith("Too many. 3 of TEA are above the tolerance.")
    assert set(BinStock.objects.exclude(condition="good").values_list("bin__code", "qty")) == {
        ("DOCK-1", 20),
        ("HOLD-1", 4),
        ("DOCK-1", 0),
    } - {("DOCK-1", 0)}
    assert_books_balance()


def test_x17_damaged_and_unlabelled_goods_never_reach_the_dock(counting):
    device = counting()

    device.verdicts("OIL", "CMD-DAMAGED", "CMD-QTY-3")
    device.verdicts("OIL", "CMD-HOLD", "CMD-QTY-2")
    device.verdicts("OIL", "L9", "CMD-HOLD", "CMD-OK")

    number = Receipt.objects.get().number
    assert booked() == [
        ("OIL", f"NOLOT-{number}", 3, "damaged"),
        ("OIL", f"NOLOT-{number}", 2, "unlabelled"),
        ("OIL", f"NOLOT-{number}", 1, "unlabelled"),
    ]
    assert not BinStock.objects.filter(bin__code="DOCK-1").exists()
    assert_books_balance()


@pytest.mark.parametrize(("days", "why"), [(-3, "GOODS_EXPIRED"), (40, "GOODS_SHORT_DATED")])
def test_x17_expired_and_short_dated_lots_are_held(counting, days, why):
    device = counting()

    said = device.verdicts(f"]C101{GTIN}17{expiry(days)}3005{FNC}10L1", "TEA", "CMD-HOLD", "CMD-OK")

    assert said == [
        ("warn", why),
        ("reject", "LIFE_FIRST"),
        ("warn", "COUNT_HELD"),
        ("complete", "GOODS_BOOKED"),
    ]
    assert booked() == [("OIL", "L1", 5, "short_life")]


def test_a_supervisors_badge_accepts_a_short_dated_lot_an_operators_does_not(counting):
    device = counting()
    person = {role: people.make_user(role) for role in ("operator", "warehouse_manager")}
    codes = {
        role: badges.issue_badge(user.pk, actor=make.SYSTEM, at=make.NOW)
        for role, user in person.items()
    }
    device.scan(f"]C101{GTIN}17{expiry(40)}3005{FNC}10L1")

    said = device.verdicts(codes["operator"], codes["warehouse_manager"], "CMD-OK")

    assert said == [
        ("reject", "BADGE_MAY_NOT"),
        ("accept", "LIFE_APPROVED"),
        ("complete", "GOODS_BOOKED"),
    ]
    assert booked() == [("OIL", "L1", 5, "good")]
    assert User.objects.get(pk=person["warehouse_manager"].pk).badge_code


def test_the_same_lot_with_another_expiry_is_asked_about(counting):
    device = counting()
    device.scan(f"]C101{GTIN}17{expiry(300)}3005{FNC}10L1")

    said = device.verdicts(f"]C101{GTIN}17{expiry(310)}3005{FNC}10L1", "CMD-UNDO")

    assert said == [("warn", "LOT_OTHER_EXPIRY"), ("accept", "STEP_UNDONE")]
    assert booked() == [("OIL", "L1", 5, "good")]


def test_x17_unknown_and_unannounced_goods_get_a_tag_and_a_photo(counting, worker):
    device = counting({"OIL": 5})

    first = device.verdicts("4006381333924", "CMD-QTY-6", "CMD-HOLD")
    second = device.verdicts("CUP", "CMD-HOLD")

    assert first == [
        ("warn", "UNKNOWN_GOODS"),
        ("accept", "UNKNOWN_COUNTED"),
        ("complete", "GOODS_TAGGED"),
    ]
    assert second == [("warn", "NOT_ON_ARRIVAL"), ("complete", "GOODS_TAGGED")]
    held = list(UnidentifiedGoods.objects.order_by("pk"))
    assert [(row.qty, row.reason) for row in held] == [(6, "UNKNOWN_CODE"), (1, "WRONG_SKU")]
    assert booked() == []
    url = reverse("floor-unidentified-photo", args=[held[0].pk])
    text = SimpleUploadedFile("x.jpg", b"no picture at all", content_type="image/jpeg")
    picture = photo()
    assert worker.post(url, {"photo": text}).status_code == 422
    assert worker.post(url, {"photo": picture}).status_code == 302
    held[0].refresh_from_db()
    assert held[0].photo.name == f"{held[0].number}.jpeg"
    page = worker.get(reverse("floor-unidentified")).content.decode()
    assert held[1].number in page
    assert page.count("Photo kept") == 1


def test_a_new_suppliers_goods_are_inspected_before_the_receipt_ends(counting, worker, place):
    inbound.supplier("NEWCO", is_new=True)
    asn = inbound.arrival("NEWCO", place, {"TEA": 4})
    Scanner(worker, "dock-home").scan(asn.number)
    device = Scanner(worker, "receive", f"receipt:{Receipt.objects.get(asn=asn).pk}")
    device.verdicts("TEA", "CMD-QTY-4")

    ended = device.scan("CMD-OK")
    said = device.verdicts("TEA", "CMD-QTY-5")
    failed = device.scan("CMD-QTY-1")

    assert ended["text"] == (
        "Inspect. Look at 4 of TEA. CMD-OK: all fine. CMD-QTY: how many failed."
    )
    assert said == [("reject", "SAMPLE_FIRST"), ("reject", "SAMPLE_TOO_MANY")]
    assert (failed["code"], failed["next"]) == ("SAMPLE_FAILED", reverse("floor-dock"))
    assert Receipt.objects.get(asn=asn).state == "finished"
    assert BinStock.objects.get(bin__code="HOLD-1", qty__gt=0).qty == 4
    assert_books_balance()


def test_each_scan_of_a_receipt_is_booked_once_and_undone_by_command(counting):
    device = counting()
    scan_id = "6f1de1b2-3c0c-4f30-9c40-0d90ac1b7a11"
    raw = f"]C101{GTIN}17{expiry(300)}3005{FNC}10L1"

    first, again = device.scan(raw, scan_id), device.scan(raw, scan_id)
    undone = device.verdicts("CMD-UNDO", "CMD-UNDO")

    assert (first["code"], again["code"]) == ("GOODS_BOOKED", "GOODS_BOOKED")
    assert undone == [("accept", "BOOKING_UNDONE"), ("reject", "NOTHING_TO_UNDO")]
    assert booked() == []
    assert ReceiptLine.objects.count() == 1
    assert_books_balance()


def test_an_arrival_opens_by_number_tracking_reference_and_pallet(place, oil, dock, worker):
    asn = inbound.arrival(
        "HILL", place, {"OIL": 5}, reference="PO-77", tracking="1ZTRACK", ssccs=(SSCC,)
    )

    opened = {dock.scan(code)["next"] for code in (asn.number, "PO-77", "1ZTRACK", f"00{SSCC}")}
    unknown = dock.scan("NOWHERE")
    home = Scanner(worker, "home").scan("PO-77")

    receipt = Receipt.objects.get()
    assert opened == {reverse("floor-receipt", args=[receipt.pk])}
    assert home["next"] in opened
    assert (unknown["verdict"], unknown["code"]) == ("reject", "UNKNOWN_CODE")
    Scanner(worker, "receive", f"receipt:{receipt.pk}").scan(f"00{SSCC}")
    assert AsnCarton.objects.get().arrived_at is not None
    assert Asn.objects.get().state == "arrived"


def test_a_suppliers_code_opens_an_unplanned_arrival(place, oil, dock, worker):
    answer = dock.scan("HILL")

    receipt = Receipt.objects.get()
    assert answer["next"] == reverse("floor-receipt", args=[receipt.pk])
    device = Scanner(worker, "receive", f"receipt:{receipt.pk}")
    device.verdicts("TEA", "CMD-QTY-500", "CMD-OK")
    asn = Asn.objects.get()
    assert (asn.is_unplanned, asn.state) == (True, "received")
    assert booked() == [("TEA", "", 500, "good")]


def test_goods_go_to_the_dock_that_was_scanned(counting):
    device = counting()
    Bin.objects.create(
        warehouse=make.Warehouse.objects.get(code="LA"),
        code="DOCK-2",
        kind="dock",
        is_pickable=False,
    )

    said = device.verdicts("A-01", "DOCK-2", "TEA", "CMD-OK")

    assert said[:2] == [("reject", "SCAN_GOODS_NOW"), ("accept", "DOCK_OK")]
    assert BinStock.objects.get(condition="quarantine").bin.code == "DOCK-2"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\x00",
        "CMD-QTY-0",
        "CMD-QTY-99999999999999",
        "CMD-QTY-٣",
        "CMD-NEXT",
        "]C1",
        "]C10199999999999999",
        f"]C101{GTIN}17991399",
        "BDG-NOBODY",
        "'; DROP TABLE suppliers_receipt; --",
        "中文商品",
        "x" * 5000,
    ],
)
def test_hostile_scans_change_nothing(counting, raw):
    device = counting()

    answer = device.scan(raw)
    device.verdicts("TEA", raw, "CMD-UNDO", "CMD-UNDO")

    assert answer["verdict"] in {"reject", "warn", "accept"}
    assert booked() == []
    assert_books_balance()


def test_scans_of_another_warehouse_are_not_found(place, oil, sign_in):
    asn = inbound.arrival("HILL", place, {"OIL": 5})
    receipt = inbound.receipt(asn)
    make.warehouse("NYC")
    stranger = sign_in("operator", warehouses=["NYC"])

    scan = Scanner(stranger, "receive", f"receipt:{receipt.pk}").send("OIL")
    opened = Scanner(stranger, "dock-home").scan(asn.number)

    assert scan.status_code == 404
    assert opened["code"] == "UNKNOWN_CODE"
    assert stranger.get(reverse("floor-receipt", args=[receipt.pk])).status_code == 404


def test_the_pages_cost_the_same_with_few_and_many_lines(counting, worker, place):
    device = counting({"OIL": 5})
    page = reverse("floor-receipt", args=[int(device.task.partition(":")[2])])
    with query_baseline("floor-receipt"):
        assert "OIL" in worker.get(page).content.decode()
    for number in range(12):
        make.sku(f"S{number:02d}")
    units = {f"S{number:02d}": 3 for number in range(12)}
    inbound.arrival("HILL", place, units)
    big = inbound.receipt(inbound.arrival("HILL", place, units))
    with query_baseline("floor-receipt"):
        assert "S11" in worker.get(reverse("floor-receipt", args=[big.pk])).content.decode()
    with query_baseline("floor-dock"):
        assert "3 arrivals are expected" in worker.get(reverse("floor-dock")).content.decode()
    with query_baseline("floor-scan-receive", most=50):
        device.scan(f"]C101{GTIN}17{expiry(300)}3005{FNC}10L1")
    assert booked() == [("OIL", "L1", 5, "good")]


def test_unplanned_arrivals_are_opened_by_hand_too(place, oil, worker):
    answer = worker.post(reverse("floor-dock"), {"warehouse": "LA", "supplier": "HILL"})

    receipt = Receipt.objects.get()
    assert answer.headers["Location"] == reverse("floor-receipt", args=[receipt.pk])
    finishing.finish(receipt.pk, actor=make.SYSTEM, at=make.NOW)
    gone = worker.get(reverse("floor-receipt", args=[receipt.pk]))
    assert gone.headers["Location"] == reverse("floor-dock")
