"""Talk to carriers about labels, and write down what they said. Called by jobs."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F

from core import audit, events, files
from core.actors import SYSTEM
from core.models.documents import StoredFile
from core.wiring import resolve, wired
from shipping import configured
from shipping.carriers.base import (
    BoughtLabel,
    CarrierError,
    CarrierGateway,
    CarrierRefused,
    CarrierUnavailable,
    LabelOrder,
)
from shipping.domain import defaults
from shipping.domain.label import Party
from shipping.models import Carrier, Label, LabelRequest, Parcel

#: How long a claim keeps other workers away: more than the time limit of any job.
CLAIM: Final = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class PurchaseReport:
    """What became of the wishes: bought, refused for good, still waiting for an answer."""

    bought: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a carrier said to one wish, and the files that are stored already."""

    request: LabelRequest
    label: BoughtLabel | None = None
    error: CarrierError | None = None
    pdf: StoredFile | None = None
    zpl: StoredFile | None = None


def gateway_of(kind: str) -> CarrierGateway:
    """Return the gateway of a carrier kind, as wired.

    Raises:
        LookupError: the wiring has no such kind.
    """
    path = wired("CARRIERS").get(kind)
    if path is None:
        raise LookupError(f"no gateway for carriers of kind {kind}: add to CARRIERS")
    found: CarrierGateway = resolve(path)()
    return found


def purchase_many(request_ids: Sequence[int], *, now: dt.datetime) -> PurchaseReport:
    """Buy the labels of these wishes. Call it outside of a transaction.

    Repeatable and safe under several workers: each wish is claimed by a conditional UPDATE, counted
    before the carrier is asked, and looked up at the carrier when it was sent before. Statements:
    a constant number for all wishes together, and those that store the files.
    """
    claimed = _claim(request_ids, now)
    answers = [_with_files(answer, now) for answer in _ask_all(claimed, now)]
    _record(answers, now)
    bought = sum(answer.label is not None for answer in answers)
    refused = sum(isinstance(answer.error, CarrierRefused) for answer in answers)
    waiting = LabelRequest.objects.filter(pk__in=request_ids, state="requested").count()
    return PurchaseReport(bought, refused, waiting)


def _claim(request_ids: Sequence[int], now: dt.datetime) -> list[LabelRequest]:
    mark = secrets.token_hex(16)
    resting = LabelRequest.objects.filter(
        pk__in=request_ids, parcel__service__carrier__paused_until__gt=now
    )
    wanted = set(request_ids) - set(resting.values_list("pk", flat=True))
    # No join here: Django would move the guard into a subquery, which a worker that waited for
    # the row does not evaluate again, and two would claim the same wish.
    LabelRequest.objects.claimable(wanted, now).update(
        claimed_by=mark, claimed_until=now + CLAIM, attempts=F("attempts") + 1
    )
    mine = LabelRequest.objects.filter(pk__in=wanted, claimed_by=mark)
    return list(mine.select_related("parcel__service__carrier").order_by("pk"))


def _ask_all(requests: Sequence[LabelRequest], now: dt.datetime) -> list[_Answer]:
    formats = configured.words(defaults.LABEL_FORMATS)
    most = configured.whole(defaults.BREAKER_FAILURES)
    pause = dt.timedelta(seconds=configured.whole(defaults.BREAKER_PAUSE))
    silent: dict[int, int] = {}
    answers: list[_Answer] = []
    unsent: list[int] = []
    for request in requests:
        carrier = request.parcel.service.carrier
        failures = silent.get(carrier.pk, carrier.failures)
        # A rest that is over allows one call of this batch to show whether the carrier is back.
        if carrier.pk in silent and failures >= most:
            unsent.append(request.pk)
            continue
        answer = _ask(request, gateway_of(carrier.kind), formats)
        silent[carrier.pk] = failures + 1 if _is_outage(answer) else 0
        answers.append(answer)
    for pk, failures in silent.items():
        resting = now + pause if failures >= most else None
        Carrier.objects.filter(pk=pk).update(failures=failures, paused_until=resting)
    LabelRequest.objects.filter(pk__in=unsent).update(
        claimed_by="", claimed_until=None, attempts=F("attempts") - 1
    )
    return answers


