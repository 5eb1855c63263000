"""The words of states in the warehouse: tasks, waves, kits, lots, transfers, inserts."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


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


def _desk() -> tuple[StateWord, ...]:
    """Name what a floor screen is for, in the order the goods pass them."""
    return (
        StateWord("receive", pgettext_lazy("floor work", "Receiving"), "step", "ring-1"),
        StateWord("put-away", pgettext_lazy("floor work", "Put-away"), "step", "ring-1"),
        StateWord("move", pgettext_lazy("floor work", "Moving stock"), "step", "ring-1"),
        StateWord("refill", pgettext_lazy("floor work", "Refills"), "step", "ring-1"),
        StateWord("pick", pgettext_lazy("floor work", "Picking"), "step", "ring-2"),
        StateWord("round", pgettext_lazy("floor work", "Picking by cart"), "step", "ring-2"),
        StateWord("wall", pgettext_lazy("floor work", "Put wall"), "step", "ring-2"),
        StateWord("kit", pgettext_lazy("floor work", "Kitting"), "step", "ring-2"),
        StateWord("pack", pgettext_lazy("floor work", "Packing"), "step", "ring-3"),
        StateWord("pallet", pgettext_lazy("floor work", "Pallets"), "step", "ring-3"),
        StateWord("dispatch", pgettext_lazy("floor work", "Dispatch"), "ok", "truck"),
        StateWord("put_back", pgettext_lazy("floor work", "Put-back"), "warn", "undo-2"),
        StateWord("put-back", pgettext_lazy("floor work", "Put-back"), "warn", "undo-2"),
        StateWord("count", pgettext_lazy("floor work", "Counting"), "idle", "ring-1"),
        StateWord("transfer", pgettext_lazy("floor work", "Transfers"), "step", "truck"),
        StateWord("prints", pgettext_lazy("floor work", "Printing"), "idle", "ring-1"),
        StateWord("home", pgettext_lazy("floor work", "Choosing work"), "idle", "ring-dashed"),
    )


STATES = {
    "floor_work": _desk(),
    "task": _task(),
    "wave": _wave(),
    "carton": _carton(),
    "campaign": _campaign(),
    "pack_rule": _pack_rule(),
    "kit_order": _kit_order(),
    "lot": _lot(),
    "condition": _condition(),
    "transfer": _transfer(),
    "work_order": _work_order(),
}
