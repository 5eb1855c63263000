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
    return (
        StateWord("draft", pgettext_lazy("order state", "Draft"), "idle", "ring-dashed"),
        StateWord("new", pgettext_lazy("order state", "New"), "idle", "ring-dashed"),
        StateWord(
            "attention", pgettext_lazy("order state", "Needs attention"), "warn", "triangle-alert"
        ),
        StateWord("held", pgettext_lazy("order state", "On hold"), "hold", "circle-pause"),
        StateWord("confirmed", pgettext_lazy("order state", "Confirmed"), "step", "ring-1"),
        StateWord("routed", pgettext_lazy("order state", "Routed"), "step", "ring-1"),
        StateWord("released", pgettext_lazy("order state", "Released"), "step", "ring-2"),
        StateWord("picking", pgettext_lazy("order state", "Picking"), "step", "ring-3"),
        StateWord("packed", pgettext_lazy("order state", "Packed"), "step", "ring-4"),
        StateWord("shipped", pgettext_lazy("order state", "Shipped"), "info", "truck"),
        StateWord("delivered", pgettext_lazy("order state", "Delivered"), "ok", "disc-check"),
        StateWord("completed", pgettext_lazy("order state", "Completed"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy("order state", "Cancelled"), "over", "circle-slash"),
        StateWord("returned_part", pgettext_lazy("order state", "Part returned"), "over", "undo-2"),
        StateWord("returned", pgettext_lazy("order state", "Returned"), "over", "undo-2"),
    )


def _shipment() -> tuple[StateWord, ...]:
    return (
        StateWord("planned", pgettext_lazy("shipment state", "Planned"), "step", "ring-1"),
        StateWord("released", pgettext_lazy("shipment state", "Released"), "step", "ring-2"),
        StateWord("picking", pgettext_lazy("shipment state", "Picking"), "step", "ring-3"),
        StateWord("packed", pgettext_lazy("shipment state", "Packed"), "step", "ring-4"),
        StateWord("shipped", pgettext_lazy("shipment state", "Shipped"), "info", "truck"),
        StateWord("delivered", pgettext_lazy("shipment state", "Delivered"), "ok", "disc-check"),
        StateWord(
            "cancelled", pgettext_lazy("shipment state", "Cancelled"), "over", "circle-slash"
        ),
        StateWord("backorder", pgettext_lazy("shipment state", "Backorder"), "warn", "hourglass"),
    )


def _reservation() -> tuple[StateWord, ...]:
    return (
        StateWord("pending", pgettext_lazy("reservation state", "Reserved"), "step", "ring-2"),
        StateWord("consumed", pgettext_lazy("reservation state", "Shipped"), "ok", "disc-check"),
        StateWord("posted", pgettext_lazy("reservation state", "Picked"), "ok", "disc-check"),
        StateWord("released", pgettext_lazy("reservation state", "Released"), "over", "undo-2"),
        StateWord("voided", pgettext_lazy("reservation state", "Released"), "over", "undo-2"),
        StateWord("expired", pgettext_lazy("reservation state", "Expired"), "over", "timer-off"),
    )


def _task() -> tuple[StateWord, ...]:
    return (
        StateWord("ready", pgettext_lazy("task state", "Ready"), "idle", "ring-dashed"),
        StateWord("open", pgettext_lazy("task state", "Open"), "idle", "ring-dashed"),
        StateWord("assigned", pgettext_lazy("task state", "Assigned"), "step", "ring-1"),
        StateWord("active", pgettext_lazy("task state", "Active"), "step", "ring-3"),
        StateWord("paused", pgettext_lazy("task state", "Paused"), "hold", "circle-pause"),
        StateWord("picked", pgettext_lazy("task state", "Picked"), "ok", "disc-check"),
        StateWord("done", pgettext_lazy("task state", "Done"), "ok", "disc-check"),
        StateWord("short", pgettext_lazy("task state", "Short"), "danger", "package-x"),
        StateWord("skipped", pgettext_lazy("task state", "Skipped"), "warn", "skip-forward"),
        StateWord("exception", pgettext_lazy("task state", "Exception"), "danger", "circle-alert"),
        StateWord("decided", pgettext_lazy("task state", "Decided"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy("task state", "Cancelled"), "over", "circle-slash"),
    )


def _wave() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("wave state", "Draft"), "idle", "ring-dashed"),
        StateWord("released", pgettext_lazy("wave state", "Released"), "step", "ring-2"),
        StateWord("in_progress", pgettext_lazy("wave state", "In progress"), "step", "ring-3"),
        StateWord("completed", pgettext_lazy("wave state", "Completed"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy("wave state", "Cancelled"), "over", "circle-slash"),
    )


def _carton() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("carton state", "Open"), "idle", "ring-dashed"),
        StateWord("verified", pgettext_lazy("carton state", "Verified"), "step", "ring-3"),
        StateWord("closed", pgettext_lazy("carton state", "Closed"), "ok", "disc-check"),
    )


