"""What carriers and returns tell about labels; each listener may hear a fact twice or late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.actors import SYSTEM
from core.errors import DomainError
from core.events import EventFact
from returns.domain import label_methods
from returns.domain.label_methods import METHODS
from returns.models import ReturnLabel, ReturnRequest
from returns.services import progress, return_labels
from shipping.domain.tracking import rank_of
from shipping.models import Parcel

OWNER = "rma:"


def _labels_of(facts: Iterable[EventFact]) -> Iterator[tuple[EventFact, ReturnLabel]]:
    """Yield the facts about parcels of ours with their label, in the order of the facts."""
    ours = [fact for fact in facts if str(fact.payload.get("owner_key", "")).startswith(OWNER)]
    ids = {int(fact.payload["parcel_id"]) for fact in ours}
    rows = ReturnLabel.objects.filter(parcel_id__in=ids).order_by("pk")
    by_parcel = {row.parcel_id: row for row in rows}
    for fact in ours:
        row = by_parcel.get(int(fact.payload["parcel_id"]))
        if row is not None:
            yield fact, row


def on_approved(facts: list[EventFact]) -> None:
    """Ask for the label of each return that was approved and sends something back."""
    ids = [int(fact.payload["request_id"]) for fact in facts]
    rows = ReturnRequest.objects.filter(pk__in=ids, kind=ReturnRequest.Kind.RETURN)
    methods = {row.pk: row.method for row in rows.filter(status="approved")}
    for fact in facts:
        request_id = int(fact.payload["request_id"])
        method = METHODS.get(methods.get(request_id, ""))
        # A driver comes on a day that somebody agrees, so that label waits for the day.
        if method is None or method.needs_day:
            continue
        try:
            return_labels.issue(request_id, actor=SYSTEM, at=fact.at)
        except DomainError as error:
            row = progress.lock(request_id)
            why = progress.Why(data={"code": error.code}, is_public=False)
            progress.note(row, "LABEL_NOT_ISSUED", actor=SYSTEM, at=fact.at, why=why)


def on_label_ready(facts: list[EventFact]) -> None:
    """Let customers have the labels that carriers sold."""
    for fact, row in _labels_of(facts):
        done = ReturnLabel.objects.filter(
            pk=row.pk, state__in=label_methods.sources("deliver")
        ).update(state=label_methods.READY, ready_at=fact.at, problem="")
        if done:
            why = progress.Why(data={"method": row.method, "label": row.pk})
            progress.move_if(row.request_id, "issue_label", actor=SYSTEM, at=fact.at, why=why)


def on_label_failed(facts: list[EventFact]) -> None:
    """Keep a carrier's refusal where the desk sees it; a silent carrier is asked again."""
    for fact, row in _labels_of(facts):
        parcel = Parcel.objects.get(pk=row.parcel_id or 0)
        is_final = not parcel.label_requests.alive().exists()
        sources = label_methods.sources("fail")
        rows = ReturnLabel.objects.filter(pk=row.pk, state__in=sources)
        if not is_final:
            rows.update(problem=parcel.label_problem)
        elif rows.update(state=label_methods.FAILED, problem=parcel.label_problem):
            request = progress.lock(row.request_id)
            why = progress.Why(data={"label": row.pk}, is_public=False)
            progress.note(request, "LABEL_REFUSED", actor=SYSTEM, at=fact.at, why=why)


def on_tracking(facts: list[EventFact]) -> None:
    """Take returns on their way with the carrier's first scan (S13)."""
    for fact, row in _labels_of(facts):
        status = str(fact.payload["status"])
        if rank_of(status) < rank_of("in_transit"):
            continue
        ReturnLabel.objects.filter(pk=row.pk, state__in=label_methods.sources("use")).update(
            state=label_methods.USED, used_at=fact.at
        )
        why = progress.Why(data={"status": status, "label": row.pk})
        progress.move_if(row.request_id, "hand_over", actor=SYSTEM, at=fact.at, why=why)


def on_ended(facts: list[EventFact]) -> None:
    """Take back the labels of returns that were cancelled, declined or have expired."""
    for fact in facts:
        is_over = fact.name == "returns.expired"
        return_labels.void(
            int(fact.payload["request_id"]),
            reason=fact.name.partition(".")[2],
            actor=SYSTEM,
            at=fact.at,
            ended=label_methods.EXPIRED if is_over else label_methods.VOIDED,
        )
