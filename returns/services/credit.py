"""Store credit: entries are appended, the balance is their sum and never falls below zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import audit, money
from core.actors import Actor
from orders.domain.drafts import PaymentDraft
from orders.models import Order
from orders.services import paying
from orders.services.errors import OrderNotFound
from returns.models import StoreCreditAccount, StoreCreditEntry
from returns.services.money_errors import (
    CreditNeedsCustomer,
    CreditTooLow,
    RefundAmountRefused,
    RefundReasonMissing,
)

METHOD = "store_credit"
Kind = StoreCreditEntry.Kind


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One change of a balance. `key` is unique for ever and makes the change happen once."""

    kind: str
    amount: Decimal
    key: str
    refund_id: int | None = None
    order_id: int | None = None
    note: str = ""


def balance_of(customer_id: int, currency: str) -> Decimal:
    """Return what a customer has left in a currency; zero without an account."""
    rows = StoreCreditAccount.objects.filter(customer=customer_id, currency=currency)
    return rows.values_list("balance_amount", flat=True).first() or Decimal(0)


def balances_of(customer_id: int) -> Mapping[str, Decimal]:
    """Return what a customer has left, by currency; without the empty accounts."""
    rows = StoreCreditAccount.objects.filter(customer=customer_id, balance_amount__gt=0)
    return dict(rows.order_by("currency").values_list("currency", "balance_amount"))


@transaction.atomic
def book(
    customer_id: int, currency: str, draft: EntryDraft, *, actor: Actor, at: dt.datetime
) -> StoreCreditEntry:
    """Append one entry and move the balance; a known key returns its entry and changes nothing.

    Locks the account.

    Raises:
        CreditTooLow: the balance would fall below zero.
        RefundAmountRefused: zero, or finer than the currency.
    """
    if not draft.amount or draft.amount != money.quantize(draft.amount, currency):
        raise RefundAmountRefused(currency=currency)
    account = _locked(customer_id, currency)
    known = StoreCreditEntry.objects.filter(entry_key=draft.key).first()
    if known is not None:
        return known
    left = account.balance_amount + draft.amount
    if left < 0:
        have = money.quantize(account.balance_amount, currency)
        raise CreditTooLow(left=have, currency=currency)
    last = account.entries.order_by("-position").values_list("position", flat=True).first()
    entry = StoreCreditEntry.objects.create(
        account=account,
        position=(last or 0) + 1,
        kind=draft.kind,
        amount=draft.amount,
        balance_amount=left,
        entry_key=draft.key,
        refund_id=draft.refund_id,
        order_id=draft.order_id,
        note=draft.note[:300],
        at=at,
        by=actor.key,
    )
    StoreCreditAccount.objects.filter(pk=account.pk).update(balance_amount=left)
    audit.record(
        actor=actor,
        action=f"returns.credit_{draft.kind}",
        target=f"customer:{customer_id}",
        after={"amount": str(draft.amount), "currency": currency, "balance": str(left)},
        reason=draft.note[:300],
        at=at,
    )
    return entry


def _locked(customer_id: int, currency: str) -> StoreCreditAccount:
    mine = StoreCreditAccount.objects.filter(customer=customer_id, currency=currency)
    if not mine.exists():
        try:
            with transaction.atomic():
                StoreCreditAccount.objects.create(customer_id=customer_id, currency=currency)
        except IntegrityError:
            pass  # A rival opened the account meanwhile: its row is locked below.
    return mine.lock().get()


@dataclass(frozen=True, slots=True)
class Spending:
    """Credit spent on an order. `key` is unique for ever."""

    order_id: int
    amount: Decimal
    key: str


@transaction.atomic
def spend(spending: Spending, *, actor: Actor, at: dt.datetime) -> StoreCreditEntry:
    """Pay for an order out of its customer's store credit; repeatable by key.

    Locks the order, then the account. At most what is still due can be spent.

    Raises:
        OrderNotFound: no such order.
        CreditNeedsCustomer: the order has no customer.
        RefundAmountRefused: no amount, or more than the order still asks for.
        CreditTooLow: more than the balance.
    """
    order = Order.objects.filter(pk=spending.order_id).lock().first()
    if order is None:
        raise OrderNotFound(order_id=spending.order_id)
    if order.customer_id is None:
        raise CreditNeedsCustomer
    key = f"spend:{spending.key}"
    known = StoreCreditEntry.objects.filter(entry_key=key).first()
    if known is not None:
        return known
    if not 0 < spending.amount <= paying.still_due(order):
        raise RefundAmountRefused(currency=order.currency)
    draft = EntryDraft(Kind.SPENT, -spending.amount, key, order_id=order.pk)
    entry = book(order.customer_id, order.currency, draft, actor=actor, at=at)
    payment = PaymentDraft(
        amount=spending.amount,
        currency=order.currency,
        gateway_reference=f"credit:{entry.pk}",
        method=METHOD,
        at=at,
    )
    paying.record_payment(order.pk, payment, actor=actor, at=at)
    return entry


def correct(
    customer_id: int, currency: str, draft: EntryDraft, *, actor: Actor, at: dt.datetime
) -> StoreCreditEntry:
    """Change a balance by hand, with a reason; repeatable by key.

    Raises:
        RefundReasonMissing: no reason.
        CreditTooLow: the balance would fall below zero.
    """
    if not draft.note.strip():
        raise RefundReasonMissing
    return book(customer_id, currency, draft, actor=actor, at=at)
