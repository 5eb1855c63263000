"""Rate cards: put in whole from a file, versioned, never overlapping."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from core.imports import snapshots
from core.imports.kinds import Change, UndoReport
from inventory.models import Warehouse
from shipping.domain.rate_file import COLUMNS, REQUIRED, CardDraft, RateFault, read_cards
from shipping.models import CarrierService, RateBreak, RateCard, ShippingZone, ZoneCountry

LARGEST_BYTES = 5_000_000


class RateFileRefused(InputRefused):
    """The file can't be used; `faults` names every value and its fix. Nothing was written."""

    code = "RATE_FILE_REFUSED"
    text = gettext_noop("%(count)s values of the rate file can't be used. Nothing was imported.")

    def __init__(self, faults: Sequence[RateFault]) -> None:
        super().__init__(count=len(faults))
        self.faults = list(faults)


class RateCardOverlaps(StateConflict):
    """Another card of the service is in force on some of these days."""

    code = "RATE_CARD_OVERLAPS"
    text = gettext_noop(
        "%(service)s already has rate card version %(version)s on some of these days. "
        "Choose other dates, or let the new card start later than %(start)s."
    )


@dataclass(frozen=True, slots=True)
class RateImport:
    """What an import did: new cards, cards that were there already, and every row it touched."""

    cards: tuple[RateCard, ...]
    unchanged: int
    changes: tuple[Change, ...] = ()


def import_rates(data: bytes, *, source_name: str, actor: Actor, at: dt.datetime) -> RateImport:
    """Import the rate cards of a CSV file, all or none.

    The same file again changes nothing. A card that starts later ends an open-ended predecessor on
    its own first day; any other overlap is refused.

    Raises:
        RateFileRefused: some values can't be used.
        RateCardOverlaps: a card in force covers the same days.
    """
    drafts, faults = read_cards(_rows(data))
    if faults:
        raise RateFileRefused(faults + find_unknown(drafts))
    return put_cards(drafts, source_name=source_name, actor=actor, at=at)


def put_cards(
    drafts: Sequence[CardDraft], *, source_name: str, actor: Actor, at: dt.datetime
) -> RateImport:
    """Store rate cards, all or none; see `import_rates`. Locks their services in pk order.

    Raises:
        RateFileRefused: a service or a warehouse is unknown.
        RateCardOverlaps: a card in force covers the same days.
    """
    faults = find_unknown(drafts)
    if faults:
        raise RateFileRefused(faults)
    made: list[RateCard] = []
    changes: list[Change] = []
    with transaction.atomic():
        # The services' rows serialize imports of the same service.
        codes = {draft.service_code for draft in drafts}
        rows = CarrierService.objects.select_for_update().filter(code__in=codes).order_by("pk")
        services = {row.code: row for row in rows}
        for draft in in_order(drafts):
            card = _put(draft, services[draft.service_code], source_name, at, changes)
            if card is None:
                continue
            made.append(card)
            audit.record(
                actor=actor,
                action="shipping.rate_card_imported",
                target=f"rate_card:{card.pk}",
                at=at,
                after={"service": draft.service_code, "version": card.version},
            )
    return RateImport(tuple(made), len(drafts) - len(made), tuple(changes))


def in_order(drafts: Sequence[CardDraft]) -> list[CardDraft]:
    """Return cards as they are stored: by service, the earliest first."""
    return sorted(drafts, key=lambda card: (card.service_code, card.valid_from))


def foresee(drafts: Sequence[CardDraft]) -> tuple[int, int]:
    """Return how many cards of one service would be new, and how many are there; writes nothing.

    Raises:
        RateCardOverlaps: a card, stored or of these, covers the same days.
    """
    code = drafts[0].service_code
    cards = RateCard.objects.filter(service__code=code).order_by("version")
    rows = cards.values_list("content_hash", "valid_from", "valid_to", "version")
    known = {row[0] for row in rows}
    ranges: list[tuple[dt.date, dt.date | None, int]] = [(row[1], row[2], row[3]) for row in rows]
    newest = max((version for _start, _end, version in ranges), default=0)
    new = 0
    for draft in in_order(drafts):
        if _digest(draft) in known:
            continue
        new += 1
        start = draft.valid_from
        ranges = [(a, start if b is None and a < start else b, v) for a, b, v in ranges]
        for begin, end, version in ranges:
            ends_later = end is None or end > start
            if ends_later and (draft.valid_to is None or begin < draft.valid_to):
                raise RateCardOverlaps(service=code, version=version, start=begin.isoformat())
        ranges.append((start, draft.valid_to, newest + new))
    return new, len(drafts) - new


