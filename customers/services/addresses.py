"""Addresses that customers keep for themselves; orders keep their own copies."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit, numbers
from core.actors import Actor
from core.errors import InputRefused, NotFound
from customers.domain.drafts import AddressDraft
from customers.models import Customer, CustomerAddress, PortalAccount

#: More than anybody sends parcels to; a script could otherwise fill the table.
MOST: Final = 20


class TooManyAddresses(InputRefused):
    """A customer keeps only so many addresses."""

    code = "TOO_MANY_ADDRESSES"
    text = gettext_noop("You have %(count)s addresses. Remove one before you add another.")


@transaction.atomic
def save(  # one address of one customer, and who saves it
    customer: Customer,
    address_id: int | None,
    draft: AddressDraft,
    *,
    is_default: bool,
    actor: Actor,
    at: dt.datetime,
) -> CustomerAddress:
    """Add an address of a customer, or change one of theirs.

    Raises:
        NotFound: the customer has no such address.
        TooManyAddresses: there are twenty already.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    own = CustomerAddress.objects.filter(customer=customer)
    if address_id is None and own.count() >= MOST:
        raise TooManyAddresses(count=MOST)
    fresh = CustomerAddress(customer=customer)
    row = fresh if address_id is None else own.filter(pk=address_id).first()
    if row is None:
        raise NotFound
    first = is_default or not own.exclude(pk=row.pk).filter(is_default=True).exists()
    if first:
        own.exclude(pk=row.pk).update(is_default=False)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.is_default = first
    row.save()
    _note("saved", customer, row, actor, at)
    return row


@transaction.atomic
def remove(customer: Customer, address_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Delete one of a customer's addresses; another becomes the default one.

    Raises:
        NotFound: the customer has no such address.
    """
    row = CustomerAddress.objects.filter(customer=customer, pk=address_id).first()
    if row is None:
        raise NotFound
    _note("removed", customer, row, actor, at)
    row.delete()
    left = CustomerAddress.objects.filter(customer=customer).order_by("-is_default", "pk").first()
    if left is not None and not left.is_default:
        CustomerAddress.objects.filter(pk=left.pk).update(is_default=True)


@transaction.atomic
def customer_of(account: PortalAccount, *, at: dt.datetime) -> Customer:
    """Return the oldest customer with the account's address, made where there is none."""
    same = Customer.objects.current().filter(email_norm=account.email_norm)
    found = same.order_by("pk").first()
    if found is not None:
        return found
    return Customer.objects.create(
        number=numbers.take("customer")[0],
        email=account.email,
        email_norm=account.email_norm,
        language=account.language,
        created_at=at,
        updated_at=at,
    )


def _note(
    verb: str, customer: Customer, row: CustomerAddress, actor: Actor, at: dt.datetime
) -> None:
    audit.record(
        actor=actor,
        action=f"customers.address_{verb}",
        target=f"customer:{customer.pk}",
        after={"address": row.pk},
        at=at,
    )