def _kit_order() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("kit order state", "Draft"), "idle", "ring-dashed"),
        StateWord("released", pgettext_lazy("kit order state", "Released"), "step", "ring-2"),
        StateWord("in_work", pgettext_lazy("kit order state", "In work"), "step", "ring-3"),
        StateWord("done", pgettext_lazy("kit order state", "Done"), "ok", "disc-check"),
        StateWord(
            "closed_short", pgettext_lazy("kit order state", "Closed short"), "over", "circle-slash"
        ),
    )


def _parcel() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("parcel state", "Open"), "idle", "ring-dashed"),
        StateWord("verified", pgettext_lazy("parcel state", "Verified"), "step", "ring-2"),
        StateWord("labelled", pgettext_lazy("parcel state", "Labelled"), "step", "tag"),
        StateWord("confirmed", pgettext_lazy("parcel state", "Confirmed"), "step", "ring-3"),
        StateWord("manifested", pgettext_lazy("parcel state", "Manifested"), "step", "ring-4"),
        StateWord("in_transit", pgettext_lazy("parcel state", "In transit"), "info", "truck"),
        StateWord(
            "out_for_delivery", pgettext_lazy("parcel state", "Out for delivery"), "info", "truck"
        ),
        StateWord("delivered", pgettext_lazy("parcel state", "Delivered"), "ok", "disc-check"),
        StateWord(
            "exception", pgettext_lazy("parcel state", "Exception"), "danger", "circle-alert"
        ),
        StateWord("voided", pgettext_lazy("parcel state", "Voided"), "over", "circle-slash"),
    )


def _label() -> tuple[StateWord, ...]:
    return (
        StateWord("requested", pgettext_lazy("label state", "Requested"), "idle", "ring-dashed"),
        StateWord("purchased", pgettext_lazy("label state", "Bought"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy("label state", "Failed"), "danger", "circle-alert"),
        StateWord("void_pending", pgettext_lazy("label state", "Voiding"), "warn", "rotate-cw"),
        StateWord("voided", pgettext_lazy("label state", "Voided"), "over", "circle-slash"),
    )


def _manifest() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("manifest state", "Open"), "idle", "ring-dashed"),
        StateWord("closed", pgettext_lazy("manifest state", "Handed over"), "ok", "disc-check"),
    )


def _lot() -> tuple[StateWord, ...]:
    return (
        StateWord("good", pgettext_lazy("lot state", "Available"), "ok", "disc-check"),
        StateWord("available", pgettext_lazy("lot state", "Available"), "ok", "disc-check"),
        StateWord("quarantine", pgettext_lazy("lot state", "Quarantine"), "warn", "flask-conical"),
        StateWord("hold", pgettext_lazy("lot state", "On hold"), "hold", "circle-pause"),
        StateWord("expired", pgettext_lazy("lot state", "Expired"), "over", "calendar-x"),
        StateWord("recalled", pgettext_lazy("lot state", "Recalled"), "danger", "megaphone"),
    )


def _condition() -> tuple[StateWord, ...]:
    return (
        StateWord("good", pgettext_lazy("stock condition", "Good"), "ok", "disc-check"),
        StateWord("damaged", pgettext_lazy("stock condition", "Damaged"), "danger", "shield-alert"),
        StateWord(
            "quarantine", pgettext_lazy("stock condition", "Quarantine"), "warn", "flask-conical"
        ),
        StateWord(
            "suspected_missing",
            pgettext_lazy("stock condition", "Suspected missing"),
            "warn",
            "package-search",
        ),
        StateWord("returning", pgettext_lazy("stock condition", "Returning"), "info", "undo-2"),
    )


