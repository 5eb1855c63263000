"""A shipping label as a list of things to draw, before anybody decides between PDF and ZPL.

The sheet is 4 x 6 inches at 203 dots per inch: 812 x 1 218 dots, origin at the top left. Text
comes in already cleaned and wrapped (`core.sheets.wording`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from core.sheets.elements import INNER, LABEL, MARGIN, Code128, Element, Page, QrCode, Rule, Text
from core.sheets.wording import MayPrint, clean_text, wrap
from shipping.domain.tracking_number import grouped

WIDTH, HEIGHT = LABEL
QR_SIZE: Final = 168
#: Height of an address line, its pitch, and how many lines of it there is room for, in dots.
ADDRESS_SIZES: Final = ((46, 58, 7), (38, 47, 8), (32, 39, 10))


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a parcel's way. Everything is plain text; country is ISO 3166 alpha-2."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""

    @classmethod
    def read(cls, snapshot: dict[str, str]) -> Party:
        """Return the party of a stored snapshot; keys it does not know are left out."""
        return cls(**{key: str(snapshot.get(key, "")) for key in cls.__slots__})


@dataclass(frozen=True, slots=True)
class LabelContent:
    """All that a label says."""

    service_name: str
    sender: Party
    recipient: Party
    reference: str
    tracking_number: str
    weight_g: int | None = None
    box_code: str = ""
    position: int = 1
    parcel_count: int = 1

    def digest(self) -> str:
        """Return the SHA-256 of the content, in hex."""
        plain = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def lay_out(content: LabelContent, may_print: MayPrint) -> tuple[Page, str]:
    """Return (page to draw, characters that had to be replaced)."""
    sheet = _Sheet(may_print)
    sheet.line(MARGIN, 40, 48, content.service_name.upper(), bold=True, max_width=560)
    sheet.add(
        Text(
            WIDTH - MARGIN,
            40,
            48,
            f"{content.position}/{content.parcel_count}",
            is_bold=True,
            align="right",
            max_width=150,
        )
    )
    sheet.add(Rule(108))
    _draw_sender(sheet, content.sender)
    sheet.add(Rule(202))
    _draw_recipient(sheet, content.recipient)
    sheet.add(Rule(648))
    _draw_facts(sheet, content)
    sheet.add(QrCode(WIDTH - MARGIN - QR_SIZE, 672, content.tracking_number))
    sheet.add(Rule(866))
    sheet.add(Code128(898, 220, content.tracking_number))
    number = grouped(content.tracking_number)
    sheet.add(Text(MARGIN, 1136, 38, number, is_bold=True, align="center"))
    page = Page(WIDTH, HEIGHT, tuple(sheet.elements))
    return page, "".join(dict.fromkeys(sheet.lost))[:100]


class _Sheet:
    """The elements drawn so far, and the characters lost on the way."""

    def __init__(self, may_print: MayPrint) -> None:
        self.elements: list[Element] = []
        self.lost: list[str] = []
        self._may_print = may_print

    def add(self, element: Element) -> None:
        self.elements.append(element)

    def clean(self, text: str) -> str:
        kept, lost = clean_text(text, self._may_print)
        self.lost += lost
        return kept

    def line(
        self, x: int, y: int, size: int, text: str, *, bold: bool = False, max_width: int = INNER
    ) -> None:
        for fitted in wrap(self.clean(text), size, max_width, 1):
            self.add(Text(x, y, size, fitted, is_bold=bold, max_width=max_width))


def _draw_sender(sheet: _Sheet, sender: Party) -> None:
    who = sender.company or sender.name
    sheet.line(MARGIN, 122, 28, _join([who, sender.line1], " · "))
    place = _join([sender.postcode, sender.city, sender.country], " ")
    sheet.line(MARGIN, 160, 28, place)


def _draw_recipient(sheet: _Sheet, recipient: Party) -> None:
    place = _join([recipient.postcode, recipient.city], " ")
    rows = [
        recipient.name,
        recipient.company,
        recipient.line1,
        recipient.line2,
        _join([place, recipient.region], ", "),
        recipient.country,
    ]
    cleaned = [kept for row in rows if (kept := sheet.clean(row))]
    for size, pitch, most in ADDRESS_SIZES:  # noqa: B007 - the last size tried is the one used
        lines = [line for row in cleaned for line in wrap(row, size, INNER, 3)]
        if len(lines) <= most and not any(line.endswith("...") for line in lines):
            break
    # Too long even in the smallest size: the middle gives way, name and country stay.
    lines = lines if len(lines) <= most else [*lines[: most - 1], lines[-1]]
    for index, line in enumerate(lines):
        is_edge = index in {0, len(lines) - 1}
        sheet.add(Text(MARGIN, 226 + index * pitch, size, line, is_bold=is_edge))


def _draw_facts(sheet: _Sheet, content: LabelContent) -> None:
    facts = [f"Ref {content.reference}"] if content.reference else []
    if content.weight_g:
        facts.append(f"{content.weight_g / 1000:.2f} kg")
    if content.box_code:
        facts.append(content.box_code)
    for index, fact in enumerate(facts):
        sheet.line(MARGIN, 680 + index * 44, 32, fact, max_width=INNER - QR_SIZE - 40)


def _join(parts: Sequence[str], glue: str) -> str:
    return glue.join(part for part in parts if part)
