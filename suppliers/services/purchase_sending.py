"""Approved purchase orders go to the supplier: exactly what was approved, or nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.actors import Actor
from suppliers.domain.purchase_hash import content_hash
from suppliers.models import PurchaseOrder, SupplierContact
from suppliers.services import answer_asking, journal, purchase_rows
from suppliers.services.purchase_errors import ApprovalVoid, NoContact


@transaction.atomic
def send(order_id: int, *, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """Send the approved revision with its PDF and ask the supplier for an answer.

    The mails are planned in this transaction and leave after it. Goods that came while a revision
    waited make it partly received at once. Sending again repeats the same revision.

    Raises:
        OrderState: nobody approved it, or it is confirmed already.
        ApprovalVoid: it is not what was approved.
        NoContact: the supplier has nobody with an e-mail address.
    """
    order = purchase_rows.lock(order_id)
    state = purchase_rows.move(order, "send")
    lines = purchase_rows.lines_of(order)
    if content_hash(purchase_rows.snapshot_of(order, lines)) != order.approval_hash:
        raise ApprovalVoid(number=order.number)
    if contact_of(order) is None:
        raise NoContact(supplier=order.supplier.code)
    if any(line.received_qty for line in lines):
        state = PurchaseOrder.State.PARTLY_RECEIVED
    purchase_rows.save(order, state=state, sent_at=at, sent_revision=order.revision)
    journal.note(order, "sent", {"revision": order.revision}, actor=actor, at=at)
    answer_asking.ask(order, actor=actor, at=at)
    return purchase_rows.lock(order.pk)


def contact_of(order: PurchaseOrder) -> SupplierContact | None:
    """Return the first contact in use who has an e-mail address."""
    rows = SupplierContact.objects.filter(supplier_id=order.supplier_id, is_active=True)
    return rows.exclude(email="").order_by("pk").first()