def _return() -> tuple[StateWord, ...]:
    return (
        StateWord("requested", pgettext_lazy("return state", "Requested"), "idle", "ring-dashed"),
        StateWord("review", pgettext_lazy("return state", "In review"), "warn", "eye"),
        StateWord("approved", pgettext_lazy("return state", "Approved"), "step", "ring-1"),
        StateWord("label_issued", pgettext_lazy("return state", "Label issued"), "step", "tag"),
        StateWord("in_transit", pgettext_lazy("return state", "In transit"), "info", "truck"),
        StateWord("arrived", pgettext_lazy("return state", "Arrived"), "step", "ring-3"),
        StateWord("inspected", pgettext_lazy("return state", "Inspected"), "step", "ring-4"),
        StateWord("resolved", pgettext_lazy("return state", "Resolved"), "ok", "disc-check"),
        StateWord("rejected", pgettext_lazy("return state", "Rejected"), "danger", "circle-x"),
        StateWord("expired", pgettext_lazy("return state", "Expired"), "over", "timer-off"),
    )


def _purchase_order() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("purchase order state", "Draft"), "idle", "ring-dashed"),
        StateWord("pending", pgettext_lazy("purchase order state", "To approve"), "warn", "stamp"),
        StateWord("approved", pgettext_lazy("purchase order state", "Approved"), "step", "ring-1"),
        StateWord("sent", pgettext_lazy("purchase order state", "Sent"), "step", "send"),
        StateWord(
            "confirmed", pgettext_lazy("purchase order state", "Confirmed"), "step", "ring-3"
        ),
        StateWord(
            "partly_received",
            pgettext_lazy("purchase order state", "Partly received"),
            "info",
            "ring-4",
        ),
        StateWord(
            "received", pgettext_lazy("purchase order state", "Received"), "ok", "disc-check"
        ),
        StateWord("closed", pgettext_lazy("purchase order state", "Closed"), "over", "archive"),
        StateWord(
            "rejected", pgettext_lazy("purchase order state", "Rejected"), "danger", "circle-x"
        ),
        StateWord(
            "cancelled", pgettext_lazy("purchase order state", "Cancelled"), "over", "circle-slash"
        ),
    )


def _asn() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("advance notice state", "Draft"), "idle", "ring-dashed"),
        StateWord(
            "announced", pgettext_lazy("advance notice state", "Announced"), "step", "ring-1"
        ),
        StateWord(
            "receiving", pgettext_lazy("advance notice state", "Receiving"), "step", "ring-4"
        ),
        StateWord(
            "closed_short",
            pgettext_lazy("advance notice state", "Closed short"),
            "warn",
            "triangle-alert",
        ),
        StateWord(
            "cancelled", pgettext_lazy("advance notice state", "Cancelled"), "over", "circle-slash"
        ),
        StateWord(
            "submitted", pgettext_lazy("advance notice state", "Submitted"), "step", "ring-1"
        ),
        StateWord(
            "in_transit", pgettext_lazy("advance notice state", "In transit"), "info", "truck"
        ),
        StateWord("arrived", pgettext_lazy("advance notice state", "Arrived"), "step", "ring-3"),
        StateWord(
            "received", pgettext_lazy("advance notice state", "Received"), "ok", "disc-check"
        ),
        StateWord(
            "variance", pgettext_lazy("advance notice state", "Variance"), "warn", "triangle-alert"
        ),
        StateWord("closed", pgettext_lazy("advance notice state", "Closed"), "over", "archive"),
    )


def _agreement() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("agreement state", "Draft"), "idle", "ring-dashed"),
        StateWord("offered", pgettext_lazy("agreement state", "Offered"), "warn", "send"),
        StateWord("accepted", pgettext_lazy("agreement state", "Accepted"), "step", "ring-3"),
        StateWord("active", pgettext_lazy("agreement state", "Active"), "ok", "disc-check"),
        StateWord("expired", pgettext_lazy("agreement state", "Expired"), "over", "timer-off"),
        StateWord("ended", pgettext_lazy("agreement state", "Ended"), "over", "archive"),
    )


def _job() -> tuple[StateWord, ...]:
    return (
        StateWord("queued", pgettext_lazy("job state", "Queued"), "idle", "ring-dashed"),
        StateWord("running", pgettext_lazy("job state", "Running"), "step", "loader-circle"),
        StateWord("succeeded", pgettext_lazy("job state", "Succeeded"), "ok", "disc-check"),
        StateWord("failed_retry", pgettext_lazy("job state", "Retrying"), "warn", "rotate-cw"),
        StateWord("dead", pgettext_lazy("job state", "Stopped"), "danger", "circle-alert"),
        StateWord("cancelled", pgettext_lazy("job state", "Cancelled"), "over", "circle-slash"),
    )


