"""Exchanges: units kept back for a return, for as long as the customer may still send (X22).

`open_for` promises the unit to the line of the return (purpose EXCHANGE, visible in stock),
`extend` keeps it longer once the carrier has the return, `expire_due` and `release` give it back,
`choose` asks for something else. `exchange_orders` turns a kept unit into the order that sends it.
Each change locks the return first and is a conditional UPDATE besides; stock levels come last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit, events
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from inventory.domain.demand import Demand
from inventory.models import Reservation
from inventory.services import releasing, reservations
from inventory.services.reservations import InsufficientStock
from orders.models import Order
from returns.domain import exchange_settings as defaults
from returns.domain import exchange_states, states
from returns.models import Exchange, ReturnLine, ReturnRequest
from returns.services import closing, deciding, progress, refunds
from returns.services.exchange_offers import (
    ZERO,
    Offer,
    VariantGone,
    best_place,
    days_of,
    difference_of,
    offers,
    still_offered,
    usable_until,
)

__all__ = [
    "ChoiceUnknown",
    "ExchangeMoved",
    "ExchangeNotFound",
    "NothingToExchange",
    "Offer",
    "VariantGone",
    "choose",
    "expire_due",
    "extend",
    "for_request",
    "keep_repaired",
    "offers",
    "open_for",
    "open_or_ask",
    "release",
    "still_offered",
    "try_waiting",
]

_KIND_OF = {
    ReturnLine.Resolution.EXCHANGE: Exchange.Kind.EXCHANGE,
    ReturnLine.Resolution.REPLACEMENT: Exchange.Kind.REPLACEMENT,
    ReturnLine.Resolution.REPAIR: Exchange.Kind.REPAIR,
}
KINDS = tuple(str(one) for one in _KIND_OF)
CHOICES = ("refund", "store_credit", "wait")


class ExchangeNotFound(NotFound):
    """No exchange has this id."""

    code = "EXCHANGE_NOT_FOUND"
    text = gettext_noop("This exchange does not exist. Open its return again.")


class ExchangeMoved(StateConflict):
    """The exchange is not where the step starts from."""

    code = "EXCHANGE_MOVED"
    text = gettext_noop("This exchange is %(state)s: the step is not possible any more. Reload.")


class NothingToExchange(InputRefused):
    """The line asks for money, or names no goods."""

    code = "NOTHING_TO_EXCHANGE"
    text = gettext_noop("This line asks for no exchange. Change its outcome first.")


class ChoiceUnknown(InputRefused):
    """The customer may choose between three things."""

    code = "EXCHANGE_CHOICE"
    text = gettext_noop("Choose refund, store_credit or wait.")


@transaction.atomic
def open_for(line_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Keep the unit that a line of a return asks for. Repeatable.

    A repair keeps nothing: its row waits for the workshop. Locks the return, the line and, last,
    the stock level.

    Raises:
        ReturnLineNotFound: no such line.
        NothingToExchange: the line asks for something else, or its return has ended.
        VariantGone: the units are not there any more; nothing is written.
    """
    request, line = closing.lock_line(line_id)
    standing = Exchange.objects.filter(line=line).alive().first()
    if standing is not None:
        return standing
    row = _new(request, line, actor, at)
    if row.kind != Exchange.Kind.REPAIR:
        _keep(row, request, actor=actor, at=at)
    return row


