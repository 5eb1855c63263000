"""Why a forecast can't be shared or acknowledged now."""

from __future__ import annotations

from core.errors import DomainError, gettext_noop


class NoForecastThisWeek(DomainError):
    """No run begins with this week, so what could be shown is old."""

    code = "NO_FORECAST_THIS_WEEK"
    text = gettext_noop(
        "There is no forecast from the week of %(week)s yet, and an older one is not shared. "
        "Run the forecast, then share."
    )


class SharingIsOff(DomainError):
    """Nothing was agreed with the supplier."""

    code = "SHARING_IS_OFF"
    text = gettext_noop(
        "%(supplier)s gets no forecast: no agreement is in force and no terms are set. "
        "Set how to share first."
    )


class NothingToShare(DomainError):
    """None of the supplier's products has a forecast."""

    code = "NOTHING_TO_SHARE"
    text = gettext_noop(
        "None of the products that %(supplier)s sells has a forecast from the week of %(week)s. "
        "Check the supplier's goods."
    )


class AlreadyShared(DomainError):
    """The supplier has the forecast of this week; what was shown is never changed."""

    code = "ALREADY_SHARED"
    text = gettext_noop(
        "%(supplier)s got the forecast of the week of %(week)s already. The next one goes out on "
        "%(next)s."
    )


class AlreadyAcknowledged(DomainError):
    """Somebody at the supplier acknowledged it before."""

    code = "ALREADY_ACKNOWLEDGED"
    text = gettext_noop("%(name)s acknowledged this forecast already. Nothing is left to do.")
