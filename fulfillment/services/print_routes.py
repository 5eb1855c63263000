"""Set up printers, and which of them a station uses for which size of sheets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from fulfillment.models import Media, Printer, Station, StationPrinter

#: Ports on which printers take raw data. Any other port is no printer's.
PORTS: Final = frozenset({6101, *range(9100, 9110)})
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?")
_FOLDER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class PrinterAddressRefused(InputRefused):
    """The address does not fit the way the printer is reached."""

    code = "PRINTER_ADDRESS"
    text = gettext_noop(
        "A network printer has an address such as 10.0.0.12:9100 (ports 6101 and 9100 to 9109), "
        "a file printer a folder name of small letters, digits and hyphens."
    )


class PrinterMediaRefused(InputRefused):
    """A ZPL printer prints labels."""

    code = "PRINTER_MEDIA"
    text = gettext_noop("A ZPL printer prints labels. Choose another way of printing for paper.")


@dataclass(frozen=True, slots=True)
class PrinterDraft:
    """A printer by code: where it is, how it is reached, what lies in it."""

    code: str
    name: str
    warehouse_id: int
    mode: str
    media: str
    address: str = ""
    is_active: bool = True


@transaction.atomic
def save_printer(draft: PrinterDraft, *, actor: Actor, at: dt.datetime) -> Printer:
    """Create or change a printer by code; return it. Repeatable.

    Raises:
        PrinterAddressRefused: the address does not fit the mode.
        PrinterMediaRefused: a ZPL printer was given paper.
    """
    _check(draft)
    values = {name: value for name, value in asdict(draft).items() if name != "code"}
    if draft.mode == Printer.Mode.BROWSER:
        values["address"] = ""
    printer, made = Printer.objects.update_or_create(code=draft.code, defaults=values)
    audit.record(
        actor=actor,
        action=f"fulfillment.printer_{'created' if made else 'changed'}",
        target=f"printer:{printer.pk}",
        after={"code": draft.code, "mode": draft.mode, "address": printer.address},
        at=at,
    )
    return printer


@transaction.atomic
def set_printers(
    station: Station, printers: Mapping[str, Printer | None], *, actor: Actor, at: dt.datetime
) -> None:
    """Say which printer a station uses for each size of sheets; None takes it away. Repeatable.

    Raises:
        PrinterAddressRefused: a printer of another warehouse or another size was named.
    """
    for media, printer in printers.items():
        StationPrinter.objects.filter(station=station, media=media).delete()
        if printer is None:
            continue
        if printer.media != media or printer.warehouse_id != station.warehouse_id:
            raise PrinterAddressRefused
        StationPrinter.objects.create(station=station, media=media, printer=printer)
    audit.record(
        actor=actor,
        action="fulfillment.station_printers_changed",
        target=f"station:{station.pk}",
        after={media: printer.code if printer else "" for media, printer in printers.items()},
        at=at,
    )


def _check(draft: PrinterDraft) -> None:
    if draft.mode == Printer.Mode.NETWORK_ZPL:
        host, _colon, port = draft.address.partition(":")
        known = port == "" or (port.isascii() and port.isdecimal() and int(port) in PORTS)
        if not _HOST.fullmatch(host) or not known:
            raise PrinterAddressRefused
        if draft.media == Media.PAPER:
            raise PrinterMediaRefused
    elif draft.mode == Printer.Mode.FILE and not _FOLDER.fullmatch(draft.address):
        raise PrinterAddressRefused
