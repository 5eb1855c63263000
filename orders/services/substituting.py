"""Send another SKU for a missing one, if channel and customer allow it (X10).

A shortage that no bin, lot or warehouse covers asks here: the substitute list names what stands
in. The offer waits for the customer (by a link) or the order desk; where the channel says
automatic and the customer always welcomes it, it is done at once. A replacement is one
transaction: the order line keeps price and demand and counts the units as substituted, a line of
its own without a price carries the substitute, and the new plan moves the promises in one call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from core import audit, events, mail, settings_store
from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from core.events import EventFact
from customers.models import Customer
from inventory.models import Sku, Substitute
from inventory.services.reservations import InsufficientStock
from orders.domain import attention, defaults, states
from orders.domain.substitution import Offer, Pair, best_offer
from orders.models import OrderLine, Shipment, SubstitutionProposal
from orders.models.channels import Substitution
from orders.models.orders import LineKind, OrderStatus
from orders.services import master_data, replanning, snapshots, stages
from orders.services.dossier import Dossier, open_dossier
from orders.services.replanning import Wish
from shipping.domain.public_view import given_name
from shipping.services import links

PURPOSE: Final = "substitution"
Proposal = SubstitutionProposal


class SubstituteGone(StateConflict):
    """The substitute's units went to somebody else since the offer."""

    code = "SUBSTITUTE_GONE"
    text = gettext_noop("%(sku)s is not in stock any more. The order keeps waiting.")


class ProposalClosed(StateConflict):
    """The offer was answered, withdrawn or ended meanwhile."""

    code = "PROPOSAL_CLOSED"
    text = gettext_noop("This offer was answered or ended meanwhile. Reload the order.")


@dataclass(frozen=True, slots=True)
class Lack:
    """Units of an order line that no shipment covers now."""

    line: OrderLine
    qty: int


def offer_for(dossier: Dossier, *, cause: str, at: dt.datetime) -> list[Proposal]:
    """Offer substitutes for what a locked order waits for; return the proposals made.

    Nothing is offered where channel or customer forbid it, or an offer is open already. An
    automatic one is carried out at once and comes back as approved.
    """
    policy = _policy(dossier)
    if policy == Substitution.OFF:
        return []
    offers = _offers(dossier, at)
    made = []
    for line, offer in offers:
        row, token = _write(line, offer, cause, at)
        made.append(row)
        if policy == Substitution.PROPOSE:
            _ask_customer(dossier, row, token, at)
    if policy == Substitution.AUTOMATIC:
        for row in made:
            if not _done_at_once(dossier, row, at):
                break
    return made


def _done_at_once(dossier: Dossier, row: Proposal, at: dt.datetime) -> bool:
    """Swap without asking; the offer stays open for the desk when the units are gone."""
    try:
        with transaction.atomic():
            decide_locked(dossier, row, approve=True, actor=SYSTEM, at=at)
    except SubstituteGone:
        row.refresh_from_db()
        return False
    return True


def on_waiting(facts: list[EventFact]) -> None:
    """Offer substitutes to orders that found no stock. Repeatable: one open offer per line."""
    ids = {int(fact.payload["order_id"]) for fact in facts if "order_id" in fact.payload}
    waiting = OrderLine.objects.filter(
        order_id__in=ids,
        backorder_qty__gt=0,
        order__status=OrderStatus.CONFIRMED,
        sku__substitutes__is_active=True,
    )
    at = max((fact.at for fact in facts), default=None)
    for order_id in sorted(set(waiting.values_list("order_id", flat=True).order_by())):
        with transaction.atomic():
            dossier = open_dossier(order_id)
            if at is not None and dossier.order.status == OrderStatus.CONFIRMED:
                offer_for(dossier, cause=attention.OUT_OF_STOCK, at=at)


def decide(proposal_id: int, *, approve: bool, actor: Actor, at: dt.datetime) -> Proposal:
    """Answer an open offer for the customer or the order desk; return it as it is now.

    Approved, the units are swapped in this transaction; an offer whose units came in meanwhile is
    withdrawn instead. Locks the order first.

    Raises:
        ProposalClosed: it was answered, or its time is over.
        SubstituteGone: the substitute is gone; the offer stays open and nothing changes.
    """
    order_id = Proposal.objects.values_list("order_line__order_id", flat=True).get(pk=proposal_id)
    with transaction.atomic():
        dossier = open_dossier(order_id)
        row = Proposal.objects.select_related("sku").get(pk=proposal_id)
        return decide_locked(dossier, row, approve=approve, actor=actor, at=at)


def decide_locked(
    dossier: Dossier, row: Proposal, *, approve: bool, actor: Actor, at: dt.datetime
) -> Proposal:
    """Answer an offer of a locked order inside the caller's transaction, as `decide`."""
    line = next(one for one in dossier.lines if one.pk == row.order_line_id)
    state = Proposal.State.APPROVED if approve else Proposal.State.DECLINED
    if approve and _lacking(dossier).get(line.pk, 0) < row.qty:
        state = Proposal.State.WITHDRAWN
    close(row, state, actor=actor, at=at)
    if state == Proposal.State.APPROVED:
        _swap(dossier, line, row, actor=actor, at=at)
    _record(row, dossier.order.key, f"orders.substitution_{row.state}", actor, at)
    return row


