"""What landed costs, claims, excess decisions and invoices refuse, as named errors."""

from __future__ import annotations

from core.errors import DomainError, InputRefused, NotPermitted, StateConflict, gettext_noop


class CostState(StateConflict):
    """The document can't do this in its state."""

    code = "COST_DOCUMENT_STATE"
    text = gettext_noop("%(number)s is %(state)s. Open it to see what can be done.")


class CostRefused(InputRefused):
    """The amount of a landed cost can't be one."""

    code = "LANDED_COST_REFUSED"
    text = gettext_noop("%(amount)s %(currency)s can't be spread. Enter an amount above 0 in it.")


class BillKnown(StateConflict):
    """The same bill was entered before."""

    code = "LANDED_BILL_KNOWN"
    text = gettext_noop("%(reference)s of %(payee)s is entered already as %(number)s.")


class NothingArrived(DomainError):
    """Nothing was received of the arrivals, so nobody bears the cost."""

    code = "NOTHING_ARRIVED"
    text = gettext_noop("Nothing of these arrivals is received yet. Post the cost when it is.")


class MeasureMissing(DomainError):
    """Some goods have no weight, volume or cost to spread by."""

    code = "MEASURE_MISSING"
    text = gettext_noop(
        "%(skus)s: nothing is entered to spread by %(basis)s. Enter it, or choose another basis."
    )


class NothingToSpreadBy(DomainError):
    """All goods weigh zero under the basis."""

    code = "NOTHING_TO_SPREAD_BY"
    text = gettext_noop("The goods are 0 by %(basis)s together. Choose another basis.")


class NoExcess(StateConflict):
    """Fewer held units wait for a decision."""

    code = "NO_EXCESS"
    text = gettext_noop("Only %(held_qty)s units of %(sku)s wait for a decision.")


class NoAgreedPrice(DomainError):
    """The arrival has no order, so no price is agreed."""

    code = "NO_AGREED_PRICE"
    text = gettext_noop(
        "%(sku)s was not ordered, so no price is agreed. Keep it free, or send it back."
    )


class NothingToClaim(DomainError):
    """Nothing of the arrival came damaged, wrong or too short-dated that is not claimed yet."""

    code = "NOTHING_TO_CLAIM"
    text = gettext_noop("Nothing of %(number)s is left to claim.")


class ClaimAmountRefused(InputRefused):
    """The agreed amount is not above zero or above what was claimed."""

    code = "CLAIM_AMOUNT_REFUSED"
    text = gettext_noop("Enter what was agreed: above 0 and at most %(most)s %(currency)s.")


class InvoiceKnown(StateConflict):
    """The supplier's invoice number was entered before."""

    code = "INVOICE_KNOWN"
    text = gettext_noop("Invoice %(invoice)s of this supplier is entered already, for %(order)s.")


class InvoiceRefused(InputRefused):
    """An invoice without lines, with a line twice, or with a quantity or price that can't be."""

    code = "INVOICE_REFUSED"
    text = gettext_noop("Enter 1 unit or more and a price of 0 or more, for lines of %(order)s.")


class ReleaseNeedsAnother(NotPermitted):
    """Who entered an invoice does not release it."""

    code = "RELEASE_NEEDS_ANOTHER"
    text = gettext_noop("You entered this invoice. Somebody else may release it.")


class ReasonMissingHere(InputRefused):
    """A reversal, a release or a refusal without a reason."""

    code = "COST_REASON_NEEDED"
    text = gettext_noop("Enter the reason; it stays on the document.")
