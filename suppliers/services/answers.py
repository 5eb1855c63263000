"""What suppliers answer to purchase orders, and what buyers make of their changes (X25).

Every function locks the order first, as its revision does: whoever comes second sees another
revision or version and is refused. `event_key` makes an answer sent twice one answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import gettext_noop
from core.events import publish
from inventory.models import MOST_UNITS
from suppliers.domain import answering
from suppliers.domain.answering import LineTerms, WantedChange
from suppliers.models import (
    ChangeLine,
    ChangeProposal,
    PurchaseLine,
    PurchaseOrder,
    SupplierAnswer,
)
from suppliers.services import answer_asking, answer_mails, answer_rows, purchase_rows
from suppliers.services.answer_errors import (
    ChangeRefused,
    LineUnknown,
    NothingChanged,
    NothingConfirmed,
    ReasonUnknown,
)
from suppliers.services.answer_mails import Word
from suppliers.services.pricing import PriceAsk, PriceQuote, price_lines

#: A supplier may name a day up to this far ahead.
LATEST = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    """An answer to one revision: lines confirmed as ordered (None = all others), and changes."""

    order_id: int
    revision: int
    confirmed_line_ids: Collection[int] | None = None
    changes: Sequence[WantedChange] = ()
    comment: str = ""


def accept(
    order_id: int,
    *,
    revision: int,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    line_ids: Collection[int] | None = None,
) -> SupplierAnswer:
    """Confirm all lines of a revision as ordered, or the named ones. Repeatable by `event_key`.

    The order is confirmed once all of its lines are.

    Raises:
        StaleOrder, NotAnswerable: another revision is at the supplier, or the order ended.
        LineUnknown, NothingConfirmed: a named line is not on the order, or none is named.
    """
    draft = AnswerDraft(order_id=order_id, revision=revision, confirmed_line_ids=line_ids)
    return respond(draft, event_key=event_key, actor=actor, at=at)


def propose(draft: AnswerDraft, *, event_key: str, actor: Actor, at: dt.datetime) -> SupplierAnswer:
    """Ask for other units, days or prices, and confirm the lines named beside them.

    A proposal replaces the supplier's open one. Repeatable by `event_key`.

    Raises:
        NothingChanged: the proposal is what was ordered.
        ReasonUnknown, ChangeRefused: a change lacks its reason, or a value can't be meant.
        StaleOrder, NotAnswerable, LineUnknown: see `accept`.
    """
    if not draft.changes:
        raise NothingChanged
    return respond(draft, event_key=event_key, actor=actor, at=at)


@transaction.atomic
def respond(draft: AnswerDraft, *, event_key: str, actor: Actor, at: dt.datetime) -> SupplierAnswer:
    """Write an answer of confirmed lines, changed lines, or both. See `accept` and `propose`."""
    order = purchase_rows.lock(draft.order_id)
    known = SupplierAnswer.objects.filter(event_key=event_key, order=order).first()
    if known is not None:
        return known
    answer_rows.check_answerable(order, draft.revision)
    lines = {line.pk: line for line in order.lines.select_related("sku").order_by("position")}
    changes = _real_changes(order, lines, draft.changes, at)
    confirmed = _confirmed_lines(lines, draft, {change.line_id for change in changes})
    if draft.changes and not changes:
        raise NothingChanged
    if not changes and not confirmed:
        raise NothingConfirmed
    answer = SupplierAnswer.objects.create(
        order=order,
        revision=order.revision,
        kind="changed" if changes else "accepted",
        comment=draft.comment[:400],
        line_count=len(confirmed),
        event_key=event_key,
        at=at,
        actor_key=actor.key,
    )
    _confirm(order, confirmed)
    if changes:
        _write_proposal(answer, order, lines, changes, actor=actor, at=at)
    else:
        purchase_rows.save(order)
    _settle(order, has_proposal=bool(changes), at=at)
    _note(
        order,
        f"answer_{answer.kind}",
        {"lines": len(confirmed), "changes": len(changes)},
        actor,
        at,
    )
    return answer


@transaction.atomic
def decline(
    draft: AnswerDraft, *, reason: str, event_key: str, actor: Actor, at: dt.datetime
) -> SupplierAnswer:
    """Refuse a whole order with a reason; the buyer decides what becomes of it.

    The order stays sent: the supplier may still confirm it. Repeatable by `event_key`.

    Raises:
        ReasonUnknown: the reason is none of the list.
        StaleOrder, NotAnswerable: see `accept`.
    """
    if reason not in answering.DECLINE_REASONS:
        raise ReasonUnknown
    order = purchase_rows.lock(draft.order_id)
    known = SupplierAnswer.objects.filter(event_key=event_key, order=order).first()
    if known is not None:
        return known
    answer_rows.check_answerable(order, draft.revision)
    answer = SupplierAnswer.objects.create(
        order=order,
        revision=order.revision,
        kind="declined",
        reason=reason,
        comment=draft.comment[:400],
        event_key=event_key,
        at=at,
        actor_key=actor.key,
    )
    answer_asking.stop_clock(order, at=at)
    answer_asking.supersede(order, actor=actor, at=at)
    purchase_rows.save(order)
    word = Word(
        text=gettext_noop(
            "%(supplier)s declined order %(number)s. Find another supplier, or ask why."
        ),
        kind="order_declined",
        key=str(answer.pk),
        template="answer_declined",
    )
    answer_mails.tell_buyer(order, word, at=at)
    publish("suppliers.declined", target=f"purchase_order:{order.pk}", at=at, order_id=order.pk)
    _note(order, "answer_declined", {"reason": reason}, actor, at, reason)
    return answer


def terms_of(order: PurchaseOrder, line: PurchaseLine) -> LineTerms:
    """Return units, day and price of a line as they stand: the day confirmed, else the wanted."""
    day = line.confirmed_on or order.expected_on or order.required_by
    return LineTerms(line.qty, day, line.unit_price)


def _real_changes(
    order: PurchaseOrder,
    lines: Mapping[int, PurchaseLine],
    wanted: Sequence[WantedChange],
    at: dt.datetime,
) -> list[WantedChange]:
    changes = []
    today = at.astimezone(dt.UTC).date()
    for change in wanted:
        line = lines.get(change.line_id)
        if line is None:
            raise LineUnknown
        if change.reason not in answering.REASONS:
            raise ReasonUnknown
        if not _is_possible(change, today):
            raise ChangeRefused(sku=line.sku.code)
        real = answering.real_change(terms_of(order, line), change)
        if real is not None:
            changes.append(real)
    return changes


def _is_possible(change: WantedChange, today: dt.date) -> bool:
    qty_fits = change.qty is None or 0 <= change.qty <= MOST_UNITS
    price_fits = change.unit_price is None or 0 <= change.unit_price < 10**9
    # It may still be yesterday where the supplier is.
    first = today - dt.timedelta(days=1)
    day_fits = change.on is None or first <= change.on <= today + LATEST
    return qty_fits and price_fits and day_fits


def _confirmed_lines(
    lines: Mapping[int, PurchaseLine], draft: AnswerDraft, changed: Collection[int]
) -> list[PurchaseLine]:
    named = draft.confirmed_line_ids
    if named is None:
        named = () if draft.changes else tuple(lines)
    if not set(named) <= set(lines):
        raise LineUnknown
    return [line for pk, line in lines.items() if pk in set(named) and pk not in changed]


def _confirm(order: PurchaseOrder, lines: Sequence[PurchaseLine]) -> None:
    for line in lines:
        line.confirmed_on = terms_of(order, line).on
        line.confirmed_qty = line.qty
    PurchaseLine.objects.bulk_update(lines, ["confirmed_qty", "confirmed_on"], batch_size=200)


def _write_proposal(
    answer: SupplierAnswer,
    order: PurchaseOrder,
    lines: Mapping[int, PurchaseLine],
    changes: Sequence[WantedChange],
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    answer_asking.supersede(order, actor=actor, at=at)
    purchase_rows.save(order)
    proposal = ChangeProposal.objects.create(
        order=order, answer=answer, revision=order.revision, made_at=at
    )
    quoted = _quotes(order, lines, changes, at)
    rows = []
    for change in changes:
        was = terms_of(order, lines[change.line_id])
        rows.append(
            ChangeLine(
                proposal=proposal,
                line_id=change.line_id,
                sku_id=lines[change.line_id].sku_id,
                was_qty=was.qty,
                qty=change.qty,
                was_on=was.on,
                on=change.on,
                was_price=was.unit_price,
                unit_price=change.unit_price,
                quoted_price=quoted.get(change.line_id),
                reason=change.reason,
            )
        )
    ChangeLine.objects.bulk_create(rows, batch_size=200)
    word = Word(
        text=gettext_noop("%(supplier)s wants to change order %(number)s. Accept or reject it."),
        kind="order_change_proposed",
        key=str(proposal.pk),
        template="answer_changed",
        data={"lines": len(changes)},
    )
    answer_mails.tell_buyer(order, word, at=at)
    publish(
        "suppliers.change_proposed", target=f"purchase_order:{order.pk}", at=at, order_id=order.pk
    )


def _quotes(
    order: PurchaseOrder,
    lines: Mapping[int, PurchaseLine],
    changes: Sequence[WantedChange],
    at: dt.datetime,
) -> dict[int, Decimal]:
    wanted = [change for change in changes if change.qty != 0]
    ask = PriceAsk(
        supplier_id=order.supplier_id,
        on=at.astimezone(dt.UTC).date(),
        required_by=order.required_by,
        currency=order.currency,
        exclude_order_id=order.pk,
    )
    asked = [
        (lines[change.line_id].sku_id, change.qty or lines[change.line_id].qty) for change in wanted
    ]
    found = price_lines(ask, asked)
    return {
        change.line_id: quote.unit_price
        for change, quote in zip(wanted, found, strict=True)
        if isinstance(quote, PriceQuote)
    }


def _settle(order: PurchaseOrder, *, has_proposal: bool, at: dt.datetime) -> None:
    """Stop the clock unless a part of the order is unanswered."""
    complete = answer_rows.confirm_if_complete(order, at=at)
    if complete or (has_proposal and not _unanswered(order)):
        answer_asking.stop_clock(order, at=at)
    if complete:
        answer_rows.renew_eta(order, at=at)


def _unanswered(order: PurchaseOrder) -> bool:
    proposed = ChangeLine.objects.filter(proposal__order=order, proposal__state="proposed")
    rows = order.lines.filter(confirmed_qty=None).exclude(pk__in=proposed.values("line_id"))
    return rows.exists()


def _note(
    order: PurchaseOrder,
    action: str,
    after: Mapping[str, object],
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
) -> None:
    audit.record(
        actor=actor,
        action=f"suppliers.{action}",
        target=f"purchase_order:{order.pk}",
        after={"revision": order.revision, **after},
        reason=reason,
        at=at,
    )
