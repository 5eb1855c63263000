"""What carriers report, kept once and in the right order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from core import audit, events
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, gettext_noop
from shipping.domain.states import PARCEL_TRANSITIONS
from shipping.domain.tracking import (
    STATUSES,
    TrackingFact,
    TrackingState,
    parcel_state,
    rank_of,
    resolve,
)
from shipping.models import Parcel, TrackingEvent
from shipping.services import links

BATCH = 200


class UnknownTrackingStatus(InputRefused):
    """The status is none of the axis."""

    code = "UNKNOWN_TRACKING_STATUS"
    text = gettext_noop("%(status)s is no tracking status. Use one of: %(known)s.")


@dataclass(frozen=True, slots=True)
class TrackingDraft:
    """One report. `at` is when it happened (aware), `utc_offset_min` the offset of its place."""

    tracking_number: str
    source_event_id: str
    status: str
    at: dt.datetime
    text: str = ""
    place: str = ""
    country: str = ""
    utc_offset_min: int = 0


@dataclass(frozen=True, slots=True)
class TrackingReport:
    """What became of a batch: rows added, repeats, numbers of no parcel, parcels that moved."""

    recorded: int
    repeated: int
    unknown_numbers: tuple[str, ...]
    moved: int


@transaction.atomic
def record_events(
    drafts: Sequence[TrackingDraft],
    *,
    at: dt.datetime,
    actor: Actor = SYSTEM,
    within: frozenset[str] | None = None,
) -> TrackingReport:
    """Add the reports, once each, and move the parcels they concern, never backward.

    Idempotent per (parcel, source_event_id). Locks the parcels in pk order. Publishes
    `shipping.tracking_changed` for each parcel whose status changed and `shipping.delivered` for
    each one newly delivered. A constant number of statements per 200 parcels. `within` limits the
    parcels to those of some warehouses; numbers of others count as unknown.

    Raises:
        UnknownTrackingStatus: nothing is recorded.
    """
    for draft in drafts:
        if draft.status not in STATUSES:
            raise UnknownTrackingStatus(status=draft.status[:40], known=", ".join(STATUSES))
    numbers = {draft.tracking_number for draft in drafts}
    found = Parcel.objects.filter(tracking_number__in=numbers)
    found = (found if within is None else found.filter(warehouse_code__in=within)).lock()
    parcels = {str(parcel.tracking_number): parcel for parcel in found}
    known = [draft for draft in drafts if draft.tracking_number in parcels]
    recorded = _insert(known, parcels, at)
    moved = _move(list(parcels.values()), actor, at) if recorded else 0
    return TrackingReport(
        recorded=recorded,
        repeated=len(known) - recorded,
        unknown_numbers=tuple(sorted(numbers - set(parcels))),
        moved=moved,
    )


def _insert(drafts: Sequence[TrackingDraft], parcels: Mapping[str, Parcel], at: dt.datetime) -> int:
    """Add the reports that are new; the parcels' locks keep a rival from adding the same."""
    pks = [parcel.pk for parcel in parcels.values()]
    ids = {draft.source_event_id for draft in drafts}
    stored = TrackingEvent.objects.filter(parcel_id__in=pks, source_event_id__in=ids)
    seen = set(stored.values_list("parcel_id", "source_event_id"))
    rows: list[TrackingEvent] = []
    for draft in drafts:
        identity = (parcels[draft.tracking_number].pk, draft.source_event_id)
        if identity in seen:
            continue
        seen.add(identity)
        rows.append(
            TrackingEvent(
                parcel_id=identity[0],
                source_event_id=draft.source_event_id,
                status=draft.status,
                rank=rank_of(draft.status),
                text=draft.text[:200],
                place=draft.place[:100],
                country=draft.country,
                utc_offset_min=draft.utc_offset_min,
                at=draft.at,
                received_at=at,
            )
        )
    TrackingEvent.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _move(parcels: Sequence[Parcel], actor: Actor, at: dt.datetime) -> int:
    facts: dict[int, list[TrackingFact]] = {parcel.pk: [] for parcel in parcels}
    stored = TrackingEvent.objects.filter(parcel_id__in=list(facts)).order_by("pk")
    rows = stored.values_list("parcel_id", "source_event_id", "status", "at")
    for parcel_id, event_id, status, moment in rows:
        facts[parcel_id].append(TrackingFact(event_id, status, moment))
    moved: list[tuple[Parcel, str]] = []
    for parcel in parcels:
        before = parcel.tracking_status
        if _apply(parcel, resolve(facts[parcel.pk])):
            moved.append((parcel, before))
    changed = [parcel for parcel, _before in moved]
    Parcel.objects.bulk_update(
        changed,
        ["state", "tracking_status", "tracking_rank", "tracking_at", "delivered_at", "version"],
        batch_size=BATCH,
    )
    _announce(moved, actor, at)
    delivered = {p.order_key for p in changed if p.delivered_at and p.order_key}
    links.end_after_delivery(sorted(delivered))
    return len(moved)


def _apply(parcel: Parcel, standing: TrackingState) -> bool:
    """Write the standing on the row; return whether its status or state changed."""
    before = (parcel.tracking_status, parcel.state)
    parcel.tracking_status = standing.status
    parcel.tracking_rank = standing.rank
    parcel.tracking_at = standing.at
    wanted = parcel_state(standing.status)
    if wanted in PARCEL_TRANSITIONS[parcel.state]:
        parcel.state = wanted
        if wanted == Parcel.State.DELIVERED:
            parcel.delivered_at = standing.at
    changed = before != (parcel.tracking_status, parcel.state)
    if changed:
        parcel.version += 1
    return changed


def _announce(moved: Sequence[tuple[Parcel, str]], actor: Actor, at: dt.datetime) -> None:
    facts: list[events.EventDraft] = []
    entries: list[audit.AuditDraft] = []
    for parcel, before in moved:
        key = f"parcel:{parcel.pk}"
        payload: dict[str, int | str] = {
            "parcel_id": parcel.pk,
            "owner_key": parcel.owner_key,
            "order_key": parcel.order_key,
            "status": parcel.tracking_status,
            "state": parcel.state,
            "occurred_at": parcel.tracking_at.isoformat() if parcel.tracking_at else "",
        }
        facts.append(events.EventDraft("shipping.tracking_changed", key, at, payload))
        if parcel.state == Parcel.State.DELIVERED:
            facts.append(events.EventDraft("shipping.delivered", key, at, payload))
        entries.append(
            audit.AuditDraft(
                actor,
                "shipping.tracking_changed",
                key,
                at,
                before={"status": before},
                after={"status": parcel.tracking_status, "state": parcel.state},
            )
        )
    events.publish_many(facts)
    audit.record_many(entries)


def list_silent(as_of: dt.datetime, days: int) -> list[Parcel]:
    """Return parcels handed over at least `days` days ago that no carrier has scanned yet."""
    limit = as_of - dt.timedelta(days=days)
    unseen = Q(tracking_rank__lt=rank_of("in_transit"))
    rows = Parcel.objects.filter(unseen, state="manifested", handed_over_at__lte=limit)
    return list(rows.order_by(F("handed_over_at"), "pk"))
