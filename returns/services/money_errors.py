"""The refusals that the services of money share."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StateConflict, gettext_noop


class RefundNotFound(NotFound):
    """No refund has this id."""

    code = "REFUND_NOT_FOUND"
    text = gettext_noop("This refund does not exist. Search for its order.")


class RefundMoved(StateConflict):
    """The refund's or the payment's state does not lead where the step goes."""

    code = "REFUND_MOVED"
    text = gettext_noop("Refund %(number)s has moved on meanwhile. Reload to see where it stands.")


class RefundAboveLeft(InputRefused):
    """More than what was paid and has not gone back."""

    code = "REFUND_ABOVE_PAID"
    text = gettext_noop(
        "%(amount)s %(currency)s is more than is left: %(left)s %(currency)s of what was paid "
        "has not gone back yet."
    )


class RefundAmountRefused(InputRefused):
    """The amount is no amount in the order's currency."""

    code = "REFUND_AMOUNT_REFUSED"
    text = gettext_noop("Enter an amount above 0 with no more decimals than %(currency)s has.")


class RefundReasonMissing(InputRefused):
    """The step must be explained."""

    code = "REFUND_REASON_MISSING"
    text = gettext_noop("Say why: the reason stays with the refund.")


class ReferenceMissing(InputRefused):
    """A payment by hand is known by its reference."""

    code = "REFUND_REFERENCE_MISSING"
    text = gettext_noop("Enter the reference of the transfer, 1 to 120 characters.")


class ReferenceUsed(StateConflict):
    """Another refund was paid under this reference."""

    code = "REFUND_REFERENCE_USED"
    text = gettext_noop(
        "Reference %(reference)s belongs to refund %(holder)s. Check the reference of the transfer."
    )


class GatewayUnknown(InputRefused):
    """The wiring has no such gateway, or it can't be used for this."""

    code = "GATEWAY_UNKNOWN"
    text = gettext_noop("Money can't go back by %(gateway)s. Choose another way.")


class CreditNeedsCustomer(StateConflict):
    """Store credit belongs to a customer, and the order has none."""

    code = "CREDIT_NEEDS_CUSTOMER"
    text = gettext_noop("The order has no customer, so nobody can hold the store credit.")


class CreditTooLow(StateConflict):
    """The customer has less store credit than is to be spent."""

    code = "CREDIT_TOO_LOW"
    text = gettext_noop(
        "Only %(left)s %(currency)s of store credit is left. Spend at most that much."
    )


class RecoverableSettled(StateConflict):
    """Somebody settled it."""

    code = "RECOVERABLE_SETTLED"
    text = gettext_noop("This balance was settled meanwhile. Reload to see how.")
