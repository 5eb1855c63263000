"""Labels for goods, places and pallets, 4 x 2 and 4 x 6 inches."""

from __future__ import annotations

from core.sheets.elements import SMALL_LABEL, Code128, Page, QrCode, Text
from core.sheets.flow import BODY, HEAD, SMALL, Flow
from core.sheets.logistic import LogisticLabel, logistic_label
from core.sheets.wording import MayPrint, wrap
from fulfillment.domain.documents.content import HoldTag, ItemLabel, PalletLabel, PlaceLabel, Say
from fulfillment.domain.documents.slips import address

INNER = SMALL_LABEL[0] - 80


def item_label(label: ItemLabel, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the label of a SKU or one of its lots.

    With a GTIN it carries GS1-128: GTIN, expiry (17) and lot (10) in one scan. Without, it carries
    the lot's code behind `LOT-`, or the SKU's code.
    """
    flow = _small(may_print)
    _top(flow, label.title, label.sku_code)
    for part in wrap(flow.clean(label.name), HEAD, INNER, 2):
        flow.add(Text(40, flow.y, HEAD, part, max_width=INNER))
        flow.y += 44
    facts = []
    if label.lot_code:
        facts.append(f"{gettext('Lot')} {label.lot_code}")
    if label.expires_on:
        facts.append(f"{gettext('Expires')} {label.expires_on.isoformat()}")
    if label.note:
        facts.append(label.note)
    if facts:
        _row(flow, "  ".join(facts), BODY, bold=True)
    flow.y = SMALL_LABEL[1] - 160
    pairs = _pairs(label)
    if pairs:
        module = 2 if len(pairs) > 2 or len(label.lot_code) > 6 else 3
        flow.add(Code128(flow.y, 100, "", module, None, pairs))
        flow.y += 108
        _row(flow, "".join(f"({ai}){value}" for ai, value in pairs), SMALL)
    else:
        data = f"LOT-{label.lot_code}" if label.lot_code else label.sku_code
        _code(flow, data)
    return flow.finish()


def place_label(label: PlaceLabel, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the label of a bin or tote: its code to be read from afar, as bars and as QR."""
    flow = _small(may_print)
    place = " · ".join(part for part in (label.warehouse, label.detail) if part)
    for part in wrap(flow.clean(label.code), 110, INNER - 190, 1):
        flow.add(Text(40, 40, 110, part, is_bold=True, max_width=INNER - 190))
    flow.add(QrCode(SMALL_LABEL[0] - 40 - 168, 40, label.code, 8 if len(label.code) < 12 else 6))
    flow.y = 172
    _row(flow, place, BODY)
    flow.y = SMALL_LABEL[1] - 170
    _code(flow, label.code, height=120, caption=False)
    return flow.finish()


def hold_tag(tag: HoldTag, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return the tag of goods that wait for a decision."""
    flow = _small(may_print)
    _top(flow, gettext("Do not use"), tag.held_on.isoformat())
    _row(flow, tag.reason, HEAD, bold=True)
    for fact in tag.facts[:3]:
        _row(flow, fact, BODY)
    flow.y = SMALL_LABEL[1] - 160
    _code(flow, tag.code)
    return flow.finish()


def pallet_label(label: PalletLabel, gettext: Say, may_print: MayPrint) -> tuple[Page, ...]:
    """Return a logistic label: from, to, contents, and the SSCC as GS1-128 at the foot."""
    lines = LogisticLabel(label.sscc, address(label.sender), address(label.recipient), label.facts)
    return logistic_label(lines, gettext, may_print)


def _small(may_print: MayPrint) -> Flow:
    return Flow(may_print, SMALL_LABEL, 40)


def _top(flow: Flow, left: str, right: str) -> None:
    for part in wrap(flow.clean(left), BODY, INNER // 2, 1):
        flow.add(Text(40, 36, BODY, part, max_width=INNER // 2))
    for part in wrap(flow.clean(right), HEAD, INNER // 2, 1):
        edge = SMALL_LABEL[0] - 40
        flow.add(Text(edge, 32, HEAD, part, is_bold=True, align="right", max_width=INNER // 2))
    flow.y = 84


def _row(flow: Flow, text: str, size: int, *, bold: bool = False) -> None:
    for part in wrap(flow.clean(text), size, INNER, 1):
        flow.add(Text(40, flow.y, size, part, is_bold=bold, max_width=INNER))
    flow.y += size * 5 // 4


def _code(flow: Flow, data: str, *, height: int = 100, caption: bool = True) -> None:
    module = 3 if len(data) <= 16 else 2
    flow.add(Code128(flow.y, height, data, module))
    flow.y += height + 8
    if caption:
        flow.add(Text(40, flow.y, SMALL, data, align="center", max_width=INNER))


def _pairs(label: ItemLabel) -> tuple[tuple[str, str], ...]:
    if not label.gtin:
        return ()
    pairs = [("01", label.gtin)]
    if label.expires_on:
        pairs.append(("17", label.expires_on.strftime("%y%m%d")))
    if label.lot_code and len(label.lot_code) <= 20:
        pairs.append(("10", label.lot_code))
    return tuple(pairs)