def _is_outage(answer: _Answer) -> bool:
    return isinstance(answer.error, CarrierUnavailable)


def _ask(request: LabelRequest, gateway: CarrierGateway, formats: tuple[str, ...]) -> _Answer:
    order = _order(request, formats)
    try:
        found = gateway.find(order) if request.attempts > 1 else None
        return _Answer(request, label=found or gateway.buy(order))
    except CarrierError as error:
        return _Answer(request, error=error)


def _order(request: LabelRequest, formats: tuple[str, ...]) -> LabelOrder:
    parcel = request.parcel
    sides = (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    reference = parcel.order_number or parcel.shipment_number
    return LabelOrder(
        reference=request.request_key,
        service_code=parcel.service.code,
        service_name=parcel.service.name,
        parcel_reference=f"{reference}-{parcel.position}" if reference else parcel.number,
        sender=Party.read(parcel.ship_from),
        recipient=Party.read(parcel.ship_to),
        weight_g=parcel.weight_g,
        dims_mm=(sides[0], sides[1], sides[2]) if sides[0] and sides[1] and sides[2] else None,
        box_code=parcel.box_code,
        position=parcel.position,
        parcel_count=parcel.parcel_count,
        formats=formats,
    )


def _with_files(answer: _Answer, now: dt.datetime) -> _Answer:
    """Store the files of an answer by their content, before the books are opened."""
    if answer.label is None:
        return answer
    name = f"label-{answer.label.tracking_number}"
    stored = {
        kind: files.store(data, f"{name}.{kind}", "label")
        for kind, data in answer.label.files.items()
    }
    return _Answer(answer.request, label=answer.label, pdf=stored.get("pdf"), zpl=stored.get("zpl"))


@transaction.atomic
def _record(answers: Sequence[_Answer], now: dt.datetime) -> None:
    """Write all answers at once. A wish that was voided meanwhile still gets its label row."""
    locked = {
        row.pk: row
        for row in LabelRequest.objects.filter(pk__in=[a.request.pk for a in answers]).lock()
    }
    settled: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for answer in answers:
        row = locked[answer.request.pk]
        code, words = "", ""
        if answer.error is not None:
            code, words = answer.error.reason[:40], answer.error.text[:300]
        if row.state == LabelRequest.State.REQUESTED:
            row.state = _settled_state(answer)
        settled[row.state, code, words].append(row.pk)
    for (state, code, words), pks in settled.items():
        LabelRequest.objects.filter(pk__in=pks).update(
            state=state,
            error_code=code,
            error=words,
            claimed_by="",
            claimed_until=None,
            settled_at=None if state == LabelRequest.State.REQUESTED else now,
        )
    _add_labels([a for a in answers if a.label is not None], now)
    _mark_parcels(answers, locked, now)


def _settled_state(answer: _Answer) -> str:
    if answer.label is not None:
        return LabelRequest.State.PURCHASED
    if isinstance(answer.error, CarrierRefused):
        return LabelRequest.State.FAILED
    return LabelRequest.State.REQUESTED


def _add_labels(answers: Sequence[_Answer], now: dt.datetime) -> None:
    rows = [
        Label(
            request_id=answer.request.pk,
            parcel_id=answer.request.parcel_id,
            tracking_number=answer.label.tracking_number,
            carrier_reference=answer.label.carrier_reference,
            cost_amount=answer.label.cost,
            currency=answer.label.currency,
            pdf=answer.pdf,
            zpl=answer.zpl,
            content_hash=answer.label.content_hash,
            replaced=answer.label.replaced,
            bought_at=now,
        )
        for answer in answers
        if answer.label is not None
    ]
    Label.objects.bulk_create(rows, batch_size=200)


def _mark_parcels(
    answers: Sequence[_Answer], requests: Mapping[int, LabelRequest], now: dt.datetime
) -> None:
    parcels = Parcel.objects.filter(pk__in=[a.request.parcel_id for a in answers]).lock()
    rows = {row.pk: row for row in parcels}
    changed: list[Parcel] = []
    facts: list[events.EventDraft] = []
    entries: list[audit.AuditDraft] = []
    for answer in answers:
        parcel = rows[answer.request.parcel_id]
        problem = answer.error.text[:200] if answer.error is not None else ""
        if answer.label is not None and requests[answer.request.pk].state == "purchased":
            _put_on(parcel, answer.label)
            fact = "shipping.label_ready"
        elif problem and problem != parcel.label_problem:
            parcel.label_problem = problem
            fact = "shipping.label_failed"
        else:
            continue
        changed.append(parcel)
        shown: dict[str, int | str] = {
            "parcel_id": parcel.pk,
            "owner_key": parcel.owner_key,
            "tracking_number": parcel.tracking_number or "",
        }
        facts.append(events.EventDraft(fact, f"parcel:{parcel.pk}", now, shown))
        after = {"tracking_number": parcel.tracking_number, "problem": parcel.label_problem}
        entries.append(audit.AuditDraft(SYSTEM, fact, f"parcel:{parcel.pk}", now, after=after))
    _save(changed)
    events.publish_many(facts)
    audit.record_many(entries)


def _save(parcels: Sequence[Parcel]) -> None:
    """Write numbers row by row in one statement, what many rows share in one each."""
    numbered = [parcel for parcel in parcels if parcel.tracking_number]
    Parcel.objects.bulk_update(numbered, ["tracking_number"], batch_size=200)
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for parcel in parcels:
        shared[parcel.state, parcel.label_problem].append(parcel.pk)
    for (state, problem), pks in shared.items():
        Parcel.objects.filter(pk__in=pks).update(
            state=state, label_problem=problem, version=F("version") + 1
        )


def _put_on(parcel: Parcel, label: BoughtLabel) -> None:
    parcel.tracking_number = label.tracking_number
    parcel.label_problem = ""
    # A parcel that left without its label keeps its state; the number is what it gains.
    if parcel.state in {Parcel.State.OPEN, Parcel.State.VERIFIED}:
        parcel.state = Parcel.State.LABELLED


def settle_voids(request_ids: Sequence[int], *, now: dt.datetime) -> int:
    """Ask carriers to void; return how many wishes are still undecided. Repeatable.

    Call it outside of a transaction. A label that the carrier calls used stays `void_pending` with
    the carrier's words, for a person to clear up.
    """
    pending = LabelRequest.objects.filter(pk__in=request_ids, state="void_pending")
    undecided = 0
    for request in pending.select_related("parcel__service__carrier", "label").order_by("pk"):
        try:
            is_void = _void_one(request)
        except CarrierError as error:
            final = isinstance(error, CarrierRefused)
            undecided += 0 if final else 1
            code = "VOID_REFUSED" if final else error.reason[:40]
            problem = {"error_code": code, "error": error.text[:300]}
            LabelRequest.objects.filter(pk=request.pk).update(**problem)
            continue
        if is_void:
            _settle_void(request, now)
        else:
            undecided += 1
    return undecided


def _void_one(request: LabelRequest) -> bool:
    gateway = gateway_of(request.parcel.service.carrier.kind)
    label: Label | None = getattr(request, "label", None)
    if label is not None:
        return gateway.void(label.tracking_number, label.carrier_reference)
    # Sent, but never answered: what the carrier may have sold under our key is what to void.
    found = gateway.find(_order(request, ()))
    return found is None or gateway.void(found.tracking_number, found.carrier_reference)


@transaction.atomic
def _settle_void(request: LabelRequest, now: dt.datetime) -> None:
    done = LabelRequest.objects.filter(pk=request.pk, state="void_pending").update(
        state=LabelRequest.State.VOIDED, settled_at=now, error_code="", error=""
    )
    if done:
        audit.record(
            actor=SYSTEM,
            action="shipping.label_voided",
            target=f"parcel:{request.parcel_id}",
            at=now,
            after={"request": request.request_key},
        )
