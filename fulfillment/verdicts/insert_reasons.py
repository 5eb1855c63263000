"""Why a rule added an extra or left it out, in words; shown at the bench, in tests and reports."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

REASONS: Mapping[str, str] = {
    "": gettext_noop("The condition holds"),
    "ALTERNATE_USED": gettext_noop("The alternate, as the first choice is out of stock"),
    "BOX_VOIDED": gettext_noop("The box was voided and its extras went back"),
    "CAMPAIGN_NOT_RUNNING": gettext_noop("The campaign does not run today"),
    "CONTROL_GROUP": gettext_noop("The customer is in the control group"),
    "GIFT_ORDER": gettext_noop("A gift takes no promotion"),
    "LATER_PARCEL": gettext_noop("Only the first parcel of an order takes it"),
    "MISSING_AT_BENCH": gettext_noop("The packer found none at the bench"),
    "NO_CODE_LEFT": gettext_noop("The campaign has no coupon code left"),
    "NO_GIFT_NOTE": gettext_noop("The order has no gift message"),
    "NO_LONGER_MATCHES": gettext_noop("The order was changed and the condition no longer holds"),
    "OTHER_BOX_FIRST": gettext_noop("A rule before it chose the box"),
    "OTHER_BOX_USED": gettext_noop("The packer used another box"),
    "OTHER_BRAND": gettext_noop("The order has no goods of the campaign's brand"),
    "OTHER_LANGUAGE": gettext_noop("The customer reads another language"),
    "OUT_OF_STOCK": gettext_noop("The warehouse has none left"),
    "TOO_MANY_INSERTS": gettext_noop("The parcel has its inserts already"),
}
