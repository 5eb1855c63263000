"""What customers see of their returns: on the tracking page, and on the page of one return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Shipment
from returns import portal_words
from returns.domain import states
from returns.models import CustomerMessage, MessageThread, ReturnLine, ReturnRequest, ReturnStep
from shipping.domain.public_view import PortalPart

if TYPE_CHECKING:
    from core.permissions import Principal

#: The way of a return that goes well (A-27); a review stands between the first two.
PATH: Final = (
    states.REQUESTED,
    states.APPROVED,
    states.LABEL_ISSUED,
    states.IN_TRANSIT,
    states.ARRIVED,
    states.INSPECTED,
    states.RESOLVED,
)
ENDED: Final = (states.REJECTED, states.CANCELLED, states.EXPIRED)
#: Ways back without a parcel skip these.
_UNSENT: Final = {
    "keep": (states.LABEL_ISSUED, states.IN_TRANSIT, states.ARRIVED, states.INSPECTED),
    "store": (states.LABEL_ISSUED, states.IN_TRANSIT),
}


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step of a return as its customer reads it; `at` is aware UTC, None for what comes."""

    code: str
    text: str
    state: str
    at: dt.datetime | None = None
    reason: str = ""


def order_id_of(order_key: str) -> int | None:
    """Return the id in a key such as `order:17`, None for any other key."""
    kind, _colon, pk = order_key.partition(":")
    return int(pk) if kind == "order" and pk.isdecimal() else None


def parts_of(order_key: str, *, token: str, now: dt.datetime) -> list[PortalPart]:
    """Return what the tracking page shows of returns and messages. Three queries."""
    order_id = order_id_of(order_key)
    if order_id is None:
        return []
    parts = []
    rows = list(ReturnRequest.objects.filter(order_id=order_id).order_by("-pk")[:10])
    if rows:
        parts.append(PortalPart(rank=10, title=_("Your returns"), rows=_rows(rows, token)))
    if Shipment.objects.filter(order_id=order_id, shipped_at__isnull=False).exists():
        url = reverse("portal-return", args=[token])
        parts.append(PortalPart(rank=20, actions=((_("Return an item"), url),), glyph="undo-2"))
    answered = MessageThread.objects.filter(order_id=order_id, state="answered").exists()
    url = reverse("portal-message", args=[token])
    parts.append(
        PortalPart(
            rank=30,
            title=_("We answered you") if answered else "",
            rows=((_("Read the answer"), "", url),) if answered else (),
            actions=((_("Report a problem"), url),),
            glyph="message-circle",
        )
    )
    return parts


def _rows(rows: Sequence[ReturnRequest], token: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            _("Return %(number)s") % {"number": row.number},
            str(portal_words.STATES[row.status]),
            reverse("portal-return-status", args=[token, row.number]),
        )
        for row in rows
    )


def request_of(order_id: int, number: str) -> ReturnRequest | None:
    """Return a return of this order with its lines and public steps, or None. Three queries."""
    lines = ReturnLine.objects.select_related("sku", "reason", "exchange_sku").order_by("position")
    steps = ReturnStep.objects.filter(is_public=True).order_by("at", "pk")
    rows = ReturnRequest.objects.filter(order_id=order_id, number=number)
    return (
        rows.select_related("warehouse")
        .prefetch_related(Prefetch("lines", lines), Prefetch("steps", steps))
        .first()
    )


def timeline(row: ReturnRequest) -> list[TimelineStep]:
    """Return the steps of a return: those behind with their moment, then those to come.

    A return that ended early shows no step to come.
    """
    times: dict[str, tuple[dt.datetime, str]] = {states.REQUESTED: (row.requested_at, "")}
    for step in row.steps.all():
        if step.to_state and step.to_state != step.from_state:
            times[step.to_state] = (step.at, step.reason)
    path = [code for code in PATH if code not in _UNSENT.get(row.method, ())]
    if row.status == states.REVIEW:
        path.insert(1, states.REVIEW)
    if row.status in ENDED:
        behind = sorted((code for code in path if code in times), key=lambda code: times[code][0])
        return [_done(code, times) for code in (*behind, row.status)]
    reached = path.index(row.status) if row.status in path else 0
    return [
        _done(code, times)
        if index <= reached
        else TimelineStep(code, str(portal_words.STATES[code]), "ahead")
        for index, code in enumerate(path)
    ]


def _done(code: str, times: dict[str, tuple[dt.datetime, str]]) -> TimelineStep:
    at, reason = times.get(code, (None, ""))
    shown = reason if code == states.REJECTED else ""
    return TimelineStep(code, str(portal_words.STATES[code]), "done", at, shown)


def threads_of(order_id: int) -> list[MessageThread]:
    """Return the conversations about an order with their messages, newest first. Two queries."""
    messages = CustomerMessage.objects.select_related("photo").order_by("at", "pk")
    rows = MessageThread.objects.filter(order_id=order_id).select_related("request")
    return list(rows.prefetch_related(Prefetch("messages", messages)).order_by("-last_at", "-pk"))


def desk_threads(rows: QuerySet[MessageThread], *, is_waiting: bool) -> QuerySet[MessageThread]:
    """Return conversations with their messages for the desk: who waits longest comes first."""
    messages = CustomerMessage.objects.order_by("at", "pk")
    order = ("last_at", "pk") if is_waiting else ("-last_at", "-pk")
    found = rows.select_related("order", "request").order_by(*order)
    return found.prefetch_related(Prefetch("messages", messages))


def messages_part(
    rma: ReturnRequest, principal: Principal, _now: dt.datetime
) -> dict[str, object] | None:
    """Return the conversations of a return's order for its page, None where there are none."""
    if rma.order_id is None:
        return None
    rows = MessageThread.objects.visible_to(principal).filter(order_id=rma.order_id)
    threads = list(desk_threads(rows, is_waiting=False))
    return {"threads": threads, "may_answer": principal.may("returns.manage")} if threads else None
