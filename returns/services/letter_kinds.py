"""The kinds of letters about returns, as the team reviews and words them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.letters import LetterKind, Variable
from customers.domain.topics import PROGRESS, RETURNS
from orders.services.letter_kinds import COMMON, ORDER_NUMBER

AGAIN: Final = "returns.services.letters.again"
RMA: Final = Variable("number", _("number of the return"), "RMA1001")
ITEMS: Final = Variable("items", _("items"), _("2 x Sencha, 100 g"))
REASON: Final = Variable("reason", _("reason"), _("The time to return it is over."))
REFUND_DAY: Final = Variable("refund_day", _("day of the refund"), _("24 July 2026"))
SEND_BY: Final = Variable("send_by", _("day to send it"), _("21 July 2026"))
AMOUNT: Final = Variable("amount", _("amount"), "EUR 39.80")
BASE: Final = (*COMMON, RMA, ITEMS)

_STEPS: Final = tuple(
    LetterKind(
        f"returns/{name}",
        title,
        topic,
        (*BASE, *more),
        is_essential=topic == RETURNS,
        link="tracking",
        again=AGAIN,
    )
    for name, title, topic, more in (
        ("requested", _("Return asked for"), RETURNS, (REFUND_DAY,)),
        ("approved", _("Return agreed to"), RETURNS, (SEND_BY, REFUND_DAY)),
        ("kept", _("Return agreed to, nothing to send"), RETURNS, (REFUND_DAY,)),
        ("rejected", _("Return declined"), RETURNS, (REASON,)),
        ("label_issued", _("Label of a return is ready"), RETURNS, (SEND_BY,)),
        ("in_transit", _("Return is on its way"), PROGRESS, (REFUND_DAY,)),
        ("arrived", _("Return has arrived"), PROGRESS, (REFUND_DAY,)),
        (
            "inspected",
            _("Return was inspected"),
            RETURNS,
            (
                Variable("accepted", _("units accepted"), "2"),
                Variable("refused", _("units not accepted"), "0"),
                REFUND_DAY,
            ),
        ),
        ("refunded", _("Money is on its way back"), RETURNS, (AMOUNT,)),
        (
            "credited",
            _("Store credit was added"),
            RETURNS,
            (AMOUNT,),
        ),
        ("cancelled", _("Return called off"), RETURNS, ()),
        ("expired", _("Return ended unsent"), RETURNS, ()),
        ("exchange_ready", _("Exchange was ordered"), RETURNS, ()),
        ("exchange_expired", _("Reserved item was freed"), RETURNS, ()),
        (
            "send_soon",
            _("Last days to send a return"),
            PROGRESS,
            (SEND_BY,),
        ),
        (
            "exchange_ends",
            _("Reserved item is about to be freed"),
            PROGRESS,
            (
                Variable("item", _("reserved item"), _("Sencha, 100 g")),
                Variable("until", _("day it is kept until"), _("21 July 2026")),
            ),
        ),
    )
)
LETTERS: Final = (
    *_STEPS,
    LetterKind(
        "returns/message_answered",
        _("Answer to a message"),
        RETURNS,
        (ORDER_NUMBER,),
        is_essential=True,
        link="tracking",
    ),
)
