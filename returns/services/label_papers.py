"""Papers of a return's way back, drawn when they are asked for: no copy is kept anywhere.

The carrier's label alone is a stored file; it is bought, not drawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext

from core import files as stored_files
from core import qr_picture
from core.errors import NotFound
from core.sheets import fonts, pdf
from core.sheets.elements import Page
from returns.domain import label_methods, return_papers
from returns.domain.label_methods import METHODS
from returns.domain.return_papers import ReturnPaper, SlipLine
from returns.label_words import METHODS as METHOD_WORDS
from returns.label_words import STEPS
from returns.models import ReturnLabel, ReturnLine
from returns.services.label_parties import parties
from shipping.services import labels

PDF: Final = "application/pdf"
#: Labels of these states have papers.
_USABLE: Final = (label_methods.READY, label_methods.USED)
#: No papers name goods that nobody sends.
_STAYS: Final = (ReturnLine.Resolution.RETURNLESS, ReturnLine.Resolution.REJECT)


@dataclass(frozen=True, slots=True)
class LabelFile:
    """One paper or picture that can be read: `kind` is what `read_file` takes."""

    kind: str
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file on its way to a reader."""

    name: str
    content_type: str
    content: bytes


def files(request_id: int, *, part: int = 1) -> list[LabelFile]:
    """Return what can be read of a return's way back, most needed first; three statements.

    Kinds: label, customs, code (a PNG for the phone), code_card, slip.
    """
    row = _current(request_id, part)
    if row is None:
        return []
    number = row.request.number
    return [_file(kind, number) for kind in _kinds(row)]


def read_file(request_id: int, kind: str, *, language: str, part: int = 1) -> Paper:
    """Return one of the files; the same return gives the same bytes in the same language.

    Raises:
        NotFound: the return has no such file now.
        FileDamaged: the carrier's label is gone from the disk.
    """
    row = _current(request_id, part)
    if row is None or kind not in _kinds(row):
        raise NotFound
    file = _file(kind, row.request.number)
    if kind == "label" and row.parcel_id is not None:
        found = labels.get_label(row.parcel_id).pdf
        content = stored_files.read(found) if found else b""
    elif kind == "code":
        content = qr_picture.png(row.code)
    else:
        content = _draw(row, kind, language)
    return Paper(file.name, file.content_type, content)


def _current(request_id: int, part: int) -> ReturnLabel | None:
    rows = ReturnLabel.objects.filter(request_id=request_id, part=part, state__in=_USABLE)
    related = rows.select_related(
        "parcel", "outbound_parcel", "warehouse", "request__order", "request__channel"
    )
    return related.order_by("-pk").first()


def _kinds(row: ReturnLabel) -> list[str]:
    method = METHODS[row.method]
    kinds = []
    if method.prints and row.parcel is not None and row.parcel.tracking_number:
        kinds.append("label")
    if row.method in {"qr", "drop_off", "pickup", "store"}:
        kinds += ["code", "code_card"]
    if row.is_international and row.customs:
        kinds.append("customs")
    return [*kinds, "slip"]


def _file(kind: str, number: str) -> LabelFile:
    if kind == "code":
        return LabelFile(kind, f"{number}-code.png", "image/png")
    return LabelFile(kind, f"{number}-{kind.replace('_', '-')}.pdf", PDF)


def _draw(row: ReturnLabel, kind: str, language: str) -> bytes:
    drawers: dict[str, Callable[[ReturnPaper], tuple[Page, ...]]] = {
        "slip": lambda paper: return_papers.return_slip(paper, gettext, fonts.may_print),
        "code_card": lambda paper: return_papers.code_card(paper, gettext, fonts.may_print),
        "customs": lambda paper: return_papers.customs_statement(paper, fonts.may_print),
    }
    with translation.override(language):
        paper = read(row, language)
        pages = drawers[kind](paper)
        title = gettext("Return %(number)s") % {"number": paper.number}
    return pdf.render(pages, title=title)


def read(row: ReturnLabel, language: str) -> ReturnPaper:
    """Return what the papers of a label say, in the active language."""
    request = row.request
    sender, recipient = parties(row)
    outbound = row.outbound_parcel
    lines = request.lines.filter(kind=ReturnLine.Kind.EXPECTED).exclude(resolution__in=_STAYS)
    customs = {str(one["sku_code"]): one for one in row.customs}
    is_chinese = language.lower().startswith("zh")
    return ReturnPaper(
        number=request.number,
        code=row.code,
        brand=request.channel.name if request.channel else "",
        order_number=request.order.number if request.order else "",
        method=str(METHOD_WORDS[row.method]),
        sender=sender,
        recipient=recipient,
        lines=tuple(
            _line(line, customs, is_chinese)
            for line in lines.select_related("sku", "reason").order_by("position")
        ),
        currency=row.currency,
        tracking_number=(row.parcel.tracking_number or "") if row.parcel else "",
        export_tracking=(outbound.tracking_number or "") if outbound else "",
        exported_on=_day(outbound.handed_over_at) if outbound else None,
        issued_on=_day(row.asked_at),
        send_by=row.expires_on,
        pickup_on=row.pickup_on,
        steps=tuple(str(step) for step in STEPS[row.method]),
    )


def _line(line: ReturnLine, customs: dict[str, dict[str, Any]], is_chinese: bool) -> SlipLine:
    sku = line.sku
    name, name_zh = (sku.name, sku.name_zh) if sku else (line.description, "")
    code = sku.code if sku else ""
    reason = line.reason
    kept = customs.get(code, {})
    return SlipLine(
        sku_code=code,
        name=name_zh if is_chinese and name_zh else name,
        qty=line.qty,
        reason=(reason.name_zh if is_chinese and reason.name_zh else reason.name) if reason else "",
        hs_code=str(kept.get("hs_code", "")),
        origin=str(kept.get("origin", "")),
        text=str(kept.get("text", "")),
        weight_g=int(kept.get("weight_g", 0)),
        value=Decimal(str(kept.get("value", "0"))),
    )


def _day(at: dt.datetime | None) -> dt.date | None:
    return at.date() if at else None