def _webhook() -> tuple[StateWord, ...]:
    return (
        StateWord(
            "pending", pgettext_lazy("webhook delivery state", "Pending"), "idle", "ring-dashed"
        ),
        StateWord(
            "delivered", pgettext_lazy("webhook delivery state", "Delivered"), "ok", "disc-check"
        ),
        StateWord(
            "retrying", pgettext_lazy("webhook delivery state", "Retrying"), "warn", "rotate-cw"
        ),
        StateWord(
            "failed", pgettext_lazy("webhook delivery state", "Failed"), "danger", "circle-alert"
        ),
        StateWord(
            "skipped", pgettext_lazy("webhook delivery state", "Skipped"), "over", "circle-slash"
        ),
    )


def _alert() -> tuple[StateWord, ...]:
    return (
        StateWord("critical", pgettext_lazy("alert level", "Critical"), "critical", "circle-alert"),
        StateWord("high", pgettext_lazy("alert level", "High"), "danger", "circle-alert"),
        StateWord("medium", pgettext_lazy("alert level", "Medium"), "warn", "triangle-alert"),
        StateWord("low", pgettext_lazy("alert level", "Low"), "info", "info"),
        StateWord("resolved", pgettext_lazy("alert level", "Resolved"), "ok", "disc-check"),
        StateWord("snoozed", pgettext_lazy("alert level", "Snoozed"), "over", "alarm-clock-off"),
    )


def _promise() -> tuple[StateWord, ...]:
    return (
        StateWord("on_time", pgettext_lazy("promise state", "On time"), "ok", "calendar-check"),
        StateWord("late_risk", pgettext_lazy("promise state", "Late risk"), "warn", "hourglass"),
        StateWord("late", pgettext_lazy("promise state", "Late"), "danger", "clock-alert"),
    )


def _mail() -> tuple[StateWord, ...]:
    return (
        StateWord("planned", pgettext_lazy("mail state", "Planned"), "idle", "ring-dashed"),
        StateWord("sent", pgettext_lazy("mail state", "Sent"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy("mail state", "Failed"), "danger", "circle-alert"),
    )


def _import() -> tuple[StateWord, ...]:
    return (
        StateWord("uploaded", pgettext_lazy("import state", "Uploaded"), "idle", "ring-dashed"),
        StateWord("mapped", pgettext_lazy("import state", "Columns set"), "step", "ring-1"),
        StateWord("checking", pgettext_lazy("import state", "Checking"), "step", "loader-circle"),
        StateWord("checked", pgettext_lazy("import state", "Checked"), "step", "ring-3"),
        StateWord("applying", pgettext_lazy("import state", "Applying"), "step", "loader-circle"),
        StateWord("applied", pgettext_lazy("import state", "Applied"), "ok", "disc-check"),
        StateWord("cancelled", pgettext_lazy("import state", "Stopped"), "warn", "circle-slash"),
        StateWord("undoing", pgettext_lazy("import state", "Undoing"), "warn", "rotate-cw"),
        StateWord("undone", pgettext_lazy("import state", "Undone"), "over", "undo-2"),
        StateWord("failed", pgettext_lazy("import state", "Failed"), "danger", "circle-alert"),
    )


def _account() -> tuple[StateWord, ...]:
    return (
        StateWord("active", pgettext_lazy("account state", "Active"), "ok", "disc-check"),
        StateWord("invited", pgettext_lazy("account state", "Invited"), "idle", "send"),
        StateWord("suspended", pgettext_lazy("account state", "Suspended"), "hold", "circle-pause"),
        StateWord("archived", pgettext_lazy("account state", "Archived"), "over", "archive"),
        StateWord("revoked", pgettext_lazy("account state", "Revoked"), "over", "circle-slash"),
        StateWord("expired", pgettext_lazy("account state", "Expired"), "over", "timer-off"),
    )


def _subscription() -> tuple[StateWord, ...]:
    return (
        StateWord("active", pgettext_lazy("subscription state", "Active"), "ok", "disc-check"),
        StateWord("paused", pgettext_lazy("subscription state", "Paused"), "hold", "circle-pause"),
        StateWord("ended", pgettext_lazy("subscription state", "Ended"), "over", "circle-slash"),
    )


def _subscription_run() -> tuple[StateWord, ...]:
    return (
        StateWord("ordered", pgettext_lazy("delivery state", "Ordered"), "ok", "disc-check"),
        StateWord("skipped", pgettext_lazy("delivery state", "Skipped"), "over", "undo-2"),
        StateWord("refused", pgettext_lazy("delivery state", "Refused"), "danger", "circle-alert"),
    )


def _transfer() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("transfer state", "Draft"), "idle", "ring-dashed"),
        StateWord("approved", pgettext_lazy("transfer state", "Approved"), "step", "ring-1"),
        StateWord("picking", pgettext_lazy("transfer state", "Picking"), "step", "ring-3"),
        StateWord("in_transit", pgettext_lazy("transfer state", "In transit"), "info", "truck"),
        StateWord(
            "partially_received",
            pgettext_lazy("transfer state", "Partly received"),
            "info",
            "package-open",
        ),
        StateWord("received", pgettext_lazy("transfer state", "Received"), "ok", "disc-check"),
        StateWord(
            "cancelled", pgettext_lazy("transfer state", "Cancelled"), "over", "circle-slash"
        ),
    )


