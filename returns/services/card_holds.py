"""Exchanges sent at once: a card is held until the return is on its way, and charged once if not.

1. `ask` writes the intent and queues a job; the job asks the gateway outside of any transaction and
   writes the outcome. What was asked before is looked up first, so a lost answer is found.
2. With the card held the exchange goes out. With a refusal it stays an ordinary exchange.
3. `care` runs by the clock: a return on its way lets the card go; a hold that would lapse before
   the day of the charge is renewed, or charged when the renewal was refused; on that day a return
   that is still not on its way is charged, once (a constraint stands behind it).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from core import audit, jobs
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, gettext_noop
from core.wiring import resolve, wired
from returns.domain import exchange_settings as defaults
from returns.domain import exchange_states, states
from returns.gateways.base import GatewayError, GatewayRefused
from returns.gateways.cards import Authorized, CardGateway, CardOrder
from returns.models import CardHold, Exchange
from returns.services import exchange_orders, exchanges, progress
from returns.services.exchange_offers import ZERO, VariantGone, days_of, whole
from returns.services.exchanges import ExchangeMoved

CARD_JOB: Final = "returns.ask_cards"
#: How long a claim keeps other workers away: more than the time limit of any job.
CLAIM: Final = dt.timedelta(minutes=2)
State = CardHold.State
ASKING: Final = (State.ASKED, State.CAPTURE_ASKED, State.RELEASE_ASKED)
#: The goods are on their way, or here: nothing is charged for them.
_COMING: Final = frozenset({states.IN_TRANSIT, states.ARRIVED, states.INSPECTED, states.RESOLVED})
#: Nothing comes any more.
_OVER: Final = frozenset({states.REJECTED, states.CANCELLED, states.EXPIRED})


class CardGatewayUnknown(InputRefused):
    """No gateway for cards has this name."""

    code = "CARD_GATEWAY_UNKNOWN"
    text = gettext_noop("No card service is called %(name)s. Choose one of: %(known)s.")


def gateway_of(name: str) -> CardGateway:
    """Return the gateway for cards of this name, as wired.

    Raises:
        CardGatewayUnknown: none is.
    """
    path = wired("CARD_GATEWAYS").get(name)
    if path is None:
        raise CardGatewayUnknown(name=name[:20], known=", ".join(wired("CARD_GATEWAYS")))
    found: CardGateway = resolve(path)()
    return found


@transaction.atomic
def ask(
    exchange_id: int, payment_reference: str, *, gateway: str, actor: Actor, at: dt.datetime
) -> CardHold:
    """Ask to hold the worth of an exchange on the card that paid, so that it goes out at once.

    Repeatable: an exchange has one living hold. Locks the return.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: nothing is kept for it.
        CardGatewayUnknown: no such gateway.
    """
    gateway_of(gateway)
    request, row = exchanges.lock(exchange_id)
    standing = CardHold.objects.filter(exchange=row).exclude(state=State.REFUSED)
    if known := standing.order_by("-round").first():
        return known
    if row.state != exchange_states.RESERVED:
        raise ExchangeMoved(state=row.state)
    amount = row.line.unit_value_amount * row.qty + max(ZERO, row.difference_amount)
    charge_at = at + days_of(defaults.CHARGE_DAYS)
    Exchange.objects.filter(pk=row.pk).update(is_instant=True)
    number = CardHold.objects.filter(exchange=row).count() + 1
    hold = _new(row, number, (gateway, payment_reference, amount, charge_at), at)
    audit.record(
        actor=actor,
        action="returns.card_asked",
        target=request.key,
        at=at,
        after={"exchange": row.pk, "amount": str(amount), "currency": row.currency},
    )
    return hold


def _new(
    row: Exchange, number: int, facts: tuple[str, str, Decimal, dt.datetime], at: dt.datetime
) -> CardHold:
    gateway, payment_reference, amount, charge_at = facts
    hold = CardHold.objects.create(
        exchange=row,
        round=number,
        gateway=gateway,
        payment_reference=payment_reference[:100],
        request_key=f"{row.key}:{number}",
        amount=amount,
        currency=row.currency,
        charge_at=charge_at,
        asked_at=at,
    )
    _queue([hold.pk])
    return hold


def _queue(ids: Sequence[int]) -> None:
    if ids:
        jobs.enqueue(
            CARD_JOB,
            args={"holds": ",".join(str(pk) for pk in ids)},
            title="Ask card services",
        )


def ask_gateways(hold_ids: Sequence[int], *, now: dt.datetime) -> int:
    """Ask what is open of these holds; return how many still wait for an answer. Repeatable.

    Call it outside of a transaction. Each is claimed by a conditional UPDATE and counted before it
    is asked.
    """
    waiting = 0
    for pk in hold_ids:
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        mine = CardHold.objects.filter(free, pk=pk, state__in=ASKING)
        if not mine.update(claimed_until=now + CLAIM, attempts=F("attempts") + 1):
            continue
        hold = CardHold.objects.select_related("exchange").get(pk=pk)
        try:
            _settle(hold, _ask_one(hold, now), now)
        except GatewayRefused as error:
            _refuse(hold, error, now)
        except GatewayError as error:
            waiting += 1
            CardHold.objects.filter(pk=pk).update(claimed_until=None, problem=error.text[:300])
    return waiting


def _ask_one(hold: CardHold, now: dt.datetime) -> Authorized | None:
    gateway = gateway_of(hold.gateway)
    order = CardOrder(hold.request_key, hold.amount, hold.currency, hold.payment_reference)
    is_repeat = hold.attempts > 1
    if hold.state == State.ASKED:
        known = gateway.find(order, now) if is_repeat else None
        return known or gateway.authorize(order, now)
    if hold.state == State.RELEASE_ASKED:
        gateway.release(hold.gateway_reference)
    elif not (is_repeat and gateway.is_captured(order, hold.gateway_reference)):
        gateway.capture(order, hold.gateway_reference)
    return None


def _settle(hold: CardHold, answer: Authorized | None, now: dt.datetime) -> None:
    columns: dict[str, object] = {"claimed_until": None, "problem": "", "attempts": 0}
    if answer is not None:
        columns |= {
            "state": State.HELD,
            "gateway_reference": answer.reference[:100],
            "expires_at": answer.expires_at,
        }
    elif hold.state == State.CAPTURE_ASKED:
        columns |= {"state": State.CAPTURED, "captured_amount": hold.amount, "settled_at": now}
    else:
        columns |= {"state": State.RELEASED, "settled_at": now}
    with transaction.atomic():
        if not CardHold.objects.filter(pk=hold.pk, state=hold.state).update(**columns):
            return
        _tell(hold, str(columns["state"]), now)
        if answer is not None:
            _drop_older(hold)
    if answer is not None and hold.round == _first_round(hold):
        _send(hold, now)


def _first_round(hold: CardHold) -> int:
    held = CardHold.objects.filter(exchange=hold.exchange_id).exclude(state=State.REFUSED)
    return held.order_by("round").values_list("round", flat=True).first() or hold.round


def _send(hold: CardHold, now: dt.datetime) -> None:
    """Let the exchange go out; where its units are gone, the card is let go."""
    try:
        exchange_orders.order_now(hold.exchange_id, actor=SYSTEM, at=now, is_held=False)
        exchange_orders.complete(hold.exchange_id, actor=SYSTEM, at=now)
    except (VariantGone, ExchangeMoved):
        _move(hold, State.HELD, State.RELEASE_ASKED)


def _drop_older(hold: CardHold) -> None:
    older = CardHold.objects.filter(
        exchange=hold.exchange_id, round__lt=hold.round, state=State.HELD
    )
    ids = list(older.order_by("pk").values_list("pk", flat=True))
    older.update(state=State.RELEASE_ASKED)
    _queue(ids)


def _refuse(hold: CardHold, error: GatewayError, now: dt.datetime) -> None:
    """Keep a final no. A refused charge stays where a person sees it, and is not tried again."""
    columns: dict[str, object] = {"claimed_until": None, "problem": error.text[:300]}
    after = State.LAPSED if hold.state == State.CAPTURE_ASKED else State.REFUSED
    with transaction.atomic():
        done = CardHold.objects.filter(pk=hold.pk, state=hold.state).update(
            state=after, settled_at=now, **columns
        )
        if done:
            _tell(hold, after, now)


def _tell(hold: CardHold, state: str, now: dt.datetime) -> None:
    request_id = Exchange.objects.values_list("line__request_id", flat=True).get(
        pk=hold.exchange_id
    )
    request = progress.lock(request_id)
    facts = {"exchange": hold.exchange_id, "round": hold.round, "amount": str(hold.amount)}
    why = progress.Why(data=facts, is_public=state == State.CAPTURED)
    progress.note(request, f"CARD_{state.upper()}", actor=SYSTEM, at=now, why=why)
    audit.record(
        actor=SYSTEM,
        action=f"returns.card_{state}",
        target=request.key,
        at=now,
        after=facts,
    )


def care(*, now: dt.datetime, limit: int = 200) -> int:
    """Let go, renew or charge what is held; ask again what got no answer. Return how many changed.

    Repeatable: each step is a conditional UPDATE, and one charge per exchange is all there can be.
    """
    _queue(_stranded(now))
    held = CardHold.objects.filter(state=State.HELD).order_by("expires_at", "pk")
    rows = list(held.select_related("exchange__line__request")[:limit])
    return sum(_care_for(row, now) for row in rows)


def _stranded(now: dt.datetime) -> list[int]:
    rows = CardHold.objects.filter(state__in=ASKING).exclude(claimed_until__gt=now)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:50])


@transaction.atomic
def _care_for(hold: CardHold, now: dt.datetime) -> bool:
    status = progress.lock(hold.exchange.line.request_id).status
    if status in _COMING:
        return _move(hold, State.HELD, State.RELEASE_ASKED)
    if hold.charge_at <= now or status in _OVER:
        return _move(hold, State.HELD, State.CAPTURE_ASKED)
    margin = dt.timedelta(hours=whole(defaults.HOLD_MARGIN))
    if hold.expires_at is None or hold.expires_at > now + margin:
        return False
    later = CardHold.objects.filter(exchange=hold.exchange_id, round__gt=hold.round).first()
    if later is None:
        facts = (hold.gateway, hold.payment_reference, hold.amount, hold.charge_at)
        _new(hold.exchange, hold.round + 1, facts, now)
        return True
    if later.state == State.REFUSED:
        # No new hold can be had, so what is held is taken before it lapses.
        return _move(hold, State.HELD, State.CAPTURE_ASKED)
    return False


def _move(hold: CardHold, before: str, after: str) -> bool:
    done = CardHold.objects.filter(pk=hold.pk, state=before).update(state=after)
    if done:
        _queue([hold.pk])
    return bool(done)


def newest_of(exchange_ids: Sequence[int]) -> dict[int, CardHold]:
    """Return the newest hold of each exchange that has one; one statement."""
    rows = CardHold.objects.filter(exchange__in=exchange_ids).order_by("round")
    return {row.exchange_id: row for row in rows}
