import io
import re

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, strategies
from pypdf import PdfReader

from core.sheets import fonts, zpl
from shipping.carriers.base import CarrierRefused, LabelOrder
from shipping.carriers.builtin.gateway import BuiltinCarrier
from shipping.domain.label import HEIGHT, WIDTH, Party
from shipping.domain.tracking_number import is_tracking_number
from tests.shipping.carriers import zpl_reader

ALLOWED = {"^XA", "^CI", "^PW", "^LL", "^LH", "^FO", "^A0", "^FH", "^FD", "^FS", "^FB"} | {
    "^GB",
    "^GF",
    "^BY",
    "^BC",
    "^BQ",
    "^PQ",
    "^XZ",
}
BERLIN = Party(name="Li Wei", line1="Oranienstr. 24", postcode="10997", city="Berlin", country="DE")
SHANGHAI = Party(
    name="王小明",
    company="上海茶叶公司",
    line1="南京西路 1266 号恒隆广场 A 座 3201 室",
    postcode="200040",
    city="上海市",
    country="CN",
)
HOSTILE = [
    "^XA^FO0,0^FDpwned^FS^XZ",
    "~JA",
    "^XZ~HS",
    r"_5EXA\&",
    ",,,,^^^~~~",
    "a\x00b\x02c\x03d\r\ne\x1b[2J\x7f",
    "^" * 5_000,
    "x" * 5_000,
    "王" * 5_000,
    "😀🏳️‍🌈👨‍👩‍👧",
    "\u202eevil\u202c\u2066gnp.exe\u2069",
    "\ud800 lone surrogate",
    "ﷺ" * 400,
    "^FH_^FD_5E_58_41",
    "Z\u0351\u0300\u0301algo",
    "",
]


def order(reference="parcel:1:1", **changes):
    facts = {
        "service_code": "GROUND",
        "service_name": "Quayside Ground",
        "parcel_reference": "10231-1",
        "sender": Party(company="Mingjian Trading", line1="Waalhaven 12", country="NL"),
        "recipient": BERLIN,
        "weight_g": 940,
        "box_code": "B2",
        "parcel_count": 2,
    }
    return LabelOrder(reference=reference, **(facts | changes))