def close(row: Proposal, state: str, *, actor: Actor, at: dt.datetime) -> None:
    """End an open offer by one conditional UPDATE.

    Raises:
        ProposalClosed: it is not open, or its time is over.
    """
    waiting = Proposal.objects.filter(pk=row.pk, state=Proposal.State.OPEN, expires_at__gt=at)
    if not waiting.update(state=state, decided_at=at, decided_by=actor.key):
        raise ProposalClosed
    row.state, row.decided_at, row.decided_by = state, at, actor.key


def expire_due(*, as_of: dt.datetime) -> int:
    """End the offers nobody answered in time; their orders keep waiting. Returns how many."""
    ids = Proposal.objects.filter(state="open", expires_at__lte=as_of).order_by("pk")
    ended = 0
    for row in ids.select_related("order_line__order")[:500]:
        with transaction.atomic():
            waiting = Proposal.objects.filter(pk=row.pk, state="open")
            if waiting.update(state="expired", decided_at=as_of, decided_by=SYSTEM.key):
                order_key = row.order_line.order.key
                _record(row, order_key, "orders.substitution_expired", SYSTEM, as_of)
                ended += 1
    return ended


def find(token: str, *, at: dt.datetime) -> Proposal | None:
    """Return the open offer of a customer's link, or None: unknown, answered or ended."""
    rows = Proposal.objects.filter(
        token_hash=links.token_hash(token, PURPOSE), state="open", expires_at__gt=at
    )
    return rows.select_related(
        "sku", "order_line__sku", "order_line__order__channel", "order_line__order__customer"
    ).first()


def _policy(dossier: Dossier) -> str:
    order = dossier.order
    customer: Customer | None = order.customer
    wish = customer.substitutes if customer else Customer.Substitutes.ASK
    policy = str(order.channel.allow_substitutes)
    if order.is_history or wish == Customer.Substitutes.NEVER:
        return Substitution.OFF
    if policy == Substitution.AUTOMATIC and wish != Customer.Substitutes.ALWAYS:
        return Substitution.PROPOSE
    return policy


def _offers(dossier: Dossier, at: dt.datetime) -> list[tuple[OrderLine, Offer]]:
    lacking = _lacking(dossier)
    asked = set(
        Proposal.objects.filter(order_line_id__in=lacking, state="open").values_list(
            "order_line_id", flat=True
        )
    )
    lines = [line for line in dossier.demand_lines if line.pk in lacking and line.pk not in asked]
    lists: dict[int, list[Pair]] = {}
    for row in Substitute.objects.in_place_of({line.sku_id for line in lines if line.sku_id}):
        lists.setdefault(row.sku_id, []).append(Pair(row.substitute_id, row.num, row.den))
    if not lists:
        return []
    free = _free({pair.sku_id for pairs in lists.values() for pair in pairs}, at)
    found = []
    for line in lines:
        offer = best_offer(lacking[line.pk], lists.get(line.sku_id or 0, []), free)
        if offer is not None:
            free[offer.sku_id] -= offer.substitute_qty
            found.append((line, offer))
    return found


def _lacking(dossier: Dossier) -> dict[int, int]:
    """Return by order line the units no shipment has: those that wait, and those a pick missed."""
    found: dict[int, int] = {}
    for line in dossier.demand_lines:
        if line.kind != LineKind.SUBSTITUTE and line.backorder_qty:
            found[line.pk] = line.backorder_qty
    for _shipment, part, units in _missed(dossier):
        found[part] = found.get(part, 0) + units
    return found


def _missed(dossier: Dossier) -> list[tuple[Shipment, int, int]]:
    """Return (shipment, order line, units) that shipments on the floor stand still for."""
    kinds = {line.pk: line.kind for line in dossier.lines}
    return [
        (shipment, part.order_line_id, units)
        for shipment in dossier.active_shipments
        if shipment.exception in {attention.SHORT_PICK, attention.WAITING}
        for part in dossier.shipment_lines.get(shipment.pk, ())
        if kinds[part.order_line_id] != LineKind.SUBSTITUTE
        and (units := part.qty - max(part.reserved_qty, part.picked_qty)) > 0
    ]


def _free(sku_ids: set[int], at: dt.datetime) -> dict[int, int]:
    """Return the most units of each SKU that one warehouse can promise."""
    data = master_data.current(at)
    facts = master_data.skus_by_id(sku_ids, data.default_weight_g)
    book = snapshots.read_book(data, facts.values(), as_of=at)
    most: dict[int, int] = dict.fromkeys(sku_ids, 0)
    for (_site, sku_id), units in book.units.items():
        most[sku_id] = max(most[sku_id], units)
    return most


