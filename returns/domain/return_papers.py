"""Papers of a return: the slip in the parcel, the card with the code, the customs statement.

The statement follows the fields of the Universal Postal Union's form CN 23 and carries its English
and French titles, as a form read in another country must; slip and card speak the customer's
language. Nothing here knows a database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from core.money import exponent
from core.sheets.elements import LABEL, Page, QrCode, Text
from core.sheets.flow import BODY, HEAD, SMALL, TITLE, Column, Flow
from core.sheets.wording import MayPrint
from shipping.domain.label import Party

Say = Callable[[str], str]
QR_MODULE = 10
#: Our codes fit version 1 of the symbol: 21 modules a side, each of so many dots on the card.
CARD_SIDE, CARD_MODULE = 21, 22


@dataclass(frozen=True, slots=True)
class SlipLine:
    """Units of one SKU that come back; weight and value are of all its units."""

    sku_code: str
    name: str
    qty: int
    reason: str = ""
    hs_code: str = ""
    origin: str = ""
    text: str = ""
    weight_g: int = 0
    value: Decimal = Decimal(0)

    def lacking(self) -> list[str]:
        """Return what customs would miss, as codes."""
        wanted = {
            "customs_text": self.text,
            "hs_code": self.hs_code,
            "origin_country": self.origin,
            "value": self.value,
            "weight_g": self.weight_g,
        }
        return [name for name, given in wanted.items() if not given]


@dataclass(frozen=True, slots=True)
class ReturnPaper:
    """All that the papers of one return parcel say."""

    number: str
    code: str
    brand: str
    order_number: str
    method: str
    sender: Party
    recipient: Party
    lines: tuple[SlipLine, ...]
    currency: str = ""
    tracking_number: str = ""
    export_tracking: str = ""
    exported_on: dt.date | None = None
    issued_on: dt.date | None = None
    send_by: dt.date | None = None
    pickup_on: dt.date | None = None
    steps: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal:
        """Sum of the lines' values."""
        return sum((line.value for line in self.lines), Decimal(0))

    @property
    def weight_g(self) -> int:
        """Sum of the lines' weights in grams."""
        return sum(line.weight_g for line in self.lines)


def return_slip(paper: ReturnPaper, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the sheet that is put into the parcel; its QR code is the number of the return."""
    flow = Flow(may_print)
    flow.foot = gettext("Return %(number)s") % {"number": paper.number}
    flow.pair(gettext("Return slip"), paper.brand, TITLE, bold=True)
    flow.rule(4)
    top = flow.y
    flow.line(paper.number, TITLE, bold=True, width=flow.inner - 300)
    flow.line(gettext("Order %(number)s") % {"number": paper.order_number}, width=flow.inner - 300)
    for text in _dates(paper, gettext):
        flow.line(text, width=flow.inner - 300)
    flow.add(QrCode(flow.size[0] - flow.margin - 210, top, paper.number, QR_MODULE))
    flow.y = max(flow.y, top + 260)
    flow.blocks(
        [
            [gettext("From"), *_address(paper.sender)],
            [gettext("To"), *_address(paper.recipient)],
        ]
    )
    flow.gap(20)
    flow.table(
        [
            Column(gettext("Item"), flow.inner - 620),
            Column(gettext("Reason"), 460),
            Column(gettext("Qty"), 160, "right"),
        ],
        [[f"{line.name} · {line.sku_code}", line.reason, str(line.qty)] for line in paper.lines],
    )
    flow.gap(20)
    for number, step in enumerate(paper.steps, 1):
        flow.line(f"{number}. {step}", BODY)
    return flow.finish()


def code_card(paper: ReturnPaper, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the card that is shown at the counter: the code large, the number in words."""
    flow = Flow(may_print, LABEL, 40)
    flow.pair(paper.brand, paper.number, HEAD, bold=True)
    flow.rule(3)
    flow.line(gettext("Show this code. The label is printed for you."), HEAD, most=3)
    flow.gap(20)
    side = CARD_SIDE * CARD_MODULE
    flow.add(QrCode((LABEL[0] - side) // 2, flow.y, paper.code, CARD_MODULE))
    flow.y += side + 40
    flow.add(
        Text(flow.margin, flow.y, HEAD, paper.code, is_bold=True, align="center", max_width=732)
    )
    flow.y += HEAD * 2
    for text in _dates(paper, gettext):
        flow.line(text, BODY)
    flow.line(", ".join(_address(paper.recipient)), SMALL, most=3)
    return flow.finish()


def customs_statement(paper: ReturnPaper, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the declaration of returned goods, with the export they came by."""
    flow = Flow(may_print)
    flow.foot = f"CN 23 {paper.number}"
    flow.pair("Customs declaration / Déclaration en douane", "CN 23", HEAD + 8, bold=True)
    flow.pair("Returned goods / Marchandises en retour", paper.number, HEAD, bold=True)
    flow.rule(4)
    if paper.tracking_number:
        flow.bars(paper.tracking_number)
    flow.blocks(
        [
            ["From / De", *_address(paper.sender)],
            ["To / À", *_address(paper.recipient), paper.recipient.phone],
        ]
    )
    flow.gap(20)
    _goods(flow, paper)
    exported = paper.exported_on.isoformat() if paper.exported_on else ""
    reference = " ".join(part for part in (paper.export_tracking, exported) if part)
    flow.pair("Category of item / Catégorie de l'envoi", "Returned goods / Retour")
    flow.pair("Original order / Commande d'origine", paper.order_number)
    flow.pair("Original export / Exportation d'origine", reference)
    flow.gap(30)
    flow.line(STATEMENT, SMALL)
    flow.gap(50)
    flow.pair("Date, signature", "." * 60)
    return flow.finish()


STATEMENT = (
    "These goods were exported under the reference above and come back to the seller unsold and "
    "unaltered. No payment is made for them. The particulars given are correct, and the item "
    "contains nothing that postal or customs rules prohibit."
)


def _goods(flow: Flow, paper: ReturnPaper) -> None:
    flow.table(
        [
            Column("Contents / Contenu", flow.inner - 780),
            Column("HS", 180),
            Column("Origin", 120),
            Column("Qty", 100, "right"),
            Column("kg", 160, "right"),
            Column(paper.currency, 220, "right"),
        ],
        [
            [
                f"{line.text} · {line.sku_code}",
                line.hs_code,
                line.origin,
                str(line.qty),
                _kilos(line.weight_g),
                _amount(line.value, paper.currency),
            ]
            for line in paper.lines
        ],
    )
    value = f"{paper.currency} {_amount(paper.value, paper.currency)}"
    flow.pair("Total value / Valeur totale", value, HEAD, bold=True)
    flow.pair("Total weight / Poids total", f"{_kilos(paper.weight_g)} kg", bold=True)


def _dates(paper: ReturnPaper, gettext: Say) -> list[str]:
    found = []
    if paper.pickup_on:
        found.append(gettext("Pick-up on %(day)s") % {"day": paper.pickup_on.isoformat()})
    if paper.send_by:
        found.append(gettext("Send it by %(day)s") % {"day": paper.send_by.isoformat()})
    return found


def _address(party: Party) -> list[str]:
    place = " ".join(part for part in (party.postcode, party.city) if part)
    lines = (party.name, party.company, party.line1, party.line2, place, party.region)
    return [line for line in (*lines, party.country) if line]


def _kilos(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f}"


def _amount(value: Decimal, currency: str) -> str:
    return f"{value:.{exponent(currency)}f}"
