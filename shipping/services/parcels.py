"""Parcels from the packing table to the carrier's van."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import F

from core import audit, numbers
from core.actors import Actor
from core.errors import NotFound, StateConflict, gettext_noop
from shipping.domain.label import Party
from shipping.domain.public_view import given_name
from shipping.domain.states import HANDED_OVER, PARCEL_TRANSITIONS, states_leading_to
from shipping.models import Parcel, ParcelItem
from shipping.services import catalog, portal

BATCH = 500


class ParcelNotFound(NotFound):
    """No such parcel."""

    code = "PARCEL_NOT_FOUND"
    text = gettext_noop("There is no parcel %(parcel)s. Scan its label or look it up by order.")


class ParcelMoved(StateConflict):
    """The parcel's state does not allow this step."""

    code = "PARCEL_STATE"
    text = gettext_noop("Parcel %(parcel)s is %(state)s; this step needs another state. Reload.")


class WrongLabel(StateConflict):
    """The label scanned belongs to another parcel."""

    code = "WRONG_LABEL"
    text = gettext_noop("Scanned %(scanned)s. This parcel carries %(expected)s. Scan that label.")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the scale and the box say: grams and millimetres."""

    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One SKU, perhaps of one lot, in a parcel."""

    sku_code: str
    name: str
    qty: int
    name_zh: str = ""
    lot_code: str = ""


@dataclass(frozen=True, slots=True)
class ParcelDraft:
    """A parcel to open. `owner_key` and `position` say which; a service_code of "" is the flat one.

    `ship_from` and `ship_to` are printed on the label; `public_view` may be shown to anyone with
    the link, so it carries no street and no phone; `promised_from` and `promised_by` in it are ISO
    dates. With an `order_key` the order gets its public page; `email` opens it for a search.
    """

    owner_key: str
    warehouse_code: str
    service_code: str = ""
    order_key: str = ""
    order_number: str = ""
    shipment_number: str = ""
    position: int = 1
    parcel_count: int = 1
    box_code: str = ""
    measured: Measured = field(default_factory=Measured)
    ship_from: Party = field(default_factory=Party)
    ship_to: Party = field(default_factory=Party)
    items: tuple[ItemDraft, ...] = ()
    public_view: Mapping[str, object] = field(default_factory=dict)
    is_verified: bool = False
    email: str = ""
    language: str = "en"

    @property
    def identity(self) -> tuple[str, int]:
        """Return what tells this parcel from all others."""
        return (self.owner_key, self.position)


def open_parcel(draft: ParcelDraft, *, actor: Actor, at: dt.datetime) -> Parcel:
    """Return the parcel of this draft, opened now or by an earlier call. See `open_parcels`."""
    return open_parcels([draft], actor=actor, at=at)[0]


@transaction.atomic
def open_parcels(drafts: Sequence[ParcelDraft], *, actor: Actor, at: dt.datetime) -> list[Parcel]:
    """Open a parcel for each draft, in the order of the drafts, in a constant number of statements.

    Idempotent on (owner_key, position): a living parcel of that identity is returned as it is.

    Raises:
        UnknownService: a service code names nothing; no parcel is opened.
    """
    services = catalog.get_services({draft.service_code for draft in drafts})
    living = _living([draft.owner_key for draft in drafts])
    fresh = {draft.identity: draft for draft in drafts if draft.identity not in living}
    if fresh:
        taken = numbers.take("parcel", len(fresh))
        rows = [
            _row(draft, number, services[draft.service_code].pk, at)
            for draft, number in zip(fresh.values(), taken, strict=True)
        ]
        Parcel.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        # A rival may have opened one of them in the meantime: its row stands, ours was ignored.
        living = _living([draft.owner_key for draft in drafts])
        ours = [p for p in living.values() if p.number in set(taken)]
        _add_items(ours, fresh)
        portal.publish_orders(_public_orders(list(fresh.values())), at=at, is_partial=True)
        _record(ours, "shipping.parcel_opened", actor, at)
    return [living[draft.identity] for draft in drafts]


def _living(owner_keys: Sequence[str]) -> dict[tuple[str, int], Parcel]:
    rows = Parcel.objects.for_owners(set(owner_keys)).exclude(state=Parcel.State.VOIDED)
    return {(row.owner_key, row.position): row for row in rows.order_by("pk")}


def _row(draft: ParcelDraft, number: str, service_id: int, at: dt.datetime) -> Parcel:
    return Parcel(
        number=number,
        owner_key=draft.owner_key,
        order_key=draft.order_key,
        order_number=draft.order_number,
        shipment_number=draft.shipment_number,
        warehouse_code=draft.warehouse_code,
        service_id=service_id,
        position=draft.position,
        parcel_count=draft.parcel_count,
        box_code=draft.box_code,
        ship_from=asdict(draft.ship_from),
        ship_to=asdict(draft.ship_to),
        public_view=dict(draft.public_view),
        state=Parcel.State.VERIFIED if draft.is_verified else Parcel.State.OPEN,
        created_at=at,
        **asdict(draft.measured),
    )


def _public_orders(drafts: Sequence[ParcelDraft]) -> list[portal.TrackedOrderDraft]:
    """Return what the first parcel of each order lets the public see of that order."""
    shown = {
        draft.order_key: portal.TrackedOrderDraft(
            order_key=draft.order_key,
            order_number=draft.order_number,
            email=draft.email,
            language=draft.language,
            first_name=given_name(draft.ship_to.name),
            city=draft.ship_to.city,
            country=draft.ship_to.country,
            promised_from_on=_day(draft.public_view.get("promised_from")),
            promised_by_on=_day(draft.public_view.get("promised_by")),
        )
        for draft in reversed(drafts)
        if draft.order_key
    }
    return list(shown.values())