def _work_order() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("work order state", "Draft"), "idle", "ring-dashed"),
        StateWord("released", pgettext_lazy("work order state", "Released"), "step", "ring-2"),
        StateWord("in_progress", pgettext_lazy("work order state", "In work"), "step", "ring-3"),
        StateWord("done", pgettext_lazy("work order state", "Done"), "ok", "disc-check"),
        StateWord(
            "cancelled", pgettext_lazy("work order state", "Cancelled"), "over", "circle-slash"
        ),
    )


def _campaign() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("campaign state", "Draft"), "idle", "ring-dashed"),
        StateWord("active", pgettext_lazy("campaign state", "Active"), "ok", "disc-check"),
        StateWord("paused", pgettext_lazy("campaign state", "Paused"), "hold", "circle-pause"),
        StateWord("ended", pgettext_lazy("campaign state", "Ended"), "over", "archive"),
    )


def _pack_rule() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("rule state", "Draft"), "idle", "ring-dashed"),
        StateWord("live", pgettext_lazy("rule state", "Live"), "ok", "disc-check"),
        StateWord("paused", pgettext_lazy("rule state", "Paused"), "hold", "circle-pause"),
        StateWord("retired", pgettext_lazy("rule state", "Replaced"), "over", "archive"),
        StateWord("add", pgettext_lazy("rule answer", "Added"), "ok", "disc-check"),
        StateWord("hold", pgettext_lazy("rule answer", "Holds the parcel"), "hold", "circle-pause"),
        StateWord("skip", pgettext_lazy("rule answer", "Skipped"), "warn", "triangle-alert"),
        StateWord("no", pgettext_lazy("rule answer", "No"), "idle", "ring-dashed"),
    )


def _unidentified() -> tuple[StateWord, ...]:
    return (
        StateWord("held", pgettext_lazy("unidentified goods", "On hold"), "hold", "circle-pause"),
        StateWord("linked", pgettext_lazy("unidentified goods", "Linked"), "ok", "disc-check"),
        StateWord("returned", pgettext_lazy("unidentified goods", "Returned"), "over", "undo-2"),
        StateWord("disposed", pgettext_lazy("unidentified goods", "Disposed"), "over", "archive"),
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
    "campaign": _index(_campaign()),
    "pack_rule": _index(_pack_rule()),
    "kit_order": _index(_kit_order()),
    "parcel": _index(_parcel()),
    "label": _index(_label()),
    "manifest": _index(_manifest()),
    "lot": _index(_lot()),
    "condition": _index(_condition()),
    "return": _index(_return()),
    "purchase_order": _index(_purchase_order()),
    "asn": _index(_asn()),
    "unidentified": _index(_unidentified()),
    "agreement": _index(_agreement()),
    "job": _index(_job()),
    "webhook": _index(_webhook()),
    "alert": _index(_alert()),
    "promise": _index(_promise()),
    "mail": _index(_mail()),
    "import": _index(_import()),
    "account": _index(_account()),
    "transfer": _index(_transfer()),
    "work_order": _index(_work_order()),
    "subscription": _index(_subscription()),
    "subscription_run": _index(_subscription_run()),
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