def _write(line: OrderLine, offer: Offer, cause: str, at: dt.datetime) -> tuple[Proposal, str]:
    token = links.new_token()
    hours = int(str(settings_store.get(defaults.SUBSTITUTION_HOURS.name)))
    row = Proposal.objects.create(
        order_line=line,
        sku_id=offer.sku_id,
        qty=offer.qty,
        substitute_qty=offer.substitute_qty,
        num=offer.num,
        den=offer.den,
        cause=cause,
        token_hash=links.token_hash(token, PURPOSE),
        created_at=at,
        expires_at=at + dt.timedelta(hours=hours),
    )
    _record(row, f"order:{line.order_id}", "orders.substitution_proposed", SYSTEM, at)
    return row, token


def _ask_customer(dossier: Dossier, row: Proposal, token: str, at: dt.datetime) -> None:
    order = dossier.order
    if not order.email:
        return
    customer: Customer | None = order.customer
    mail.queue(
        to=order.email,
        template="orders/substitute",
        language=(customer.language if customer else "") or order.channel.language or "en",
        context={
            "name": given_name(order.ship_name),
            "order_number": order.number,
            "shop": order.channel.name,
            "item": row.order_line.description or row.order_line.sku_code,
            "hours": int((row.expires_at - at).total_seconds() // 3600),
            "token": token,
        },
        target=order.key,
        dedupe_key=f"substitution:{row.pk}",
    )


def _swap(
    dossier: Dossier, line: OrderLine, row: Proposal, *, actor: Actor, at: dt.datetime
) -> None:
    """Take the missing units off the line, add the substitute's, and promise them, or nothing."""
    order = dossier.order
    _take_off(dossier, line, row.qty)
    line.substituted_qty += row.qty
    line.save(update_fields=["backorder_qty", "substituted_qty"])
    stand_in = _stand_in(dossier, line, row)
    sku = row.sku.code
    try:
        replanning.replan_locked(dossier, Wish("substitution"), actor=actor, at=at)
    except InsufficientStock as error:
        raise SubstituteGone(sku=sku) from error
    if stand_in.backorder_qty:
        raise SubstituteGone(sku=sku)
    stages.refresh([order.pk], at=at)
    events.publish("orders.substituted", target=order.key, at=at, order_id=order.pk)


def _take_off(dossier: Dossier, line: OrderLine, qty: int) -> None:
    waiting = min(qty, line.backorder_qty)
    line.backorder_qty -= waiting
    rest = qty - waiting
    for shipment, line_id, units in _missed(dossier):
        if line_id != line.pk or not rest:
            continue
        taken = min(rest, units)
        rest -= taken
        _shrink(dossier, shipment, line.pk, taken)


def _shrink(dossier: Dossier, shipment: Shipment, line_id: int, qty: int) -> None:
    """Take units off a shipment that stands still; it goes on when it lacks nothing else."""
    part = next(one for one in dossier.shipment_lines[shipment.pk] if one.order_line_id == line_id)
    part.qty -= qty
    part.save(update_fields=["qty"])
    shipment.unit_qty -= qty
    if not any(row.pk == shipment.pk for row, _line, _units in _missed(dossier)):
        shipment.exception = ""
    if not shipment.unit_qty:
        shipment.status, shipment.exception = states.CANCELLED, ""
    shipment.save(update_fields=["unit_qty", "status", "exception"])


def _stand_in(dossier: Dossier, line: OrderLine, row: Proposal) -> OrderLine:
    """Return the order line that carries the substitute, grown by the offer's units."""
    sku: Sku = row.sku
    for one in dossier.lines:
        if one.substitute_for_id == line.pk and one.sku_id == sku.pk:
            one.qty += row.substitute_qty
            one.backorder_qty += row.substitute_qty
            one.save(update_fields=["qty", "backorder_qty"])
            return one
    made = OrderLine.objects.create(
        order=dossier.order,
        position=max(one.position for one in dossier.lines) + 1,
        kind=LineKind.SUBSTITUTE,
        sku=sku,
        sku_code=sku.code,
        description=sku.name[:300],
        qty=row.substitute_qty,
        backorder_qty=row.substitute_qty,
        substitute_for=line,
    )
    dossier.lines.append(made)
    return made


def _record(row: Proposal, order_key: str, action: str, actor: Actor, at: dt.datetime) -> None:
    after = {
        "line": row.order_line_id,
        "qty": row.qty,
        "sku": row.sku_id,
        "of": row.substitute_qty,
    }
    audit.record(actor=actor, action=action, target=order_key, after=after, at=at)


def open_proposals(order_id: int) -> Sequence[Proposal]:
    """Return the offers of an order, open ones first, newest first, with what they show."""
    rows = Proposal.objects.filter(order_line__order_id=order_id)
    found = rows.select_related("sku", "order_line__sku").order_by("-pk")
    return sorted(found, key=lambda row: row.state != Proposal.State.OPEN)
