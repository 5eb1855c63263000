"""The words of states between the click and the door: orders, parcels, promises, returns."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


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


def _promise() -> tuple[StateWord, ...]:
    return (
        StateWord("on_time", pgettext_lazy("promise state", "On time"), "ok", "calendar-check"),
        StateWord("late_risk", pgettext_lazy("promise state", "Late risk"), "warn", "hourglass"),
        StateWord("late", pgettext_lazy("promise state", "Late"), "danger", "clock-alert"),
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
        StateWord("cancelled", pgettext_lazy("return state", "Cancelled"), "over", "circle-slash"),
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


STATES = {
    "order": _order(),
    "shipment": _shipment(),
    "reservation": _reservation(),
    "parcel": _parcel(),
    "label": _label(),
    "manifest": _manifest(),
    "return": _return(),
    "promise": _promise(),
    "subscription": _subscription(),
    "subscription_run": _subscription_run(),
}
