"""Documents of the floor: read, put on paper, kept. The same rows give the same bytes.

`render` is what other parts of the floor call; `KINDS` lists what can be printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import files
from core.errors import NotFound
from core.models.documents import StoredFile
from core.sheets import fonts, pdf, zpl
from core.sheets.elements import Page
from fulfillment.domain.documents import customs, labels, lists, slips
from fulfillment.models import Media
from fulfillment.services import document_reading as reading
from shipping.services import labels as shipping_labels

CONTENT_TYPES: Final = {"pdf": "application/pdf", "zpl": "text/plain; charset=us-ascii"}
#: The language of the second column of the command sheet.
OTHER_LANGUAGE: Final = {"en": "zh-hans", "zh-hans": "en"}

Build = Callable[[str, dt.datetime], tuple[Page, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: its name, its paper, and how a key becomes pages.

    `is_once` kinds are printed once for each key; more is a reprint. `for_customer` kinds speak
    the language of the order's channel unless another is asked for.
    """

    title: object
    media: str
    build: Build
    is_once: bool = False
    for_customer: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """Formats this kind is drawn in."""
        return ("pdf",) if self.media == Media.PAPER else ("pdf", "zpl")


def _slip(
    draw: Callable[..., tuple[Page, ...]],
) -> Build:
    return lambda key, at: draw(reading.slip(key), gettext, fonts.may_print)


def _customs(draw: Callable[..., tuple[Page, ...]]) -> Build:
    return lambda key, at: draw(reading.customs(key, at), gettext, fonts.may_print)


def _label(draw: Callable[..., tuple[Page, ...]], read: Callable[[str], object]) -> Build:
    return lambda key, at: draw(read(key), gettext, fonts.may_print)


def _commands(key: str, at: dt.datetime) -> tuple[Page, ...]:
    here = translation.get_language() or "en"
    other = OTHER_LANGUAGE.get(here, "en")

    def second(text: str) -> str:
        with translation.override(other):
            return gettext(text)

    return lists.command_sheet(gettext, second, fonts.may_print)


def _no_pages(key: str, at: dt.datetime) -> tuple[Page, ...]:
    raise NotFound


KINDS: Final[Mapping[str, Kind]] = {
    "shipping_label": Kind(_("Shipping label"), "label", _no_pages, is_once=True),
    "packing_slip": Kind(
        _("Packing slip"), "paper", _slip(slips.packing_slip), is_once=True, for_customer=True
    ),
    "gift_slip": Kind(
        _("Gift slip"), "paper", _slip(slips.gift_slip), is_once=True, for_customer=True
    ),
    "gift_card": Kind(
        _("Gift card"), "label", _slip(slips.gift_card), is_once=True, for_customer=True
    ),
    "commercial_invoice": Kind(
        _("Commercial invoice"), "paper", _customs(customs.commercial_invoice), is_once=True
    ),
    "cn22": Kind(_("Customs form CN 22"), "label", _customs(customs.cn22), is_once=True),
    "cn23": Kind(_("Customs form CN 23"), "paper", _customs(customs.cn23), is_once=True),
    "lot_label": Kind(_("Lot label"), "small_label", _label(labels.item_label, reading.item_label)),
    "kit_label": Kind(_("Kit label"), "small_label", _label(labels.item_label, reading.item_label)),
    "bin_label": Kind(
        _("Bin label"), "small_label", _label(labels.place_label, reading.place_label)
    ),
    "tote_label": Kind(
        _("Tote label"), "small_label", _label(labels.place_label, reading.place_label)
    ),
    "test_label": Kind(_("Test page"), "label", _label(labels.place_label, reading.place_label)),
    "receipt_hold_label": Kind(
        _("Hold tag"), "small_label", _label(labels.hold_tag, reading.hold_tag)
    ),
    "pallet_label": Kind(
        _("Pallet label"), "label", _label(labels.pallet_label, reading.pallet_label)
    ),
    "pick_list": Kind(_("Pick list"), "paper", _label(lists.pick_list, reading.pick_list)),
    "command_sheet": Kind(_("Command codes"), "paper", _commands),
}


def kind_of(code: str) -> Kind:
    """Return a kind of document by its code.

    Raises:
        NotFound: there is no such kind.
    """
    if code not in KINDS:
        raise NotFound
    return KINDS[code]


def render(
    kind: str, key: str, *, language: str, at: dt.datetime, media: str = "pdf"
) -> StoredFile:
    """Return the file of a document in a language, drawn now or before. Repeatable.

    `media` is the format, pdf or zpl. Writes a file, so call it outside of transactions.

    Raises:
        NotFound: no such kind, format or row.
        NothingToPrint: the document would be empty.
        CustomsDataMissing: a customs form has a hole; the text names SKU and data.
    """
    spec = kind_of(kind)
    if media not in spec.formats:
        raise NotFound
    if kind == "shipping_label":
        return _shipping_label(key, media)
    with translation.override(language):
        pages = spec.build(key, at)
        title = f"{spec.title} {key}"
    content = pdf.render(pages, title=title) if media == "pdf" else zpl.render(pages)
    name = f"{kind}-{key.replace(':', '-') or 'all'}.{media}"
    return files.store(content, name, "document", content_type=CONTENT_TYPES[media])


def _shipping_label(key: str, media: str) -> StoredFile:
    kind, _colon, number = key.partition(":")
    if kind != "parcel" or not number.isdecimal():
        raise NotFound
    label = shipping_labels.get_label(int(number))
    found = label.pdf if media == "pdf" else label.zpl
    if found is None:
        raise NotFound
    return found
