"""A purchase order on A4, as its supplier gets it. Pure; drawn from a revision's snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import exponent
from core.sheets.elements import Page
from core.sheets.flow import BODY, HEAD, SMALL, TITLE, Column, Flow
from core.sheets.wording import MayPrint

#: Turns an English text into the document's language.
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: `code` is ours, `their_code` the supplier's own, `price` and `amount` as texts.

    `tier` says where the price comes from: list or agreement, urgent or not.
    """

    position: int
    code: str
    their_code: str
    name: str
    qty: int
    price: str
    amount: Decimal
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One revision of an order with the names a snapshot only has codes of."""

    number: str
    revision: int
    issued_on: dt.date
    supplier: Sequence[str]
    ship_to: Sequence[str]
    currency: str
    mode: str
    incoterm: str
    agreement: str
    required_by: dt.date | None
    payment_days: int | None
    note: str
    lines: Sequence[PaperLine]
    total: Decimal


def draw(paper: Paper, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the order's pages."""
    flow = Flow(may_print)
    flow.foot = gettext("Purchase order %(number)s, revision %(revision)s") % {
        "number": paper.number,
        "revision": paper.revision,
    }
    flow.pair(gettext("Purchase order"), paper.number, TITLE, bold=True)
    flow.rule(4)
    facts = [
        gettext("Order"),
        paper.number,
        gettext("Revision %(revision)s") % {"revision": paper.revision},
        paper.issued_on.isoformat(),
    ]
    flow.blocks(
        [
            [gettext("Supplier"), *paper.supplier],
            [gettext("Deliver to"), *paper.ship_to],
            facts,
        ]
    )
    flow.gap(20)
    for name, value in _terms(paper, gettext):
        flow.pair(name, value)
    flow.gap(30)
    _goods(flow, paper, gettext)
    flow.gap(10)
    total = f"{paper.currency} {_amount(paper.total, paper.currency)}"
    flow.pair(gettext("Total"), total, HEAD, bold=True)
    if paper.note:
        flow.gap(30)
        flow.line(gettext("Note"), SMALL)
        flow.line(paper.note, BODY)
    flow.gap(30)
    flow.line(
        gettext("Name the order number on every carton, delivery note and invoice."), SMALL, most=2
    )
    flow.bars(paper.number)
    return flow.finish()


def _terms(paper: Paper, gettext: Say) -> list[tuple[str, str]]:
    wanted = paper.required_by.isoformat() if paper.required_by else ""
    paid = ""
    if paper.payment_days is not None:
        paid = gettext("%(days)s days after delivery") % {"days": paper.payment_days}
    rows = [
        (gettext("Wanted by"), wanted),
        (gettext("Transport"), paper.mode),
        (gettext("Incoterm"), paper.incoterm),
        (gettext("Agreement"), paper.agreement),
        (gettext("Payment"), paid),
    ]
    return [(name, value) for name, value in rows if value]


def _goods(flow: Flow, paper: Paper, gettext: Say) -> None:
    name = flow.inner - 80 - 330 - 170 - 230 - 250
    flow.table(
        [
            Column("#", 80),
            Column(gettext("SKU"), 330),
            Column(gettext("Description"), name),
            Column(gettext("Units"), 170, "right"),
            Column(f"{gettext('Unit price')} {paper.currency}", 230, "right"),
            Column(f"{gettext('Amount')} {paper.currency}", 250, "right"),
        ],
        [
            [
                str(line.position),
                " ".join(part for part in (line.code, line.their_code) if part),
                f"{line.name} ({line.tier})" if line.tier else line.name,
                str(line.qty),
                line.price,
                _amount(line.amount, paper.currency),
            ]
            for line in paper.lines
        ],
    )


def _amount(value: Decimal, currency: str) -> str:
    """Return an amount at its currency's exponent, ungrouped: paper goes to any country."""
    return f"{value:.{exponent(currency)}f}"
