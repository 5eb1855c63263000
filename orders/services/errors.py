"""The refusals of the orders app that several services share."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StaleVersion, StateConflict, gettext_noop


class OrderNotFound(NotFound):
    """No order has this id."""

    code = "ORDER_NOT_FOUND"
    text = gettext_noop("This order does not exist. Search for its number.")


class ShipmentNotFound(NotFound):
    """No shipment has this id."""

    code = "SHIPMENT_NOT_FOUND"
    text = gettext_noop("This shipment does not exist. Open its order to see what is there.")


class OrderMoveRefused(StateConflict):
    """The order's state does not lead where the step goes; `state` and `event` say from where."""

    code = "ORDER_MOVE_REFUSED"
    text = gettext_noop("The order is %(state)s: this step is not possible any more. Reload it.")


class ShipmentMoveRefused(StateConflict):
    """The shipment's state does not lead where the step goes."""

    code = "SHIPMENT_MOVE_REFUSED"
    text = gettext_noop(
        "Shipment %(number)s is %(state)s: this step is not possible. Reload to see what is."
    )


class OrderOnHold(StateConflict):
    """Open holds stop the step; `kinds` lists them."""

    code = "ORDER_ON_HOLD"
    text = gettext_noop("The order is on hold (%(kinds)s). Release the hold, then go on.")


class OrderChanged(StaleVersion):
    """Somebody changed the order since the caller read it."""

    code = "ORDER_CHANGED"
    text = gettext_noop("Someone changed order %(number)s meanwhile. Reload, compare, save again.")


class ReasonMissing(InputRefused):
    """The step must be explained."""

    code = "REASON_MISSING"
    text = gettext_noop("Say why: this step is kept in the log with its reason.")


class UnitsRefused(StateConflict):
    """More units than the line has for this step."""

    code = "UNITS_REFUSED"
    text = gettext_noop("Only %(most)s units can take this step, %(qty)s were given.")
