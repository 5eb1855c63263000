"""Settings of refunds with their defaults; the settings page lists them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

APPROVAL_ABOVE: Final = "returns.refund_approval_above"
GOODWILL_ABOVE: Final = "returns.goodwill_approval_above"
PAYS_DUES: Final = "returns.pay_dues_automatically"
DEFAULT_GATEWAY: Final = "returns.default_gateway"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        APPROVAL_ABOVE,
        Decimal("250.00"),
        "decimal",
        _("Refunds above this amount, in the base currency, need somebody else's approval"),
        minimum=Decimal(0),
        maximum=Decimal(1_000_000),
        source="domain.md 4",
    ),
    declare(
        GOODWILL_ABOVE,
        Decimal("50.00"),
        "decimal",
        _("Goodwill above this amount, in the base currency, needs somebody else's approval"),
        minimum=Decimal(0),
        maximum=Decimal(1_000_000),
        source="domain.md 4",
    ),
    declare(
        PAYS_DUES,
        True,
        "bool",
        _("Pay back what cancelled and changed orders leave owing without being asked"),
    ),
    declare(
        DEFAULT_GATEWAY,
        "manual",
        "text",
        _("How payments go back whose own way is not known: manual, test or a gateway's name"),
    ),
)
