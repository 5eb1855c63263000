"""What becomes of units a picker did not find, when no other bin of the warehouse has them (X09).

Steps: another warehouse, if the promise still holds; substitution; backorder. Nothing ships short
unless the order's partial policy or a person says so: until then the shipment stands still with
the exception SHORT_PICK.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from django.db import transaction

from core import audit, events
from core.actors import Actor
from inventory.services import releasing
from orders.domain import attention, states
from orders.models import OrderLine, Shipment, ShipmentLine
from orders.models.channels import PartialPolicy
from orders.services import master_data, refunding, replanning, snapshots, stages, substituting
from orders.services.dossier import Dossier, open_dossier
from orders.services.errors import ShipmentNotFound, UnitsRefused
from orders.services.planning import Job, Planner
from orders.services.replanning import Wish

SHORT_PICK: Final = attention.SHORT_PICK
Choice = Literal["ship_partial", "wait", "split", "cancel"]
_SHIPS_PART = frozenset({PartialPolicy.SHIP_AVAILABLE, PartialPolicy.CANCEL_REMAINDER})


@dataclass(frozen=True, slots=True)
class ShortStep:
    """One step that was tried: its code and the units it covers."""

    code: str
    covered_qty: int = 0


@dataclass(frozen=True, slots=True)
class ShortOutcome:
    """What happened to the missing units. `needs_decision`: a person must choose (4 h)."""

    steps: list[ShortStep]
    covered_qty: int = 0
    moved_to_shipment_id: int | None = None
    needs_decision: bool = False


@dataclass(slots=True)
class _Short:
    """A locked order with the line that is short."""

    dossier: Dossier
    shipment: Shipment
    part: ShipmentLine
    line: OrderLine


def _open(shipment_line_id: int) -> _Short:
    row = (
        ShipmentLine.objects.filter(pk=shipment_line_id)
        .values_list("shipment_id", "shipment__order_id")
        .first()
    )
    if row is None:
        raise ShipmentNotFound(shipment_line_id=shipment_line_id)
    dossier = open_dossier(row[1])
    shipment = next(one for one in dossier.shipments if one.pk == row[0])
    part = next(one for one in dossier.shipment_lines[row[0]] if one.pk == shipment_line_id)
    line = next(one for one in dossier.lines if one.pk == part.order_line_id)
    return _Short(dossier, shipment, part, line)


@transaction.atomic
def record_short(
    *, shipment_line_id: int, missing_qty: int, actor: Actor, at: dt.datetime
) -> ShortOutcome:
    """Give up the promise of missing units and look for them elsewhere.

    Call after the warehouse's other bins were tried. Locks the order, then stock levels.

    Raises:
        ShipmentNotFound: no such line.
        UnitsRefused: more units are missing than are left to pick.
    """
    short = _open(shipment_line_id)
    most = short.part.qty - short.part.picked_qty
    if not 0 < missing_qty <= most:
        raise UnitsRefused(qty=missing_qty, most=most)
    _give_up(short, missing_qty, actor, at)
    steps, moved_to = _try_other_warehouse(short, missing_qty, actor, at)
    if moved_to is None:
        outcome = _substitute_or_backorder(short, missing_qty, steps, actor, at)
    else:
        outcome = ShortOutcome(steps, missing_qty, moved_to)
    _audit(short, "orders.short_pick", actor, at, {"missing": missing_qty, "step": steps[-1].code})
    stages.refresh([short.dossier.order.pk], at=at)
    return outcome


def _give_up(short: _Short, qty: int, actor: Actor, at: dt.datetime) -> None:
    part = short.part
    held = min(qty, part.reserved_qty)
    if held:
        part.reserved_qty -= held
        part.save(update_fields=["reserved_qty"])
        key = f"short-pick:{part.pk}:{part.qty}:{part.reserved_qty}"
        releasing.release_some(
            {part.key: held}, event_key=key, reason=SHORT_PICK, actor=actor, at=at
        )


def _try_other_warehouse(
    short: _Short, qty: int, actor: Actor, at: dt.datetime
) -> tuple[list[ShortStep], int | None]:
    """Move the units to another warehouse when the promise holds from there."""
    dossier, order = short.dossier, short.dossier.order
    data = master_data.current(at)
    others = frozenset(
        site.id for site in data.network.sites if site.id != short.shipment.warehouse_id
    )
    ids = {short.part.sku_id}
    skus = master_data.skus_by_id(ids, data.default_weight_g)
    job = Job(
        order,
        data.channel_by_id(order.channel_id),
        dossier.lines,
        {short.line.position: qty},
        skus,
        others,
        is_backorder=True,
    )
    planned = Planner(data, snapshots.read_book(data, skus.values(), as_of=at), as_of=at).plan(job)
    plan = planned.plan
    in_time = (
        plan is not None
        and plan.is_full
        and (order.promised_by is None or plan.arrives_by <= order.promised_by)
    )
    if not in_time:
        return [ShortStep("OTHER_WAREHOUSE")], None
    _shrink(short, qty)
    wish = Wish("short-pick", keep_planned=True, only_warehouses=others)
    short.line.backorder_qty += qty
    short.line.save(update_fields=["backorder_qty"])
    done = replanning.replan_locked(dossier, wish, actor=actor, at=at)
    moved_to = done.shipment_ids[0] if done.shipment_ids else None
    return [ShortStep("OTHER_WAREHOUSE", qty)], moved_to


def _shrink(short: _Short, qty: int) -> None:
    """Take units off the shipment line; a shipment without units is cancelled."""
    part = short.part
    part.qty -= qty
    part.save(update_fields=["qty"])
    short.shipment.unit_qty -= qty
    if not short.shipment.unit_qty:
        short.shipment.status, short.shipment.exception = states.CANCELLED, ""
    short.shipment.save(update_fields=["unit_qty", "status", "exception"])


def _backorder(
    short: _Short, qty: int, steps: list[ShortStep], actor: Actor, at: dt.datetime
) -> ShortOutcome:
    policy = short.dossier.order.partial_policy
    if policy not in _SHIPS_PART:
        _stand_still(short, SHORT_PICK)
        return ShortOutcome([*steps, ShortStep("NEEDS_DECISION")], needs_decision=True)
    if policy == PartialPolicy.CANCEL_REMAINDER:
        _cancel_units(short, qty, actor, at)
        return ShortOutcome([*steps, ShortStep("CANCELLED", qty)])
    _let_wait(short, qty)
    return ShortOutcome([*steps, ShortStep("BACKORDERED", qty)])


def _substitute_or_backorder(
    short: _Short, qty: int, steps: list[ShortStep], actor: Actor, at: dt.datetime
) -> ShortOutcome:
    """Let the units wait as the order's policy says, and look for what may stand in for them."""
    dossier = short.dossier
    place = len(steps)
    outcome = _backorder(short, qty, steps, actor, at)
    made = substituting.offer_for(dossier, cause=SHORT_PICK, at=at)
    covered = sum(row.qty for row in made if row.state == "approved")
    steps = [*outcome.steps[:place], ShortStep("SUBSTITUTION", covered), *outcome.steps[place:]]
    if covered >= qty:
        steps = steps[: place + 1]
    needs = outcome.needs_decision and covered < qty
    return ShortOutcome(steps, outcome.covered_qty + covered, None, needs)


