"""Why a request for a return is refused."""

from __future__ import annotations

from core.errors import DomainError, InputRefused, StateConflict, gettext_noop


class NothingAsked(InputRefused):
    """The request names no line, or one line twice."""

    code = "NOTHING_ASKED"
    text = gettext_noop("Choose at least one item, each of them once.")


class LineUnknown(InputRefused):
    """The order has no such line, or nothing of it was sent."""

    code = "LINE_UNKNOWN"
    text = gettext_noop("This item was not sent with the order. Choose one that was.")


class LineNotReturnable(InputRefused):
    """The policy does not take the line back; `refusal` is its code, `why` the sentence."""

    code = "LINE_NOT_RETURNABLE"
    text = gettext_noop("%(name)s can't be returned: %(why)s")


class UnitsGone(StateConflict):
    """Fewer units are left than were asked for: others are in a return already."""

    code = "UNITS_GONE"
    text = gettext_noop(
        "Only %(left)s of %(name)s can still be returned, %(qty)s were asked for. "
        "Choose at most %(left)s."
    )


class OutcomeRefused(InputRefused):
    """The policy does not offer this outcome for the line."""

    code = "OUTCOME_REFUSED"
    text = gettext_noop("%(name)s: this outcome is not offered. Choose one of: %(offered)s.")


class WayRefused(InputRefused):
    """The policy does not offer this way back."""

    code = "WAY_REFUSED"
    text = gettext_noop("This way back is not offered. Choose one of: %(offered)s.")


class ReasonUnknown(InputRefused):
    """No active detail reason has this code."""

    code = "REASON_UNKNOWN"
    text = gettext_noop("Choose a reason from the list.")


class PhotoMissing(InputRefused):
    """The reason asks for a photo."""

    code = "PHOTO_MISSING"
    text = gettext_noop("Add a photo of %(name)s: this reason needs one.")


class ExchangeMissing(InputRefused):
    """An exchange names what the customer wants instead."""

    code = "EXCHANGE_MISSING"
    text = gettext_noop("Choose what to exchange %(name)s for.")


class OrderHasNotLeft(StateConflict):
    """Nothing of the order was sent, or it was called off."""

    code = "ORDER_HAS_NOT_LEFT"
    text = gettext_noop("Nothing of order %(number)s was sent: there is nothing to return.")


class TooManyReturns(DomainError):
    """A limit against abuse is reached; `limit` says which."""

    code = "TOO_MANY_RETURNS"
    status = 429
    text = gettext_noop(
        "%(most)s returns are the most that can be asked for here. Write to us about the next one."
    )


class OtherRequest(StateConflict):
    """The same submission was used for another request."""

    code = "OTHER_REQUEST"
    text = gettext_noop("This page was used already. Open the return again and send it anew.")
