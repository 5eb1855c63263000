"""What announcing an arrival of a purchase order refuses, as named errors."""

from __future__ import annotations

from core.errors import InputRefused, StateConflict, gettext_noop


class NothingToCome(StateConflict):
    """The supplier never got the order, it ended, or everything of it is announced."""

    code = "PURCHASE_NOTHING_TO_COME"
    text = gettext_noop(
        "Nothing of order %(number)s is still to be announced. Look at its arrivals, or open an "
        "unplanned one."
    )


class OverOrder(InputRefused):
    """More units than are still open on the order; what is above it needs a decision."""

    code = "PURCHASE_OVER_ORDER"
    text = gettext_noop(
        "%(sku)s: %(left)s units are still open on the order. Announce at most these, or change "
        "the order first."
    )


class DayTooFar(InputRefused):
    """A day of arrival nobody can mean."""

    code = "ARRIVAL_DAY_REFUSED"
    text = gettext_noop("Enter a day from yesterday to %(n)s days from now.")


class ArrivalCame(StateConflict):
    """The goods stand at the dock: the day is known."""

    code = "ARRIVAL_CAME"
    text = gettext_noop("Arrival %(number)s is %(state)s. Only announced ones get another day.")
