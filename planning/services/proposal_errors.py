"""Why a proposal is not changed or accepted, with what to do."""

from __future__ import annotations

from core.errors import InputRefused, NotFound, StaleVersion, StateConflict, gettext_noop


class ProposalMissing(NotFound):
    """No such proposal."""

    code = "PROPOSAL_MISSING"
    text = gettext_noop("This proposal does not exist. Open the list of proposals again.")


class ProposalDecided(StateConflict):
    """Somebody decided about it, or it is no longer needed."""

    code = "PROPOSAL_DECIDED"
    text = gettext_noop("%(number)s is %(state)s already. Reload the list to see what is open.")


class ProposalStale(StaleVersion):
    """It changed since it was read; `data["differences"]` holds (field, read, now)."""

    code = "PROPOSAL_STALE"
    text = gettext_noop(
        "%(number)s has changed meanwhile: %(qty)s units now. Look at it again, then decide."
    )


class ProposalQtyRefused(InputRefused):
    """Not a number of units."""

    code = "PROPOSAL_QTY_REFUSED"
    text = gettext_noop("Enter 1 to %(most)s units. To get none, dismiss the proposal.")


class ProposalReasonNeeded(InputRefused):
    """A decision against the computation needs a reason."""

    code = "PROPOSAL_REASON_NEEDED"
    text = gettext_noop("Write a reason, so that others can judge the decision.")


class ProposalDayRefused(InputRefused):
    """A day that is over, or too far away."""

    code = "PROPOSAL_DAY_REFUSED"
    text = gettext_noop("Choose a day from tomorrow on, at most %(most)s days ahead.")


class ProposalWithoutSource(StateConflict):
    """Nobody brings it."""

    code = "PROPOSAL_WITHOUT_SOURCE"
    text = gettext_noop(
        "%(number)s has no supplier. Add one to %(sku)s, then run the review again."
    )


class NothingChosen(InputRefused):
    """No proposal was named."""

    code = "NO_PROPOSAL_CHOSEN"
    text = gettext_noop("Choose at least one proposal.")
