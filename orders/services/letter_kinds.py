"""The kinds of letters about orders, as the team reviews and words them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.letters import LetterKind, Variable
from customers.domain.topics import DELIVERY, FEEDBACK, ORDERS

AGAIN: Final = "orders.services.letters.again"
NAME: Final = Variable("name", _("given name"), _("Anna"))
ORDER_NUMBER: Final = Variable("order_number", _("order number"), "10231")
SHOP: Final = Variable("shop", _("name of the shop"), _("Teahouse"))
DAY: Final = Variable("day", _("day of arrival"), _("24 July 2026"))
ITEMS: Final = Variable("items", _("items"), _("2 x Sencha, 100 g"))
PARCELS: Final = Variable("parcels", _("parcels"), _("Parcel 1 of 1: DHL 00340434161094"))
COMMON: Final = (NAME, ORDER_NUMBER, SHOP)

LETTERS: Final = (
    LetterKind(
        "orders/confirmed",
        _("Order confirmed"),
        ORDERS,
        (*COMMON, ITEMS, Variable("total", _("total"), "EUR 39.80"), DAY),
        is_essential=True,
        link="tracking",
        again=AGAIN,
    ),
    LetterKind(
        "orders/waiting",
        _("Order waits for stock"),
        ORDERS,
        (*COMMON, DAY),
        is_essential=True,
        link="tracking",
    ),
    LetterKind(
        "orders/substitute",
        _("May we send something else?"),
        ORDERS,
        (
            *COMMON,
            Variable("item", _("missing item"), _("Sencha, 100 g")),
            Variable("hours", _("hours to answer"), "48"),
        ),
        is_essential=True,
        link="substitute-answer",
    ),
    LetterKind(
        "orders/late",
        _("Order comes late"),
        DELIVERY,
        (
            *COMMON,
            DAY,
            Variable("earlier_day", _("day promised first"), _("21 July 2026")),
            Variable("why", _("reason"), _("The ship is two days late.")),
        ),
        link="tracking",
    ),
    LetterKind(
        "orders/shipped",
        _("Parcels are on their way"),
        DELIVERY,
        (*COMMON, PARCELS, DAY),
        link="tracking",
        again=AGAIN,
    ),
    LetterKind(
        "orders/near",
        _("Parcel comes today"),
        DELIVERY,
        (*COMMON, PARCELS),
        link="tracking",
        again=AGAIN,
    ),
    LetterKind(
        "orders/pickup",
        _("Parcel waits to be picked up"),
        DELIVERY,
        (*COMMON, PARCELS),
        link="tracking",
        again=AGAIN,
    ),
    LetterKind(
        "orders/delivered",
        _("Parcel has arrived"),
        DELIVERY,
        (*COMMON, PARCELS),
        link="tracking",
        again=AGAIN,
    ),
    LetterKind(
        "orders/feedback",
        _("How was it?"),
        FEEDBACK,
        COMMON,
        link="feedback",
    ),
)