def _day(value: object) -> dt.date | None:
    return dt.date.fromisoformat(str(value)) if value else None


def _add_items(parcels: Sequence[Parcel], drafts: Mapping[tuple[str, int], ParcelDraft]) -> None:
    items = [
        ParcelItem(parcel=parcel, **asdict(item))
        for parcel in parcels
        for item in drafts[(parcel.owner_key, parcel.position)].items
    ]
    ParcelItem.objects.bulk_create(items, batch_size=BATCH)


@transaction.atomic
def verify(parcel_id: int, measured: Measured, *, actor: Actor, at: dt.datetime) -> Parcel:
    """Close the checking of a parcel and write down its weight and size.

    Repeatable while no label was bought.

    Raises:
        ParcelNotFound, ParcelMoved.
    """
    changed = Parcel.objects.filter(pk=parcel_id, state__in=["open", "verified"]).update(
        state=Parcel.State.VERIFIED, version=F("version") + 1, **asdict(measured)
    )
    parcel = _get(parcel_id)
    if not changed:
        raise ParcelMoved(parcel=parcel.number, state=parcel.state)
    _record([parcel], "shipping.parcel_verified", actor, at, after=asdict(measured))
    return parcel


@transaction.atomic
def confirm_scan(parcel_id: int, code: str, *, actor: Actor, at: dt.datetime) -> Parcel:
    """Confirm that the label on the box is this parcel's: labelled -> confirmed. Repeatable.

    Raises:
        ParcelNotFound, ParcelMoved.
        WrongLabel: the code scanned is not this parcel's tracking number.
    """
    parcel = _get(parcel_id)
    expected = parcel.tracking_number or ""
    scanned = "".join(code.split()).upper()
    if not expected:
        raise ParcelMoved(parcel=parcel.number, state=parcel.state)
    if scanned != expected.upper():
        raise WrongLabel(scanned=scanned[:64], expected=expected)
    changed = Parcel.objects.filter(pk=parcel_id, state=Parcel.State.LABELLED).update(
        state=Parcel.State.CONFIRMED, version=F("version") + 1
    )
    if changed:
        _record([parcel], "shipping.label_confirmed", actor, at)
        parcel.state = Parcel.State.CONFIRMED
    elif parcel.state not in {"confirmed", *HANDED_OVER}:
        raise ParcelMoved(parcel=parcel.number, state=parcel.state)
    return parcel


@transaction.atomic
def hand_over(
    parcel_ids: Sequence[int], *, manifest_number: str, actor: Actor, at: dt.datetime
) -> int:
    """Record that parcels left with the carrier; return how many newly did. Repeatable.

    A label is not needed: goods that left have left, and the label can follow. Parcels that the
    carrier reported moving before keep their state and get the time. Locks the parcels in pk
    order; a constant number of statements.

    Raises:
        ParcelNotFound: one of them does not exist.
        ParcelMoved: one of them is voided.
    """
    rows = {row.pk: row for row in Parcel.objects.filter(pk__in=parcel_ids).lock()}
    for pk in parcel_ids:
        row = rows.get(pk)
        if row is None:
            raise ParcelNotFound(parcel=pk)
        if row.state == Parcel.State.VOIDED:
            raise ParcelMoved(parcel=row.number, state=row.state)
    left = [row for row in rows.values() if row.handed_over_at is None]
    facts = {"handed_over_at": at, "manifest_number": manifest_number}
    pks = [row.pk for row in left]
    sources = states_leading_to("manifested", PARCEL_TRANSITIONS)
    Parcel.objects.filter(pk__in=pks, handed_over_at__isnull=True, state__in=sources).update(
        state=Parcel.State.MANIFESTED, version=F("version") + 1, **facts
    )
    if any(row.state in HANDED_OVER for row in left):
        Parcel.objects.filter(pk__in=pks, handed_over_at__isnull=True).update(**facts)
    _record(left, "shipping.parcel_handed_over", actor, at, after={"manifest": manifest_number})
    return len(left)


@transaction.atomic
def set_parcel_count(owner_key: str, count: int) -> int:
    """Write "n of `count`" on the parcels of one owner that have no label yet; return how many."""
    unlabelled = Parcel.objects.filter(owner_key=owner_key, state__in=["open", "verified"])
    return unlabelled.update(parcel_count=count)


@transaction.atomic
def void(parcel_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Parcel:
    """Take a parcel back before it leaves. Repeatable.

    Its label must have been voided before (`labels.void_label`), so that nobody pays for it.

    Raises:
        ParcelNotFound.
        ParcelMoved: it has a label, or has left.
    """
    changed = Parcel.objects.filter(
        pk=parcel_id, state__in=["open", "verified"], tracking_number__isnull=True
    ).update(state=Parcel.State.VOIDED, version=F("version") + 1)
    parcel = _get(parcel_id)
    if changed:
        _record([parcel], "shipping.parcel_voided", actor, at, reason=reason)
    elif parcel.state != Parcel.State.VOIDED:
        raise ParcelMoved(parcel=parcel.number, state=parcel.state)
    return parcel


def _get(parcel_id: int) -> Parcel:
    parcel = Parcel.objects.filter(pk=parcel_id).first()
    if parcel is None:
        raise ParcelNotFound(parcel=parcel_id)
    return parcel


def _record(
    parcels: Sequence[Parcel],
    action: str,
    actor: Actor,
    at: dt.datetime,
    *,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record_many(
        [
            audit.AuditDraft(
                actor, action, f"parcel:{parcel.pk}", at, after=dict(after or {}), reason=reason
            )
            for parcel in parcels
        ]
    )
