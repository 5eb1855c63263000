"""The refusals that several services of returns share."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StateConflict, gettext_noop


class ReturnNotFound(NotFound):
    """No return has this id."""

    code = "RETURN_NOT_FOUND"
    text = gettext_noop("This return does not exist. Search for its number.")


class ReturnMoveRefused(StateConflict):
    """The return's state does not lead where the step goes; `state` and `event` say from where."""

    code = "RETURN_MOVE_REFUSED"
    text = gettext_noop(
        "Return %(number)s has moved on: this step is not possible any more. Reload it."
    )


class ReturnReasonMissing(InputRefused):
    """The step must be explained."""

    code = "RETURN_REASON_MISSING"
    text = gettext_noop("Say why: this step is kept in the log with its reason.")
