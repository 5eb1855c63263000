"""The insert step of the pack screen, scan by scan (X15)."""

from __future__ import annotations

import pytest

from fulfillment.models import CartonExtra, CouponCode
from inventory.models import StockLevel
from orders.models import OrderHold
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def extras(shop):
    """Return the shop with a coupon card of campaign SPRING, a leaflet, and a branded box."""
    add.insert("CARD", shop, name="Spring card", name_zh="春日卡")
    add.insert("LEAFLET", shop, name="Brewing guide")
    add.insert("BOX-B", shop, kind="packaging")
    add.campaign("SPRING", ("SPR-0001", "SPR-0002"), language="en", name="Spring 2026")
    return shop


def states(carton) -> list[tuple[str, str, str]]:
    rows = CartonExtra.objects.filter(carton=carton).on_card()
    return [(row.rule_code, row.state, row.reason) for row in rows]


def test_x15_two_inserts_and_the_branded_box_by_scanner_alone(extras, scanner):
    add.rule("GUIDE", "LEAFLET", "is_first_order", priority=1)
    add.rule("SPRING", "CARD", 'country == "US"', campaign="SPRING", priority=2)
    add.rule("BOX", "BOX-B", effect="use_packaging", priority=3)
    carton = add.opened(add.picked(make.line("TEA", 1)))
    device = scanner("pack", carton)

    answers = device.verdicts("TEA", "BOX-B", "CARD", "SPR-0001", "SPR-0001", "LEAFLET", "BOX-B")

    assert answers == [
        ("accept", "SCAN_INSERT_NOW"),
        ("reject", "SCAN_INSERT_NOW"),
        ("accept", "INSERT_OK"),
        ("reject", "SCAN_INSERT_NOW"),
        ("reject", "SCAN_INSERT_NOW"),
        ("accept", "SCAN_BOX_NOW"),
        ("accept", "BOX_OK"),
    ]
    assert states(carton) == [("GUIDE", "added", ""), ("SPRING", "added", ""), ("BOX", "added", "")]
    assert CouponCode.objects.get(state="assigned").code == "SPR-0001"
    on_hand = dict(StockLevel.objects.values_list("sku__code", "on_hand"))
    assert (on_hand["CARD"], on_hand["LEAFLET"], on_hand["BOX-B"]) == (9, 9, 9)
    assert_books_balance()


def test_the_coupon_that_is_scanned_is_the_one_that_is_used(extras, scanner):
    add.rule("SPRING", "CARD", campaign="SPRING")
    carton = add.opened(add.picked(make.line("TEA", 1)))
    device = scanner("pack", carton)
    device.scan("TEA")

    assert device.verdicts("SPR-0002") == [("accept", "SCAN_BOX_NOW")]
    other = scanner("pack", add.opened(add.picked(make.line("TEA", 1), email="b@example.org")))
    other.scan("TEA")
    answer = other.scan("SPR-0002")

    assert (answer["verdict"], answer["code"]) == ("reject", "CODE_TAKEN")
    assert answer["text"].startswith("Code is used. SPR-0002 lies in another parcel or is void.")
    assert CouponCode.objects.get(code="SPR-0002").extra.carton_id == carton.pk
    assert device.verdicts("CMD-UNDO", "SPR-0001") == [
        ("accept", "STEP_UNDONE"),
        ("accept", "SCAN_BOX_NOW"),
    ]
    assert other.verdicts("SPR-0002") == [("accept", "SCAN_BOX_NOW")]


def test_the_card_shows_what_to_add_why_and_where_it_lies(extras, scanner):
    add.rule("SPRING", "CARD", name="Buyers in the US", campaign="SPRING")
    carton = add.opened(add.picked(make.line("TEA", 1)))

    html = scanner("pack", carton).scan("TEA")["html"]["floor-card"]

    for text in ("Add now", "Spring card", "Buyers in the US", "Spring 2026", "A-01", "10 left"):
        assert text in html
    assert "Scan insert" in html


def test_x15_a_missing_insert_is_skipped_and_a_blocking_one_sends_the_tote_to_the_shelf(
    extras, scanner
):
    add.rule("GUIDE", "LEAFLET", priority=1)
    add.rule("MUST", "CARD", on_oos="block", priority=2)
    carton = add.opened(add.picked(make.line("TEA", 1)))
    device = scanner("pack", carton)
    device.scan("TEA")

    answers = device.verdicts("CMD-SHORT", "CMD-CLOSEBOX", "CMD-SHORT")

    assert answers == [
        ("warn", "INSERT_SKIPPED"),
        ("reject", "COMMAND_NOT_HERE"),
        ("warn", "INSERT_BLOCKS"),
    ]
    assert states(carton) == [
        ("GUIDE", "skipped", "MISSING_AT_BENCH"),
        ("MUST", "planned", ""),
    ]
    assert OrderHold.objects.get().note == "MUST: CARD"


def test_x15_an_order_that_changed_while_it_was_packed_gets_its_insert_before_the_box(
    extras, scanner
):
    carton = add.opened(add.picked(make.line("TEA", 1)))
    device = scanner("pack", carton)
    device.scan("TEA")
    add.rule("LATE", "LEAFLET")

    assert device.verdicts("CMD-CLOSEBOX", "LEAFLET", "CMD-CLOSEBOX") == [
        ("reject", "COMMAND_NOT_HERE"),
        ("accept", "SCAN_BOX_NOW"),
        ("accept", "BOX_OK"),
    ]


def test_a_07_the_gift_note_is_on_the_screen_and_prices_are_not(extras, scanner, worker):
    add.rule("GIFT", "CARD", "is_gift", effect="add_gift_card")
    order = add.picked(make.line("TEA", 1), is_gift=True, gift_message="Alles Gute, Mama!")
    carton = add.opened(order)

    page = worker.get(f"/floor/cartons/{carton.pk}/").content.decode()

    assert "Alles Gute, Mama!" in page
    assert "10.00" not in page
    assert states(carton) == [("GIFT", "planned", "")]