@transaction.atomic
def open_or_ask(line_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Do `open_for`; when the units are gone, let the customer choose what to have instead.

    Raises:
        ReturnLineNotFound, NothingToExchange: as `open_for`.
    """
    try:
        return open_for(line_id, actor=actor, at=at)
    except VariantGone:
        request, line = closing.lock_line(line_id)
        row = _new(request, line, actor, at)
        _end(row, "expire", request, actor=actor, at=at, why="SOLD_OUT")
        return row


def _new(request: ReturnRequest, line: ReturnLine, actor: Actor, at: dt.datetime) -> Exchange:
    kind = _KIND_OF.get(ReturnLine.Resolution(line.resolution))
    sku = line.exchange_sku or line.sku
    order = request.order
    if kind is None or sku is None or order is None or request.status not in states.OPEN_STATES:
        raise NothingToExchange
    per_unit = ZERO
    if kind == Exchange.Kind.EXCHANGE and line.order_line is not None:
        per_unit = difference_of(line.order_line, sku, order.currency)
    return Exchange.objects.create(
        line=line,
        kind=kind,
        sku=sku,
        qty=line.qty,
        state=exchange_states.WAITING,
        difference_amount=per_unit * line.qty,
        currency=order.currency,
        is_instant=request.is_instant,
        opened_at=at,
        opened_by=actor.key,
    )


def _keep(row: Exchange, request: ReturnRequest, *, actor: Actor, at: dt.datetime) -> None:
    """Promise the units to the line and write it on the row."""
    order = request.order
    place = best_place(row.sku_id, row.qty, order, at=at) if order is not None else None
    if place is None or order is None:
        raise VariantGone(sku=row.sku.code)
    expires_at = at + days_of(defaults.EXCHANGE_DAYS)
    need = _demand(row, order, place.pk, expires_at, at)
    try:
        reservations.reserve([need], event_key=f"{row.key}:keep:{row.rounds}", actor=actor, at=at)
    except InsufficientStock as error:
        raise VariantGone(sku=row.sku.code) from error
    change(row, "reserve", warehouse_id=place.pk, expires_at=expires_at)
    facts: dict[str, str | int] = {"exchange": row.pk, "sku": row.sku.code, "qty": row.qty}
    _tell(row, request, "EXCHANGE_RESERVED", facts, actor=actor, at=at)
    events.publish(
        "returns.exchange_ready",
        target=request.key,
        at=at,
        exchange_id=row.pk,
        **progress.payload(request),
    )


def _demand(
    row: Exchange, order: Order, warehouse_id: int, expires_at: dt.datetime, at: dt.datetime
) -> Demand:
    return Demand(
        owner_key=row.line.key,
        warehouse_id=warehouse_id,
        sku_id=row.sku_id,
        qty=row.qty,
        usable_until=usable_until(order.channel, at) if row.sku.lot_tracked else None,
        purpose=Reservation.Purpose.EXCHANGE,
        expires_at=expires_at,
    )


def change(row: Exchange, event: str, **columns: object) -> None:
    """Take an exchange through one event of its table, with what else the event writes.

    Raises:
        ExchangeMoved: its state does not lead there, or somebody else was quicker.
    """
    moves = exchange_states.MOVES[event]
    after = moves.get(row.state)
    if after is None:
        raise ExchangeMoved(state=row.state)
    values = {"state": after, "version": row.version + 1, **columns}
    # SQLite has no row locks: the state read above must still stand.
    standing = Exchange.objects.filter(pk=row.pk, state=row.state, version=row.version)
    if not standing.update(**values):
        raise ExchangeMoved(state=row.state)
    for name, value in values.items():
        setattr(row, name, value)


def lock(exchange_id: int) -> tuple[ReturnRequest, Exchange]:
    """Return an exchange and its return, both locked: the return first.

    Raises:
        ExchangeNotFound: no such exchange.
    """
    known = Exchange.objects.filter(pk=exchange_id)
    owner = known.values_list("line__request_id", flat=True).first()
    if owner is None:
        raise ExchangeNotFound
    request = progress.lock(owner)
    return request, known.lock().select_related("line__order_line", "sku").get()


@transaction.atomic
def extend(exchange_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Keep the units longer, because the return is on its way. Repeatable.

    A promise that lapsed this minute is made again where the units are still free; where they are
    not, the customer chooses. Locks the return, last the stock level.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: nothing is kept for it.
    """
    request, row = lock(exchange_id)
    if row.state != exchange_states.RESERVED or row.expires_at is None or request.order is None:
        raise ExchangeMoved(state=row.state)
    expires_at = max(row.expires_at, at + days_of(defaults.TRANSIT_DAYS))
    if expires_at == row.expires_at:
        return row
    need = _demand(row, request.order, row.warehouse_id or 0, expires_at, at)
    try:
        releasing.reassign(
            [row.line.key],
            [need],
            event_key=f"{row.key}:extend:{row.version}",
            reason="return in transit",
            actor=actor,
            at=at,
        )
    except InsufficientStock:
        _end(row, "expire", request, actor=actor, at=at, why="SOLD_OUT")
        return row
    change(row, "extend", expires_at=expires_at, extended_at=at)
    facts: dict[str, str | int] = {"exchange": row.pk, "until": expires_at.date().isoformat()}
    _tell(row, request, "EXCHANGE_EXTENDED", facts, actor=actor, at=at)
    return row


def expire_due(*, as_of: dt.datetime, limit: int = 200) -> int:
    """Give back what was kept for too long; return how many exchanges. Repeatable.

    Each in a transaction of its own: one that is ordered meanwhile keeps nobody back.
    """
    due = Exchange.objects.due(as_of).order_by("expires_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_expire_one(pk, as_of) for pk in ids)


@transaction.atomic
def _expire_one(exchange_id: int, at: dt.datetime) -> bool:
    request, row = lock(exchange_id)
    if not is_due(row, at):
        return False
    _end(row, "expire", request, actor=SYSTEM, at=at, why="EXPIRED")
    return True


def is_due(row: Exchange, at: dt.datetime) -> bool:
    """Say whether the time of a reservation is over."""
    return (
        row.state == exchange_states.RESERVED
        and row.expires_at is not None
        and (row.expires_at <= at)
    )


@transaction.atomic
def release(exchange_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Exchange:
    """Give the units back for good: the return was declined, cancelled, or wants something else.

    Repeatable. What is ordered already is cancelled by `exchange_orders.cancel`.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: it has left, or an order has taken the units over.
    """
    request, row = lock(exchange_id)
    if row.state == exchange_states.RELEASED:
        return row
    if row.state == exchange_states.ORDERED:
        raise ExchangeMoved(state=row.state)
    _end(row, "release", request, actor=actor, at=at, why=reason)
    return row


def _end(  # one end of an exchange, in its three ways
    row: Exchange, event: str, request: ReturnRequest, *, actor: Actor, at: dt.datetime, why: str
) -> None:
    releasing.release(
        [row.line.key],
        event_key=f"{row.key}:{event}:{row.version}",
        reason=why[:200],
        actor=actor,
        at=at,
    )
    ended = {} if event == "expire" else {"ended_at": at}
    change(row, event, expires_at=None, **ended)
    code = f"EXCHANGE_{row.state.upper()}"
    _tell(row, request, code, {"exchange": row.pk, "why": why[:80]}, actor=actor, at=at)
    if event == "expire":
        events.publish(
            "returns.exchange_expired",
            target=request.key,
            at=at,
            exchange_id=row.pk,
            **progress.payload(request),
        )


def _tell(  # one step and one entry
    row: Exchange,
    request: ReturnRequest,
    code: str,
    facts: dict[str, str | int],
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    progress.note(request, code, actor=actor, at=at, why=progress.Why(data=facts))
    audit.record(
        actor=actor,
        action=f"returns.{code.lower()}",
        target=request.key,
        at=at,
        after={"state": row.state, **facts},
    )


@transaction.atomic
def choose(exchange_id: int, choice: str, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Do what the customer chose when the units were gone: money, store credit, or wait.

    Whoever still has units kept may choose money as well; they are given back. Locks the return.

    Raises:
        ExchangeNotFound: no such exchange.
        ChoiceUnknown: none of the three.
        ExchangeMoved: an order has taken the units over, or it was chosen before.
    """
    if choice not in CHOICES:
        raise ChoiceUnknown
    closing.lock_order_of(_request_of(exchange_id))
    request, row = lock(exchange_id)
    if choice == "wait":
        change(row, "wait", expires_at=None)
        _tell(row, request, "EXCHANGE_WAITS", {"exchange": row.pk}, actor=actor, at=at)
        _try_keep(row, request, at)
        return row
    if not exchange_states.may("convert", row.state):
        raise ExchangeMoved(state=row.state)
    deciding.change_resolution(
        row.line_id, choice, reason="exchange not available", actor=actor, at=at
    )
    if request.status == states.INSPECTED:
        refunds.plan_for(request.pk, "inspected", at=at, actor=actor)
    # Stock comes last in the order of locks.
    _end(row, "convert", request, actor=actor, at=at, why=choice)
    return row


def _request_of(exchange_id: int) -> int:
    owner = Exchange.objects.filter(pk=exchange_id).values_list("line__request_id", flat=True)
    found = owner.first()
    if found is None:
        raise ExchangeNotFound
    return found


def try_waiting(sku_ids: Sequence[int], *, at: dt.datetime) -> int:
    """Keep units that came for exchanges that wait for them, the oldest first; return how many."""
    rows = Exchange.objects.filter(state=exchange_states.WAITING, sku_id__in=set(sku_ids))
    kept = 0
    waiting = rows.exclude(kind=Exchange.Kind.REPAIR).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            request, row = lock(pk)
            if row.state == exchange_states.WAITING and request.status in states.OPEN_STATES:
                kept += _try_keep(row, request, at)
    return kept


def _try_keep(row: Exchange, request: ReturnRequest, at: dt.datetime) -> bool:
    row.rounds += 1
    Exchange.objects.filter(pk=row.pk).update(rounds=row.rounds)
    try:
        with transaction.atomic():
            _keep(row, request, actor=SYSTEM, at=at)
    except VariantGone:
        return False
    return True


@transaction.atomic
def keep_repaired(exchange_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Keep the unit that came back repaired, so that an order can send it. Repeatable.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: it is no repair that waits.
        VariantGone: no such unit is in stock; nothing is written.
    """
    request, row = lock(exchange_id)
    if row.kind != Exchange.Kind.REPAIR:
        raise ExchangeMoved(state=row.state)
    if row.state == exchange_states.WAITING:
        _keep(row, request, actor=actor, at=at)
    return row


def for_request(request_id: int) -> list[Exchange]:
    """Return the exchanges of a return, the newest of each line; one statement."""
    rows = Exchange.objects.filter(line__request_id=request_id)
    newest = {
        row.line_id: row
        for row in rows.select_related("sku", "warehouse", "order", "line").order_by("pk")
    }
    return sorted(newest.values(), key=lambda row: (row.line.position, row.pk))
