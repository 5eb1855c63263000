"""Papers for the floor itself: the sheet of commands, and a wave's pick list."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop
from core.sheets.elements import Code128, Page, QrCode, Text
from core.sheets.flow import BODY, SMALL, TITLE, Column, Flow
from core.sheets.wording import MayPrint
from fulfillment.domain.documents.content import NothingToPrint, PickList, Say

#: Every command code of the floor and what it does, in the order of the sheet.
COMMANDS: Final = (
    ("CMD-OK", gettext_noop("Confirm")),
    ("CMD-UNDO", gettext_noop("Undo the last scan")),
    ("CMD-NEXT", gettext_noop("Next task")),
    ("CMD-SKIP", gettext_noop("Skip this task for now")),
    ("CMD-SHORT", gettext_noop("Fewer are here than asked")),
    ("CMD-DAMAGED", gettext_noop("The item is damaged")),
    ("CMD-HOLD", gettext_noop("Put on the hold shelf")),
    ("CMD-NEWBOX", gettext_noop("Open one more box")),
    ("CMD-CLOSEBOX", gettext_noop("Close the box")),
    ("CMD-PRINT", gettext_noop("Print")),
    ("CMD-REPRINT", gettext_noop("Print again")),
    ("CMD-HELP", gettext_noop("Report a problem")),
    ("CMD-PAUSE", gettext_noop("Pause this task")),
    ("CMD-LOGOUT", gettext_noop("Hand over and sign out")),
    *(
        (f"CMD-QTY-{number}", gettext_noop("Count"))
        for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24)
    ),
)
PER_PAGE: Final = 14


def command_sheet(first: Say, second: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the commands in two languages, each as Code 128 and as QR, two to a row."""
    flow = Flow(may_print)
    flow.foot = first("Command codes")
    width = flow.inner // 2
    for place, (code, text) in enumerate(COMMANDS):
        if place % PER_PAGE == 0:
            flow.room(flow.size[1] if place else 0)
            flow.line(f"{first('Command codes')} · {second('Command codes')}", TITLE, bold=True)
            flow.rule(3)
        _command(flow, code, (first(text), second(text)), flow.margin + place % 2 * width)
        if place % 2 or place == len(COMMANDS) - 1:
            flow.gap(288)
    return flow.finish()


def pick_list(content: PickList, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return a wave's stops in walking order.

    Raises:
        NothingToPrint: the wave has no open stop.
    """
    if not content.stops:
        raise NothingToPrint(what=content.wave_number)
    flow = Flow(may_print)
    flow.foot = gettext("Wave %(number)s") % {"number": content.wave_number}
    title = f"{gettext('Pick list')} {content.wave_number}"
    flow.pair(title, content.warehouse, TITLE, bold=True)
    flow.bars(content.wave_number)
    flow.table(
        [
            Column(gettext("Bin"), 220),
            Column(gettext("SKU"), 260),
            Column(gettext("Item"), flow.inner - 220 - 260 - 200 - 110 - 230),
            Column(gettext("Lot"), 200),
            Column(gettext("Qty"), 110, "right"),
            Column(gettext("Tote"), 230, "right"),
        ],
        [
            [
                stop.bin_code,
                stop.sku_code,
                stop.name,
                stop.lot_code,
                str(stop.qty),
                stop.tote_code or stop.shipment_number,
            ]
            for stop in content.stops
        ],
    )
    units = sum(stop.qty for stop in content.stops)
    flow.pair(gettext("Units to pick"), str(units), bold=True)
    return flow.finish()


def _command(flow: Flow, code: str, texts: tuple[str, str], x: int) -> None:
    width = flow.inner // 2 - 20
    y = flow.y
    for text in dict.fromkeys(map(flow.clean, texts)):
        flow.add(Text(x, y, BODY, text, is_bold=True, max_width=width))
        y += 38
    top = flow.y + 84
    flow.add(Code128(top, 110, code, 2, x + 20), QrCode(x + width - 190, flow.y + 50, code, 7))
    flow.add(Text(x + 20, top + 122, SMALL, code, max_width=width))