@transaction.atomic
def take_back(changes: Sequence[Change]) -> UndoReport:
    """Remove imported cards and let their predecessors run on, where nothing changed since.

    Call it for the changes of one import. A predecessor whose days another card took stays ended.
    """
    mine = [change for change in changes if change.model == RateCard._meta.label]
    parts = (ShippingZone, ZoneCountry, RateBreak)
    added = [change for change in mine if change.before is None]
    report = snapshots.take_back(added, RateCard, owned=parts)
    for change in mine:
        if change.before is None:
            continue
        before = snapshots.restored_values(RateCard, change.before)
        taken = RateCard.objects.filter(service_id=before["service_id"]).overlapping(
            before["valid_from"], before["valid_to"]
        )
        if taken.exclude(pk=change.object_id).exists():
            report.touched.append(change.label)
        else:
            report.add(snapshots.take_back([change], RateCard, owned=parts))
    return report


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """Return numbered rows; UTF-8 with or without mark, else GB18030.

    Raises:
        RateFileRefused: no text, too large, or columns are missing.
    """
    if len(data) > LARGEST_BYTES:
        fix = gettext_noop("The file is larger than 5 MB. Divide it by service.")
        raise RateFileRefused([RateFault(1, "", "", fix)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            fix = gettext_noop("The file is no text. Save it as CSV in UTF-8.")
            raise RateFileRefused([RateFault(1, "", "", fix)]) from error
    sample = text.partition("\n")[0]
    delimiter = max(",;\t", key=sample.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    try:
        header = {name.strip().lower(): name for name in reader.fieldnames or ()}
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            fix = gettext_noop("The first line must name this column.")
            raise RateFileRefused([RateFault(1, name, "", fix) for name in missing])
        known = {name: header[name] for name in COLUMNS if name in header}
        return [
            (reader.line_num, {name: raw[column] or "" for name, column in known.items()})
            for raw in reader
        ]
    except csv.Error as error:
        fix = gettext_noop("The line can't be read as CSV. Check its quotation marks.")
        raise RateFileRefused([RateFault(reader.line_num, "", str(error), fix)]) from error


def find_unknown(drafts: Sequence[CardDraft]) -> list[RateFault]:
    """Return a fault for each service and warehouse that does not exist. Two statements."""
    services = set(CarrierService.objects.values_list("code", flat=True))
    warehouses = set(Warehouse.objects.values_list("code", flat=True))
    faults = []
    for draft in drafts:
        if draft.service_code not in services:
            fix = gettext_noop("No shipping service has this code. Add it under Shipping first.")
            faults.append(RateFault(draft.first_line, "service", draft.service_code, fix))
        for code in sorted({zone.warehouse_code for zone in draft.zones.values()} - warehouses):
            if code:
                fix = gettext_noop("No warehouse has this code.")
                faults.append(RateFault(draft.first_line, "warehouse", code, fix))
    return faults


def _put(
    draft: CardDraft,
    service: CarrierService,
    source_name: str,
    at: dt.datetime,
    changes: list[Change],
) -> RateCard | None:
    digest = _digest(draft)
    if RateCard.objects.filter(service=service, content_hash=digest).exists():
        return None
    _make_room(draft, service, changes)
    newest = RateCard.objects.filter(service=service).aggregate(top=Max("version"))["top"] or 0
    card = RateCard.objects.create(
        service=service,
        version=newest + 1,
        currency=draft.currency,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        source_name=source_name[:200],
        content_hash=digest,
        created_at=at,
    )
    _write_zones(draft, card)
    changes.append(snapshots.created(card))
    return card


def _make_room(draft: CardDraft, service: CarrierService, changes: list[Change]) -> None:
    """End an open-ended predecessor where the new card starts; refuse every other overlap."""
    cards = RateCard.objects.filter(service=service)
    for row in cards.filter(valid_to__isnull=True, valid_from__lt=draft.valid_from):
        before = snapshots.snapshot(row)
        row.valid_to = draft.valid_from
        cards.filter(pk=row.pk).update(valid_to=row.valid_to)
        changes.append(snapshots.changed(row, before))
    other = cards.overlapping(draft.valid_from, draft.valid_to).order_by("valid_from").first()
    if other is not None:
        raise RateCardOverlaps(
            service=service.code, version=other.version, start=other.valid_from.isoformat()
        )


def _write_zones(draft: CardDraft, card: RateCard) -> None:
    drafts = list(draft.zones.values())
    zones = ShippingZone.objects.bulk_create(
        [
            ShippingZone(
                card=card,
                warehouse_code=zone.warehouse_code,
                code=zone.code,
                transit_lo_days=zone.transit[0],
                transit_hi_days=zone.transit[1],
                per_extra_kg_amount=zone.per_extra_kg,
            )
            for zone in drafts
        ],
        batch_size=500,
    )
    pairs = list(zip(zones, drafts, strict=True))
    places = [
        ZoneCountry(zone=zone, country=country, postcode_prefix=prefix)
        for zone, source in pairs
        for country, prefix in source.places
    ]
    breaks = [
        RateBreak(zone=zone, max_weight_g=weight, amount=amount)
        for zone, source in pairs
        for weight, amount in source.breaks.items()
    ]
    ZoneCountry.objects.bulk_create(places, batch_size=500)
    RateBreak.objects.bulk_create(breaks, batch_size=500)


def _digest(draft: CardDraft) -> str:
    """Return the SHA-256 of what a card says, whatever the order of its rows."""
    zones = [
        (
            z.warehouse_code,
            z.code,
            z.transit,
            sorted(z.places),
            sorted(z.breaks.items()),
            z.per_extra_kg,
        )
        for z in draft.zones.values()
    ]
    dates = (draft.valid_from, draft.valid_to)
    plain = repr((draft.service_code, draft.currency, dates, sorted(zones, key=repr)))
    return hashlib.sha256(plain.encode()).hexdigest()
