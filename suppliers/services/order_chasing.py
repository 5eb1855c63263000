"""Ask a supplier who has not answered once more, by a person's hand and at most once a day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from core.actors import Actor
from core.models import AuditEntry
from suppliers.models import PurchaseOrder
from suppliers.services import answer_mails, journal, purchase_rows
from suppliers.services.purchase_errors import ChasedAlready, NobodyToChase, OrderState

AGAIN_AFTER: Final = dt.timedelta(hours=24)


@transaction.atomic
def chase(order_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """Mail every contact of the supplier about a sent order; return to how many. Locks the order.

    Raises:
        OrderMissing: there is no such order.
        OrderState: it does not wait for the supplier's answer.
        ChasedAlready: it was chased within the last 24 hours.
        NobodyToChase: the supplier has no contact with e-mail.
    """
    order = purchase_rows.lock(order_id)
    if order.state != PurchaseOrder.State.SENT:
        raise OrderState(number=order.number, state=order.get_state_display())
    last = chased_at(order)
    if last is not None and at - last < AGAIN_AFTER:
        left = AGAIN_AFTER - (at - last)
        raise ChasedAlready(number=order.number, hours=-(-left // dt.timedelta(hours=1)))
    letter = answer_mails.Letter(
        template="answer_chase", key=f"chase:{order.revision}:{at.isoformat()}", with_document=True
    )
    told = answer_mails.tell_supplier(order, letter, at=at, actor=actor)
    if not told:
        raise NobodyToChase(supplier=order.supplier.name)
    journal.note(order, "chased", {"revision": order.revision, "mails": told}, actor, at)
    return told


def chased_at(order: PurchaseOrder) -> dt.datetime | None:
    """Return when a person last chased an order; None: never."""
    entries = AuditEntry.objects.filter(
        target_kind="purchase_order",
        target_id=str(order.pk),
        action="suppliers.purchase_chased",
    )
    return entries.order_by("-at", "-pk").values_list("at", flat=True).first()
