"""Papers for customs: commercial invoice, CN 22 and CN 23.

The two declarations follow the fields of the Universal Postal Union's forms and carry their
English and French titles, as a form that is read in another country must; the invoice speaks the
document's language. All three refuse to be printed with a hole in them.
"""

from __future__ import annotations

from decimal import Decimal

from core.sheets.elements import LABEL, Page
from core.sheets.flow import BODY, HEAD, SMALL, TITLE, Column, Flow
from core.sheets.wording import MayPrint
from fulfillment.domain.documents.content import Customs, CustomsLine, Say
from fulfillment.domain.documents.slips import address, amount


def commercial_invoice(customs: Customs, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the invoice of a parcel: one line per SKU, totals that are exactly their sums.

    Raises:
        CustomsDataMissing, NothingToPrint: as `Customs.check`.
    """
    customs.check(gettext)
    flow = Flow(may_print)
    flow.foot = gettext("Invoice %(number)s") % {"number": customs.number}
    flow.pair(gettext("Commercial invoice"), customs.number, TITLE, bold=True)
    flow.rule(4)
    facts = [
        gettext("Invoice"),
        customs.number,
        customs.issued_on.isoformat(),
        gettext("Order %(number)s") % {"number": customs.order_number},
        customs.tracking_number,
    ]
    flow.blocks(
        [
            [gettext("Exporter"), *address(customs.sender)],
            [gettext("Consignee"), *address(customs.recipient), customs.recipient.phone],
            [fact for fact in facts if fact],
        ]
    )
    flow.gap(20)
    _goods(flow, customs, gettext)
    reason = gettext("Gift") if customs.is_gift else gettext("Sale")
    flow.pair(gettext("Reason for export"), reason)
    flow.pair(gettext("Gross weight"), _kilos(customs.gross_g))
    flow.gap(40)
    flow.line(gettext("I declare that this invoice is true and complete."), BODY)
    flow.gap(60)
    flow.pair(gettext("Date and signature"), "." * 60)
    return flow.finish()


def cn23(customs: Customs, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the declaration CN 23.

    Raises:
        CustomsDataMissing, NothingToPrint: as `Customs.check`.
    """
    customs.check(gettext)
    flow = Flow(may_print)
    flow.foot = f"CN 23 {customs.number}"
    flow.pair("Customs declaration / Déclaration en douane", "CN 23", HEAD + 8, bold=True)
    flow.rule(4)
    if customs.tracking_number:
        flow.bars(customs.tracking_number)
    flow.blocks(
        [
            ["From / De", *address(customs.sender)],
            ["To / À", *address(customs.recipient), customs.recipient.phone],
        ]
    )
    flow.gap(20)
    _goods(flow, customs, gettext)
    flow.pair("Total gross weight / Poids brut total", _kilos(customs.gross_g), bold=True)
    flow.pair("Postal charges / Frais de port", _money(customs, customs.shipping_amount))
    flow.pair("Category of item / Catégorie de l'envoi", _category(customs))
    flow.pair("Invoice / Facture", customs.number)
    flow.gap(30)
    flow.line(CERTIFIED, SMALL)
    flow.gap(50)
    flow.pair("Date, signature", "." * 60)
    return flow.finish()


def cn22(customs: Customs, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the declaration CN 22 as a label.

    Raises:
        CustomsDataMissing, NothingToPrint: as `Customs.check`.
    """
    customs.check(gettext)
    flow = Flow(may_print, LABEL, 40)
    flow.pair("Customs declaration", "CN 22", 40, bold=True)
    flow.line("Déclaration en douane", SMALL)
    flow.rule(3)
    flow.pair(_category(customs), customs.order_number, SMALL)
    flow.rule(2)
    flow.table(
        [
            Column("Contents", 290),
            Column("HS", 150),
            Column("kg", 110, "right"),
            Column(customs.currency, 182, "right"),
        ],
        [
            [
                f"{line.qty} x {line.text} ({line.origin})",
                line.hs_code,
                _kilos(line.weight_g or 0).removesuffix(" kg"),
                _plain(customs, line),
            ]
            for line in customs.lines
        ],
    )
    flow.pair("Total weight / Poids total", _kilos(customs.net_g), BODY, bold=True)
    flow.pair("Total value / Valeur totale", _money(customs, customs.value), BODY, bold=True)
    flow.gap(16)
    flow.line(CERTIFIED, 22, most=5)
    flow.gap(10)
    flow.pair(customs.issued_on.isoformat(), customs.sender.name, SMALL)
    if customs.tracking_number:
        flow.bars(customs.tracking_number, height=90)
    return flow.finish()


CERTIFIED = (
    "I certify that the particulars given in this declaration are correct and that this item "
    "contains no dangerous article and none that postal or customs rules prohibit."
)


def _goods(flow: Flow, customs: Customs, gettext: Say) -> None:
    flow.table(
        [
            Column(gettext("Description"), flow.inner - 1010),
            Column(gettext("HS code"), 200),
            Column(gettext("Origin"), 120),
            Column(gettext("Qty"), 110, "right"),
            Column(gettext("Net kg"), 160, "right"),
            Column(f"{gettext('Unit price')} {customs.currency}", 210, "right"),
            Column(f"{gettext('Value')} {customs.currency}", 210, "right"),
        ],
        [
            [
                f"{line.text} · {line.sku_code}",
                line.hs_code,
                line.origin,
                str(line.qty),
                _kilos(line.weight_g or 0).removesuffix(" kg"),
                f"{(line.value or Decimal(0)) / line.qty:.4f}",
                _plain(customs, line),
            ]
            for line in customs.lines
        ],
    )
    flow.pair(gettext("Total value"), _money(customs, customs.value), HEAD, bold=True)
    flow.pair(gettext("Total net weight"), _kilos(customs.net_g), bold=True)


def _plain(customs: Customs, line: CustomsLine) -> str:
    return "" if line.value is None else amount(line.value, customs.currency)


def _money(customs: Customs, value: Decimal) -> str:
    return f"{customs.currency} {amount(value, customs.currency)}"


def _kilos(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f} kg"


def _category(customs: Customs) -> str:
    return "Gift / Cadeau" if customs.is_gift else "Sale of goods / Vente de marchandises"
