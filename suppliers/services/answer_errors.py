"""What answers of suppliers and buyers refuse, as named errors."""

from __future__ import annotations

from core.errors import DomainError, InputRefused, StateConflict, gettext_noop


class StaleOrder(StateConflict):
    """The order was changed since its page was opened; nothing is written."""

    code = "PURCHASE_ORDER_STALE"
    text = gettext_noop("Order %(number)s changed meanwhile. Look at what is new, then answer.")


class NotAnswerable(StateConflict):
    """The order is in a state in which its supplier can only write messages."""

    code = "PURCHASE_ORDER_NOT_ANSWERABLE"
    text = gettext_noop("Order %(number)s can't be answered any more. Write a message instead.")


class LineUnknown(InputRefused):
    """A line that is not on the order."""

    code = "PURCHASE_LINE_UNKNOWN"
    text = gettext_noop("A line is not on this order any more. Reload the page.")


class NothingChanged(InputRefused):
    """A proposal without a difference from the order."""

    code = "NOTHING_CHANGED"
    text = gettext_noop("Nothing differs from the order. Change a value, or confirm the line.")


class NothingConfirmed(InputRefused):
    """A confirmation without lines."""

    code = "NOTHING_CONFIRMED"
    text = gettext_noop("Choose at least one line to confirm.")


class ChangeRefused(InputRefused):
    """A proposed value can't be meant; `sku` says where."""

    code = "CHANGE_REFUSED"
    text = gettext_noop(
        "%(sku)s: enter units of 0 or more, a price of 0 or more and a day to come."
    )


class ReasonUnknown(InputRefused):
    """A change or refusal without one of the known reasons."""

    code = "ANSWER_REASON_UNKNOWN"
    text = gettext_noop("Choose a reason from the list.")


class ProposalDecided(StateConflict):
    """Somebody decided the proposal meanwhile."""

    code = "PROPOSAL_DECIDED"
    text = gettext_noop("This proposal was settled meanwhile. Reload to see how.")


class NothingLeft(InputRefused):
    """A proposal that leaves no line: the order should be cancelled."""

    code = "PROPOSAL_LEAVES_NOTHING"
    text = gettext_noop("No line would be left. Reject the proposal and cancel the order.")


class MessageEmpty(InputRefused):
    """A message without text."""

    code = "MESSAGE_EMPTY"
    text = gettext_noop("Write 1 to 2,000 characters.")


class TooManyMessages(DomainError):
    """One order got more messages by link in a day than anybody writes."""

    code = "TOO_MANY_MESSAGES"
    status = 429
    text = gettext_noop("That were %(n)s messages in a day. Go on tomorrow, or call the buyer.")


class MilestoneRefused(InputRefused):
    """A day of a milestone can't be meant."""

    code = "MILESTONE_REFUSED"
    text = gettext_noop("Enter the day it happened, today or before, and plan at most two years.")


class ShipmentRefused(InputRefused):
    """An announced shipment has problems; `problems` names them row by row."""

    code = "SHIPMENT_REFUSED"
    text = gettext_noop("%(n)s rows can't be announced as they are. Correct them and send again.")


class ShipmentNotPossible(StateConflict):
    """The order is not confirmed, or everything of it came."""

    code = "SHIPMENT_NOT_POSSIBLE"
    text = gettext_noop("Nothing of order %(number)s can be shipped now. Confirm its lines first.")


class ShipmentArrived(StateConflict):
    """The goods stand at the dock: what was announced is no longer changed."""

    code = "SHIPMENT_ARRIVED"
    text = gettext_noop("Shipment %(number)s has arrived. Write a message to correct it.")


class ShipmentLimit(DomainError):
    """A supplier announces more than anybody ships; the buyer is told."""

    code = "SHIPMENT_LIMIT"
    status = 429
    text = gettext_noop("At most %(n)s shipments a day. The buyer was told; go on tomorrow.")


class DraftTooLarge(InputRefused):
    """An unfinished shipment with more text than any shipment has."""

    code = "SHIPMENT_DRAFT_TOO_LARGE"
    text = gettext_noop("This is too much to save. Announce a part of it first.")


class PaperLimit(DomainError):
    """A supplier hands in more papers than anybody has."""

    code = "PAPER_LIMIT"
    status = 429
    text = gettext_noop("At most %(n)s documents a day. Go on tomorrow.")


class InvoiceLimit(DomainError):
    """A supplier enters more invoices than anybody sends."""

    code = "INVOICE_LIMIT"
    status = 429
    text = gettext_noop("At most %(n)s invoices a day. Go on tomorrow.")