def decode(pdf):
    """Render the page as a 203 dpi printer does and read its two codes."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    assert picture.size == (WIDTH, HEIGHT)
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(picture)}


def with_hostile(text):
    everywhere = Party(**dict.fromkeys(Party.__slots__, text))
    return order(
        recipient=everywhere,
        sender=everywhere,
        service_name=text,
        parcel_reference=text,
        box_code=text,
    )


@pytest.mark.parametrize("recipient", [BERLIN, SHANGHAI], ids=["latin", "chinese"])
def test_both_codes_of_the_pdf_and_both_of_the_zpl_say_the_tracking_number(recipient):
    label = BuiltinCarrier().buy(order(recipient=recipient))

    printed = zpl_reader.read(label.files["zpl"])

    assert is_tracking_number(label.tracking_number)
    assert decode(label.files["pdf"]) == {
        "Code128": label.tracking_number,
        "QRCode": label.tracking_number,
    }
    assert printed.of("code128") == printed.of("qr") == [label.tracking_number]


def test_the_label_says_who_where_and_what():
    label = BuiltinCarrier().buy(order())

    text = PdfReader(io.BytesIO(label.files["pdf"])).pages[0].extract_text()
    lines = zpl_reader.read(label.files["zpl"]).of("text")

    for part in ("QUAYSIDE GROUND", "1/2", "Li Wei", "10997 Berlin", "DE", "Ref 10231-1", "B2"):
        assert part in text
        assert part in lines
    assert "0.94 kg" in lines


def test_the_same_order_gives_the_same_bytes_for_ever():
    first, second = BuiltinCarrier().buy(order()), BuiltinCarrier().buy(order())

    assert first == second
    assert first.files["pdf"] == second.files["pdf"]


def test_another_reference_is_another_label():
    first, second = (BuiltinCarrier().buy(order(f"parcel:{n}:1")) for n in (1, 2))

    assert first.tracking_number != second.tracking_number
    assert first.content_hash != second.content_hash


def test_chinese_is_embedded_in_the_pdf_and_drawn_as_dots_in_zpl():
    label = BuiltinCarrier().buy(order(recipient=SHANGHAI))

    page = PdfReader(io.BytesIO(label.files["pdf"])).pages[0]
    pictures = zpl_reader.read(label.files["zpl"]).of("picture")

    assert "王小明" in page.extract_text()
    assert any("NotoSansSC" in str(font) for font in _font_names(page))
    assert label.replaced == ""
    assert len(pictures) == 5  # name, company, street in two lines, city
    for picture in pictures:
        width, height = zpl_reader.picture_size(picture)
        assert 0 < width <= WIDTH
        assert 0 < height <= 80


def _font_names(page):
    for font in page["/Resources"]["/Font"].values():
        yield font.get_object()["/BaseFont"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_rel_h_04_no_text_becomes_a_printer_command(text):
    hostile = with_hostile(text) if text else order(box_code="", parcel_reference="")

    label = BuiltinCarrier().buy(hostile)
    printed = zpl_reader.read(label.files["zpl"])

    assert set(printed.commands) <= ALLOWED
    assert [printed.commands.count(name) for name in ("^XA", "^XZ", "^PQ", "^LH")] == [1, 1, 1, 1]
    assert printed.of("code128") == [label.tracking_number]
    assert b"~" not in label.files["zpl"]
    assert label.files["zpl"].isascii()
    assert len(label.files["zpl"]) < 200_000
    for line in printed.of("text"):
        assert line.isprintable()


@given(strategies.text(max_size=200))
def test_rel_h_04_any_text_survives_the_escape_unharmed(text):
    encodable = text.encode("utf-8", "ignore").decode()

    escaped = zpl.escape(encodable)

    assert re.fullmatch(r"(?:[A-Za-z0-9 ./\-]|_[0-9A-F]{2})*", escaped)
    field = zpl_reader.read(f"^XA^FO0,0^FH_^FD{escaped}^FS^XZ".encode()).fields[0]
    assert field.data == encodable


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_rel_h_05_a_pdf_of_hostile_text_is_small_still_and_fetches_nothing(text):
    label = BuiltinCarrier().buy(with_hostile(text) if text else order())

    raw = label.files["pdf"]
    page = PdfReader(io.BytesIO(raw)).pages[0]

    assert len(raw) < 400_000
    assert "/Annots" not in page
    for forbidden in (b"/JavaScript", b"/URI", b"/Launch", b"/EmbeddedFile", b"/OpenAction"):
        assert forbidden not in raw
    assert decode(raw)["Code128"] == label.tracking_number


@pytest.mark.parametrize(
    "text", ['<img src="file:///etc/passwd">', "<link href=http://example.org/a.css>@import x"]
)
def test_rel_h_05_markup_in_a_name_is_printed_as_it_is(text):
    label = BuiltinCarrier().buy(order(recipient=Party(name=text, country="DE")))

    printed = "".join(zpl_reader.read(label.files["zpl"]).of("text"))

    assert text[:20].replace(" ", "") in printed.replace(" ", "")


def test_characters_without_glyph_are_replaced_and_named():
    label = BuiltinCarrier().buy(order(recipient=Party(name="Ann 😀", country="DE")))

    assert label.replaced == "😀"
    assert "Ann ?" in zpl_reader.read(label.files["zpl"]).of("text")


def test_bidirectional_overrides_leave_the_label():
    label = BuiltinCarrier().buy(order(recipient=Party(name="\u202eAnn\u202c Lee", country="DE")))

    assert "Ann Lee" in zpl_reader.read(label.files["zpl"]).of("text")


def test_a_long_address_gets_smaller_type_before_it_is_cut():
    long_line = "Building 7, Courtyard of the Old Ropewalk, Staircase C, Third Floor, Door 31"
    label = BuiltinCarrier().buy(
        order(recipient=Party(name="Ann Lee", line1=long_line, city="Leith", country="GB"))
    )

    text = " ".join(zpl_reader.read(label.files["zpl"]).of("text"))

    assert long_line in " ".join(text.split())


def test_an_address_without_country_is_refused_for_good():
    with pytest.raises(CarrierRefused) as caught:
        BuiltinCarrier().buy(order(recipient=Party(name="Ann Lee")))

    assert caught.value.reason == "ADDRESS_WITHOUT_COUNTRY"


def test_buying_again_finds_the_first_label():
    carrier = BuiltinCarrier()

    assert carrier.find(order()) == carrier.buy(order())
    assert carrier.void("QS1", "parcel:1:1")


def test_the_font_for_chinese_is_where_set_up_puts_it():
    assert fonts.font_path().is_file()
    assert fonts.may_print("茗")
