"""Refusals of the risk desk."""

from __future__ import annotations

from core.errors import DomainError, gettext_noop


class RiskRefused(DomainError):
    """What was entered says too little, or can't be."""

    code = "RISK_REFUSED"
    status = 422
    text = gettext_noop("%(what)s: %(why)s")


class RiskKnown(DomainError):
    """The same subject has an active response or an open flag."""

    code = "RISK_KNOWN"
    text = gettext_noop(
        "%(subject)s has one already. Open it, or take it back before you enter another."
    )


class RiskChanged(DomainError):
    """Orders, arrivals or suppliers changed since the preview was shown."""

    code = "RISK_CHANGED"
    text = gettext_noop(
        "Orders or suppliers changed since this preview. Look at the new one, then confirm it."
    )


class RiskOver(DomainError):
    """Somebody took it back, cleared or decided it before."""

    code = "RISK_OVER"
    text = gettext_noop("This was ended already, by %(who)s. Reload the page to see it.")


class BufferNotReleasable(DomainError):
    """B-39: no level-1 risk is active, and the role alone doesn't allow it."""

    code = "BUFFER_NOT_RELEASABLE"
    status = 403
    text = gettext_noop(
        "Safety stock is released while a level-1 risk is active, or by a role that may change "
        "stock. Declare the risk, or ask a warehouse manager."
    )
