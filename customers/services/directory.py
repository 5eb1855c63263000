"""Find customers by their id at a channel, create unknown ones, keep their order figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit, numbers
from core.actors import Actor
from core.errors import InputRefused
from customers.domain.drafts import CustomerDraft, OrderFigures, normal_email
from customers.models import Customer, CustomerAddress, CustomerExternalId

BATCH = 500
Key = tuple[str, str]


class CustomerHasNoId(InputRefused):
    """A draft without the channel's id can't be found again, so it is not stored."""

    code = "CUSTOMER_HAS_NO_ID"
    text = gettext_noop("A customer needs the id it has at the channel. Add it, or send a guest.")


def find_many(keys: Iterable[Key]) -> dict[Key, Customer]:
    """Return the customers known by these (channel code, external id) pairs.

    A merged customer is answered with the one that lives on. Reads in parts of 500 keys.
    """
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Customer] = {}
    for start in range(0, len(wanted), BATCH):
        part = CustomerExternalId.objects.of_keys(wanted[start : start + BATCH])
        for row in part.select_related("customer__merged_into"):
            found[(row.channel_code, row.external_id)] = surviving(row.customer)
    return found


def surviving(customer: Customer) -> Customer:
    """Return the customer this one lives on in after any number of merges, else itself."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


@transaction.atomic
def find_or_create_many(drafts: Sequence[CustomerDraft], *, at: dt.datetime) -> dict[Key, Customer]:
    """Return a customer for each draft's (channel code, external id), created where unknown.

    A draft whose e-mail belongs to exactly one current customer becomes another id of that one.
    Known customers are not changed. Safe to repeat: the pair is unique. A constant number of
    statements for each 500 drafts.

    Raises:
        CustomerHasNoId: a draft has no external id.
    """
    if any(not draft.external_id for draft in drafts):
        raise CustomerHasNoId
    by_key = {draft.key: draft for draft in drafts}
    found = find_many(by_key)
    unknown = [draft for key, draft in by_key.items() if key not in found]
    if not unknown:
        return found
    known_mails = _by_email({normal_email(draft.email) for draft in unknown if draft.email})
    fresh: list[CustomerDraft] = []
    for draft in unknown:
        same = known_mails.get(normal_email(draft.email)) if draft.email else None
        if same is None:
            fresh.append(draft)
        else:
            found[draft.key] = same
    found |= _create(fresh, at)
    ids = [
        CustomerExternalId(
            customer=found[draft.key],
            channel_code=draft.channel_code,
            external_id=draft.external_id,
        )
        for draft in unknown
    ]
    CustomerExternalId.objects.bulk_create(ids, batch_size=BATCH)
    return found


def _by_email(mails: set[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    shared: set[str] = set()
    for customer in Customer.objects.current().filter(email_norm__in=sorted(mails)):
        if customer.email_norm in found:
            shared.add(customer.email_norm)
        found[customer.email_norm] = customer
    return {mail: customer for mail, customer in found.items() if mail not in shared}


def _create(drafts: Sequence[CustomerDraft], at: dt.datetime) -> dict[Key, Customer]:
    """Create one customer per draft; drafts with one e-mail among them share a customer."""
    rows: dict[Key, Customer] = {}
    by_mail: dict[str, Customer] = {}
    firsts: list[tuple[CustomerDraft, Customer]] = []
    for draft in drafts:
        mail = normal_email(draft.email)
        row = by_mail.get(mail) if mail else None
        if row is None:
            row = _row_of(draft, at)
            firsts.append((draft, row))
            if mail:
                by_mail[mail] = row
        rows[draft.key] = row
    for (_, row), number in zip(firsts, numbers.take("customer", len(firsts)), strict=True):
        row.number = number
    Customer.objects.bulk_create([row for _, row in firsts], batch_size=BATCH)
    addresses = [_address_of(draft, row) for draft, row in firsts]
    CustomerAddress.objects.bulk_create([a for a in addresses if a], batch_size=BATCH)
    return rows


def _row_of(draft: CustomerDraft, at: dt.datetime) -> Customer:
    return Customer(
        name=draft.name[:200],
        email=draft.email.strip(),
        email_norm=normal_email(draft.email),
        phone=draft.phone[:40],
        country=draft.country,
        language=draft.language,
        segment=draft.segment,
        created_at=at,
        updated_at=at,
    )


def _address_of(draft: CustomerDraft, row: Customer) -> CustomerAddress | None:
    address = draft.address
    if address is None or address.is_empty:
        return None
    return CustomerAddress(
        customer=row,
        name=address.name,
        company=address.company,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=address.country,
        phone=address.phone,
        is_default=True,
    )


@transaction.atomic
def keep_figures(figures: Mapping[int, OrderFigures], *, at: dt.datetime) -> int:
    """Store how many orders each customer (by id) has and when the first and last were placed.

    The figures are absolute, counted by the caller from the orders, so a repeat changes nothing.
    Returns how many customers changed.
    """
    changed = 0
    ids = sorted(figures)
    for start in range(0, len(ids), BATCH):
        rows = list(Customer.objects.filter(pk__in=ids[start : start + BATCH]).order_by("pk"))
        different = [row for row in rows if _figures_of(row) != figures[row.pk]]
        for row in different:
            new = figures[row.pk]
            row.order_count = new.order_count
            row.first_order_at, row.last_order_at = new.first_order_at, new.last_order_at
            row.updated_at = at
        Customer.objects.bulk_update(
            different,
            ["order_count", "first_order_at", "last_order_at", "updated_at"],
            batch_size=BATCH,
        )
        changed += len(different)
    return changed


def _figures_of(row: Customer) -> OrderFigures:
    return OrderFigures(row.order_count, row.first_order_at, row.last_order_at)


@transaction.atomic
def tag(customer_id: int, words: Sequence[str], *, actor: Actor, at: dt.datetime) -> list[str]:
    """Set the tags of a customer, each once; return them. Repeatable."""
    row = Customer.objects.select_for_update().get(pk=customer_id)
    new = list(dict.fromkeys(word[:40] for word in words))
    if new != row.tags:
        audit.record(
            actor=actor,
            action="customers.tagged",
            target=f"customer:{row.pk}",
            before={"tags": row.tags},
            after={"tags": new},
            at=at,
        )
        Customer.objects.filter(pk=row.pk).update(tags=new, updated_at=at)
    return new
