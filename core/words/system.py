"""The words of states of the installation: jobs, mails, imports, accounts, alerts."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _job() -> tuple[StateWord, ...]:
    return (
        StateWord("queued", pgettext_lazy("job state", "Queued"), "idle", "ring-dashed"),
        StateWord("running", pgettext_lazy("job state", "Running"), "step", "loader-circle"),
        StateWord("succeeded", pgettext_lazy("job state", "Succeeded"), "ok", "disc-check"),
        StateWord("failed_retry", pgettext_lazy("job state", "Retrying"), "warn", "rotate-cw"),
        StateWord("dead", pgettext_lazy("job state", "Stopped"), "danger", "circle-alert"),
        StateWord("cancelled", pgettext_lazy("job state", "Cancelled"), "over", "circle-slash"),
    )


def _approval() -> tuple[StateWord, ...]:
    return (
        StateWord("pending", pgettext_lazy("approval state", "Waiting"), "warn", "stamp"),
        StateWord("approved", pgettext_lazy("approval state", "Approved"), "ok", "disc-check"),
        StateWord("rejected", pgettext_lazy("approval state", "Rejected"), "danger", "circle-x"),
        StateWord("superseded", pgettext_lazy("approval state", "Superseded"), "over", "archive"),
        StateWord("withdrawn", pgettext_lazy("approval state", "Taken back"), "over", "undo-2"),
        StateWord("expired", pgettext_lazy("approval state", "Expired"), "over", "timer-off"),
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


STATES = {
    "approval": _approval(),
    "job": _job(),
    "webhook": _webhook(),
    "alert": _alert(),
    "mail": _mail(),
    "import": _import(),
    "account": _account(),
}
