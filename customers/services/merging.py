"""Make two customer rows one: the absorbed row stays as a signpost, everything else moves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit, events
from core.actors import Actor
from core.errors import InputRefused, StateConflict
from customers.models import Customer, CustomerAddress, CustomerExternalId, Feedback

ADDRESS_FIELDS = (
    "name",
    "company",
    "line1",
    "line2",
    "city",
    "region",
    "postcode",
    "country",
    "phone",
)


class SameCustomer(InputRefused):
    """A customer can't be merged into itself."""

    code = "SAME_CUSTOMER"
    text = gettext_noop("This is the same customer. Choose another one to merge with.")


class MergedBefore(StateConflict):
    """One of the two was merged into another customer before."""

    code = "MERGED_BEFORE"
    text = gettext_noop("Customer %(number)s was merged before. Open the one it was merged into.")


@transaction.atomic
def merge(keep: Customer, absorb: Customer, *, actor: Actor, at: dt.datetime) -> Customer:
    """Move ids, addresses and figures of `absorb` to `keep`; orders follow by `customers.merged`.

    Empty fields of `keep` are filled from `absorb`. Locks both rows in pk order.

    Raises:
        SameCustomer: both are one row.
        MergedBefore: one of them was merged before, also by someone else meanwhile.
    """
    if keep.pk == absorb.pk:
        raise SameCustomer
    rows = {
        row.pk: row
        for row in Customer.objects.select_for_update()
        .filter(pk__in=[keep.pk, absorb.pk])
        .order_by("pk")
    }
    kept, absorbed = rows[keep.pk], rows[absorb.pk]
    for row in (kept, absorbed):
        if row.merged_into_id is not None:
            raise MergedBefore(number=row.number)
    marked = Customer.objects.filter(pk=absorbed.pk, merged_into__isnull=True).update(
        merged_into=kept, updated_at=at
    )
    if not marked:
        raise MergedBefore(number=absorbed.number)
    CustomerExternalId.objects.filter(customer=absorbed).update(customer=kept)
    Feedback.objects.filter(customer=absorbed).update(customer=kept)
    _move_addresses(kept, absorbed)
    before = {"order_count": kept.order_count}
    _join(kept, absorbed, at)
    _tell(kept, absorbed, before, actor=actor, at=at)
    return kept


def _move_addresses(kept: Customer, absorbed: Customer) -> None:
    known = {_content(row) for row in CustomerAddress.objects.filter(customer=kept)}
    has_default = CustomerAddress.objects.filter(customer=kept, is_default=True).exists()
    for row in CustomerAddress.objects.filter(customer=absorbed).order_by("pk"):
        if _content(row) in known:
            row.delete()
            continue
        row.customer = kept
        row.is_default = row.is_default and not has_default
        row.save(update_fields=["customer", "is_default"])


def _content(row: CustomerAddress) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)).casefold().strip() for name in ADDRESS_FIELDS)


def _join(kept: Customer, absorbed: Customer, at: dt.datetime) -> None:
    for name in ("name", "email", "email_norm", "phone", "country", "language", "segment"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(absorbed, name))
    kept.tags = list(dict.fromkeys([*kept.tags, *absorbed.tags]))
    kept.order_count += absorbed.order_count
    firsts = [m for m in (kept.first_order_at, absorbed.first_order_at) if m is not None]
    lasts = [m for m in (kept.last_order_at, absorbed.last_order_at) if m is not None]
    kept.first_order_at = min(firsts, default=None)
    kept.last_order_at = max(lasts, default=None)
    kept.updated_at = at
    kept.save()


def _tell(
    kept: Customer,
    absorbed: Customer,
    before: dict[str, int],
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    audit.record(
        actor=actor,
        action="customers.merged",
        target=f"customer:{kept.pk}",
        before=before,
        after={"order_count": kept.order_count, "absorbed": absorbed.number},
        at=at,
    )
    audit.record(
        actor=actor,
        action="customers.absorbed",
        target=f"customer:{absorbed.pk}",
        after={"merged_into": kept.number},
        at=at,
    )
    events.publish(
        "customers.merged",
        target=f"customer:{kept.pk}",
        at=at,
        keep_id=kept.pk,
        absorb_id=absorbed.pk,
    )
