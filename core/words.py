"""The words of every state, once.

Chips, filters, exports, mails and the enums of the API read this list, so that a state has the
same word everywhere. English is the source text; the Simplified Chinese words stand in the
message catalogue under the same context.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class StateWord:
    """One state: its code, its word, the kind of its chip and the glyph before the word.

    `kind`: idle (not begun), step (progress ring), info (moving), ok (finished), warn (needs a
    person), danger (broken), hold (held on purpose), over (ended or void), critical (solid).
    """

    code: str
    text: str | Promise
    kind: str
    glyph: str


def _order() -> tuple[StateWord, ...]:
    say = "order state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("new", pgettext_lazy(say, "New"), "idle", "ring-dashed"),
        StateWord("attention", pgettext_lazy(say, "Needs attention"), "warn", "triangle-alert"),
        StateWord("held", pgettext_lazy(say, "On hold"), "hold", "circle-pause"),
        StateWord("confirmed", pgettext_lazy(say, "Confirmed"), "step", "ring-1"),
        StateWord("routed", pgettext_lazy(say, "Routed"), "step", "ring-1"),
        StateWord("released", pgettext_lazy(say, "Released"), "step", "ring-2"),
        StateWord("picking", pgettext_lazy(say, "Picking"), "step", "ring-3"),
        StateWord("packed", pgettext_lazy(say, "Packed"), "step", "ring-4"),
        StateWord("shipped", pgettext_lazy(say, "Shipped"), "info", "truck"),
        StateWord("delivered", pgettext_lazy(say, "Delivered"), "ok", "disc-check"),
        StateWord("completed", pgettext_lazy(say, "Completed"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
        StateWord("returned_part", pgettext_lazy(say, "Part returned"), "over", "undo-2"),
        StateWord("returned", pgettext_lazy(say, "Returned"), "over", "undo-2"),
    )


def _shipment() -> tuple[StateWord, ...]:
    say = "shipment state"
    return (
        StateWord("planned", pgettext_lazy(say, "Planned"), "step", "ring-1"),
        StateWord("released", pgettext_lazy(say, "Released"), "step", "ring-2"),
        StateWord("picking", pgettext_lazy(say, "Picking"), "step", "ring-3"),
        StateWord("packed", pgettext_lazy(say, "Packed"), "step", "ring-4"),
        StateWord("shipped", pgettext_lazy(say, "Shipped"), "info", "truck"),
        StateWord("delivered", pgettext_lazy(say, "Delivered"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
        StateWord("backorder", pgettext_lazy(say, "Backorder"), "warn", "hourglass"),
    )


def _reservation() -> tuple[StateWord, ...]:
    say = "reservation state"
    return (
        StateWord("pending", pgettext_lazy(say, "Reserved"), "step", "ring-2"),
        StateWord("consumed", pgettext_lazy(say, "Shipped"), "ok", "disc-check"),
        StateWord("posted", pgettext_lazy(say, "Picked"), "ok", "disc-check"),
        StateWord("released", pgettext_lazy(say, "Released"), "over", "undo-2"),
        StateWord("voided", pgettext_lazy(say, "Released"), "over", "undo-2"),
        StateWord("expired", pgettext_lazy(say, "Expired"), "over", "timer-off"),
    )


def _task() -> tuple[StateWord, ...]:
    say = "task state"
    return (
        StateWord("ready", pgettext_lazy(say, "Ready"), "idle", "ring-dashed"),
        StateWord("open", pgettext_lazy(say, "Open"), "idle", "ring-dashed"),
        StateWord("assigned", pgettext_lazy(say, "Assigned"), "step", "ring-1"),
        StateWord("active", pgettext_lazy(say, "Active"), "step", "ring-3"),
        StateWord("paused", pgettext_lazy(say, "Paused"), "hold", "circle-pause"),
        StateWord("picked", pgettext_lazy(say, "Picked"), "ok", "disc-check"),
        StateWord("done", pgettext_lazy(say, "Done"), "ok", "disc-check"),
        StateWord("short", pgettext_lazy(say, "Short"), "danger", "package-x"),
        StateWord("skipped", pgettext_lazy(say, "Skipped"), "warn", "skip-forward"),
        StateWord("exception", pgettext_lazy(say, "Exception"), "danger", "circle-alert"),
        StateWord("decided", pgettext_lazy(say, "Decided"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
    )


def _wave() -> tuple[StateWord, ...]:
    say = "wave state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("released", pgettext_lazy(say, "Released"), "step", "ring-2"),
        StateWord("in_progress", pgettext_lazy(say, "In progress"), "step", "ring-3"),
        StateWord("completed", pgettext_lazy(say, "Completed"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
    )


def _carton() -> tuple[StateWord, ...]:
    say = "carton state"
    return (
        StateWord("open", pgettext_lazy(say, "Open"), "idle", "ring-dashed"),
        StateWord("verified", pgettext_lazy(say, "Verified"), "step", "ring-3"),
        StateWord("closed", pgettext_lazy(say, "Closed"), "ok", "disc-check"),
    )


def _kit_order() -> tuple[StateWord, ...]:
    say = "kit order state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("released", pgettext_lazy(say, "Released"), "step", "ring-2"),
        StateWord("in_work", pgettext_lazy(say, "In work"), "step", "ring-3"),
        StateWord("done", pgettext_lazy(say, "Done"), "ok", "disc-check"),
        StateWord("closed_short", pgettext_lazy(say, "Closed short"), "over", "circle-slash"),
    )


def _parcel() -> tuple[StateWord, ...]:
    say = "parcel state"
    return (
        StateWord("open", pgettext_lazy(say, "Open"), "idle", "ring-dashed"),
        StateWord("verified", pgettext_lazy(say, "Verified"), "step", "ring-2"),
        StateWord("labelled", pgettext_lazy(say, "Labelled"), "step", "tag"),
        StateWord("confirmed", pgettext_lazy(say, "Confirmed"), "step", "ring-3"),
        StateWord("manifested", pgettext_lazy(say, "Manifested"), "step", "ring-4"),
        StateWord("in_transit", pgettext_lazy(say, "In transit"), "info", "truck"),
        StateWord("out_for_delivery", pgettext_lazy(say, "Out for delivery"), "info", "truck"),
        StateWord("delivered", pgettext_lazy(say, "Delivered"), "ok", "disc-check"),
        StateWord("exception", pgettext_lazy(say, "Exception"), "danger", "circle-alert"),
        StateWord("voided", pgettext_lazy(say, "Voided"), "over", "circle-slash"),
    )


def _label() -> tuple[StateWord, ...]:
    say = "label state"
    return (
        StateWord("requested", pgettext_lazy(say, "Requested"), "idle", "ring-dashed"),
        StateWord("purchased", pgettext_lazy(say, "Bought"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy(say, "Failed"), "danger", "circle-alert"),
        StateWord("void_pending", pgettext_lazy(say, "Voiding"), "warn", "rotate-cw"),
        StateWord("voided", pgettext_lazy(say, "Voided"), "over", "circle-slash"),
    )


def _manifest() -> tuple[StateWord, ...]:
    say = "manifest state"
    return (
        StateWord("open", pgettext_lazy(say, "Open"), "idle", "ring-dashed"),
        StateWord("closed", pgettext_lazy(say, "Handed over"), "ok", "disc-check"),
    )


def _lot() -> tuple[StateWord, ...]:
    say = "lot state"
    return (
        StateWord("good", pgettext_lazy(say, "Available"), "ok", "disc-check"),
        StateWord("available", pgettext_lazy(say, "Available"), "ok", "disc-check"),
        StateWord("quarantine", pgettext_lazy(say, "Quarantine"), "warn", "flask-conical"),
        StateWord("hold", pgettext_lazy(say, "On hold"), "hold", "circle-pause"),
        StateWord("expired", pgettext_lazy(say, "Expired"), "over", "calendar-x"),
        StateWord("recalled", pgettext_lazy(say, "Recalled"), "danger", "megaphone"),
    )


def _condition() -> tuple[StateWord, ...]:
    say = "stock condition"
    return (
        StateWord("good", pgettext_lazy(say, "Good"), "ok", "disc-check"),
        StateWord("damaged", pgettext_lazy(say, "Damaged"), "danger", "shield-alert"),
        StateWord("quarantine", pgettext_lazy(say, "Quarantine"), "warn", "flask-conical"),
        StateWord(
            "suspected_missing", pgettext_lazy(say, "Suspected missing"), "warn", "package-search"
        ),
        StateWord("returning", pgettext_lazy(say, "Returning"), "info", "undo-2"),
    )


def _return() -> tuple[StateWord, ...]:
    say = "return state"
    return (
        StateWord("requested", pgettext_lazy(say, "Requested"), "idle", "ring-dashed"),
        StateWord("review", pgettext_lazy(say, "In review"), "warn", "eye"),
        StateWord("approved", pgettext_lazy(say, "Approved"), "step", "ring-1"),
        StateWord("label_issued", pgettext_lazy(say, "Label issued"), "step", "tag"),
        StateWord("in_transit", pgettext_lazy(say, "In transit"), "info", "truck"),
        StateWord("arrived", pgettext_lazy(say, "Arrived"), "step", "ring-3"),
        StateWord("inspected", pgettext_lazy(say, "Inspected"), "step", "ring-4"),
        StateWord("resolved", pgettext_lazy(say, "Resolved"), "ok", "disc-check"),
        StateWord("rejected", pgettext_lazy(say, "Rejected"), "danger", "circle-x"),
        StateWord("expired", pgettext_lazy(say, "Expired"), "over", "timer-off"),
    )


def _purchase_order() -> tuple[StateWord, ...]:
    say = "purchase order state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("pending", pgettext_lazy(say, "To approve"), "warn", "stamp"),
        StateWord("approved", pgettext_lazy(say, "Approved"), "step", "ring-1"),
        StateWord("sent", pgettext_lazy(say, "Sent"), "step", "send"),
        StateWord("confirmed", pgettext_lazy(say, "Confirmed"), "step", "ring-3"),
        StateWord("partly_received", pgettext_lazy(say, "Partly received"), "info", "ring-4"),
        StateWord("received", pgettext_lazy(say, "Received"), "ok", "disc-check"),
        StateWord("closed", pgettext_lazy(say, "Closed"), "over", "archive"),
        StateWord("rejected", pgettext_lazy(say, "Rejected"), "danger", "circle-x"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
    )


def _asn() -> tuple[StateWord, ...]:
    say = "advance notice state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("submitted", pgettext_lazy(say, "Submitted"), "step", "ring-1"),
        StateWord("in_transit", pgettext_lazy(say, "In transit"), "info", "truck"),
        StateWord("arrived", pgettext_lazy(say, "Arrived"), "step", "ring-3"),
        StateWord("received", pgettext_lazy(say, "Received"), "ok", "disc-check"),
        StateWord("variance", pgettext_lazy(say, "Variance"), "warn", "triangle-alert"),
        StateWord("closed", pgettext_lazy(say, "Closed"), "over", "archive"),
    )


def _agreement() -> tuple[StateWord, ...]:
    say = "agreement state"
    return (
        StateWord("draft", pgettext_lazy(say, "Draft"), "idle", "ring-dashed"),
        StateWord("offered", pgettext_lazy(say, "Offered"), "warn", "send"),
        StateWord("accepted", pgettext_lazy(say, "Accepted"), "step", "ring-3"),
        StateWord("active", pgettext_lazy(say, "Active"), "ok", "disc-check"),
        StateWord("expired", pgettext_lazy(say, "Expired"), "over", "timer-off"),
        StateWord("ended", pgettext_lazy(say, "Ended"), "over", "archive"),
    )


def _job() -> tuple[StateWord, ...]:
    say = "job state"
    return (
        StateWord("queued", pgettext_lazy(say, "Queued"), "idle", "ring-dashed"),
        StateWord("running", pgettext_lazy(say, "Running"), "step", "loader-circle"),
        StateWord("succeeded", pgettext_lazy(say, "Succeeded"), "ok", "disc-check"),
        StateWord("failed_retry", pgettext_lazy(say, "Retrying"), "warn", "rotate-cw"),
        StateWord("dead", pgettext_lazy(say, "Stopped"), "danger", "circle-alert"),
        StateWord("cancelled", pgettext_lazy(say, "Cancelled"), "over", "circle-slash"),
    )


def _webhook() -> tuple[StateWord, ...]:
    say = "webhook delivery state"
    return (
        StateWord("pending", pgettext_lazy(say, "Pending"), "idle", "ring-dashed"),
        StateWord("delivered", pgettext_lazy(say, "Delivered"), "ok", "disc-check"),
        StateWord("retrying", pgettext_lazy(say, "Retrying"), "warn", "rotate-cw"),
        StateWord("failed", pgettext_lazy(say, "Failed"), "danger", "circle-alert"),
        StateWord("skipped", pgettext_lazy(say, "Skipped"), "over", "circle-slash"),
    )


def _alert() -> tuple[StateWord, ...]:
    say = "alert level"
    return (
        StateWord("critical", pgettext_lazy(say, "Critical"), "critical", "circle-alert"),
        StateWord("high", pgettext_lazy(say, "High"), "danger", "circle-alert"),
        StateWord("medium", pgettext_lazy(say, "Medium"), "warn", "triangle-alert"),
        StateWord("low", pgettext_lazy(say, "Low"), "info", "info"),
        StateWord("resolved", pgettext_lazy(say, "Resolved"), "ok", "disc-check"),
        StateWord("snoozed", pgettext_lazy(say, "Snoozed"), "over", "alarm-clock-off"),
    )


def _promise() -> tuple[StateWord, ...]:
    say = "promise state"
    return (
        StateWord("on_time", pgettext_lazy(say, "On time"), "ok", "calendar-check"),
        StateWord("late_risk", pgettext_lazy(say, "Late risk"), "warn", "hourglass"),
        StateWord("late", pgettext_lazy(say, "Late"), "danger", "clock-alert"),
    )


def _mail() -> tuple[StateWord, ...]:
    say = "mail state"
    return (
        StateWord("planned", pgettext_lazy(say, "Planned"), "idle", "ring-dashed"),
        StateWord("sent", pgettext_lazy(say, "Sent"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy(say, "Failed"), "danger", "circle-alert"),
    )


def _import() -> tuple[StateWord, ...]:
    say = "import state"
    return (
        StateWord("uploaded", pgettext_lazy(say, "Uploaded"), "idle", "ring-dashed"),
        StateWord("mapped", pgettext_lazy(say, "Columns set"), "step", "ring-1"),
        StateWord("checking", pgettext_lazy(say, "Checking"), "step", "loader-circle"),
        StateWord("checked", pgettext_lazy(say, "Checked"), "step", "ring-3"),
        StateWord("applying", pgettext_lazy(say, "Applying"), "step", "loader-circle"),
        StateWord("applied", pgettext_lazy(say, "Applied"), "ok", "disc-check"),
        StateWord("undoing", pgettext_lazy(say, "Undoing"), "warn", "rotate-cw"),
        StateWord("undone", pgettext_lazy(say, "Undone"), "over", "undo-2"),
        StateWord("failed", pgettext_lazy(say, "Failed"), "danger", "circle-alert"),
    )


def _account() -> tuple[StateWord, ...]:
    say = "account state"
    return (
        StateWord("active", pgettext_lazy(say, "Active"), "ok", "disc-check"),
        StateWord("invited", pgettext_lazy(say, "Invited"), "idle", "send"),
        StateWord("suspended", pgettext_lazy(say, "Suspended"), "hold", "circle-pause"),
        StateWord("archived", pgettext_lazy(say, "Archived"), "over", "archive"),
        StateWord("revoked", pgettext_lazy(say, "Revoked"), "over", "circle-slash"),
        StateWord("expired", pgettext_lazy(say, "Expired"), "over", "timer-off"),
    )


def _index(words: Iterable[StateWord]) -> dict[str, StateWord]:
    return {word.code: word for word in words}


WORDS: dict[str, dict[str, StateWord]] = {
    "order": _index(_order()),
    "shipment": _index(_shipment()),
    "reservation": _index(_reservation()),
    "task": _index(_task()),
    "wave": _index(_wave()),
    "carton": _index(_carton()),
    "kit_order": _index(_kit_order()),
    "parcel": _index(_parcel()),
    "label": _index(_label()),
    "manifest": _index(_manifest()),
    "lot": _index(_lot()),
    "condition": _index(_condition()),
    "return": _index(_return()),
    "purchase_order": _index(_purchase_order()),
    "asn": _index(_asn()),
    "agreement": _index(_agreement()),
    "job": _index(_job()),
    "webhook": _index(_webhook()),
    "alert": _index(_alert()),
    "promise": _index(_promise()),
    "mail": _index(_mail()),
    "import": _index(_import()),
    "account": _index(_account()),
}


def word(kind: str, state: str) -> StateWord:
    """Return the word of a state; a state outside the list keeps its own code, read as words."""
    known = WORDS.get(kind, {}).get(state)
    if known is not None:
        return known
    return StateWord(state, state.replace("_", " ").capitalize(), "idle", "ring-dashed")


def choices(kind: str, *states: str) -> list[tuple[str, str | Promise]]:
    """Return (code, word) pairs of a kind, all of them or the named ones in the given order."""
    words = WORDS[kind]
    return [(code, words[code].text) for code in (states or tuple(words))]


def codes(kind: str) -> tuple[str, ...]:
    """Return every state code of a kind, in the order an object passes through them."""
    return tuple(WORDS[kind])
