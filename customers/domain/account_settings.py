"""Settings of customers' accounts and of requests about personal data."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

GRACE_DAYS: Final = "customers.erasure_grace_days"
ANSWER_DAYS: Final = "customers.privacy_answer_days"
COPY_DAYS: Final = "customers.copy_kept_days"
SIGN_IN_MINUTES: Final = "customers.sign_in_minutes"
SESSION_DAYS: Final = "customers.session_days"
SIGN_IN_TRIES: Final = "customers.sign_in_tries_per_quarter_hour"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        GRACE_DAYS,
        14,
        "int",
        _("Days in which customers may take back the wish to be erased"),
        unit="days",
        minimum=0,
        maximum=28,
    ),
    declare(
        ANSWER_DAYS,
        30,
        "int",
        _("Days within which a request about personal data is answered"),
        unit="days",
        minimum=1,
        maximum=90,
        source="GDPR Art. 12(3): one month",
    ),
    declare(
        COPY_DAYS,
        7,
        "int",
        _("Days for which the copy of a customer's data can be fetched"),
        unit="days",
        minimum=1,
        maximum=30,
    ),
    declare(
        SIGN_IN_MINUTES,
        20,
        "int",
        _("Minutes for which a mailed link signs a customer in"),
        unit="min",
        minimum=5,
        maximum=120,
    ),
    declare(
        SESSION_DAYS,
        30,
        "int",
        _("Days for which a customer stays signed in"),
        unit="days",
        minimum=1,
        maximum=90,
    ),
    declare(
        SIGN_IN_TRIES,
        5,
        "int",
        _("Links to sign in that one visitor or address may ask for in 15 minutes"),
        minimum=1,
        maximum=100,
    ),
)