def _stand_still(short: _Short, code: str) -> None:
    order = short.dossier.order
    short.shipment.exception = code
    short.shipment.save(update_fields=["exception"])
    order.attention_codes = list(dict.fromkeys([*order.attention_codes, SHORT_PICK]))
    order.save(update_fields=["attention_codes"])


def _let_wait(short: _Short, qty: int) -> None:
    _shrink(short, qty)
    short.line.backorder_qty += qty
    short.line.save(update_fields=["backorder_qty"])
    order = short.dossier.order
    codes = [code for code in order.attention_codes if code != SHORT_PICK]
    order.attention_codes = list(dict.fromkeys([*codes, attention.PARTLY_BACKORDERED]))
    order.save(update_fields=["attention_codes"])


def _cancel_units(short: _Short, qty: int, actor: Actor, at: dt.datetime) -> None:
    _shrink(short, qty)
    line, order = short.line, short.dossier.order
    line.cancelled_qty += qty
    line.save(update_fields=["cancelled_qty"])
    refunding.owed(
        order,
        refunding.units_value(short.dossier.lines, {line.position: qty}, order.currency),
        reason=SHORT_PICK,
        event_key=f"order_line:{line.pk}:short:{line.cancelled_qty}",
        at=at,
    )
    codes = [code for code in order.attention_codes if code != SHORT_PICK]
    order.attention_codes = list(dict.fromkeys([*codes, attention.PARTLY_CANCELLED]))
    order.save(update_fields=["attention_codes"])


def decide_short(
    shipment_line_id: int, *, choice: Choice, actor: Actor, at: dt.datetime
) -> ShortOutcome:
    """Do what a person chose for the units a shipment line lacks.

    ship_partial: the rest goes now, the missing units follow when there is stock. wait: nothing
    goes until all is there. split: another warehouse sends them, even late. cancel: they are
    cancelled and their price is owed back.

    Raises:
        ShipmentNotFound: no such line.
        UnitsRefused: the line lacks nothing.
    """
    with transaction.atomic():
        short = _open(shipment_line_id)
        qty = short.part.qty - max(short.part.reserved_qty, short.part.picked_qty)
        if qty < 1:
            raise UnitsRefused(qty=1, most=0)
        short.shipment.exception = ""
        short.shipment.save(update_fields=["exception"])
        if choice == "cancel":
            _cancel_units(short, qty, actor, at)
        else:
            _let_wait(short, qty)
        if choice == "wait" and short.shipment.status != states.CANCELLED:
            _stand_still(short, attention.WAITING)
        order_id = short.dossier.order.pk
        _audit(short, "orders.short_decided", actor, at, {"missing": qty, "choice": choice})
        events.publish(
            "orders.short_decided",
            target=short.shipment.key,
            at=at,
            shipment_line_id=shipment_line_id,
            choice=choice,
        )
        stages.refresh([order_id], at=at)
    if choice == "split":
        wish = Wish("short-split", keep_planned=True, must_improve=True)
        done = replanning.replan(order_id, wish, actor=actor, at=at)
        moved_to = done.shipment_ids[0] if done.shipment_ids else None
        return ShortOutcome([ShortStep("OTHER_WAREHOUSE", qty)], qty if moved_to else 0, moved_to)
    return ShortOutcome([ShortStep(choice.upper(), qty)])


def _audit(
    short: _Short, action: str, actor: Actor, at: dt.datetime, after: dict[str, int | str]
) -> None:
    audit.record(actor=actor, action=action, target=short.shipment.key, after=after, at=at)
