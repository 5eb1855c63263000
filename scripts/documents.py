"""Draw the pictures of docs/documents.md: `python -m scripts.documents [kind …]`.

Runs inside .venv, needs no database: the contents are made up here, so a picture changes only when
its document does. Pictures are half the size of a 203 dpi print, in 16 shades, to stay small.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from decimal import Decimal

import django
import pypdfium2
from django.utils.translation import gettext, override
from PIL import Image, ImageOps

from core.gs1 import sscc
from core.sheets import fonts, pdf
from fulfillment.domain.documents import customs, labels, lists, slips
from fulfillment.domain.documents.content import (
    Customs,
    CustomsLine,
    HoldTag,
    ItemLabel,
    PalletLabel,
    PickList,
    PickStop,
    PlaceLabel,
    Slip,
    SlipLine,
)
from scripts.environment import PROJECT, say
from shipping.domain.label import Party
from suppliers.domain import purchase_paper
from suppliers.domain.purchase_paper import Paper, PaperLine

TARGET = PROJECT / "docs" / "documents"
SHADES = 16
DAY = dt.date(2026, 4, 21)


SENDER = Party("Mingjian Rotterdam", "", "Waalhaven 12", "", "Rotterdam", "", "3089 JH", "NL")
LADY = Party("Ada Brook", "", "12 Mill Lane", "", "London", "", "SW1A 1AA", "GB", "+44 20 0000")
SLIP = Slip(
    "10231",
    DAY,
    "P10017",
    1,
    1,
    SENDER,
    LADY,
    "EUR",
    (
        SlipLine("TEA-ROSE-100", "Rose tea, 100 g", 2, "R2406", "", Decimal("17.80")),
        SlipLine("CUP-CELADON", "Celadon cup 青瓷杯", 1, "", "", Decimal("24.50")),
    ),
    "Happy birthday, Ada! 生日快乐",
    "Mingjian Tea",
)
FORM = Customs(
    "P10017",
    "10231",
    DAY,
    "QS3FJ2K8M4P",
    SENDER,
    LADY,
    "EUR",
    (
        CustomsLine("TEA-ROSE-100", "Rose tea", "090230", "CN", 2, Decimal("17.80"), 260),
        CustomsLine("CUP-CELADON", "Ceramic cup", "691200", "CN", 1, Decimal("24.50"), 410),
    ),
    940,
    Decimal("6.90"),
)
BOUGHT = (
    PaperLine(1, "TIN-ROSE-100", "NB-77", "Rose tea tin 玫瑰茶罐", 280, "31.2", Decimal("8736.00")),
    PaperLine(2, "TEA-LONGJING-50", "", "Longjing green tea, 50 g", 640, "33", Decimal("21120.00")),
)
ORDER = Paper(
    number="PO-1231",
    revision=2,
    issued_on=DAY,
    supplier=("Ningbo Tin Co. 宁波锡品", "NINGBO"),
    ship_to=("Los Angeles", "LAX", "2300 Harbor Ave", "90731 San Pedro", "US"),
    currency="CNY",
    mode="Sea",
    incoterm="FOB",
    agreement="AG-014",
    required_by=dt.date(2026, 6, 2),
    payment_days=30,
    note="Two pallets, 40 cartons each",
    lines=BOUGHT,
    total=Decimal("29856.00"),
)


def papers() -> dict[str, Callable[[], object]]:
    """Return what is drawn, by the name of its picture."""

    def both(text: str) -> str:
        with override("zh-hans"):
            return gettext(text)

    may = fonts.may_print
    lot = ItemLabel(
        gettext("Lot"),
        "TEA-ROSE-100",
        "Rose tea, 100 g 玫瑰花茶",
        "R2406",
        dt.date(2027, 3, 31),
        "04006381333931",
    )
    stops = tuple(
        PickStop(f"A-{row:02d}-{row * 3 % 12:02d}", code, name, lot_code, qty, "S10231", "T-118")
        for row, code, name, lot_code, qty in (
            (1, "TEA-ROSE-100", "Rose tea, 100 g", "R2406", 2),
            (3, "CUP-CELADON", "Celadon cup 青瓷杯", "", 1),
            (7, "BOX-GIFT-M", "Gift box, medium", "", 1),
        )
    )
    held = HoldTag("UR-101", "Unknown code", ("4006381999999 · 24 units",), DAY)
    pallet = PalletLabel(
        sscc("4006381", 42), SENDER, LADY, ("Order 10240", "18 cartons, 216 units")
    )
    return {
        "packing_slip": lambda: slips.packing_slip(SLIP, gettext, may),
        "gift_slip": lambda: slips.gift_slip(SLIP, gettext, may),
        "gift_card": lambda: slips.gift_card(SLIP, gettext, may),
        "commercial_invoice": lambda: customs.commercial_invoice(FORM, gettext, may),
        "cn22": lambda: customs.cn22(FORM, gettext, may),
        "cn23": lambda: customs.cn23(FORM, gettext, may),
        "lot_label": lambda: labels.item_label(lot, gettext, may),
        "kit_label": lambda: labels.item_label(
            ItemLabel(gettext("SKU"), "KIT-TEA-SET", "Tea set for two"), gettext, may
        ),
        "bin_label": lambda: labels.place_label(
            PlaceLabel("A-03-12", "RTM", "Picking"), gettext, may
        ),
        "tote_label": lambda: labels.place_label(PlaceLabel("T-118", "RTM"), gettext, may),
        "receipt_hold_label": lambda: labels.hold_tag(held, gettext, may),
        "pallet_label": lambda: labels.pallet_label(pallet, gettext, may),
        "pick_list": lambda: lists.pick_list(PickList("W1042", "RTM", stops), gettext, may),
        "purchase_order": lambda: purchase_paper.draw(ORDER, gettext, may),
        "command_sheet": lambda: lists.command_sheet(gettext, both, may),
    }


def draw(name: str, pages: object) -> None:
    """Write the picture of a document's first page."""
    page = pypdfium2.PdfDocument(pdf.render(pages))[0]  # type: ignore[arg-type]  # pages of core
    picture = page.render(scale=203 / 72 / 2).to_pil().convert("L")
    framed = ImageOps.expand(picture, 2, 200)
    small = framed.quantize(SHADES, dither=Image.Dither.NONE)
    small.save(TARGET / f"{name}.png", optimize=True)


def main(wanted: list[str]) -> int:
    """Draw all documents, or those named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    TARGET.mkdir(parents=True, exist_ok=True)
    known = papers()
    for name in wanted or known:
        draw(name, known[name]())
        say(f"docs/documents/{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
