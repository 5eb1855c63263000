"""Why a decision about planning is refused."""

from __future__ import annotations

from core.errors import DomainError, StateConflict, gettext_noop


class PolicyRefused(DomainError):
    """A policy says too little, or something that planning can't act on."""

    code = "POLICY_REFUSED"
    status = 422
    text = gettext_noop("This policy can't be kept.")


class ReasonMissing(PolicyRefused):
    """Nobody could judge the decision later."""

    code = "POLICY_REASON_MISSING"
    text = gettext_noop("Write a reason, so that others can judge the decision.")


class NothingDecided(PolicyRefused):
    """Neither a kind nor a number differs."""

    code = "POLICY_EMPTY"
    text = gettext_noop("The policy changes nothing. Choose a kind or enter a number.")


class KindUnknown(PolicyRefused):
    """There are four kinds of goods."""

    code = "POLICY_KIND_UNKNOWN"
    text = gettext_noop("The kind is consumable, upgrade, durable or seasonal.")


class NumberOutOfRange(PolicyRefused):
    """A number that planning can't act on."""

    code = "POLICY_NUMBER_OUT_OF_RANGE"
    text = gettext_noop("%(field)s must be from %(least)s to %(most)s.")


class LimitsCrossed(PolicyRefused):
    """Red begins below yellow."""

    code = "POLICY_LIMITS_CROSSED"
    text = gettext_noop("The red limit lies above the yellow one. Lower it or raise the other.")


class StockLimitsIncomplete(PolicyRefused):
    """Least and most stock only work together."""

    code = "POLICY_STOCK_LIMITS"
    text = gettext_noop("Enter least and most stock together, the most not below the least.")


class LastDayOver(PolicyRefused):
    """A decision that has ended already."""

    code = "POLICY_LAST_DAY_OVER"
    text = gettext_noop("Its last day is over. Choose today or a later day.")


class ColorUnknown(PolicyRefused):
    """There are three colors."""

    code = "POLICY_COLOR_UNKNOWN"
    text = gettext_noop("The color is red, yellow or green.")


class ColorTooLong(PolicyRefused):
    """A color set by hand must not outlive what it was set for."""

    code = "POLICY_COLOR_TOO_LONG"
    text = gettext_noop("A color set by hand lasts %(days)s days at most. Choose an earlier day.")


class PolicyStale(StateConflict):
    """Somebody else changed the policy meanwhile."""

    code = "POLICY_STALE"
    text = gettext_noop("Someone changed this policy meanwhile. Load it again and decide anew.")
