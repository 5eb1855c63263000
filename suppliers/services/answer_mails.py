"""Mails to suppliers and buyers about orders, and the notices beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from core import mail
from core.actors import SYSTEM, Actor
from core.errors import gettext_noop
from core.models import User
from core.notices import NoticeDraft, notify, notify_role
from suppliers.models import PurchaseOrder, SupplierContact
from suppliers.services import supplier_links

MailValue = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to a supplier: `key` makes the same mail about the same event one mail."""

    template: str
    key: str
    context: Mapping[str, MailValue] = field(default_factory=dict)
    with_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A notice to a buyer (`text` marked for translation), with a mail where `template` is set."""

    text: str
    kind: str
    key: str
    template: str = ""
    data: Mapping[str, str | int] = field(default_factory=dict)


def tell_supplier(
    order: PurchaseOrder, letter: Letter, *, at: dt.datetime, actor: Actor = SYSTEM
) -> int:
    """Plan a mail with a fresh link for every contact of the supplier; return for how many.

    With nobody to write to, the buyer is told.
    """
    rows = SupplierContact.objects.filter(supplier_id=order.supplier_id, is_active=True)
    contacts = list(rows.exclude(email="").order_by("pk"))
    if not contacts:
        _tell_of_missing_contact(order, key=letter.key, at=at)
        return 0
    document = f"purchase_order:{order.pk}:{order.revision}" if letter.with_document else ""
    for contact in contacts:
        token = supplier_links.issue(
            order.supplier, order=order, actor=actor, at=at, language=contact.language
        )
        mail.queue(
            to=contact.email,
            template=f"suppliers/{letter.template}",
            language=contact.language,
            context={
                "order_number": order.number,
                "revision": order.revision,
                "supplier": order.supplier.name,
                "contact": contact.name,
                "token": token,
                **letter.context,
            },
            target=f"purchase_order:{order.pk}",
            dedupe_key=f"po:{order.pk}:{letter.template}:{letter.key}:{contact.pk}",
            attachment=document,
        )
    return len(contacts)


def tell_buyer(order: PurchaseOrder, word: Word, *, at: dt.datetime) -> None:
    """Write a notice to the order's buyer (all buyers for a system draft), and mail one."""
    draft = NoticeDraft(
        kind=word.kind,
        text=word.text,
        at=at,
        data={"number": order.number, "supplier": order.supplier.name, **word.data},
        target=f"purchase_order:{order.pk}",
        url=reverse("purchase-order", args=[order.pk]),
        dedupe_key=f"{word.kind}:{order.pk}:{word.key}",
    )
    buyer = buyer_of(order)
    if buyer is None:
        notify_role("buyer", draft)
        return
    notify([buyer.pk], draft)
    if word.template and buyer.email:
        mail.queue(
            to=buyer.email,
            template=f"suppliers/{word.template}",
            language=buyer.language,
            context={
                "order_number": order.number,
                "supplier": order.supplier.name,
                "path": draft.url,
                **word.data,
            },
            target=f"purchase_order:{order.pk}",
            dedupe_key=f"po:{order.pk}:{word.template}:{word.key}:user:{buyer.pk}",
        )


def buyer_of(order: PurchaseOrder) -> User | None:
    """Return the active person who made the order; None for the system's drafts."""
    kind, _colon, pk = (order.submitted_by or order.created_by).partition(":")
    if kind != "user" or not pk.isdigit():
        return None
    found: User | None = User.objects.filter(pk=int(pk), is_active=True).first()
    return found


def _tell_of_missing_contact(order: PurchaseOrder, *, key: str, at: dt.datetime) -> None:
    text = gettext_noop(
        "%(supplier)s has no contact with e-mail for order %(number)s. Copy its link and send it."
    )
    tell_buyer(order, Word(text=text, kind="supplier_unreachable", key=key), at=at)
