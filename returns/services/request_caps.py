"""How many returns may be asked for: per order, per customer and day, and all in an hour (H-14).

A customer above a limit is refused and people are told; what only looks odd waits for a person.
Staff are not limited: they answer for what they type.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.urls import reverse

from core import audit, notices, settings_store
from core.actors import Actor
from core.errors import gettext_noop
from core.models import User
from core.setting_names import SettingSpec
from customers.models import Customer
from orders.models import Order
from returns.domain import request_settings as names
from returns.domain import states
from returns.models import ReturnRequest
from returns.services.request_errors import TooManyReturns

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
LABEL_DAYS = dt.timedelta(days=90)
#: Sources behind which nobody of us stands.
UNATTENDED = frozenset({"portal", "api"})

MANY_IN_AN_HOUR = "MANY_IN_AN_HOUR"
UNUSED_LABELS = "UNUSED_LABELS"
REPLACED_AGAIN = "REPLACED_AGAIN"
_DEAD = (states.REJECTED, states.CANCELLED, states.EXPIRED)


def check(order: Order, source: str, *, at: dt.datetime) -> tuple[str, ...]:
    """Refuse what is above a limit; return why a request should wait for a person, () for none.

    The caller holds the order's lock; the customer's is taken here, so two orders of one customer
    can't pass together.

    Raises:
        TooManyReturns: `limit` names the setting that is reached.
    """
    if source not in UNATTENDED:
        return ()
    mine = ReturnRequest.objects.filter(order=order).exclude(kind="rts")
    _refuse_from(mine.exclude(status__in=_DEAD), names.MOST_PER_ORDER, order)
    _refuse_from(mine, names.MOST_TRIES_PER_ORDER, order)
    if order.customer_id is not None:
        list(Customer.objects.select_for_update(no_key=True).filter(pk=order.customer_id))
    theirs = _of_customer(order).filter(source__in=UNATTENDED)
    _refuse_from(theirs.filter(requested_at__gt=at - DAY), names.MOST_PER_CUSTOMER_DAY, order)
    return tuple(_oddities(order, theirs, at))


def _oddities(order: Order, theirs: QuerySet[ReturnRequest], at: dt.datetime) -> list[str]:
    found = []
    lately = ReturnRequest.objects.filter(source__in=UNATTENDED, requested_at__gt=at - HOUR)
    if _reaches(lately, _limit(names.MOST_PER_HOUR)):
        found.append(MANY_IN_AN_HOUR)
    unused = theirs.filter(
        status__in=(states.CANCELLED, states.EXPIRED),
        requested_at__gt=at - LABEL_DAYS,
        steps__code="issue_label",
    ).distinct()
    if _reaches(unused, _limit(names.UNUSED_LABELS)):
        found.append(UNUSED_LABELS)
    if _replacements(order, _limit(names.MOST_REPLACEMENTS)):
        found.append(REPLACED_AGAIN)
    return found


def _replacements(order: Order, limit: int) -> bool:
    """Say whether the order is that replacement in a row: one statement per link of the chain."""
    before = order.replaces_id
    for _link in range(limit - 1):
        if before is None:
            return False
        before = Order.objects.values_list("replaces_id", flat=True).get(pk=before)
    return before is not None


def _of_customer(order: Order) -> QuerySet[ReturnRequest]:
    same = Q(order=order)
    if order.customer_id is not None:
        same |= Q(customer_id=order.customer_id)
    if order.email:
        same |= Q(order__email=order.email)
    return ReturnRequest.objects.filter(same)


def _refuse_from(rows: QuerySet[ReturnRequest], spec: SettingSpec, order: Order) -> None:
    most = _limit(spec)
    if _reaches(rows, most):
        raise TooManyReturns(limit=spec.name, most=most, number=order.number, order_id=order.pk)


def _reaches(rows: QuerySet[ReturnRequest], limit: int) -> bool:
    return len(rows.order_by().values_list("pk", flat=True)[:limit]) >= limit


def _limit(spec: SettingSpec) -> int:
    return int(str(settings_store.get(spec.name)))


def raise_alarm(order: Order, limit: str, *, actor: Actor, at: dt.datetime) -> None:
    """Log that a limit held and tell who decides returns, once a day per order and limit."""
    audit.record(
        actor=actor,
        action="returns.limit_reached",
        target=order.key,
        after={"limit": limit},
        at=at,
    )
    people = User.objects.holding("returns.manage").order_by("pk").values_list("pk", flat=True)
    notices.notify(
        people,
        notices.NoticeDraft(
            kind="returns.limit_reached",
            text=gettext_noop("Order %(number)s: more returns are asked for than the limit allows"),
            at=at,
            data={"number": order.number},
            target=order.key,
            url=reverse("order", args=[order.pk]),
            dedupe_key=f"returns.limit:{order.pk}:{limit}:{at.date()}",
        ),
    )
