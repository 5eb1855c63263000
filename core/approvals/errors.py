"""Why something around an approval is refused."""

from __future__ import annotations

from core.errors import (
    DomainError,
    InputRefused,
    NotPermitted,
    StaleVersion,
    StateConflict,
    gettext_noop,
)


class ApprovalStale(StaleVersion):
    """The document is not the one that was shown. `data`: label, revision."""

    code = "APPROVAL_STALE"
    text = gettext_noop(
        "%(label)s has changed since you opened it. Compare the two versions, then decide again."
    )


class ApprovalOver(StateConflict):
    """The request is closed. `data`: label, outcome."""

    code = "APPROVAL_OVER"
    text = gettext_noop("%(label)s no longer waits for a decision: %(outcome)s.")


class ApprovalExpired(DomainError):
    """The request ran out of time. `data`: label, days."""

    code = "APPROVAL_EXPIRED"
    text = gettext_noop(
        "Nobody decided on %(label)s within %(days)s days. Its author can submit it again."
    )


class OwnRequest(NotPermitted):
    """The actor asked for it or wrote the document."""

    code = "OWN_REQUEST"
    text = gettext_noop("You wrote or submitted %(label)s, so another person decides on it.")


class NotYourStep(NotPermitted):
    """Somebody else's turn. `data`: label, names."""

    code = "NOT_YOUR_STEP"
    text = gettext_noop("%(label)s is not for you to decide now. It waits for %(names)s.")


class PeopleDecide(NotPermitted):
    """A program tried to decide."""

    code = "PEOPLE_DECIDE"
    text = gettext_noop("Only a person who is signed in can decide.")


class NobodyApproves(InputRefused):
    """No person other than the authors is named and holds the right."""

    code = "NOBODY_APPROVES"
    text = gettext_noop(
        "The rules name nobody but the author for %(label)s. Name another approver first."
    )


class AlreadyWaiting(DomainError):
    """The document waits already."""

    code = "ALREADY_WAITING"
    text = gettext_noop("%(label)s already waits for approval.")


class ReasonMissing(InputRefused):
    """A rejection, question or answer says something."""

    code = "REASON_MISSING"
    text = gettext_noop("Write what the other person should know: nothing was entered.")


class NotYourRequest(NotPermitted):
    """Only an author withdraws or answers."""

    code = "NOT_YOUR_REQUEST"
    text = gettext_noop("Only who wrote or submitted %(label)s can do this.")


class StepEmpty(InputRefused):
    """A step names nobody, or nobody who may approve. `data`: step."""

    code = "STEP_EMPTY"
    text = gettext_noop(
        "Step %(step)s reaches nobody who may approve. Choose a role or a person with that right."
    )


class StepRepeated(InputRefused):
    """A step names the same people as one before it. `data`: step."""

    code = "STEP_REPEATED"
    text = gettext_noop(
        "Step %(step)s names the same people as an earlier step. Remove it, or name others."
    )


class RuleRefused(InputRefused):
    """A rule does not hold together. `data`: why."""

    code = "RULE_REFUSED"
    text = gettext_noop("%(why)s")


class RuleRetired(StateConflict):
    """The rule was changed or retired meanwhile."""

    code = "RULE_RETIRED"
    text = gettext_noop("“%(name)s” was changed meanwhile. Open the rule as it is now.")


class SubstituteRefused(InputRefused):
    """Somebody can't stand in. `data`: name, why."""

    code = "SUBSTITUTE_REFUSED"
    text = gettext_noop("%(name)s can't stand in for you: %(why)s")
