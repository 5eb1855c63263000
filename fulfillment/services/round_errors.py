"""What rounds, carts and put walls refuse, as named errors."""

from __future__ import annotations

from core.errors import DomainError, StateConflict, gettext_noop


class ShipmentsNotFree(StateConflict):
    """Shipments of the plan stand in another round, or have nothing left to pick."""

    code = "SHIPMENTS_NOT_FREE"
    text = gettext_noop(
        "%(count)s of these orders are in another round or picked already. Plan the rest again."
    )


class NoRoundWaits(DomainError):
    """No wave on the floor has anything left for a cart."""

    code = "NO_ROUND_WAITS"
    text = gettext_noop("Nothing waits for cart %(cart)s. Release a wave first.")


class RoundNotOpen(StateConflict):
    """The round was taken, closed or cancelled meanwhile."""

    code = "ROUND_NOT_OPEN"
    text = gettext_noop("This round is not open any more. Scan the cart again.")


class ToteOnThisCart(DomainError):
    """The tote stands in another slot of the same cart."""

    code = "TOTE_ON_THIS_CART"
    text = gettext_noop("Tote %(tote)s is in slot %(slot)s already. Scan another tote.")


class ToteElsewhere(StateConflict):
    """The tote stands on another cart."""

    code = "TOTE_ON_OTHER_CART"
    text = gettext_noop("Tote %(tote)s is on cart %(cart)s. Take an empty tote.")


class NotATote(DomainError):
    """The scanned place is no tote."""

    code = "NOT_A_TOTE"
    text = gettext_noop("%(tote)s is not a tote. Scan the code on the tote for slot %(slot)s.")


class OrderHasTote(DomainError):
    """Goods of this order lie in another tote already."""

    code = "ORDER_HAS_TOTE"
    text = gettext_noop("This order is in tote %(tote)s already. Put that tote into the slot.")


class WallIsFull(DomainError):
    """Every slot of the put wall collects an order."""

    code = "WALL_IS_FULL"
    text = gettext_noop("All %(count)s slots collect orders. Pack a complete one first.")


class NothingToSort(DomainError):
    """The tote holds no batch that waits for the wall."""

    code = "NOTHING_TO_SORT"
    text = gettext_noop("Tote %(tote)s holds nothing to sort. Scan a tote of a finished batch.")


class SlotElsewhere(StateConflict):
    """The order collects its units in a slot of another wall."""

    code = "SLOT_ELSEWHERE"
    text = gettext_noop(
        "This order collects at wall %(wall)s, slot %(slot)s. Bring the tote there."
    )
