"""Each document is drawn, read back as text and codes, in both languages."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import translation

from core import files
from core.errors import NotFound
from core.gs1 import check_digit_holds, sscc
from fulfillment.domain.documents.content import CustomsDataMissing, NothingToPrint
from fulfillment.domain.documents.lists import COMMANDS
from fulfillment.models import Carton
from fulfillment.services import documents
from inventory.models import Bin, Lot, Sku, SkuBarcode
from orders.models import Order, Shipment
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers import papers
from tests.shipping.carriers import zpl_reader

pytestmark = pytest.mark.django_db
NOW = floor.NOW
LANGUAGES = ("en", "zh-hans")


def drawn(kind: str, key: str, language: str = "en", media: str = "pdf") -> bytes:
    return files.read(documents.render(kind, key, language=language, at=NOW, media=media))


@pytest.fixture
def place():
    make.channel(name="Tea House", language="en")
    place = make.warehouse(line1="1 Dock Road", city="Los Angeles", postcode="90001")
    make.put(make.sku("TEA", name="Black tea", name_zh="红茶"), place, 10)
    make.put(make.sku("CUP", name="Cup", name_zh="茶杯", customs_text="Glass cup"), place, 10)
    return place


def packed(*lines, **facts) -> Carton:
    order = make.place_one(*lines, **facts)
    floor.pick_all(floor.release(order))
    return floor.pack_all(list(Shipment.objects.filter(order=order)))[0]


def test_a_packing_slip_lists_what_lies_in_the_parcel_with_prices_that_sum(place):
    carton = packed(make.line("TEA", 2, "10.00"), make.line("CUP", 1, "7.55"))
    key = f"carton:{carton.pk}"
    number = documents.reading.slip(key).parcel_number

    english, chinese = (drawn("packing_slip", key, language) for language in LANGUAGES)

    text = papers.text_of(english)
    assert papers.size_of(english) == (1678, 2374)
    assert papers.codes_of(english) == {("Code128", number)}
    for part in ("Tea House", "Ada Brook", "12 Mill Lane", "1 Dock Road", "Black tea", "20.00"):
        assert part in text
    assert "USD 27.55" in text
    assert re.search(r"Units in this parcel 3\b", text)
    assert "红茶" in papers.text_of(chinese)
    assert "茶杯" in papers.text_of(chinese)
    assert english == drawn("packing_slip", key)


def test_a07_a_gift_slip_names_no_price_and_carries_the_message(place):
    message = "生日快乐, dear Ada! May the tea be with you."
    carton = packed(make.line("TEA", 1, "13.37"), is_gift=True, gift_message=message)
    key = f"carton:{carton.pk}"

    slip, card = drawn("gift_slip", key), drawn("gift_card", key)

    assert "13.37" in papers.text_of(drawn("packing_slip", key))
    assert "13.37" not in papers.text_of(slip)
    assert "USD" not in papers.text_of(slip)
    for pdf in (slip, card):
        assert "生日快乐" in papers.text_of(pdf)
        assert "May the tea be with you." in papers.text_of(pdf)
    assert papers.size_of(card) == (812, 1218)
    assert zpl_reader.read(drawn("gift_card", key, media="zpl")).of("picture")


def test_a07_an_empty_gift_message_prints_no_card(place):
    carton = packed(is_gift=True, gift_message="  ")

    with pytest.raises(NothingToPrint):
        documents.render("gift_card", f"carton:{carton.pk}", language="en", at=NOW)


def test_customs_papers_name_code_origin_value_and_weight_and_sum_exactly(place):
    lines = (
        make.line("TEA", 3, "10.00", discount_amount=Decimal("0.01")),
        make.line("CUP", 1, "5.10"),
    )
    carton = packed(*lines, ship_to=make.address("CA"))
    key = f"carton:{carton.pk}"
    content = documents.reading.customs(key, NOW)

    papers_of = {kind: drawn(kind, key) for kind in ("commercial_invoice", "cn22", "cn23")}

    values = [(line.sku_code, line.value, line.weight_g) for line in content.lines]
    assert values == [("CUP", Decimal("5.10"), 400), ("TEA", Decimal("29.99"), 1200)]
    assert (content.value, content.net_g) == (Decimal("35.09"), 1600)
    for kind, pdf in papers_of.items():
        text = papers.text_of(pdf)
        for part in ("090230", "CN", "29.99", "5.10", "USD 35.09", "1.600 kg"):
            assert part in text, (kind, part)
    tracking = content.tracking_number
    assert papers.codes_of(papers_of["cn23"]) == {("Code128", tracking)}
    assert papers.codes_of(papers_of["cn22"]) == {("Code128", tracking)}
    assert "Déclaration en douane" in papers.text_of(papers_of["cn23"])
    assert "订单" in papers.text_of(drawn("commercial_invoice", key, "zh-hans"))
    assert tracking in zpl_reader.read(drawn("cn22", key, media="zpl")).of("code128")


def test_missing_customs_data_are_refused_by_name(place):
    carton = packed(make.line("TEA"), make.line("CUP"))
    Sku.objects.filter(code="TEA").update(hs_code="", weight_g=None)

    with pytest.raises(CustomsDataMissing) as caught:
        documents.render("cn22", f"carton:{carton.pk}", language="en", at=NOW)

    assert caught.value.data["missing"] == "TEA (HS code, weight)"


def test_what_was_free_is_declared_at_its_customs_value(place):
    carton = packed(make.line("TEA", 2, "0"), make.line("CUP", 1, "3.00"))
    content = documents.reading.customs(f"carton:{carton.pk}", NOW)
    values = {line.sku_code: line.value for line in content.lines}

    assert values == {"TEA": Decimal("8.00"), "CUP": Decimal("3.00")}


def test_labels_of_goods_and_places_scan_as_what_they_say(place):
    tea = Sku.objects.get(code="TEA")
    SkuBarcode.objects.create(sku=tea, code="4006381333931", kind="ean")
    lot = Lot.objects.create(
        sku=tea, code="L-2407", expires_on=dt.date(2027, 3, 31), received_at=NOW
    )
    plain = Lot.objects.create(sku=Sku.objects.get(code="CUP"), code="K7", received_at=NOW)
    shelf, tote = Bin.objects.get(code="A-01"), floor.tote(place, 7)
    wanted = {
        ("lot_label", f"lot:{lot.pk}"): {("Code128", "(01)04006381333931(17)270331(10)L-2407")},
        ("lot_label", f"lot:{plain.pk}"): {("Code128", "LOT-K7")},
        ("kit_label", f"sku:{plain.sku_id}"): {("Code128", "CUP")},
        ("bin_label", f"bin:{shelf.pk}"): {("Code128", "A-01"), ("QRCode", "A-01")},
        ("tote_label", f"bin:{tote.pk}"): {
            ("Code128", "T-007"),
            ("QRCode", "T-007"),
        },
    }

    for (kind, key), codes in wanted.items():
        pdf, zpl = drawn(kind, key), zpl_reader.read(drawn(kind, key, media="zpl"))
        assert papers.codes_of(pdf) == codes
        assert papers.size_of(pdf) == (812, 406)
        assert len(zpl.of("code128")) == 1
    label = papers.text_of(drawn("lot_label", f"lot:{lot.pk}", "zh-hans"))
    assert "红茶" in label
    assert "2027-03-31" in label
    gs1 = zpl_reader.read(drawn("lot_label", f"lot:{lot.pk}", media="zpl")).of("code128")
    assert gs1 == [">;>8010400638133393117270331" + "10>6L-2407"]


def test_a_pallet_label_carries_an_sscc_with_its_check_digit(place):
    code = sscc("4006381", 42, extension=3)
    order = make.place_one(make.line("TEA", 2))
    key = f"shipment:{Shipment.objects.get(order=order).pk}:{code}"

    pdf = drawn("pallet_label", key)

    assert (len(code), check_digit_holds(code)) == (18, True)
    assert papers.codes_of(pdf) == {("Code128", f"(00){code}")}
    assert "12 Mill Lane" in papers.text_of(pdf)
    assert zpl_reader.read(drawn("pallet_label", key, media="zpl")).of("code128") == [
        f">;>800{code}"
    ]


def test_the_command_sheet_holds_every_command_twice_in_two_languages():
    pdf = drawn("command_sheet", "")

    wanted = {(form, code) for code, _text in COMMANDS for form in ("Code128", "QRCode")}
    assert papers.codes_of(pdf) == wanted
    text = papers.text_of(pdf)
    assert "Undo the last scan" in text
    assert "下一个任务" in text


def test_a_pick_list_walks_the_wave_and_counts_its_units(place):
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 3))
    wave = floor.release(order)

    pdf = drawn("pick_list", f"wave:{wave.pk}")

    text = papers.text_of(pdf)
    assert papers.codes_of(pdf) == {("Code128", wave.number)}
    assert "Units to pick 5" in text
    assert "Black tea" in text
    assert Order.objects.get().shipments.get().number in text


def test_a_long_slip_goes_over_several_pages_each_with_its_heading_and_number(place):
    lines = []
    for number in range(60):
        code = f"ITEM-{number:02d}"
        make.put(make.sku(code, name="Long name of an article for the table"), place, 3)
        lines.append(make.line(code, 1, "1.00"))
    carton = packed(*lines)

    text = papers.text_of(drawn("packing_slip", f"carton:{carton.pk}"))

    assert text.count("Amount USD") == 2
    assert "2/2" in text
    assert "USD 60.00" in text


@pytest.mark.parametrize(
    ("kind", "key"),
    [("bin_label", "bin:999"), ("bin_label", "sku:1"), ("cn22", "carton:x"), ("poem", "bin:1")],
)
def test_a_document_of_nothing_is_not_found(kind, key):
    with translation.override("en"), pytest.raises(NotFound):
        documents.render(kind, key, language="en", at=NOW)
