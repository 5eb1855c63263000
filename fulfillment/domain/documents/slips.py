"""Papers for the customer: packing slip, gift slip without prices, gift card."""

from __future__ import annotations

from decimal import Decimal

from core.money import exponent
from core.sheets.elements import LABEL, Frame, Page, Text
from core.sheets.flow import BODY, HEAD, TITLE, Column, Flow
from core.sheets.wording import MayPrint, wrap
from fulfillment.domain.documents.content import NothingToPrint, Say, Slip
from shipping.domain.label import Party


def packing_slip(slip: Slip, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the slip of a parcel with what was paid for it.

    Raises:
        NothingToPrint: the parcel holds nothing.
    """
    return _slip(slip, gettext, may_print, with_prices=True)


def gift_slip(slip: Slip, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the slip of a gift: no price anywhere, the message in a frame, if there is one.

    Raises:
        NothingToPrint: the parcel holds nothing.
    """
    return _slip(slip, gettext, may_print, with_prices=False)


def gift_card(slip: Slip, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return a card with the message alone.

    Raises:
        NothingToPrint: there is no message.
    """
    flow = Flow(may_print, LABEL, 40)
    message = flow.clean(slip.gift_message)
    if not message:
        raise NothingToPrint(what=gettext("the gift message"))
    width, height = LABEL
    flow.add(Frame(40, 40, width - 80, height - 80, 3))
    size = 54 if len(message) <= 120 else 42
    lines = wrap(message, size, width - 200, 20)
    y = (height - len(lines) * size * 3 // 2) // 2
    for row, text in enumerate(lines):
        top = y + row * size * 3 // 2
        flow.add(Text(100, top, size, text, align="center", max_width=width - 200))
    name = flow.clean(slip.recipient.name)
    if name:
        title = gettext("For %(name)s") % {"name": name}
        flow.add(Text(100, 110, 40, title, is_bold=True, align="center", max_width=width - 200))
    return flow.finish()


def address(party: Party) -> list[str]:
    """Return the lines of an address, country last."""
    place = " ".join(part for part in (party.postcode, party.city) if part)
    lines = [party.name, party.company, party.line1, party.line2, place, party.region]
    return [line for line in (*lines, party.country) if line]


def amount(value: Decimal, currency: str) -> str:
    """Return an amount at its currency's exponent, without grouping: paper goes to any country."""
    return f"{value:.{exponent(currency)}f}"


def _slip(slip: Slip, gettext: Say, may_print: MayPrint, *, with_prices: bool) -> tuple[Page, ...]:
    if not slip.lines:
        raise NothingToPrint(what=slip.parcel_number)
    flow = Flow(may_print)
    flow.foot = gettext("Order %(number)s") % {"number": slip.order_number}
    title = gettext("Packing slip") if with_prices else gettext("Gift")
    flow.pair(title, slip.brand or slip.sender.name, TITLE, bold=True)
    flow.rule(4)
    facts = [
        gettext("Order"),
        slip.order_number,
        slip.placed_on.isoformat(),
        gettext("Parcel %(number)s") % {"number": slip.parcel_number},
        f"{slip.position}/{slip.parcel_count}",
    ]
    flow.blocks(
        [
            [gettext("Sender"), *address(slip.sender)],
            [gettext("Recipient"), *address(slip.recipient)],
            facts,
        ]
    )
    flow.gap(20)
    if slip.gift_message.strip() and not with_prices:
        flow.framed(slip.gift_message)
    _lines(flow, slip, gettext, with_prices=with_prices)
    flow.gap(30)
    flow.bars(slip.parcel_number)
    return flow.finish()


def _lines(flow: Flow, slip: Slip, gettext: Say, *, with_prices: bool) -> None:
    money = [Column(f"{gettext('Amount')} {slip.currency}", 250, "right")] if with_prices else []
    flow.table(
        [
            Column(gettext("SKU"), 300),
            Column(gettext("Item"), flow.inner - 300 - 250 - 130 - 250 * len(money)),
            Column(gettext("Lot"), 250),
            Column(gettext("Qty"), 130, "right"),
            *money,
        ],
        [
            [
                line.sku_code,
                f"{line.name} ({line.note})" if line.note else line.name,
                line.lot_code,
                str(line.qty),
                *([_paid(line.amount, slip.currency)] if with_prices else []),
            ]
            for line in slip.lines
        ],
    )
    units = sum(line.qty for line in slip.lines)
    flow.pair(gettext("Units in this parcel"), str(units), HEAD, bold=True)
    if with_prices:
        total = sum((line.amount or Decimal(0) for line in slip.lines), Decimal(0))
        paid = f"{slip.currency} {amount(total, slip.currency)}"
        flow.pair(gettext("Goods in this parcel"), paid, HEAD, bold=True)
    else:
        flow.line(gettext("This parcel is a gift, so it names no prices."), BODY)


def _paid(value: Decimal | None, currency: str) -> str:
    return "" if value is None else amount(value, currency)
