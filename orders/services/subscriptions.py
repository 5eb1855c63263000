"""Subscriptions: set up, pause, skip, end; `subscription_runs` turns due days into orders.

A due day is either ordered or skipped, once: the row of its run is unique. All steps lock the
subscription, so a person who skips and the job that orders can't both have the same day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.errors import InputRefused, NotFound, StaleVersion, StateConflict, gettext_noop
from customers.domain.drafts import AddressDraft
from inventory.models import Sku
from orders.domain.schedule import BadSchedule, Schedule, Unit
from orders.models import Channel, Subscription, SubscriptionLine, SubscriptionRun
from orders.models.subscriptions import SubscriptionState

ACTIVE, PAUSED, ENDED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED, SubscriptionState.ENDED

UNITS: Final[dict[str, Unit]] = {"day": "day", "week": "week", "month": "month"}
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    ACTIVE: frozenset({PAUSED, ENDED}),
    PAUSED: frozenset({ACTIVE, ENDED}),
    ENDED: frozenset(),
}


class SubscriptionRefused(InputRefused):
    """A subscription makes no sense as it is described; `why` says what to correct."""

    code = "SUBSCRIPTION_REFUSED"
    text = gettext_noop("This subscription can't be set up: %(why)s")


class SubscriptionMissing(NotFound):
    """No such subscription."""

    code = "SUBSCRIPTION_MISSING"
    text = gettext_noop("This subscription does not exist. Search for its number.")


class SubscriptionMoveRefused(StateConflict):
    """The subscription is not in a state that allows the step."""

    code = "SUBSCRIPTION_MOVE_REFUSED"
    text = gettext_noop("Subscription %(number)s is %(state)s: this step is not possible.")


class SubscriptionChanged(StaleVersion):
    """Somebody changed the subscription since the caller read it."""

    code = "SUBSCRIPTION_CHANGED"
    text = gettext_noop("Someone changed subscription %(number)s meanwhile. Reload it, then go on.")


class NotDue(StateConflict):
    """The day is not the one that comes next."""

    code = "SUBSCRIPTION_NOT_DUE"
    text = gettext_noop("The next delivery of %(number)s is due on %(next)s, not on %(day)s.")


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """Units of one SKU that come each time, at the price agreed (the channel's currency)."""

    sku: str
    qty: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """A standing order as a person or an integrator describes it.

    It falls due on `first_on` and every `interval_count` `interval_unit`s after it, until
    `ends_on` (inclusive). Days are calendar days.
    """

    channel: str
    items: Sequence[ItemDraft]
    ship_to: AddressDraft
    first_on: dt.date
    interval_unit: Unit
    interval_count: int
    ends_on: dt.date | None = None
    email: str = ""
    service_code: str = ""
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """Which subscription a caller means, and the version they saw; None: whatever it is."""

    subscription_id: int
    version: int | None = None


@transaction.atomic
def create(draft: SubscriptionDraft, *, actor: Actor, at: dt.datetime) -> Subscription:
    """Set up a subscription; its first order is made when its first day comes near.

    Raises:
        SubscriptionRefused: channel, SKUs, units, prices, address or interval make no sense.
    """
    channel = Channel.objects.filter(code=draft.channel, is_active=True).first()
    if channel is None:
        raise SubscriptionRefused(why=draft.channel)
    skus = _checked(draft)
    to = draft.ship_to
    row = Subscription.objects.create(
        number=numbers.take("subscription")[0],
        channel=channel,
        customer_id=draft.customer_id,
        interval_unit=draft.interval_unit,
        interval_count=draft.interval_count,
        first_on=draft.first_on,
        next_on=draft.first_on,
        ends_on=draft.ends_on,
        currency=channel.currency,
        service_code=draft.service_code,
        email=draft.email.strip(),
        ship_name=to.name,
        ship_company=to.company,
        ship_line1=to.line1,
        ship_line2=to.line2,
        ship_city=to.city,
        ship_region=to.region,
        ship_postcode=to.postcode,
        ship_country=to.country,
        ship_phone=to.phone,
        created_at=at,
        created_by=actor.key,
    )
    SubscriptionLine.objects.bulk_create(
        [
            SubscriptionLine(
                subscription=row, sku_id=skus[item.sku], qty=item.qty, unit_price=item.unit_price
            )
            for item in draft.items
        ]
    )
    _note(row, "created", actor, at, after={"first_on": str(draft.first_on)})
    return row


def _checked(draft: SubscriptionDraft) -> dict[str, int]:
    try:
        Schedule(draft.first_on, draft.interval_unit, draft.interval_count)
    except BadSchedule as error:
        raise SubscriptionRefused(why=str(error)) from error
    if draft.ends_on is not None and draft.ends_on < draft.first_on:
        raise SubscriptionRefused(why=f"{draft.ends_on} < {draft.first_on}")
    if draft.ship_to.is_empty or not draft.ship_to.name or len(draft.ship_to.country) != 2:
        raise SubscriptionRefused(why="ship_to")
    codes = [item.sku for item in draft.items]
    found = dict(Sku.objects.filter(code__in=codes, archived=False).values_list("code", "pk"))
    for item in draft.items:
        if item.sku not in found or item.qty < 1 or item.unit_price < 0:
            raise SubscriptionRefused(why=f"{item.qty} x {item.sku}")
    if not codes or len(set(codes)) != len(codes):
        raise SubscriptionRefused(why=", ".join(codes) or "0")
    return found


@transaction.atomic
def pause(
    which: Version, *, until: dt.date | None = None, actor: Actor, at: dt.datetime, reason: str = ""
) -> Subscription:
    """Stop making orders, for good or until a day (it goes on by itself then).

    Due days that pass meanwhile are left out, not made up for.

    Raises:
        SubscriptionMissing, SubscriptionChanged, SubscriptionMoveRefused: nothing is changed.
    """
    row = _locked(which, PAUSED)
    row.state, row.paused_until = PAUSED, until
    return _saved(row, "paused", actor, at, reason, until=str(until or ""))


@transaction.atomic
def resume(which: Version, *, today: dt.date, actor: Actor, at: dt.datetime) -> Subscription:
    """Make orders again, from the first due day after `today` that has no run.

    Raises:
        SubscriptionMissing, SubscriptionChanged, SubscriptionMoveRefused: nothing is changed.
    """
    row = _locked(which, ACTIVE)
    row.state, row.paused_until = ACTIVE, None
    if row.next_on is not None and row.next_on <= today:
        advance(row, after=today)
    return _saved(row, "resumed", actor, at, next_on=str(row.next_on or ""))


@transaction.atomic
def skip(
    which: Version, *, due_on: dt.date, actor: Actor, at: dt.datetime, reason: str = ""
) -> SubscriptionRun:
    """Leave out the delivery that comes next; a day that is ordered already can't be skipped.

    Raises:
        NotDue: another day comes next.
        SubscriptionMissing, SubscriptionChanged, SubscriptionMoveRefused: nothing is changed.
    """
    row = _locked(which)
    if row.state == ENDED:
        raise SubscriptionMoveRefused(number=row.number, state=row.get_state_display())
    if row.next_on != due_on:
        raise NotDue(number=row.number, next=str(row.next_on), day=str(due_on))
    run, _created = SubscriptionRun.objects.update_or_create(
        subscription=row,
        due_on=due_on,
        defaults={
            "state": SubscriptionRun.State.SKIPPED,
            "problem": "",
            "at": at,
            "by": actor.key,
        },
    )
    advance(row, after=due_on)
    _saved(row, "skipped", actor, at, reason, due_on=str(due_on))
    return run


@transaction.atomic
def end(which: Version, *, actor: Actor, at: dt.datetime, reason: str) -> Subscription:
    """End a subscription for good; orders that exist go on.

    Raises:
        SubscriptionMissing, SubscriptionChanged, SubscriptionMoveRefused: nothing is changed.
    """
    row = _locked(which, ENDED)
    row.state, row.next_on, row.paused_until = ENDED, None, None
    return _saved(row, "ended", actor, at, reason)


def schedule_of(row: Subscription) -> Schedule:
    """Return when a subscription falls due."""
    return Schedule(row.first_on, UNITS[row.interval_unit], row.interval_count, row.ends_on)


def advance(row: Subscription, *, after: dt.date) -> None:
    """Set the next due day after `after` on the row, or end it; the caller saves and has the lock.

    A paused one that has no day left ends too.
    """
    found = schedule_of(row).next_after(after)
    row.next_on = found[1] if found else None
    if row.next_on is None:
        row.state, row.paused_until = ENDED, None


def _locked(which: Version, wanted: str = "") -> Subscription:
    row = Subscription.objects.filter(pk=which.subscription_id).lock().first()
    if row is None:
        raise SubscriptionMissing
    if which.version is not None and which.version != row.version:
        raise SubscriptionChanged(number=row.number)
    if wanted and wanted not in TRANSITIONS[row.state]:
        raise SubscriptionMoveRefused(number=row.number, state=row.get_state_display())
    return row


def _saved(
    row: Subscription, verb: str, actor: Actor, at: dt.datetime, reason: str = "", **after: str
) -> Subscription:
    row.version += 1
    row.save(update_fields=["state", "next_on", "paused_until", "version"])
    _note(row, verb, actor, at, reason, after={"state": row.state, **after})
    return row


def _note(
    row: Subscription,
    verb: str,
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"orders.subscription_{verb}",
        target=f"subscription:{row.pk}",
        after=after,
        reason=reason,
        at=at,
    )
